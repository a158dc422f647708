//! The dependency graph at a level of one's choice, as DOT, Mermaid or JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::locate::Locator;
use super::reporter::SCHEMA_VERSION;
use crate::analysis::Analysis;
use crate::facts::When;
use crate::finding::Place;
use crate::graph::{Confidence, Edge, EdgeKind, End, ModuleId, Target};
use crate::source::Index;

/// What the nodes stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Modules.
    Module,
    /// Layers.
    Layer,
    /// Domains.
    Domain,
}

/// A graph to draw.
#[derive(Debug, Serialize)]
pub struct Diagram {
    schema_version: &'static str,
    nodes: Vec<Node>,
    edges: Vec<Arrow>,
}

#[derive(Debug, Clone, Serialize)]
struct Node {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
}

#[derive(Debug, Serialize)]
struct Arrow {
    from: String,
    to: String,
    /// How many edges of each kind it stands for.
    kinds: BTreeMap<&'static str, u32>,
    count: u32,
}

/// The part of a graph around one module.
#[derive(Debug, Clone, Copy)]
pub struct Focus {
    /// The module.
    pub module: ModuleId,
    /// How many steps from it, in either direction.
    pub depth: usize,
}

impl Diagram {
    /// Draws the edges between modules as the sources name them, at a grain.
    pub fn new(analysis: &Analysis, grain: Grain, focus: Option<Focus>) -> Self {
        let kept = focus.map(|focus| around(analysis, focus));
        let keeps = |id: ModuleId| kept.as_ref().is_none_or(|kept| kept.contains(&id));
        let mut nodes: BTreeMap<String, Node> = BTreeMap::new();
        let mut arrows: BTreeMap<(String, String), BTreeMap<&'static str, u32>> = BTreeMap::new();
        for id in analysis.graph.ids().filter(|id| keeps(*id)) {
            if let Some(node) = node(analysis, grain, id) {
                nodes.entry(node.id.clone()).or_insert(node);
            }
        }
        for edge in &analysis.graph.edges {
            let Target::Module(to) = edge.to else { continue };
            // A call by name stands beside the import that it needs; what is called on a value was handed over, and nothing
            // here depends on where it comes from.
            if matches!(edge.kind, EdgeKind::Call | EdgeKind::Reference) {
                continue;
            }
            if !keeps(edge.from) || !keeps(to) {
                continue;
            }
            if let (Some(from), Some(to)) = (key(analysis, grain, edge.from), key(analysis, grain, to))
                && from != to
            {
                *arrows
                    .entry((from, to))
                    .or_default()
                    .entry(edge.kind.name())
                    .or_default() += 1;
            }
        }
        Self {
            schema_version: SCHEMA_VERSION,
            nodes: nodes.into_values().collect(),
            edges: arrows
                .into_iter()
                .map(|((from, to), kinds)| Arrow {
                    from,
                    to,
                    count: kinds.values().sum(),
                    kinds,
                })
                .collect(),
        }
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// As JSON.
    ///
    /// # Errors
    ///
    /// Where writing fails.
    pub fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self)?;
        writeln!(out)
    }

    /// As Graphviz DOT.
    ///
    /// # Errors
    ///
    /// Where writing fails.
    pub fn dot(&self, out: &mut dyn Write) -> io::Result<()> {
        let quote = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        writeln!(out, "digraph wiremap {{\n  rankdir = TB;\n  node [shape = box];")?;
        for node in &self.nodes {
            let label = node
                .layer
                .as_ref()
                .map_or_else(|| node.name.clone(), |layer| format!("{}\\n{layer}", node.name));
            writeln!(
                out,
                "  {} [label = {}];",
                quote(&node.id),
                quote(&label).replace("\\\\n", "\\n")
            )?;
        }
        for edge in &self.edges {
            writeln!(
                out,
                "  {} -> {} [label = {}];",
                quote(&edge.from),
                quote(&edge.to),
                edge.count
            )?;
        }
        writeln!(out, "}}")
    }

    /// As a Mermaid flowchart.
    ///
    /// # Errors
    ///
    /// Where writing fails.
    pub fn mermaid(&self, out: &mut dyn Write) -> io::Result<()> {
        let numbers: BTreeMap<&str, usize> = self
            .nodes
            .iter()
            .enumerate()
            .map(|(at, node)| (node.id.as_str(), at))
            .collect();
        writeln!(out, "flowchart TD")?;
        for (at, node) in self.nodes.iter().enumerate() {
            let mut label = node.name.replace('"', "#quot;");
            if let Some(layer) = &node.layer {
                let _ = write!(label, "<br/>{layer}");
            }
            writeln!(out, "  n{at}[\"{label}\"]")?;
        }
        for edge in &self.edges {
            if let (Some(from), Some(to)) = (numbers.get(edge.from.as_str()), numbers.get(edge.to.as_str())) {
                writeln!(out, "  n{from} -->|{}| n{to}", edge.count)?;
            }
        }
        Ok(())
    }
}

fn key(analysis: &Analysis, grain: Grain, module: ModuleId) -> Option<String> {
    match grain {
        Grain::Module => Some(analysis.graph.module(module).id.to_string()),
        Grain::Layer => analysis.layer_id(module).map(str::to_owned),
        Grain::Domain => analysis.placement(module).domain.as_deref().map(str::to_owned),
    }
}

fn node(analysis: &Analysis, grain: Grain, module: ModuleId) -> Option<Node> {
    let id = key(analysis, grain, module)?;
    Some(match grain {
        Grain::Module => Node {
            name: analysis.graph.module(module).name.to_string(),
            path: Some(format!("{}{}", analysis.prefix, analysis.source_of(module).path)),
            layer: analysis.layer_id(module).map(str::to_owned),
            domain: analysis.placement(module).domain.as_deref().map(str::to_owned),
            id,
        },
        Grain::Layer | Grain::Domain => Node {
            name: id.clone(),
            id,
            path: None,
            layer: None,
            domain: None,
        },
    })
}

fn around(analysis: &Analysis, focus: Focus) -> BTreeSet<ModuleId> {
    let mut next: BTreeMap<ModuleId, Vec<ModuleId>> = BTreeMap::new();
    for edge in &analysis.graph.edges {
        if let Target::Module(to) = edge.to
            && !matches!(edge.kind, EdgeKind::Call | EdgeKind::Reference)
        {
            next.entry(edge.from).or_default().push(to);
            next.entry(to).or_default().push(edge.from);
        }
    }
    let mut kept = BTreeSet::from([focus.module]);
    let mut rim = vec![focus.module];
    for _ in 0..focus.depth {
        let mut farther = Vec::new();
        for module in rim {
            for &other in next.get(&module).into_iter().flatten() {
                if kept.insert(other) {
                    farther.push(other);
                }
            }
        }
        rim = farther;
    }
    kept
}

/// Every edge at its site, with the definition that it reaches.
#[derive(Debug, Serialize)]
struct Sites {
    schema_version: &'static str,
    edges: Vec<Site>,
}

#[derive(Debug, Serialize)]
struct Site {
    kind: &'static str,
    when: When,
    confidence: &'static str,
    /// Of a call: by a `name` that is imported or qualified here, or on a `value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<&'static str>,
    /// Of a call, why it is not known what it calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'static str>,
    path: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    from: From,
    /// The definition; nothing where it lies outside, is unknown or ambiguous.
    to: Option<Definition>,
    /// The definitions that it may be, where there is more than one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<Definition>,
    /// What the source names: a module of the project.
    names: Option<String>,
    /// What it reaches outside the project, or names and misses in it.
    outside: Option<String>,
}

#[derive(Debug, Serialize)]
struct From {
    module: String,
    item: Option<String>,
}

#[derive(Debug, Serialize)]
struct Definition {
    path: String,
    line: u32,
    module: String,
    item: Option<String>,
}

/// Writes every edge at its site as JSON.
///
/// # Errors
///
/// Where writing fails.
pub fn sites(analysis: &Analysis, locator: &Locator<'_>, focus: Option<Focus>, out: &mut dyn Write) -> io::Result<()> {
    let kept = focus.map(|focus| around(analysis, focus));
    let keeps = |edge: &&Edge| kept.as_ref().is_none_or(|kept| kept.contains(&edge.from));
    let lines = definition_lines(analysis, locator);
    let edges = analysis.graph.edges.iter().filter(keeps).map(|edge| {
        let module = analysis.graph.module(edge.from);
        let spot = locator.spot(&Place::File(module.file, edge.site));
        let facts = &analysis.source(module.file).facts;
        let outside = match reached(edge).map_or(edge.to, |(target, _)| target) {
            Target::Module(_) | Target::Unknown(_) => None,
            Target::External(symbol) | Target::Missing(symbol) => Some(analysis.graph.symbol(symbol).to_owned()),
        };
        let names = match edge.to {
            Target::Module(to) => Some(analysis.graph.module(to).id.to_string()),
            Target::External(_) | Target::Missing(_) | Target::Unknown(_) => None,
        };
        Site {
            kind: edge.kind.name(),
            when: edge.when,
            confidence: edge.confidence.name(),
            via: (edge.kind == EdgeKind::Call).then(|| edge.via.name()),
            unknown: match edge.to {
                Target::Unknown(reason) => Some(reason.name()),
                Target::Module(_) | Target::External(_) | Target::Missing(_) => None,
            },
            path: spot.path,
            line: spot.start.line,
            column: spot.start.column,
            end_line: spot.end.line,
            end_column: spot.end.column,
            from: From {
                module: module.id.to_string(),
                item: edge.scope.map(|item| facts.item_path(item.get())),
            },
            to: reached(edge).and_then(|(target, item)| definition(analysis, target, item, &lines)),
            candidates: candidates(edge)
                .filter_map(|(target, item)| definition(analysis, target, item, &lines))
                .collect(),
            names,
            outside,
        }
    });
    let sites = Sites {
        schema_version: SCHEMA_VERSION,
        edges: edges.collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &sites)?;
    writeln!(out)
}

/// The one definition that an edge reaches: its target, or the single end behind it.
fn reached(edge: &Edge) -> Option<(Target, Option<u32>)> {
    if matches!(edge.to, Target::Unknown(_)) {
        return None;
    }
    // A call has one callee, or none that is known.
    let sure = edge.confidence == Confidence::Exact || matches!(edge.kind, EdgeKind::Call | EdgeKind::Reference);
    match (&edge.ends[..], edge.item.map(Index::get)) {
        ([], item) => Some((edge.to, item)),
        // An alias is itself what is named.
        (_, Some(item)) if sure => Some((edge.to, Some(item))),
        // A star brings many names: what lies behind it is no one definition.
        ([end], None) if end.item.is_some() || sure => Some((end.to, end.item)),
        (ends, None) if sure => {
            let first = ends
                .iter()
                .find(|first| ends.iter().all(|end| end == *first || hands_on(first, end)))?;
            Some((first.to, first.item))
        }
        _ => None,
    }
}

/// Whether one end is another name for what lies at the other: an alias.
fn hands_on(alias: &End, behind: &End) -> bool {
    let Target::Module(module) = alias.to else { return false };
    alias.item.is_some()
        && behind
            .chain
            .strip_prefix(&*alias.chain)
            .is_some_and(|rest| rest.first() == Some(&module))
}

/// The definitions that an ambiguous edge may reach.
fn candidates(edge: &Edge) -> impl Iterator<Item = (Target, Option<u32>)> + '_ {
    let ambiguous = reached(edge).is_none() && edge.confidence == Confidence::Inferred;
    let own = edge.item.map(|item| (edge.to, Some(item.get())));
    let behind = edge.ends.iter().map(|end| (end.to, end.item));
    own.into_iter().chain(behind).filter(move |_| ambiguous)
}

type Lines = BTreeMap<(ModuleId, u32), u32>;

/// The lines of all items that edges reach, read file by file.
fn definition_lines(analysis: &Analysis, locator: &Locator<'_>) -> Lines {
    let wanted: BTreeSet<(ModuleId, u32)> = analysis
        .graph
        .edges
        .iter()
        .flat_map(|edge| reached(edge).into_iter().chain(candidates(edge)))
        .filter_map(|found| match found {
            (Target::Module(module), Some(item)) => Some((module, item)),
            _ => None,
        })
        .collect();
    let mut lines = Lines::new();
    for (module, item) in wanted {
        let file = analysis.graph.module(module).file;
        if let Some(found) = analysis.source(file).facts.items.get(item as usize) {
            lines.insert((module, item), locator.spot(&Place::File(file, found.span)).start.line);
        }
    }
    lines
}

fn definition(analysis: &Analysis, target: Target, item: Option<u32>, lines: &Lines) -> Option<Definition> {
    let Target::Module(module) = target else {
        return None;
    };
    let source = analysis.source_of(module);
    Some(Definition {
        path: format!("{}{}", analysis.prefix, source.path),
        line: item.and_then(|item| lines.get(&(module, item)).copied()).unwrap_or(1),
        module: analysis.graph.module(module).id.to_string(),
        item: item.map(|item| source.facts.item_path(item)),
    })
}
