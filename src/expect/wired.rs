//! `wired`: each file of a layer reaches a layer it is promised, and is reached by one of its callers.

use crate::gap::Gap;
use crate::inventory::title;
use crate::inventory::{Inventory, Reach};
use crate::rules::wanted::Expectation;
use crate::rules::{LayerId, LayerList, Rules};
use crate::source::FileId;

/// No caller reaches it.
const ORPHANED: &str = "orphaned";
/// It reaches nothing it was promised.
const DANGLING: &str = "dangling";

/// A gap for each file that no caller reaches, and one for each that reaches nothing it was promised.
pub(super) fn gaps(inventory: &Inventory<'_>, reach: &Reach, expectation: &Expectation, layer: LayerId) -> Vec<Gap> {
    let rules = &inventory.analysis.rules;
    let wanted = rules.layer(layer);
    // Who calls from outside is not seen here, and layers without files can neither call nor be called.
    let callers = joined(inventory, wanted.called_by.as_ref(), true);
    let promised = joined(inventory, wanted.should_call.as_ref(), false);
    let mut gaps = Vec::new();
    for &file in inventory.of_layer(layer) {
        let reaches = |files: &[FileId], layers: &[LayerId]| {
            let mut files = files.iter().filter_map(|file| inventory.layer_of(*file));
            files.any(|layer| layers.contains(&layer))
        };
        let declares = inventory.analysis.source(file).facts.declares_only;
        if let Some(callers) = &callers
            && !reaches(reach.from(file), callers)
        {
            gaps.push(gap(inventory, expectation, file, ORPHANED, callers));
        }
        if let Some(promised) = &promised
            && !declares
            && !reaches(reach.to(file), promised)
        {
            gaps.push(gap(inventory, expectation, file, DANGLING, promised));
        }
    }
    gaps
}

/// The layers of a list that have files; nothing where that says nothing.
fn joined(inventory: &Inventory<'_>, list: Option<&LayerList>, outside_counts: bool) -> Option<Vec<LayerId>> {
    let rules: &Rules = &inventory.analysis.rules;
    let list = list?;
    if outside_counts && list.layers.iter().any(|(layer, _)| rules.layer(*layer).outside) {
        return None;
    }
    let with_files: Vec<LayerId> = list
        .layers
        .iter()
        .map(|(layer, _)| *layer)
        .filter(|layer| !inventory.of_layer(*layer).is_empty())
        .collect();
    (!with_files.is_empty()).then_some(with_files)
}

fn gap(inventory: &Inventory<'_>, expectation: &Expectation, file: FileId, state: &str, layers: &[LayerId]) -> Gap {
    let rules = &inventory.analysis.rules;
    let domain = inventory
        .domain_of(file)
        .map_or("", |domain| &inventory.domains[domain].name);
    let layer = inventory.layer_of(file).map_or("", |layer| &rules.layer(layer).id);
    let names: Vec<&str> = layers.iter().map(|layer| rules.layer(*layer).id.as_str()).collect();
    let name = inventory.name(file);
    let layers = names.join(", ");
    let problem = match state {
        ORPHANED => format!("none of its callers reaches it ({layers})"),
        _ => format!("it reaches nothing that it should call ({layers})"),
    };
    let values = [
        ("domain", domain),
        ("title", &title(domain)),
        ("layer", layer),
        ("file", name),
        ("stem", crate::inventory::stem(name)),
        ("state", state),
        ("path", inventory.path(file)),
        ("layers", &layers),
        ("problem", &problem),
    ];
    Gap {
        kind: expectation.id.clone(),
        domain: domain.to_owned(),
        description: expectation.description.fill(&values),
        action: expectation.action.fill(&values),
        files: vec![inventory.path(file).into()],
        at: expectation.origin.at,
    }
}
