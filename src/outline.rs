//! What a file shows of itself to a reader: its types, functions and imports as a document lists them.
//!
//! Like [facts](crate::facts) an outline is a pure function of a file's text. It is made only for those who ask, since
//! a gate needs none.

use serde::Serialize;

use crate::facts::When;

/// A file's outline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Lines as the language's own tools count them.
    pub lines: u32,
    /// The first line of the file's documentation; empty where it has none.
    pub documentation: String,
    /// Classes; structs, enums, unions and traits.
    pub types: Vec<TypeOutline>,
    /// Functions outside of types.
    pub functions: Vec<FunctionOutline>,
    /// Imports that load whenever the file does, a row each.
    pub imports: Vec<ImportOutline>,
    /// Imports that load only sometimes: inside functions, under conditions, for type checkers.
    pub further_imports: Vec<ImportOutline>,
    /// Names of constants, in source order.
    pub constants: Vec<String>,
    /// What says what the file exports: `__all__`, `pub use`.
    pub exported_by: &'static str,
    /// Names that the file says it exports, in source order.
    pub exports: Vec<String>,
}

/// A type's outline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TypeOutline {
    /// Its name.
    pub name: String,
    /// The names of its methods, in source order; a property and its setter are two.
    pub methods: Vec<String>,
    /// The first line of its documentation.
    pub documentation: String,
}

/// A function's outline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FunctionOutline {
    /// Its name.
    pub name: String,
    /// Parameters and result in one line: `(a: int, b: str = 'x') -> bool`.
    pub signature: String,
    /// Whether it is asynchronous.
    pub is_async: bool,
    /// The first line of its documentation.
    pub documentation: String,
}

/// An import as a row: a module, and names out of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportOutline {
    /// The module, without what makes it relative.
    pub module: String,
    /// The imported names.
    pub names: Vec<String>,
    /// Whether it is relative to the file.
    pub relative: bool,
    /// Its circumstances.
    pub when: When,
}
