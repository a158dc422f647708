//! What a scope has by globs and `include!`, and what it shows to the globs of others.

use rustc_hash::FxHashSet;

use super::things::LONGEST_CHAIN;
use super::{Answer, At, DEEPEST, Lookup, Question, Reached, Thing};
use crate::lang::rust::{Seen, paths};

impl<'a> Lookup<'a> {
    /// A name that a module can only have by its glob of something outside: if it has one such glob, or several of the
    /// standard library's faces.
    pub(super) fn outside(&self, at: At, name: &str) -> Vec<Reached> {
        let mut outer: Vec<(&str, u32)> = Vec::new();
        let mut seen = FxHashSet::default();
        let mut next = vec![at];
        while let Some((module, scope)) = next.pop() {
            if !seen.insert((module, scope)) {
                continue;
            }
            for (_, reached) in self.globs(module, scope) {
                match &reached.thing {
                    Thing::External(path) => outer.push((path, module)),
                    Thing::Module { module, scope } => next.push((*module, *scope)),
                    Thing::Enum { .. } | Thing::Item { .. } | Thing::Unread { .. } | Thing::Unknown { .. } => {}
                }
            }
        }
        outer.sort_unstable();
        outer.dedup_by_key(|(path, _)| *path);
        let standard = |(path, _): &(&str, u32)| paths::is_standard(path);
        if outer.len() > 1 && !outer.iter().all(standard) {
            return Vec::new();
        }
        let external = |(path, module): (&str, u32)| Reached {
            chain: vec![module],
            guessed: true,
            ..Reached::just(Thing::External(format!("{path}::{name}")))
        };
        outer.into_iter().map(external).collect()
    }

    /// What the globs of a scope reach.
    pub(super) fn globs(&self, module: u32, scope: u32) -> impl Iterator<Item = (u32, &'a Reached)> + use<'a> {
        let globs = &self.own(module).globs;
        let first = globs.partition_point(|(of, _)| *of < scope);
        let project = self.project;
        globs[first..]
            .iter()
            .take_while(move |(of, _)| *of == scope)
            .filter_map(move |(_, glob)| Some((*glob, project.globs.get(&(module, *glob))?)))
            .flat_map(|(glob, reached)| reached.iter().map(move |reached| (glob, reached)))
    }

    /// What a name stands for by `include!` and globs.
    pub(super) fn beside(&mut self, question: Question<'a>, chain: &mut Vec<u32>, answer: &mut Answer) {
        let Question { at, from, .. } = question;
        let (module, scope) = at;
        let of = self.project.module(module);
        let included = self.own(module).includes.iter().zip(&of.includes);
        let children = included
            .filter(|(include, _)| include.scope == scope)
            .filter_map(|(_, child)| *child);
        let around = of.parent.filter(|_| of.included && scope == 0);
        for at in children.map(|child| (child, 0)).chain(around) {
            if answer.enters(at) {
                self.look(Question { at, ..question }, chain, answer);
            }
        }
        // A glob brings what its own scope may see, to all who may see the glob.
        let here = self.module_scope(at);
        for (glob, target) in self.globs(module, scope) {
            self.work += 1;
            let seen = self.own(module).uses[glob as usize].seen;
            let (Thing::Module { module: next, scope }
            | Thing::Enum {
                module: next, scope, ..
            }) = target.thing
            else {
                continue;
            };
            let visible = from.is_none_or(|from| self.sees(from, at, seen));
            if visible && answer.enters((next, scope)) {
                let depth = chain.len();
                if depth >= LONGEST_CHAIN || self.depth >= DEEPEST {
                    self.cut = true;
                    answer.found.push(Reached {
                        guessed: true,
                        ..Reached::just(Thing::Unknown { module })
                    });
                    return;
                }
                chain.push(module);
                chain.extend(&target.chain);
                let question = Question {
                    at: (next, scope),
                    from: Some(here),
                    ..question
                };
                self.depth += 1;
                self.look(question, chain, answer);
                self.depth -= 1;
                chain.truncate(depth);
            }
        }
    }

    /// What the globs of a scope reach whose names it shows to others.
    pub(in crate::lang::rust) fn shown_globs(&self, (module, scope): At) -> impl Iterator<Item = Thing> + use<'a> {
        let own = self.own(module);
        self.globs(module, scope)
            .filter(|(glob, _)| own.uses[*glob as usize].seen != Seen::Private)
            .map(|(_, reached)| reached.thing.clone())
    }

    /// The names of a scope that it shows to others.
    pub(in crate::lang::rust) fn shown(&self, (module, scope): At) -> impl Iterator<Item = &'a str> + '_ {
        let bindings = &self.own(module).bindings;
        let first = bindings.partition_point(|binding| binding.scope < scope);
        bindings[first..]
            .iter()
            .take_while(move |binding| binding.scope == scope)
            .filter(|binding| binding.seen != Seen::Private)
            .map(move |binding| self.name(module, binding.name))
    }
}
