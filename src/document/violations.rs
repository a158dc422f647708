//! Violations as documents list them, and their register.

use askama::Template;
use serde::Serialize;

use super::words::{cell, code, cut};
use super::{Context, Pages, Rendered};
use crate::analysis::Analysis;
use crate::finding::Finding;
use crate::inventory::title;
use crate::rules::LayerId;
use crate::source::{FileId, LineIndex};

/// A dependency that breaks a rule.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Violation {
    /// The domain of the depending file, by index.
    #[serde(skip)]
    pub(super) domain: Option<usize>,
    /// The depending file, by id.
    #[serde(skip)]
    pub(super) file_id: FileId,
    #[serde(skip)]
    layer_order: usize,
    /// The depending file, relative to the project.
    pub(super) file: String,
    /// Its layer.
    pub(super) layer: String,
    /// The statement on one line.
    pub(super) import: String,
    /// What it breaks.
    pub(super) rule: String,
    /// What to do.
    pub(super) fix: String,
    /// The line, from 1.
    pub(super) line: u32,
}

/// All violations of a project: by layer, then path, then line.
pub(super) fn all(analysis: &Analysis, homes: &Homes<'_>, pages: &dyn Pages) -> Vec<Violation> {
    let edges = analysis
        .findings
        .iter()
        .filter(|finding| is_violation(analysis, finding));
    let mut edges: Vec<(&Finding, u32)> = edges
        .filter_map(|finding| Some((finding, finding.dependency?.edge)))
        .collect();
    edges.sort_by_key(|(_, edge)| analysis.graph.edges[*edge as usize].from);
    let mut violations = Vec::with_capacity(edges.len());
    let mut page: Option<(FileId, String, LineIndex)> = None;
    for (finding, edge) in edges {
        let edge = &analysis.graph.edges[edge as usize];
        let file = analysis.graph.module(edge.from).file;
        let path = &*analysis.source(file).path;
        if page.as_ref().is_none_or(|(known, ..)| *known != file) {
            let text = pages.text(path);
            let lines = LineIndex::new(&text);
            page = Some((file, text, lines));
        }
        let Some((_, text, lines)) = &page else { continue };
        let layer = analysis.placement(edge.from).layer;
        let codes: Vec<&str> = finding.rules.iter().map(|rule| rule.code.as_str()).collect();
        violations.push(Violation {
            domain: (homes.of)(file),
            file_id: file,
            layer_order: layer.map_or(usize::MAX, LayerId::index),
            file: path.to_owned(),
            layer: layer.map_or_else(|| "—".to_owned(), |layer| analysis.rules.layer(layer).id.clone()),
            import: pages.one_line(path, edge.statement.text(text)),
            rule: format!("{} ({})", finding.message, codes.join(", ")),
            fix: finding.fix.clone().unwrap_or_else(|| "—".to_owned()),
            line: lines.line(edge.statement.start),
        });
    }
    violations.sort_by(|a, b| {
        let key = |of: &Violation| (of.layer_order, of.line);
        (
            key(a).0,
            a.file.split('/').collect::<Vec<_>>(),
            key(a).1,
            &a.import,
            &a.rule,
        )
            .cmp(&(key(b).0, b.file.split('/').collect(), key(b).1, &b.import, &b.rule))
    });
    violations
}

/// Whether a finding is of an edge that a rule on edges forbids.
fn is_violation(analysis: &Analysis, finding: &Finding) -> bool {
    let of_edges = |code: &str| analysis.rules.edge_rules.iter().any(|rule| rule.code == code);
    finding.dependency.is_some() && finding.rules.iter().any(|rule| of_edges(&rule.code))
}

/// Which domain a file counts for.
pub(super) struct Homes<'a> {
    pub(super) of: Box<dyn Fn(FileId) -> Option<usize> + Sync + 'a>,
}

#[derive(Template, Serialize)]
#[template(path = "WIRING_VIOLATIONS.md", escape = "none")]
struct Register<'a> {
    reference: &'a str,
    total: usize,
    domains: Vec<Section<'a>>,
    /// Of files that belong to no domain.
    outside: Vec<&'a Violation>,
}

#[derive(Serialize)]
struct Section<'a> {
    domain: &'a str,
    #[serde(skip)]
    title: String,
    violations: Vec<&'a Violation>,
}

/// The register of all violations.
pub(super) fn register(context: &Context<'_>) -> Rendered {
    let inventory = &context.inventory;
    let of = |domain: Option<usize>| {
        let own = context
            .violations
            .iter()
            .filter(move |violation| violation.domain == domain);
        own.collect::<Vec<_>>()
    };
    let register = Register {
        reference: context.reference(),
        total: context.violations.len(),
        domains: inventory
            .domains
            .iter()
            .enumerate()
            .map(|(at, domain)| Section {
                domain: &domain.name,
                title: title(&domain.name),
                violations: of(Some(at)),
            })
            .collect(),
        outside: of(None),
    };
    Rendered::of(&register, &register)
}

impl Violation {
    /// The row of the register.
    fn row(&self) -> String {
        format!(
            "| {} | {} | {} | {} | {} | {} |",
            code(&cell(&self.file)),
            self.layer,
            cell(&code(cut(&self.import, 50))),
            cell(&self.rule),
            cell(&self.fix),
            self.line
        )
    }
}
