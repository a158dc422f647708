//! What one binding stands for.

use super::{At, Lookup, Reached, Thing, Written, reached, tidy};
use crate::lang::rust::project::Known;
use crate::lang::rust::{Binding, Bound, ScopeKind, Space};

impl Lookup<'_> {
    /// What a module holds without naming it: files that no `mod` reaches, and in its root a crate's exported macros.
    pub(super) fn unnamed(&self, module: u32, name: &str, space: Space, chain: &[u32], found: &mut Vec<Reached>) {
        let of = self.project.module(module);
        if space.answers(Space::Type) {
            let called = |stray: &&u32| {
                let full = &self.project.module(**stray).name;
                full.rsplit("::").next() == Some(name)
            };
            let strays = of.strays.iter().filter(called);
            found.extend(strays.map(|stray| {
                let thing = Thing::Module {
                    module: *stray,
                    scope: 0,
                };
                reached(thing, chain)
            }));
        }
        if space.answers(Space::Macro) && self.project.crate_of(module).root == module {
            let macros = self.project.macros.get(&of.krate).and_then(|of| of.get(name));
            for rules in macros.into_iter().flatten().filter(|rules| rules.exported) {
                let thing = Thing::Item {
                    module: rules.module,
                    item: rules.item,
                };
                let mut chain = chain.to_vec();
                if rules.module != module {
                    chain.push(module);
                }
                found.push(reached(thing, &chain));
            }
        }
    }

    /// What a binding stands for.
    pub(super) fn through(
        &mut self,
        module: u32,
        binding: &Binding,
        space: Space,
        chain: &mut Vec<u32>,
        found: &mut Vec<Reached>,
    ) {
        match binding.bound {
            Bound::Item(item) => found.push(reached(Thing::Item { module, item }, chain)),
            Bound::Scope(scope) => {
                let thing = match self.own(module).scopes[scope as usize].kind {
                    ScopeKind::Enum { item } => Thing::Enum { module, scope, item },
                    _ => Thing::Module { module, scope },
                };
                found.push(reached(thing, chain));
            }
            Bound::File(number) => {
                let children = &self.project.module(module).children[number as usize];
                if children.is_empty() {
                    found.push(reached(Thing::Unread { module }, chain));
                }
                found.extend(children.iter().map(|child| {
                    let thing = Thing::Module {
                        module: *child,
                        scope: 0,
                    };
                    reached(thing, chain)
                }));
            }
            Bound::Alias { item, path, rooted } => {
                found.push(reached(Thing::Item { module, item }, chain));
                let written = Written {
                    path: self.name(module, path),
                    rooted,
                    in_use: false,
                    space: Space::Type,
                };
                chain.push(module);
                let behind = self.follow((module, binding.scope), written, chain);
                chain.pop();
                // A type parameter's or the standard library's name leads nowhere, and need not.
                found.extend(
                    behind
                        .reached
                        .into_iter()
                        .filter(|behind| behind.thing != Thing::Item { module, item }),
                );
            }
            Bound::Use(number) => self.through_use(module, number, space, chain, found),
        }
    }

    /// What a `use` or `extern crate` brings.
    pub(in crate::lang::rust) fn used(&mut self, (module, _): At, number: u32) -> Vec<Reached> {
        self.steps = 0;
        let mut found = Vec::new();
        self.through_use(module, number, Space::Any, &mut Vec::new(), &mut found);
        tidy(&mut found);
        found
    }

    fn through_use(&mut self, module: u32, number: u32, space: Space, chain: &mut Vec<u32>, found: &mut Vec<Reached>) {
        let of = &self.own(module).uses[number as usize];
        let path = self.name(module, of.path);
        chain.push(module);
        if of.form.is_extern_crate() {
            let behind = if path == "self" {
                Some(reached(self.root(module), chain))
            } else {
                let known = self.project.crate_of(module).prelude.get(path).cloned();
                Some(match known {
                    Some(Known::Crate(krate)) => {
                        let module = self.project.crates[krate as usize].root;
                        reached(Thing::Module { module, scope: 0 }, chain)
                    }
                    Some(Known::External(package)) => reached(Thing::External(package), chain),
                    None => reached(Thing::External(path.to_owned()), chain),
                })
            };
            found.extend(behind);
        } else {
            let written = Written {
                path,
                rooted: of.rooted,
                in_use: true,
                space,
            };
            let before = found.len();
            let walk = self.follow((module, of.scope), written, chain);
            for mut behind in walk.reached {
                if space == Space::Type
                    && let Thing::External(full) = &behind.thing
                    && let Some(package) = same_name(full)
                {
                    // `use anyhow::anyhow`: what is outside is a function or macro; as a type, the name is the crate's.
                    behind.thing = Thing::External(package.to_owned());
                }
                found.push(behind);
            }
            if walk.first.is_empty() && found.len() == before && !path.starts_with(char::is_uppercase) {
                // A crate that no manifest lists.
                let full = match same_name(path) {
                    Some(package) if space == Space::Type => package,
                    _ => path,
                };
                found.push(reached(Thing::External(full.to_owned()), chain));
            }
        }
        chain.pop();
    }
}

/// The package of `package::package`.
fn same_name(full: &str) -> Option<&str> {
    let (package, name) = full.split_once("::")?;
    (package == name).then_some(package)
}
