//! Lists, sets and dictionaries as they are written out, and comprehensions → nodes.

use ruff_python_ast::{Comprehension, Expr, ExprDict};

use super::code::{COMMON, EVERYWHERE, Local, Node, NodeId, UNKNOWN};
use super::collect::Collector;
use super::span;
use crate::source::{Span, to_u32};

/// How many values of one display are told apart: where there are more, something else is possible too.
const MOST_VALUES: u32 = 8;

/// Values of one display, joined one after the other.
#[derive(Default)]
struct Joined {
    of: Option<NodeId>,
    count: u32,
    /// Which of the nodes that every file begins with are among them, as bits: tables are full of constants.
    common: u32,
}

impl Collector {
    /// A dictionary: its keys and its values.
    pub(super) fn entries(&mut self, dict: &ExprDict) -> NodeId {
        let (mut keys, mut values) = (Joined::default(), Joined::default());
        for item in &dict.items {
            let key = item.key.as_ref().map(|key| self.value(key));
            let value = self.value(&item.value);
            let (key, value) = match key {
                Some(key) => (key, value),
                // `**other`
                None => (
                    self.node(Node::Element { of: value }),
                    self.node(Node::Subscript { of: value, by: UNKNOWN }),
                ),
            };
            self.join(&mut keys, key, |a, b| Node::Either { a, b });
            self.join(&mut values, value, |a, b| Node::Among { a, b });
        }
        let (key, value) = (self.joined(&keys), self.joined(&values));
        self.node(Node::Entries { key, value })
    }

    /// The elements of a list or set.
    pub(super) fn elements(&mut self, elements: &[Expr]) -> NodeId {
        let mut joined = Joined::default();
        for element in elements {
            let node = self.value(element);
            self.join(&mut joined, node, |a, b| Node::Either { a, b });
        }
        let of = self.joined(&joined);
        self.node(Node::Elements { of })
    }

    fn join(&mut self, joined: &mut Joined, node: NodeId, with: fn(NodeId, NodeId) -> Node) {
        if to_u32(COMMON.len()) > node {
            let bit = 1 << node;
            if joined.common & bit != 0 {
                return;
            }
            joined.common |= bit;
        }
        joined.count += 1;
        if joined.count <= MOST_VALUES {
            joined.of = Some(joined.of.map_or(node, |before| self.node(with(before, node))));
        }
    }

    fn joined(&mut self, joined: &Joined) -> NodeId {
        match joined.of {
            Some(of) if joined.count > MOST_VALUES => self.node(Node::Default { of }),
            of => of.unwrap_or(UNKNOWN),
        }
    }

    pub(super) fn comprehension(&mut self, generators: &[Comprehension], element: &Expr, key: Option<&Expr>) -> NodeId {
        let outer = self.place;
        let frame = self.frame(None, false);
        for (at, generator) in generators.iter().enumerate() {
            let of = self.value(&generator.iter);
            if at == 0 {
                self.place.frame = frame;
                self.place.until = EVERYWHERE;
                self.place.dead = EVERYWHERE;
            }
            let node = self.node(Node::Element { of });
            self.assign(&generator.target, None, node, span(&generator.target).start);
            for condition in &generator.ifs {
                self.expression(condition);
                self.narrow(condition, Span::new(span(condition).end, EVERYWHERE));
            }
        }
        // The element stands before the names that it uses are bound.
        let locals = &mut self.code.locals;
        let start = locals
            .iter()
            .rposition(|local| local.frame < frame)
            .map_or(0, |at| at + 1);
        let bound = |local: &&mut Local| local.frame == frame && !local.narrows;
        for local in locals[start..].iter_mut().filter(bound) {
            local.from = 0;
        }
        let first = key.unwrap_or(element);
        for condition in generators.iter().flat_map(|generator| &generator.ifs) {
            self.narrow(condition, Span::new(span(first).start, span(element).end));
        }
        let key = key.map(|key| self.value(key));
        let of = self.value(element);
        self.place = outer;
        match key {
            Some(key) => self.node(Node::Entries { key, value: of }),
            None => self.node(Node::Elements { of }),
        }
    }
}
