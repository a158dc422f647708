//! What type parameters stand for: found by laying types over each other, and put in their places.

use super::FunctionId;
use super::types::{Parameter, Substitution};
use super::{Type, Types};
use crate::lang::rust::code::Within;

impl<'a> Types<'a> {
    /// A type with its parameters replaced.
    pub(super) fn substitute(&mut self, ty: &Type<'a>, standing: &Substitution<'a>) -> Type<'a> {
        if standing.params.is_empty() && standing.own.is_none() {
            return ty.clone();
        }
        self.replace(ty, standing).bounded()
    }

    fn replace(&mut self, ty: &Type<'a>, standing: &Substitution<'a>) -> Type<'a> {
        match ty {
            Type::Param(param) => standing.get(*param).cloned().unwrap_or_else(|| ty.clone()),
            Type::Own(_) => standing.own.clone().unwrap_or_else(|| ty.clone()),
            Type::Assoc(of, name) => {
                let of = self.replace(of, standing);
                self.associated(&of, name)
            }
            other => other.map(&mut |part| self.replace(part, standing)),
        }
    }

    /// Room for all type parameters that a function knows, nothing being known of them.
    pub(super) fn open(&self, (module, function): FunctionId) -> Substitution<'a> {
        let code = self.code(module);
        let mut standing = Substitution::default();
        let mut next = Some(code.functions[function as usize].owner);
        while let Some(owner) = next.and_then(|owner| code.owners.get(owner as usize)) {
            let params = owner.params.start..owner.params.start + owner.params.len;
            standing
                .params
                .extend(params.map(|param| ((module, param), Type::Unknown)));
            next = owner.parent;
        }
        standing
    }

    /// The type parameters of a function itself, in order.
    pub(super) fn own_params(&self, (module, function): FunctionId) -> impl Iterator<Item = Parameter> + use<> {
        let code = self.code(module);
        let owner = &code.owners[code.functions[function as usize].owner as usize];
        (owner.params.start..owner.params.start + owner.params.len).map(move |param| (module, param))
    }

    /// Lays a type over a pattern with parameters. Whether they can be the same.
    pub(super) fn unify(&mut self, pattern: &Type<'a>, ty: &Type<'a>, standing: &mut Substitution<'a>) -> bool {
        match (pattern, ty) {
            (Type::Param(param), ty) => {
                standing.set(*param, ty);
                true
            }
            (_, Type::Unknown) | (Type::Unknown, _) => true,
            (Type::Ref(pattern), Type::Ref(ty)) => self.unify(pattern, ty, standing),
            (Type::Ref(pattern), ty) => self.unify(pattern, ty, standing),
            (pattern, Type::Ref(ty)) => self.unify(pattern, ty, standing),
            (Type::Adt(one, these), Type::Adt(other, those)) => one == other && self.unify_all(these, those, standing),
            (Type::Outer(one, these), Type::Outer(other, those)) => {
                super::types::may_be_same(one, other) && self.unify_all(these, those, standing)
            }
            (Type::Tuple(these), Type::Tuple(those)) => {
                these.len() == those.len() && self.unify_all(these, those, standing)
            }
            (Type::Slice(one), Type::Slice(other))
            | (Type::Fn(one), Type::Fn(other))
            | (Type::Future(one), Type::Future(other)) => self.unify(one, other, standing),
            (Type::Slice(one), Type::Outer(..)) => self.unify(one, &ty.given(0), standing),
            (Type::Iter(one), other) => {
                let element = self.element(other);
                self.unify(one, &element, standing)
            }
            (Type::Plain(one), Type::Plain(other)) => one == other,
            (Type::Bounds(bounds), ty) => {
                for bound in bounds.iter() {
                    for (name, pattern) in bound.binds.iter() {
                        let bound = self.associated(ty, name);
                        self.unify(pattern, &bound, standing);
                    }
                }
                true
            }
            // What is not concrete may be anything.
            (Type::Assoc(..) | Type::Own(_), _)
            | (_, Type::Param(_) | Type::Own(_) | Type::Assoc(..) | Type::Bounds(_) | Type::Never) => true,
            _ => false,
        }
    }

    fn unify_all(&mut self, these: &[Type<'a>], those: &[Type<'a>], standing: &mut Substitution<'a>) -> bool {
        let mut fits = true;
        for (pattern, ty) in these.iter().zip(those) {
            fits &= self.unify(pattern, ty, standing);
        }
        fits
    }

    /// Lays arguments over a function's parameters, and what closures among them give over what is expected of them.
    /// Whether they fit.
    pub(super) fn unify_arguments(
        &mut self,
        function: FunctionId,
        arguments: &[Type<'a>],
        standing: &mut Substitution<'a>,
    ) -> bool {
        let (module, number) = function;
        let code = self.code(module);
        let of = &code.functions[number as usize];
        let mut fits = true;
        for (param, argument) in of.params.of(&code.lists).iter().zip(arguments) {
            let pattern = self.lower(module, Some(of.owner), *param);
            fits &= self.unify(&pattern, argument, standing);
            let pattern = pattern.bare().clone();
            if let Type::Param(param) = pattern {
                for bound in self.bounds_of_param(param) {
                    let gives = if bound.of.is_callable() {
                        bound.bind("Output").cloned().zip(Some(argument.given(0)))
                    } else {
                        let name = bound.binds.first().map(|(name, _)| *name);
                        let name = name.or_else(|| bound.of.is("Into").then_some("Into"));
                        name.and_then(|name| bound.bind(name).cloned().map(|pattern| (pattern, name)))
                            .map(|(pattern, name)| (pattern, self.associated(argument, name)))
                    };
                    if let Some((pattern, gives)) = gives {
                        self.unify(&pattern, &gives, standing);
                    }
                }
            }
        }
        fits
    }

    /// What a call of a function gives.
    pub(super) fn gives(
        &mut self,
        function: FunctionId,
        standing: &Substitution<'a>,
        arguments: &[Type<'a>],
        written: &[Type<'a>],
    ) -> Type<'a> {
        let (module, number) = function;
        let of = &self.code(module).functions[number as usize];
        let gives = self.lower(module, Some(of.owner), of.gives);
        let mut standing = standing.clone();
        let own: Vec<Parameter> = self.own_params(function).collect();
        for (param, ty) in own.iter().zip(written) {
            standing.set(*param, ty);
        }
        self.unify_arguments(function, arguments, &mut standing);
        if of.within == Within::Nothing {
            standing.own = None;
        }
        self.substitute(&gives, &standing)
    }
}
