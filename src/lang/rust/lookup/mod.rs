//! Names seen through `use`, globs and aliases: what a path stands for, and which modules hand it on.
//!
//! `bindings` says what one binding stands for, `places` which module a place is in and what it sees, `macros` which
//! macro a lone name invokes. The rules are those of <https://doc.rust-lang.org/reference/names/name-resolution.html>, read the lenient way: the
//! code is taken to compile, so that what only decides between an error and none is not asked.

mod bindings;
mod macros;
mod places;

use rustc_hash::FxHashSet;

use super::project::{Known, RustProject};
use super::{Binding, Bound, RustFacts, Seen, Space};
use crate::lang::front_end::Files;

/// How many modules may hand a name on before the search gives up.
const LONGEST_CHAIN: usize = 1000;

/// How many meanings one name may have; more are not told apart.
const MOST_MEANINGS: usize = 16;

/// What a name can stand for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    /// A module: a file, or an inline module of one by its scope.
    Module { module: u32, scope: u32 },
    /// An enum, by the scope of its variants.
    Enum { module: u32, scope: u32, item: u32 },
    /// Another definition.
    Item { module: u32, item: u32 },
    /// A module that is declared in this one and was not read.
    Unread { module: u32 },
    /// Something outside the project.
    External(String),
}

impl Thing {
    /// The module of the graph that holds it.
    pub(super) fn module(&self) -> Option<u32> {
        match self {
            Self::Module { module, .. }
            | Self::Enum { module, .. }
            | Self::Item { module, .. }
            | Self::Unread { module } => Some(*module),
            Self::External(_) => None,
        }
    }

    /// The item that it is.
    pub(super) fn item(&self) -> Option<u32> {
        match self {
            Self::Enum { item, .. } | Self::Item { item, .. } => Some(*item),
            Self::Module { .. } | Self::Unread { .. } | Self::External(_) => None,
        }
    }
}

/// A thing, and the modules that hand it on, the nearest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reached {
    pub(super) thing: Thing,
    pub(super) chain: Vec<u32>,
    /// One of several readings: it may come by a glob of something outside.
    pub(super) guessed: bool,
}

fn reached(thing: Thing, chain: &[u32]) -> Reached {
    Reached {
        thing,
        chain: chain.to_vec(),
        guessed: false,
    }
}

/// A module and a scope of its file.
pub(super) type At = (u32, u32);

/// What a path led to.
#[derive(Debug, Default)]
pub(super) struct Walk<'a> {
    pub(super) reached: Vec<Reached>,
    /// Where it led nowhere: what was reached so far, and the name that is not there.
    pub(super) lost: Option<(Vec<Reached>, &'a str)>,
    /// What its first name stands for.
    pub(super) first: Vec<Reached>,
}

/// How a path is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) path: &'a str,
    /// It begins with `::`.
    pub(super) rooted: bool,
    /// It stands in a `use`: before 2018 those start at the crate's root.
    pub(super) in_use: bool,
    pub(super) space: Space,
}

/// How many scopes one question may look into: globs that cross each other again and again end here.
const MOST_STEPS: usize = 20_000;

/// A lookup through the whole project. A scope that is being asked for a name is not asked for it again, so that rings
/// end.
pub(super) struct Lookup<'a> {
    project: &'a RustProject,
    files: Files<'a, RustFacts>,
    /// What is being asked.
    asked: FxHashSet<(At, &'a str, Space)>,
    steps: usize,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(project: &'a RustProject, files: Files<'a, RustFacts>) -> Self {
        Self {
            project,
            files,
            asked: FxHashSet::default(),
            steps: 0,
        }
    }

    fn own(&self, module: u32) -> &'a RustFacts {
        self.files.own(self.project.module(module).file)
    }

    fn name(&self, module: u32, name: crate::facts::Name) -> &'a str {
        self.files.facts(self.project.module(module).file).names.get(name)
    }

    /// What a path stands for at a place.
    pub(super) fn walk(&mut self, at: At, written: Written<'a>) -> Walk<'a> {
        self.steps = 0;
        let mut walk = self.follow(at, written, &mut Vec::new());
        tidy(&mut walk.reached);
        walk
    }

    /// What a glob's path stands for.
    pub(super) fn glob(&mut self, module: u32, scope: u32, path: &'a str, rooted: bool) -> Vec<Reached> {
        let written = Written {
            path,
            rooted,
            in_use: true,
            space: Space::Type,
        };
        self.walk((module, scope), written).reached
    }

    /// What a name stands for in a module or enum, as seen from elsewhere.
    pub(super) fn member_of(&mut self, thing: &Thing, name: &'a str, from: At) -> Vec<Reached> {
        self.steps = 0;
        let (Thing::Module { module, scope } | Thing::Enum { module, scope, .. }) = *thing else {
            return Vec::new();
        };
        let mut found = Vec::new();
        self.member(
            (module, scope),
            name,
            Space::Any,
            Some(from),
            &mut Vec::new(),
            &mut found,
        );
        tidy(&mut found);
        found
    }

    fn follow(&mut self, at: At, written: Written<'a>, chain: &mut Vec<u32>) -> Walk<'a> {
        let Written { path, rooted, .. } = written;
        let mut parts = path.split("::");
        let first = parts.next().unwrap_or(path);
        let mut rest: Vec<&'a str> = parts.collect();
        let head_space = if rest.is_empty() { written.space } else { Space::Type };
        let edition = self.project.crate_of(at.0).edition;
        let heads = match first {
            "crate" => vec![reached(self.root(at.0), chain)],
            "self" | "super" => {
                let mut above = Some(self.module_scope(at));
                if first == "super" {
                    above = above.and_then(|at| self.above(at));
                }
                let more = rest.iter().take_while(|part| **part == "super").count();
                for _ in 0..more {
                    above = above.and_then(|above| self.above(above));
                }
                rest.drain(..more);
                let Some((module, scope)) = above else {
                    return Walk::default();
                };
                vec![reached(Thing::Module { module, scope }, chain)]
            }
            _ if edition < 2018 && (rooted || written.in_use) => {
                let mut found = Vec::new();
                let root = self.project.crate_of(at.0).root;
                self.member((root, 0), first, head_space, Some(at), chain, &mut found);
                if found.is_empty() {
                    found.extend(self.prelude(at.0, first, chain));
                }
                found
            }
            _ if rooted => self.prelude(at.0, first, chain).into_iter().collect(),
            _ => self.lexical(at, first, head_space, chain),
        };
        let mut walk = Walk {
            first: heads.clone(),
            ..Walk::default()
        };
        let mut heads = heads;
        for (number, name) in rest.iter().enumerate() {
            let last = number + 1 == rest.len();
            let space = if last { written.space } else { Space::Type };
            let mut next = Vec::new();
            for head in &heads {
                self.step(head, name, space, at, &mut next);
            }
            if next.is_empty() {
                walk.lost = (!heads.is_empty()).then_some((heads, *name));
                return walk;
            }
            next.truncate(MOST_MEANINGS);
            heads = next;
        }
        walk.reached = heads;
        walk
    }

    /// One name further from what is reached.
    fn step(&mut self, head: &Reached, name: &'a str, space: Space, from: At, found: &mut Vec<Reached>) {
        let mut chain = head.chain.clone();
        match &head.thing {
            Thing::Module { module, scope } => {
                let before = found.len();
                if name == "self" {
                    found.push(head.clone());
                    return;
                }
                self.member((*module, *scope), name, space, Some(from), &mut chain, found);
                if found.len() == before {
                    self.outside((*module, *scope), name, &chain, found);
                }
            }
            Thing::Enum { module, item, .. } => found.push(reached(
                Thing::Item {
                    module: *module,
                    item: *item,
                },
                &chain,
            )),
            // An associated item of a type: the type is what is named. Of what was not read, nothing more is known.
            Thing::Item { .. } | Thing::Unread { .. } => found.push(head.clone()),
            Thing::External(outer) => found.push(Reached {
                guessed: head.guessed,
                ..reached(Thing::External(format!("{outer}::{name}")), &chain)
            }),
        }
    }

    /// A name that a module can only have by its glob of something outside, if it has one such glob.
    fn outside(&self, at: At, name: &str, chain: &[u32], found: &mut Vec<Reached>) {
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
                    Thing::Enum { .. } | Thing::Item { .. } | Thing::Unread { .. } => {}
                }
            }
        }
        if let [(path, module)] = outer[..] {
            let mut chain = chain.to_vec();
            chain.push(module);
            found.push(Reached {
                thing: Thing::External(format!("{path}::{name}")),
                chain,
                guessed: true,
            });
        }
    }

    /// What the globs of a scope reach.
    fn globs(&self, module: u32, scope: u32) -> impl Iterator<Item = (u32, &'a Reached)> + use<'a> {
        let globs = &self.own(module).globs;
        let first = globs.partition_point(|(of, _)| *of < scope);
        let project = self.project;
        globs[first..]
            .iter()
            .take_while(move |(of, _)| *of == scope)
            .filter_map(move |(_, glob)| Some((*glob, project.globs.get(&(module, *glob))?)))
            .flat_map(|(glob, reached)| reached.iter().map(move |reached| (glob, reached)))
    }

    fn root(&self, module: u32) -> Thing {
        let module = self.project.crate_of(module).root;
        Thing::Module { module, scope: 0 }
    }

    /// A crate that code knows by name: of the project, or outside.
    fn prelude(&mut self, module: u32, name: &'a str, chain: &[u32]) -> Option<Reached> {
        let krate = self.project.crate_of(module);
        let thing = match krate.prelude.get(name) {
            Some(Known::Crate(known)) => Thing::Module {
                module: self.project.crates[*known as usize].root,
                scope: 0,
            },
            Some(Known::External(package)) => Thing::External(package.clone()),
            None => return self.extern_at_root(krate.root, name, chain),
        };
        Some(reached(thing, chain))
    }

    /// `extern crate a as b;` in the crate's root makes `b` known everywhere.
    fn extern_at_root(&mut self, root: u32, name: &'a str, chain: &[u32]) -> Option<Reached> {
        let own = self.own(root);
        let of_crate = |binding: &&Binding| matches!(binding.bound, Bound::Use(at) if own.uses[at as usize].form.is_extern_crate());
        let binding = self.bound((root, 0), name).iter().find(of_crate)?;
        let mut found = Vec::new();
        self.through(root, binding, Space::Type, &mut chain.to_vec(), &mut found);
        found.into_iter().next()
    }

    /// A name as it is looked up where it stands alone: outwards to the module, then the crates known by name.
    fn lexical(&mut self, at: At, name: &'a str, space: Space, chain: &mut Vec<u32>) -> Vec<Reached> {
        let (module, mut scope) = at;
        let mut found = Vec::new();
        loop {
            self.member((module, scope), name, space, None, chain, &mut found);
            let own = self.own(module);
            let of = own.scopes.get(scope as usize);
            match of.and_then(|of| (!of.kind.is_module()).then_some(of.parent).flatten()) {
                Some(outer) if found.is_empty() => scope = outer,
                _ => break,
            }
        }
        if found.is_empty() && space.answers(Space::Type) {
            found.extend(self.prelude(module, name, chain));
        }
        found
    }

    /// The bindings of a name in a scope, in source order.
    fn bound(&self, (module, scope): At, name: &str) -> &'a [Binding] {
        let bindings = &self.own(module).bindings;
        let key = |binding: &Binding| (binding.scope, self.name(module, binding.name));
        let first = bindings.partition_point(|binding| key(binding) < (scope, name));
        let count = bindings[first..]
            .iter()
            .take_while(|binding| key(binding) == (scope, name))
            .count();
        &bindings[first..first + count]
    }

    /// The names of a scope that it shows to others.
    pub(super) fn shown(&self, (module, scope): At) -> impl Iterator<Item = &'a str> + '_ {
        let bindings = &self.own(module).bindings;
        let first = bindings.partition_point(|binding| binding.scope < scope);
        bindings[first..]
            .iter()
            .take_while(move |binding| binding.scope == scope)
            .filter(|binding| binding.seen != Seen::Private)
            .map(move |binding| self.name(module, binding.name))
    }

    /// What a name stands for in a scope: its own bindings, else what globs bring. `from` is the place that looks in from
    /// elsewhere, and sees only what it may.
    fn member(
        &mut self,
        at: At,
        name: &'a str,
        space: Space,
        from: Option<At>,
        chain: &mut Vec<u32>,
        found: &mut Vec<Reached>,
    ) {
        self.steps += 1;
        let far = chain.len() >= LONGEST_CHAIN || found.len() >= MOST_MEANINGS || self.steps > MOST_STEPS;
        if far || !self.asked.insert((at, name, space)) {
            return;
        }
        self.answer(at, name, space, from, chain, found);
        self.asked.remove(&(at, name, space));
    }

    fn answer(
        &mut self,
        at: At,
        name: &'a str,
        space: Space,
        from: Option<At>,
        chain: &mut Vec<u32>,
        found: &mut Vec<Reached>,
    ) {
        let (module, scope) = at;
        let before = found.len();
        let mut own = Vec::new();
        for binding in self.bound(at, name) {
            let visible = from.is_none_or(|from| self.sees(from, at, binding.seen));
            if visible && binding.space.answers(space) {
                self.through(module, binding, space, chain, found);
                own.push((binding.space, binding.guarded));
            }
        }
        if !own.is_empty() && found.len() == before && self.is_settled(at, name) {
            // It is bound, and leads nowhere: that is said where it is bound.
            found.push(reached(Thing::Unread { module }, chain));
        }
        // Own names hide what globs bring, each in its own namespace.
        let hidden = |asked: Space| {
            let mut always = own.iter().filter(|(_, guarded)| !guarded);
            always.any(|(own, _)| *own == Space::Any || *own == asked)
        };
        let left: Vec<Space> = if own.is_empty() || space != Space::Any {
            [space].into_iter().filter(|asked| !hidden(*asked)).collect()
        } else {
            let spaces = [Space::Type, Space::Value, Space::Macro];
            spaces.into_iter().filter(|asked| !hidden(*asked)).collect()
        };
        for space in left {
            self.beside(at, name, space, from, chain, found);
        }
        if found.len() == before && scope == 0 {
            self.unnamed(module, name, space, chain, found);
        }
    }

    /// Whether the answer on a name is final: no ring of `use`s is being followed through it.
    fn is_settled(&self, at: At, name: &str) -> bool {
        let asked = self.asked.iter().filter(|(of, asked, _)| *of == at && *asked == name);
        asked.count() < 2
    }

    /// What a name stands for by `include!` and globs.
    fn beside(
        &mut self,
        at: At,
        name: &'a str,
        space: Space,
        from: Option<At>,
        chain: &mut Vec<u32>,
        found: &mut Vec<Reached>,
    ) {
        let (module, scope) = at;
        let of = self.project.module(module);
        let included = self.own(module).includes.iter().zip(&of.includes);
        for (_, child) in included.filter(|(include, _)| include.scope == scope) {
            if let Some(child) = *child {
                self.member((child, 0), name, space, from, chain, found);
            }
        }
        if let Some(includer) = of.parent.filter(|_| of.included && scope == 0) {
            self.member(includer, name, space, from, chain, found);
        }
        let looking = from.unwrap_or(at);
        for (glob, target) in self.globs(module, scope) {
            let seen = self.own(module).uses[glob as usize].seen;
            if from.is_some_and(|from| !self.sees(from, at, seen)) {
                continue;
            }
            let (Thing::Module { module: next, scope }
            | Thing::Enum {
                module: next, scope, ..
            }) = target.thing
            else {
                continue;
            };
            let depth = chain.len();
            chain.push(module);
            chain.extend(&target.chain);
            self.member((next, scope), name, space, Some(looking), chain, found);
            chain.truncate(depth);
        }
    }

    /// What the globs of a scope reach whose names it shows to others.
    pub(super) fn shown_globs(&self, (module, scope): At) -> impl Iterator<Item = Thing> + use<'a> {
        let own = self.own(module);
        self.globs(module, scope)
            .filter(|(glob, _)| own.uses[*glob as usize].seen != Seen::Private)
            .map(|(_, reached)| reached.thing.clone())
    }

    /// The `use` of the file that brings a lone name at a place, by its index.
    pub(super) fn use_of(&self, at: At, name: &str) -> Option<u32> {
        let (module, mut scope) = at;
        loop {
            let brought = self
                .bound((module, scope), name)
                .iter()
                .rev()
                .find_map(|binding| match binding.bound {
                    Bound::Use(number) => Some(number),
                    _ => None,
                });
            if brought.is_some() {
                return brought;
            }
            let of = self.own(module).scopes.get(scope as usize)?;
            if of.kind.is_module() {
                return None;
            }
            scope = of.parent?;
        }
    }
}

/// Sorts out repetitions; of the same thing, the shortest way stays.
fn tidy(found: &mut Vec<Reached>) {
    if found.len() < 2 {
        return;
    }
    found.sort_by(|a, b| (&a.thing, a.chain.len(), &a.chain).cmp(&(&b.thing, b.chain.len(), &b.chain)));
    found.dedup_by(|later, first| later.thing == first.thing);
}
