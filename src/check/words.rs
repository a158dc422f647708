//! Where a finding on an edge lies within its statement.

use crate::graph::ModuleGraph;
use crate::source::Span;

/// An import statement: the numbers of the edges it makes.
pub(super) struct Statement {
    edges: Vec<usize>,
}

impl Statement {
    /// The statement that edge `number` belongs to.
    pub(super) fn of(graph: &ModuleGraph, number: usize) -> Self {
        let edge = &graph.edges[number];
        let of_module = graph.edge_numbers(edge.from);
        let same = |at: &usize| graph.edges[*at].statement == edge.statement;
        // The edges of a module stand in source order, so a statement's stand together, but for what nests in it.
        let before = (of_module.start..number).rev().take_while(same);
        let after = (number..of_module.end).take_while(same);
        let mut edges: Vec<usize> = before.chain(after).collect();
        edges.sort_unstable();
        Self { edges }
    }
}

/// Where to point: the whole statement if all its names are at fault, or else the first that is.
pub(super) fn place(graph: &ModuleGraph, statement: &Statement, at_fault: impl Fn(usize) -> bool) -> Span {
    let mut faulty = statement.edges.iter().filter(|at| at_fault(**at));
    let Some(&first) = faulty.next() else {
        return Span::default();
    };
    if 1 + faulty.count() == statement.edges.len() {
        graph.edges[first].statement
    } else {
        graph.edges[first].site
    }
}
