//! What one binding stands for.

use super::{Followed, Lookup, Reached, Thing, Written, tidy};
use crate::lang::rust::paths;
use crate::lang::rust::project::Known;
use crate::lang::rust::{Binding, Bound, ScopeKind, Space};

impl Lookup<'_> {
    /// What a module holds without naming it: files that no `mod` reaches, where it has nothing else of the name, and in
    /// its root a crate's exported macros.
    pub(super) fn unnamed(
        &self,
        module: u32,
        name: &str,
        space: Space,
        nothing_else: bool,
        chain: &[u32],
        found: &mut Vec<Reached>,
    ) {
        let of = self.project.module(module);
        if nothing_else && space.answers(Space::Type) {
            let called = |stray: &&u32| {
                let full = &self.project.module(**stray).name;
                paths::last(full) == name
            };
            found.extend(of.strays.iter().filter(called).map(|stray| {
                let thing = Thing::Module {
                    module: *stray,
                    scope: 0,
                };
                Reached::just(thing).behind(chain)
            }));
        }
        if space.answers(Space::Macro) && self.project.crate_of(module).root == module {
            let macros = self.project.macros.get(&of.krate).and_then(|of| of.get(name));
            for rules in macros.into_iter().flatten().filter(|rules| rules.exported) {
                let thing = Thing::Item {
                    module: rules.module,
                    item: rules.item,
                };
                let handed_on = Reached::just(thing).behind(if rules.module == module {
                    &[]
                } else {
                    std::slice::from_ref(&module)
                });
                found.push(handed_on.behind(chain));
            }
        }
    }

    /// What a binding stands for; nothing where it is being followed already.
    pub(super) fn through(&mut self, module: u32, binding: &Binding, space: Space) -> Option<Vec<Reached>> {
        Some(match binding.bound {
            Bound::Item(item) => vec![Reached::just(Thing::Item { module, item })],
            Bound::Scope(scope) => {
                let thing = match self.own(module).scopes[scope as usize].kind {
                    ScopeKind::Enum { item } => Thing::Enum { module, scope, item },
                    _ => Thing::Module { module, scope },
                };
                vec![Reached::just(thing)]
            }
            Bound::File(number) => {
                let children = &self.project.module(module).children[number as usize];
                if children.is_empty() {
                    vec![Reached::just(Thing::Unread { module })]
                } else {
                    let child = |module: &u32| {
                        Reached::just(Thing::Module {
                            module: *module,
                            scope: 0,
                        })
                    };
                    children.iter().map(child).collect()
                }
            }
            Bound::Alias { item, path, rooted } => {
                let written = Written {
                    path: self.name(module, path),
                    rooted,
                    in_use: false,
                    space: Space::Type,
                };
                let mut found = vec![Reached::just(Thing::Item { module, item })];
                let behind = self.guarded(module, Followed::Alias(item), |this| {
                    this.follow((module, binding.scope), written).reached
                });
                // A type parameter's or the standard library's name leads nowhere, and need not. Of aliases behind it,
                // the last definition counts.
                let behind = behind.unwrap_or_default();
                let last = behind.iter().any(|behind| !behind.alias);
                found.extend(
                    behind
                        .iter()
                        .filter(|behind| !behind.alias || !last)
                        .map(|behind| behind.behind(&[module])),
                );
                found[0].alias = found.len() > 1;
                found
            }
            Bound::Use(number) => {
                return self.guarded(module, Followed::Use(number), |this| {
                    this.through_use(module, number, space)
                });
            }
        })
    }

    /// Follows something unless it is being followed already.
    pub(super) fn guarded(
        &mut self,
        module: u32,
        what: Followed,
        follow: impl FnOnce(&mut Self) -> Vec<Reached>,
    ) -> Option<Vec<Reached>> {
        if !self.following.insert((module, what)) {
            self.cut = true;
            return None;
        }
        let found = follow(self);
        self.following.remove(&(module, what));
        Some(found)
    }

    /// What a `use` or `extern crate` brings.
    pub(in crate::lang::rust) fn used(&mut self, module: u32, number: u32) -> Vec<Reached> {
        self.begin();
        let mut found = self.through_use(module, number, Space::Any);
        tidy(&mut found);
        found
    }

    pub(super) fn through_use(&mut self, module: u32, number: u32, space: Space) -> Vec<Reached> {
        // On the way of another, the straight part is behind it.
        let is_first = self.following.len() <= 1;
        let straight = if is_first {
            self.straight((module, number), space)
        } else {
            None
        };
        let found = straight.unwrap_or_else(|| self.found_by(module, number, space));
        found.iter().map(|behind| behind.behind(&[module])).collect()
    }

    /// The same, as it is reached from the module that holds the `use`.
    pub(super) fn found_by(&mut self, module: u32, number: u32, space: Space) -> Vec<Reached> {
        let of = &self.own(module).uses[number as usize];
        let path = self.name(module, of.path);
        if of.form.is_extern_crate() {
            let thing = if path == "self" {
                self.root(module)
            } else {
                match self.project.crate_of(module).prelude.get(path) {
                    Some(Known::Crate(krate)) => Thing::Module {
                        module: self.project.crates[*krate as usize].root,
                        scope: 0,
                    },
                    Some(Known::External(package)) => Thing::External(package.clone()),
                    None => Thing::External(path.to_owned()),
                }
            };
            return vec![Reached::just(thing)];
        }
        let written = Written {
            path,
            rooted: of.rooted,
            in_use: true,
            space,
        };
        let walk = self.follow((module, of.scope), written);
        let mut found: Vec<Reached> = walk.reached;
        for behind in &mut found {
            // `use anyhow::anyhow`: what is outside is a function or macro; as a type, the name is the crate's.
            if space == Space::Type
                && let Thing::External(full) = &behind.thing
                && let Some(package) = same_name(full)
            {
                behind.thing = Thing::External(package.to_owned());
            }
        }
        if !walk.begun && !path.starts_with(char::is_uppercase) {
            // A crate that no manifest lists.
            let full = match same_name(path) {
                Some(package) if space == Space::Type => package,
                _ => path,
            };
            found.push(Reached::just(Thing::External(full.to_owned())));
        }
        // In a ring there is nothing to be found anywhere, and looking again at each step would take its square.
        if let Some((heads, _)) = walk.lost
            && !self.cut
        {
            let any = Written {
                space: Space::Any,
                ..written
            };
            let elsewhere = space != Space::Any && !self.follow((module, of.scope), any).reached.is_empty();
            // What is there in another namespace is not made by a macro in this one.
            if !elsewhere {
                found.extend(self.made_there(&heads));
            }
        }
        found
    }

    /// Where a name that is not seen may be made all the same: by a macro in a module that is open to it.
    fn made_there(&mut self, heads: &[Reached]) -> Option<Reached> {
        let head = heads.iter().find(|head| matches!(head.thing, Thing::Module { .. }))?;
        let Thing::Module { module, scope } = head.thing else {
            return None;
        };
        (!self.is_closed((module, scope))).then(|| Reached {
            thing: Thing::Unknown { module },
            guessed: true,
            ..head.clone()
        })
    }
}

/// The package of `package::package`.
fn same_name(full: &str) -> Option<&str> {
    let (package, name) = paths::split_first(full)?;
    (package == name).then_some(package)
}
