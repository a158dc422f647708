//! Reports: findings drawn for people and machines. One file a format, one line in [`REPORTERS`].
//!
//! Must not know how findings arise.

mod concise;
mod crossings;
pub mod diagram;
pub mod explain;
pub mod frame;
mod human;
mod json;
pub mod locate;
pub mod prose;
pub mod reporter;

pub use json::Report;

use reporter::Reporter;

/// All formats, the default first.
pub static REPORTERS: &[&dyn Reporter] = &[&human::Human, &concise::Concise, &json::Json];
