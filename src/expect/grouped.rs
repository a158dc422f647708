//! `grouped`: one file names every file of a layer in its domain.

use crate::gap::Gap;
use crate::inventory::title;
use crate::inventory::{Inventory, Reach};
use crate::rules::LayerId;
use crate::rules::wanted::Expectation;
use crate::source::FileId;

/// One gap for each domain whose grouping file leaves some out. A domain without such a file is another expectation's.
pub(super) fn gaps(
    inventory: &Inventory<'_>,
    reach: &Reach,
    expectation: &Expectation,
    layer: LayerId,
    by_name: bool,
    of: LayerId,
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for (at, domain) in inventory.domains.iter().enumerate() {
        let grouping = inventory.members(at, layer, by_name);
        let left_out = |grouping: FileId| -> Vec<FileId> {
            let named = reach.to(grouping);
            let files = inventory.files(at, of).iter();
            files
                .filter(|file| named.binary_search(file).is_err())
                .copied()
                .collect()
        };
        // Where several files group, the one that leaves out the fewest counts.
        let best = grouping.iter().map(|file| (*file, left_out(*file)));
        let Some((file, left_out)) = best.min_by_key(|(_, left_out)| left_out.len()) else {
            continue;
        };
        if left_out.is_empty() {
            continue;
        }
        let names: Vec<&str> = left_out.iter().map(|file| inventory.name(*file)).collect();
        let values = [
            ("domain", domain.name.as_str()),
            ("title", &title(&domain.name)),
            ("layer", &inventory.analysis.rules.layer(of).id),
            ("count", &left_out.len().to_string()),
            ("files", &names.join(", ")),
            ("file", inventory.name(file)),
            ("path", inventory.path(file)),
        ];
        gaps.push(Gap {
            kind: expectation.id.clone(),
            domain: domain.name.clone(),
            description: expectation.description.fill(&values),
            action: expectation.action.fill(&values),
            files: std::iter::once(file)
                .chain(left_out)
                .map(|file| inventory.path(file).into())
                .collect(),
            at: expectation.origin.at,
        });
    }
    gaps
}
