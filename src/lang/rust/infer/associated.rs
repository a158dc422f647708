//! What a type has besides members: associated types, bounds, what it dereferences to, what a loop takes from it.

use super::members::Asked;
use super::standard::{Kind, kind};
use super::types::{Bound, Parameter, Substitution, TraitRef};
use super::{DEEPEST, Definition, Type, Types};
use crate::lang::rust::code::Def;
use crate::lang::rust::paths;
use crate::lang::rust::project::{ImplRef, Implements};
use std::rc::Rc;

/// How many bounds of one type are looked at, those of traits that others extend included.
const MOST_BOUNDS: usize = 64;

impl<'a> Types<'a> {
    /// An associated type of a type.
    pub(super) fn associated(&mut self, of: &Type<'a>, name: &'a str) -> Type<'a> {
        if self.depth >= DEEPEST * 2 {
            return Type::Unknown;
        }
        self.depth += 1;
        let found = self.associated_new(of, name).bounded();
        self.depth -= 1;
        found
    }

    fn associated_new(&mut self, of: &Type<'a>, name: &'a str) -> Type<'a> {
        match of {
            Type::Unknown | Type::Never => Type::Unknown,
            Type::Param(param) => {
                let bounds = self.bounds_of_param(*param);
                bound_type(&bounds, of, name)
            }
            Type::Own(_) | Type::Assoc(..) => {
                let bounds = self.bounds_of(of);
                bound_type(&bounds, of, name)
            }
            Type::Bounds(bounds) => bounds
                .iter()
                .find_map(|bound| bound.bind(name).cloned())
                .unwrap_or(Type::Unknown),
            Type::Iter(item) if name == "Item" => (**item).clone(),
            Type::Fn(gives) | Type::Future(gives) if name == "Output" => (**gives).clone(),
            _ => {
                let by_impl = self.by_impl(of, name);
                if !by_impl.is_unknown() {
                    return by_impl;
                }
                match name {
                    "Item" | "IntoIter" if matches!(of.bare(), Type::Outer(..) | Type::Slice(_)) => {
                        let element = self.element(of);
                        if name == "Item" { element } else { Type::iter(element) }
                    }
                    "Target" => self.deref(of).unwrap_or(Type::Unknown),
                    _ => Type::Unknown,
                }
            }
        }
    }

    /// An associated type that an impl of the project sets.
    fn by_impl(&mut self, of: &Type<'a>, name: &str) -> Type<'a> {
        let mut found = Type::Unknown;
        for at in self.impls_of(of) {
            let ImplRef { module, number, .. } = at;
            let code = self.code(module);
            let block = code.impls[number as usize];
            let binds = block.binds.of(&code.binds);
            let Some((_, ty)) = binds.iter().find(|(bound, _)| self.text(module, *bound) == name) else {
                continue;
            };
            let Some(standing) = self.fits(at, of) else { continue };
            let ty = self.lower(module, Some(block.owner), *ty);
            let ty = self.substitute(&ty, &standing);
            if found.is_unknown() || found == ty {
                found = ty;
            } else if found.bare() == ty.bare() {
                // By reference and by value.
                found = found.bare().clone().by_ref();
            } else {
                return Type::Unknown;
            }
        }
        found
    }

    /// Whether an impl is one for a type, and what its parameters stand for there.
    pub(super) fn fits(&mut self, at: ImplRef, ty: &Type<'a>) -> Option<Substitution<'a>> {
        let ImplRef { module, number, .. } = at;
        let code = self.code(module);
        let block = code.impls[number as usize];
        let params = code.owners[block.owner as usize].params;
        let mut standing = Substitution {
            params: (params.start..params.start + params.len)
                .map(|param| ((module, param), Type::Unknown))
                .collect(),
            own: Some(ty.clone()),
        };
        let pattern = self.lower(module, Some(block.owner), block.ty);
        // An impl for `Box<dyn View>` is none for a box of something that is a view.
        if let (Type::Outer(_, these), Type::Outer(_, those)) = (&pattern, ty.bare())
            && let (Some(Type::Bounds(_)), Some(Type::Adt(..) | Type::Outer(..) | Type::Plain(_))) =
                (these.first(), those.first())
        {
            return None;
        }
        self.unify(&pattern, ty, &mut standing).then_some(standing)
    }

    /// The bounds of a type parameter: where it is introduced, and in `where`.
    pub(super) fn bounds_of_param(&mut self, (module, param): Parameter) -> Vec<Bound<'a>> {
        let code = self.code(module);
        let owner = code
            .owners
            .partition_point(|owner| owner.params.start + owner.params.len <= param);
        // Owners without parameters of their own share a start with the next.
        let holds = |at: &usize| {
            let params = code.owners[*at].params;
            (params.start..params.start + params.len).contains(&param)
        };
        let Some(owner) = (owner..code.owners.len()).take(64).find(holds) else {
            return Vec::new();
        };
        let own = crate::source::to_u32(owner);
        let mut bounds = self.bounds(module, Some(own), code.params[param as usize].bounds);
        self.predicates(module, own, &Type::Param((module, param)), &mut bounds);
        bounds.truncate(MOST_BOUNDS);
        bounds
    }

    /// Bounds that `where` sets on a type.
    fn predicates(&mut self, module: u32, owner: u32, ty: &Type<'a>, bounds: &mut Vec<Bound<'a>>) {
        let code = self.code(module);
        for predicate in code.owners[owner as usize].predicates.of(&code.predicates) {
            if self.lower(module, Some(owner), predicate.ty) == *ty {
                bounds.extend(self.bounds(module, Some(owner), predicate.bounds));
            }
        }
    }

    /// The bounds of a type that is not concrete.
    pub(super) fn bounds_of(&mut self, ty: &Type<'a>) -> Vec<Bound<'a>> {
        match ty {
            Type::Bounds(all) => all.to_vec(),
            Type::Param(param) => self.bounds_of_param(*param),
            Type::Own(of) => vec![Bound {
                of: TraitRef::Inner(*of),
                given: Rc::default(),
                binds: Rc::default(),
            }],
            Type::Assoc(of, name) => {
                let mut found = Vec::new();
                for bound in self.all_bounds(of) {
                    let TraitRef::Inner((module, item)) = bound.of else {
                        continue;
                    };
                    let code = self.code(module);
                    let Some(Def::Trait(number)) = code.def(item) else {
                        continue;
                    };
                    let of = code.traits[number as usize];
                    for (bound, ty) in of.binds.of(&code.binds) {
                        if self.text(module, *bound) == *name {
                            match self.lower(module, Some(of.owner), *ty) {
                                Type::Bounds(bounds) => found.extend(bounds.iter().cloned()),
                                other => found.push(Bound {
                                    of: TraitRef::Outer("std::iter::Iterator".into()),
                                    given: Rc::default(),
                                    binds: Rc::new([("Item", other.given(0))]),
                                }),
                            }
                        }
                    }
                }
                found
            }
            _ => Vec::new(),
        }
    }

    /// The bounds of a type, and of the traits that those extend.
    pub(super) fn all_bounds(&mut self, ty: &Type<'a>) -> Vec<Bound<'a>> {
        if self.depth >= DEEPEST * 2 {
            return Vec::new();
        }
        self.depth += 1;
        let mut all = self.bounds_of(ty);
        let mut at = 0;
        while at < all.len() && all.len() < MOST_BOUNDS {
            if let TraitRef::Inner(of) = all[at].of {
                for above in self.supers(of) {
                    if !all.iter().any(|known| known.of == above.of) {
                        all.push(above);
                    }
                }
            }
            at += 1;
        }
        self.depth -= 1;
        all
    }

    /// The traits that a trait extends: by its colon, and by `where Self: …`.
    fn supers(&mut self, (module, item): Definition) -> Vec<Bound<'a>> {
        let code = self.code(module);
        let Some(Def::Trait(number)) = code.def(item) else {
            return Vec::new();
        };
        let of = code.traits[number as usize];
        let mut above = self.bounds(module, Some(of.owner), of.supers);
        self.predicates(module, of.owner, &Type::Own((module, item)), &mut above);
        above
    }

    /// What a type dereferences to.
    pub(super) fn deref(&mut self, ty: &Type<'a>) -> Option<Type<'a>> {
        let to = match ty {
            Type::Ref(of) => (**of).clone(),
            Type::Outer(path, given) => match kind(path) {
                Kind::Pointer => pointee(given),
                Kind::Vec => Type::slice(ty.given(0)),
                Kind::Text => Type::Plain("str"),
                _ => return None,
            },
            Type::Adt(..) => {
                let dereferences = |of: &ImplRef| of.of == Implements::Deref;
                if !self.impls_of(ty).iter().any(dereferences) {
                    return None;
                }
                self.by_impl(ty, "Target")
            }
            Type::Param(_) | Type::Bounds(_) | Type::Assoc(..) | Type::Own(_) => {
                let bounds = self.all_bounds(ty);
                let mut bounds = bounds.iter();
                bounds
                    .find(|bound| bound.of.is("Deref") || bound.of.is("DerefMut"))?
                    .bind("Target")?
                    .clone()
            }
            _ => return None,
        };
        (!to.is_unknown()).then_some(to)
    }

    /// What a loop takes from a value.
    pub(super) fn element(&mut self, ty: &Type<'a>) -> Type<'a> {
        match ty {
            Type::Iter(of) | Type::Slice(of) => (**of).clone(),
            Type::Ref(of) => match &**of {
                Type::Outer(path, given) => match kind(path) {
                    Kind::Map => Type::tuple(given.iter().take(2).map(|part| part.clone().by_ref())),
                    Kind::Vec | Kind::Set | Kind::Option | Kind::Result => ty.bare().given(0).by_ref(),
                    Kind::Range => ty.bare().given(0),
                    Kind::Pointer => self.element(&pointee(given).by_ref()),
                    _ => Type::Unknown,
                },
                Type::Slice(of) => (**of).clone().by_ref(),
                Type::Ref(_) | Type::Iter(_) | Type::Param(_) => self.element(of),
                Type::Adt(..) => {
                    let item = self.by_impl(ty, "Item");
                    if item.is_unknown() {
                        let target = self.deref(of);
                        target.map_or(Type::Unknown, |target| self.element(&target.by_ref()))
                    } else {
                        item
                    }
                }
                _ => Type::Unknown,
            },
            Type::Outer(path, given) => match kind(path) {
                Kind::Map => Type::tuple(given.iter().take(2).cloned()),
                Kind::Vec | Kind::Set | Kind::Option | Kind::Result | Kind::Range => ty.given(0),
                Kind::Pointer => self.element(&pointee(given)),
                _ => Type::Unknown,
            },
            Type::Adt(..) => self.by_impl(ty, "Item"),
            Type::Param(_) | Type::Bounds(_) | Type::Assoc(..) | Type::Own(_) => self.associated(ty, "Item"),
            _ => Type::Unknown,
        }
    }

    /// Bounds that an owner's `where` sets on a type that another introduces.
    pub(super) fn bounds_in(&mut self, module: u32, owner: u32, ty: &Type<'a>) -> Vec<Bound<'a>> {
        let mut bounds = Vec::new();
        self.predicates(module, owner, ty, &mut bounds);
        bounds
    }

    /// What indexing a type of the project gives, by its impls of `Index`.
    pub(super) fn indexed(&mut self, ty: &Type<'a>, by: &Type<'a>) -> Type<'a> {
        let mut found = Type::Unknown;
        for at in self.impls_of(ty) {
            let code = self.code(at.module);
            let block = code.impls[at.number as usize];
            let Some(path) = block.of.and_then(|path| code.type_paths.get(path as usize)) else {
                continue;
            };
            if paths::last(self.text(at.module, path.path)) != "Index" {
                continue;
            }
            let Some(mut standing) = self.fits(at, ty) else {
                continue;
            };
            let index = path.types.of(&code.lists).first().copied().unwrap_or_default();
            let index = self.lower(at.module, Some(block.owner), index);
            if !self.unify(&index, by, &mut standing) {
                continue;
            }
            let binds = block.binds.of(&code.binds);
            let Some((_, output)) = binds.iter().find(|(name, _)| self.text(at.module, *name) == "Output") else {
                continue;
            };
            let output = self.lower(at.module, Some(block.owner), *output);
            let output = self.substitute(&output, &standing);
            if found.is_unknown() || found == output {
                found = output;
            } else {
                return Type::Unknown;
            }
        }
        found
    }

    /// The impls for a type.
    pub(super) fn impls_of(&mut self, ty: &Type<'a>) -> Vec<ImplRef> {
        let Some(asked) = Asked::of(ty.bare()) else {
            return Vec::new();
        };
        self.project.impls.of(asked.head()).collect()
    }
}

/// What a pointer points at: the first that is given to it, of `Cow<T>` and guards too.
pub(super) fn pointee<'a>(given: &[Type<'a>]) -> Type<'a> {
    given.first().cloned().unwrap_or(Type::Unknown)
}

/// What one of the bounds binds, or the associated type itself, standing for what is not known.
fn bound_type<'a>(bounds: &[Bound<'a>], of: &Type<'a>, name: &'a str) -> Type<'a> {
    let bound = bounds.iter().find_map(|bound| bound.bind(name).cloned());
    bound.unwrap_or_else(|| Type::Assoc(Rc::new(of.clone()), name))
}
