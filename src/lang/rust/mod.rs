//! Rust: `.rs`, read with syn, and `Cargo.toml`. Cargo itself is neither run nor needed.
//!
//! - `nesting`, with `lexis`, refuses what would exhaust the stack; `offsets` turns positions into byte offsets,
//! - `parse` → `collect` text → facts, with `attributes`, `uses` and `tokens` for what they are named after,
//! - `outline` what documents show of a file,
//! - `manifest` → `project` manifests and files → packages, crates and the module tree, with `files` for paths,
//! - `resolve` facts → edges, with `lookup` for names seen through `use`, globs and aliases.
//!
//! A module of the graph is a file as seen from one crate; inline modules are scopes of their file. Nothing is expanded:
//! the branches of every `cfg` are united, and a macro's tokens are read for the paths that stand in them.

mod attributes;
mod blanks;
mod code;
mod collect;
mod files;
mod infer;
mod lexis;
mod lookup;
mod manifest;
mod nesting;
mod offsets;
mod outline;
mod parse;
mod paths;
mod plant;
mod project;
mod resolve;
mod tokens;
mod uses;

use serde::{Deserialize, Serialize};

use crate::facts::{Name, When};
use crate::graph::ModuleEdges;
use crate::lang::front_end::{Decoded, Files, FrontEnd, Named, Parsed, ProjectInput, Providers, SourceText};
use crate::lang::plant::{Plant, Planted};
use crate::source::Span;

/// The Rust front end.
#[derive(Debug, Clone, Copy)]
pub struct Rust;

/// What holds names: the file, an inline module, a block with items of its own, an enum.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Scope {
    parent: Option<u32>,
    kind: ScopeKind,
    /// Names may appear here by means that are not read: a macro's, an attribute's or a derive's.
    open: bool,
    /// `#[macro_use]`: the macros of an inline module are known after it.
    macro_use: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum ScopeKind {
    File,
    /// An inline module; its folder, where `#[path]` names one.
    Module {
        name: Name,
        path: Option<Name>,
    },
    Block,
    Enum {
        item: u32,
    },
}

impl ScopeKind {
    fn is_module(self) -> bool {
        matches!(self, Self::File | Self::Module { .. })
    }
}

/// From where a name can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Seen {
    /// The module that holds it, and those below.
    Private,
    /// The module so many steps above, and those below that: `pub(super)`, `pub(in super::super)`.
    Above(u32),
    /// The module so many steps below the crate's root, and those below that: `pub(crate)`, `pub(in crate::a)`.
    Within(u32),
    Public,
}

/// The namespaces of Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Space {
    Type,
    Value,
    Macro,
    /// All of them.
    Any,
}

impl Space {
    /// Whether a name of this space answers a question for `asked`.
    fn answers(self, asked: Self) -> bool {
        self == asked || self == Self::Any || asked == Self::Any
    }
}

/// What a name stands for where it is bound.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Bound {
    /// A definition, by index into the file's items.
    Item(u32),
    /// A type alias of a path: the item is the alias itself.
    Alias { item: u32, path: Name, rooted: bool },
    /// An inline module or an enum, by its scope.
    Scope(u32),
    /// A module in a file of its own, by index into `mods`.
    File(u32),
    /// A `use` or `extern crate`, by index into `uses`.
    Use(u32),
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Binding {
    scope: u32,
    /// See [`crate::facts::name_hash`].
    hash: u32,
    name: Name,
    bound: Bound,
    space: Space,
    seen: Seen,
    /// A macro that `#[macro_export]` puts into the crate's root.
    exported: bool,
    /// Some builds leave it out, and may have the name by a glob instead.
    guarded: bool,
}

/// `mod name;`, or `include!("path")`.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Outside {
    scope: u32,
    /// The module's name; nothing for `include!`.
    name: Option<Name>,
    /// The paths that `#[path]`, `#[cfg_attr(…, path)]` or `include!` name.
    paths: Vec<Name>,
    /// Whether it may also be where `mod` alone looks: not where an unconditional `#[path]` says otherwise.
    by_name: bool,
    macro_use: bool,
    item: Option<u32>,
    when: When,
    span: Span,
    statement: Span,
}

/// A `use` or `extern crate`, beside the import of the same index.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Use {
    scope: u32,
    /// The whole path; for a glob the path before `*`.
    path: Name,
    /// A leading `::`.
    rooted: bool,
    form: UseForm,
    seen: Seen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum UseForm {
    Name,
    /// `a::{self}`: a module or type alone.
    OfSelf,
    Glob,
    /// `extern crate a;`, whose macros `#[macro_use]` makes known everywhere.
    ExternCrate {
        all_macros: bool,
    },
}

impl UseForm {
    fn is_extern_crate(self) -> bool {
        matches!(self, Self::ExternCrate { .. })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum PathKind {
    /// A path of two names or more, as the grammar has it.
    Plain,
    /// A path found among a macro's tokens or in an attribute's text.
    Tokens,
    /// The path of an invoked macro.
    Macro,
}

/// A path without `use`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct PathUse {
    scope: u32,
    path: Name,
    /// The name that it takes from a module: its last, or a type's before that.
    last: Name,
    rooted: bool,
    kind: PathKind,
    item: Option<u32>,
    when: When,
    span: Span,
}

/// What Rust needs of a file to resolve its names.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RustFacts {
    scopes: Vec<Scope>,
    /// By scope, then the name's hash and number, then in source order.
    bindings: Vec<Binding>,
    mods: Vec<Outside>,
    includes: Vec<Outside>,
    /// In the order of the file's imports.
    uses: Vec<Use>,
    /// Glob uses by index into `uses`, by scope.
    globs: Vec<(u32, u32)>,
    paths: Vec<PathUse>,
    /// The scopes of the file's inherits, in their order, and whether their paths begin with `::`.
    inherit_scopes: Vec<(u32, bool)>,
    /// The names among the tokens of macros that stand where items do, by scope: one of them may make an item so named.
    made: Vec<(u32, Name)>,
    /// The names that the file's paths begin with, sorted; only where it has globs, for what they may bring.
    mentioned: Vec<Name>,
    /// The whole file is test code: `#![cfg(test)]`.
    test: bool,
    /// It holds `mod name;` and `use` alone.
    bare: bool,
    /// What it takes to tell what is called.
    code: code::Code,
}

impl RustFacts {
    /// Forgets all, and keeps the room for it.
    fn clear(&mut self) {
        let Self {
            scopes,
            bindings,
            mods,
            includes,
            uses,
            globs,
            paths,
            inherit_scopes,
            made,
            mentioned,
            test,
            bare,
            code,
        } = self;
        scopes.clear();
        bindings.clear();
        mods.clear();
        includes.clear();
        uses.clear();
        globs.clear();
        paths.clear();
        inherit_scopes.clear();
        made.clear();
        mentioned.clear();
        (*test, *bare) = Default::default();
        code.clear();
    }
}

impl FrontEnd for Rust {
    type Facts = RustFacts;
    type Body = code::Body;
    type Project = project::RustProject;
    type Study = Vec<project::Listed>;

    fn name(&self) -> &'static str {
        "rust"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rs"]
    }

    fn manifests(&self) -> &'static [&'static str] {
        &["Cargo.toml"]
    }

    fn providers(&self) -> Providers {
        Providers {
            extensions: &["rs"],
            exact: true,
        }
    }

    fn tests(&self) -> &'static [&'static str] {
        &["**/tests/**", "**/benches/**"]
    }

    fn decode(&self, bytes: Vec<u8>) -> Decoded {
        parse::decode(bytes)
    }

    fn parse(&self, source: SourceText<'_>) -> Parsed<RustFacts, code::Body> {
        parse::parse(source.text, source.outline)
    }

    fn project(&self, input: ProjectInput<'_>, files: Files<'_, RustFacts>) -> Named<Self::Project> {
        project::project(input, files)
    }

    fn resolve(
        &self,
        project: &Self::Project,
        files: Files<'_, RustFacts>,
        body: &Self::Body,
        module: u32,
    ) -> ModuleEdges {
        resolve::resolve(project, files, body, module)
    }

    /// Signatures say what functions return: there is nothing to settle beforehand but what implements what.
    fn study(&self, project: &Self::Project, files: Files<'_, RustFacts>, file: u32) -> Self::Study {
        project::study(project, files, file)
    }

    fn learn(&self, project: &mut Self::Project, studies: Vec<Self::Study>) {
        project::learn(project, studies);
    }

    fn places(&self, project: &Self::Project, missing: &str) -> Vec<String> {
        project.places(missing)
    }

    fn one_line(&self, statement: &str) -> String {
        outline::one_line(statement)
    }

    fn plant(&self, wanted: &Plant<'_>) -> Option<Planted> {
        plant::plant(wanted)
    }

    fn hub(&self, _: &str, root_file: Option<&str>) -> Option<String> {
        root_file.map(str::to_owned)
    }
}
