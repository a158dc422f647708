//! Cycles: strongly connected groups, the shortest way round each, and the cheapest place to open it.
//!
//! Works on any small directed graph of numbered nodes, so layers, domains and modules share it.

use std::collections::{BTreeMap, VecDeque};

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::source::to_u32;

/// A group of nodes that reach each other, and one shortest cycle in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// All nodes of the group, sorted.
    pub members: Vec<u32>,
    /// A shortest cycle: the nodes in order, starting at its smallest; the last leads back to the first.
    pub shortest: Vec<u32>,
    /// The step of the shortest cycle that the fewest edges make, as (from, to).
    pub cut: (u32, u32),
}

/// Finds the cycles of a graph of `nodes` nodes. `weights` counts the edges of each step; steps from a node to
/// itself are no cycle. The result is sorted and does not depend on the order of insertion.
pub fn cycles(nodes: usize, weights: &BTreeMap<(u32, u32), u32>) -> Vec<Cycle> {
    let mut graph = DiGraph::<(), u32>::with_capacity(nodes, weights.len());
    for _ in 0..nodes {
        graph.add_node(());
    }
    for (&(from, to), &count) in weights.iter().filter(|((from, to), _)| from != to) {
        graph.add_edge(NodeIndex::new(from as usize), NodeIndex::new(to as usize), count);
    }
    let mut found: Vec<Cycle> = tarjan_scc(&graph)
        .into_iter()
        .filter(|group| group.len() > 1)
        .map(|group| {
            let mut members: Vec<u32> = group.iter().map(|node| to_u32(node.index())).collect();
            members.sort_unstable();
            let shortest = shortest_cycle(&members, weights);
            let cut = cheapest_step(&shortest, weights);
            Cycle { members, shortest, cut }
        })
        .collect();
    found.sort_by(|a, b| a.members.cmp(&b.members));
    found
}

/// The first shortest cycle within a strongly connected group, by breadth-first search from each member. In a group
/// of thousands the search starts from the first 64 members only: each of them lies on a cycle.
fn shortest_cycle(members: &[u32], weights: &BTreeMap<(u32, u32), u32>) -> Vec<u32> {
    const STARTS: usize = 64;
    let mut best: Vec<u32> = Vec::new();
    for &start in members.iter().take(STARTS) {
        if let Some(cycle) = cycle_through(start, members, weights)
            && (best.is_empty() || cycle.len() < best.len())
        {
            best = cycle;
        }
        if best.len() == 2 {
            break;
        }
    }
    let smallest = best
        .iter()
        .enumerate()
        .min_by_key(|(_, node)| **node)
        .map_or(0, |(at, _)| at);
    best.rotate_left(smallest);
    best
}

fn cycle_through(start: u32, members: &[u32], weights: &BTreeMap<(u32, u32), u32>) -> Option<Vec<u32>> {
    let mut reached_from: BTreeMap<u32, u32> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for (&(_, next), _) in weights.range((node, 0)..=(node, u32::MAX)) {
            if next == start && node != start {
                let mut path = vec![node];
                while let Some(&before) = path.last().and_then(|last| reached_from.get(last)) {
                    path.push(before);
                }
                path.reverse();
                return Some(path);
            }
            let new = next != start && members.binary_search(&next).is_ok() && !reached_from.contains_key(&next);
            if new {
                reached_from.insert(next, node);
                queue.push_back(next);
            }
        }
    }
    None
}

fn cheapest_step(cycle: &[u32], weights: &BTreeMap<(u32, u32), u32>) -> (u32, u32) {
    let mut steps: Vec<(u32, u32)> = cycle.windows(2).map(|pair| (pair[0], pair[1])).collect();
    if let (Some(&last), Some(&first)) = (cycle.last(), cycle.first()) {
        steps.push((last, first));
    }
    steps
        .into_iter()
        .min_by_key(|step| weights.get(step).copied().unwrap_or(u32::MAX))
        .unwrap_or_default()
}
