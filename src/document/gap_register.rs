//! The register of all gaps, and the classification of models.

use std::collections::BTreeSet;

use askama::Template;
use serde::Serialize;

use super::words::{cell, code};
use super::{Context, Rendered};
use crate::inventory::{stem, title};
use crate::rules::wanted::{Classification, UsedBy};
use crate::source::FileId;

#[derive(Template, Serialize)]
#[template(path = "GAP_REGISTER.md", escape = "none")]
struct Register<'a> {
    reference: &'a str,
    total: usize,
    types: Vec<Section<'a>>,
    classification: Option<Classes<'a>>,
}

#[derive(Serialize)]
struct Section<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    title: &'a str,
    gaps: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    domain: String,
    description: String,
    action: String,
    files: Vec<String>,
}

#[derive(Serialize)]
struct Classes<'a> {
    title: &'a str,
    buckets: Vec<Class<'a>>,
}

#[derive(Serialize)]
struct Class<'a> {
    id: &'a str,
    title: &'a str,
    action: &'a str,
    files: Vec<Classed>,
}

/// A file that is classed.
#[derive(Serialize)]
struct Classed {
    file: String,
    model: String,
    domains: Vec<String>,
    drivers: Vec<String>,
}

/// The register of all gaps.
pub(super) fn register(context: &Context<'_>) -> Rendered {
    let analysis = context.inventory.analysis;
    let section = |expectation: &'_ crate::rules::wanted::Expectation| -> Vec<Row> {
        let own = analysis.gaps.iter().filter(|gap| gap.kind == expectation.id);
        own.map(|gap| Row {
            domain: gap.domain.clone(),
            description: gap.description.clone(),
            action: gap.action.clone(),
            files: gap.files.iter().map(ToString::to_string).collect(),
        })
        .collect()
    };
    let register = Register {
        reference: context.reference(),
        total: analysis.gaps.len(),
        types: analysis
            .rules
            .expectations
            .iter()
            .map(|expectation| Section {
                kind: &expectation.id,
                title: &expectation.title,
                gaps: section(expectation),
            })
            .collect(),
        classification: analysis
            .rules
            .classification
            .as_ref()
            .map(|classification| classes(context, classification)),
    };
    Rendered::of(&register, &register)
}

fn classes<'a>(context: &Context<'a>, of: &'a Classification) -> Classes<'a> {
    let inventory = &context.inventory;
    let mut buckets: Vec<Class<'a>> = of
        .buckets
        .iter()
        .map(|bucket| Class {
            id: &bucket.id,
            title: &bucket.title,
            action: &bucket.action,
            files: Vec::new(),
        })
        .collect();
    for &file in inventory.of_layer(of.layer) {
        let users = context.reach.from(file).iter();
        let mut users: Vec<FileId> = users
            .filter(|user| {
                inventory
                    .layer_of(**user)
                    .is_some_and(|layer| of.users.contains(&layer))
            })
            .copied()
            .collect();
        users.sort_by_key(|user| inventory.path(*user).split('/').collect::<Vec<_>>());
        let domains: BTreeSet<usize> = users.iter().filter_map(|user| inventory.domain_of(*user)).collect();
        let name = inventory.name(file);
        let fits = |at: &usize| {
            let bucket = &of.buckets[*at];
            let named = bucket.names.as_ref();
            named.is_none_or(|names| names.iter().any(|known| known == stem(name)))
                && match bucket.used_by {
                    UsedBy::Any => true,
                    UsedBy::None => domains.is_empty(),
                    UsedBy::One => domains.len() == 1,
                    UsedBy::Many => domains.len() > 1,
                }
        };
        if let Some(bucket) = (0..of.buckets.len()).find(fits) {
            buckets[bucket].files.push(Classed {
                file: inventory.path(file).to_owned(),
                model: name.to_owned(),
                domains: domains.iter().map(|at| inventory.domains[*at].name.clone()).collect(),
                drivers: distinct(context, &users),
            });
        }
    }
    Classes {
        title: &of.title,
        buckets,
    }
}

/// File names, with their domains where some are alike.
fn distinct(context: &Context<'_>, files: &[FileId]) -> Vec<String> {
    let inventory = &context.inventory;
    let name = |file: &FileId| inventory.name(*file);
    let domain = |file: &FileId| inventory.domain_of(*file).map(|at| &inventory.domains[at].name);
    let shown = files.iter().map(|file| {
        let alike = files.iter().filter(|other| name(other) == name(file)).count() > 1;
        match domain(file) {
            Some(domain) if alike => format!("{domain}/{}", name(file)),
            _ => name(file).to_owned(),
        }
    });
    shown.collect()
}

impl Row {
    fn row(&self) -> String {
        format!(
            "| {} | {} | {} |",
            cell(&if self.domain.is_empty() {
                "—".to_owned()
            } else {
                title(&self.domain)
            }),
            cell(&self.description),
            cell(&self.action)
        )
    }
}

impl Classed {
    fn row(&self, action: &str) -> String {
        let listed = |names: &[String]| {
            if names.is_empty() {
                "—".to_owned()
            } else {
                names.join(", ")
            }
        };
        format!(
            "| {} | {} | {} | {} |",
            cell(&code(&self.model)),
            cell(&listed(&self.domains)),
            cell(&listed(&self.drivers)),
            cell(action)
        )
    }
}
