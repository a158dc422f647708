//! The quick way along `use` after `use`: where each names a module by a plain path, and in it a name that is bound once.
//! Most re-exports are of that kind. What is found is what [`Lookup::through_use`] finds by asking, a step at a time.

use rustc_hash::FxHashSet;

use super::things::LONGEST_CHAIN;
use super::{At, Lookup, Reached, Thing};
use crate::lang::rust::{Binding, Bound, ScopeKind, Space, UseForm, paths};

/// Longer ways may be rings.
const SURELY_NO_RING: usize = 16;

/// A `use`, by its module and its number there.
type UseAt = (u32, u32);

/// What a `use` names.
enum Step {
    /// A definition.
    Item { module: u32, item: u32 },
    /// Another `use`.
    On(UseAt),
}

impl<'a> Lookup<'a> {
    /// What a `use` brings, where the way to it is straight to its end, or to where a search finds anything.
    pub(super) fn straight(&mut self, first: UseAt, space: Space) -> Option<Vec<Reached>> {
        let mut at = first;
        let mut chain = Vec::new();
        let mut passed: FxHashSet<UseAt> = FxHashSet::default();
        while chain.len() < LONGEST_CHAIN {
            if chain.len() > SURELY_NO_RING && (!passed.insert(at) || self.project.rings.has(at)) {
                self.project.rings.add(passed);
                self.cut = true;
                return Some(Vec::new());
            }
            match self.next(at, space) {
                Some(Step::Item { module, item }) => {
                    chain.push(at.0);
                    return Some(vec![Reached {
                        chain,
                        ..Reached::just(Thing::Item { module, item })
                    }]);
                }
                Some(Step::On(next)) => {
                    chain.push(at.0);
                    at = next;
                }
                None if chain.is_empty() => return None,
                None => return self.search_from(at, space, &chain),
            }
        }
        // The next module has the name, whatever it stands for.
        Some(vec![Reached {
            chain: vec![first.0],
            guessed: true,
            ..Reached::just(Thing::Unknown { module: chain[1] })
        }])
    }

    /// What a search finds from a `use` on, at the end of a straight way; nothing where it finds nothing, or met itself.
    fn search_from(&mut self, (module, number): UseAt, space: Space, chain: &[u32]) -> Option<Vec<Reached>> {
        let cut = std::mem::replace(&mut self.cut, false);
        let found = self.follow_use(module, number, space).unwrap_or_default();
        let is_whole = !std::mem::replace(&mut self.cut, cut);
        (is_whole && !found.is_empty()).then(|| found.iter().map(|found| found.behind(chain)).collect())
    }

    fn next(&self, (module, number): UseAt, space: Space) -> Option<Step> {
        let of = &self.own(module).uses[number as usize];
        if of.form != UseForm::Name || of.rooted {
            return None;
        }
        let from = self.module_scope((module, of.scope));
        let (way, name) = paths::split_last(self.name(module, of.path))?;
        let mut at: Option<At> = None;
        for part in paths::parts(way) {
            at = Some(match (part, at) {
                ("crate", None) => (self.project.crate_of(module).root, 0),
                ("self", None) => from,
                ("super", None) => self.above(from)?,
                ("super" | "self" | "crate", _) | (_, None) => return None,
                (part, Some(at)) => self.inner(at, part, from)?,
            });
        }
        let at = at?;
        let binding = self.only(at, name, from)?;
        match binding.bound {
            Bound::Use(next) if binding.space == Space::Any && self.has_no_more(at) => Some(Step::On((at.0, next))),
            Bound::Item(item) if binding.space.answers(space) && self.has_no_more(at) => {
                Some(Step::Item { module: at.0, item })
            }
            Bound::Use(_) | Bound::Item(_) | Bound::Alias { .. } | Bound::Scope(_) | Bound::File(_) => None,
        }
    }

    /// The module of a name in a module.
    fn inner(&self, at: At, name: &str, from: At) -> Option<At> {
        let (module, _) = at;
        let binding = self.only(at, name, from)?;
        match binding.bound {
            Bound::File(number) => match self.project.module(module).children[number as usize][..] {
                [only] => Some((only, 0)),
                _ => None,
            },
            Bound::Scope(scope) => {
                let kind = self.own(module).scopes[scope as usize].kind;
                matches!(kind, ScopeKind::Module { .. }).then_some((module, scope))
            }
            Bound::Use(_) | Bound::Item(_) | Bound::Alias { .. } => None,
        }
    }

    /// The one binding of a name in a scope, where every build has it and it is seen.
    fn only(&self, at: At, name: &str, from: At) -> Option<&'a Binding> {
        let [only] = self.bound(at, name) else { return None };
        (!only.guarded && self.sees(from, at, only.seen)).then_some(only)
    }

    /// Whether a module has no names but those that it binds itself.
    fn has_no_more(&self, (module, scope): At) -> bool {
        let own = self.own(module);
        let of = self.project.module(module);
        let is_root = scope == 0 && self.project.crate_of(module).root == module;
        let is_alone = own.includes.is_empty() && !of.included && of.strays.is_empty();
        is_alone && !is_root && own.globs.binary_search_by_key(&scope, |(of, _)| *of).is_err()
    }
}
