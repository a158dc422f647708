//! Facts → edges: where each `use`, path, macro and implemented trait leads, and what is called.

mod calls;
mod globs;

use rustc_hash::FxHashMap;

use crate::facts::{FileFacts, ImportForm, Name, When};
use crate::graph::{Confidence, Edge, EdgeKind, End, ModuleEdges, ModuleId, Symbol, Symbols, Target, Via};
use crate::lang::front_end::Files;
use crate::lang::rust::code::Body;
use crate::lang::rust::files::{is_rust, join, parent};
use crate::lang::rust::infer::Types;
use crate::lang::rust::lookup::{At, Reached, Thing, Walk, Written};
use crate::lang::rust::paths;
use crate::lang::rust::project::RustProject;
use crate::lang::rust::{PathKind, PathUse, RustFacts, Seen, Space, Use, UseForm};
use crate::source::{Index, Span, to_u32};

/// The edges of one module.
pub(in crate::lang::rust) fn resolve(
    project: &RustProject,
    files: Files<'_, RustFacts>,
    body: &Body,
    module: u32,
) -> ModuleEdges {
    let file = project.module(module).file;
    let mut resolver = Resolver {
        types: Types::new(project, files, module),
        project,
        module,
        files,
        facts: files.facts(file),
        own: files.own(file),
        unknown: 0,
        edges: ModuleEdges::room(),
        symbols: Symbols::default(),
        firsts: FxHashMap::default(),
    };
    resolver.uses();
    resolver.mods();
    resolver.includes();
    resolver.paths();
    resolver.inherits();
    resolver.calls(body);
    resolver.finish()
}

struct Resolver<'a> {
    types: Types<'a>,
    project: &'a RustProject,
    module: u32,
    files: Files<'a, RustFacts>,
    facts: &'a FileFacts,
    own: &'a RustFacts,
    /// Imports and paths whose first name nothing here explains.
    unknown: u32,
    edges: Vec<Edge>,
    symbols: Symbols,
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
    /// The name that is taken, where no `use` says it.
    name: Option<Name>,
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

impl Named {
    fn just(to: Target) -> Self {
        Self {
            to,
            item: None,
            ends: Vec::new(),
            sure: true,
        }
    }

    /// Nothing lies there, unless the disk says otherwise: then the edge leads to the module above.
    fn missing(symbol: Symbol, above: u32) -> Self {
        let above = End {
            to: Target::Module(ModuleId(above)),
            item: None,
            chain: Box::default(),
        };
        Self {
            ends: vec![above],
            ..Self::just(Target::Missing(symbol))
        }
    }
}

impl<'a> Resolver<'a> {
    fn finish(mut self) -> ModuleEdges {
        self.edges.sort_by_key(|edge| (edge.site, edge.kind));
        let called = |edge: &Edge| (edge.kind == EdgeKind::Call).then_some(edge.site);
        self.edges
            .dedup_by(|later, first| called(later).is_some_and(|site| called(first) == Some(site)));
        // `brought_by` holds import numbers until here, where every edge has its place.
        let mut place: FxHashMap<Span, u32> = FxHashMap::default();
        for (at, edge) in (0..).zip(&self.edges) {
            place.entry(edge.site).or_insert(at);
        }
        let module = self.project.module(self.module);
        for edge in &mut self.edges {
            edge.when |= When::GUARDED.only_if(module.standing.guarded);
            let import = edge.brought_by.and_then(|import| self.facts.imports.get(import.at()));
            edge.brought_by = import.and_then(|import| place.get(&import.span)).map(|at| (*at).into());
        }
        self.paths_of_calls();
        ModuleEdges::new(self.edges, self.symbols, self.unknown)
    }

    /// A call by a path without `use` comes by the edge of that path, which contains it.
    fn paths_of_calls(&mut self) {
        for at in 0..self.edges.len() {
            let call = &self.edges[at];
            if !matches!(call.kind, EdgeKind::Call | EdgeKind::Reference) {
                continue;
            }
            if call.via == Via::Value {
                continue;
            }
            let (statement, site) = (call.statement, call.site);
            let before = self.edges[..at].iter().enumerate().rev();
            let mut near = before.take_while(|(_, edge)| edge.site.start >= statement.start);
            let found = near.find(|(_, edge)| edge.kind == EdgeKind::Import && edge.site.end >= site.end);
            if let Some((path, _)) = found {
                self.edges[at].brought_by = Some(to_u32(path).into());
            }
        }
    }

    fn symbol(&mut self, name: &str) -> Symbol {
        self.symbols.of(name)
    }

    fn target(&mut self, thing: &Thing) -> Target {
        match thing {
            Thing::External(name) => Target::External(self.symbol(name)),
            other => Target::Module(ModuleId(other.module().unwrap_or(self.module))),
        }
    }

    fn push(&mut self, all: Vec<Named>, written: &Place) {
        let own = Target::Module(ModuleId(self.module));
        let leads_out = |named: &Named| named.to != own || !named.ends.is_empty();
        self.edges.extend(all.into_iter().filter(leads_out).map(|named| Edge {
            from: ModuleId(self.module),
            to: named.to,
            item: named.item.map(Index::from),
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
            scope: written.scope.map(Index::from),
            ends: named.ends.into(),
            name: written.name,
            receiver: None,
            brought_by: written.brought_by.map(Index::from),
        }));
    }

    /// What is reached, as edges see it: for each module that is named, the definitions there and behind it. There is
    /// more than one where `cfg` decides which module has the name.
    fn named(&mut self, reached: &[Reached]) -> Vec<Named> {
        let own = self.module;
        let hops = |reached: &Reached| -> Vec<u32> {
            let mut hops: Vec<u32> = reached.chain.iter().copied().filter(|hop| *hop != own).collect();
            hops.dedup();
            let end = reached.thing.module();
            while hops.last().is_some_and(|last| Some(*last) == end) {
                hops.pop();
            }
            hops
        };
        // An alias comes before what it is another name for, and hides what lies in its own file.
        let mut in_order: Vec<&Reached> = reached.iter().collect();
        in_order.sort_by_key(|reached| !reached.alias);
        let hidden = |of: &Reached| {
            let mut names = in_order.iter().filter(|reached| reached.alias);
            !of.alias && names.any(|alias| alias.thing.module() == of.thing.module())
        };
        let mut all: Vec<Named> = Vec::new();
        for reached in in_order.iter().filter(|reached| !hidden(reached)) {
            let hops = hops(reached);
            let end = self.target(&reached.thing);
            let to = hops.first().map_or(end, |hop| Target::Module(ModuleId(*hop)));
            let at = all.iter().position(|named| named.to == to).unwrap_or_else(|| {
                all.push(Named::just(to));
                all.len() - 1
            });
            let named = &mut all[at];
            named.sure &= !reached.guessed;
            if end == to {
                named.item = named.item.or(reached.thing.item());
            } else {
                named.ends.push(End {
                    to: end,
                    item: reached.thing.item(),
                    chain: hops.iter().map(|hop| ModuleId(*hop)).collect(),
                });
            }
        }
        let aliases = reached.iter().filter(|reached| reached.alias).count();
        let meanings = aliases.max(reached.len() - aliases);
        for named in &mut all {
            named.ends.sort();
            named.ends.dedup();
            named.sure &= meanings < 2;
        }
        all
    }

    fn at(&self, scope: u32) -> At {
        (self.module, scope)
    }

    fn text(&self, name: Name) -> &'a str {
        self.facts.names.get(name)
    }

    fn uses(&mut self) {
        for (number, (of, import)) in (0..).zip(self.own.uses.iter().zip(&self.facts.imports)) {
            let named = match import.form {
                ImportForm::Star => self.glob(number, of, import.when),
                _ => self.used(number, of, import.when),
            };
            let re_export = of.seen != Seen::Private && import.scope.is_none_or(|item| self.is_module(item.get()));
            let written = Place {
                kind: if re_export {
                    EdgeKind::ReExport
                } else {
                    EdgeKind::Import
                },
                when: import.when,
                site: import.span,
                statement: import.statement,
                scope: import.scope.map(Index::get),
                name: None,
                brought_by: None,
            };
            self.push(named, &written);
        }
    }

    fn is_module(&self, item: u32) -> bool {
        self.facts.items[item as usize].kind == crate::facts::ItemKind::Module
    }

    fn used(&mut self, number: u32, of: &Use, when: When) -> Vec<Named> {
        if of.form.is_extern_crate() {
            let reached = self.types.lookup.used(self.module, number);
            return self.named(&reached);
        }
        let space = if of.form == UseForm::OfSelf {
            Space::Type
        } else {
            Space::Any
        };
        let walk = self.types.lookup.walk_use(self.module, number, space);
        if walk.reached.is_empty() {
            self.not_found(walk, of, when)
        } else {
            self.named(&walk.reached)
        }
    }

    /// A `use` that leads nowhere.
    fn not_found(&mut self, walk: Walk<'a>, of: &Use, when: When) -> Vec<Named> {
        if let Some((heads, name)) = walk.lost {
            return self.lost(&heads, name, when);
        }
        let path = self.text(of.path);
        let first = paths::first(path);
        // A crate that no manifest lists, unless the name looks like something that a macro made here.
        let made_here = first.starts_with(char::is_uppercase) && !self.types.lookup.is_closed(self.at(of.scope));
        if made_here || matches!(first, "super" | "self" | "crate") {
            self.unknown += 1;
            return Vec::new();
        }
        let symbol = self.symbol(path);
        vec![Named::just(Target::External(symbol))]
    }

    /// A path that leads into the project and then nowhere. The module it leads into is named all the same.
    fn lost(&mut self, heads: &[Reached], name: &str, when: When) -> Vec<Named> {
        let Some(head) = heads.iter().find(|head| matches!(head.thing, Thing::Module { .. })) else {
            return Vec::new();
        };
        let Thing::Module { module, scope } = head.thing else {
            return Vec::new();
        };
        if self.may_miss(when) && self.types.lookup.is_closed((module, scope)) {
            let symbol = self.symbol(&self.project.name_in(self.files, module, scope, name));
            return vec![Named::missing(symbol, module)];
        }
        let mut named = self.named(std::slice::from_ref(head));
        for named in &mut named {
            named.sure = false;
        }
        named
    }

    /// Whether what is not there is called missing: not where one build may lack what another has, nor in a file that
    /// nothing declares.
    fn may_miss(&self, when: When) -> bool {
        let standing = self.project.module(self.module).standing;
        let conditional = when.has_any(When::GUARDED.with(When::TEST)) || standing.guarded || standing.test;
        standing.declared && !conditional
    }

    /// `mod name;` of a file that is not there.
    fn mods(&mut self) {
        let module = self.project.module(self.module);
        for (declared, children) in self.own.mods.iter().zip(&module.children) {
            // What lies outside the project is not looked for.
            let here = parent(self.files.path(module.file));
            let outside = declared.paths.iter().any(|path| join(here, self.text(*path)).is_none());
            let Some(name) = declared
                .name
                .filter(|_| children.is_empty() && !outside && self.may_miss(declared.when))
            else {
                continue;
            };
            let full = self
                .project
                .name_in(self.files, self.module, declared.scope, self.text(name));
            let symbol = self.symbol(&full);
            let written = Place {
                kind: EdgeKind::Import,
                when: declared.when,
                site: declared.span,
                statement: declared.statement,
                scope: declared.item,
                name: None,
                brought_by: None,
            };
            self.push(vec![Named::missing(symbol, self.module)], &written);
        }
    }

    fn includes(&mut self) {
        let module = self.project.module(self.module);
        for (include, child) in self.own.includes.iter().zip(&module.includes) {
            let named = if let Some(child) = child {
                Named::just(Target::Module(ModuleId(*child)))
            } else {
                let path = include.paths.first().map_or("", |path| self.text(*path));
                if !is_rust(path) || !self.may_miss(include.when) {
                    continue;
                }
                let symbol = self.symbol(path);
                Named::missing(symbol, self.module)
            };
            let written = Place {
                kind: EdgeKind::Import,
                when: include.when,
                site: include.span,
                statement: include.statement,
                scope: include.item,
                name: None,
                brought_by: None,
            };
            self.push(vec![named], &written);
        }
    }

    fn paths(&mut self) {
        for path in &self.own.paths {
            let text = self.text(path.path);
            let (named, brought_by) = if path.kind == PathKind::Macro && !path.rooted && !text.contains("::") {
                (self.lone_macro(path, text), None)
            } else {
                self.path(path, text)
            };
            let written = Place {
                kind: EdgeKind::Import,
                when: path.when,
                site: path.span,
                statement: path.span,
                scope: path.item,
                name: Some(path.last),
                brought_by,
            };
            self.push(named, &written);
        }
    }

    fn path(&mut self, path: &PathUse, text: &'a str) -> (Vec<Named>, Option<u32>) {
        let first = paths::first(text);
        let at = self.at(path.scope);
        let fixed = path.rooted || matches!(first, "crate" | "self" | "super");
        if !fixed {
            match self.first(at, first) {
                First::Module => {}
                First::Item => return (Vec::new(), None),
                First::Unknown => {
                    let may_be_module = first.starts_with(char::is_lowercase) && !is_primitive(first);
                    self.unknown += u32::from(may_be_module && path.kind == PathKind::Plain);
                    return (Vec::new(), None);
                }
            }
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
        let walk = self.types.lookup.walk(at, written);
        let mut named = match walk.lost {
            Some((heads, name)) => {
                // Of what a macro makes of a path, nothing is known: it is not called missing.
                let certain = path.kind == PathKind::Plain;
                let when = path.when.with(When::GUARDED.only_if(!certain));
                self.lost(&heads, name, when)
            }
            None => self.named(&walk.reached),
        };
        for named in &mut named {
            named.sure &= path.kind != PathKind::Tokens;
        }
        let brought_by = if fixed {
            None
        } else {
            self.types.lookup.use_of(at, first)
        };
        (named, brought_by)
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
        let reached = self.types.lookup.walk(at, written).reached;
        let is_module = |reached: &Reached| match &reached.thing {
            Thing::Module { .. } | Thing::Unread { .. } => true,
            Thing::Enum { .. } | Thing::Item { .. } | Thing::Unknown { .. } => false,
            // Outside, only the custom tells modules from types.
            Thing::External(full) => !paths::last(full).starts_with(char::is_uppercase),
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
    fn lone_macro(&mut self, path: &PathUse, name: &str) -> Vec<Named> {
        let at = self.at(path.scope);
        if self.types.lookup.use_of(at, name).is_some() {
            // The `use` is the edge.
            return Vec::new();
        }
        let (thing, chain) = if let Some(thing) = self.types.lookup.textual_macro(at, name, path.span.start) {
            (thing, Vec::new())
        } else if let Some((thing, root)) = self.types.lookup.macro_of_crates(self.module, name) {
            (thing, vec![root])
        } else {
            return Vec::new();
        };
        self.named(&[Reached {
            thing,
            chain,
            guessed: false,
            alias: false,
        }])
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
            let walk = self.types.lookup.walk(at, written);
            let named = match walk.lost {
                Some((heads, name)) => self.lost(&heads, name, inherit.when),
                None => self.named(&walk.reached),
            };
            let first = paths::first(text);
            let written = Place {
                kind: EdgeKind::Inherit,
                when: inherit.when,
                site: inherit.span,
                statement: inherit.span,
                scope: Some(inherit.item),
                name: None,
                brought_by: if *rooted {
                    None
                } else {
                    self.types.lookup.use_of(at, first)
                },
            };
            self.push(named, &written);
        }
    }
}

/// Types of the language, whose associated items are named like those of a module: `u8::MAX`.
fn is_primitive(name: &str) -> bool {
    matches!(
        name,
        "bool"
            | "char"
            | "str"
            | "f32"
            | "f64"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "i128"
            | "isize"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "u128"
            | "usize"
    )
}
