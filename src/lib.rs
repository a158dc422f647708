//! An architecture linter and wiring-map generator: a codebase in, one module graph, every file in its layer by a
//! rules file, and findings out.
//!
//! The route, which [`pipeline`] is in code:
//!
//! ```text
//! configuration + rules files ──load──▶ Rules
//! root ──discover──▶ sources ──parse (parallel, per file, pure)──▶ facts ──resolve──▶ edges ──build──▶ ModuleGraph
//! ModuleGraph × Rules ──classify──▶ Placement of each module (layer, domain)
//! ModuleGraph × Placement × Rules ──check──▶ findings
//!                        = Analysis ──▶ report (human, concise, json)
//! ```
//!
//! Rooms, each knowing only those before it: [`source`], [`facts`], [`graph`], [`finding`], [`rules`]; [`lang`];
//! [`config`], [`classify`], [`discover`], [`project`]; [`analysis`], [`check`]; [`texts`], [`report`]; [`pipeline`];
//! [`cli`]. `rules/self.toml` states it, and the tests hold the program to it.

pub mod analysis;
pub mod check;
pub mod classify;
pub mod cli;
pub mod config;
pub mod discover;
pub mod document;
pub mod expect;
pub mod facts;
pub mod finding;
pub mod gap;
pub mod graph;
pub mod inventory;
pub mod lang;
pub mod outline;
pub mod pipeline;
pub mod project;
pub mod report;
pub mod rules;
pub mod source;
pub mod texts;
pub mod verify;
