//! Expectations: what must be there, and is a gap where it is not. One file a kind.
//!
//! Must not know languages, nor how gaps are drawn. No kind sees another.

mod grouped;
pub mod paired;
mod present;
mod wired;

use crate::gap::Gap;
use crate::inventory::{Inventory, Reach};
use crate::rules::wanted::{Expectation, Wants};

/// The gaps of a project, in the order of the rules, then of the domains, then of paths.
pub fn gaps(inventory: &Inventory<'_>, reach: &Reach) -> Vec<Gap> {
    let rules = &inventory.analysis.rules;
    let of = |expectation: &Expectation| match &expectation.wants {
        Wants::Present {
            layer,
            by_name,
            when_has,
        } => present::gaps(inventory, expectation, *layer, *by_name, when_has),
        Wants::Paired(pairing) => paired::gaps(inventory, reach, expectation, pairing),
        Wants::Wired { layer } => wired::gaps(inventory, reach, expectation, *layer),
        Wants::Grouped { layer, by_name, of } => grouped::gaps(inventory, reach, expectation, *layer, *by_name, *of),
    };
    rules.expectations.iter().flat_map(of).collect()
}
