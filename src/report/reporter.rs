//! What a reporter is, and what a report is made of.

use std::io;

use super::locate::Locator;
use crate::analysis::Analysis;
use crate::finding::{Finding, Level};

/// The version of the machine formats' shapes: `MAJOR.MINOR`; a new field raises the minor, anything else the major.
pub const SCHEMA_VERSION: &str = "1.0";

/// Everything a report is made of.
pub struct Run<'a> {
    /// The projects, the first being the one that was asked for.
    pub projects: Vec<(&'a Analysis, Locator<'a>)>,
    /// Findings below this level are counted, not shown; JSON shows all.
    pub shown: Level,
    /// The most findings to show.
    pub max_findings: Option<usize>,
    /// Whether colours may be used.
    pub color: bool,
    /// Whether the end of the run says what was looked at.
    pub summary: bool,
    /// Seconds the run took; not part of machine formats, whose bytes do not depend on the clock.
    pub seconds: f64,
}

impl Run<'_> {
    /// How many findings are of exactly this level.
    pub fn count(&self, level: Level) -> usize {
        self.projects.iter().map(|(analysis, _)| analysis.count(level)).sum()
    }

    /// The findings to show with their projects, in order, and how many more there are.
    pub(super) fn shown(&self) -> (Vec<(usize, &Finding)>, usize) {
        let all = self.projects.iter().enumerate().flat_map(|(at, (analysis, _))| {
            let shown = analysis.findings.iter().filter(|finding| finding.level >= self.shown);
            shown.map(move |finding| (at, finding))
        });
        let mut all: Vec<_> = all.collect();
        let more = self.max_findings.map_or(0, |most| all.len().saturating_sub(most));
        all.truncate(all.len() - more);
        (all, more)
    }
}

/// A format.
pub trait Reporter: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Writes the report.
    ///
    /// # Errors
    ///
    /// Where writing fails.
    fn report(&self, run: &Run<'_>, out: &mut dyn io::Write) -> io::Result<()>;
}
