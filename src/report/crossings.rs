//! The calls that cross layers, in and out of a module: which callee, how often, and where first.

use std::collections::BTreeMap;

use super::locate::Locator;
use crate::analysis::Analysis;
use crate::finding::Place;
use crate::graph::{Edge, EdgeKind, ModuleId, Target, Via};

/// Calls that stand in one layer and reach another: by layer, a line for each caller or callee.
pub(super) type Crossings = BTreeMap<String, Vec<String>>;

/// What is told of calls of one callee: how many there are, where the first stands, whether all are on values.
struct Told<'a> {
    count: u32,
    first: &'a Edge,
    by_value: bool,
}

/// The calls of a module's code that reach other layers, by those.
pub(super) fn out_of(analysis: &Analysis, locator: &Locator<'_>, module: ModuleId) -> Crossings {
    let mut told: BTreeMap<(String, String), Told<'_>> = BTreeMap::new();
    for edge in analysis.graph.edges_from(module) {
        if let Some((to, callee)) = crossing(analysis, edge) {
            let layer = analysis.layer_id(to).unwrap_or_default().to_owned();
            add(
                &mut told,
                (layer, format!("{}: {callee}", analysis.graph.module(to).name)),
                edge,
            );
        }
    }
    lines(analysis, locator, told)
}

/// The calls of other layers' code that reach a module, by those.
pub(super) fn into(analysis: &Analysis, locator: &Locator<'_>, module: ModuleId) -> Crossings {
    let mut told: BTreeMap<(String, String), Told<'_>> = BTreeMap::new();
    for edge in analysis.graph.edges.iter().filter(|edge| edge.from != module) {
        if let Some((to, callee)) = crossing(analysis, edge)
            && to == module
        {
            let layer = analysis.layer_id(edge.from).unwrap_or_default().to_owned();
            let caller = &analysis.graph.module(edge.from).name;
            add(&mut told, (layer, format!("{caller} calls {callee}")), edge);
        }
    }
    lines(analysis, locator, told)
}

/// The module that defines what is called, where it stands in another layer than the call, and what is called.
fn crossing(analysis: &Analysis, edge: &Edge) -> Option<(ModuleId, String)> {
    if edge.kind != EdgeKind::Call {
        return None;
    }
    let to = match (edge.to, edge.item, edge.ends.first()) {
        (Target::Module(to), Some(_), _) | (Target::Module(to), None, None) => to,
        (Target::Module(_), None, Some(end)) => match end.to {
            Target::Module(to) => to,
            Target::External(_) | Target::Missing(_) | Target::Unknown(_) => return None,
        },
        _ => return None,
    };
    let layer = |module| analysis.placement(module).layer;
    let crosses = layer(edge.from).is_some() && layer(to).is_some() && layer(edge.from) != layer(to);
    crosses.then(|| analysis.callee(edge).map(|callee| (to, callee)))?
}

fn add<'a>(told: &mut BTreeMap<(String, String), Told<'a>>, key: (String, String), edge: &'a Edge) {
    let by_value = edge.via == Via::Value;
    told.entry(key)
        .and_modify(|told| {
            told.count += 1;
            told.by_value &= by_value;
        })
        .or_insert(Told {
            count: 1,
            first: edge,
            by_value,
        });
}

fn lines(analysis: &Analysis, locator: &Locator<'_>, told: BTreeMap<(String, String), Told<'_>>) -> Crossings {
    let mut crossings = Crossings::new();
    for ((layer, what), told) in told {
        let file = analysis.graph.module(told.first.from).file;
        let line = locator.spot(&Place::File(file, told.first.site)).start.line;
        let often = match told.count {
            1 => format!("at line {line}"),
            count => format!("{count} times, first at line {line}"),
        };
        let how = if told.by_value { ", on a value" } else { "" };
        crossings.entry(layer).or_default().push(format!("{what} {often}{how}"));
    }
    crossings
}
