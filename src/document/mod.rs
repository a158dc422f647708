//! Documents: what wiremap writes of a codebase and its rules. One file a kind, each beside its template in `templates/`.
//!
//! Pure functions from an analysis to text: the same tree gives the same bytes. Must not know how facts arise, nor where
//! documents are written.

pub mod drift;
mod gap_register;
mod gaps;
mod index;
mod layer;
mod tree;
mod violations;
mod wiring_map;
mod words;

use askama::Template;
use serde::Serialize;

use crate::analysis::Analysis;
use crate::graph::ModuleId;
use crate::inventory::{Inventory, Reach};
use crate::rules::LayerId;
use crate::source::FileId;
pub use gaps::GapTable;
use layer::Calls;
use violations::{Homes, Violation};
pub use wiring_map::WiringMap;

/// A document, as it is to be written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Document {
    /// Its path below the output folder, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The pages that documents quote: texts of sources, read again where one shows some.
pub trait Pages: Sync {
    /// A source's text, by path.
    fn text(&self, path: &str) -> String;
    /// A statement of a source on one line, without comments.
    fn one_line(&self, path: &str, statement: &str) -> String;
}

/// What documents are rendered from.
pub struct Context<'a> {
    /// The files by domain and layer.
    pub inventory: Inventory<'a>,
    reach: Reach,
    violations: Vec<Violation>,
    calls: Calls,
    pages: &'a dyn Pages,
}

impl<'a> Context<'a> {
    /// Gathers what all documents of a project share.
    pub fn new(analysis: &'a Analysis, pages: &'a dyn Pages) -> Self {
        let inventory = Inventory::new(analysis);
        let violations = violations::all(analysis, &homes(&inventory), pages);
        Self {
            reach: Reach::new(analysis),
            calls: Calls::new(&inventory),
            violations,
            inventory,
            pages,
        }
    }

    fn reference(&self) -> &'a str {
        let rules = &self.inventory.analysis.rules;
        rules.reference.as_deref().or(rules.name.as_deref()).unwrap_or_default()
    }

    /// The wiring map of a domain, by index.
    pub fn map(&self, domain: usize) -> WiringMap<'_> {
        wiring_map::map(self, domain)
    }
}

/// A file counts for its own domain, or for the one whose name stands in its file name, where the map goes by names.
fn homes<'a>(inventory: &'a Inventory<'_>) -> Homes<'a> {
    let analysis = inventory.analysis;
    let mut modules: Vec<Option<ModuleId>> = vec![None; analysis.sources.len()];
    for module in analysis.graph.ids() {
        modules[analysis.graph.module(module).file.index()].get_or_insert(module);
    }
    Homes {
        of: Box::new(move |file: FileId| {
            let placement = analysis.placement(modules[file.index()]?);
            let own = placement.domain.as_deref();
            own.and_then(|own| inventory.domain_named(own))
                .or_else(|| inventory.domain_of(file))
                .or_else(|| {
                    let layer = placement.layer?;
                    let by_name = analysis
                        .rules
                        .map
                        .nodes
                        .iter()
                        .any(|node| node.by_name && node.layer == layer);
                    let mut domains = 0..inventory.domains.len();
                    domains.find(|domain| by_name && inventory.named(*domain, layer) == Some(file))
                })
        }),
    }
}

/// A document of the set: each is rendered on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The wiring map of a domain.
    WiringMap(usize),
    /// The document of a layer of a domain.
    Layer(usize, LayerId),
    /// The register of gaps.
    GapRegister,
    /// The register of violations.
    Violations,
}

/// The documents that a project has, the index aside: that names them all.
pub fn kinds(context: &Context<'_>) -> Vec<Kind> {
    let rules = &context.inventory.analysis.rules;
    let mut kinds = vec![Kind::GapRegister, Kind::Violations];
    for domain in 0..context.inventory.domains.len() {
        kinds.push(Kind::WiringMap(domain));
        let layers = (0..).map(LayerId).zip(&rules.layers).map(|(id, _)| id);
        kinds.extend(layers.map(|layer| Kind::Layer(domain, layer)));
    }
    kinds
}

/// Renders one document, and its twin for machines; nothing for a layer without files.
pub fn render(context: &Context<'_>, kind: Kind) -> Vec<Document> {
    let folder = |domain: usize| {
        let domain = &context.inventory.domains[domain];
        format!("{:02}_{}", domain.number, domain.name)
    };
    let named = |path: String, twin: String, rendered: Rendered| {
        vec![
            Document {
                path: format!("{path}.md"),
                text: rendered.markdown,
            },
            Document {
                path: format!("{twin}.json"),
                text: rendered.json,
            },
        ]
    };
    match kind {
        Kind::WiringMap(domain) => {
            let path = format!("{}/DOMAIN_WIRING_MAP", folder(domain));
            let twin = format!("{}/domain_wiring_map", folder(domain));
            named(path, twin, wiring_map::document(context, domain))
        }
        Kind::Layer(domain, layer) => {
            let name = &context.inventory.analysis.rules.layer(layer).document;
            let path = format!("{}/{name}", folder(domain));
            layer::document(context, domain, layer)
                .map_or_else(Vec::new, |rendered| named(path.clone(), path, rendered))
        }
        Kind::GapRegister => named(
            "GAP_REGISTER".to_owned(),
            "gap_register".to_owned(),
            gap_register::register(context),
        ),
        Kind::Violations => named(
            "WIRING_VIOLATIONS".to_owned(),
            "violations".to_owned(),
            violations::register(context),
        ),
    }
}

/// Adds the index to the other documents, and puts all in order.
pub fn bind(context: &Context<'_>, mut documents: Vec<Document>) -> Vec<Document> {
    documents.sort();
    let links = documents.iter().map(|document| &document.path);
    let links = links
        .filter(|path| path.contains('/') && path.strip_suffix(".md").is_some())
        .cloned();
    let rendered = index::index(context, &links.collect::<Vec<_>>());
    documents.push(Document {
        path: "LITERATURE_INDEX.md".to_owned(),
        text: rendered.markdown,
    });
    documents.push(Document {
        path: "literature_index.json".to_owned(),
        text: rendered.json,
    });
    documents.sort();
    documents
}

/// A document in both its forms.
struct Rendered {
    markdown: String,
    json: String,
}

impl Rendered {
    /// Renders a template, and what it is filled with. Neither can fail: both write to memory.
    fn of(template: &impl Template, data: &impl Serialize) -> Self {
        Self {
            markdown: markdown(template),
            json: json(data),
        }
    }
}

/// A template with exactly one line break at its end.
fn markdown(template: &impl Template) -> String {
    let text = template.render().unwrap_or_else(|error| format!("<!-- {error} -->"));
    format!("{}\n", text.trim_end_matches('\n'))
}

fn json(data: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(data).unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"));
    format!("{text}\n")
}
