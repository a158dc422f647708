//! Checks what rules files say of documents and of what must be there.

use super::join::Joined;
use super::raw::OtherDomains;
use super::raw_wanted::{By, ExpectKind, RawBucket, RawClassification, RawExpect, RawNode};
use super::text::{Placed, Strings, nearest};
use super::valid::{Checker, title};
use super::wanted::{Bucket, Classification, Expectation, Map, Marks, Node, Pairing, Template, UsedBy, Wants};
use super::{Layer, LayerId, Origin};
use crate::source::At;

/// How many columns what hangs under a layer stands further right.
const STEP: usize = 7;

/// The name of the wiring map's twin, in lower case.
const WIRING_MAP: &str = "domain_wiring_map";

/// What rules files say of documents and of what must be there.
pub(super) struct Wanted {
    pub(super) expectations: Vec<Expectation>,
    pub(super) classification: Option<Classification>,
    pub(super) map: Map,
}

impl Checker {
    pub(super) fn wanted(&mut self, joined: &mut Joined, layers: &[Layer]) -> Wanted {
        let domains = &joined.base.domains;
        let ignored = domains.others.as_deref() == Some(&OtherDomains::Ignore);
        let whole = ignored && domains.order.as_ref().is_none_or(Vec::is_empty);
        let binds = !whole && layers.iter().any(Layer::binds_domain);
        self.file_names(joined, layers);
        let mut expectations = Vec::new();
        for (raw, origin) in std::mem::take(&mut joined.expects) {
            if raw.enabled.as_ref().is_none_or(|enabled| enabled.value) {
                expectations.extend(self.expectation(raw, origin, layers, binds));
            }
        }
        let buckets = std::mem::take(&mut joined.buckets);
        let classification = self.classification(std::mem::take(&mut joined.base.classification), buckets, layers);
        let map = self.map(std::mem::take(&mut joined.nodes), &expectations, layers, binds);
        Wanted {
            expectations,
            classification,
            map,
        }
    }

    /// Domains and documents give their names to folders and files.
    fn file_names(&mut self, joined: &Joined, layers: &[Layer]) {
        for domain in joined.base.domains.order.iter().flatten() {
            self.file_name(domain, domain.at, "domain");
        }
        let mut known: Vec<(String, &Layer)> = Vec::new();
        for layer in layers {
            let at = layer.origin.extended.unwrap_or(layer.origin.at);
            self.file_name(&layer.document, at, "document");
            if let Some(domain) = &layer.domain {
                self.file_name(&domain.replace(['{', '}'], ""), at, "domain");
            }
            // Some disks take names for one that differ in case alone.
            let name = layer.document.to_lowercase();
            if name == WIRING_MAP {
                let message = format!("the document of `{}` has the wiring map's name", layer.id);
                self.mistake(at, message, "give it another: `document = \"…\"`");
            }
            if let Some((_, other)) = known.iter().find(|(known, _)| *known == name) {
                let message = format!(
                    "`{}` and `{}` have one document, `{}`",
                    other.id, layer.id, layer.document
                );
                self.mistake(at, message, "give one of them another: `document = \"…\"`");
            }
            known.push((name, layer));
        }
    }

    fn file_name(&mut self, name: &str, at: At, what: &str) {
        let wrong = name.is_empty()
            || name.starts_with('.')
            || name.contains(|sign: char| sign.is_control() || matches!(sign, '/' | '\\' | ':'));
        if wrong {
            let message = format!(
                "`{}` can be no {what}: its name is that of a file or folder",
                name.escape_debug()
            );
            self.mistake(
                at,
                message,
                "write a name without `/`, `\\`, `:` and line breaks that begins with no dot",
            );
        }
    }

    fn template(&mut self, text: &Placed<String>, known: &[&str]) -> Template {
        let template = Template(text.value.replace(['\n', '\r'], " "));
        let unknown: Vec<String> = template
            .names()
            .filter(|name| !known.contains(name))
            .map(str::to_owned)
            .collect();
        for name in unknown {
            let help = match nearest(&name, known.iter().copied()) {
                Some(right) => format!("did you mean `{{{right}}}`?"),
                None => format!("the names are: {{{}}}", known.join("}, {")),
            };
            self.mistake(text.at, format!("a template with the unknown name `{{{name}}}`"), help);
        }
        template
    }

    fn expectation(&mut self, raw: RawExpect, origin: Origin, layers: &[Layer], binds: bool) -> Option<Expectation> {
        let id = raw.id.value.clone();
        self.id(&id, origin.at);
        let Some(kind) = raw.kind.as_deref().copied() else {
            self.mistake(
                origin.at,
                format!("the expectation `{id}` has no `kind`"),
                "write `kind = \"present\"`, \"paired\", \"wired\" or \"grouped\"",
            );
            return None;
        };
        self.misplaced(&raw, kind);
        let layer = self.wanted_layer(raw.layer.as_ref(), "layer", &id, origin.at);
        let by_name = raw.by.as_deref() == Some(&By::Name);
        let wants = match kind {
            ExpectKind::Present => {
                let when_has: Vec<LayerId> = raw
                    .when_has
                    .iter()
                    .flatten()
                    .filter_map(|layer| self.layer_id(layer))
                    .collect();
                if raw.when_has.as_ref().is_none_or(Vec::is_empty) {
                    self.mistake(
                        origin.at,
                        format!("the expectation `{id}` has no `when_has`"),
                        "name the layers whose files ask for one: `when_has = [\"L2_api\"]`",
                    );
                }
                Wants::Present {
                    layer: layer?,
                    by_name,
                    when_has,
                }
            }
            ExpectKind::Paired => {
                let with = self.wanted_layer(raw.with.as_ref(), "with", &id, origin.at);
                let by = raw.by.as_deref().copied().unwrap_or(By::Either);
                Wants::Paired(Pairing {
                    layer: layer?,
                    with: with?,
                    by_name: matches!(by, By::Name | By::Either),
                    by_evidence: matches!(by, By::Evidence | By::Either),
                    strip: strings(raw.strip.as_ref()),
                    imports: raw
                        .imports
                        .as_ref()
                        .map(|imports| strings(Some(imports)))
                        .filter(|imports| !imports.is_empty()),
                })
            }
            ExpectKind::Wired => Wants::Wired { layer: layer? },
            ExpectKind::Grouped => {
                let of = self.wanted_layer(raw.of.as_ref(), "of", &id, origin.at);
                Wants::Grouped {
                    layer: layer?,
                    by_name,
                    of: of?,
                }
            }
        };
        let (names, description, action) = said(kind);
        let text = |text: Option<Placed<String>>, otherwise: &str| {
            text.unwrap_or_else(|| Placed {
                value: otherwise.to_owned(),
                at: origin.at,
            })
        };
        let title = raw.title.map_or_else(|| words(&id), |title| title.value);
        let description = self.template(&text(raw.description, description), names);
        let action = self.template(&text(raw.action, action), names);
        if binds {
            self.domains_of(&wants, layers, origin.at);
        }
        Some(Expectation {
            id,
            title,
            wants,
            description,
            action,
            origin,
        })
    }

    /// A layer that belongs to no domain gives a domain nothing, unless its names do.
    fn domains_of(&mut self, wants: &Wants, layers: &[Layer], at: At) {
        let Wants::Grouped {
            layer, by_name: false, ..
        } = wants
        else {
            return;
        };
        if !layers[layer.index()].binds_domain() {
            let message = format!("the layer `{}` belongs to no domain", layers[layer.index()].id);
            self.mistake(at, message, "add `by = \"name\"`, or bind `{domain}` in its paths");
        }
    }

    /// Keys that the kind has no use for.
    fn misplaced(&mut self, raw: &RawExpect, kind: ExpectKind) {
        let keys = [
            (
                "when_has",
                raw.when_has
                    .as_ref()
                    .and_then(|list| list.first())
                    .map(|first| first.at),
                kind == ExpectKind::Present,
            ),
            (
                "with",
                raw.with.as_ref().map(|with| with.at),
                kind == ExpectKind::Paired,
            ),
            ("of", raw.of.as_ref().map(|of| of.at), kind == ExpectKind::Grouped),
            ("strip", place(raw.strip.as_ref()), kind == ExpectKind::Paired),
            ("imports", place(raw.imports.as_ref()), kind == ExpectKind::Paired),
        ];
        for (key, at, belongs) in keys {
            if let Some(at) = at
                && !belongs
            {
                let message = format!("`{key}` in an expectation that has no use for it");
                self.mistake(at, message, "leave it out, or choose another `kind`");
            }
        }
        if let Some(by) = &raw.by {
            let fits = match kind {
                ExpectKind::Present | ExpectKind::Grouped => matches!(by.value, By::Domain | By::Name),
                ExpectKind::Paired => !matches!(by.value, By::Domain),
                ExpectKind::Wired => false,
            };
            if !fits {
                let help = match kind {
                    ExpectKind::Present | ExpectKind::Grouped => "write \"domain\" or \"name\"",
                    ExpectKind::Paired => "write \"name\", \"evidence\" or \"either\"",
                    ExpectKind::Wired => "leave it out: edges decide",
                };
                self.mistake(by.at, "a `by` that this kind does not know", help);
            }
        }
    }

    fn wanted_layer(&mut self, layer: Option<&Placed<String>>, key: &str, id: &str, at: At) -> Option<LayerId> {
        if layer.is_none() {
            self.mistake(
                at,
                format!("the expectation `{id}` has no `{key}`"),
                format!("name a layer: `{key} = \"…\"`"),
            );
        }
        self.layer_id(layer?)
    }

    fn classification(
        &mut self,
        raw: RawClassification,
        buckets: Vec<(RawBucket, Origin)>,
        layers: &[Layer],
    ) -> Option<Classification> {
        let first = buckets.first()?.1.at;
        let Some(layer) = raw.layer.as_ref() else {
            self.mistake(
                first,
                "buckets without `[classification]`",
                "say which files they sort: `[classification]` with `layer` and `users`",
            );
            return None;
        };
        let layer = self.layer_id(layer)?;
        let users = raw.users.iter().flat_map(|users| &users.0);
        let users = users.filter_map(|user| self.layer_id(user)).collect();
        Some(Classification {
            title: raw.title.map_or_else(
                || format!("{} Classification", layers[layer.index()].title),
                |title| title.value,
            ),
            layer,
            users,
            buckets: buckets
                .into_iter()
                .map(|(raw, _)| Bucket {
                    title: raw.title.map_or_else(|| words(&raw.id.value), |title| title.value),
                    names: raw.names.as_ref().map(|names| strings(Some(names))),
                    used_by: raw.used_by.map_or(UsedBy::Any, |used| used.value),
                    action: raw.action.map_or_else(String::new, |action| action.value),
                    id: raw.id.value,
                })
                .collect(),
        })
    }

    fn map(&mut self, raw: Vec<(RawNode, Origin)>, expectations: &[Expectation], layers: &[Layer], binds: bool) -> Map {
        let drawn = |node: &RawNode| node.enabled.as_ref().is_none_or(|enabled| enabled.value);
        let nodes: Vec<RawNode> = raw.into_iter().map(|(node, _)| node).filter(drawn).collect();
        let Some(at) = nodes.first().map(|node| node.layer.at) else {
            return derived(layers, expectations, binds);
        };
        let at = Some(at);
        let mut map = Map { nodes: Vec::new(), at };
        let mut column = 0;
        for (number, raw) in nodes.into_iter().enumerate() {
            column = raw.column.as_deref().map_or_else(
                || {
                    if number == 1 {
                        2
                    } else {
                        column + if number == 0 { 0 } else { STEP }
                    }
                },
                |column| *column as usize,
            );
            map.nodes.extend(self.node(raw, column, expectations, layers));
        }
        map
    }

    fn node(&mut self, raw: RawNode, column: usize, expectations: &[Expectation], layers: &[Layer]) -> Option<Node> {
        const NAMES: &[&str] = &["domain", "title", "count", "path", "absolute"];
        let layer = self.layer_id(&raw.layer)?;
        let named = &layers[layer.index()].title;
        let at = raw.layer.at;
        let text = |value: String| Placed { value, at };
        let found = raw.found.unwrap_or_else(|| text(format!("{named} ({{count}} files)")));
        let missing = match raw.missing {
            Some(missing) => missing.0,
            None => vec![text(format!("{named} — **GAP** (0 files)"))],
        };
        if let Some(by) = raw.by.as_ref().filter(|by| !matches!(by.value, By::Domain | By::Name)) {
            self.mistake(by.at, "a `by` that a map does not know", "write \"domain\" or \"name\"");
        }
        let said = |mark: Option<Placed<String>>| mark.map(|mark| mark.value);
        let marks = match &raw.paired {
            None => Marks::Same(said(raw.mark).unwrap_or_default()),
            Some(id) => {
                let known = || expectations.iter().map(|expectation| expectation.id.as_str());
                let Some(expectation) = known().position(|known| known == id.value) else {
                    let help = nearest(id, known()).map_or_else(
                        || "name an `[[expect]]` of kind \"paired\"".to_owned(),
                        |right| format!("did you mean `{right}`?"),
                    );
                    self.mistake(id.at, format!("unknown expectation `{}`", id.value), help);
                    return None;
                };
                match &expectations[expectation].wants {
                    Wants::Paired(pairing) if pairing.layer == layer => {}
                    _ => {
                        let message = format!("`{}` pairs no files of this layer", id.value);
                        self.mistake(id.at, message, "name an expectation of kind \"paired\" for this layer");
                        return None;
                    }
                }
                Marks::Paired {
                    expectation,
                    paired: said(raw.mark_paired).unwrap_or_else(|| " ✅".to_owned()),
                    unpaired: said(raw.mark_unpaired).unwrap_or_else(|| " ❌".to_owned()),
                    declares: said(raw.mark_declares).unwrap_or_default(),
                }
            }
        };
        let mut beside = Vec::new();
        for raw in raw.beside.into_iter().flatten() {
            let text = self.template(&raw.text, NAMES);
            if let Some(layer) = self.layer_id(&raw.layer) {
                beside.push((layer, text));
            }
        }
        Some(Node {
            layer,
            column,
            by_name: raw.by.is_some_and(|by| by.value == By::Name),
            found: self.template(&found, NAMES),
            missing: missing.iter().map(|line| self.template(line, NAMES)).collect(),
            elsewhere: raw.elsewhere.map(|text| self.template(&text, NAMES)),
            show: raw.show.map_or(usize::MAX, |show| show.value as usize),
            marks,
            beside,
        })
    }
}

/// The map of rules that draw none: the layers in their order, each below the one before.
fn derived(layers: &[Layer], expectations: &[Expectation], binds: bool) -> Map {
    const SHOWN: usize = 10;
    // Where some layers bind domains, the others are no domain's.
    let drawn = |layer: &Layer| !layer.outside && (!binds || layer.binds_domain());
    let inside = (0..).map(LayerId).zip(layers).filter(|(_, layer)| drawn(layer));
    let nodes = inside.enumerate().map(|(number, (id, layer))| {
        let paired = expectations
            .iter()
            .position(|expectation| matches!(&expectation.wants, Wants::Paired(pairing) if pairing.layer == id));
        Node {
            layer: id,
            column: match number {
                0 => 0,
                _ => 2 + (number - 1) * STEP,
            },
            by_name: false,
            found: Template(format!("{} ({{count}} files)", layer.title)),
            missing: vec![Template(format!("{} (0 files)", layer.title))],
            elsewhere: None,
            show: SHOWN,
            marks: match paired {
                None => Marks::Same(String::new()),
                Some(expectation) => Marks::Paired {
                    expectation,
                    paired: " ✅".to_owned(),
                    unpaired: " ❌".to_owned(),
                    declares: String::new(),
                },
            },
            beside: Vec::new(),
        }
    });
    Map {
        nodes: nodes.collect(),
        at: None,
    }
}

/// The names that templates of a kind may hold, and what is said where the rules say nothing.
fn said(kind: ExpectKind) -> (&'static [&'static str], &'static str, &'static str) {
    match kind {
        ExpectKind::Present => (
            &["domain", "title", "layer", "count", "files"],
            "{count} files but none of {layer}",
            "Build the files of {layer} in {domain}",
        ),
        ExpectKind::Paired => (
            &["domain", "title", "layer", "file", "path", "stem"],
            "`{path}` has no counterpart in {layer}",
            "Build the counterpart of {stem} in {layer}",
        ),
        ExpectKind::Wired => (
            &[
                "domain", "title", "layer", "file", "path", "stem", "state", "layers", "problem",
            ],
            "`{path}` is {state}: {problem}",
            "Wire it, or take it away",
        ),
        ExpectKind::Grouped => (
            &["domain", "title", "layer", "count", "files", "file", "path"],
            "`{path}` leaves out {count} files: {files}",
            "Name them in `{file}`",
        ),
    }
}

fn strings(list: Option<&Strings>) -> Vec<String> {
    list.into_iter()
        .flat_map(|list| &list.0)
        .map(|text| text.value.clone())
        .collect()
}

fn place(list: Option<&Strings>) -> Option<At> {
    list?.0.first().map(|first| first.at)
}

/// `L6_driver` → `L6 Driver`.
fn words(id: &str) -> String {
    let (level, rest) = id.split_once('_').unwrap_or((id, ""));
    title(level, rest)
}
