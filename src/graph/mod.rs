//! The module graph: modules, the edges between them, and where each edge ends.
//!
//! Knows modules and edges. Must not know layers, rules, or any language.

pub mod cycles;

use std::cell::RefCell;
use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use thin_vec::ThinVec;

use crate::facts::{Name, When};
use crate::source::{FileId, Index, Span, to_u32};

/// A module of the graph: its index in [`ModuleGraph::modules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

impl ModuleId {
    /// The position in [`ModuleGraph::modules`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The name of something outside the project, or missing in it: an index into [`ModuleGraph::symbols`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// Names of what is outside, each once.
#[derive(Debug, Default)]
pub struct Symbols {
    names: Vec<Box<str>>,
    numbers: HashTable<Symbol>,
}

impl Symbols {
    /// The symbol of a name.
    pub fn of(&mut self, name: &str) -> Symbol {
        self.find(name).unwrap_or_else(|| self.add(name.into()))
    }

    /// The same for a name that is given away.
    fn take(&mut self, name: Box<str>) -> Symbol {
        self.find(&name).unwrap_or_else(|| self.add(name))
    }

    fn find(&self, name: &str) -> Option<Symbol> {
        let is_it = |known: &Symbol| *self.names[known.0 as usize] == *name;
        self.numbers.find(FxBuildHasher.hash_one(name), is_it).copied()
    }

    fn add(&mut self, name: Box<str>) -> Symbol {
        let symbol = Symbol(to_u32(self.names.len()));
        let hash = FxBuildHasher.hash_one(&*name);
        self.names.push(name);
        let rehash = |known: &Symbol| FxBuildHasher.hash_one(&*self.names[known.0 as usize]);
        self.numbers.insert_unique(hash, symbol, rehash);
        symbol
    }
}

/// What an edge points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A module of the project.
    Module(ModuleId),
    /// Something that is not the project's own: a library, the standard library, a source that is left out.
    External(Symbol),
    /// A name of the project's own tree at which nothing lies.
    Missing(Symbol),
    /// A call whose callee no static reading tells.
    Unknown(Reason),
}

/// Why a callee is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The type of the receiver is not known: it was handed over without saying what it is.
    Receiver,
    /// The receiver's type is known, and nothing in sight gives it a member of that name.
    Member,
    /// What is called is itself a value that was handed over: a callback, a closure.
    Callback,
    /// Nothing in sight explains the name.
    Name,
    /// Several definitions are possible, and no one of them is more likely.
    Ambiguous,
}

impl Reason {
    /// All reasons, in the order in which they are listed.
    pub const ALL: [Self; 5] = [
        Self::Receiver,
        Self::Member,
        Self::Callback,
        Self::Name,
        Self::Ambiguous,
    ];

    /// The word for it in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Receiver => "receiver",
            Self::Member => "member",
            Self::Callback => "callback",
            Self::Name => "name",
            Self::Ambiguous => "ambiguous",
        }
    }

    /// What so many calls of it have in common, as a list of reasons says it.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Receiver => "on a receiver of unknown type",
            Self::Member => "of a member that its type does not show",
            Self::Callback => "of a value that was handed over",
            Self::Name => "of a name that nothing in sight explains",
            Self::Ambiguous => "with several possible callees",
        }
    }
}

/// The kind of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// An import.
    Import,
    /// An import that hands the name on as the module's own.
    ReExport,
    /// A call.
    Call,
    /// A class or trait that is extended or implemented.
    Inherit,
    /// An import of a constant string through the import machinery.
    Dynamic,
    /// A function or class that is handed over by name in a call: `partial(f)`, `.map(f)`.
    Reference,
}

impl EdgeKind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; 6] = [
        Self::Import,
        Self::ReExport,
        Self::Call,
        Self::Inherit,
        Self::Dynamic,
        Self::Reference,
    ];

    /// The word for it in rules files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::ReExport => "re-export",
            Self::Call => "call",
            Self::Inherit => "inherit",
            Self::Dynamic => "dynamic",
            Self::Reference => "reference",
        }
    }

    /// The verb between the two ends in a sentence.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Import => "imports",
            Self::ReExport => "re-exports",
            Self::Call => "calls",
            Self::Inherit => "extends",
            Self::Dynamic => "imports at run time",
            Self::Reference => "hands over",
        }
    }
}

/// How the target was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    /// By a name that is imported or qualified here.
    Name,
    /// On a value that was handed over.
    Value,
}

impl Via {
    /// The word for it in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Value => "value",
        }
    }
}

/// How sure the resolution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The language's own rules leave no other reading.
    Exact,
    /// One of several possible readings.
    Inferred,
}

impl Confidence {
    /// The word for it in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Inferred => "inferred",
        }
    }
}

/// Where a name that an edge brings is really defined, seen through re-exports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct End {
    /// The module or external name that defines it.
    pub to: Target,
    /// The item in that module's file, by index.
    pub item: Option<u32>,
    /// The modules that hand the name on, from the one the edge names to the last before the definition.
    pub chain: Box<[ModuleId]>,
}

/// One dependency, at one place in the source.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The depending module.
    pub from: ModuleId,
    /// The module the source names.
    pub to: Target,
    /// The item of `to` that the edge brings, where `to` itself defines it.
    pub item: Option<Index>,
    /// The kind.
    pub kind: EdgeKind,
    /// The circumstances.
    pub when: When,
    /// How the target was reached.
    pub via: Via,
    /// How sure the resolution is.
    pub confidence: Confidence,
    /// The name itself, in the depending file.
    pub site: Span,
    /// The statement that holds it.
    pub statement: Span,
    /// The innermost item of the depending file that holds it.
    pub scope: Option<Index>,
    /// Definitions behind `to`, where `to` only hands the name on; sorted. Of an ambiguous call, the possible callees.
    pub ends: ThinVec<End>,
    /// The name that is taken from `to`, among the names of the depending file's facts, where no import there says it.
    pub name: Option<Name>,
    /// Of a call on a value, the class or type of that value: a module and an item of its file.
    pub receiver: Option<(ModuleId, Index)>,
    /// The import edge of the same module that brought the name, by its place in [`ModuleGraph::edges`].
    pub brought_by: Option<Index>,
}

// There are more of them than of anything else.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Edge>() <= 64, "an edge is larger than a line of the cache");

/// A file as seen from one import root or crate.
#[derive(Debug, Clone)]
pub struct Module {
    /// Its file.
    pub file: FileId,
    /// The front end's name.
    pub language: &'static str,
    /// Its name as its language writes it: `app.orders.engine`.
    pub name: Box<str>,
    /// Its stable id: language, import root and name, `python:backend:app.orders.engine`.
    pub id: Box<str>,
    /// Whether it only holds its package together (`__init__.py`; `mod.rs` of nothing but `mod` and `use`): documents and
    /// counts leave it out.
    pub package: bool,
    /// Whether all of it is test code.
    pub test: bool,
    /// The module below which alone it can be named; nothing where it can be everywhere.
    pub visible_in: Option<Box<str>>,
}

impl Module {
    /// The last component of the name, by which people speak of it.
    pub fn short(&self) -> &str {
        self.name.rsplit(['.', ':']).next().unwrap_or(&self.name)
    }
}

/// The edges that one module has, before they are numbered across the project.
#[derive(Debug, Default)]
pub struct ModuleEdges {
    /// The edges in source order; their [`Symbol`]s index `symbols`, their `brought_by` this list.
    pub edges: Vec<Edge>,
    /// Names of external and missing targets.
    pub symbols: Vec<Box<str>>,
    /// Imports whose first name nothing explains: a macro may have made it. They are no edges.
    pub unknown: u32,
    /// Whether any of the edges leads to what is [missing](Target::Missing); known once they are renumbered.
    misses: bool,
}

/// All edges of a project, by depending module, then in source order. They stay where their module's were made: a copy of
/// all would cost as much memory again.
#[derive(Debug, Default)]
pub struct Edges {
    of_modules: Vec<Vec<Edge>>,
    /// The number of each module's first edge, and that of all.
    starts: Vec<u32>,
}

impl Edges {
    /// All edges, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Edge> {
        self.of_modules.iter().flatten()
    }

    /// The numbers of the edges that leave `from`.
    fn numbers(&self, from: ModuleId) -> std::ops::Range<usize> {
        self.starts[from.index()] as usize..self.starts[from.index() + 1] as usize
    }
}

impl<'a> IntoIterator for &'a Edges {
    type Item = &'a Edge;
    type IntoIter = std::iter::Flatten<std::slice::Iter<'a, Vec<Edge>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.of_modules.iter().flatten()
    }
}

impl std::ops::Index<usize> for Edges {
    type Output = Edge;

    fn index(&self, number: usize) -> &Edge {
        // The last module that starts at or before it: those without edges start where the next one does.
        let module = self.starts.partition_point(|start| *start as usize <= number) - 1;
        &self.of_modules[module][number - self.starts[module] as usize]
    }
}

/// All modules of a project and all edges between them.
#[derive(Debug, Default)]
pub struct ModuleGraph {
    /// The modules, in the order of their files.
    pub modules: Vec<Module>,
    /// The edges.
    pub edges: Edges,
    /// Imports that are no edges, because nothing explains their first name.
    pub unknown: u32,
    /// The modules with edges to what is [missing](Target::Missing), in order.
    missing: Vec<ModuleId>,
    symbols: Vec<Box<str>>,
}

thread_local! {
    /// Room for a module's edges in the making: what is kept of them is moved to a list that fits.
    static ROOM: RefCell<Vec<Edge>> = RefCell::default();
}

impl ModuleEdges {
    /// An empty list with room for a module's edges.
    pub fn room() -> Vec<Edge> {
        ROOM.take()
    }

    /// A module's edges, in a list that fits; see the fields.
    pub fn new(mut made: Vec<Edge>, symbols: Symbols, unknown: u32) -> Self {
        let mut edges = Vec::with_capacity(made.len());
        edges.append(&mut made);
        ROOM.set(made);
        Self {
            edges,
            symbols: symbols.names,
            unknown,
            misses: false,
        }
    }

    /// Gives edges and symbols the numbers that they have across the project.
    pub fn renumber(&mut self, numbers: &Numbers) {
        let rename = |target: &mut Target| match target {
            Target::Module(_) | Target::Unknown(_) => {}
            Target::External(symbol) | Target::Missing(symbol) => *symbol = numbers.symbols[symbol.0 as usize],
        };
        for edge in &mut self.edges {
            rename(&mut edge.to);
            self.misses |= matches!(edge.to, Target::Missing(_));
            edge.ends.iter_mut().for_each(|end| rename(&mut end.to));
            edge.brought_by = edge.brought_by.map(|at| (at.get() + numbers.first).into());
        }
    }

    /// Renumbers the modules of a language whose first module is `first` in the whole project.
    pub fn shift(&mut self, first: u32) {
        if first == 0 {
            return;
        }
        let shift = |target: &mut Target| {
            if let Target::Module(id) = target {
                id.0 += first;
            }
        };
        for edge in &mut self.edges {
            edge.from.0 += first;
            shift(&mut edge.to);
            if let Some((module, _)) = &mut edge.receiver {
                module.0 += first;
            }
            for end in &mut edge.ends {
                shift(&mut end.to);
                end.chain.iter_mut().for_each(|hop| hop.0 += first);
            }
        }
    }
}

/// Numbers that modules' edges and their symbols get across a project.
#[derive(Debug, Default)]
pub struct Numbering {
    symbols: Symbols,
    /// The number of each module's first edge, so far.
    starts: Vec<u32>,
    /// How many edges there are so far.
    edges: u32,
}

/// What numbers become in a larger numbering.
#[derive(Debug)]
pub struct Numbers {
    symbols: Vec<Symbol>,
    first: u32,
}

impl Numbers {
    /// What they become where the larger numbering is part of a larger one still.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        Self {
            symbols: self
                .symbols
                .iter()
                .map(|symbol| next.symbols[symbol.0 as usize])
                .collect(),
            first: self.first + next.first,
        }
    }
}

impl Numbering {
    /// The numbers of the next module, whose list of symbols is taken.
    pub fn number(&mut self, part: &mut ModuleEdges) -> Numbers {
        let numbers = self.numbers(std::mem::take(&mut part.symbols));
        self.starts.push(self.edges);
        self.edges += to_u32(part.edges.len());
        numbers
    }

    /// Takes in the numbering of the modules that follow.
    pub fn append(&mut self, next: Self) -> Numbers {
        let numbers = self.numbers(next.symbols.names);
        self.starts
            .extend(next.starts.iter().map(|start| start + numbers.first));
        self.edges += next.edges;
        numbers
    }

    fn numbers(&mut self, names: Vec<Box<str>>) -> Numbers {
        Numbers {
            symbols: names.into_iter().map(|name| self.symbols.take(name)).collect(),
            first: self.edges,
        }
    }
}

impl ModuleGraph {
    /// The graph of modules and their renumbered edges, both in the order in which they were numbered.
    pub fn new(modules: Vec<Module>, parts: Vec<ModuleEdges>, numbering: Numbering) -> Self {
        let Numbering {
            symbols,
            mut starts,
            edges,
            ..
        } = numbering;
        starts.push(edges);
        let missing = (0..).zip(&parts).filter(|(_, part)| part.misses);
        Self {
            modules,
            missing: missing.map(|(at, _)| ModuleId(at)).collect(),
            unknown: parts.iter().map(|part| part.unknown).sum(),
            edges: Edges {
                of_modules: parts.into_iter().map(|part| part.edges).collect(),
                starts,
            },
            symbols: symbols.names,
        }
    }

    /// A module by its id.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.index()]
    }

    /// All modules with their ids.
    pub fn ids(&self) -> impl Iterator<Item = ModuleId> + use<> {
        (0..to_u32(self.modules.len())).map(ModuleId)
    }

    /// The text of a symbol.
    pub fn symbol(&self, symbol: Symbol) -> &str {
        &self.symbols[symbol.0 as usize]
    }

    /// All symbols, in the order of their numbers.
    pub fn symbols(&self) -> &[Box<str>] {
        &self.symbols
    }

    /// A target's name: the module's, or the text of the symbol; nothing for an unknown one.
    pub fn target_name(&self, target: Target) -> &str {
        match target {
            Target::Module(id) => &self.module(id).name,
            Target::External(symbol) | Target::Missing(symbol) => self.symbol(symbol),
            Target::Unknown(_) => "",
        }
    }

    /// The numbers of the edges that leave `from`.
    pub fn edge_numbers(&self, from: ModuleId) -> std::ops::Range<usize> {
        self.edges.numbers(from)
    }

    /// The edges that leave `from`, with their numbers.
    pub fn numbered(&self, from: ModuleId) -> impl Iterator<Item = (usize, &Edge)> {
        self.edge_numbers(from).zip(self.edges_from(from))
    }

    /// Whether edges lead from a module to what is [missing](Target::Missing): few have any.
    pub fn misses(&self, from: ModuleId) -> bool {
        self.missing.binary_search(&from).is_ok()
    }

    /// The edges that leave `from`, in source order.
    pub fn edges_from(&self, from: ModuleId) -> &[Edge] {
        &self.edges.of_modules[from.index()]
    }
}
