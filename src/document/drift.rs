//! Drift: how documents on disk differ from what they should be. Must not read or write them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use similar::TextDiff;

use super::Document;

/// The file in the output folder that says which files are wiremap's.
pub const MANIFEST: &str = ".wiremap-documents.json";

/// How many lines of difference are shown of one file.
const SHOWN: usize = 40;

/// Which files wiremap wrote into a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of this shape.
    pub schema_version: u32,
    /// Paths below the folder, sorted.
    pub files: BTreeSet<String>,
}

impl Manifest {
    /// The manifest of a document set.
    pub fn of(documents: &[Document]) -> Self {
        Self {
            schema_version: 1,
            files: documents.iter().map(|document| document.path.clone()).collect(),
        }
    }

    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// Where it is none, or names files outside its folder.
    pub fn read(text: &str) -> Result<Self, String> {
        let manifest: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if manifest.schema_version != 1 {
            return Err(format!("schema version {} is not known", manifest.schema_version));
        }
        let outside = |path: &&String| {
            path.contains('\\') || path.split('/').any(|part| matches!(part, "" | "." | "..")) || path.contains(':')
        };
        match manifest.files.iter().find(outside) {
            Some(path) => Err(format!("`{path}` does not lie in the folder")),
            None => Ok(manifest),
        }
    }

    /// As it is written.
    pub fn text(&self) -> String {
        super::json(self)
    }
}

/// How a document set on disk differs from what it should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// Files that are not there.
    pub missing: Vec<String>,
    /// Files that say something else, and the first differences.
    pub stale: Vec<(String, String)>,
    /// Files that wiremap wrote and no longer generates.
    pub orphaned: Vec<String>,
}

impl Drift {
    /// Compares documents with what stands on disk, by path; `None` where a file is not there.
    pub fn between(documents: &[Document], manifest: &Manifest, on_disk: &BTreeMap<String, Option<String>>) -> Self {
        let mut drift = Self::default();
        for document in documents {
            match on_disk.get(&document.path).and_then(Option::as_ref) {
                None => drift.missing.push(document.path.clone()),
                Some(old) if *old != document.text => {
                    drift
                        .stale
                        .push((document.path.clone(), difference(&document.path, old, &document.text)));
                }
                Some(_) => {}
            }
        }
        let known = Manifest::of(documents).files;
        let orphaned = manifest.files.difference(&known);
        drift.orphaned = orphaned
            .filter(|path| on_disk.get(*path).is_some_and(Option::is_some))
            .cloned()
            .collect();
        drift
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.stale.is_empty() && self.orphaned.is_empty()
    }
}

/// A unified diff, cut after its first lines.
fn difference(path: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let whole = diff
        .unified_diff()
        .context_radius(2)
        .header(&format!("{path} (on disk)"), &format!("{path} (generated)"))
        .to_string();
    let mut lines: Vec<&str> = whole.lines().take(SHOWN).collect();
    let rest = whole.lines().count().saturating_sub(SHOWN);
    let more = format!("… {rest} more lines");
    if rest > 0 {
        lines.push(&more);
    }
    lines.join("\n")
}
