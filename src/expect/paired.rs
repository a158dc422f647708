//! `paired`: each file of a layer has its counterpart in another, by name, by evidence, or by either.

use crate::facts::When;
use crate::gap::Gap;
use crate::graph::{Edge, EdgeKind, ModuleId, Target};
use crate::inventory::title;
use crate::inventory::{Inventory, Reach, ends};
use crate::rules::wanted::{Expectation, Pairing};
use crate::source::FileId;

/// A file and its counterparts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paired {
    /// The file.
    pub file: FileId,
    /// Its name without what is stripped.
    pub stem: String,
    /// The counterparts that its name tells, in path order.
    pub named: Vec<FileId>,
    /// The counterparts that an edge of it reaches, in path order.
    pub reached: Vec<FileId>,
    /// It only declares: evidence asks for no counterpart.
    pub declares: bool,
    /// Whether it has a counterpart as the pairing judges it.
    pub holds: bool,
}

/// The files of a domain as a pairing sees them, in path order.
pub fn pairs(inventory: &Inventory<'_>, reach: &Reach, pairing: &Pairing, domain: usize) -> Vec<Paired> {
    let counterparts = inventory.files(domain, pairing.with);
    let of = |&file: &FileId| {
        let name = inventory.name(file);
        let stem = pairing
            .strip
            .iter()
            .find_map(|end| name.strip_suffix(end.as_str()))
            .filter(|stem| !stem.is_empty())
            .unwrap_or(name);
        let named: Vec<FileId> = counterparts
            .iter()
            .filter(|other| inventory.name(**other).contains(stem))
            .copied()
            .collect();
        let reached: Vec<FileId> = counterparts
            .iter()
            .filter(|other| reach.to(file).binary_search(other).is_ok())
            .copied()
            .collect();
        let holds = (pairing.by_name && !named.is_empty()) || (pairing.by_evidence && !reached.is_empty());
        Paired {
            file,
            stem: stem.to_owned(),
            named,
            declares: pairing.by_evidence && !holds && inventory.analysis.source(file).facts.declares_only,
            reached,
            holds,
        }
    };
    inventory.files(domain, pairing.layer).iter().map(of).collect()
}

/// One gap for each file without a counterpart.
pub(super) fn gaps(inventory: &Inventory<'_>, reach: &Reach, expectation: &Expectation, pairing: &Pairing) -> Vec<Gap> {
    let importing = pairing.imports.as_deref().map(|modules| importing(inventory, modules));
    let mut gaps = Vec::new();
    for (at, domain) in inventory.domains.iter().enumerate() {
        for pair in pairs(inventory, reach, pairing, at) {
            let asks = importing.as_ref().is_none_or(|importing| importing[pair.file.index()]);
            if pair.holds || pair.declares || !asks {
                continue;
            }
            let values = [
                ("domain", domain.name.as_str()),
                ("title", &title(&domain.name)),
                ("layer", &inventory.analysis.rules.layer(pairing.with).id),
                ("file", inventory.name(pair.file)),
                ("path", inventory.path(pair.file)),
                ("stem", crate::inventory::stem(&pair.stem)),
            ];
            gaps.push(Gap {
                kind: expectation.id.clone(),
                domain: domain.name.clone(),
                description: expectation.description.fill(&values),
                action: expectation.action.fill(&values),
                files: vec![inventory.path(pair.file).into()],
                at: expectation.origin.at,
            });
        }
    }
    gaps
}

/// Which files import one of some modules when they are loaded, by file.
fn importing(inventory: &Inventory<'_>, modules: &[String]) -> Vec<bool> {
    let analysis = inventory.analysis;
    let mut found = vec![false; analysis.sources.len()];
    for edge in &analysis.graph.edges {
        if at_load(edge) && ends(edge).any(|to| lies_in(inventory, edge.from, to, modules)) {
            found[analysis.graph.module(edge.from).file.index()] = true;
        }
    }
    found
}

fn at_load(edge: &Edge) -> bool {
    let imports = matches!(edge.kind, EdgeKind::Import | EdgeKind::ReExport | EdgeKind::Dynamic);
    imports && !edge.when.has_any(When::DEFERRED.with(When::TYPE_ONLY).with(When::TEST))
}

/// Whether a target is one of some modules, or lies below one.
fn lies_in(inventory: &Inventory<'_>, from: ModuleId, to: Target, modules: &[String]) -> bool {
    let analysis = inventory.analysis;
    let name = match to {
        Target::Module(module) => &*analysis.graph.module(module).name,
        Target::External(_) | Target::Missing(_) => analysis.graph.target_name(to),
        Target::Unknown(_) => return false,
    };
    let separator = analysis.source_of(from).facts.notation.separator();
    modules.iter().any(|module| {
        let below = name.strip_prefix(module.as_str());
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with(separator))
    })
}
