//! Paths of values: what is called by one, or handed over.

use std::rc::Rc;

use super::lower::Head;
use super::{Callee, Definition, FunctionId, Type, Types, Way};
use crate::graph::Reason;
use crate::lang::rust::Space;
use crate::lang::rust::code::{Def, ValuePath};
use crate::lang::rust::lookup::{Reached, Thing, Written};
use crate::lang::rust::paths::{self, last};

impl<'a> Types<'a> {
    /// What a path of values stands for, and how it was reached.
    pub(super) fn callee(&mut self, module: u32, owner: Option<u32>, path: &ValuePath) -> (Callee<'a>, Way) {
        let text = self.text(module, path.path);
        let name = last(text);
        if let Some(of) = path.of {
            let base = self.lower(module, owner, of);
            let callee = match paths::split_last(text) {
                Some((of_trait, _)) => self.by_trait(module, path, of_trait, &base, name),
                None => self.associated_function(&base, name),
            };
            return (callee, Way::default());
        }
        let Some((before, _)) = paths::split_last(text) else {
            if text == "Self" {
                let own = self.own(module, owner);
                let callee = match own {
                    Type::Adt(of, _) => Callee::Make(of, own),
                    _ => Callee::Unknown(Reason::Name),
                };
                return (callee, Way::default());
            }
            return self.by_name(module, path);
        };
        if let Some(base) = self.base(module, owner, path, before) {
            if let Some(made) = self.variant(&base, name) {
                return (made, Way::default());
            }
            return (self.associated_function(&base, name), Way::default());
        }
        self.by_path(module, owner, path, before)
    }

    /// The type that a path begins with, where that is `Self` or a type parameter.
    fn base(&mut self, module: u32, owner: Option<u32>, path: &ValuePath, before: &'a str) -> Option<Type<'a>> {
        if path.rooted {
            return None;
        }
        let (first, rest) = paths::split_first(before).unwrap_or((before, ""));
        let mut base = match first {
            "Self" => self.own(module, owner),
            _ => Type::Param(self.param_of(module, owner, first)?),
        };
        for name in paths::parts(rest).filter(|name| !name.is_empty()).take(4) {
            base = self.associated(&base, name);
        }
        Some(base)
    }

    /// `<T as Trait>::name`
    fn by_trait(
        &mut self,
        module: u32,
        path: &ValuePath,
        of_trait: &'a str,
        base: &Type<'a>,
        name: &'a str,
    ) -> Callee<'a> {
        let head = self.head_at(module, path.scope, of_trait, path.rooted);
        match head {
            Head::Trait(of) => {
                let Some(function) = self.trait_function(of, name) else {
                    return Callee::Unknown(Reason::Member);
                };
                let function = self.in_impl(function, base).unwrap_or(function);
                let mut standing = self.open(function);
                standing.own = Some(base.clone());
                Callee::Function(function, Rc::new(standing))
            }
            Head::Outer(path) => match self.associated_function(base, name) {
                found @ Callee::Function(..) if matches!(base, Type::Adt(..)) => found,
                _ => Callee::Outer(format!("{path}::{name}"), base.clone()),
            },
            Head::Adt(_) | Head::Alias(_) | Head::Unknown => Callee::Unknown(Reason::Name),
        }
    }

    /// A lone name.
    fn by_name(&mut self, module: u32, path: &ValuePath) -> (Callee<'a>, Way) {
        let written = Written {
            path: self.text(module, path.path),
            rooted: path.rooted,
            in_use: false,
            space: Space::Value,
        };
        let reached = self.lookup.walk((module, path.scope), written).reached;
        self.reached(reached)
    }

    /// What is reached as a value.
    fn reached(&mut self, reached: Vec<Reached>) -> (Callee<'a>, Way) {
        let mut found: Vec<(FunctionId, Rc<super::Substitution<'a>>)> = Vec::new();
        let mut other = None;
        for one in &reached {
            match &one.thing {
                Thing::Item { module, item } | Thing::Enum { module, item, .. } => {
                    match self.code(*module).def(*item) {
                        Some(Def::Function(number)) => {
                            let function = (*module, number);
                            found.push((function, Rc::new(self.open(function))));
                        }
                        Some(Def::Adt(_)) => {
                            let of = (*module, *item);
                            let ty = self.make_type(&Head::Adt(of), &[]);
                            other.get_or_insert(Callee::Make(of, ty));
                        }
                        Some(Def::Alias(_)) => {
                            let ty = self.make_type(&Head::Alias((*module, *item)), &[]);
                            if let Type::Adt(of, _) = ty {
                                other.get_or_insert(Callee::Make(of, ty));
                            }
                        }
                        Some(Def::Value(_)) => {
                            other.get_or_insert(Callee::Unknown(Reason::Callback));
                        }
                        Some(Def::Trait(_)) | None => {}
                    }
                }
                Thing::External(path) => {
                    let whole = if matches!(last(path), "Some" | "Ok" | "Err" | "None") {
                        Callee::Nothing
                    } else {
                        Callee::Outer(path.clone(), Type::Unknown)
                    };
                    other.get_or_insert(whole);
                }
                Thing::Module { .. } | Thing::Unread { .. } | Thing::Unknown { .. } => {}
            }
        }
        let way = Way {
            reached,
            of_type: false,
        };
        let callee = match (found.len(), other) {
            (0, None) => Callee::Unknown(Reason::Name),
            (0, Some(other)) => other,
            (1, _) => found
                .pop()
                .map_or(Callee::Unknown(Reason::Name), |(function, standing)| {
                    Callee::Function(function, standing)
                }),
            _ => Callee::Several(found),
        };
        (callee, way)
    }

    /// A path of several names.
    fn by_path(&mut self, module: u32, owner: Option<u32>, path: &ValuePath, before: &'a str) -> (Callee<'a>, Way) {
        let name = last(self.text(module, path.path));
        let at = (module, path.scope);
        let written = Written {
            path: before,
            rooted: path.rooted,
            in_use: false,
            space: Space::Type,
        };
        let reached = self.lookup.walk(at, written).reached;
        let is_module = |one: &Reached| matches!(one.thing, Thing::Module { .. });
        if reached.iter().any(is_module) {
            let written = Written {
                path: self.text(module, path.path),
                space: Space::Value,
                ..written
            };
            let reached = self.lookup.walk(at, written).reached;
            return self.reached(reached);
        }
        let mut head = self.head_of(&reached);
        if reached.is_empty() {
            head = super::lower::prelude(before).map_or(Head::Unknown, |path| Head::Outer(path.into()));
        }
        let way = Way { reached, of_type: true };
        let code = self.code(module);
        let given: Vec<Type<'a>> = path
            .outer
            .of(&code.lists)
            .iter()
            .map(|ty| self.lower(module, owner, *ty))
            .collect();
        let callee = match head {
            Head::Trait(of) => match self.trait_function(of, name) {
                Some(function) => Callee::Function(function, Rc::new(self.open(function))),
                None => Callee::Unknown(Reason::Member),
            },
            Head::Outer(_) | Head::Adt(_) | Head::Alias(_) => {
                let base = self.make_type(&head, &given);
                match self.variant(&base, name) {
                    Some(made) => made,
                    None => self.associated_function(&base, name),
                }
            }
            Head::Unknown => Callee::Unknown(Reason::Name),
        };
        (callee, way)
    }

    /// The variant of an enum.
    fn variant(&mut self, base: &Type<'a>, name: &str) -> Option<Callee<'a>> {
        let Type::Adt(of, _) = base else { return None };
        let (module, item) = *of;
        let code = self.code(module);
        let Some(Def::Adt(number)) = code.def(item) else {
            return None;
        };
        let adt = code.adts[number as usize];
        let mut variants = adt.variants.of(&code.variants).iter();
        let found = variants.any(|variant| adt.is_enum && self.text(module, variant.name) == name);
        found.then(|| Callee::Make(*of, base.clone()))
    }

    /// The type that a path of a struct literal or pattern names, and the name of its variant.
    pub(super) fn made(&mut self, module: u32, owner: Option<u32>, path: &ValuePath) -> (Type<'a>, &'a str) {
        let text = self.text(module, path.path);
        let (callee, _) = self.callee(module, owner, path);
        let ty = match callee {
            Callee::Make(_, ty) => ty,
            // A struct with named fields is no value: its name is looked up as a type.
            _ => self.made_type(module, owner, path, text),
        };
        (ty, last(text))
    }

    fn made_type(&mut self, module: u32, owner: Option<u32>, path: &ValuePath, text: &'a str) -> Type<'a> {
        if text == "Self" {
            return self.own(module, owner);
        }
        if let Some(base) = self.base(module, owner, path, text)
            && text.contains("::")
        {
            return base;
        }
        let head = self.head_at(module, path.scope, text, path.rooted);
        let code = self.code(module);
        let given: Vec<Type<'a>> = path
            .inner
            .of(&code.lists)
            .iter()
            .map(|ty| self.lower(module, owner, *ty))
            .collect();
        match head {
            Head::Trait(_) | Head::Unknown => Type::Unknown,
            head => self.make_type(&head, &given),
        }
    }

    /// The type of a path that is used as a value.
    pub(super) fn value(&mut self, module: u32, owner: Option<u32>, path: &ValuePath) -> Type<'a> {
        let text = self.text(module, path.path);
        if text == "None" {
            return Type::option(Type::Unknown);
        }
        if path.of.is_none() {
            let written = Written {
                path: text,
                rooted: path.rooted,
                in_use: false,
                space: Space::Value,
            };
            let reached = self.lookup.walk((module, path.scope), written).reached;
            if let Some(ty) = self.constant(&reached) {
                return ty;
            }
        }
        let (callee, _) = self.callee(module, owner, path);
        match callee {
            Callee::Function(function, standing) => {
                let gives = self.gives(function, &standing, &[], &[]);
                Type::Fn(Rc::new(gives))
            }
            Callee::Make(of, ty) => {
                if self.is_tuple(of, last(text)) {
                    Type::Fn(Rc::new(ty))
                } else {
                    ty
                }
            }
            _ => Type::Unknown,
        }
    }

    fn constant(&mut self, reached: &[Reached]) -> Option<Type<'a>> {
        let [
            Reached {
                thing: Thing::Item { module, item },
                ..
            },
        ] = reached
        else {
            return None;
        };
        let code = self.code(*module);
        match code.def(*item)? {
            Def::Value(number) => {
                let (_, ty, owner) = code.values[number as usize];
                Some(self.lower(*module, owner, ty))
            }
            _ => None,
        }
    }

    /// Whether a struct or the variant of an enum is made by being called.
    pub(in crate::lang::rust) fn is_tuple(&self, (module, item): Definition, name: &str) -> bool {
        let code = self.code(module);
        let Some(Def::Adt(number)) = code.def(item) else {
            return false;
        };
        let adt = code.adts[number as usize];
        let mut variants = adt.variants.of(&code.variants).iter();
        variants.any(|variant| variant.is_tuple && (!adt.is_enum || self.text(module, variant.name) == name))
    }
}
