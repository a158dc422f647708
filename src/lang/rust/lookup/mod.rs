//! Names seen through `use`, globs and aliases: what a path stands for, and which modules hand it on.
//!
//! `bindings` says what one binding stands for, `straight` the quick way along plain re-exports, `globs` what a scope has
//! beside its own names, `places` which module a place is in and what it sees, `macros` which macro a lone name invokes.
//! The rules are those of <https://doc.rust-lang.org/reference/names/name-resolution.html>,
//! read the lenient way: the code is taken to compile, so that what only decides between an error and none is not
//! asked.

mod bindings;
mod globs;
mod macros;
mod places;
mod straight;
mod things;

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use straight::{UseAt, Way};
pub(super) use things::{At, Reached, Thing, Walk, Written};

use super::project::{Known, RustProject};
use super::{Binding, Bound, RustFacts, Space};
use crate::facts::{name_hash, run};
use crate::lang::front_end::Files;
use crate::lang::rust::paths;

/// How many meanings one name may have; more are not told apart.
const MOST_MEANINGS: usize = 16;

/// What a name stands for in a scope, as a place sees it that looks in from elsewhere, or as the scope itself does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Question<'a> {
    at: At,
    name: &'a str,
    space: Space,
    from: Option<At>,
}

/// How many questions one path may raise, and how deep in each other: what goes beyond is not known.
const MOST_QUESTIONS: usize = 20_000;
const DEEPEST: usize = 1_100;

/// How many scopes may be looked into for one module before what its globs bring is left open: many modules that all
/// glob each other would take hours.
const MOST_WORK: usize = 400_000;

/// A lookup through the whole project.
///
/// Answers are kept. Rings end because a `use` or alias that is being followed is not followed again: to the name that
/// it binds, it adds nothing. An answer that this cut short is not kept, being right only where it was asked.
pub(super) struct Lookup<'a> {
    project: &'a RustProject,
    files: Files<'a, RustFacts>,
    known: FxHashMap<Question<'a>, Rc<[Reached]>>,
    /// The answer to most questions.
    nothing: Rc<[Reached]>,
    /// The straight ways that were gone, by the `use`s on them: with the place of each on its way.
    ways: FxHashMap<(UseAt, Space), (Rc<Way>, usize)>,
    /// The `use`s whose straight ways lead into rings.
    rings: FxHashSet<UseAt>,
    /// What is being followed, by module.
    following: FxHashSet<(u32, Followed)>,
    /// Whether the answer at hand was cut short.
    cut: bool,
    questions: usize,
    depth: usize,
    /// Scopes looked into, over all questions.
    work: usize,
    closed: FxHashMap<At, bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Followed {
    Use(u32),
    Alias(u32),
}

/// An answer in the making.
struct Answer {
    found: Vec<Reached>,
    /// Scopes that were looked into for it, beside the first.
    seen: FxHashSet<At>,
    first: At,
}

impl Answer {
    /// Notes a scope that is to be looked into; whether it has not been.
    fn enters(&mut self, at: At) -> bool {
        at != self.first && self.seen.insert(at)
    }
}

impl<'a> Lookup<'a> {
    pub(super) fn new(project: &'a RustProject, files: Files<'a, RustFacts>) -> Self {
        Self {
            project,
            files,
            known: FxHashMap::default(),
            nothing: Rc::default(),
            ways: FxHashMap::default(),
            rings: FxHashSet::default(),
            following: FxHashSet::default(),
            cut: false,
            questions: 0,
            depth: 0,
            work: 0,
            closed: FxHashMap::default(),
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
        self.begin();
        self.follow(at, written)
    }

    /// What the path of a `use` stands for. To itself it adds nothing.
    pub(super) fn walk_use(&mut self, module: u32, number: u32, space: Space) -> Walk<'a> {
        self.begin();
        self.following.insert((module, Followed::Use(number)));
        let of = &self.own(module).uses[number as usize];
        let at = (module, of.scope);
        let path = self.name(module, of.path);
        let written = Written {
            path,
            rooted: of.rooted,
            in_use: true,
            space,
        };
        let Some(reached) = self.straight((module, number), space) else {
            return self.follow(at, written);
        };
        let lost = paths::split_last(path)
            .filter(|_| reached.is_empty())
            .map(|(way, name)| {
                let way = Written {
                    path: way,
                    space: Space::Type,
                    ..written
                };
                (self.follow(at, way).reached, name)
            });
        Walk {
            reached,
            lost,
            begun: true,
        }
    }

    /// What a name stands for in a module or enum, as seen from elsewhere.
    pub(super) fn member_of(&mut self, thing: &Thing, name: &'a str, from: At) -> Rc<[Reached]> {
        self.begin();
        let (Thing::Module { module, scope } | Thing::Enum { module, scope, .. }) = *thing else {
            return Rc::default();
        };
        self.ask(Question {
            at: (module, scope),
            name,
            space: Space::Any,
            from: Some(self.module_scope(from)),
        })
    }

    /// Whether so much has been looked up for one module that globs are no longer followed to all that they bring.
    pub(super) fn is_tired(&self) -> bool {
        self.work > MOST_WORK
    }

    fn begin(&mut self) {
        self.questions = 0;
        self.depth = 0;
        self.cut = false;
        self.following.clear();
    }

    fn follow(&mut self, at: At, written: Written<'a>) -> Walk<'a> {
        let path = written.path;
        let mut parts = paths::parts(path).peekable();
        let first = parts.next().unwrap_or(path);
        let space = if parts.peek().is_none() {
            written.space
        } else {
            Space::Type
        };
        let mut supers = u32::from(first == "super");
        while matches!(first, "self" | "super") && parts.next_if_eq(&"super").is_some() {
            supers += 1;
        }
        let last = parts.peek().is_none();
        let mut heads = self.heads(at, first, supers, Written { space, ..written });
        if heads.is_empty() && last && written.in_use && space.answers(Space::Macro) {
            // `pub(crate) use name;` of a macro known by its place in the text.
            heads.extend(self.textual_macro(at, first, u32::MAX).map(Reached::just));
        }
        let mut walk = Walk {
            begun: !heads.is_empty(),
            ..Walk::default()
        };
        while let Some(name) = parts.next() {
            let space = if parts.peek().is_none() {
                written.space
            } else {
                Space::Type
            };
            let mut next = Vec::new();
            for head in &heads {
                self.step(head, name, space, at, &mut next);
            }
            if next.is_empty() {
                walk.lost = (!heads.is_empty()).then_some((heads, name));
                return walk;
            }
            tidy(&mut next);
            heads = next;
        }
        walk.reached = heads;
        walk
    }

    /// What a path begins with: a module that a keyword names, so many steps `super`, or whatever has the first name.
    fn heads(&mut self, at: At, first: &'a str, supers: u32, written: Written<'a>) -> Vec<Reached> {
        let before_2018 = self.project.crate_of(at.0).edition < 2018;
        match first {
            "crate" => vec![Reached::just(self.root(at.0))],
            "self" | "super" => {
                let here = Some(self.module_scope(at));
                let above = (0..supers).fold(here, |at, _| at.and_then(|at| self.above(at)));
                let module = |(module, scope)| Reached::just(Thing::Module { module, scope });
                above.map(module).into_iter().collect()
            }
            _ if before_2018 && (written.rooted || written.in_use) => {
                let found = self.ask(Question {
                    at: (self.project.crate_of(at.0).root, 0),
                    name: first,
                    space: written.space,
                    from: Some(self.module_scope(at)),
                });
                if found.is_empty() {
                    self.prelude(at.0, first)
                } else {
                    found.to_vec()
                }
            }
            _ if written.rooted => self.prelude(at.0, first),
            _ => self.lexical(at, first, written.space),
        }
    }

    /// One name further from what is reached.
    fn step(&mut self, head: &Reached, name: &'a str, space: Space, from: At, found: &mut Vec<Reached>) {
        match &head.thing {
            Thing::Module { .. } if name == "self" => found.push(head.clone()),
            Thing::Module { module, scope } => {
                let at = (*module, *scope);
                let members = self.ask(Question {
                    at,
                    name,
                    space,
                    from: Some(self.module_scope(from)),
                });
                if members.is_empty() {
                    found.extend(self.outside(at, name).iter().map(|member| member.behind(&head.chain)));
                } else {
                    found.extend(members.iter().map(|member| member.behind(&head.chain)));
                }
            }
            Thing::Enum { module, item, .. } => found.push(Reached {
                thing: Thing::Item {
                    module: *module,
                    item: *item,
                },
                ..head.clone()
            }),
            // An associated item of a type: the type is what is named. Of what is not seen, nothing more is known.
            Thing::Item { .. } | Thing::Unread { .. } | Thing::Unknown { .. } => found.push(head.clone()),
            Thing::External(outer) => found.push(Reached {
                thing: Thing::External(format!("{outer}::{name}")),
                ..head.clone()
            }),
        }
    }

    fn root(&self, module: u32) -> Thing {
        let module = self.project.crate_of(module).root;
        Thing::Module { module, scope: 0 }
    }

    /// A crate that code knows by name: of the project, or outside.
    fn prelude(&mut self, module: u32, name: &'a str) -> Vec<Reached> {
        let krate = self.project.crate_of(module);
        let thing = match krate.prelude.get(name) {
            Some(Known::Crate(known)) => Thing::Module {
                module: self.project.crates[*known as usize].root,
                scope: 0,
            },
            Some(Known::External(package)) => Thing::External(package.clone()),
            None => return self.extern_at_root(krate.root, name),
        };
        vec![Reached::just(thing)]
    }

    /// `extern crate a as b;` in the crate's root makes `b` known everywhere, and the root hands nothing on by it.
    fn extern_at_root(&mut self, root: u32, name: &'a str) -> Vec<Reached> {
        let own = self.own(root);
        let mut found = Vec::new();
        for binding in self.bound((root, 0), name) {
            if let Bound::Use(at) = binding.bound
                && own.uses[at as usize].form.is_extern_crate()
            {
                found.extend(
                    self.through_use(root, at, Space::Type)
                        .into_iter()
                        .map(|reached| Reached {
                            chain: Vec::new(),
                            ..reached
                        }),
                );
            }
        }
        tidy(&mut found);
        found
    }

    /// A name as it is looked up where it stands alone: outwards to the module, then the crates known by name.
    fn lexical(&mut self, at: At, name: &'a str, space: Space) -> Vec<Reached> {
        let (module, mut scope) = at;
        loop {
            let found = self.ask(Question {
                at: (module, scope),
                name,
                space,
                from: None,
            });
            if !found.is_empty() {
                return found.to_vec();
            }
            match self.own(module).scopes.get(scope as usize) {
                Some(of) if !of.kind.is_module() => scope = of.parent.unwrap_or(0),
                _ => break,
            }
        }
        if space.answers(Space::Type) {
            self.prelude(module, name)
        } else {
            Vec::new()
        }
    }

    /// The bindings of a name in a scope, in source order.
    fn bound(&self, (module, scope): At, name: &str) -> &'a [Binding] {
        let file = self.project.module(module).file;
        let bindings = &self.files.own(file).bindings;
        let names = &self.files.facts(file).names;
        let alike = run(bindings, (scope, name_hash(name)), |binding| {
            (binding.scope, binding.hash)
        });
        let is_it = |binding: &Binding| names.get(binding.name) == name;
        match alike {
            // Two names seldom share a hash.
            [first, .., last] if first.name != last.name => {
                let start = alike.iter().position(is_it).unwrap_or(alike.len());
                let count = alike[start..].iter().take_while(|binding| is_it(binding)).count();
                &alike[start..start + count]
            }
            [first, ..] if is_it(first) => alike,
            _ => &[],
        }
    }

    fn ask(&mut self, question: Question<'a>) -> Rc<[Reached]> {
        if let Some(known) = self.known.get(&question) {
            return Rc::clone(known);
        }
        self.questions += 1;
        if self.questions > MOST_QUESTIONS || self.depth >= DEEPEST {
            self.cut = true;
            let (module, _) = question.at;
            let given_up = Reached {
                guessed: true,
                ..Reached::just(Thing::Unknown { module })
            };
            return Rc::from([given_up]);
        }
        let cut_before = std::mem::replace(&mut self.cut, false);
        self.depth += 1;
        let found = self.answer(question);
        let answer = if found.is_empty() {
            Rc::clone(&self.nothing)
        } else {
            Rc::from(found)
        };
        self.depth -= 1;
        if !self.cut {
            self.known.insert(question, Rc::clone(&answer));
        }
        self.cut |= cut_before;
        answer
    }

    fn answer(&mut self, question: Question<'a>) -> Vec<Reached> {
        let mut answer = Answer {
            found: Vec::new(),
            seen: FxHashSet::default(),
            first: question.at,
        };
        let bound = self.look(question, &mut Vec::new(), &mut answer);
        let mut found = answer.found;
        tidy(&mut found);
        let leads_nowhere = bound && found.is_empty() && !self.cut && question.space != Space::Macro;
        if leads_nowhere {
            let anything = question.space == Space::Any || {
                let any = Question {
                    space: Space::Any,
                    ..question
                };
                self.ask(any)
                    .iter()
                    .all(|reached| matches!(reached.thing, Thing::Unknown { .. }))
            };
            // It is bound and leads nowhere: that is said where it is bound.
            if anything {
                let (module, _) = question.at;
                found.push(Reached::just(Thing::Unknown { module }));
            }
        }
        found
    }

    /// Looks a name up in a scope: its own bindings, else what `include!` and globs bring. Whether the scope binds it.
    fn look(&mut self, question: Question<'a>, chain: &mut Vec<u32>, answer: &mut Answer) -> bool {
        self.work += 1;
        let Question { at, name, space, from } = question;
        let (module, scope) = at;
        let before = answer.found.len();
        let mut own = Vec::new();
        for binding in self.bound(at, name) {
            let visible = from.is_none_or(|from| self.sees(from, at, binding.seen));
            if visible
                && binding.space.answers(space)
                && let Some(found) = self.through(module, binding, space)
            {
                answer.found.extend(found.iter().map(|found| found.behind(chain)));
                own.push((binding.space, binding.guarded));
            }
        }
        // Own names hide what globs bring, each in its own namespace.
        let hidden = |asked: Space| {
            let mut always = own.iter().filter(|(_, guarded)| !guarded);
            always.any(|(own, _)| *own == Space::Any || *own == asked)
        };
        let asked: &[Space] = if own.is_empty() || space != Space::Any {
            &[space]
        } else {
            &[Space::Type, Space::Value, Space::Macro]
        };
        for &space in asked.iter().filter(|asked| !hidden(**asked)) {
            self.beside(Question { space, ..question }, chain, answer);
        }
        if from.is_some() && answer.found.len() == before && self.may_make(at, name) {
            answer.found.push(
                Reached {
                    guessed: true,
                    ..Reached::just(Thing::Unknown { module })
                }
                .behind(chain),
            );
        }
        if scope == 0 {
            let nothing = answer.found.len() == before;
            self.unnamed(module, name, space, nothing, chain, &mut answer.found);
        }
        !own.is_empty()
    }

    /// Whether a macro that stands where items do is given a name.
    fn may_make(&self, (module, scope): At, name: &str) -> bool {
        let made = &self.own(module).made;
        let key = |(of, made): &(u32, crate::facts::Name)| (*of, self.name(module, *made));
        made.binary_search_by(|made| key(made).cmp(&(scope, name))).is_ok()
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
    found.truncate(MOST_MEANINGS);
}
