//! Planting: edges written into source texts, for proofs that rules catch what they forbid.
//!
//! Knows what a plant is. Must not know languages: each writes its own plants.

use crate::facts::When;
use crate::graph::EdgeKind;

/// The ways in which an edge can be written, in the order of reports. A language lacks some.
pub const WAYS: &[&str] = &[
    "import",
    "whole module",
    "re-export",
    "through a re-export",
    "through an alias",
    "call",
    "qualified path",
    "in a function",
    "under a condition",
    "in a macro",
    "base or trait",
    "at run time",
    "for type checkers",
    "in a test",
];

/// What is to be planted.
#[derive(Debug, Clone, Copy)]
pub struct Plant<'a> {
    /// How, one of [`WAYS`].
    pub way: &'static str,
    /// A number of its own, which makes its names its own.
    pub number: usize,
    /// Where the edge leads.
    pub to: Destination<'a>,
}

/// Where a planted edge leads.
#[derive(Debug, Clone, Copy)]
pub enum Destination<'a> {
    /// To a module of the project, by name.
    Module(&'a str),
    /// To something outside.
    External {
        /// Its name.
        name: &'a str,
        /// Whether the project knows something by that name already.
        known: bool,
    },
    /// To whatever is called by this name on a value of that name.
    Called {
        /// The name before the called one.
        receiver: &'a str,
        /// The called name.
        name: &'a str,
    },
}

/// Which text a line is planted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// The depending file's.
    From,
    /// The file's that is reached.
    To,
    /// A third file's, which hands names on.
    Hub,
}

/// An edge among what was planted.
#[derive(Debug, Clone, Copy)]
pub struct PlantedEdge {
    /// The text it stands in.
    pub at: Spot,
    /// The line in what is added to that text, from 0.
    pub line: usize,
    /// Its kind.
    pub kind: EdgeKind,
    /// Its circumstances.
    pub when: When,
    /// Whether it names the hub, which hands on what is reached.
    pub by_hub: bool,
}

/// What is added to the ends of texts, and the edges in it.
#[derive(Debug, Clone, Default)]
pub struct Planted {
    /// For the depending file.
    pub from: String,
    /// For the file that is reached.
    pub to: String,
    /// For the file that hands names on.
    pub hub: String,
    /// The edges, in the order of their lines.
    pub edges: Vec<PlantedEdge>,
}

impl Planted {
    /// Adds an edge.
    #[must_use]
    pub fn edge(mut self, at: Spot, line: usize, kind: EdgeKind, when: When) -> Self {
        self.edges.push(PlantedEdge {
            at,
            line,
            kind,
            when,
            by_hub: false,
        });
        self
    }

    /// Adds an edge that names the hub.
    #[must_use]
    pub fn edge_by_hub(mut self, line: usize, kind: EdgeKind, when: When) -> Self {
        self.edges.push(PlantedEdge {
            at: Spot::From,
            line,
            kind,
            when,
            by_hub: true,
        });
        self
    }
}
