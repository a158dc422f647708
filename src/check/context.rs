//! What a check is, and what it may look at.

use super::exceptions::Exceptions;
use super::policy::Policy;
use crate::analysis::Analysis;
use crate::finding::Finding;
use crate::graph::ModuleId;

/// What checks may look at.
pub struct Context<'a> {
    /// The project.
    pub analysis: &'a Analysis,
    /// Which exceptions were used.
    pub exceptions: &'a Exceptions,
    /// The rules on edges, prepared for this project.
    pub policy: &'a Policy,
}

/// A check: pure functions from the analysis to findings.
pub trait Check: Sync {
    /// Findings on one module.
    fn module(&self, _context: &Context<'_>, _module: ModuleId) -> Vec<Finding> {
        Vec::new()
    }

    /// Findings on the project as a whole.
    fn project(&self, _context: &Context<'_>) -> Vec<Finding> {
        Vec::new()
    }
}
