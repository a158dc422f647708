//! Python: `.py` and `.pyi`, read with ruff's parser.
//!
//! - `encoding` bytes → text (PEP 263), `nesting` refuses what would exhaust the stack,
//! - `parse` → `collect` and `bind` text → facts, with `definitions`, `displays`, `imports`, `conditions`, `dynamic` and
//!   `exports` for what they are named after, `signs` for what the text shows beforehand, `settle` for the order of lists,
//! - `outline` and `unparse` what documents show of a file,
//! - `project` files → module names below the import roots that `roots` finds, `tree` the folders and modules that paths
//!   name,
//! - `resolve` facts → edges, with `lookup` for names seen through re-exports and `stars` for star imports.

mod bind;
mod calls;
mod code;
mod collect;
mod conditions;
mod definitions;
mod displays;
mod dynamic;
mod encoding;
mod exports;
mod expressions;
mod frames;
mod imports;
mod infer;
mod lookup;
mod nesting;
mod outline;
mod parse;
mod plant;
mod project;
mod resolve;
mod room;
mod roots;
mod settle;
mod signs;
mod stars;
mod tree;
mod unparse;

use ruff_text_size::Ranged;
use serde::{Deserialize, Serialize};

use crate::facts::Name;
use crate::graph::ModuleEdges;
use crate::lang::front_end::{Decoded, Files, FrontEnd, Named, Parsed, ProjectInput, Providers, SourceText};
use crate::lang::plant::{Plant, Planted};
use crate::source::Span;

/// The Python front end.
#[derive(Debug, Clone, Copy)]
pub struct Python;

/// What a module-level name is bound to.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Bound {
    /// An import, by index into the file's imports.
    Import(u32),
    /// A definition or variable, by index into the file's items.
    Item(u32),
    /// Another name, by a dotted path: `Name = other.Name`; the item is the variable itself.
    Alias { path: Name, item: u32 },
}

/// A binding of a name in the module's namespace.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Binding {
    name: Name,
    bound: Bound,
    /// Under a condition: it adds to what the name may be. Otherwise it replaces all before it.
    conditional: bool,
    /// For type checkers only.
    type_only: bool,
}

/// The names a module exports: `__all__`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Exports {
    names: Vec<Name>,
    /// What is spread into it: modules by the dotted path that names them here, or names that stand for a module's list.
    spread: Vec<Name>,
    /// Whether something in it is no constant.
    open: bool,
}

/// What Python needs of a file to resolve its names.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct PythonFacts {
    /// Module-level bindings in source order.
    bindings: Vec<Binding>,
    /// Indices into `bindings`, by the name's [hash](crate::facts::name_hash) and text, then in source order.
    by_name: Vec<u32>,
    /// The hashes, in the same order.
    hashes: Vec<u32>,
    /// Indices into `bindings` by the names' numbers: the file itself looks its names up by these.
    by_number: Vec<u32>,
    /// Where in that list those of each name start; the next name's ends them.
    starts: Vec<u32>,
    /// The hashes of the first names of absolute imports, each once.
    firsts: Vec<u32>,
    /// Star imports at module level, by index into the file's imports.
    stars: Vec<u32>,
    /// Dynamic imports relative to the module's own name, `__name__`, by their statements.
    self_relative: Vec<Span>,
    exports: Option<Exports>,
    /// What other files see of its code.
    shapes: code::Shapes,
    /// What its functions say inside.
    code: code::Code,
    /// Names may appear here by means that no static reading follows (`globals()`, `sys.modules`, `__path__`, a module
    /// `__getattr__`).
    open_namespace: bool,
}

impl PythonFacts {
    /// The names in `__all__`.
    fn exported(&self, names: &crate::facts::Names) -> Vec<String> {
        let exports = self.exports.iter().flat_map(|exports| &exports.names);
        let mut listed: Vec<String> = Vec::new();
        for name in exports.map(|name| names.get(*name)) {
            // Two branches may list it.
            if !listed.iter().any(|known| known == name) {
                listed.push(name.to_owned());
            }
        }
        listed
    }
}

impl FrontEnd for Python {
    type Facts = PythonFacts;
    type Body = code::Sites;
    type Project = project::PythonProject;
    type Study = ();

    fn name(&self) -> &'static str {
        "python"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["py", "pyi"]
    }

    fn manifests(&self) -> &'static [&'static str] {
        &["pyproject.toml"]
    }

    fn providers(&self) -> Providers {
        Providers {
            extensions: &["py", "pyi", "pyc", "pyx", "pxd", "so", "pyd", "c", "cc", "cpp"],
            exact: false,
        }
    }

    fn tests(&self) -> &'static [&'static str] {
        &["**/tests/**", "**/test_*.py", "**/*_test.py", "**/conftest.py"]
    }

    fn decode(&self, bytes: Vec<u8>) -> Decoded {
        encoding::decode(bytes)
    }

    fn parse(&self, source: SourceText<'_>) -> Parsed<PythonFacts, code::Sites> {
        parse::parse(source)
    }

    fn project(&self, input: ProjectInput<'_>, files: Files<'_, PythonFacts>) -> Named<Self::Project> {
        let (project, modules) = project::project(input, files);
        Named {
            project,
            modules,
            problems: Vec::new(),
        }
    }

    fn resolve(
        &self,
        project: &Self::Project,
        files: Files<'_, PythonFacts>,
        sites: &Self::Body,
        module: u32,
    ) -> ModuleEdges {
        resolve::resolve(project, files, sites, module)
    }

    /// Definitions are read when calls ask for them: there is nothing to know beforehand.
    fn study(&self, _: &Self::Project, _: Files<'_, PythonFacts>, _: u32) {}

    fn learn(&self, _: &mut Self::Project, _: Vec<()>) {}

    fn places(&self, project: &Self::Project, missing: &str) -> Vec<String> {
        project.places(missing)
    }

    fn one_line(&self, statement: &str) -> String {
        outline::one_line(statement)
    }

    fn plant(&self, wanted: &Plant<'_>) -> Option<Planted> {
        plant::plant(wanted)
    }

    fn hub(&self, root: &str, _: Option<&str>) -> Option<String> {
        let folder = if matches!(root, "" | ".") {
            String::new()
        } else {
            format!("{root}/")
        };
        Some(format!("{folder}{}.py", plant::HUB))
    }
}

/// A name below another. Put together so often that formatting it would tell.
fn full_name(outer: &str, name: &str) -> String {
    [outer, ".", name].concat()
}

/// The first name of a dotted one.
fn first_name(dotted: &str) -> &str {
    dotted.split_once('.').map_or(dotted, |(first, _)| first)
}

/// A node's range as a [`Span`].
fn span(node: impl Ranged) -> Span {
    let range = node.range();
    Span::new(range.start().to_u32(), range.end().to_u32())
}
