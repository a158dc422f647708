//! The gap table, as `wiremap gaps` shows it.

use askama::Template;
use serde::Serialize;

use super::words::cell;
use crate::gap::Gap;

/// Gaps as a table.
#[derive(Template, Serialize)]
#[template(path = "gaps.md", escape = "none")]
pub struct GapTable<'a> {
    gaps: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    domain: &'a str,
    description: &'a str,
    action: &'a str,
    files: &'a [Box<str>],
}

impl<'a> GapTable<'a> {
    /// A table of some gaps.
    pub fn new(gaps: impl IntoIterator<Item = &'a Gap>) -> Self {
        let row = |gap: &'a Gap| Row {
            kind: &gap.kind,
            domain: &gap.domain,
            description: &gap.description,
            action: &gap.action,
            files: &gap.files,
        };
        Self {
            gaps: gaps.into_iter().map(row).collect(),
        }
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        super::markdown(self)
    }

    /// As JSON.
    pub fn json(&self) -> String {
        super::json(self)
    }
}

impl Row<'_> {
    fn row(&self) -> String {
        let domain = if self.domain.is_empty() { "—" } else { self.domain };
        format!(
            "| {} | {} | {} | {} |",
            cell(self.kind),
            cell(domain),
            cell(self.description),
            cell(self.action)
        )
    }
}
