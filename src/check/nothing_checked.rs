//! `nothing-checked`: the gate would be green for having looked at nothing.

use super::context::{Check, Context};
use crate::finding::{Finding, Level, NOTHING_CHECKED, Place};
use crate::rules::RuleShape;
use crate::source::At;

pub(super) struct NothingChecked;

impl Check for NothingChecked {
    fn project(&self, context: &Context<'_>) -> Vec<Finding> {
        let analysis = context.analysis;
        let rules = &analysis.rules;
        // A project without sources of its own only gathers members.
        if analysis.config.sources.is_empty() {
            return Vec::new();
        }
        let own_rules = rules.edge_rules.iter().any(|rule| rule.shape == RuleShape::Rule);
        let (level, message, fix) = if analysis.sources.is_empty() && analysis.unread.is_empty() {
            let fix = "check `sources` and `exclude` in wiremap.toml, and the ignore files";
            (
                Level::Warning,
                "no source lies under the source roots: nothing was checked",
                fix,
            )
        } else if rules.layers.is_empty() && !own_rules {
            let fix = "define layers, or start from a shipped file: `rules = [\"builtin:layered\"]`";
            (
                Level::Warning,
                "the rules define no layer and no rule: nothing was checked",
                fix,
            )
        } else if !rules.layers.is_empty() && analysis.coverage.placed == 0 && !analysis.sources.is_empty() {
            let fix = "adapt the layers' `paths` to this tree: they are read from the source roots";
            (
                Level::Error,
                "no source stands in a layer: the layers judge nothing",
                fix,
            )
        } else {
            return Vec::new();
        };
        let place = Place::Rules(At::default());
        let mut finding = Finding::new(NOTHING_CHECKED, place, message, "for this project").fix(fix);
        finding.level = level;
        vec![finding]
    }
}
