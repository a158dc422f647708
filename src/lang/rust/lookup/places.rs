//! Places: which module each lies in, and what is seen from it.

use rustc_hash::FxHashSet;

use super::{At, Lookup, Thing};
use crate::lang::rust::Seen;

impl Lookup<'_> {
    /// The module's scope around a place, an included file's in its includer.
    pub(super) fn module_scope(&self, (module, scope): At) -> At {
        let own = self.own(module);
        let mut scope = scope;
        while let Some(found) = own.scopes.get(scope as usize) {
            if found.kind.is_module() {
                break;
            }
            scope = found.parent.unwrap_or(0);
        }
        let of = self.project.module(module);
        match of.parent {
            Some(includer) if of.included && scope == 0 => self.module_scope(includer),
            _ => (module, scope),
        }
    }

    /// The module above the one that holds a place.
    pub(super) fn above(&self, at: At) -> Option<At> {
        let (module, scope) = self.module_scope(at);
        let inner = self
            .own(module)
            .scopes
            .get(scope as usize)
            .and_then(|scope| scope.parent);
        match inner {
            Some(parent) => Some(self.module_scope((module, parent))),
            None => self
                .project
                .module(module)
                .parent
                .map(|parent| self.module_scope(parent)),
        }
    }

    /// The modules around a place, from the inside out.
    fn around(&self, at: At) -> Vec<At> {
        let mut around = vec![self.module_scope(at)];
        while let Some(above) = around.last().and_then(|inner| self.above(*inner)) {
            around.push(above);
        }
        around
    }

    /// Whether a place sees what is so visible in a scope.
    pub(super) fn sees(&self, from: At, holder: At, seen: Seen) -> bool {
        let holds = |outer: At| {
            let mut next = Some(self.module_scope(from));
            while let Some(at) = next {
                if at == outer {
                    return true;
                }
                next = self.above(at);
            }
            false
        };
        match seen {
            Seen::Public => true,
            Seen::Within(0) => self.project.module(from.0).krate == self.project.module(holder.0).krate,
            Seen::Within(depth) => {
                let around = self.around(holder);
                around
                    .iter()
                    .rev()
                    .nth(depth as usize)
                    .is_some_and(|outer| holds(*outer))
            }
            Seen::Above(steps) => {
                let around = self.around(holder);
                around
                    .get(steps as usize)
                    .or(around.last())
                    .is_some_and(|outer| holds(*outer))
            }
            Seen::Private => holds(self.module_scope(holder)),
        }
    }

    /// Whether all names of a module can be seen: no macro, attribute or glob of something outside may add to them.
    pub(in crate::lang::rust) fn is_closed(&mut self, at: At) -> bool {
        if let Some(&known) = self.closed.get(&at) {
            return known;
        }
        let closed = self.all_is_seen(at);
        self.closed.insert(at, closed);
        closed
    }

    fn all_is_seen(&self, at: At) -> bool {
        let mut seen = FxHashSet::default();
        let mut next = vec![at];
        while let Some((module, scope)) = next.pop() {
            if !seen.insert((module, scope)) {
                continue;
            }
            let own = self.own(module);
            let of = self.project.module(module);
            let broken = !self.files.facts(of.file).problems.is_empty();
            if broken || own.scopes.get(scope as usize).is_none_or(|scope| scope.open) {
                return false;
            }
            let included = own.includes.iter().zip(&of.includes);
            for (_, child) in included.filter(|(include, _)| include.scope == scope) {
                match child {
                    Some(child) => next.push((*child, 0)),
                    None => return false,
                }
            }
            let leads_nowhere = |(_, glob): &(u32, u32)| {
                let reached = self.project.globs.get(&(module, *glob));
                reached.is_none_or(Vec::is_empty)
            };
            if own.globs.iter().filter(|(of, _)| *of == scope).any(leads_nowhere) {
                return false;
            }
            for (_, glob) in self.globs(module, scope) {
                match &glob.thing {
                    Thing::Module { module, scope } | Thing::Enum { module, scope, .. } => next.push((*module, *scope)),
                    Thing::Item { .. } => {}
                    Thing::Unread { .. } | Thing::Unknown { .. } | Thing::External(_) => return false,
                }
            }
        }
        true
    }
}
