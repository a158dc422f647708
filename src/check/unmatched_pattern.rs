//! `unmatched-pattern`: a pattern of a layer that matches no file, although the layer has files; a path or module
//! pattern of a rule that matches nothing.

use super::context::{Check, Context};
use crate::analysis::Analysis;
use crate::finding::{Finding, Level, Place, UNMATCHED_PATTERN};
use crate::rules::pattern::{NamePattern, Pattern};
use crate::rules::{LayerId, RuleShape};

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
        findings.extend(of_rules(analysis));
        findings
    }
}

fn of_rules(analysis: &Analysis) -> Vec<Finding> {
    let mut findings = Vec::new();
    let rules = analysis
        .rules
        .edge_rules
        .iter()
        .filter(|rule| rule.shape == RuleShape::Rule && rule.level > Level::Off);
    for rule in rules {
        for (end, selector) in [("from", &rule.from), ("to", &rule.to)] {
            let path = |pattern: &Pattern| {
                analysis
                    .placements
                    .iter()
                    .any(|placement| pattern.matches(&placement.path))
            };
            let module = |pattern: &NamePattern| {
                analysis
                    .graph
                    .modules
                    .iter()
                    .any(|module| pattern.matches(&module.name))
            };
            let paths = selector
                .paths
                .iter()
                .flatten()
                .filter(|pattern| !path(pattern))
                .map(Pattern::text);
            let modules = selector
                .modules
                .iter()
                .flatten()
                .filter(|pattern| !module(pattern))
                .map(NamePattern::text);
            for text in paths.chain(modules) {
                let place = Place::Rules(rule.origin.extended.unwrap_or(rule.origin.at));
                let message = format!("`{text}` in `{end}` of the rule {} matches nothing", rule.code);
                let finding = Finding::new(
                    UNMATCHED_PATTERN,
                    place,
                    message,
                    format!("`{end}` selects nothing by it"),
                );
                findings.push(finding.fix("correct it, or remove it"));
            }
        }
    }
    findings
}
