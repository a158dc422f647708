//! Star imports: what they bring, and what `__all__` lists.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::lookup::{Lists, Lookup, tidy};
use super::project::{Found, Reached, Thing};

impl<'a> Lookup<'a> {
    /// Everything that a star import of `file` brings; found once for each file.
    pub(super) fn star(&mut self, file: u32) -> &'a [Reached] {
        self.project.stars[file as usize].get_or_init(|| {
            let mut found = Vec::new();
            self.star_names(file, &mut Vec::new(), &mut Seen::default(), &mut found);
            tidy(found)
        })
    }

    fn star_names(&mut self, file: u32, chain: &mut Vec<u32>, seen: &mut Seen<'a>, found: &mut Vec<Reached>) {
        if !seen.files.insert(file) {
            return;
        }
        let listed = self.list(file);
        let own = self.files.own(file);
        let facts = self.files.facts(file);
        let names: Vec<&str> = if let Some(listed) = &listed {
            listed.clone()
        } else {
            let bound = own
                .by_name
                .iter()
                .map(|at| facts.names.get(own.bindings[*at as usize].name));
            bound.filter(|name| !name.starts_with('_')).collect()
        };
        for name in names {
            if seen.names.insert(name) {
                for mut reached in self.member(file, name) {
                    reached.chain.splice(0..0, chain.iter().copied());
                    found.push(reached);
                }
            }
        }
        if listed.is_none() {
            for &star in own.stars.iter().rev() {
                if let Found::File(next) = *self.module_of(file, star) {
                    chain.push(file);
                    self.star_names(next, chain, seen, found);
                    chain.pop();
                }
            }
        }
    }

    /// `name` by way of a star import.
    pub(super) fn through_star(
        &mut self,
        file: u32,
        star: u32,
        name: &'a str,
        chain: &mut Vec<u32>,
        found: &mut Vec<Reached>,
    ) {
        if let Found::File(next) = *self.module_of(file, star)
            && self.hands_on(next, name)
        {
            chain.push(file);
            self.attribute(next, name, chain, found);
            chain.pop();
        }
    }

    /// Whether a star import of `file` brings `name`.
    fn hands_on(&self, file: u32, name: &str) -> bool {
        match self.list(file) {
            Some(listed) => listed.contains(&name),
            None => !name.starts_with('_'),
        }
    }

    /// What `__all__` lists, other modules' `__all__` spread into it; nothing where there is none, or where it holds
    /// more than constants. To find a list that is taken in, others may have to be read, and this one itself: each is read
    /// once for all that is asked of this one, and nothing is known of it meanwhile.
    fn list(&self, file: u32) -> Option<Vec<&'a str>> {
        let Some(lists) = &self.lists else {
            // What is found on the way is found for this one alone: it may be less than what is found of that itself. It is
            // searched for, and nothing remembered that may be waiting for a list in its turn.
            let list = self.project.lists[file as usize].get_or_init(|| {
                let list = self.list_for(&Lists::default(), file)?;
                Some(list.iter().map(|name| Box::from(*name)).collect())
            });
            return Some(list.as_ref()?.iter().map(|name| &**name).collect());
        };
        self.list_for(lists, file).map(|list| list.to_vec())
    }

    fn list_for(&self, lists: &Lists<'a>, file: u32) -> Option<Rc<[&'a str]>> {
        if let Some(known) = lists.borrow().get(&file) {
            return known.clone();
        }
        lists.borrow_mut().insert(file, None);
        let list: Option<Rc<[&str]>> = self.listed(file, lists, &mut FxHashSet::default()).map(Rc::from);
        lists.borrow_mut().insert(file, list.clone());
        list
    }

    fn listed(&self, file: u32, lists: &Lists<'a>, seen: &mut FxHashSet<u32>) -> Option<Vec<&'a str>> {
        let exports = self.files.own(file).exports.as_ref().filter(|exports| !exports.open)?;
        let names = &self.files.facts(file).names;
        let mut listed: Vec<&str> = exports.names.iter().map(|name| names.get(*name)).collect();
        if seen.insert(file) {
            for path in &exports.spread {
                let found = self.for_list(lists)?.path(file, names.get(*path));
                let [Reached { thing, .. }] = &found[..] else {
                    return None;
                };
                let module = match *thing {
                    Thing::Module(module) => module,
                    Thing::Item { file, item } if self.item_name(file, item) == "__all__" => file,
                    _ => return None,
                };
                listed.extend(self.listed(module, lists, seen)?);
            }
        }
        Some(listed)
    }

    fn item_name(&self, file: u32, item: u32) -> &'a str {
        let facts = self.files.facts(file);
        facts
            .items
            .get(item as usize)
            .map_or("", |item| facts.names.get(item.name))
    }
}

/// What a walk along star imports has met: each module once, and of equal names the first.
#[derive(Default)]
struct Seen<'a> {
    files: FxHashSet<u32>,
    names: FxHashSet<&'a str>,
}
