//! The index: a row for each domain, what its conformance means, and links to every document.

use std::fmt::Write as _;

use askama::Template;
use serde::Serialize;

use super::words::cell;
use super::{Context, Rendered};
use crate::inventory::title;
use crate::rules::{Layer, LayerId};

#[derive(Template, Serialize)]
#[template(path = "LITERATURE_INDEX.md", escape = "none")]
struct Index<'a> {
    reference: &'a str,
    levels: Vec<&'a str>,
    domains: Vec<Row>,
    calls: Vec<Between<'a>>,
    #[serde(skip)]
    links: Vec<String>,
    documents: Vec<String>,
}

/// A domain in the summary.
#[derive(Serialize)]
struct Row {
    number: usize,
    domain: String,
    /// How many files it has at each level; nothing where the level is another domain's.
    counts: Vec<Option<usize>>,
    violations: usize,
    gaps: usize,
    /// Levels present in hundred of those expected, rounded down.
    conformance: usize,
}

#[derive(Serialize)]
struct Between<'a> {
    caller: &'a str,
    callee: &'a str,
    count: usize,
}

/// The index of a document set: the paths of the domains' documents.
pub(super) fn index(context: &Context<'_>, links: &[String]) -> Rendered {
    let rules = &context.inventory.analysis.rules;
    let mut levels: Vec<&str> = Vec::new();
    let drawn = |id| {
        let nodes = rules.map.nodes.iter();
        nodes
            .flat_map(|node| std::iter::once(node.layer).chain(node.beside.iter().map(|(beside, _)| *beside)))
            .any(|layer| layer == id)
    };
    let layers = (0..).map(LayerId).zip(&rules.layers);
    for (_, layer) in layers.filter(|(id, _)| drawn(*id)) {
        if !levels.contains(&layer.level.as_str()) {
            levels.push(&layer.level);
        }
    }
    let domains = context.inventory.domains.iter().enumerate();
    let between = context.calls.between.iter();
    let index = Index {
        reference: context.reference(),
        domains: domains.map(|(at, _)| row(context, &levels, at)).collect(),
        levels,
        calls: between
            .map(|((caller, callee), count)| Between {
                caller: &rules.layer(*caller).id,
                callee: &rules.layer(*callee).id,
                count: *count,
            })
            .collect(),
        documents: links.to_vec(),
        links: links.iter().map(|link| linked(link)).collect(),
    };
    Rendered::of(&index, &index)
}

/// A link to a document; a path with blanks or brackets stands between `<` and `>`.
fn linked(path: &str) -> String {
    let plain = !path.contains(|sign: char| sign.is_whitespace() || matches!(sign, '(' | ')' | '<' | '>'));
    let target = if plain {
        path.to_owned()
    } else {
        format!("<{}>", path.replace('<', "%3C").replace('>', "%3E"))
    };
    format!("[{path}]({target})")
}

fn row(context: &Context<'_>, levels: &[&str], at: usize) -> Row {
    let inventory = &context.inventory;
    let analysis = inventory.analysis;
    let rules = &analysis.rules;
    let domain = &inventory.domains[at];
    let by_name = |layer| rules.map.nodes.iter().any(|node| node.layer == layer && node.by_name);
    let ids = || (0..).map(LayerId).zip(&rules.layers);
    let counts: Vec<Option<usize>> = levels
        .iter()
        .map(|level| {
            let of_level = || ids().filter(|(_, layer)| layer.level == *level && !layer.outside);
            let foreign = |layer: &Layer| {
                layer
                    .domain
                    .as_ref()
                    .is_some_and(|own| *own != domain.name && !own.contains('{'))
            };
            if of_level().all(|(_, layer)| foreign(layer)) {
                return None;
            }
            let count = |(id, _)| inventory.members(at, id, by_name(id)).len();
            Some(of_level().map(count).sum())
        })
        .collect();
    let expected = counts.iter().flatten().count();
    let present = counts.iter().flatten().filter(|count| **count > 0).count();
    Row {
        number: domain.number,
        domain: domain.name.clone(),
        violations: context
            .violations
            .iter()
            .filter(|violation| violation.domain == Some(at))
            .count(),
        gaps: analysis.gaps.iter().filter(|gap| gap.domain == domain.name).count(),
        conformance: (present * 100).checked_div(expected).unwrap_or(100),
        counts,
    }
}

impl Index<'_> {
    /// The table's head, with a column for each level.
    fn header(&self) -> String {
        let columns =
            ["#", "Domain"]
                .into_iter()
                .chain(self.levels.iter().copied())
                .chain(["Violations", "Gaps", "Conformance"]);
        let (mut names, mut rule) = (String::from("|"), String::from("|"));
        for column in columns {
            let column = cell(column);
            let _ = write!(names, " {column} |");
            let _ = write!(rule, "{}|", "-".repeat(column.chars().count() + 2));
        }
        format!("{names}\n{rule}")
    }
}

impl Row {
    fn row(&self) -> String {
        let mut row = format!("| {} | {} |", self.number, cell(&title(&self.domain)));
        for count in &self.counts {
            let _ = match count {
                Some(count) => write!(row, " {count} |"),
                None => write!(row, " — |"),
            };
        }
        let _ = write!(row, " {} | {} | {}% |", self.violations, self.gaps, self.conformance);
        row
    }
}
