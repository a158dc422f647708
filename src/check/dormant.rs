//! `dormant`: a layer that has no file today, which makes its rules dormant.

use super::context::{Check, Context};
use crate::finding::{DORMANT, Finding, Place};
use crate::rules::LayerId;

pub(super) struct Dormant;

impl Check for Dormant {
    fn project(&self, context: &Context<'_>) -> Vec<Finding> {
        let analysis = context.analysis;
        let mut findings = Vec::new();
        for (id, layer) in (0..).map(LayerId).zip(&analysis.rules.layers) {
            let has_files = analysis.placements.iter().any(|placement| placement.layer == Some(id));
            if has_files || layer.outside {
                continue;
            }
            let place = Place::Rules(layer.origin.extended.unwrap_or(layer.origin.at));
            let message = format!("{} has no file, so its rules are dormant", layer.id);
            let finding = Finding::new(DORMANT, place, message, "no file matches its patterns");
            findings.push(finding.fix("check its `paths` if files are expected here"));
        }
        findings
    }
}
