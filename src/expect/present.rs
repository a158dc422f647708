//! `present`: every domain that has files of some layers has a file of another.

use crate::gap::Gap;
use crate::inventory::Inventory;
use crate::inventory::title;
use crate::rules::LayerId;
use crate::rules::wanted::Expectation;
use crate::source::FileId;

/// One gap for each domain that has none.
pub(super) fn gaps(
    inventory: &Inventory<'_>,
    expectation: &Expectation,
    layer: LayerId,
    by_name: bool,
    when_has: &[LayerId],
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for (at, domain) in inventory.domains.iter().enumerate() {
        let asking: Vec<FileId> = when_has
            .iter()
            .flat_map(|asking| inventory.files(at, *asking))
            .copied()
            .collect();
        if asking.is_empty() || !inventory.members(at, layer, by_name).is_empty() {
            continue;
        }
        let names: Vec<&str> = asking.iter().map(|file| inventory.name(*file)).collect();
        let values = [
            ("domain", domain.name.as_str()),
            ("title", &title(&domain.name)),
            ("layer", &inventory.analysis.rules.layer(layer).id),
            ("count", &asking.len().to_string()),
            ("files", &names.join(", ")),
        ];
        gaps.push(Gap {
            kind: expectation.id.clone(),
            domain: domain.name.clone(),
            description: expectation.description.fill(&values),
            action: expectation.action.fill(&values),
            files: asking.iter().map(|file| inventory.path(*file).into()).collect(),
            at: expectation.origin.at,
        });
    }
    gaps
}
