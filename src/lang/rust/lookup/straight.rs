//! The quick way along `use` after `use`: where each names a module by a plain path, and in it a name that is bound once.
//! Most re-exports are of that kind. What is found is what a search finds that asks at each step; ways that were gone are
//! kept, so that each `use` is passed once.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::things::LONGEST_CHAIN;
use super::{At, Followed, Lookup, Reached, Thing, tidy};
use crate::lang::rust::{Binding, Bound, ScopeKind, Space, UseForm, paths};

/// A way that passes more is taken to have no end: a ring may begin behind a long one.
const LONGEST_WAY: usize = 2 * LONGEST_CHAIN;

/// A `use`, by its module and its number there.
pub(super) type UseAt = (u32, u32);

/// What a `use` names.
enum Step {
    /// A definition.
    Item(Thing),
    /// Another `use`.
    On(UseAt),
}

/// The modules of `use`s behind each other, and what the last one brings.
#[derive(Debug)]
pub(super) struct Way {
    modules: Vec<u32>,
    end: End,
}

/// Where a way ends.
#[derive(Debug, Clone)]
enum End {
    /// There, or at what a search found from the last `use` on.
    Found(Rc<[Reached]>),
    /// It comes back to where it was: it leads nowhere.
    Ring,
    /// A search has to tell.
    Unclear,
    /// Further on than anybody looks.
    Beyond,
}

impl<'a> Lookup<'a> {
    /// What the path of a `use` stands for, where the way there is straight to its end, or to where a search finds
    /// anything. Nothing is found in a ring, which cuts the answer short.
    pub(super) fn straight(&mut self, from: UseAt, space: Space) -> Option<Vec<Reached>> {
        if self.rings.contains(&from) {
            self.cut = true;
            return Some(Vec::new());
        }
        let (way, at) = match self.ways.get(&(from, space)) {
            Some((way, at)) => (Rc::clone(way), *at),
            None => (self.go(from, space), 0),
        };
        let next = || Reached {
            guessed: true,
            ..Reached::just(Thing::Unknown {
                module: way.modules.get(at + 1).copied().unwrap_or(from.0),
            })
        };
        let passed = &way.modules[at + 1..];
        match &way.end {
            End::Found(found) => {
                // Behind too many modules, the next one has the name, whatever it stands for.
                let behind = |found: &Reached| match passed.len() + found.chain.len() {
                    0..=LONGEST_CHAIN => found.behind(passed),
                    _ => next(),
                };
                let mut found: Vec<Reached> = found.iter().map(behind).collect();
                tidy(&mut found);
                Some(found)
            }
            End::Ring => {
                self.cut = true;
                Some(Vec::new())
            }
            End::Unclear => None,
            End::Beyond => Some(vec![next()]),
        }
    }

    /// Goes the way from a `use` on, and keeps it for all that it passes.
    fn go(&mut self, from: UseAt, space: Space) -> Rc<Way> {
        let mut passed = vec![from];
        let mut seen = FxHashSet::default();
        seen.insert(from);
        let mut searched = false;
        let (end, rest) = loop {
            let last = passed[passed.len() - 1];
            match self.next(last, space) {
                Some(Step::Item(thing)) => break (End::Found(Rc::from([Reached::just(thing)])), Vec::new()),
                Some(Step::On(next)) => {
                    if let Some((way, at)) = self.ways.get(&(next, space)) {
                        let rest = &way.modules[*at..];
                        if passed.len() + rest.len() > LONGEST_WAY {
                            break (End::Beyond, Vec::new());
                        }
                        break (way.end.clone(), rest.to_vec());
                    }
                    if self.rings.contains(&next) || !seen.insert(next) {
                        break (End::Ring, Vec::new());
                    }
                    if passed.len() >= LONGEST_WAY {
                        break (End::Beyond, Vec::new());
                    }
                    passed.push(next);
                }
                None => {
                    searched = true;
                    let end = if last == from {
                        End::Unclear
                    } else {
                        self.search_from(last, space)
                    };
                    break (end, Vec::new());
                }
            }
        };
        let modules = passed.iter().map(|(module, _)| *module).chain(rest).collect();
        let kept = match end {
            End::Beyond => 0,
            End::Ring => {
                // Whatever is looked for.
                self.rings.extend(&passed);
                0
            }
            // From the last one on, a search it is.
            End::Found(_) | End::Unclear if searched => passed.len() - 1,
            End::Found(_) | End::Unclear => passed.len(),
        };
        let way = Rc::new(Way { modules, end });
        for (at, of) in passed.into_iter().take(kept).enumerate() {
            self.ways.insert((of, space), (Rc::clone(&way), at));
        }
        way
    }

    /// What a search finds from the last `use` of a way on.
    fn search_from(&mut self, (module, number): UseAt, space: Space) -> End {
        let cut = std::mem::replace(&mut self.cut, false);
        let search = |this: &mut Self| this.found_by(module, number, space);
        let found = self.guarded(module, Followed::Use(number), search).unwrap_or_default();
        let is_whole = !std::mem::replace(&mut self.cut, cut);
        if is_whole && !found.is_empty() {
            End::Found(found.into())
        } else {
            End::Unclear
        }
    }

    /// What a `use` names, where there is no more to it than a plain path and one binding.
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
        if !self.has_no_more(at) || self.may_make(at, name) {
            return None;
        }
        match binding.bound {
            Bound::Use(next) if binding.space == Space::Any => Some(Step::On((at.0, next))),
            Bound::Item(item) if binding.space.answers(space) => Some(Step::Item(Thing::Item { module: at.0, item })),
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

    /// Whether globs, `include!`, files without `mod` or a crate's exported macros give a module no further names.
    fn has_no_more(&self, (module, scope): At) -> bool {
        let own = self.own(module);
        let of = self.project.module(module);
        let is_root = scope == 0 && self.project.crate_of(module).root == module;
        let is_alone = own.includes.is_empty() && !of.included && of.strays.is_empty();
        is_alone && !is_root && own.globs.binary_search_by_key(&scope, |(of, _)| *of).is_err()
    }
}
