//! `cycle`: layers, domains or modules that depend on each other in a circle.

use std::collections::BTreeMap;

use super::context::{Check, Context};
use crate::analysis::Analysis;
use crate::finding::{CYCLE, Finding, Level, Place, Related};
use crate::graph::cycles::{Cycle, cycles};
use crate::graph::{Edge, EdgeKind, ModuleId, Target};
use crate::source::{At, to_u32};

pub(super) struct Cycles;

type MakeNodes = fn(&Analysis) -> Nodes;

/// What stands in a circle.
struct Nodes {
    plural: &'static str,
    names: Vec<String>,
    of_module: Vec<Option<u32>>,
}

impl Check for Cycles {
    fn project(&self, context: &Context<'_>) -> Vec<Finding> {
        let analysis = context.analysis;
        let asked = analysis.rules.cycles;
        let kinds: [((Level, At), MakeNodes); 3] = [
            (asked.layers, layers),
            (asked.domains, domains),
            (asked.modules, modules),
        ];
        let mut findings = Vec::new();
        for ((level, at), nodes) in kinds {
            if level > Level::Off {
                findings.extend(find(analysis, &nodes(analysis), level, at));
            }
        }
        findings
    }
}

fn layers(analysis: &Analysis) -> Nodes {
    Nodes {
        plural: "layers",
        names: analysis.rules.layers.iter().map(|layer| layer.id.clone()).collect(),
        of_module: analysis
            .placements
            .iter()
            .map(|placement| placement.layer.map(|layer| u32::from(layer.0)))
            .collect(),
    }
}

fn domains(analysis: &Analysis) -> Nodes {
    let mut names: Vec<String> = analysis
        .placements
        .iter()
        .filter_map(|at| at.domain.as_deref().map(str::to_owned))
        .collect();
    names.sort_unstable();
    names.dedup();
    let number = |domain: &str| {
        names
            .binary_search_by(|name| name.as_str().cmp(domain))
            .ok()
            .map(to_u32)
    };
    Nodes {
        plural: "domains",
        of_module: analysis
            .placements
            .iter()
            .map(|at| at.domain.as_deref().and_then(number))
            .collect(),
        names,
    }
}

fn modules(analysis: &Analysis) -> Nodes {
    Nodes {
        plural: "modules",
        names: analysis
            .graph
            .modules
            .iter()
            .map(|module| module.name.to_string())
            .collect(),
        of_module: analysis.graph.ids().map(|id| Some(id.0)).collect(),
    }
}

fn step(nodes: &Nodes, edge: &Edge) -> Option<(u32, u32)> {
    let Target::Module(to) = edge.to else { return None };
    let number = |id: ModuleId| nodes.of_module[id.index()];
    Some((number(edge.from)?, number(to)?)).filter(|(from, to)| from != to)
}

fn find(analysis: &Analysis, nodes: &Nodes, level: Level, at: At) -> Vec<Finding> {
    // A call by name stands beside the import that it needs; one on a value makes nothing depend on anything.
    let is_call = |edge: &Edge| matches!(edge.kind, EdgeKind::Call | EdgeKind::Reference);
    let counted = |edge: &&Edge| !is_call(edge) && analysis.rules.cycles.when.counts(edge.when);
    let mut weights: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    let mut first: BTreeMap<(u32, u32), &Edge> = BTreeMap::new();
    for edge in analysis.graph.edges.iter().filter(counted) {
        if let Some(step) = step(nodes, edge) {
            *weights.entry(step).or_default() += 1;
            first.entry(step).or_insert(edge);
        }
    }
    let found = cycles(nodes.names.len(), &weights);
    found
        .iter()
        .map(|cycle| finding(analysis, nodes, cycle, (&weights, &first), (level, at)))
        .collect()
}

type Steps<'a> = (&'a BTreeMap<(u32, u32), u32>, &'a BTreeMap<(u32, u32), &'a Edge>);

fn finding(analysis: &Analysis, nodes: &Nodes, cycle: &Cycle, steps: Steps<'_>, asked: (Level, At)) -> Finding {
    let (weights, first) = steps;
    let name = |node: u32| nodes.names[node as usize].as_str();
    let next = |at: usize| cycle.shortest[(at + 1) % cycle.shortest.len()];
    let mut path: Vec<&str> = cycle.shortest.iter().map(|node| name(*node)).collect();
    path.extend(cycle.shortest.first().map(|node| name(*node)));
    let size = match cycle.members.len() {
        members if members == cycle.shortest.len() => String::new(),
        members => format!(
            " ({members} {} reach each other; this is the shortest way round)",
            nodes.plural
        ),
    };
    let message = format!(
        "{} depend on each other in a circle: {}{size}",
        nodes.plural,
        path.join(" → ")
    );
    let mut sites = Vec::new();
    for (at, &from) in cycle.shortest.iter().enumerate() {
        let to = next(at);
        if let Some(edge) = first.get(&(from, to)) {
            let place = Place::File(analysis.graph.module(edge.from).file, edge.statement);
            sites.push(Related {
                place,
                message: format!("{} → {} ({} in all)", name(from), name(to), weights[&(from, to)]),
            });
        }
    }
    let place = sites
        .first()
        .map_or_else(|| Place::Rules(asked.1), |site| site.place.clone());
    let label = sites.first().map_or_else(String::new, |site| site.message.clone());
    let (from, to) = cycle.cut;
    let fewest = weights.get(&cycle.cut).copied().unwrap_or_default();
    let dependencies = if fewest == 1 { "dependency" } else { "dependencies" };
    let mut finding = Finding::new(CYCLE, place, message, label).rule(asked.1).fix(format!(
        "open it where it is thinnest: remove the {fewest} {dependencies} from {} to {}",
        name(from),
        name(to)
    ));
    finding.level = asked.0;
    finding.related = sites.into_iter().skip(1).collect();
    finding
}
