//! What a source file says, in terms every language shares.
//!
//! Facts are a pure function of a file's text: they hold no ids, no paths on disk and no rules, so they can be
//! cached by content. Strings are interned per file. What only one language needs to resolve its names is that front
//! end's own facts (see [`crate::lang::front_end::FrontEnd::Facts`]).

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHasher};
use serde::{Deserialize, Serialize};

use crate::outline::Outline;
use crate::source::{Index, Span, to_u32};

/// A string interned in one file's [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name(Index);

/// The hash of a name: lists that are searched by name are sorted by it, as texts lie far apart and take long to compare.
pub fn name_hash(name: &str) -> u32 {
    let hash = FxBuildHasher.hash_one(name);
    // The upper half is mixed best.
    u32::try_from(hash >> 32).unwrap_or_default()
}

/// The entries of a sorted list whose key is `key`.
pub fn run<T, K: Ord + Copy>(list: &[T], key: K, of: impl Fn(&T) -> K) -> &[T] {
    run_by(list, |entry| of(entry).cmp(&key))
}

/// The entries of a sorted list that compare as equal to what is looked for.
pub fn run_by<T>(list: &[T], compare: impl Fn(&T) -> Ordering) -> &[T] {
    let first = list.partition_point(|entry| compare(entry).is_lt());
    let rest = &list[first..];
    // Most are few: the end is looked for from here, not from the middle of the list.
    let mut most = 1;
    while most < rest.len() && compare(&rest[most]).is_eq() {
        most *= 2;
    }
    let rest = &rest[..most.min(rest.len())];
    &rest[..rest.partition_point(|entry| compare(entry).is_eq())]
}

/// The interned strings of one file, in order of first use.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Names {
    text: String,
    ends: Vec<u32>,
}

impl Names {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// The string behind `name`; empty for a name of another file.
    pub fn get(&self, name: Name) -> &str {
        let (start, end) = self.place(name.0.get());
        &self.text[start..end]
    }

    fn bytes(&self, at: u32) -> &[u8] {
        let (start, end) = self.place(at);
        &self.text.as_bytes()[start..end]
    }

    fn place(&self, at: u32) -> (usize, usize) {
        let at = at as usize;
        let start = match at.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or_default(),
            None => 0,
        };
        let end = self.ends.get(at).copied().unwrap_or(start);
        (start as usize, end as usize)
    }
}

/// Collects the [`Names`] of a file while it is read.
#[derive(Debug, Default)]
pub struct Interner {
    names: Names,
    table: HashTable<u32>,
}

impl Name {
    /// Its place among the names of its file.
    pub fn at(self) -> usize {
        self.0.at()
    }
}

/// Whether two names are the same. Most are short, and comparing those word by word takes less than calling for it.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match a.len() {
        0..4 => a.iter().zip(b).all(|(a, b)| a == b),
        4..8 => ends_alike::<4>(a, b),
        8..=16 => ends_alike::<8>(a, b),
        17..=32 => ends_alike::<16>(a, b),
        _ => a == b,
    }
}

/// Whether the first so many bytes are the same, and the last so many: all, where those overlap or meet.
fn ends_alike<const COUNT: usize>(a: &[u8], b: &[u8]) -> bool {
    a.first_chunk::<COUNT>() == b.first_chunk() && a.last_chunk::<COUNT>() == b.last_chunk()
}

/// The hash by which the names of one file are told apart.
fn hash_of(text: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    // Without what tells the ends of several texts apart: it is one.
    hasher.write(text);
    hasher.finish()
}

impl Interner {
    /// The name of `text`, the same for equal strings.
    pub fn intern(&mut self, text: &str) -> Name {
        let hash = hash_of(text.as_bytes());
        let names = &self.names;
        if let Some(&known) = self.table.find(hash, |&at| is_same(names.bytes(at), text.as_bytes())) {
            return Name(known.into());
        }
        let at = to_u32(self.names.ends.len());
        self.names.text.push_str(text);
        self.names.ends.push(to_u32(self.names.text.len()));
        let names = &self.names;
        self.table.insert_unique(hash, at, |&at| hash_of(names.bytes(at)));
        Name(at.into())
    }

    /// The string behind `name`.
    pub fn get(&self, name: Name) -> &str {
        self.names.get(name)
    }

    /// The finished table; what it took to make it is kept as room for the next.
    pub fn finish(&mut self) -> Names {
        /// One large file should not cost all that follow.
        const MOST_ROOM: usize = 4096;
        let names = self.names.clone();
        if self.table.capacity() > MOST_ROOM {
            *self = Self::default();
        } else {
            self.names.text.clear();
            self.names.ends.clear();
            self.table.clear();
        }
        names
    }
}

/// The circumstances of an edge. They are flags: several may hold.
// In one byte, as there are many edges; written down by name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(from = "Flags", into = "Flags")]
pub struct When(u8);

/// The same, by name.
#[derive(Serialize, Deserialize, schemars::JsonSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent circumstances, named as rules files name them"
)]
struct Flags {
    /// Inside a function: it runs when the function does, not when the module is loaded.
    deferred: bool,
    /// Under `if`, `try` and the like: it may not run at all.
    guarded: bool,
    /// For type checkers only: under `TYPE_CHECKING`, or in a stub file.
    type_only: bool,
    /// In test code.
    test: bool,
}

impl From<Flags> for When {
    fn from(flags: Flags) -> Self {
        Self::DEFERRED
            .only_if(flags.deferred)
            .with(Self::GUARDED.only_if(flags.guarded))
            .with(Self::TYPE_ONLY.only_if(flags.type_only))
            .with(Self::TEST.only_if(flags.test))
    }
}

impl From<When> for Flags {
    fn from(when: When) -> Self {
        Self {
            deferred: when.has_any(When::DEFERRED),
            guarded: when.has_any(When::GUARDED),
            type_only: when.has_any(When::TYPE_ONLY),
            test: when.has_any(When::TEST),
        }
    }
}

impl When {
    /// None of them: it is there whenever the module is loaded.
    pub const LOADED: Self = Self(0);
    /// Inside a function: it runs when the function does, not when the module is loaded.
    pub const DEFERRED: Self = Self(8);
    /// Under `if`, `try` and the like: it may not run at all.
    pub const GUARDED: Self = Self(4);
    /// For type checkers only: under `TYPE_CHECKING`, or in a stub file.
    pub const TYPE_ONLY: Self = Self(2);
    /// In test code.
    pub const TEST: Self = Self(1);

    /// These and others together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All but others.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// These where something is so; otherwise none.
    #[must_use]
    pub const fn only_if(self, condition: bool) -> Self {
        if condition { self } else { Self::LOADED }
    }

    /// Whether any of others is among them.
    pub const fn has_any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// The circumstances that hold, by name.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        [
            (Self::DEFERRED, "deferred"),
            (Self::GUARDED, "guarded"),
            (Self::TYPE_ONLY, "type-only"),
            (Self::TEST, "test"),
        ]
        .into_iter()
        .filter_map(move |(one, name)| self.has_any(one).then_some(name))
    }
}

impl std::ops::BitOrAssign for When {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.with(other);
    }
}

impl std::fmt::Debug for When {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_set().entries(self.names()).finish()
    }
}

/// What kind of thing an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ItemKind {
    /// A class, struct, enum, trait or type alias.
    Class,
    /// A function or method.
    Function,
    /// A module-level variable or constant.
    Variable,
    /// A module within the file.
    Module,
    /// A macro.
    Macro,
    /// A block that adds methods to a type, named after the type.
    Impl,
}

/// Something a file defines and names.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Item {
    /// Its own name.
    pub name: Name,
    /// Its kind.
    pub kind: ItemKind,
    /// The name where it is defined.
    pub span: Span,
    /// The whole definition.
    pub extent: Span,
    /// The item it is defined in, by index.
    pub parent: Option<u32>,
}

/// How an import was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ImportForm {
    /// A whole module: `import a.b`, `use a;`, `extern crate a;`.
    Module,
    /// A name out of a module: `from a import b`, `use a::b`.
    Name(Name),
    /// All public names of a module: `from a import *`, `use a::*`.
    Star,
    /// A constant string handed to the import machinery: `importlib.import_module("a.b")`.
    Dynamic,
}

/// An import of one module or of one name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Import {
    /// The module as written, without leading dots; empty for `from . import x`. In Rust the path before the name.
    pub module: Name,
    /// Leading dots: 0 is absolute, 1 the own package, 2 its parent, and so on.
    pub level: u32,
    /// Its form.
    pub form: ImportForm,
    /// The name it is bound to where it says so itself (`as`, or the imported name).
    pub alias: Option<Name>,
    /// The innermost item that holds it, by index.
    pub scope: Option<Index>,
    /// Its circumstances, `test` aside: that depends on the file's path.
    pub when: When,
    /// Failing is foreseen: the import stands under a handler for import errors.
    pub optional: bool,
    /// The imported name itself.
    pub span: Span,
    /// The whole statement.
    pub statement: Span,
}

/// A class or trait that is extended or implemented.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Inherit {
    /// The extending item, by index.
    pub item: u32,
    /// The base as a path of names.
    pub base: Name,
    /// The base where it is written.
    pub span: Span,
    /// Its circumstances.
    pub when: When,
}

/// A call as it is written.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CallSite {
    /// The called name, the last of its path: `commit` in `self.session.commit()`.
    pub name: Name,
    /// The name before it, whatever stands between: `session` in `self.session.commit()` and `session().commit()`.
    pub receiver: Option<Name>,
    /// The called name where it is written; an edge of kind call has it as its site.
    pub span: Span,
}

/// Why a file, or a part of it, was not understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ParseProblem {
    /// Where.
    pub span: Span,
    /// What, as a sentence without a full stop.
    pub message: String,
}

/// A comment at the head of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The comment, with its sign.
    pub text: Box<str>,
    /// Where it stands.
    pub span: Span,
}

/// How a language joins the parts of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Notation {
    /// `a.b`
    #[default]
    Dots,
    /// `a::b`
    Colons,
}

impl Notation {
    /// What stands between two parts.
    pub fn separator(self) -> &'static str {
        match self {
            Self::Dots => ".",
            Self::Colons => "::",
        }
    }
}

/// What one file says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FileFacts {
    /// How its language joins names.
    pub notation: Notation,
    /// How many lines it has.
    pub lines: u32,
    /// The comments before the first statement.
    pub header: Vec<Comment>,
    /// The strings that the other facts name.
    pub names: Names,
    /// What it defines, in source order.
    pub items: Vec<Item>,
    /// What it imports, in source order.
    pub imports: Vec<Import>,
    /// What its classes extend.
    pub inherits: Vec<Inherit>,
    /// The calls of names and methods, by place. What is called by no name (`table[key]()`) is counted below.
    pub calls: Vec<CallSite>,
    /// Calls of what has no name: a result, an element, an anonymous function.
    pub nameless_calls: u32,
    /// Imports by a computed name, which no static reading can follow.
    pub computed_imports: u32,
    /// What could not be understood.
    pub problems: Vec<ParseProblem>,
    /// It only declares: types, traits, protocols, constants, and nothing in it runs.
    pub declares_only: bool,
    /// What documents list of it, where they are wanted.
    #[serde(skip)]
    pub outline: Option<Box<Outline>>,
}

impl FileFacts {
    /// Forgets all, and keeps the room for it.
    pub fn clear(&mut self) {
        let Self {
            notation,
            lines,
            header,
            names,
            items,
            imports,
            inherits,
            calls,
            nameless_calls,
            computed_imports,
            problems,
            declares_only,
            outline,
        } = self;
        (*notation, *names, *outline) = Default::default();
        (*lines, *nameless_calls, *computed_imports, *declares_only) = Default::default();
        header.clear();
        items.clear();
        imports.clear();
        inherits.clear();
        calls.clear();
        problems.clear();
    }

    /// An item's name with those of the items it is defined in: `Class.method`, `Type::method`.
    pub fn item_path(&self, item: u32) -> String {
        let mut names = Vec::new();
        let mut next = Some(item);
        while let Some(found) = next.and_then(|at| self.items.get(at as usize)) {
            names.push(self.names.get(found.name));
            next = found.parent;
        }
        names.reverse();
        names.join(self.notation.separator())
    }

    /// The call whose name stands at a place.
    pub fn call_at(&self, site: Span) -> Option<&CallSite> {
        let at = self.calls.binary_search_by_key(&site, |call| call.span).ok()?;
        self.calls.get(at)
    }
}
