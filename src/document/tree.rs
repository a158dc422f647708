//! The tree of a wiring map: layers, each hanging below another, with their files.

use std::fmt::Write as _;

use serde::Serialize;

use crate::expect::paired::{Paired, pairs};
use crate::inventory::{Inventory, Reach, title};
use crate::rules::wanted::{Marks, Node, Template, Wants};
use crate::source::FileId;

/// How many columns what hangs under a layer stands further right.
const STEP: usize = 7;
/// How many columns further right the layers stand that are counted beside one.
const BESIDE: usize = 5;

/// A layer in the tree.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Branch {
    /// The layer's id.
    layer: String,
    /// The column it hangs at.
    #[serde(skip)]
    column: usize,
    /// What is known of it here.
    state: State,
    /// Its line, or lines.
    #[serde(skip)]
    lines: Vec<String>,
    /// How many files it has.
    count: usize,
    /// Its files.
    files: Vec<Leaf>,
    /// How many of them are shown.
    #[serde(skip)]
    shown: usize,
    /// A bar closes its files: what follows does not hang under it.
    #[serde(skip)]
    closed: bool,
    /// Layers counted beside it: id, count, line.
    beside: Vec<Beside>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It has files.
    Present,
    /// It has none.
    Missing,
    /// It lies in another domain.
    Elsewhere,
}

#[derive(Debug, Clone, Serialize)]
struct Beside {
    layer: String,
    count: usize,
    #[serde(skip)]
    line: String,
}

/// A file in the tree.
#[derive(Debug, Clone, Serialize)]
struct Leaf {
    path: String,
    #[serde(skip)]
    name: String,
    #[serde(skip)]
    mark: String,
    /// Whether it has its counterpart, where that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    paired: Option<bool>,
}

/// The layers of a domain's map, from the top.
pub(super) fn branches(inventory: &Inventory<'_>, reach: &Reach, domain: usize) -> Vec<Branch> {
    let nodes = inventory.analysis.rules.map.nodes.iter();
    nodes.map(|node| branch(inventory, reach, domain, node)).collect()
}

fn branch(inventory: &Inventory<'_>, reach: &Reach, domain: usize, node: &Node) -> Branch {
    let rules = &inventory.analysis.rules;
    let layer = rules.layer(node.layer);
    let name = &inventory.domains[domain].name;
    let elsewhere = node.elsewhere.as_ref();
    let files = inventory.members(domain, node.layer, node.by_name);
    let path = files.first().map_or("", |file| inventory.path(*file));
    let fill = |template: &Template, count: usize| {
        template.fill(&[
            ("domain", name),
            ("title", &title(name)),
            ("count", &count.to_string()),
            ("path", path),
            (
                "absolute",
                &format!("{}{path}", inventory.analysis.config.absolute_prefix),
            ),
        ])
    };
    let away = elsewhere.filter(|_| layer.domain.as_ref().is_some_and(|own| own != name));
    let (state, lines) = match (away, files.is_empty()) {
        (Some(template), _) => (State::Elsewhere, vec![fill(template, 0)]),
        (None, true) => (State::Missing, node.missing.iter().map(|line| fill(line, 0)).collect()),
        (None, false) => (State::Present, vec![fill(&node.found, files.len())]),
    };
    let beside = node.beside.iter().map(|(layer, text)| {
        let count = inventory.files(domain, *layer).len();
        Beside {
            layer: rules.layer(*layer).id.clone(),
            count,
            line: fill(text, count),
        }
    });
    Branch {
        layer: layer.id.clone(),
        column: node.column,
        state,
        lines,
        count: files.len(),
        shown: node.show,
        closed: elsewhere.is_some() && state != State::Elsewhere,
        beside: beside.filter(|beside| beside.count > 0).collect(),
        files: leaves(inventory, reach, domain, node, &files),
    }
}

fn leaves(inventory: &Inventory<'_>, reach: &Reach, domain: usize, node: &Node, files: &[FileId]) -> Vec<Leaf> {
    let leaf = |file: FileId, mark: &str, paired| Leaf {
        path: inventory.path(file).to_owned(),
        name: inventory.name(file).to_owned(),
        mark: mark.to_owned(),
        paired,
    };
    match &node.marks {
        Marks::Same(mark) => files.iter().map(|file| leaf(*file, mark, None)).collect(),
        Marks::Paired {
            expectation,
            paired,
            unpaired,
            declares,
        } => {
            let of: Vec<Paired> = match &inventory.analysis.rules.expectations[*expectation].wants {
                Wants::Paired(pairing) => pairs(inventory, reach, pairing, domain),
                _ => Vec::new(),
            };
            of.into_iter()
                .map(|pair| {
                    let mark = if pair.holds {
                        paired
                    } else if pair.declares {
                        declares
                    } else {
                        unpaired
                    };
                    leaf(pair.file, mark, Some(pair.holds || pair.declares))
                })
                .collect()
        }
    }
}

/// The tree in lines and arrows, without a line break at its end.
pub(super) fn text(branches: &[Branch]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for branch in branches {
        let at = |column: usize, text: &str| format!("{}{text}", " ".repeat(column));
        let column = branch.column;
        let inner = if column == 0 { 2 } else { column + STEP };
        let mut own = branch.lines.iter();
        let head = own.next().map_or("", String::as_str);
        if column > 0 {
            lines.push(at(column, "│"));
            let arrow = if branch.state == State::Elsewhere { "├" } else { "└" };
            lines.push(at(column, &format!("{arrow}──→ {head}")));
        } else {
            lines.push(head.to_owned());
        }
        lines.extend(own.map(|line| at(inner, line)));
        if branch.state == State::Elsewhere {
            continue;
        }
        let shown = branch.files.iter().take(branch.shown);
        lines.extend(shown.map(|file| at(inner, &format!("├── {}{}", file.name, file.mark))));
        let more = branch.files.len().saturating_sub(branch.shown);
        if more > 0 && branch.shown > 0 {
            lines.push(at(inner, &format!("└── ... (+{more} more)")));
        }
        lines.extend(branch.beside.iter().map(|beside| at(column + BESIDE, &beside.line)));
        if branch.closed {
            lines.push(at(inner, "│"));
        }
    }
    lines.join("\n")
}

/// The tree as a Mermaid flowchart: missing layers dashed and red.
pub(super) fn mermaid(branches: &[Branch]) -> String {
    let mut chart = String::from("flowchart TD\n");
    let mut missing = Vec::new();
    for (at, branch) in branches.iter().enumerate() {
        let mut label: Vec<String> = branch.lines.iter().map(|line| escaped(line)).collect();
        if branch.state == State::Present {
            let shown = branch.files.iter().take(branch.shown);
            label.extend(shown.map(|file| escaped(&format!("{}{}", file.name, file.mark))));
            let more = branch.files.len().saturating_sub(branch.shown);
            if more > 0 && branch.shown > 0 {
                label.push(format!("... (+{more} more)"));
            }
        }
        label.extend(branch.beside.iter().map(|beside| escaped(&beside.line)));
        let _ = writeln!(chart, "  n{at}[\"{}\"]", label.join("<br/>"));
        let above = branches[..at].iter().rposition(|above| above.column < branch.column);
        if let Some(above) = above {
            let _ = writeln!(chart, "  n{above} --> n{at}");
        }
        if branch.state == State::Missing {
            missing.push(format!("n{at}"));
        }
    }
    if !missing.is_empty() {
        chart.push_str("  classDef gap stroke:#d33,stroke-dasharray:5 5\n");
        let _ = writeln!(chart, "  class {} gap", missing.join(","));
    }
    chart
}

/// A line as a label: no Markdown, and nothing that would end it.
fn escaped(line: &str) -> String {
    line.replace("**", "")
        .replace('`', "")
        .replace('"', "#quot;")
        .replace('<', "#lt;")
        .replace('>', "#gt;")
}
