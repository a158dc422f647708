//! Written types → types.

use std::rc::Rc;

use super::types::{Bound, Parameter};
use super::{DEEPEST, Definition, Substitution, TraitRef, Type, Types};
use crate::facts::Name;
use crate::lang::rust::Space;
use crate::lang::rust::code::{Def, List, OwnerKind, Ty, TyId, UNKNOWN};
use crate::lang::rust::lookup::{Reached, Thing, Written};
use crate::lang::rust::paths::{self, last};
use crate::source::to_u32;

/// What a path of a type or trait stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lang::rust) enum Head {
    Adt(Definition),
    Alias(Definition),
    Trait(Definition),
    Outer(Box<str>),
    Unknown,
}

impl<'a> Types<'a> {
    /// A written type of a module; the parameters in it are those of its owner.
    pub(in crate::lang::rust) fn lower(&mut self, module: u32, owner: Option<u32>, ty: TyId) -> Type<'a> {
        if ty == UNKNOWN {
            return Type::Unknown;
        }
        if let Some(known) = self.lowered.get(&(module, ty)) {
            return known.clone();
        }
        if self.depth >= DEEPEST * 2 {
            return Type::Unknown;
        }
        self.depth += 1;
        let lowered = self.lower_new(module, owner, ty).bounded();
        self.depth -= 1;
        self.lowered.insert((module, ty), lowered.clone());
        lowered
    }

    fn lower_new(&mut self, module: u32, owner: Option<u32>, ty: TyId) -> Type<'a> {
        match self.code(module).types[ty as usize] {
            Ty::Infer => Type::Unknown,
            Ty::Never => Type::Never,
            Ty::Path(path) => self.lower_path(module, owner, path),
            Ty::Ref(of) => self.lower(module, owner, of).by_ref(),
            Ty::Slice(of) => Type::slice(self.lower(module, owner, of)),
            Ty::Tuple(all) => Type::Tuple(self.lower_all(module, owner, all)),
            Ty::Fn(_, gives) => Type::Fn(Rc::new(self.lower(module, owner, gives))),
            Ty::Bounds(all) => self.lower_bounds(module, owner, all),
            Ty::Own => self.own(module, owner),
            Ty::Future(of) => Type::future(self.lower(module, owner, of)),
        }
    }

    fn lower_all(&mut self, module: u32, owner: Option<u32>, all: List) -> Rc<[Type<'a>]> {
        let all = all.of(&self.code(module).lists);
        all.iter().map(|ty| self.lower(module, owner, *ty)).collect()
    }

    /// `dyn A + B`, `impl A + B`. What can be called, gone through or awaited is taken for just that.
    fn lower_bounds(&mut self, module: u32, owner: Option<u32>, all: List) -> Type<'a> {
        let all: Vec<Bound<'a>> = self.bounds(module, owner, all);
        for bound in &all {
            let bind = |name| bound.bind(name).cloned().unwrap_or(Type::Unknown);
            if bound.of.is_callable() {
                return Type::Fn(Rc::new(bind("Output")));
            }
            if [
                "Iterator",
                "DoubleEndedIterator",
                "ExactSizeIterator",
                "IntoIterator",
                "ParallelIterator",
            ]
            .iter()
            .any(|name| bound.of.is(name))
            {
                return Type::iter(bind("Item"));
            }
            if bound.of.is("Future") {
                return Type::future(bind("Output"));
            }
        }
        Type::Bounds(all.into())
    }

    /// Bounds that are paths of traits.
    pub(super) fn bounds(&mut self, module: u32, owner: Option<u32>, all: List) -> Vec<Bound<'a>> {
        let code = self.code(module);
        let mut bounds = Vec::new();
        for path in all.of(&code.lists) {
            bounds.extend(self.bound(module, owner, *path));
        }
        bounds
    }

    /// One bound.
    pub(super) fn bound(&mut self, module: u32, owner: Option<u32>, path: u32) -> Option<Bound<'a>> {
        let of = match self.head(module, path) {
            Head::Trait(of) => TraitRef::Inner(*of),
            Head::Outer(path) => TraitRef::Outer(Rc::from(&**path)),
            Head::Adt(_) | Head::Alias(_) | Head::Unknown => return None,
        };
        let path = &self.code(module).type_paths[path as usize];
        let given = self.lower_all(module, owner, path.types);
        let code = self.code(module);
        let binds = path.binds.of(&code.binds);
        let binds = binds
            .iter()
            .map(|(name, ty)| (self.text(module, *name), self.lower(module, owner, *ty)))
            .collect();
        Some(Bound { of, given, binds })
    }

    /// `Self` of the impl, trait or type that a place lies in.
    pub(super) fn own(&mut self, module: u32, owner: Option<u32>) -> Type<'a> {
        let code = self.code(module);
        let mut next = owner;
        while let Some(at) = next {
            let of = &code.owners[at as usize];
            match of.kind {
                OwnerKind::Impl(number) => {
                    return self.lower(module, Some(at), code.impls[number as usize].ty);
                }
                OwnerKind::Trait(number) => return Type::Own((module, code.traits[number as usize].item)),
                OwnerKind::Adt(number) => {
                    let own = of.params;
                    let given = (own.start..own.start + own.len).map(|param| Type::Param((module, param)));
                    return Type::Adt((module, code.adts[number as usize].item), given.collect());
                }
                OwnerKind::Function(_) | OwnerKind::Alias => next = of.parent,
            }
        }
        Type::Unknown
    }

    /// The type parameter of a name at a place.
    pub(super) fn param(&self, module: u32, owner: Option<u32>, name: Name) -> Option<Parameter> {
        let code = self.code(module);
        let mut next = owner;
        while let Some(at) = next {
            let of = code.owners.get(at as usize)?;
            let own = of.params.of(&code.params);
            if let Some(at) = own.iter().position(|param| param.name == name) {
                return Some((module, of.params.start + to_u32(at)));
            }
            next = of.parent;
        }
        None
    }

    pub(super) fn param_of(&self, module: u32, owner: Option<u32>, name: &str) -> Option<Parameter> {
        let code = self.code(module);
        let mut next = owner;
        while let Some(at) = next {
            let of = code.owners.get(at as usize)?;
            let own = of.params.of(&code.params);
            if let Some(at) = own.iter().position(|param| self.text(module, param.name) == name) {
                return Some((module, of.params.start + to_u32(at)));
            }
            next = of.parent;
        }
        None
    }

    fn lower_path(&mut self, module: u32, owner: Option<u32>, number: u32) -> Type<'a> {
        let path = &self.code(module).type_paths[number as usize];
        let text = self.text(module, path.path);
        if let Some(of) = path.of {
            let base = self.lower(module, owner, of);
            let name = last(text);
            return self.associated(&base, name);
        }
        let (first, rest) = paths::split_first(text).unwrap_or((text, ""));
        let base = if first == "Self" {
            Some(self.own(module, owner))
        } else if rest.is_empty() {
            self.param(module, owner, path.path).map(Type::Param)
        } else {
            self.param_of(module, owner, first).map(Type::Param)
        };
        if let Some(mut base) = base {
            for name in paths::parts(rest).filter(|name| !name.is_empty()).take(4) {
                base = self.associated(&base, name);
            }
            return base;
        }
        let given = self.lower_all(module, owner, path.types);
        let head = self.head(module, number);
        self.make_type(head, &given)
    }

    /// A type of what a path stands for.
    pub(super) fn make_type(&mut self, head: &Head, given: &[Type<'a>]) -> Type<'a> {
        match head {
            Head::Adt(of) => {
                let given = self.filled(*of, given);
                Type::Adt(*of, given)
            }
            Head::Alias(of) => self.alias(*of, given),
            Head::Outer(path) => outer_type(path, given),
            // A trait without `dyn`, as before 2021.
            Head::Trait(of) => Type::Bounds(Rc::new([Bound {
                of: TraitRef::Inner(*of),
                given: given.iter().cloned().collect(),
                binds: Rc::default(),
            }])),
            Head::Unknown => Type::Unknown,
        }
    }

    /// As many types as a definition has parameters: those that are given, then defaults.
    fn filled(&mut self, (module, item): Definition, given: &[Type<'a>]) -> Rc<[Type<'a>]> {
        let code = self.code(module);
        let Some(Def::Adt(number)) = code.def(item) else {
            return Rc::default();
        };
        let owner = code.adts[number as usize].owner;
        let params = code.owners[owner as usize].params;
        let all = params.of(&code.params);
        let mut filled: Vec<Type<'a>> = given.iter().take(all.len()).cloned().collect();
        for param in &all[filled.len()..] {
            let default = self.lower(module, Some(owner), param.default);
            filled.push(if matches!(default, Type::Param(_)) {
                Type::Unknown
            } else {
                default
            });
        }
        filled.into()
    }

    fn alias(&mut self, (module, item): Definition, given: &[Type<'a>]) -> Type<'a> {
        let code = self.code(module);
        let Some(Def::Alias(number)) = code.def(item) else {
            return Type::Unknown;
        };
        let alias = code.aliases[number as usize];
        let ty = self.lower(module, Some(alias.owner), alias.ty);
        let params = code.owners[alias.owner as usize].params;
        if params.len == 0 {
            return ty;
        }
        let mut standing = Substitution::default();
        for at in 0..params.len {
            let param = &code.params[(params.start + at) as usize];
            let ty = match given.get(at as usize) {
                Some(given) => given.clone(),
                None => self.lower(module, Some(alias.owner), param.default),
            };
            standing.params.push(((module, params.start + at), ty));
        }
        self.substitute(&ty, &standing)
    }

    /// What a written path of a type or trait stands for: found once for the whole project, whichever module asks first.
    fn head(&mut self, module: u32, path: u32) -> &'a Head {
        let project = self.project;
        let at = &project.heads[module as usize];
        // The room is there once all modules are known.
        at[path as usize].get_or_init(|| {
            let path = &self.code(module).type_paths[path as usize];
            let text = self.text(module, path.path);
            self.find_head(module, path.scope, text, path.rooted)
        })
    }

    /// The same by the path's text.
    pub(super) fn head_at(&mut self, module: u32, scope: u32, text: &'a str, rooted: bool) -> Head {
        let key = (module, scope, text, rooted);
        if let Some(known) = self.heads.get(&key) {
            return known.clone();
        }
        let head = self.find_head(module, scope, text, rooted);
        self.heads.insert(key, head.clone());
        head
    }

    fn find_head(&mut self, module: u32, scope: u32, text: &'a str, rooted: bool) -> Head {
        let written = Written {
            path: text,
            rooted,
            in_use: false,
            space: Space::Type,
        };
        let reached = self.lookup.walk((module, scope), written).reached;
        if reached.is_empty() {
            return prelude(text).map_or(Head::Unknown, |path| Head::Outer(path.into()));
        }
        self.head_of(&reached)
    }

    /// The one thing that is reached: an alias before what it is another name for.
    pub(super) fn head_of(&self, reached: &[Reached]) -> Head {
        let aliases: Vec<&Reached> = reached.iter().filter(|reached| reached.alias).collect();
        let of: &Reached = match (&aliases[..], reached) {
            ([alias], _) => alias,
            ([], [only]) => only,
            ([], [first, rest @ ..]) if rest.iter().all(|other| other.thing == first.thing) => first,
            _ => return Head::Unknown,
        };
        match &of.thing {
            Thing::Item { module, item } | Thing::Enum { module, item, .. } => {
                let of = (*module, *item);
                match self.code(*module).def(*item) {
                    Some(Def::Adt(_)) => Head::Adt(of),
                    Some(Def::Alias(_)) => Head::Alias(of),
                    Some(Def::Trait(_)) => Head::Trait(of),
                    Some(Def::Function(_) | Def::Value(_)) | None => Head::Unknown,
                }
            }
            Thing::External(path) => Head::Outer(path.as_str().into()),
            Thing::Module { .. } | Thing::Unread { .. } | Thing::Unknown { .. } => Head::Unknown,
        }
    }
}

/// The type of an outside path.
fn outer_type<'a>(path: &str, given: &[Type<'a>]) -> Type<'a> {
    if let Some(plain) = plain(path) {
        return Type::Plain(plain);
    }
    if last(path) == "Result" && given.len() == 1 {
        // `io::Result<T>` and its like.
        return Type::result(given[0].clone(), Type::Unknown);
    }
    Type::Outer(path.into(), given.iter().cloned().collect())
}

/// The name of a type of the language.
pub(super) fn plain(path: &str) -> Option<&'static str> {
    const NAMES: [&str; 18] = [
        "str", "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64", "f16",
    ];
    NAMES.into_iter().find(|name| *name == path)
}

/// The whole path of a type or trait that needs none.
pub(super) fn prelude(name: &str) -> Option<&'static str> {
    if let Some(plain) = plain(name) {
        return Some(plain);
    }
    Some(match name {
        "Vec" => "std::vec::Vec",
        "String" => "std::string::String",
        "Option" => "std::option::Option",
        "Result" => "std::result::Result",
        "Box" => "std::boxed::Box",
        "Iterator" => "std::iter::Iterator",
        "IntoIterator" => "std::iter::IntoIterator",
        "DoubleEndedIterator" => "std::iter::DoubleEndedIterator",
        "ExactSizeIterator" => "std::iter::ExactSizeIterator",
        "Extend" => "std::iter::Extend",
        "FromIterator" => "std::iter::FromIterator",
        "Fn" => "std::ops::Fn",
        "FnMut" => "std::ops::FnMut",
        "FnOnce" => "std::ops::FnOnce",
        "AsyncFn" => "std::ops::AsyncFn",
        "AsyncFnMut" => "std::ops::AsyncFnMut",
        "AsyncFnOnce" => "std::ops::AsyncFnOnce",
        "Drop" => "std::ops::Drop",
        "Clone" => "std::clone::Clone",
        "Copy" => "std::marker::Copy",
        "Send" => "std::marker::Send",
        "Sync" => "std::marker::Sync",
        "Sized" => "std::marker::Sized",
        "Unpin" => "std::marker::Unpin",
        "Default" => "std::default::Default",
        "From" => "std::convert::From",
        "Into" => "std::convert::Into",
        "TryFrom" => "std::convert::TryFrom",
        "TryInto" => "std::convert::TryInto",
        "AsRef" => "std::convert::AsRef",
        "AsMut" => "std::convert::AsMut",
        "ToString" => "std::string::ToString",
        "ToOwned" => "std::borrow::ToOwned",
        "PartialEq" => "std::cmp::PartialEq",
        "Eq" => "std::cmp::Eq",
        "PartialOrd" => "std::cmp::PartialOrd",
        "Ord" => "std::cmp::Ord",
        "Debug" => "std::fmt::Debug",
        "Hash" => "std::hash::Hash",
        _ => return None,
    })
}
