//! The texts of sources, read again for those who show them: the graph keeps byte offsets alone.

use std::path::{Path, PathBuf};

use crate::discover::{Tree, extension};
use crate::lang::FRONT_ENDS;
use crate::lang::front_end::Language;

/// The texts of a project's sources, read again for those who show them.
#[derive(Debug)]
pub struct Texts {
    tree: Tree,
    limit: u64,
}

impl Texts {
    /// Reads below a project's folder.
    pub fn new(root: &Path, limit: u64) -> Self {
        Self {
            tree: Tree::new(PathBuf::from(root)),
            limit,
        }
    }

    /// A statement of a source on one line, without comments.
    pub fn one_line(&self, path: &str, statement: &str) -> String {
        match language(path) {
            Some(language) => language.one_line(statement),
            None => statement.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }

    /// A source's text as it was parsed; empty where it cannot be read any more.
    pub fn read(&self, path: &str) -> String {
        let Ok(bytes) = self.tree.read(path, self.limit) else {
            return String::new();
        };
        match language(path) {
            Some(language) => language.decode(bytes).text,
            None => String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

fn language(path: &str) -> Option<&'static dyn Language> {
    let found = extension(path).unwrap_or_default();
    let mut languages = FRONT_ENDS.iter();
    languages
        .find(|language| language.extensions().contains(&found))
        .copied()
}
