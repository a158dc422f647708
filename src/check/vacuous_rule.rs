//! `vacuous-rule`: a rule that can fire on no tree at all.

use super::context::{Check, Context};
use crate::finding::{Finding, Level, Place, VACUOUS_RULE};

pub(super) struct VacuousRule;

impl Check for VacuousRule {
    fn project(&self, context: &Context<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for rule in context
            .analysis
            .rules
            .edge_rules
            .iter()
            .filter(|rule| rule.level > Level::Off)
        {
            let place = Place::Rules(rule.origin.extended.unwrap_or(rule.origin.at));
            if let Some(why) = &rule.vacuous {
                let message = format!("the rule {} can fire on no tree at all: {why}", rule.code);
                let finding = Finding::new(VACUOUS_RULE, place, message, "can never fire");
                findings.push(finding.fix("correct its selectors, or remove it"));
            }
        }
        findings
    }
}
