//! The project file, `wiremap.toml`: which sources, which rules, what counts as tests.
//!
//! Knows the file's shape. Must not know the rules' own meaning, nor any source.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::rules::pattern::Pattern;
use crate::rules::text::{Mistake, Placed, parse};
use crate::source::At;

/// The project file's name.
pub const FILE_NAME: &str = "wiremap.toml";

/// Sources larger than this are reported as unparsed, not read, unless the project file sets another limit.
pub const MAX_FILE_BYTES: u64 = 8 << 20;

/// The project file as written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "wiremap project file")]
pub struct RawConfig {
    /// Rules files, by path or as `builtin:NAME`; later ones extend earlier ones.
    pub rules: Option<Vec<Placed<String>>>,
    /// Source roots, relative to this file's folder; absent: the folder itself.
    pub sources: Option<Vec<Placed<String>>>,
    /// Path patterns of sources to leave out.
    pub exclude: Vec<Placed<String>>,
    /// Path patterns of test code; absent: each language's own.
    pub tests: Option<Vec<Placed<String>>>,
    /// Nested projects that are checked along with this one, each under its own rules.
    pub members: Vec<Placed<String>>,
    /// The share of imports that must resolve, 0 to 1; below it the gate fails.
    pub min_coverage: Option<Placed<f64>>,
    /// The size in bytes above which a source is reported as unparsed and not read.
    pub max_file_bytes: Option<Placed<u64>>,
    /// What only Python has.
    pub python: Option<RawPython>,
    /// The document set.
    pub documents: Option<RawDocuments>,
}

/// `[python]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawPython {
    /// Import roots; absent: found from packages, `pyproject.toml` and the imports themselves.
    pub roots: Option<Vec<Placed<String>>>,
}

/// `[documents]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawDocuments {
    /// The folder that the document set is written to.
    pub out: Option<Placed<String>>,
    /// What is put before the one path that the wiring map shows as absolute.
    pub absolute_prefix: Option<Placed<String>>,
}

/// Where documents are written unless the project file says otherwise.
pub const DOCUMENTS: &str = "docs/architecture";

/// The project file, checked.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Rules files and where they are named.
    pub rules: Vec<Placed<String>>,
    /// Source roots and where they are named; `""` is the project's folder.
    pub sources: Vec<Placed<String>>,
    /// Sources to leave out.
    pub exclude: Vec<Pattern>,
    /// What counts as test code, in place of each language's own patterns.
    pub tests: Option<Vec<Pattern>>,
    /// Nested projects and where they are named.
    pub members: Vec<Placed<String>>,
    /// The share of imports that must resolve, and where it is set.
    pub min_coverage: Option<(f64, At)>,
    /// The largest source that is read.
    pub max_file_bytes: u64,
    /// The folder that documents are written to, and where it is named; nothing where the project file speaks of none.
    pub documents: Option<Placed<String>>,
    /// What stands before the one path that the wiring map shows as absolute.
    pub absolute_prefix: String,
    /// Import roots by language, and where they are named.
    pub roots: BTreeMap<&'static str, Vec<Placed<String>>>,
}

impl Config {
    /// Reads the text of a project file.
    ///
    /// # Errors
    ///
    /// All mistakes in it.
    pub fn parse(text: &str) -> Result<Self, Vec<Mistake>> {
        let raw: RawConfig = parse(0, text).map_err(|mistake| vec![mistake])?;
        let mut mistakes = Vec::new();
        let config = Self::check(raw, &mut mistakes);
        if mistakes.is_empty() { Ok(config) } else { Err(mistakes) }
    }

    fn check(raw: RawConfig, mistakes: &mut Vec<Mistake>) -> Self {
        let mut patterns = |texts: Vec<Placed<String>>| {
            let mut patterns = Vec::new();
            for text in texts {
                match Pattern::selecting(&text) {
                    Ok(pattern) => patterns.push(pattern),
                    Err(bad) => mistakes.push(Mistake::new(text.at, bad.message, bad.help)),
                }
            }
            patterns
        };
        let exclude = patterns(raw.exclude);
        let tests = raw.tests.map(&mut patterns);
        if let Some(share) = raw
            .min_coverage
            .as_ref()
            .filter(|share| !(0.0..=1.0).contains(&share.value))
        {
            mistakes.push(Mistake::new(share.at, "a share outside 0 to 1", "write 95% as `0.95`"));
        }
        let mut roots = BTreeMap::new();
        if let Some(python) = raw.python.and_then(|python| python.roots) {
            roots.insert("python", folders(python, mistakes));
        }
        let mut documents = None;
        let mut absolute_prefix = String::new();
        if let Some(raw) = raw.documents {
            let out = raw.out.unwrap_or_else(|| Placed {
                value: DOCUMENTS.to_owned(),
                at: At::default(),
            });
            documents = folders(vec![out], mistakes).pop();
            absolute_prefix = raw.absolute_prefix.map_or_else(String::new, |prefix| prefix.value);
        }
        let here = Placed {
            value: String::new(),
            at: At::default(),
        };
        Self {
            rules: raw.rules.unwrap_or_default(),
            sources: folders(raw.sources.unwrap_or_else(|| vec![here]), mistakes),
            exclude,
            tests,
            members: folders(raw.members, mistakes),
            min_coverage: raw.min_coverage.map(|share| (share.value, share.at)),
            max_file_bytes: raw.max_file_bytes.map_or(MAX_FILE_BYTES, |limit| limit.value),
            roots,
            documents,
            absolute_prefix,
        }
    }
}

/// Folders below the project's own, in one spelling: no `.`, no slash at the end.
fn folders(texts: Vec<Placed<String>>, mistakes: &mut Vec<Mistake>) -> Vec<Placed<String>> {
    let mut folders = Vec::new();
    for text in texts {
        let parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        if parts.contains(&"..") || text.starts_with('/') || text.contains('\\') {
            let message = format!("`{}` does not lie below the project's folder", text.value);
            mistakes.push(Mistake::new(
                text.at,
                message,
                "name a folder relative to this file's, with `/`",
            ));
            continue;
        }
        folders.push(Placed {
            value: parts.join("/"),
            at: text.at,
        });
    }
    folders
}
