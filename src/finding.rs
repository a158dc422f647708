//! Findings: what is there and must not be. Codes, levels, places and words, drawn by nobody here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::graph::Target;
use crate::source::{At, FileId, Span};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not reported.
    Off,
    /// Worth knowing.
    Note,
    /// Should be mended.
    Warning,
    /// Fails the gate.
    Error,
}

impl Level {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A built-in finding: its code, its level unless the rules say otherwise, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The code, as findings, rules files and exceptions name it.
    pub name: &'static str,
    /// The level unless `[levels]` sets another.
    pub level: Level,
    /// What it means, in one sentence.
    pub meaning: &'static str,
}

macro_rules! codes {
    ($($constant:ident $name:literal $level:ident $meaning:literal)*) => {
        $(#[doc = $meaning] pub const $constant: Code = Code { name: $name, level: Level::$level, meaning: $meaning };)*
        /// All built-in findings.
        pub const CODES: &[Code] = &[$($constant),*];
    };
}

codes! {
    MUST_NOT_CALL "must-not-call" Error "A file reaches a layer that its own layer's `must_not_call` lists."
    NOT_LISTED "not-listed" Error "In a closed topology, a file reaches a layer that its own layer's `should_call` does not list."
    CALLED_BY "called-by" Error "With `called_by = \"enforce\"`, a file reaches a layer whose `called_by` does not list its own layer."
    UNPARSED_SOURCE "unparsed-source" Error "A source could not be read or understood in full, so the analysis is incomplete."
    MISSING_MODULE "missing-module" Error "An import of the project's own tree leads nowhere."
    UNCLASSIFIED "unclassified" Error "No layer's patterns claim the file; the level is `[topology] unclassified`."
    AMBIGUOUS_LAYER "ambiguous-layer" Error "Two layers claim the file with equally specific patterns."
    CYCLE "cycle" Error "Layers, domains or modules depend on each other in a circle; the levels are those of `[cycles]`."
    INTERFACE "interface" Error "An `[[interface]]` names a module or a name that does not exist."
    VACUOUS_RULE "vacuous-rule" Error "A rule that can fire on no tree at all."
    NOTHING_CHECKED "nothing-checked" Error "There are sources and layers, but no source stands in a layer, so the rules judge nothing. A warning where there are no sources or no rules at all."
    LOW_COVERAGE "low-coverage" Error "A smaller share of the imports resolves than `min_coverage` asks for."
    UNUSED_EXCEPTION "unused-exception" Warning "An exception that silences nothing."
    EXPIRED_EXCEPTION "expired-exception" Warning "An exception whose last day has passed; it no longer silences anything."
    DECLARED_LAYER "declared-layer" Warning "A file's header comment names another level than the layer that its path places it in."
    UNMATCHED_PATTERN "unmatched-pattern" Note "A pattern that matches nothing: a layer's, although the layer has files, or a rule's."
    DORMANT "dormant" Note "A layer that has no file, which makes its rules dormant."
}

/// A built-in code by its name.
pub fn code(name: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.name == name)
}

/// Where a finding lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In a source.
    File(FileId, Span),
    /// At a path that is no source: a folder, a file left unread, and, with a span, a manifest.
    Path(Box<str>, Option<Span>),
    /// In a rules file.
    Rules(At),
}

/// A further place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there.
    pub message: String,
}

/// A rule that a finding breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenRule {
    /// Its code or id.
    pub code: String,
    /// Where the rules say so.
    pub at: At,
    /// The later entry that extended it.
    pub extended: Option<At>,
}

/// The dependency that a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dependency {
    /// The edge, by index into the graph's edges.
    pub edge: u32,
    /// The end that broke the rule: what the edge names, or a definition behind it.
    pub to: Target,
}

/// Something that is there and must not be.
#[derive(Debug, Clone)]
pub struct Finding {
    /// A built-in code or the id of a rule.
    pub code: String,
    /// How grave it is.
    pub level: Level,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What stands at the place, for a label under it.
    pub label: String,
    /// Where.
    pub place: Place,
    /// The rules that it breaks, the most specific first.
    pub rules: Vec<BrokenRule>,
    /// What to do about it.
    pub fix: Option<String>,
    /// Further places: the chain of re-exports, other members of a cycle.
    pub related: Vec<Related>,
    /// The dependency, where it is about one.
    pub dependency: Option<Dependency>,
}

impl Finding {
    /// A finding of a built-in code at its usual level.
    pub fn new(code: Code, place: Place, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            code: code.name.to_owned(),
            level: code.level,
            message: message.into(),
            label: label.into(),
            place,
            rules: Vec::new(),
            fix: None,
            related: Vec::new(),
            dependency: None,
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Adds a rule that decided it.
    #[must_use]
    pub fn rule(mut self, at: At) -> Self {
        self.rules.push(BrokenRule {
            code: self.code.clone(),
            at,
            extended: None,
        });
        self
    }
}
