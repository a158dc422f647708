//! The wiring map of a domain: what is wired, what is missing, what must be built.

use askama::Template;
use serde::Serialize;

use super::tree::{self, Branch};
use super::violations::Violation;
use super::words::{cell, code, cut};
use super::{Context, Rendered};
use crate::expect::paired::pairs;
use crate::inventory::title;
use crate::rules::wanted::Wants;

/// How many violations the map shows.
const SHOWN: usize = 20;

/// A domain's wiring map.
#[derive(Template, Serialize)]
#[template(path = "DOMAIN_WIRING_MAP.md", escape = "none")]
pub struct WiringMap<'a> {
    domain: &'a str,
    #[serde(skip)]
    title: String,
    reference: &'a str,
    layers: Vec<Branch>,
    gaps: Vec<Row<'a>>,
    violations: Vec<&'a Violation>,
    evidence: Vec<Evidence>,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    description: &'a str,
    action: &'a str,
}

/// A file whose name and code tell different stories.
#[derive(Serialize)]
struct Evidence {
    engine: String,
    named: Option<String>,
    reached: Vec<String>,
}

/// The map of a domain.
pub(super) fn map<'a>(context: &'a Context<'_>, domain: usize) -> WiringMap<'a> {
    let inventory = &context.inventory;
    let own = &inventory.domains[domain];
    let gaps = inventory.analysis.gaps.iter().filter(|gap| gap.domain == own.name);
    let violations = context.violations.iter();
    WiringMap {
        domain: &own.name,
        title: title(&own.name),
        reference: context.reference(),
        layers: tree::branches(inventory, &context.reach, domain),
        gaps: gaps
            .map(|gap| Row {
                kind: &gap.kind,
                description: &gap.description,
                action: &gap.action,
            })
            .collect(),
        violations: violations
            .filter(|violation| violation.domain == Some(domain))
            .collect(),
        evidence: evidence(context, domain),
    }
}

/// Markdown and JSON.
pub(super) fn document(context: &Context<'_>, domain: usize) -> Rendered {
    let map = map(context, domain);
    Rendered::of(&map, &map)
}

/// The files that pair by name, and whose code says otherwise.
fn evidence(context: &Context<'_>, domain: usize) -> Vec<Evidence> {
    let inventory = &context.inventory;
    let name = |file| inventory.name(file).to_owned();
    let mut rows = Vec::new();
    for expectation in &inventory.analysis.rules.expectations {
        let Wants::Paired(pairing) = &expectation.wants else {
            continue;
        };
        for pair in pairs(inventory, &context.reach, pairing, domain) {
            let reached_named = pair.named.iter().any(|named| pair.reached.contains(named));
            // Where evidence alone pairs, a name that tells nothing says nothing against it.
            let silent = pair.named.is_empty() && (pair.reached.is_empty() || !pairing.by_name);
            let agree = reached_named || silent;
            if !agree {
                rows.push(Evidence {
                    engine: name(pair.file),
                    named: pair.named.first().copied().map(name),
                    reached: pair.reached.iter().map(|file| name(*file)).collect(),
                });
            }
        }
    }
    rows
}

impl WiringMap<'_> {
    /// The tree as text.
    fn tree(&self) -> String {
        tree::text(&self.layers)
    }

    /// The map as Markdown.
    pub fn markdown(&self) -> String {
        super::markdown(self)
    }

    /// The map as JSON.
    pub fn json(&self) -> String {
        super::json(self)
    }

    /// The tree as a diagram that GitHub shows.
    pub fn mermaid(&self) -> String {
        tree::mermaid(&self.layers)
    }

    fn shown(&self) -> &[&Violation] {
        &self.violations[..self.violations.len().min(SHOWN)]
    }

    fn more(&self) -> usize {
        self.violations.len().saturating_sub(SHOWN)
    }
}

impl Row<'_> {
    fn row(&self) -> String {
        format!(
            "| {} | {} | {} |",
            cell(self.kind),
            cell(self.description),
            cell(self.action)
        )
    }
}

impl Violation {
    fn in_map(&self) -> String {
        format!(
            "| {} | {} | {} | {} |",
            cell(&code(&self.file)),
            cell(&code(cut(&self.import, 60))),
            cell(&self.rule),
            cell(&self.fix)
        )
    }
}

impl Evidence {
    fn row(&self) -> String {
        let named = self.named.as_ref().map_or_else(|| "—".to_owned(), |named| code(named));
        let reached: Vec<String> = self.reached.iter().map(|file| code(file)).collect();
        let reached = if reached.is_empty() {
            "—".to_owned()
        } else {
            reached.join(", ")
        };
        format!(
            "| {} | {} | {} |",
            cell(&code(&self.engine)),
            cell(&named),
            cell(&reached)
        )
    }
}
