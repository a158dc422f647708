//! `unmatched-pattern`: a pattern that matches no file, although its layer has files.

use super::{Check, Context};
use crate::finding::{Finding, Place, UNMATCHED_PATTERN};
use crate::rules::LayerId;

pub(super) struct UnmatchedPattern;

impl Check for UnmatchedPattern {
    fn project(&self, context: &Context<'_>) -> Vec<Finding> {
        let analysis = context.analysis;
        let mut findings = Vec::new();
        for (id, layer) in (0..).map(LayerId).zip(&analysis.rules.layers) {
            if !analysis.placements.iter().any(|placement| placement.layer == Some(id)) {
                continue;
            }
            for path in &layer.paths {
                if analysis
                    .placements
                    .iter()
                    .any(|placement| path.pattern.matches(&placement.path))
                {
                    continue;
                }
                let text = path.pattern.text();
                let folder = format!("{text}/");
                let is_folder = analysis
                    .placements
                    .iter()
                    .any(|placement| placement.path.starts_with(&folder));
                let fix = if is_folder {
                    format!("`{text}` is a folder: write `{text}/**`")
                } else {
                    "correct it, or remove it".to_owned()
                };
                let message = format!("a pattern of {} matches no file", layer.id);
                findings
                    .push(Finding::new(UNMATCHED_PATTERN, Place::Rules(path.at), message, "matches nothing").fix(fix));
            }
        }
        findings
    }
}
