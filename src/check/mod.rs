//! Checks: what is there and must not be. One file a check, one line in [`CHECKS`].
//!
//! Must not know languages, nor how findings are drawn. No check sees another.

mod ambiguous_layer;
mod context;
mod cycle;
mod declared_layer;
mod dormant;
mod edge_rules;
mod exceptions;
mod interface;
mod low_coverage;
mod missing_module;
mod nothing_checked;
mod policy;
mod unclassified;
mod unmatched_pattern;
mod unparsed_source;
mod vacuous_rule;
mod words;

use crate::analysis::Analysis;
use crate::discover::below_deepest;
use crate::finding::{Finding, Level, Place};
use crate::graph::ModuleId;
use crate::rules::selector::Subject;
use context::Check;
pub use context::Context;
pub use exceptions::Exceptions;
pub use policy::Policy;

/// All checks.
pub static CHECKS: &[&dyn Check] = &[
    &edge_rules::EdgeRules,
    &unparsed_source::UnparsedSource,
    &missing_module::MissingModule,
    &unclassified::UnclassifiedFile,
    &ambiguous_layer::AmbiguousLayer,
    &declared_layer::DeclaredLayer,
    &cycle::Cycles,
    &interface::Interfaces,
    &vacuous_rule::VacuousRule,
    &low_coverage::LowCoverage,
    &nothing_checked::NothingChecked,
    &unmatched_pattern::UnmatchedPattern,
    &dormant::Dormant,
];

/// The findings of all checks on one module, exceptions applied.
pub fn module(context: &Context<'_>, module: ModuleId) -> Vec<Finding> {
    settle(context, CHECKS.iter().flat_map(|check| check.module(context, module)))
}

/// The findings of all checks on the project as a whole, exceptions applied.
pub fn project(context: &Context<'_>) -> Vec<Finding> {
    settle(context, CHECKS.iter().flat_map(|check| check.project(context)))
}

/// What there is to say of the exceptions, when all else is done.
pub fn exceptions(context: &Context<'_>) -> Vec<Finding> {
    settle(context, exceptions::findings(context).into_iter())
}

/// Sorts findings by place; equal input gives equal order. What several modules of one file find alike at one site is
/// one finding.
pub fn settle_order(analysis: &Analysis, findings: &mut Vec<Finding>) {
    let from = |finding: &Finding| {
        let edge = finding.dependency?.edge;
        Some(analysis.graph.edges[edge as usize].from)
    };
    findings.sort_by(|a, b| (&a.place, &a.code, &a.message).cmp(&(&b.place, &b.code, &b.message)));
    findings.dedup_by(|later, first| {
        (&later.place, &later.code, &later.message) == (&first.place, &first.code, &first.message)
            && (later.dependency.is_none() || from(later) != from(first))
    });
}

/// Applies levels and exceptions by code. Findings on edges have theirs applied where they are made: there both ends
/// are known.
fn settle(context: &Context<'_>, findings: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let levels = &context.analysis.rules.levels;
    findings
        .filter_map(|mut finding| {
            if finding.dependency.is_none() {
                if let Some(level) = levels.get(&finding.code) {
                    finding.level = *level;
                }
                let asked = context.exceptions.speak_of(context.analysis, &finding.code);
                if asked
                    && context.exceptions.silences_code(
                        context.analysis,
                        &finding.code,
                        subject(context, &finding),
                        None,
                    )
                {
                    return None;
                }
            }
            (finding.level > Level::Off).then_some(finding)
        })
        .collect()
}

/// Where a finding lies, as the selectors of exceptions see it.
fn subject<'a>(context: &Context<'a>, finding: &'a Finding) -> Subject<'a> {
    match &finding.place {
        Place::File(file, _) => {
            let analysis = context.analysis;
            let module = analysis.graph.ids().find(|id| analysis.graph.module(*id).file == *file);
            module.map_or_else(Subject::default, |module| analysis.subject(module))
        }
        Place::Path(path, _) => Subject {
            path: Some(below_deepest(
                context.analysis.config.sources.iter().map(|source| source.as_str()),
                path,
            )),
            ..Subject::default()
        },
        Place::Rules(_) => Subject::default(),
    }
}
