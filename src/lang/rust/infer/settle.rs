//! Callees that the arguments tell: one of several functions, or an impl's for a trait's.

use std::rc::Rc;

use super::types::Substitution;
use super::{Callee, FunctionId, Type, Types};
use crate::lang::rust::code::{Receiver, Within};
use crate::lang::rust::paths::last;

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
            // `T::from(x)` is one of several conversions, of which a macro or derive may have made others: `x` tells.
            Callee::Function(function, standing) if by_path && self.is_conversion(*function) => {
                let known = arguments.first().is_some_and(|given| !given.is_unknown());
                let mut standing = (**standing).clone();
                let fits = known && self.unify_arguments(*function, arguments, &mut standing);
                (!fits).then(|| Callee::Several(vec![(*function, Rc::new(standing))]))
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

    /// Whether a function is `from` or `try_from` of an impl of `From` or `TryFrom`.
    fn is_conversion(&self, function: FunctionId) -> bool {
        let Within::Impl(number) = self.within(function) else {
            return false;
        };
        let (module, _) = function;
        let code = self.code(module);
        let path = code.impls[number as usize]
            .of
            .and_then(|of| code.type_paths.get(of as usize));
        let of = path.map(|path| last(self.text(module, path.path)));
        matches!(of, Some("From" | "TryFrom"))
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
