//! Callees that the arguments tell: one of several functions, or an impl's for a trait's.

use std::rc::Rc;

use super::types::Substitution;
use super::{Callee, FunctionId, Type, Types};
use crate::lang::rust::code::{Receiver, Within};

impl<'a> Types<'a> {
    /// The callee as the arguments tell it, where they tell more.
    pub(super) fn settle(&mut self, callee: &Callee<'a>, by_path: bool, arguments: &[Type<'a>]) -> Option<Callee<'a>> {
        match callee {
            Callee::Several(all) => {
                let mut fitting = all.iter().filter(|(function, standing)| {
                    let (own, rest) = self.split(*function, by_path, arguments);
                    let mut standing = (**standing).clone();
                    if let Some(own) = own {
                        self.unify_own(*function, own, &mut standing);
                    }
                    self.unify_arguments(*function, rest, &mut standing)
                });
                match (fitting.next().cloned(), fitting.next()) {
                    (Some((function, standing)), None) => Some(Callee::Function(function, standing)),
                    _ => None,
                }
            }
            Callee::Function(function, standing) if by_path && standing.own.is_none() && self.takes_own(*function) => {
                let own = arguments.first()?.bare();
                let function = self.in_impl(*function, own)?;
                let mut standing = self.open(function);
                standing.own = Some(own.clone());
                Some(Callee::Function(function, Rc::new(standing)))
            }
            _ => None,
        }
    }

    fn split<'t>(
        &self,
        function: FunctionId,
        by_path: bool,
        arguments: &'t [Type<'a>],
    ) -> (Option<&'t Type<'a>>, &'t [Type<'a>]) {
        match arguments.split_first() {
            Some((own, rest)) if by_path && self.takes_own(function) => (Some(own), rest),
            _ => (None, arguments),
        }
    }

    /// Whether a function takes `self`.
    pub(super) fn takes_own(&self, (module, number): FunctionId) -> bool {
        self.code(module).functions[number as usize].receiver != Receiver::None
    }

    /// Lays the type of `self` over that of an impl.
    pub(super) fn unify_own(&mut self, function: FunctionId, own: &Type<'a>, standing: &mut Substitution<'a>) {
        let (module, _) = function;
        match self.within(function) {
            Within::Impl(number) => {
                let block = self.code(module).impls[number as usize];
                let pattern = self.lower(module, Some(block.owner), block.ty);
                self.unify(&pattern, own.bare(), standing);
            }
            Within::Trait(_) if standing.own.is_none() => standing.own = Some(own.bare().clone()),
            Within::Trait(_) | Within::Nothing => {}
        }
    }
}
