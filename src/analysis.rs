//! What one project's analysis knows: sources, graph, placements, findings. Reports and checks read it.

use jiff::civil::Date;

use crate::classify::Placement;
use crate::config::Config;
use crate::facts::{FileFacts, ParseProblem, When};
use crate::finding::{Finding, Level};
use crate::gap::Gap;
use crate::graph::{Edge, EdgeKind, ModuleGraph, ModuleId, Reason, Target, Via};
use crate::rules::Rules;
use crate::rules::selector::Subject;
use crate::source::{FileId, Index, to_u32};

/// A source of the project.
#[derive(Debug)]
pub struct Source {
    /// Its path relative to the project, with `/`.
    pub path: Box<str>,
    /// What it says.
    pub facts: Box<FileFacts>,
}

/// How much of the code was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Sources read.
    pub files: u32,
    /// Their lines.
    pub lines: u64,
    /// Sources and folders that were not read or not understood in full.
    pub unparsed: u32,
    /// Modules that stand in a layer.
    pub placed: u32,
    /// Edges by kind, in the order of [`EdgeKind::ALL`].
    pub edges: [u32; EdgeKind::ALL.len()],
    /// Imports that lead to a module of the project.
    pub internal: u32,
    /// Imports that lead out of it.
    pub external: u32,
    /// Imports of the project's own tree that lead nowhere.
    pub missing: u32,
    /// Imports by a computed name.
    pub computed: u32,
    /// Imports whose first name nothing explains: a macro may have made it.
    pub unknown: u32,
    /// Calls by name.
    pub by_name: Calls,
    /// Calls on values.
    pub on_values: Calls,
    /// Calls of what has no name.
    pub nameless: u32,
    /// Calls whose callee is not known, in the order of [`Reason::ALL`].
    pub reasons: [u32; Reason::ALL.len()],
}

/// Calls of one kind, by what is known of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Calls {
    /// Their callee is the project's.
    pub internal: u32,
    /// Their callee is outside.
    pub external: u32,
    /// It is not known.
    pub unknown: u32,
}

impl Calls {
    /// All of them.
    pub fn all(self) -> u32 {
        self.internal + self.external + self.unknown
    }

    /// The share that resolves, 0 to 1; 1 where there are none.
    pub fn resolved(self) -> f64 {
        if self.all() == 0 {
            return 1.0;
        }
        f64::from(self.internal + self.external) / f64::from(self.all())
    }

    fn count(&mut self, to: Target) {
        match to {
            Target::Module(_) => self.internal += 1,
            Target::External(_) | Target::Missing(_) => self.external += 1,
            Target::Unknown(_) => self.unknown += 1,
        }
    }
}

impl std::ops::Add for Calls {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            internal: self.internal + other.internal,
            external: self.external + other.external,
            unknown: self.unknown + other.unknown,
        }
    }
}

impl std::ops::Add for Coverage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            files: self.files + other.files,
            lines: self.lines + other.lines,
            unparsed: self.unparsed + other.unparsed,
            placed: self.placed + other.placed,
            edges: std::array::from_fn(|at| self.edges[at] + other.edges[at]),
            internal: self.internal + other.internal,
            external: self.external + other.external,
            missing: self.missing + other.missing,
            computed: self.computed + other.computed,
            unknown: self.unknown + other.unknown,
            by_name: self.by_name + other.by_name,
            on_values: self.on_values + other.on_values,
            nameless: self.nameless + other.nameless,
            reasons: std::array::from_fn(|at| self.reasons[at] + other.reasons[at]),
        }
    }
}

impl Coverage {
    /// Takes in what was understood of edges.
    pub fn count(&mut self, edges: &[Edge]) {
        for edge in edges {
            self.edges[edge.kind as usize] += 1;
            if edge.kind == EdgeKind::Call {
                let calls = match edge.via {
                    Via::Name => &mut self.by_name,
                    Via::Value => &mut self.on_values,
                };
                calls.count(edge.to);
                if let Target::Unknown(reason) = edge.to {
                    self.reasons[reason as usize] += 1;
                }
            }
            if matches!(edge.kind, EdgeKind::Import | EdgeKind::ReExport | EdgeKind::Dynamic) {
                match edge.to {
                    Target::Module(_) => self.internal += 1,
                    Target::External(_) => self.external += 1,
                    Target::Missing(_) => self.missing += 1,
                    Target::Unknown(_) => {}
                }
            }
        }
    }

    /// All imports.
    pub fn imports(&self) -> u32 {
        self.internal + self.external + self.missing + self.computed + self.unknown
    }

    /// The share of imports that resolve, 0 to 1; 1 where there are none.
    pub fn resolved(&self) -> f64 {
        if self.imports() == 0 {
            return 1.0;
        }
        f64::from(self.internal + self.external) / f64::from(self.imports())
    }
}

/// A project, read and judged.
#[derive(Debug)]
pub struct Analysis {
    /// What stands before its paths where they are shown: the member's folder and `/`, or nothing.
    pub prefix: String,
    /// Its project file.
    pub config: Config,
    /// Its rules.
    pub rules: Rules,
    /// The day that exceptions are judged by.
    pub today: Date,
    /// Its sources, by path.
    pub sources: Vec<Source>,
    /// Paths that could not be read, and why.
    pub unread: Vec<(Box<str>, String)>,
    /// Manifests that were not understood.
    pub misread: Vec<(Box<str>, ParseProblem)>,
    /// Folders left out because they are projects of their own.
    pub nested: Vec<Box<str>>,
    /// Its modules and edges.
    pub graph: ModuleGraph,
    /// Where each module stands.
    pub placements: Vec<Placement>,
    /// How much was understood.
    pub coverage: Coverage,
    /// What is there and must not be, by place.
    pub findings: Vec<Finding>,
    /// What must be there and is not, in the rules' order.
    pub gaps: Vec<Gap>,
}

impl Analysis {
    /// A source by its id.
    pub fn source(&self, id: FileId) -> &Source {
        &self.sources[id.index()]
    }

    /// A module's source.
    pub fn source_of(&self, module: ModuleId) -> &Source {
        self.source(self.graph.module(module).file)
    }

    /// Where a module stands.
    pub fn placement(&self, module: ModuleId) -> &Placement {
        &self.placements[module.index()]
    }

    /// The id of the layer that holds a module.
    pub fn layer_id(&self, module: ModuleId) -> Option<&str> {
        self.placement(module)
            .layer
            .map(|layer| self.rules.layer(layer).id.as_str())
    }

    /// A module as selectors see it.
    pub fn subject(&self, module: ModuleId) -> Subject<'_> {
        self.placement(module).subject(&self.graph.module(module).name)
    }

    /// An edge's end as selectors see it.
    pub fn target_subject(&self, target: Target) -> Subject<'_> {
        match target {
            Target::Module(module) => self.subject(module),
            Target::External(symbol) => Subject {
                external: Some(self.graph.symbol(symbol)),
                ..Subject::default()
            },
            Target::Missing(_) | Target::Unknown(_) => Subject::default(),
        }
    }

    /// How people speak of a module: its domain, or the package that holds it, and its last name.
    pub fn short_name(&self, module: ModuleId) -> String {
        let name = &*self.graph.module(module).name;
        let last = self.graph.module(module).short();
        let separator = self.source_of(module).facts.notation.separator();
        let above = match &self.placement(module).domain {
            Some(domain) if **domain == *last => None,
            Some(domain) => Some(&**domain),
            None => name.rsplit(separator).nth(1),
        };
        above.map_or_else(|| last.to_owned(), |above| format!("{above}{separator}{last}"))
    }

    /// A target for a sentence: its short name and layer, or the external name.
    pub fn describe(&self, target: Target) -> String {
        match target {
            Target::Module(module) => match self.layer_id(module) {
                Some(layer) => format!("{} ({layer})", self.short_name(module)),
                None => self.short_name(module),
            },
            Target::External(_) | Target::Missing(_) | Target::Unknown(_) => self.graph.target_name(target).to_owned(),
        }
    }

    /// How a call is written: the name before the called one, and that.
    pub fn called(&self, edge: &Edge) -> Option<String> {
        let facts = &self.source_of(edge.from).facts;
        let site = facts.call_at(edge.site)?;
        let name = facts.names.get(site.name);
        Some(match site.receiver {
            Some(receiver) => format!("{}{}{name}", facts.names.get(receiver), facts.notation.separator()),
            None => name.to_owned(),
        })
    }

    /// What a call calls, or a reference hands over: the item by its own name and those around it, the name outside, or
    /// the call as it is written.
    pub fn callee(&self, edge: &Edge) -> Option<String> {
        let of = |target: Target, item: Option<u32>| match (target, item) {
            (Target::Module(module), Some(item)) => Some(self.source_of(module).facts.item_path(item)),
            (Target::External(_), _) => Some(self.graph.target_name(target).to_owned()),
            _ => None,
        };
        let behind = || edge.ends.iter().find_map(|end| of(end.to, end.item));
        of(edge.to, edge.item.map(Index::get))
            .or_else(|| behind().filter(|_| !matches!(edge.to, Target::Unknown(_))))
            .or_else(|| self.called(edge))
    }

    /// Whether the analysis is incomplete: something was not understood, and no exception covers it.
    pub fn is_incomplete(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.code == crate::finding::UNPARSED_SOURCE.name)
    }

    /// How many findings are of exactly this level.
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }

    /// What was understood but for the edges.
    pub fn whole(&self) -> Coverage {
        let mut coverage = Coverage {
            files: to_u32(self.sources.len()),
            unknown: self.graph.unknown,
            ..Coverage::default()
        };
        for source in &self.sources {
            coverage.lines += u64::from(source.facts.lines);
            coverage.computed += source.facts.computed_imports;
            coverage.nameless += source.facts.nameless_calls;
            coverage.unparsed += u32::from(!source.facts.problems.is_empty());
        }
        coverage.unparsed += to_u32(self.unread.len() + self.misread.len());
        let placed = self.placements.iter().filter(|placement| placement.layer.is_some());
        coverage.placed = to_u32(placed.count());
        coverage
    }
}

/// The words for circumstances, as a sentence ends with them: ` (deferred, guarded)`.
pub fn circumstances(when: When) -> String {
    let names: Vec<&str> = when.names().collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(" ({})", names.join(", "))
    }
}
