//! Rules files: the architecture as data. [`raw`] is their shape, `valid` turns it into checked [`Rules`],
//! [`load`] finds and joins the files.
//!
//! Knows TOML and patterns. Must not know the code under check.

mod join;
mod lists;
pub mod load;
pub mod pattern;
pub mod raw;
pub mod raw_wanted;
pub mod selector;
pub mod text;
mod vacuous;
mod valid;
mod valid_wanted;
pub mod wanted;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::facts::When;
use crate::finding::Level;
use crate::graph::EdgeKind;
use crate::source::At;
use pattern::Pattern;
use raw::{Calls, OtherDomains, Through};
use selector::Selector;
use text::RulesText;
use wanted::{Classification, Expectation, Map};

/// A layer: its index in [`Rules::layers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerId(pub u16);

impl LayerId {
    /// The position in [`Rules::layers`].
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Where something was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The entry that decided it.
    pub at: At,
    /// The later entry that extended it.
    pub extended: Option<At>,
}

/// A pattern that places files.
#[derive(Debug, Clone)]
pub struct LayerPattern {
    /// The pattern.
    pub pattern: Pattern,
    /// Where it is written.
    pub at: At,
}

/// A list of layers, each with its place; a list that is absent says nothing, an empty one says "none".
#[derive(Debug, Clone)]
pub struct LayerList {
    /// The layers in the list's order.
    pub layers: Vec<(LayerId, At)>,
    /// The list's place: its first entry's, or the layer's where it is empty.
    pub at: At,
}

impl LayerList {
    /// Whether a layer is on the list.
    pub fn contains(&self, layer: LayerId) -> bool {
        self.layers.iter().any(|(listed, _)| *listed == layer)
    }
}

/// A layer.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its level, as header comments name it.
    pub level: String,
    /// The patterns that place files in it.
    pub paths: Vec<LayerPattern>,
    /// The domain of all its files.
    pub domain: Option<String>,
    /// Whether it has no files here.
    pub outside: bool,
    /// The name of its document.
    pub document: String,
    /// What it promises.
    pub contract: Option<String>,
    /// The layers it should call.
    pub should_call: Option<LayerList>,
    /// The layers it must not call.
    pub must_not_call: Option<LayerList>,
    /// The layers that call it.
    pub called_by: Option<LayerList>,
    /// Where it is defined.
    pub origin: Origin,
}

impl Layer {
    /// Whether its files can belong to a domain.
    pub fn binds_domain(&self) -> bool {
        self.domain.is_some()
            || self
                .paths
                .iter()
                .any(|path| path.pattern.captures().iter().any(|capture| capture == "domain"))
    }
}

/// Which circumstances count for a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhenFilter(When);

impl WhenFilter {
    /// A filter that counts edges whose circumstances are all among `counted`.
    pub fn new(counted: When) -> Self {
        Self(counted)
    }

    /// Whether an edge of these circumstances counts.
    pub fn counts(self, when: When) -> bool {
        when.without(self.0) == When::LOADED
    }
}

impl Default for WhenFilter {
    /// Everything but type-only edges and tests.
    fn default() -> Self {
        Self(When::DEFERRED.with(When::GUARDED))
    }
}

/// What kind of rule an [`EdgeRule`] comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleShape {
    /// A `[[rule]]`.
    Rule,
    /// An entry of a `must_not_call` list.
    MustNotCall,
    /// A `called_by` list that is enforced.
    CalledBy,
    /// A `should_call` list of a closed topology.
    NotListed,
}

/// A rule on edges: edges from `from` to `to` are findings.
#[derive(Debug, Clone)]
pub struct EdgeRule {
    /// The code its findings carry.
    pub code: String,
    /// Where it comes from.
    pub shape: RuleShape,
    /// The depending end.
    pub from: Selector,
    /// The end that is reached.
    pub to: Selector,
    /// The kinds of edges, by [`EdgeKind::ALL`].
    pub kinds: Vec<EdgeKind>,
    /// Which calls count. A rule whose `to` names calls speaks of those, however they are reached.
    pub calls: Calls,
    /// Which circumstances count.
    pub when: WhenFilter,
    /// How far an edge is followed.
    pub through: Through,
    /// The level of its findings.
    pub level: Level,
    /// What is wrong, for a person.
    pub message: Option<String>,
    /// What to do about it.
    pub fix: Option<String>,
    /// Its exceptions, by index into [`Rules::exceptions`].
    pub except: Vec<usize>,
    /// Where it was decided.
    pub origin: Origin,
    /// Why it can fire on no tree at all.
    pub vacuous: Option<String>,
}

/// What an exception excepts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Excepted {
    /// The rule that lists it.
    Rule,
    /// Findings of this code.
    Code(String),
}

/// An exception.
#[derive(Debug, Clone)]
pub struct Exception {
    /// What it excepts from.
    pub from_what: Excepted,
    /// The depending end, or the file.
    pub from: Option<Selector>,
    /// The end that is reached.
    pub to: Option<Selector>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where it is written.
    pub at: At,
}

/// A module whose re-exports are its own public face.
#[derive(Debug, Clone)]
pub struct Interface {
    /// The module's name.
    pub module: String,
    /// Its names, each with its place.
    pub names: Vec<(String, At)>,
    /// The layers that may take them; absent: all.
    pub layers: Option<Vec<LayerId>>,
    /// Where it is written.
    pub at: At,
}

/// The cycles to look for.
#[derive(Debug, Clone, Copy)]
pub struct Cycles {
    /// Level of cycles between layers, and where it is set.
    pub layers: (Level, At),
    /// Level of cycles between domains, and where it is set.
    pub domains: (Level, At),
    /// Level of cycles between modules, and where it is set.
    pub modules: (Level, At),
    /// Which edges count.
    pub when: WhenFilter,
}

/// Checked rules: nothing downstream checks them again.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The files they come from, the project file first.
    pub files: Vec<RulesText>,
    /// The topology's name.
    pub name: Option<String>,
    /// The document that decided it.
    pub reference: Option<String>,
    /// Whether `should_call` lists are complete.
    pub closed: bool,
    /// Level and place of findings on unclassified files.
    pub unclassified: (Level, At),
    /// Files that need no layer.
    pub unclassified_except: Vec<Pattern>,
    /// The text before and after the level in a header comment, and where it is set.
    pub header: Option<(String, String, At)>,
    /// The domains in order.
    pub domains: Vec<String>,
    /// What becomes of other domains.
    pub other_domains: OtherDomains,
    /// The layers.
    pub layers: Vec<Layer>,
    /// The rules on edges: `[[rule]]`s and what the layers' lists say.
    pub edge_rules: Vec<EdgeRule>,
    /// All exceptions.
    pub exceptions: Vec<Exception>,
    /// Public faces.
    pub interfaces: Vec<Interface>,
    /// Cycles to look for.
    pub cycles: Cycles,
    /// Levels of built-in findings that the rules change.
    pub levels: BTreeMap<String, Level>,
    /// What must be there, in the order of the gaps.
    pub expectations: Vec<Expectation>,
    /// How files are classed.
    pub classification: Option<Classification>,
    /// How the wiring map is drawn.
    pub map: Map,
}

impl Rules {
    /// A layer by its number.
    pub fn layer(&self, id: LayerId) -> &Layer {
        &self.layers[id.index()]
    }

    /// A layer by its id.
    pub fn layer_named(&self, id: &str) -> Option<LayerId> {
        (0..)
            .map(LayerId)
            .zip(&self.layers)
            .find_map(|(at, layer)| (layer.id == id).then_some(at))
    }

    /// The file that a place lies in.
    pub fn file(&self, at: At) -> &RulesText {
        &self.files[usize::from(at.file)]
    }
}
