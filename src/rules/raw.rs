//! The shape of rules files: what serde reads, unchecked. Every key is explicit, and unknown ones are refused.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::raw_wanted::{RawBucket, RawClassification, RawExpect, RawMap};
use super::text::{Placed, Strings};
use crate::finding::Level;

/// A rules file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "wiremap rules file")]
pub struct RawRules {
    /// Shipped files, `builtin:NAME`, that this one extends.
    pub extends: Vec<Placed<String>>,
    /// What the whole topology is and how strictly it is read.
    pub topology: RawTopology,
    /// The order and completeness of domains.
    pub domains: RawDomains,
    /// Cycles to look for; all are off unless asked for.
    pub cycles: RawCycles,
    /// Levels of built-in findings, by code.
    pub levels: BTreeMap<String, Placed<Level>>,
    /// The layers.
    pub layer: Vec<Placed<RawLayer>>,
    /// Rules on edges that the layers' lists cannot say.
    pub rule: Vec<Placed<RawRule>>,
    /// Modules whose re-exports are their own public face.
    pub interface: Vec<Placed<RawInterface>>,
    /// Exceptions from findings, by code.
    pub exception: Vec<Placed<RawCodeException>>,
    /// What must be there.
    pub expect: Vec<Placed<RawExpect>>,
    /// Which files the buckets sort.
    pub classification: RawClassification,
    /// Classes of files.
    pub bucket: Vec<Placed<RawBucket>>,
    /// How the wiring map is drawn.
    pub map: RawMap,
}

/// `[topology]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawTopology {
    /// The topology's name.
    pub name: Option<Placed<String>>,
    /// The document that decided it.
    pub reference: Option<Placed<String>>,
    /// Whether an edge to a layer that `should_call` does not list is a finding.
    pub closed: Option<Placed<bool>>,
    /// Whether `called_by` only documents, or must hold.
    pub called_by: Option<Placed<CalledBy>>,
    /// What a file that no layer claims is worth.
    pub unclassified: Option<Placed<Unclassified>>,
    /// Path patterns of files that need no layer.
    pub unclassified_except: Option<Vec<Placed<String>>>,
    /// A header comment that must agree with the placement, `# Layer: {level}`.
    pub header: Option<Placed<String>>,
}

/// How `called_by` lists are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CalledBy {
    /// They document.
    Document,
    /// A caller that stands in a layer must be on the list.
    Enforce,
}

/// What a file that no layer claims is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unclassified {
    /// Nothing.
    Ignore,
    /// A note.
    Note,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

/// `[domains]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawDomains {
    /// The domains in the order that numbers them.
    pub order: Option<Vec<Placed<String>>>,
    /// What becomes of domains that only a `{domain}` capture finds.
    pub others: Option<Placed<OtherDomains>>,
}

/// What becomes of domains that `order` does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OtherDomains {
    /// They follow, sorted.
    Append,
    /// They are left out.
    Ignore,
}

/// `[cycles]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawCycles {
    /// Level of cycles between layers.
    pub layers: Option<Placed<Level>>,
    /// Level of cycles between domains.
    pub domains: Option<Placed<Level>>,
    /// Level of cycles between modules.
    pub modules: Option<Placed<Level>>,
    /// Which edges count.
    pub when: Option<RawWhen>,
}

/// Which circumstances count: `false` leaves edges of that circumstance out.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawWhen {
    /// Edges inside functions; count unless `false`.
    pub deferred: Option<bool>,
    /// Edges under `if` or `try`; count unless `false`.
    pub guarded: Option<bool>,
    /// Edges for type checkers only; count only if `true`.
    pub type_only: Option<bool>,
    /// Edges in test code; count only if `true`.
    pub test: Option<bool>,
}

/// `[[layer]]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLayer {
    /// The id, by which rules name the layer and later files extend it.
    pub id: Placed<String>,
    /// The title; the id without its level and underscores, unless given.
    pub title: Option<Placed<String>>,
    /// The level, as header comments name it; the id up to its first underscore, unless given.
    pub level: Option<Placed<String>>,
    /// Patterns of its files' paths, below a source root.
    pub paths: Option<Vec<Placed<String>>>,
    /// The domain of all its files; unless given, what `{domain}` captures.
    pub domain: Option<Placed<String>>,
    /// Whether it has no files here and may stand in lists only.
    pub outside: Option<Placed<bool>>,
    /// The name of its document; the id, unless given.
    pub document: Option<Placed<String>>,
    /// What it promises, in one line.
    pub contract: Option<Placed<String>>,
    /// The layers it should call.
    pub should_call: Option<Vec<Placed<String>>>,
    /// The layers it must not call.
    pub must_not_call: Option<Vec<Placed<String>>>,
    /// The layers that call it.
    pub called_by: Option<Vec<Placed<String>>>,
}

/// One end of an edge. All given keys must hold; of a list, any one.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawSelector {
    /// Layer ids, `*` allowed.
    pub layer: Option<Strings>,
    /// `same`, `other`, or names of domains.
    pub domain: Option<Strings>,
    /// Path patterns.
    pub path: Option<Strings>,
    /// Patterns of module names.
    pub module: Option<Strings>,
    /// Names outside the project, each with its submodules.
    pub external: Option<Strings>,
    /// Patterns of called names.
    pub call: Option<Strings>,
    /// Patterns of a called name's receiver.
    pub receiver: Option<Strings>,
    /// What must not hold.
    pub not: Option<Box<RawSelector>>,
}

/// A path pattern or a selector.
#[derive(Debug, Clone)]
pub struct PathOrSelector(pub RawSelector);

impl<'de> Deserialize<'de> for PathOrSelector {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = PathOrSelector;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a path pattern or a selector table")
            }

            fn visit_str<E>(self, path: &str) -> Result<PathOrSelector, E> {
                let path = Strings(vec![Placed {
                    value: path.to_owned(),
                    at: crate::source::At::default(),
                }]);
                Ok(PathOrSelector(RawSelector {
                    path: Some(path),
                    ..RawSelector::default()
                }))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<PathOrSelector, A::Error> {
                RawSelector::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(PathOrSelector)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for PathOrSelector {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PathOrSelector".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let selector = generator.subschema_for::<RawSelector>();
        schemars::json_schema!({ "anyOf": [{ "type": "string" }, selector] })
    }
}

/// A date as TOML writes it, or as a string of the same form.
#[derive(Debug, Clone)]
pub struct DateText(pub String);

impl<'de> Deserialize<'de> for DateText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = DateText;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a date, `2027-03-01`")
            }

            fn visit_str<E>(self, date: &str) -> Result<DateText, E> {
                Ok(DateText(date.to_owned()))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<DateText, A::Error> {
                let date = toml::value::Datetime::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(DateText(date.to_string()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for DateText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

/// The kinds of edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RawKind {
    /// An import.
    Import,
    /// An import that hands the name on.
    ReExport,
    /// A call.
    Call,
    /// A class or trait that is extended or implemented.
    Inherit,
    /// An import of a constant string.
    Dynamic,
    /// A function or class that is handed over by name in a call.
    Reference,
}

/// How far an edge is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Through {
    /// To the module that defines the name, through all re-exports.
    Definition,
    /// To the module that the source names.
    Direct,
}

/// Which calls count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Calls {
    /// Calls by a name that is imported or qualified where it stands.
    Name,
    /// These, and calls on values that were handed over.
    Any,
}

/// `[[rule]]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRule {
    /// The id, which findings carry and later files extend.
    pub id: Placed<String>,
    /// The depending end; absent: every file.
    pub from: Option<Placed<RawSelector>>,
    /// The end that is reached.
    pub to: Option<Placed<RawSelector>>,
    /// The kinds of edges; absent: all.
    pub kinds: Option<Placed<Vec<RawKind>>>,
    /// Which circumstances count.
    pub when: Option<RawWhen>,
    /// Which calls count.
    pub calls: Option<Placed<Calls>>,
    /// How far an edge is followed.
    pub through: Option<Placed<Through>>,
    /// The level of its findings; absent: error.
    pub level: Option<Placed<Level>>,
    /// What is wrong, for a person.
    pub message: Option<Placed<String>>,
    /// What to do about it.
    pub fix: Option<Placed<String>>,
    /// Edges that are let through.
    pub except: Option<Vec<Placed<RawException>>>,
}

/// An exception from a rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawException {
    /// The depending end.
    pub from: Option<Placed<PathOrSelector>>,
    /// The end that is reached.
    pub to: Option<Placed<PathOrSelector>>,
    /// Why.
    pub reason: Placed<String>,
    /// The last day on which it holds, `YYYY-MM-DD`.
    pub until: Option<Placed<DateText>>,
}

/// `[[exception]]`: an exception from findings by their code.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCodeException {
    /// The finding's code.
    pub code: Placed<String>,
    /// The file it lies in.
    pub from: Option<Placed<PathOrSelector>>,
    /// The end that is reached.
    pub to: Option<Placed<PathOrSelector>>,
    /// Why.
    pub reason: Placed<String>,
    /// The last day on which it holds, `YYYY-MM-DD`.
    pub until: Option<Placed<DateText>>,
}

/// `[[interface]]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawInterface {
    /// The module.
    pub module: Placed<String>,
    /// The names that are its public face; each must exist.
    pub names: Vec<Placed<String>>,
    /// The layers that may take them; absent: all.
    #[serde(rename = "for")]
    pub layers: Option<Vec<Placed<String>>>,
}
