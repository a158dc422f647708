//! The document of a layer of a domain: what each file holds, and what it should and must not call.

use std::collections::BTreeMap;

use askama::Template;
use serde::Serialize;

use super::violations::Violation;
use super::words::{capped, cell, code, cut};
use super::{Context, Rendered};
use crate::graph::{EdgeKind, Target};
use crate::inventory::{ends, title};
use crate::outline::{FunctionOutline, ImportOutline, Outline, TypeOutline};
use crate::rules::{Layer, LayerId, LayerList, WhenFilter};
use crate::source::{FileId, LineIndex};

/// A layer of a domain.
#[derive(Template, Serialize)]
#[template(path = "layer.md", escape = "none")]
struct LayerDocument<'a> {
    domain: &'a str,
    #[serde(skip)]
    title: String,
    layer: &'a str,
    document: &'a str,
    #[serde(skip)]
    layer_title: String,
    reference: &'a str,
    /// What the layer promises, where the document bears its name.
    #[serde(skip)]
    contract: Option<&'a str>,
    wiring: Option<Wiring<'a>>,
    files: Vec<FileSection<'a>>,
}

/// What the rules say of a layer.
#[derive(Serialize, Clone)]
struct Wiring<'a> {
    #[serde(skip)]
    topology: &'a str,
    contract: &'a str,
    should_call: Vec<&'a str>,
    must_not_call: Vec<&'a str>,
    called_by: Vec<&'a str>,
}

impl Wiring<'_> {
    /// Whether a list of it names something.
    fn names_any(&self) -> bool {
        !(self.should_call.is_empty() && self.must_not_call.is_empty() && self.called_by.is_empty())
    }
}

#[derive(Serialize)]
struct FileSection<'a> {
    #[serde(skip)]
    name: &'a str,
    path: &'a str,
    lines: u32,
    documentation: &'a str,
    classes: &'a [TypeOutline],
    functions: &'a [FunctionOutline],
    imports: &'a [ImportOutline],
    violations: Vec<&'a Violation>,
    constants: &'a [String],
    #[serde(skip)]
    exported_by: &'a str,
    exports: &'a [String],
    further_imports: &'a [ImportOutline],
    /// Calls to other layers.
    calls: Vec<Crossing>,
    /// Calls from other layers.
    callers: Vec<Crossing>,
    not_understood: Option<String>,
}

/// Calls between a file and another layer's.
#[derive(Serialize)]
struct Crossing {
    /// The other file, relative to the project.
    file: String,
    layer: String,
    /// What is called.
    callee: String,
    count: usize,
    /// The layer's list names the other.
    listed: bool,
}

/// The document of a layer of a domain; nothing where it has no files there.
pub(super) fn document(context: &Context<'_>, domain: usize, id: LayerId) -> Option<Rendered> {
    let inventory = &context.inventory;
    let rules = &inventory.analysis.rules;
    let layer = rules.layer(id);
    let mut files = inventory.files(domain, id).to_vec();
    if files.is_empty() {
        return None;
    }
    files.sort_by_key(|file| {
        (
            inventory.name(*file),
            inventory.path(*file).split('/').collect::<Vec<_>>(),
        )
    });
    let wiring = layer.contract.as_deref().map(|contract| Wiring {
        topology: rules.name.as_deref().unwrap_or_default(),
        contract,
        should_call: listed(context, layer.should_call.as_ref()),
        must_not_call: listed(context, layer.must_not_call.as_ref()),
        called_by: listed(context, layer.called_by.as_ref()),
    });
    let own = &inventory.domains[domain].name;
    let document = LayerDocument {
        domain: own,
        title: title(own),
        layer: &layer.id,
        document: &layer.document,
        layer_title: document_title(layer),
        reference: context.reference(),
        contract: layer.contract.as_deref().filter(|_| layer.document == layer.id),
        wiring,
        files: files.iter().map(|file| section(context, layer, *file)).collect(),
    };
    Some(Rendered::of(&document, &document))
}

/// `L2_apis` → `L2 Apis`.
fn document_title(layer: &Layer) -> String {
    if layer.document == layer.id {
        return layer.title.clone();
    }
    let words = layer.document.split('_').filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .chain(letters)
            .collect::<String>()
    };
    words.map(capital).collect::<Vec<_>>().join(" ")
}

fn listed<'a>(context: &'a Context<'_>, list: Option<&LayerList>) -> Vec<&'a str> {
    let rules = &context.inventory.analysis.rules;
    let layers = list.into_iter().flat_map(|list| &list.layers);
    layers.map(|(layer, _)| rules.layer(*layer).id.as_str()).collect()
}

fn section<'a>(context: &'a Context<'_>, layer: &Layer, file: FileId) -> FileSection<'a> {
    static NOTHING: std::sync::LazyLock<Outline> = std::sync::LazyLock::new(Outline::default);
    let inventory = &context.inventory;
    let source = inventory.analysis.source(file);
    let outline = source.facts.outline.as_deref();
    let shown = outline.unwrap_or(&NOTHING);
    let (calls, callers) = crossings(context, layer, file);
    FileSection {
        name: inventory.name(file),
        path: &source.path,
        lines: outline.map_or(source.facts.lines, |outline| outline.lines),
        documentation: &shown.documentation,
        classes: &shown.types,
        functions: &shown.functions,
        imports: &shown.imports,
        violations: context
            .violations
            .iter()
            .filter(|violation| violation.file_id == file)
            .collect(),
        constants: &shown.constants,
        exported_by: shown.exported_by,
        exports: &shown.exports,
        further_imports: &shown.further_imports,
        calls,
        callers,
        not_understood: source.facts.problems.first().map(|problem| {
            let text = context.pages.text(&source.path);
            let line = LineIndex::new(&text).line(problem.span.start);
            format!("line {line}: {}", problem.message)
        }),
    }
}

/// Calls of a file that cross layers: out of it, and into it.
fn crossings(context: &Context<'_>, layer: &Layer, file: FileId) -> (Vec<Crossing>, Vec<Crossing>) {
    let empty = Vec::new();
    let of = |calls: &BTreeMap<FileId, Vec<(FileId, String, usize)>>, list: Option<&LayerList>| {
        let rows = calls.get(&file).unwrap_or(&empty).iter();
        let rows = rows.map(|(other, callee, count)| {
            let id = context.inventory.layer_of(*other);
            Crossing {
                file: context.inventory.path(*other).to_owned(),
                layer: id.map_or_else(String::new, |id| context.inventory.analysis.rules.layer(id).id.clone()),
                callee: callee.clone(),
                count: *count,
                // An absent list is open.
                listed: list.is_none_or(|list| id.is_some_and(|id| list.contains(id))),
            }
        });
        rows.collect::<Vec<_>>()
    };
    (
        of(&context.calls.out, layer.should_call.as_ref()),
        of(&context.calls.into, layer.called_by.as_ref()),
    )
}

/// The calls of a project that cross layers, by file: the other file, what is called, how often.
#[derive(Debug, Default)]
pub(super) struct Calls {
    out: BTreeMap<FileId, Vec<(FileId, String, usize)>>,
    into: BTreeMap<FileId, Vec<(FileId, String, usize)>>,
    /// By the layers of both ends.
    pub(super) between: BTreeMap<(LayerId, LayerId), usize>,
}

impl Calls {
    /// Counts them.
    pub(super) fn new(inventory: &crate::inventory::Inventory<'_>) -> Self {
        let analysis = inventory.analysis;
        let counted = WhenFilter::default();
        let mut counts: BTreeMap<(FileId, FileId, String), usize> = BTreeMap::new();
        let mut calls = Self::default();
        for edge in &analysis.graph.edges {
            if edge.kind != EdgeKind::Call || !counted.counts(edge.when) {
                continue;
            }
            let from = analysis.graph.module(edge.from).file;
            // What defines the callee, not who hands it on.
            let Some(Target::Module(to)) = ends(edge).last() else {
                continue;
            };
            let to = analysis.graph.module(to).file;
            let (Some(caller), Some(callee)) = (inventory.layer_of(from), inventory.layer_of(to)) else {
                continue;
            };
            if caller == callee {
                continue;
            }
            let Some(name) = analysis.callee(edge) else { continue };
            *counts.entry((from, to, name)).or_default() += 1;
            *calls.between.entry((caller, callee)).or_default() += 1;
        }
        for ((from, to, name), count) in counts {
            calls.out.entry(from).or_default().push((to, name.clone(), count));
            calls.into.entry(to).or_default().push((from, name, count));
        }
        calls
    }
}

impl FileSection<'_> {
    fn cut_documentation(&self) -> &str {
        cut(self.documentation, 200)
    }

    fn quoted_path(&self) -> String {
        code(self.path)
    }

    fn listed_constants(&self) -> String {
        quoted(self.constants)
    }

    fn listed_exports(&self) -> String {
        quoted(self.exports)
    }

    /// Calls to layers that the layer's lists do not foresee.
    fn further_calls(&self) -> Vec<String> {
        unforeseen(&self.calls)
    }

    /// Calls from layers that the layer's lists do not foresee.
    fn further_callers(&self) -> Vec<String> {
        unforeseen(&self.callers)
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ")
}

fn unforeseen(calls: &[Crossing]) -> Vec<String> {
    calls.iter().filter(|call| !call.listed).map(Crossing::row).collect()
}

impl Crossing {
    fn row(&self) -> String {
        format!(
            "| {} | {} | {} | {} |",
            cell(&code(&self.callee)),
            cell(&code(crate::inventory::file_name(&self.file))),
            self.layer,
            self.count
        )
    }
}

impl TypeOutline {
    fn row(&self) -> String {
        format!(
            "| {} | {} | {} |",
            cell(&code(&self.name)),
            cell(&capped(&self.methods, 8, " more")),
            cell(cut(&self.documentation, 100))
        )
    }
}

impl FunctionOutline {
    fn row(&self) -> String {
        format!(
            "| {} | {} | {} | {} |",
            cell(&code(&self.name)),
            cell(&code(cut(&self.signature, 80))),
            yes(self.is_async),
            cell(cut(&self.documentation, 80))
        )
    }
}

impl ImportOutline {
    fn row(&self) -> String {
        format!(
            "| {} | {} | {} |",
            cell(&code(&self.module)),
            cell(&capped(&self.names, 5, "")),
            yes(self.relative)
        )
    }

    /// The row with its circumstances.
    fn further_row(&self) -> String {
        let when: Vec<&str> = self.when.names().collect();
        let when = if when.is_empty() {
            "in a block".to_owned()
        } else {
            when.join(", ")
        };
        format!("{} {when} |", self.row())
    }
}

impl Violation {
    fn in_layer(&self) -> String {
        format!(
            "| {} | {} | {} | {} |",
            cell(&code(&self.import)),
            cell(&self.rule),
            cell(&self.fix),
            self.line
        )
    }
}

fn yes(holds: bool) -> &'static str {
    if holds { "yes" } else { "no" }
}
