//! `low-coverage`: a smaller share of the imports resolves than the project file asks for.

use super::context::{Check, Context};
use crate::finding::{Finding, LOW_COVERAGE, Place};

pub(super) struct LowCoverage;

impl Check for LowCoverage {
    fn project(&self, context: &Context<'_>) -> Vec<Finding> {
        let analysis = context.analysis;
        let Some((asked, at)) = analysis.config.min_coverage else {
            return Vec::new();
        };
        let coverage = &analysis.coverage;
        let share = coverage.resolved();
        if share >= asked {
            return Vec::new();
        }
        let message = format!(
            "{:.1}% of the imports resolve, {:.1}% are asked for",
            (share * 1000.0).floor() / 10.0,
            asked * 100.0
        );
        let label = format!(
            "of {} imports, {} lead nowhere and {} have a computed name",
            coverage.imports(),
            coverage.missing,
            coverage.computed
        );
        vec![
            Finding::new(LOW_COVERAGE, Place::Rules(at), message, label)
                .fix("mend what leads nowhere, or lower `min_coverage`"),
        ]
    }
}
