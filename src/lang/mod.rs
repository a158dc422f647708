//! Languages: the slice of those there are.
//!
//! A language is added by one folder here and one line in [`FRONT_ENDS`]. Nothing outside a language's folder knows
//! what is inside it.

pub mod front_end;
pub mod plant;
pub mod python;
pub mod rust;

use front_end::Language;

/// The languages that wiremap reads.
pub static FRONT_ENDS: &[&dyn Language] = &[&python::Python, &rust::Rust];
