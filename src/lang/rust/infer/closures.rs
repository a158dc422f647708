//! What closures are given that are handed over to a call.

use super::standard::{Kind, kind};
use super::{Callee, FunctionId, Substitution, Type, Types};
use crate::lang::rust::code::{Ty, TyId};
use crate::lang::rust::paths::last;
use std::rc::Rc;

impl<'a> Types<'a> {
    /// What a callee hands to a closure that is one of its arguments, as one of the closure's parameters.
    pub(super) fn expected(&mut self, callee: &Callee<'a>, argument: u16, parameter: u16) -> Type<'a> {
        match callee {
            Callee::Function(function, standing) => self.expected_by(*function, standing, argument, parameter),
            Callee::Outer(path, of) => by_outer(of, last(path), argument, parameter),
            Callee::Several(_) | Callee::Make(..) | Callee::Macro | Callee::Nothing | Callee::Unknown(_) => {
                Type::Unknown
            }
        }
    }

    fn expected_by(
        &mut self,
        (module, number): FunctionId,
        standing: &Rc<Substitution<'a>>,
        argument: u16,
        parameter: u16,
    ) -> Type<'a> {
        let code = self.code(module);
        let of = &code.functions[number as usize];
        let Some(&param) = of.params.of(&code.lists).get(usize::from(argument)) else {
            return Type::Unknown;
        };
        let Some(ty) = self.handed(module, of.owner, param, usize::from(parameter)) else {
            return Type::Unknown;
        };
        // What the other arguments tell is not known yet.
        self.substitute(&ty, standing)
    }

    /// What something that can be called is given, by its written type.
    fn handed(&mut self, module: u32, owner: u32, ty: TyId, parameter: usize) -> Option<Type<'a>> {
        let code = self.code(module);
        let mut ty = ty;
        while let Ty::Ref(of) = code.types[ty as usize] {
            ty = of;
        }
        let bounds = match code.types[ty as usize] {
            Ty::Fn(params, _) => {
                let param = *params.of(&code.lists).get(parameter)?;
                return Some(self.lower(module, Some(owner), param));
            }
            Ty::Bounds(all) => self.bounds(module, Some(owner), all),
            Ty::Path(path) => {
                let path = &code.type_paths[path as usize];
                if let Some(&inner) = path.types.of(&code.lists).first() {
                    // `Box<dyn Fn(A)>`
                    return self.handed(module, owner, inner, parameter);
                }
                let param = self.param(module, Some(owner), path.path)?;
                let mut bounds = self.bounds_of_param(param);
                bounds.extend(self.bounds_in(module, owner, &Type::Param(param)));
                bounds
            }
            _ => return None,
        };
        let bound = bounds.into_iter().find(|bound| bound.of.is_callable())?;
        bound.given.get(parameter).cloned()
    }
}

/// What methods of the standard library hand to closures.
fn by_outer<'a>(of: &Type<'a>, name: &str, argument: u16, parameter: u16) -> Type<'a> {
    let of = of.bare();
    match of {
        Type::Iter(item) => super::iterators::expects(item, name, parameter, &Type::Unknown),
        Type::Slice(item) => by_slice(item, name),
        Type::Outer(path, _) => {
            let (first, second) = (of.given(0), of.given(1));
            match kind(path) {
                Kind::Option => match name {
                    "map" | "and_then" | "is_some_and" | "is_none_or" => first,
                    "map_or" | "map_or_else" if argument == 1 => first,
                    "filter" | "inspect" | "take_if" | "get_or_insert_with" => first.by_ref(),
                    _ => Type::Unknown,
                },
                Kind::Result => match name {
                    "map" | "and_then" | "is_ok_and" => first,
                    "map_or" | "map_or_else" if argument == 1 => first,
                    "map_err" | "or_else" | "unwrap_or_else" | "map_or_else" | "is_err_and" => second,
                    "inspect" => first.by_ref(),
                    "inspect_err" => second.by_ref(),
                    _ => Type::Unknown,
                },
                Kind::Vec => by_slice(&first, name),
                Kind::Set => match name {
                    "retain" => first.by_ref(),
                    _ => Type::Unknown,
                },
                Kind::Map => match (name, parameter) {
                    ("retain", 0) => first.by_ref(),
                    ("retain", _) => second.by_ref(),
                    _ => Type::Unknown,
                },
                Kind::Entry => match name {
                    "and_modify" => second.by_ref(),
                    "or_insert_with_key" => first.by_ref(),
                    _ => Type::Unknown,
                },
                Kind::Pointer | Kind::Weak | Kind::Cell | Kind::Text | Kind::Range | Kind::Other => Type::Unknown,
            }
        }
        Type::Plain("str") if matches!(name, "split" | "find" | "trim_matches" | "trim_start_matches" | "rfind") => {
            Type::Plain("char")
        }
        _ => Type::Unknown,
    }
}

fn by_slice<'a>(item: &Type<'a>, name: &str) -> Type<'a> {
    match name {
        "retain"
        | "retain_mut"
        | "sort_by"
        | "sort_by_key"
        | "sort_unstable_by"
        | "sort_unstable_by_key"
        | "sort_by_cached_key"
        | "binary_search_by"
        | "binary_search_by_key"
        | "partition_point"
        | "dedup_by_key"
        | "dedup_by"
        | "split"
        | "extract_if"
        | "chunk_by" => item.clone().by_ref(),
        "map" => item.clone(),
        _ => Type::Unknown,
    }
}
