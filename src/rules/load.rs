//! Finds rules files and reads them into checked [`Rules`].

use super::raw::RawRules;
use super::text::{Mistake, RulesText, nearest, parse};
use super::{Rules, valid};

/// The rules files that are shipped: name, text.
pub const BUILTIN: &[(&str, &str)] = &[
    ("hexagonal", include_str!("../../rules/hexagonal.toml")),
    ("hoc-v1", include_str!("../../rules/hoc-v1.toml")),
    ("hoc-v2", include_str!("../../rules/hoc-v2.toml")),
    ("hoc-v2-rust", include_str!("../../rules/hoc-v2-rust.toml")),
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
    let mut expanded = Expanded::default();
    let mut files = files.into_iter();
    expanded.files.extend(files.next());
    for file in files {
        expanded.add(file);
    }
    let Expanded { files, raws, mistakes } = expanded;
    if !mistakes.is_empty() {
        return Err(Mistakes { files, mistakes });
    }
    valid::check(files.clone(), raws).map_err(|mistakes| Mistakes { files, mistakes })
}

/// Rules files with those that they extend before them.
#[derive(Default)]
struct Expanded {
    files: Vec<RulesText>,
    raws: Vec<RawRules>,
    mistakes: Vec<Mistake>,
}

impl Expanded {
    /// Adds a file, behind the shipped ones that it extends; each stands there once.
    fn add(&mut self, file: RulesText) {
        let number = |files: &[RulesText]| u16::try_from(files.len()).unwrap_or(u16::MAX);
        let first = number(&self.files);
        let raw = match parse::<RawRules>(first, &file.text) {
            Ok(raw) => raw,
            Err(mistake) => {
                self.files.push(file);
                self.mistakes.push(mistake);
                return;
            }
        };
        let mut wrong = Vec::new();
        for extended in &raw.extends {
            let found = match extended.strip_prefix(BUILTIN_PREFIX) {
                Some(name) => builtin(name),
                None => Err(
                    "name a shipped file, `builtin:NAME`; files of your own are listed in wiremap.toml, in order"
                        .to_owned(),
                ),
            };
            match found {
                Ok(text) if !self.files.iter().any(|known| known.name == extended.value) => self.add(RulesText {
                    name: extended.value.clone(),
                    text: text.to_owned(),
                }),
                Ok(_) => {}
                Err(help) => wrong.push((extended.clone(), help)),
            }
        }
        // What stands before it changes the number that its places carry.
        let last = number(&self.files);
        let raw = if last == first {
            Ok(raw)
        } else {
            parse(last, &file.text)
        };
        self.raws.extend(raw);
        for (extended, help) in wrong {
            let mut mistake = Mistake::new(extended.at, format!("there is no `{}` to extend", extended.value), help);
            mistake.at.file = last;
            self.mistakes.push(mistake);
        }
        self.files.push(file);
    }
}
