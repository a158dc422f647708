//! Globs: what they name, and what they bring along.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Named, Resolver};
use crate::facts::When;
use crate::graph::{End, ModuleId, Target};
use crate::lang::rust::lookup::{Reached, Thing};
use crate::lang::rust::{Space, Use};

impl<'a> Resolver<'a> {
    /// A glob: the module it names, and behind it the definitions of what that module hands on.
    pub(super) fn glob(&mut self, number: u32, of: &Use, when: When) -> Vec<Named> {
        let walk = self.types.lookup.walk_use(self.module, number, Space::Type);
        if walk.reached.is_empty() {
            return self.not_found(walk, of, when);
        }
        let own = Target::Module(ModuleId(self.module));
        let mut all = Vec::new();
        for target in &walk.reached {
            let mut brought = self.named(std::slice::from_ref(target));
            for named in brought.iter_mut().filter(|named| named.to != own) {
                self.handed_on(of, target, named);
            }
            all.append(&mut brought);
        }
        all
    }

    /// Adds the definitions behind a glob.
    fn handed_on(&mut self, of: &Use, target: &Reached, named: &mut Named) {
        let from = self.at(of.scope);
        let mut ends: FxHashMap<(Target, Option<u32>), End> = FxHashMap::default();
        for name in self.brought(&target.thing) {
            if self.types.lookup.is_tired() {
                named.sure = false;
                break;
            }
            for reached in &*self.types.lookup.member_of(&target.thing, name, from) {
                let mut chain = target.chain.clone();
                chain.extend(target.thing.module());
                chain.extend(&reached.chain);
                let member = Reached {
                    chain,
                    ..reached.clone()
                };
                for end in self.named(&[member]).into_iter().flat_map(|behind| behind.ends) {
                    let best = ends.entry((end.to, end.item)).or_insert_with(|| end.clone());
                    if (end.chain.len(), &end.chain) < (best.chain.len(), &best.chain) {
                        *best = end;
                    }
                }
            }
        }
        named.ends.extend(ends.into_values().filter(|end| end.to != named.to));
        named.ends.sort();
        named.ends.dedup();
    }

    /// The names that a glob may bring here: all that its target shows to others, and of what it keeps to itself and
    /// those below, what this file mentions.
    fn brought(&self, target: &Thing) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.own.mentioned.iter().map(|name| self.text(*name)).collect();
        let mut seen = FxHashSet::default();
        let mut next = vec![target.clone()];
        while let Some(thing) = next.pop() {
            let (Thing::Module { module, scope } | Thing::Enum { module, scope, .. }) = thing else {
                continue;
            };
            if seen.insert((module, scope)) {
                names.extend(self.types.lookup.shown((module, scope)));
                next.extend(self.types.lookup.shown_globs((module, scope)));
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}
