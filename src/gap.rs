//! Gaps: what must be there and is not.

use crate::source::At;

/// Something that must be there and is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Its type: the id of the expectation.
    pub kind: String,
    /// The domain that it is a gap of; empty where files belong to none.
    pub domain: String,
    /// What is missing, as a sentence without a full stop.
    pub description: String,
    /// What to do.
    pub action: String,
    /// The files that ask for what is missing, relative to the project, in path order.
    pub files: Vec<Box<str>>,
    /// The expectation, where the rules write it.
    pub at: At,
}
