//! Facts → edges: where each import and each base class leads.

use rustc_hash::FxHashSet;
use thin_vec::ThinVec;

use super::code::Sites;
use super::infer::Infer;
use super::lookup::Lookup;
use super::project::{Brought, Found, PythonProject, Reached, Thing};
use super::tree::{holds, join, parent, split_extension};
use super::{PythonFacts, full_name};
use crate::facts::{Import, ImportForm, Inherit, Name, When};
use crate::graph::{Confidence, Edge, EdgeKind, End, ModuleEdges, ModuleId, Symbol, Symbols, Target, Via};
use crate::lang::front_end::Files;
use crate::source::{Index, Span, to_u32};

/// The edges of one file. Python's modules stand in the order of its files, so a file's index is its module's.
pub(super) fn resolve(project: &PythonProject, files: Files<'_, PythonFacts>, sites: &Sites, file: u32) -> ModuleEdges {
    let facts = files.facts(file);
    let mut resolver = Resolver {
        lookup: Lookup::new(project, files),
        project,
        files,
        file,
        edges: ModuleEdges::room(),
        symbols: Symbols::default(),
        of_import: vec![None; facts.imports.len()],
    };
    for (at, import) in (0..).zip(&facts.imports) {
        resolver.import(at, import);
    }
    for inherit in &facts.inherits {
        resolver.inherit(inherit);
    }
    resolver.calls(&mut Infer::new(project, files, file), sites);
    resolver.edges.sort_by_key(|edge| edge.site);
    resolver.finish()
}

pub(super) struct Resolver<'a> {
    lookup: Lookup<'a>,
    project: &'a PythonProject,
    pub(super) files: Files<'a, PythonFacts>,
    pub(super) file: u32,
    pub(super) edges: Vec<Edge>,
    symbols: Symbols,
    /// The site of the edge that each import became.
    of_import: Vec<Option<Span>>,
}

/// What an import names, before its circumstances are added.
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
}

impl<'a> Resolver<'a> {
    fn finish(mut self) -> ModuleEdges {
        // `brought_by` holds import numbers until here, where every edge has its place.
        let edges = &self.edges;
        let place = |site: &Span| {
            let end = edges.partition_point(|edge| edge.site <= *site);
            let mut there = (0..end).rev().take_while(|at| edges[*at].site == *site);
            there.find(|at| !matches!(edges[*at].kind, EdgeKind::Call | EdgeKind::Reference))
        };
        let places: Vec<Option<Index>> = (self.of_import.iter())
            .map(|site| site.as_ref().and_then(place).map(|at| to_u32(at).into()))
            .collect();
        for edge in &mut self.edges {
            edge.brought_by = edge.brought_by.and_then(|import| places[import.at()]);
        }
        ModuleEdges::new(self.edges, self.symbols, 0)
    }

    pub(super) fn symbol(&mut self, name: &str) -> Symbol {
        self.symbols.of(name)
    }

    fn external(&mut self, name: &str) -> Target {
        Target::External(self.symbol(name))
    }

    /// A missing module. Where something may provide it at run time, or failing is foreseen, it is no finding, and the
    /// edge leads to the package above, which Python loads on the way.
    fn missing(&mut self, path: &str, import: &Import) -> Named {
        let Some(package) = self.package_above(path) else {
            let name = self.lookup.dotted_folder(self.file, path);
            return Named::just(self.external(&name));
        };
        let (_, root) = self.project.modules[package as usize];
        let facts = self.files.facts(self.file);
        let written = facts.names.get(import.module);
        // A guessed root or name is too little to call anything missing from it.
        let is_guess = self.project.roots.get(root).implied || self.project.roots.behind_own_name(written).is_some();
        if import.optional || (is_guess && import.level == 0) || self.may_appear(path) {
            return Named::just(module_target(package));
        }
        let name = match import.form {
            _ if import.level > 0 => self.lookup.dotted_folder(self.file, path),
            ImportForm::Name(name) if path.ends_with(&format!("/{}", facts.names.get(name))) => {
                format!("{written}.{}", facts.names.get(name))
            }
            ImportForm::Name(_) | ImportForm::Module | ImportForm::Star | ImportForm::Dynamic => written.to_owned(),
        };
        // Whether anything unread stands at the path, the disk will tell: then the package above is the target.
        let above = End {
            to: module_target(package),
            item: None,
            chain: Box::default(),
        };
        Named {
            ends: vec![above],
            ..Named::just(Target::Missing(self.symbol(&name)))
        }
    }

    /// The package file nearest above a path.
    fn package_above(&self, path: &str) -> Option<u32> {
        let mut above = parent(path);
        loop {
            if let Some(file) = self.project.tree.get(above).and_then(super::tree::Node::file) {
                return Some(file);
            }
            if above.is_empty() {
                return None;
            }
            above = parent(above);
        }
    }

    /// Whether a package above `path` makes names by means that no static reading follows.
    fn may_appear(&self, path: &str) -> bool {
        let mut above = parent(path);
        loop {
            let file = self.project.tree.get(above).and_then(super::tree::Node::file);
            if file.is_some_and(|file| self.files.own(file).open_namespace) {
                return true;
            }
            if above.is_empty() {
                return false;
            }
            above = parent(above);
        }
    }

    fn import(&mut self, at: u32, import: &Import) {
        let names = &self.files.facts(self.file).names;
        let module = names.get(import.module);
        let found = self.lookup.module_of(self.file, at).clone();
        let target = match (found, import.form) {
            (Found::File(file), ImportForm::Name(name)) => match self.lookup.brought(self.file, at) {
                Brought::Next { file: next, item } if *next == file => Named {
                    item: Some(*item),
                    ..Named::just(module_target(file))
                },
                _ => self.name_in(file, names.get(name), import),
            },
            (Found::File(file), ImportForm::Star) => self.star_of(file),
            (Found::File(file), ImportForm::Module | ImportForm::Dynamic) => Named::just(module_target(file)),
            (Found::Namespace(folder), ImportForm::Name(name)) => {
                let path = join(&folder, names.get(name));
                let file = self.project.tree.get(&path).and_then(super::tree::Node::file);
                let dotted = self.lookup.dotted_folder(self.file, &path);
                Named::just(file.map_or_else(|| self.external(&dotted), module_target))
            }
            (Found::Namespace(folder), _) => {
                let dotted = self.lookup.dotted_folder(self.file, &folder);
                Named::just(self.external(&dotted))
            }
            (Found::External, form) => {
                let full = match form {
                    ImportForm::Name(name) => full_name(module, names.get(name)),
                    ImportForm::Module | ImportForm::Star | ImportForm::Dynamic => module.to_owned(),
                };
                Named::just(self.external(full.trim_start_matches('.')))
            }
            (Found::Missing(path), _) => self.missing(&path, import),
        };
        if target.to == module_target(self.file) && target.ends.is_empty() {
            return;
        }
        self.of_import[at as usize] = Some(import.span);
        let kind = match import.form {
            ImportForm::Dynamic => EdgeKind::Dynamic,
            _ if self.is_re_export(at, import) => EdgeKind::ReExport,
            _ => EdgeKind::Import,
        };
        self.edges.push(Edge {
            from: ModuleId(self.file),
            to: target.to,
            item: target.item.map(Index::from),
            kind,
            when: import.when,
            via: Via::Name,
            confidence: if target.sure {
                Confidence::Exact
            } else {
                Confidence::Inferred
            },
            site: import.span,
            statement: import.statement,
            scope: import.scope,
            ends: target.ends.into(),
            name: None,
            receiver: None,
            brought_by: None,
        });
    }

    /// `from module import name`: an attribute of the module, or else its submodule.
    fn name_in(&mut self, file: u32, name: &'a str, import: &Import) -> Named {
        let reached = self.lookup.name(file, name);
        let submodule = self.lookup.submodule(file, name);
        if let Some(Thing::Module(next)) = submodule
            && (reached.is_empty() || reached.iter().any(|reached| reached.thing == Thing::Module(next)))
        {
            return Named::just(module_target(next));
        }
        if reached.is_empty() {
            let folder = self
                .lookup
                .package_folder(file)
                .filter(|_| file != self.file && submodule.is_none());
            // A name that is bound to what cannot be followed is bound all the same.
            let unknown = !self.lookup.binds(file, name) && !is_builtin_attribute(name);
            return match folder {
                Some(folder) if unknown && self.lookup.is_closed(file, &mut FxHashSet::default()) => {
                    let missing = self.missing(&join(folder, name), import);
                    if matches!(missing.to, Target::Missing(_)) {
                        missing
                    } else {
                        Named::just(module_target(file))
                    }
                }
                _ => Named::just(module_target(file)),
            };
        }
        let sure = reached.len() == 1;
        let mut item = None;
        let mut ends = Vec::new();
        for Reached { thing, chain } in reached.iter() {
            match thing {
                Thing::Item { file: at, item: found } if *at == file && item.is_none() => item = Some(*found),
                thing => ends.extend(self.end(thing.clone(), chain)),
            }
        }
        ends.sort();
        Named {
            to: module_target(file),
            item,
            ends,
            sure,
        }
    }

    fn star_of(&mut self, file: u32) -> Named {
        let mut ends: Vec<End> = Vec::new();
        for Reached { thing, chain } in self.lookup.star(file) {
            let within = matches!(thing, Thing::Item { file: at, .. } if *at == file);
            if !within && let Some(mut end) = self.end(thing.clone(), chain) {
                end.item = None;
                ends.push(end);
            }
        }
        ends.sort_by(|a, b| (a.to, a.chain.len(), &a.chain).cmp(&(b.to, b.chain.len(), &b.chain)));
        ends.dedup_by(|later, first| later.to == first.to);
        Named {
            ends,
            ..Named::just(module_target(file))
        }
    }

    fn end(&mut self, thing: Thing, chain: &[u32]) -> Option<End> {
        let (to, item) = match thing {
            Thing::Item { file, item } => (module_target(file), Some(item)),
            Thing::Module(file) => (module_target(file), None),
            Thing::Namespace(_) => return None,
            Thing::External(name) => (self.external(&name), None),
        };
        Some(End {
            to,
            item,
            chain: chain.iter().map(|&file| ModuleId(file)).collect(),
        })
    }

    /// Whether an import makes the name the module's own: it stands in `__all__`, repeats its name after `as`, or is
    /// what a package file without `__all__` takes from its own package.
    fn is_re_export(&self, number: u32, import: &Import) -> bool {
        let facts = self.files.facts(self.file);
        let own = self.files.own(self.file);
        if import.scope.is_some()
            || import.when.has_any(When::TYPE_ONLY) && split_extension(self.files.path(self.file)).1 != "pyi"
        {
            return false;
        }
        let bound = match (import.alias, import.form) {
            (Some(alias), _) | (None, ImportForm::Name(alias)) => Some(alias),
            (None, ImportForm::Star) => None,
            (None, ImportForm::Module | ImportForm::Dynamic) => return false,
        };
        let repeated = match import.form {
            ImportForm::Name(name) => import.alias == Some(name),
            ImportForm::Module => import.alias == Some(import.module),
            ImportForm::Star | ImportForm::Dynamic => false,
        };
        if repeated {
            return true;
        }
        match (&own.exports, bound) {
            (Some(exports), Some(bound)) => exports.names.contains(&bound),
            (Some(_), None) => self.lookup.package_folder(self.file).is_some(),
            (None, bound) => {
                let public = bound.is_none_or(|bound| !facts.names.get(bound).starts_with('_'));
                let of_own_package = self.lookup.package_folder(self.file).is_some_and(|folder| {
                    match self.lookup.module_of(self.file, number) {
                        Found::File(file) => holds(folder, split_extension(self.files.path(*file)).0),
                        Found::Namespace(_) | Found::External | Found::Missing(_) => false,
                    }
                });
                public && of_own_package
            }
        }
    }

    fn inherit(&mut self, inherit: &Inherit) {
        let facts = self.files.facts(self.file);
        let base = facts.names.get(inherit.base);
        let scope = facts.items[inherit.item as usize].parent;
        let (reached, import) = self.in_scope(scope, base);
        // A base that may be one of several classes is none that could be named.
        let [Reached { thing, chain }] = &reached[..] else {
            return;
        };
        let Some(end) = self.end(thing.clone(), chain) else {
            return;
        };
        let hops: Vec<ModuleId> = end.chain.iter().copied().filter(|hop| hop.0 != self.file).collect();
        let (to, item, ends) = match hops.first() {
            Some(&first) if Target::Module(first) != end.to => {
                let chain = hops.into();
                (Target::Module(first), None, vec![End { chain, ..end }])
            }
            _ => (end.to, end.item, Vec::new()),
        };
        self.edges.push(Edge {
            from: ModuleId(self.file),
            to,
            item: item.map(Index::from),
            kind: EdgeKind::Inherit,
            when: inherit.when,
            via: Via::Name,
            confidence: Confidence::Exact,
            site: inherit.span,
            statement: inherit.span,
            scope: Some(inherit.item.into()),
            ends: ends.into(),
            name: None,
            receiver: None,
            brought_by: import.map(Index::from),
        });
    }

    /// What a dotted path stands for where `scope` encloses it, and the import that brought its first name.
    fn in_scope(&mut self, scope: Option<u32>, path: &'a str) -> (Vec<Reached>, Option<u32>) {
        let facts = self.files.facts(self.file);
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let mut around = scope;
        while let Some(item) = around {
            let local = facts.imports.iter().rposition(|import| {
                import.scope == Some(item.into())
                    && bound_name(import).is_some_and(|bound| facts.names.get(bound) == first)
            });
            if let Some(at) = local {
                let at = to_u32(at);
                return (self.local_import(at, rest), Some(at));
            }
            let defined = facts
                .items
                .iter()
                .rposition(|inner| inner.parent == Some(item) && facts.names.get(inner.name) == first);
            if let Some(found) = defined {
                let thing = Thing::Item {
                    file: self.file,
                    item: to_u32(found),
                };
                let known = vec![Reached {
                    thing,
                    chain: ThinVec::new(),
                }];
                return (if rest.is_empty() { known } else { Vec::new() }, None);
            }
            around = facts.items[item as usize].parent;
        }
        (
            self.lookup.path(self.file, path),
            self.lookup.brought_by(self.file, first),
        )
    }

    /// What a path means whose first name a function's own import brings.
    fn local_import(&mut self, import: u32, rest: &'a str) -> Vec<Reached> {
        let rest: Vec<&'a str> = rest.split('.').filter(|part| !part.is_empty()).collect();
        let mut found = Vec::new();
        for head in self.lookup.imported(self.file, import).iter() {
            self.lookup.attributes(head.clone(), &rest, &mut found);
        }
        found
    }
}

pub(super) fn module_target(file: u32) -> Target {
    Target::Module(ModuleId(file))
}

/// The name that an import binds, where it binds its own: not for `import a.b`, which binds `a`.
fn bound_name(import: &Import) -> Option<Name> {
    import.alias.or(match import.form {
        ImportForm::Name(name) => Some(name),
        ImportForm::Module => Some(import.module),
        ImportForm::Star | ImportForm::Dynamic => None,
    })
}

/// Attributes that every module has.
fn is_builtin_attribute(name: &str) -> bool {
    matches!(
        name,
        "__name__"
            | "__doc__"
            | "__file__"
            | "__package__"
            | "__spec__"
            | "__loader__"
            | "__path__"
            | "__dict__"
            | "__builtins__"
            | "__cached__"
    )
}
