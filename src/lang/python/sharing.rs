//! One node for all expressions that mean the same: a name that is bound once means the same wherever it is used, and so
//! does what is built of it alone. Nodes that nothing leads to are left out.
//!
//! About half is left of what the walk made, and [`super::infer`] reads each node once.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::code::{COMMON, Code, EVERYWHERE, Node, NodeId};
use crate::facts::Name;
use crate::source::to_u32;

/// One large file should not cost all that follow: a table that it made larger than this is not kept.
const MOST_ROOM: usize = 4096;

/// Room for lists that are made anew for each file.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    /// By node: whether something leads to it.
    wanted: Vec<bool>,
    /// By node: where it is moved to.
    moved: Vec<NodeId>,
    /// The nodes that are kept, by what they say.
    known: HashTable<NodeId>,
}

impl Sharing {
    /// Shares the nodes of a file whose lists are in order; `is_rebound` tells whether the module binds a name more than
    /// once.
    pub(super) fn share(&mut self, code: &mut Code, is_rebound: impl Fn(Name) -> bool) {
        self.mark(code);
        let mut names = Settled::new(code);
        let (moved, known) = (&mut self.moved, &mut self.known);
        moved.clear();
        if known.capacity() > MOST_ROOM {
            *known = HashTable::default();
        }
        known.clear();
        let mut nodes = std::mem::take(&mut code.nodes);
        let mut kept = 0;
        for (at, wanted) in self.wanted.iter().enumerate() {
            if !wanted {
                moved.push(0);
                continue;
            }
            let node = match nodes[at] {
                Node::Name { name, frame, at } => names.seen(code, (name, frame, at), &is_rebound),
                // A method's receiver is the same in all methods of its class.
                Node::Attribute { of, name } => {
                    let of = moved[of as usize];
                    let receiver = names.receiver(nodes[of as usize]);
                    Node::Attribute {
                        of: receiver.map_or(of, |receiver| moved[receiver as usize]),
                        name,
                    }
                }
                node => node.with_parts(|part| moved[part as usize]),
            };
            let next = to_u32(kept);
            let to = if depends_on_place(&node) {
                next
            } else {
                let same = |other: &NodeId| nodes[*other as usize] == node;
                let rehash = |other: &NodeId| FxBuildHasher.hash_one(nodes[*other as usize]);
                let entry = known.entry(FxBuildHasher.hash_one(node), same, rehash);
                *entry.or_insert(next).get()
            };
            if to == next {
                nodes[kept] = node;
                kept += 1;
            }
            moved.push(to);
        }
        nodes.truncate(kept);
        code.nodes = nodes;
        code.each_use(|node| *node = moved[*node as usize]);
        for node in &mut code.lists {
            *node = moved[*node as usize];
        }
    }

    /// Marks what something leads to. A node stands after all that it is made of, so one walk back is enough.
    fn mark(&mut self, code: &mut Code) {
        let wanted = &mut self.wanted;
        wanted.clear();
        wanted.resize(code.nodes.len(), false);
        wanted[..COMMON.len()].fill(true);
        code.each_use(|node| wanted[*node as usize] = true);
        for at in (0..code.nodes.len()).rev() {
            if !wanted[at] {
                continue;
            }
            let mut want = |part: NodeId| {
                debug_assert!((part as usize) < at, "a node stands after what it is made of");
                wanted[part as usize] = true;
                part
            };
            if let Node::Tuple(list) = code.nodes[at] {
                for part in code.list(list) {
                    want(*part);
                }
            }
            code.nodes[at].with_parts(want);
        }
    }
}

/// Whether a node may mean something else elsewhere, alike as it is: an annotation may name the class around it, and lists
/// stand where they stand.
fn depends_on_place(node: &Node) -> bool {
    matches!(
        node,
        Node::Declared { .. } | Node::Within { .. } | Node::Without { .. } | Node::Tuple(_)
    )
}

/// Names as they are seen from all places that see the same of them.
struct Settled {
    /// The names that frames hold, but bind elsewhere: `global`, `nonlocal`.
    elsewhere: Vec<(u32, Name)>,
    /// The names of methods' receivers, by frame, and the nodes that they are bound to.
    receivers: Vec<(u32, Name, NodeId)>,
    /// What was found last of names that share a place here: one is often used a few times in a row.
    last: [Option<(Use, Option<u32>)>; LAST],
}

/// A use of a name: the name, the frame, and whether it sees the end of the frame.
type Use = (Name, u32, bool);

/// How many uses are kept in mind; a power of two.
const LAST: usize = 64;

impl Settled {
    fn new(code: &Code) -> Self {
        let (mut elsewhere, mut receivers) = (Vec::new(), Vec::new());
        for local in &code.locals {
            match code.nodes[local.node as usize] {
                Node::Global { .. } | Node::Outer { .. } => elsewhere.push((local.frame, local.name)),
                Node::Receiver { .. } | Node::ReceiverClass { .. }
                    if code.locals(local.frame, local.name).len() == 1 =>
                {
                    receivers.push((local.frame, local.name, local.node));
                }
                _ => {}
            }
        }
        Self {
            elsewhere,
            receivers,
            last: [None; LAST],
        }
    }

    /// The node that a method's receiver is bound to, where a settled name stands for nothing else.
    fn receiver(&self, node: Node) -> Option<NodeId> {
        let Node::Name {
            name,
            frame,
            at: EVERYWHERE,
        } = node
        else {
            return None;
        };
        // In the order of frames, as bindings are.
        let at = self
            .receivers
            .binary_search_by_key(&(frame, name), |(frame, name, _)| (*frame, *name));
        at.ok().map(|at| self.receivers[at].2)
    }

    /// A use of a name in a frame at an offset; where all uses see the same, at the end of the frame that binds it. This
    /// follows `Infer::sense`, and where that is not simple it leaves the use as it is.
    fn seen(&mut self, code: &Code, (name, frame, at): (Name, u32, u32), is_rebound: &impl Fn(Name) -> bool) -> Node {
        let of = (name, frame, at == EVERYWHERE);
        let place = (name.at() + 7 * frame as usize) % LAST;
        let binder = match self.last[place] {
            Some((known, binder)) if known == of => binder,
            _ => {
                let binder = self.binder(code, of, is_rebound);
                self.last[place] = Some((of, binder));
                binder
            }
        };
        match binder {
            Some(frame) => Node::Name {
                name,
                frame,
                at: EVERYWHERE,
            },
            None => Node::Name { name, frame, at },
        }
    }

    /// The frame that binds a name, where all uses like this one see the same.
    fn binder(&self, code: &Code, (name, frame, is_late): Use, is_rebound: &impl Fn(Name) -> bool) -> Option<u32> {
        let (mut around, mut is_late, mut is_own) = (frame, is_late, true);
        loop {
            if around == 0 && is_late {
                return Some(0);
            }
            let found = code.frames[around as usize];
            let locals = code.locals(around, name);
            if around == 0 {
                let is_simple = locals.len() < 2 && !locals.iter().any(|local| local.narrows) && !is_rebound(name);
                return is_simple.then_some(0);
            }
            let is_class = found.class.is_some();
            match locals {
                [only] if !is_class => {
                    let is_simple = !only.narrows && only.around == 0 && !self.elsewhere.contains(&(around, name));
                    return is_simple.then_some(around);
                }
                [_, ..] if is_own || !is_class => return None,
                // Names of a class's body are not seen from within.
                _ => {}
            }
            // A function sees what the names around it are in the end.
            is_late |= found.runs_later;
            (around, is_own) = (found.parent, false);
        }
    }
}
