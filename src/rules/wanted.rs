//! What must be there, how it is classed, and how the map is drawn: checked.

use super::{LayerId, Origin};
use crate::source::At;

/// A text with places for values: `{count} drivers but no models`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template(pub(super) String);

impl Template {
    /// The text with values put in, by name. A name that is not given stays as it is: checking refuses those beforehand.
    pub fn fill(&self, values: &[(&str, &str)]) -> String {
        let mut filled = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let found = after.split_once('}').and_then(|(name, after)| {
                let value = values.iter().find(|(known, _)| *known == name)?;
                Some((value.1, after))
            });
            let (value, after) = found.unwrap_or(("{", after));
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    /// The names that it has places for, braces that close nothing among them.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0
            .split('{')
            .skip(1)
            .map(|part| part.split_once('}').map_or(part, |(name, _)| name))
    }
}

/// What must be there.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The type of its gaps.
    pub id: String,
    /// The type's title.
    pub title: String,
    /// How it judges.
    pub wants: Wants,
    /// What is missing.
    pub description: Template,
    /// What to do.
    pub action: Template,
    /// Where it is written.
    pub origin: Origin,
}

/// How an expectation judges.
#[derive(Debug, Clone)]
pub enum Wants {
    /// A file of a layer in every domain that has files of others.
    Present {
        /// The layer that is wanted.
        layer: LayerId,
        /// Whether a file belongs to the domain whose name stands in its file name.
        by_name: bool,
        /// The layers whose files ask for it.
        when_has: Vec<LayerId>,
    },
    /// A counterpart for each file.
    Paired(Pairing),
    /// Each file of a layer reaches what it is promised, and is reached.
    Wired {
        /// The layer.
        layer: LayerId,
    },
    /// One file names every file of a layer in its domain.
    Grouped {
        /// The layer of the file that groups.
        layer: LayerId,
        /// Whether it belongs to the domain whose name stands in its file name.
        by_name: bool,
        /// The layer of those it names.
        of: LayerId,
    },
}

/// How files of one layer pair with those of another.
#[derive(Debug, Clone)]
pub struct Pairing {
    /// The layer whose files want counterparts.
    pub layer: LayerId,
    /// The layer of the counterparts.
    pub with: LayerId,
    /// Whether a name pairs.
    pub by_name: bool,
    /// Whether an edge pairs.
    pub by_evidence: bool,
    /// Ends of file names that are stripped before the counterpart is looked for.
    pub strip: Vec<String>,
    /// Modules one of which a file must import at load to be a gap; absent: no matter.
    pub imports: Option<Vec<String>>,
}

/// By how many domains a file is used.
pub use super::raw_wanted::UsedBy;

/// Which files are classed.
#[derive(Debug, Clone)]
pub struct Classification {
    /// The section's title.
    pub title: String,
    /// The layer whose files are classed.
    pub layer: LayerId,
    /// The layers whose imports tell who uses a file.
    pub users: Vec<LayerId>,
    /// The classes: the first that fits holds a file.
    pub buckets: Vec<Bucket>,
}

/// A class of files.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// The id.
    pub id: String,
    /// The title.
    pub title: String,
    /// File names without extension.
    pub names: Option<Vec<String>>,
    /// By how many domains a file is used.
    pub used_by: UsedBy,
    /// What is to be done.
    pub action: String,
}

/// A layer of the map.
#[derive(Debug, Clone)]
pub struct Node {
    /// The layer.
    pub layer: LayerId,
    /// The column it hangs at.
    pub column: usize,
    /// Whether it is one file, which the domain's name stands in.
    pub by_name: bool,
    /// Its line where it has files.
    pub found: Template,
    /// Its lines where it has none.
    pub missing: Vec<Template>,
    /// Its line outside its own domain.
    pub elsewhere: Option<Template>,
    /// How many files are shown.
    pub show: usize,
    /// What marks its files.
    pub marks: Marks,
    /// Layers counted below its files.
    pub beside: Vec<(LayerId, Template)>,
}

/// What stands after the files of a node.
#[derive(Debug, Clone)]
pub enum Marks {
    /// The same after each; may be nothing.
    Same(String),
    /// As the pairing of an expectation has it.
    Paired {
        /// The expectation, by index.
        expectation: usize,
        /// After a file with a counterpart.
        paired: String,
        /// After one without.
        unpaired: String,
        /// After one that only declares.
        declares: String,
    },
}

/// Where a map was asked for, for messages on it.
#[derive(Debug, Clone, Default)]
pub struct Map {
    /// Its layers from the top.
    pub nodes: Vec<Node>,
    /// Where its first node is written; nothing where it was derived from the layers.
    pub at: Option<At>,
}
