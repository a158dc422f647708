//! Finds rules files and reads them into checked [`Rules`].

use super::raw::RawRules;
use super::text::{Mistake, RulesText, nearest, parse};
use super::{Rules, valid};

/// The rules files that are shipped: name, text.
pub const BUILTIN: &[(&str, &str)] = &[
    ("hexagonal", include_str!("../../rules/hexagonal.toml")),
    ("hoc-v1", include_str!("../../rules/hoc-v1.toml")),
    ("hoc-v2", include_str!("../../rules/hoc-v2.toml")),
    ("layered", include_str!("../../rules/layered.toml")),
];

/// What a shipped file's name starts with where rules files are named.
pub const BUILTIN_PREFIX: &str = "builtin:";

/// The text of a shipped rules file.
///
/// # Errors
///
/// What to write instead, where there is no such file.
pub fn builtin(name: &str) -> Result<&'static str, String> {
    let found = BUILTIN.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text).ok_or_else(|| {
        let known = || BUILTIN.iter().map(|(known, _)| *known);
        nearest(name, known()).map_or_else(
            || {
                format!(
                    "the built-in rules files are: {}",
                    known().collect::<Vec<_>>().join(", ")
                )
            },
            |right| format!("did you mean `{BUILTIN_PREFIX}{right}`?"),
        )
    })
}

/// Whether a name stands for a shipped file.
pub fn is_builtin(name: &str) -> bool {
    name.starts_with(BUILTIN_PREFIX)
}

/// Mistakes, and the texts that they point into.
#[derive(Debug, Clone)]
pub struct Mistakes {
    /// The texts, by the number that places carry.
    pub files: Vec<RulesText>,
    /// The mistakes.
    pub mistakes: Vec<Mistake>,
}

/// Checks rules files, given in the order in which each extends those before. The first of `files` is the project
/// file, which holds no rules.
///
/// # Errors
///
/// All mistakes in them.
pub fn load(files: Vec<RulesText>) -> Result<Rules, Mistakes> {
    let mut raws = Vec::new();
    let mut mistakes = Vec::new();
    for (at, file) in (0..).zip(&files).skip(1) {
        match parse::<RawRules>(at, &file.text) {
            Ok(raw) => raws.push(raw),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if !mistakes.is_empty() {
        return Err(Mistakes { files, mistakes });
    }
    valid::check(files.clone(), raws).map_err(|mistakes| Mistakes { files, mistakes })
}
