//! The local names that are known at a place, the nearest last.

use rustc_hash::FxHashMap;

use crate::facts::Name;
use crate::lang::rust::code::NodeId;
use crate::source::to_u32;

/// Local names: each with its node and with the place of the one of the same name before it.
#[derive(Debug, Default)]
pub(super) struct Locals {
    all: Vec<(Name, NodeId, Option<u32>)>,
    last: FxHashMap<Name, u32>,
    /// Those before are of the functions around: a function within does not see them.
    floor: usize,
}

impl Locals {
    /// The node that a name is bound to.
    pub(super) fn get(&self, name: Name) -> Option<NodeId> {
        let at = *self.last.get(&name)? as usize;
        let (_, node, _) = self.all.get(at).filter(|_| at >= self.floor)?;
        Some(*node)
    }

    pub(super) fn bind(&mut self, name: Name, node: NodeId) {
        let before = self.last.insert(name, to_u32(self.all.len()));
        self.all.push((name, node, before));
    }

    /// How many there are, for [`Self::forget`].
    pub(super) fn mark(&self) -> usize {
        self.all.len()
    }

    /// Forgets all that were bound since.
    pub(super) fn forget(&mut self, mark: usize) {
        while self.all.len() > mark {
            match self.all.pop() {
                Some((name, _, Some(before))) => self.last.insert(name, before),
                Some((name, _, None)) => self.last.remove(&name),
                None => None,
            };
        }
    }

    /// Hides all that are bound; gives what to show again by [`Self::leave`].
    pub(super) fn enter(&mut self) -> usize {
        std::mem::replace(&mut self.floor, self.all.len())
    }

    pub(super) fn leave(&mut self, before: usize) {
        self.forget(self.floor);
        self.floor = before;
    }
}
