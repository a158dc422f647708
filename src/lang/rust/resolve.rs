//! Facts → edges: where each `use`, path, macro and implemented trait leads.

use rustc_hash::{FxHashMap, FxHashSet};

use super::files::is_rust;
use super::lookup::{At, Lookup, Reached, Thing, Walk, Written};
use super::project::RustProject;
use super::{PathKind, PathUse, RustFacts, Seen, Space, Use, UseForm};
use crate::facts::{FileFacts, ImportForm, When};
use crate::graph::{Confidence, Edge, EdgeKind, End, ModuleEdges, ModuleId, Symbol, Target, Via};
use crate::lang::front_end::Files;
use crate::source::{Span, to_u32};

/// The edges of one module.
pub(super) fn resolve(project: &RustProject, files: Files<'_, RustFacts>, module: u32) -> ModuleEdges {
    let file = project.module(module).file;
    let mut resolver = Resolver {
        lookup: Lookup::new(project, files),
        project,
        module,
        facts: files.facts(file),
        own: files.own(file),
        edges: Vec::new(),
        symbols: Vec::new(),
        known: FxHashMap::default(),
        firsts: FxHashMap::default(),
    };
    resolver.uses();
    resolver.mods();
    resolver.includes();
    resolver.paths();
    resolver.inherits();
    resolver.finish()
}

struct Resolver<'a> {
    lookup: Lookup<'a>,
    project: &'a RustProject,
    module: u32,
    facts: &'a FileFacts,
    own: &'a RustFacts,
    edges: Vec<Edge>,
    symbols: Vec<Box<str>>,
    known: FxHashMap<Box<str>, Symbol>,
    /// What kind of thing a path's first name is, by scope and name.
    firsts: FxHashMap<(u32, &'a str), First>,
}

/// What a path's first name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    /// A module or crate: the path names something in it.
    Module,
    /// A type or another item: whatever brought the name is the edge.
    Item,
    /// Not known here: a type parameter, a name of the standard prelude, a macro's doing.
    Unknown,
}

/// Where an edge is written.
struct Place {
    kind: EdgeKind,
    when: When,
    site: Span,
    statement: Span,
    scope: Option<u32>,
    /// The `use` that brought the first name, by index.
    brought_by: Option<u32>,
}

/// What an edge names.
struct Named {
    to: Target,
    item: Option<u32>,
    ends: Vec<End>,
    sure: bool,
}

impl<'a> Resolver<'a> {
    fn finish(mut self) -> ModuleEdges {
        self.edges.sort_by_key(|edge| (edge.site, edge.kind));
        // `brought_by` holds import numbers until here, where every edge has its place.
        let place: FxHashMap<Span, u32> = (0..).zip(&self.edges).map(|(at, edge)| (edge.site, at)).collect();
        let module = self.project.module(self.module);
        for edge in &mut self.edges {
            edge.when.guarded |= module.standing.guarded;
            let import = edge
                .brought_by
                .and_then(|import| self.facts.imports.get(import as usize));
            edge.brought_by = import.and_then(|import| place.get(&import.span).copied());
        }
        self.edges.shrink_to_fit();
        ModuleEdges {
            edges: self.edges,
            symbols: self.symbols,
        }
    }

    fn symbol(&mut self, name: &str) -> Symbol {
        if let Some(&known) = self.known.get(name) {
            return known;
        }
        let symbol = Symbol(to_u32(self.symbols.len()));
        self.symbols.push(name.into());
        self.known.insert(name.into(), symbol);
        symbol
    }

    fn target(&mut self, thing: &Thing) -> Target {
        match thing {
            Thing::External(name) => Target::External(self.symbol(name)),
            other => Target::Module(ModuleId(other.module().unwrap_or(self.module))),
        }
    }

    fn push(&mut self, named: Named, written: &Place) {
        let own = Target::Module(ModuleId(self.module));
        if named.to == own && named.ends.is_empty() {
            return;
        }
        self.edges.push(Edge {
            from: ModuleId(self.module),
            to: named.to,
            item: named.item,
            kind: written.kind,
            when: written.when,
            via: Via::Name,
            confidence: if named.sure {
                Confidence::Exact
            } else {
                Confidence::Inferred
            },
            site: written.site,
            statement: written.statement,
            scope: written.scope,
            ends: named.ends.into(),
            brought_by: written.brought_by,
        });
    }

    /// What is reached, as an edge sees it: the module that is named, and the definitions behind it.
    fn named(&mut self, mut reached: Vec<Reached>) -> Option<Named> {
        // The thing that is named comes before what it is another name for.
        reached.sort_by_key(|reached| reached.chain.len());
        let hops = |reached: &Reached| -> Vec<u32> {
            let mut hops: Vec<u32> = reached
                .chain
                .iter()
                .copied()
                .filter(|hop| *hop != self.module)
                .collect();
            hops.dedup();
            let end = reached.thing.module();
            while hops.last().is_some_and(|last| Some(*last) == end) {
                hops.pop();
            }
            hops
        };
        let all: Vec<(Vec<u32>, Reached)> = reached.into_iter().map(|reached| (hops(&reached), reached)).collect();
        let (first_hops, first) = all.first()?;
        let guessed = first.guessed;
        let to = match first_hops.first() {
            Some(&hop) => Target::Module(ModuleId(hop)),
            None => self.target(&first.thing),
        };
        let mut item = None;
        let mut ends: Vec<End> = Vec::new();
        for (hops, reached) in &all {
            let end = self.target(&reached.thing);
            if end == to {
                item = item.or(reached.thing.item());
                continue;
            }
            ends.push(End {
                to: end,
                item: reached.thing.item(),
                chain: hops.iter().map(|hop| ModuleId(*hop)).collect(),
            });
        }
        ends.sort();
        ends.dedup();
        Some(Named {
            to,
            item,
            ends,
            sure: all.len() == 1 && !guessed,
        })
    }

    fn at(&self, scope: u32) -> At {
        (self.module, scope)
    }

    fn text(&self, name: crate::facts::Name) -> &'a str {
        self.facts.names.get(name)
    }

    fn uses(&mut self) {
        for (number, (of, import)) in (0..).zip(self.own.uses.iter().zip(&self.facts.imports)) {
            let named = match import.form {
                ImportForm::Star => self.glob(of, import.when),
                _ => self.used(number, of),
            };
            let re_export = of.seen != Seen::Private && import.scope.is_none_or(|item| self.is_module(item));
            let written = Place {
                kind: if re_export {
                    EdgeKind::ReExport
                } else {
                    EdgeKind::Import
                },
                when: import.when,
                site: import.span,
                statement: import.statement,
                scope: import.scope,
                brought_by: None,
            };
            if let Some(named) = named {
                self.push(named, &written);
            }
        }
    }

    fn is_module(&self, item: u32) -> bool {
        self.facts.items[item as usize].kind == crate::facts::ItemKind::Module
    }

    fn walk_use(&mut self, of: &Use, space: Space) -> Walk<'a> {
        let written = Written {
            path: self.text(of.path),
            rooted: of.rooted,
            in_use: true,
            space,
        };
        self.lookup.walk(self.at(of.scope), written)
    }

    fn used(&mut self, number: u32, of: &Use) -> Option<Named> {
        let path = self.text(of.path);
        if of.form.is_extern_crate() {
            let reached = self.lookup.used(self.at(of.scope), number);
            return self.named(reached);
        }
        let space = if of.form == UseForm::OfSelf {
            Space::Type
        } else {
            Space::Any
        };
        let walk = self.walk_use(of, space);
        if !walk.reached.is_empty() {
            return self.named(walk.reached);
        }
        match walk.lost {
            Some((heads, name)) => self.lost(&heads, name, self.facts.imports[number as usize].when),
            None => self.unknown_crate(path, of.scope),
        }
    }

    /// A path whose first name is nowhere: a crate that no manifest lists, unless the name looks like something that a
    /// macro made here.
    fn unknown_crate(&mut self, path: &str, scope: u32) -> Option<Named> {
        let first = path.split("::").next().unwrap_or(path);
        let own = matches!(first, "super" | "self" | "crate");
        let made_here = first.starts_with(char::is_uppercase) && !self.lookup.is_closed(self.at(scope));
        (!own && !made_here).then(|| {
            let symbol = self.symbol(path);
            Named {
                to: Target::External(symbol),
                item: None,
                ends: Vec::new(),
                sure: true,
            }
        })
    }

    /// A path that leads into the project and then nowhere. The module it leads into is named all the same.
    fn lost(&mut self, heads: &[Reached], name: &str, when: When) -> Option<Named> {
        let head = heads.iter().find(|head| matches!(head.thing, Thing::Module { .. }))?;
        let Thing::Module { module, scope } = head.thing else {
            return None;
        };
        // What one build leaves out, another may bring.
        if self.may_miss(when) && self.lookup.is_closed((module, scope)) {
            let symbol = self.symbol(&format!("{}::{name}", self.project.module(module).name));
            return Some(Self::missing(symbol, module));
        }
        let mut named = self.named(vec![head.clone()])?;
        named.sure = false;
        Some(named)
    }

    /// Whether what is not there is called missing: not where one build may lack what another has, nor in a file that
    /// nothing declares.
    fn may_miss(&self, when: When) -> bool {
        !when.guarded && !when.test && self.project.module(self.module).standing.declared
    }

    /// Nothing lies there, unless the disk says otherwise: then the edge leads to the module above.
    fn missing(symbol: Symbol, above: u32) -> Named {
        let above = End {
            to: Target::Module(ModuleId(above)),
            item: None,
            chain: Box::default(),
        };
        Named {
            to: Target::Missing(symbol),
            item: None,
            ends: vec![above],
            sure: true,
        }
    }

    /// A glob: the module it names, and behind it the definitions of what that module hands on.
    fn glob(&mut self, of: &Use, when: When) -> Option<Named> {
        let walk = self.walk_use(of, Space::Type);
        if walk.reached.is_empty() {
            return match walk.lost {
                Some((heads, name)) => self.lost(&heads, name, when),
                None => self.unknown_crate(self.text(of.path), of.scope),
            };
        }
        let targets = walk.reached.clone();
        let mut named = self.named(walk.reached)?;
        if named.to == Target::Module(ModuleId(self.module)) {
            return None;
        }
        let from = self.at(of.scope);
        let mut ends: FxHashMap<(Target, Option<u32>), End> = FxHashMap::default();
        for target in &targets {
            for name in self.brought(&target.thing) {
                let found = self.lookup.member_of(&target.thing, name, from);
                for reached in found {
                    let mut chain = target.chain.clone();
                    chain.extend(target.thing.module());
                    chain.extend(&reached.chain);
                    let Some(behind) = self.named(vec![Reached { chain, ..reached }]) else {
                        continue;
                    };
                    for end in behind.ends {
                        let best = ends.entry((end.to, end.item)).or_insert_with(|| end.clone());
                        if (end.chain.len(), &end.chain) < (best.chain.len(), &best.chain) {
                            *best = end;
                        }
                    }
                }
            }
        }
        let mut behind: Vec<End> = ends.into_values().filter(|end| end.to != named.to).collect();
        named.ends.append(&mut behind);
        named.ends.sort();
        named.ends.dedup();
        Some(named)
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
                names.extend(self.lookup.shown((module, scope)));
                next.extend(self.lookup.shown_globs((module, scope)));
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// `mod name;` of a file that is not there.
    fn mods(&mut self) {
        let module = self.project.module(self.module);
        for (declared, children) in self.own.mods.iter().zip(&module.children) {
            let Some(name) = declared
                .name
                .filter(|_| children.is_empty() && self.may_miss(declared.when))
            else {
                continue;
            };
            let full = self
                .project
                .declared_name(self.module, self.own, self.facts, declared.scope, self.text(name));
            let symbol = self.symbol(&full);
            let named = Self::missing(symbol, self.module);
            self.push(
                named,
                &Place {
                    kind: EdgeKind::Import,
                    when: declared.when,
                    site: declared.span,
                    statement: declared.statement,
                    scope: declared.item,
                    brought_by: None,
                },
            );
        }
    }

    fn includes(&mut self) {
        let module = self.project.module(self.module);
        for (include, child) in self.own.includes.iter().zip(&module.includes) {
            let named = if let Some(child) = child {
                Named {
                    to: Target::Module(ModuleId(*child)),
                    item: None,
                    ends: Vec::new(),
                    sure: true,
                }
            } else {
                let path = include.paths.first().map_or("", |path| self.text(*path));
                if !is_rust(path) || !self.may_miss(include.when) {
                    continue;
                }
                let symbol = self.symbol(path);
                Self::missing(symbol, self.module)
            };
            let written = Place {
                kind: EdgeKind::Import,
                when: include.when,
                site: include.span,
                statement: include.statement,
                scope: include.item,
                brought_by: None,
            };
            self.push(named, &written);
        }
    }

    fn paths(&mut self) {
        for path in &self.own.paths {
            let text = self.text(path.path);
            let named = if path.kind == PathKind::Macro && !path.rooted && !text.contains("::") {
                self.lone_macro(path, text)
            } else {
                self.path(path, text)
            };
            let Some((named, brought_by)) = named else { continue };
            self.push(
                named,
                &Place {
                    kind: EdgeKind::Import,
                    when: path.when,
                    site: path.span,
                    statement: path.span,
                    scope: path.item,
                    brought_by,
                },
            );
        }
    }

    fn path(&mut self, path: &PathUse, text: &'a str) -> Option<(Named, Option<u32>)> {
        let (first, _) = text.split_once("::").unwrap_or((text, ""));
        let at = self.at(path.scope);
        let fixed = path.rooted || matches!(first, "crate" | "self" | "super");
        if !fixed && self.first(at, first) != First::Module {
            return None;
        }
        let written = Written {
            path: text,
            rooted: path.rooted,
            in_use: false,
            space: if path.kind == PathKind::Macro {
                Space::Macro
            } else {
                Space::Any
            },
        };
        let walk = self.lookup.walk(at, written);
        let mut named = if walk.reached.is_empty() {
            let (heads, name) = walk.lost?;
            // Of what a macro makes of a path, nothing is known: it is not called missing.
            let certain = path.kind == PathKind::Plain;
            let when = When {
                guarded: path.when.guarded || !certain,
                ..path.when
            };
            self.lost(&heads, name, when)?
        } else {
            self.named(walk.reached)?
        };
        named.sure &= path.kind != PathKind::Tokens;
        let brought_by = if fixed { None } else { self.lookup.use_of(at, first) };
        Some((named, brought_by))
    }

    fn first(&mut self, at: At, name: &'a str) -> First {
        if let Some(&known) = self.firsts.get(&(at.1, name)) {
            return known;
        }
        let written = Written {
            path: name,
            rooted: false,
            in_use: false,
            space: Space::Type,
        };
        let reached = self.lookup.walk(at, written).reached;
        let is_module = |reached: &Reached| match &reached.thing {
            Thing::Module { .. } | Thing::Unread { .. } => true,
            Thing::Enum { .. } | Thing::Item { .. } => false,
            // Outside, only the custom tells modules from types.
            Thing::External(full) => !full
                .rsplit("::")
                .next()
                .is_some_and(|last| last.starts_with(char::is_uppercase)),
        };
        let first = match &reached[..] {
            [] => First::Unknown,
            all if all.iter().any(is_module) => First::Module,
            _ => First::Item,
        };
        self.firsts.insert((at.1, name), first);
        first
    }

    /// `name!(…)` where no path says whose: by textual scope, or from a crate whose macros are all taken.
    fn lone_macro(&mut self, path: &PathUse, name: &str) -> Option<(Named, Option<u32>)> {
        let at = self.at(path.scope);
        if let Some(thing) = self.lookup.textual_macro(at, name) {
            let reached = Reached {
                thing,
                chain: Vec::new(),
                guessed: false,
            };
            return Some((self.named(vec![reached])?, None));
        }
        if self.lookup.use_of(at, name).is_some() {
            return None;
        }
        let (thing, root) = self.lookup.macro_of_crates(self.module, name)?;
        let reached = Reached {
            thing,
            chain: vec![root],
            guessed: false,
        };
        Some((self.named(vec![reached])?, None))
    }

    fn inherits(&mut self) {
        for (inherit, (scope, rooted)) in self.facts.inherits.iter().zip(&self.own.inherit_scopes) {
            let text = self.text(inherit.base);
            let at = self.at(*scope);
            let written = Written {
                path: text,
                rooted: *rooted,
                in_use: false,
                space: Space::Type,
            };
            let walk = self.lookup.walk(at, written);
            let first = text.split("::").next().unwrap_or(text);
            let Some(named) = self.named(walk.reached) else {
                continue;
            };
            let brought_by = self.lookup.use_of(at, first);
            self.push(
                named,
                &Place {
                    kind: EdgeKind::Inherit,
                    when: inherit.when,
                    site: inherit.span,
                    statement: inherit.span,
                    scope: Some(inherit.item),
                    brought_by,
                },
            );
        }
    }
}
