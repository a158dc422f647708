//! Which traits a file has in scope: their methods can be called on values of concrete types.
//!
//! Scopes within the file are not told apart: a `use` in one function serves all of it.

use super::{Definition, TraitRef, Types};
use crate::lang::rust::lookup::{Reached, Thing};
use crate::lang::rust::paths;
use crate::lang::rust::{Space, UseForm};

impl Types<'_> {
    /// Whether a trait of the project is in scope in the file whose calls are asked for: defined there, or brought by a
    /// `use`, by its name or with all of a module's.
    pub(super) fn is_in_scope(&mut self, of: Definition) -> bool {
        if let Some(&known) = self.in_scope.get(&of) {
            return known;
        }
        let found = of.0 == self.here || self.is_implemented(of) || self.is_used(of);
        self.in_scope.insert(of, found);
        found
    }

    /// A file that implements a trait knows it, by whatever path.
    fn is_implemented(&mut self, of: Definition) -> bool {
        let here = self.here;
        let impls = &self.code(here).impls;
        impls.iter().any(|block| {
            let by = block.of.and_then(|path| self.implemented(here, block.owner, path));
            by == Some(TraitRef::Inner(of))
        })
    }

    fn is_used(&mut self, (module, item): Definition) -> bool {
        let facts = self.files.facts(self.project.module(module).file);
        let Some(name) = facts.items.get(item as usize).map(|found| facts.names.get(found.name)) else {
            return false;
        };
        let here = self.here;
        let own = self.files.own(self.project.module(here).file);
        let is_it = |reached: &Reached| matches!(reached.thing, Thing::Item { module: of, item: at } if (of, at) == (module, item));
        for (number, used) in (0..).zip(&own.uses) {
            let path = self.text(here, used.path);
            let found = if used.form == UseForm::Glob {
                let targets = self.lookup.walk_use(here, number, Space::Type).reached;
                targets.iter().any(|target| {
                    let members = self.lookup.member_of(&target.thing, name, (here, used.scope));
                    members.iter().any(is_it)
                })
            } else {
                let last = paths::last(path);
                last == name && self.lookup.used(here, number).iter().any(is_it)
            };
            if found {
                return true;
            }
        }
        false
    }
}
