//! Which bindings a use of a name sees.

use super::types::{Chain, Type, Types, Union, Way};
use super::{Infer, Known};
use crate::facts::{ItemKind, Name};
use crate::lang::python::Bound;
use crate::lang::python::code::{Block, EVERYWHERE, Local, Node, UNKNOWN};
use crate::lang::python::roots::MINOR_VERSION;
use ruff_python_stdlib::builtins::is_python_builtin;
use smallvec::{SmallVec, smallvec};

/// How many bindings of one name are looked at for one use; with more, something else is possible.
const MOST_BINDINGS: usize = 24;

/// How many tests of one name are passed over on the way to its bindings.
const MOST_TESTS: usize = 256;

/// What a name is at a place.
#[derive(Debug)]
pub(in crate::lang::python) enum Sense {
    /// A local name, by these bindings.
    Local(Seen),
    /// A name of the module.
    Module,
    /// A name of the module as this binding made it, which a later one changes.
    Bound(u32),
}

/// The bindings of a local name that a use sees.
#[derive(Debug, Default)]
pub(in crate::lang::python) struct Seen {
    pub(in crate::lang::python) nodes: SmallVec<[u32; 4]>,
    /// There are more than are looked at.
    pub(in crate::lang::python) many: bool,
}

impl Infer<'_> {
    /// What a name stands for in a frame at an offset.
    pub(super) fn name(&mut self, name: Name, frame: u32, at: u32) -> Types {
        match self.sense(name, frame, at) {
            Sense::Local(seen) => {
                if let (&[only], false) = (&seen.nodes[..], seen.many) {
                    return self.value(only);
                }
                let mut union = Union::default();
                if seen.many {
                    union.open();
                }
                for node in seen.nodes {
                    union.add(&self.value(node));
                }
                union.finish()
            }
            Sense::Module => self.module_name(name),
            Sense::Bound(binding) => self.bound(binding),
        }
    }

    /// Where a name is bound that is used in a frame at an offset: outwards, classes' bodies left out but for their own.
    pub(in crate::lang::python) fn sense(&self, name: Name, frame: u32, at: u32) -> Sense {
        let (mut frame, mut at, mut first) = (frame, at, true);
        loop {
            let is_class = self.code.frames[frame as usize].class.is_some();
            if frame == 0 {
                return self.module_sense(name, at);
            }
            if !is_class || first {
                let locals = self.code.locals(frame, name);
                let binds = locals.iter().any(|local| !local.narrows);
                if let Some(local) = locals.first()
                    && binds
                {
                    match self.code.nodes[local.node as usize] {
                        Node::Global { .. } => return Sense::Module,
                        Node::Outer { .. } => {}
                        // In a class's body a name that is not bound yet is looked up outside.
                        _ if is_class && local.from > at => {}
                        _ => return Sense::Local(self.seen(locals, at)),
                    }
                } else if let Some(narrowed) = narrowed(locals, at) {
                    return Sense::Local(Seen {
                        nodes: smallvec![narrowed],
                        many: false,
                    });
                }
            }
            let parent = self.code.frames[frame as usize].parent;
            // A comprehension runs where it stands; a function sees what the names around it are in the end.
            if self.is_function(frame) {
                at = EVERYWHERE;
            }
            (frame, first) = (parent, false);
        }
    }

    /// A comprehension or class body is run where it stands.
    fn is_function(&self, frame: u32) -> bool {
        self.code.frames[frame as usize].runs_later
    }

    /// A module's name in its own statements, where it is bound more than once: as there.
    fn module_sense(&self, name: Name, at: u32) -> Sense {
        let locals = self.code.locals(0, name);
        if at != EVERYWHERE {
            if let Some(narrowed) = narrowed(locals, at) {
                return Sense::Local(Seen {
                    nodes: smallvec![narrowed],
                    many: false,
                });
            }
            let own = self.files.own(self.file);
            let bound = self.lookup.bound_name(self.file, name);
            let only_values = bound
                .iter()
                .all(|at| matches!(own.bindings[*at as usize].bound, Bound::Item(_)));
            if locals.len() > 1 && only_values && locals.len() >= bound.len() {
                return Sense::Local(self.seen(locals, at));
            }
            if let Some(binding) = self.last_before(bound, locals, at) {
                return Sense::Bound(binding);
            }
        }
        Sense::Module
    }

    /// Of several bindings of a module's name, the last before an offset, where that surely ran and more follow.
    fn last_before(&self, bound: &[u32], locals: &[Local], at: u32) -> Option<u32> {
        if bound.len() < 2 || bound.len() > MOST_BINDINGS {
            return None;
        }
        let bindings = &self.files.own(self.file).bindings;
        let from = |binding: &u32| match bindings[*binding as usize].bound {
            Bound::Import(import) => self.facts.imports[import as usize].statement.start,
            Bound::Item(item) | Bound::Alias { item, .. } => {
                let item = &self.facts.items[item as usize];
                // A variable is bound once its value is read.
                let value = locals.iter().find(|local| local.from >= item.span.end);
                match value.filter(|_| item.kind == ItemKind::Variable) {
                    Some(local) => local.from,
                    None => item.extent.end,
                }
            }
        };
        let before = bound.partition_point(|binding| from(binding) <= at);
        let last = *bound[..before].last()?;
        (!bindings[last as usize].conditional && before < bound.len()).then_some(last)
    }

    /// The bindings that a use at an offset sees.
    fn seen(&self, locals: &[Local], at: u32) -> Seen {
        let mut seen = Seen::default();
        if at == EVERYWHERE {
            let all = locals.iter().filter(|local| !local.narrows);
            seen.nodes
                .extend(all.clone().take(MOST_BINDINGS).map(|local| local.node));
            seen.many = all.count() > MOST_BINDINGS;
            return seen;
        }
        let before = locals.partition_point(|local| local.from <= at);
        let mut hidden_by = 0;
        let mut others = before;
        let mut count = 0;
        for (index, local) in locals[..before].iter().enumerate().rev() {
            if count >= MOST_BINDINGS || before - index > MOST_TESTS {
                seen.many = true;
                break;
            }
            if local.narrows && local.until < at {
                continue;
            }
            count += 1;
            if local.dead < at {
                continue;
            }
            if self.is_apart(local, at) {
                others = index;
                continue;
            }
            seen.nodes.push(local.node);
            if local.until >= at {
                hidden_by = local.from;
                break;
            }
        }
        // Further down or in another branch, in a loop around both, unless what hides the others stands in it too.
        seen.many |= locals.len() - others > MOST_TESTS;
        let bindings = locals[others..].iter().take(MOST_TESTS).filter(|local| !local.narrows);
        for (count, local) in bindings.enumerate() {
            if count >= MOST_BINDINGS {
                seen.many = true;
                break;
            }
            let is_other = local.from > at || self.is_apart(local, at);
            if is_other && self.comes_round(local, at, hidden_by) {
                seen.nodes.push(local.node);
            }
        }
        if seen.nodes.is_empty() {
            // Before its first binding: in a loop, or not as the walk sees it.
            let mut first = locals
                .iter()
                .filter(|local| !local.narrows && !self.is_apart(local, at));
            seen.nodes.push(first.next().map_or(UNKNOWN, |local| local.node));
        }
        seen
    }

    /// The blocks around a binding, from the inside out.
    fn blocks(&self, local: &Local) -> impl Iterator<Item = &Block> {
        let block = |at: u32| (at != 0).then(|| &self.code.blocks[at as usize]);
        std::iter::successors(block(local.around), move |inner| block(inner.outer))
    }

    /// Whether what stands at an offset does not run after a binding before it: in another branch.
    fn is_apart(&self, local: &Local, at: u32) -> bool {
        self.blocks(local).any(|block| block.end < at && at < block.apart)
    }

    /// Whether a binding reaches an offset by the next turn of a loop around both.
    fn comes_round(&self, local: &Local, at: u32, hidden_by: u32) -> bool {
        let mut loops = self.blocks(local).filter(|block| block.is_loop);
        let around = loops.find(|around| around.start <= at && at < around.end);
        around.is_some_and(|around| hidden_by < around.start && around.end < local.dead)
    }

    /// What a module's name stands for.
    pub(super) fn module_name(&mut self, name: Name) -> Types {
        if let Some((types, needs)) = self.names.found(self.names.get(name.at())) {
            self.needs = self.needs.max(*needs);
            return types.clone();
        }
        let (types, needs) = self.noting(|this| this.look_up(name));
        self.names.remember(name.at(), &types, needs);
        types
    }

    fn look_up(&mut self, name: Name) -> Types {
        if let Some((reached, import)) = self.lookup.only(self.file, name) {
            return self.things(&reached, import);
        }
        let text = self.text(name);
        let reached = self.lookup.path(self.file, text);
        if !reached.is_empty() {
            let import = self.lookup.brought_by(self.file, text);
            self.things(&reached, import)
        } else if !self.lookup.binds(self.file, text) && is_python_builtin(text, MINOR_VERSION, false) {
            Types::known(Known {
                of: Type::Outside(super::below("builtins", text)),
                way: Way::Name {
                    import: None,
                    chain: Chain::default(),
                },
            })
        } else {
            Types::default()
        }
    }
}

/// What a test around an offset says of a name.
fn narrowed(locals: &[Local], at: u32) -> Option<u32> {
    let before = locals.partition_point(|local| local.from <= at);
    let mut tests = locals[..before].iter().rev().take(MOST_TESTS);
    let test = tests.find(|local| local.narrows && at <= local.until)?;
    Some(test.node)
}
