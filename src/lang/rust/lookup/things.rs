//! What names stand for, and how they were reached.

use crate::lang::rust::Space;

/// How many modules may hand a name on before the search gives up: then the name is bound, and not known.
pub(super) const LONGEST_CHAIN: usize = 1000;

/// What a name can stand for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::lang::rust) enum Thing {
    /// A module: a file, or an inline module of one by its scope.
    Module { module: u32, scope: u32 },
    /// An enum, by the scope of its variants.
    Enum { module: u32, scope: u32, item: u32 },
    /// Another definition.
    Item { module: u32, item: u32 },
    /// A module that is declared in this one and was not read.
    Unread { module: u32 },
    /// A name that this module binds, or may well have, without its being seen what it is.
    Unknown { module: u32 },
    /// Something outside the project.
    External(String),
}

impl Thing {
    /// The module of the graph that holds it.
    pub(in crate::lang::rust) fn module(&self) -> Option<u32> {
        match self {
            Self::Module { module, .. }
            | Self::Enum { module, .. }
            | Self::Item { module, .. }
            | Self::Unread { module }
            | Self::Unknown { module } => Some(*module),
            Self::External(_) => None,
        }
    }

    /// The item that it is.
    pub(in crate::lang::rust) fn item(&self) -> Option<u32> {
        match self {
            Self::Enum { item, .. } | Self::Item { item, .. } => Some(*item),
            Self::Module { .. } | Self::Unread { .. } | Self::Unknown { .. } | Self::External(_) => None,
        }
    }
}

/// A thing, and the modules that hand it on, the nearest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::lang::rust) struct Reached {
    pub(in crate::lang::rust) thing: Thing,
    pub(in crate::lang::rust) chain: Vec<u32>,
    /// One of several readings: it may come by a glob of something outside, or a macro may make it.
    pub(in crate::lang::rust) guessed: bool,
    /// Another name for what is reached beside it.
    pub(in crate::lang::rust) alias: bool,
}

impl Reached {
    pub(in crate::lang::rust) fn just(thing: Thing) -> Self {
        Self {
            thing,
            chain: Vec::new(),
            guessed: false,
            alias: false,
        }
    }

    /// The same, reached by way of others first.
    pub(super) fn behind(&self, way: &[u32]) -> Self {
        if way.len() + self.chain.len() > LONGEST_CHAIN {
            let module = way.first().copied().unwrap_or_default();
            return Self {
                guessed: true,
                ..Self::just(Thing::Unknown { module })
            };
        }
        Self {
            chain: [way, &self.chain].concat(),
            ..self.clone()
        }
    }
}

/// A module and a scope of its file.
pub(in crate::lang::rust) type At = (u32, u32);

/// What a path led to.
#[derive(Debug, Default)]
pub(in crate::lang::rust) struct Walk<'a> {
    pub(in crate::lang::rust) reached: Vec<Reached>,
    /// Where it led nowhere: what was reached so far, and the name that is not there.
    pub(in crate::lang::rust) lost: Option<(Vec<Reached>, &'a str)>,
    /// Whether its first name stands for anything.
    pub(in crate::lang::rust) begun: bool,
}

/// How a path is written.
#[derive(Debug, Clone, Copy)]
pub(in crate::lang::rust) struct Written<'a> {
    pub(in crate::lang::rust) path: &'a str,
    /// It begins with `::`.
    pub(in crate::lang::rust) rooted: bool,
    /// It stands in a `use`: before 2018 those start at the crate's root.
    pub(in crate::lang::rust) in_use: bool,
    pub(in crate::lang::rust) space: Space,
}
