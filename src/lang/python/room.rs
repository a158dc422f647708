//! Room for a file's facts in the making, which each thread keeps: what is kept of the facts is copied, and fits. Growing
//! lists anew for each file would take twice the memory, and touching that the time.

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Binding;
use super::code::{Code, NodeId, Shapes, Sites};
use crate::facts::{FileFacts, Interner, Name};

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

/// See [`super::collect::Collector`] for what the fields are.
#[derive(Default)]
pub(super) struct Room {
    pub(super) code: Code,
    pub(super) sites: Sites,
    pub(super) names: Interner,
    pub(super) facts: FileFacts,
    pub(super) bindings: Vec<Binding>,
    pub(super) shapes: Shapes,
    pub(super) attributes: FxHashMap<(u32, Name), u32>,
    pub(super) generators: FxHashSet<u32>,
    pub(super) known_locals: FxHashSet<(u32, Name)>,
    pub(super) declared: FxHashMap<(u32, Name), NodeId>,
}

impl Room {
    /// The room of this thread, empty and as every file begins.
    pub(super) fn take() -> Self {
        let mut room = ROOM.take();
        room.code.begin();
        room
    }

    /// Keeps the room for the next file.
    pub(super) fn give_back(mut self) {
        self.clear();
        ROOM.set(self);
    }

    /// Forgets all, and keeps the room for it.
    fn clear(&mut self) {
        /// One large file should not cost all that follow: a table is emptied place by place.
        const MOST: usize = 4096;
        self.code.clear();
        self.sites.called.clear();
        self.sites.handed.clear();
        self.facts.clear();
        self.bindings.clear();
        self.shapes.functions.clear();
        self.shapes.places.clear();
        self.shapes.members.clear();
        if self.attributes.capacity().max(self.known_locals.capacity()) > MOST {
            self.attributes = FxHashMap::default();
            self.known_locals = FxHashSet::default();
        }
        if self.declared.capacity().max(self.generators.capacity()) > MOST {
            self.declared = FxHashMap::default();
            self.generators = FxHashSet::default();
        }
        self.attributes.clear();
        self.generators.clear();
        self.known_locals.clear();
        self.declared.clear();
    }
}
