//! The naive judge of gaps: what must be there and is not, counted anew from the files, the edges and the rules.
//!
//! Must not know the code of `expect`: it is there to contradict it.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::Analysis;
use crate::facts::When;
use crate::graph::Target;
use crate::rules::raw::OtherDomains;
use crate::rules::wanted::{Expectation, Pairing, Wants};
use crate::rules::{LayerId, LayerList};

/// A gap: its type, its domain, and the files that ask for what is missing.
pub(super) type Missing = (String, String, BTreeSet<String>);

/// A project's files by path, each with its layer and domain; package files are none.
pub(super) struct Stock<'a> {
    analysis: &'a Analysis,
    domains: Vec<String>,
    files: BTreeMap<String, (LayerId, Option<String>)>,
    reach: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Stock<'a> {
    pub(super) fn new(analysis: &'a Analysis) -> Self {
        let rules = &analysis.rules;
        let mut domains = rules.domains.clone();
        let modules = || analysis.graph.ids().filter(|id| !analysis.graph.module(*id).package);
        if rules.other_domains == OtherDomains::Append {
            let found: BTreeSet<&str> = modules()
                .filter_map(|id| analysis.placement(id).domain.as_deref())
                .collect();
            let new = found
                .into_iter()
                .filter(|name| !rules.domains.iter().any(|known| known == name));
            domains.extend(new.map(str::to_owned));
        }
        let whole = domains.is_empty();
        if whole {
            let name = rules.name.as_deref().unwrap_or("project");
            domains.push(crate::inventory::folder_name(name));
        }
        let mut files = BTreeMap::new();
        for id in modules() {
            let placement = analysis.placement(id);
            if let Some(layer) = placement.layer {
                let domain = if whole {
                    Some(domains[0].clone())
                } else {
                    placement
                        .domain
                        .as_deref()
                        .filter(|own| domains.iter().any(|known| known == own))
                        .map(str::to_owned)
                };
                files
                    .entry(analysis.source_of(id).path.to_string())
                    .or_insert((layer, domain));
            }
        }
        let mut reach: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for edge in &analysis.graph.edges {
            if edge.when.has_any(When::TYPE_ONLY.with(When::TEST)) || matches!(edge.to, Target::Unknown(_)) {
                continue;
            }
            for to in std::iter::once(edge.to).chain(edge.ends.iter().map(|end| end.to)) {
                if let Target::Module(to) = to {
                    let from = &*analysis.source_of(edge.from).path;
                    reach.entry(from).or_default().insert(&*analysis.source_of(to).path);
                }
            }
        }
        Self {
            analysis,
            domains,
            files,
            reach,
        }
    }

    /// The domains.
    pub(super) fn domains(&self) -> &[String] {
        &self.domains
    }

    /// A domain's files of a layer.
    pub(super) fn of(&self, domain: &str, layer: LayerId) -> Vec<String> {
        let own = self
            .files
            .iter()
            .filter(|(_, (at, home))| *at == layer && home.as_deref() == Some(domain));
        own.map(|(path, _)| path.clone()).collect()
    }

    /// The same, or those whose file name holds the domain's.
    pub(super) fn members(&self, domain: &str, layer: LayerId, by_name: bool) -> Vec<String> {
        if !by_name {
            return self.of(domain, layer);
        }
        let named = |path: &&String| name(path).to_lowercase().contains(&domain.to_lowercase());
        self.of_layer(layer).iter().filter(named).cloned().collect()
    }

    fn of_layer(&self, layer: LayerId) -> Vec<String> {
        let own = self.files.iter().filter(|(_, (at, _))| *at == layer);
        own.map(|(path, _)| path.clone()).collect()
    }

    /// Whether an edge that counts leads from one file to another.
    pub(super) fn reaches(&self, from: &str, to: &str) -> bool {
        self.reach.get(from).is_some_and(|reached| reached.contains(to))
    }

    fn declares(&self, path: &str) -> bool {
        let mut sources = self.analysis.sources.iter();
        sources.any(|source| &*source.path == path && source.facts.declares_only)
    }

    /// Whether a file has its counterpart, and asks for it.
    pub(super) fn is_paired(&self, domain: &str, file: &str, pairing: &Pairing) -> bool {
        self.asks(file, pairing) && !self.declares(file) && self.has_counterpart(domain, file, pairing)
    }

    /// A file of a layer that is called, and those that call it.
    pub(super) fn called(&self, layer: LayerId) -> Option<(String, Vec<String>)> {
        let rules = &self.analysis.rules;
        let list = rules.layer(layer).called_by.as_ref()?;
        if list.layers.iter().any(|(layer, _)| rules.layer(*layer).outside) {
            return None;
        }
        let all: Vec<String> = list
            .layers
            .iter()
            .flat_map(|(layer, _)| self.of_layer(*layer))
            .collect();
        self.of_layer(layer).into_iter().find_map(|file| {
            let callers: Vec<String> = all
                .iter()
                .filter(|caller| self.reaches(caller, &file))
                .cloned()
                .collect();
            // One caller at least must be left, or the layer has none that could be missed.
            (!callers.is_empty() && callers.len() < all.len()).then_some((file, callers))
        })
    }

    /// All gaps.
    pub(super) fn gaps(&self) -> BTreeSet<Missing> {
        let expectations = &self.analysis.rules.expectations;
        expectations
            .iter()
            .flat_map(|expectation| self.gaps_of(expectation))
            .collect()
    }

    fn gaps_of(&self, expectation: &Expectation) -> Vec<Missing> {
        let gap = |domain: &str, files: Vec<String>| {
            (
                expectation.id.clone(),
                domain.to_owned(),
                files.into_iter().collect::<BTreeSet<_>>(),
            )
        };
        let mut gaps = Vec::new();
        for domain in &self.domains {
            match &expectation.wants {
                Wants::Present {
                    layer,
                    by_name,
                    when_has,
                } => {
                    let asking: Vec<String> = when_has.iter().flat_map(|asking| self.of(domain, *asking)).collect();
                    if !asking.is_empty() && self.members(domain, *layer, *by_name).is_empty() {
                        gaps.push(gap(domain, asking));
                    }
                }
                Wants::Paired(pairing) => {
                    let files = self.of(domain, pairing.layer).into_iter();
                    let lonely =
                        files.filter(|file| self.asks(file, pairing) && !self.has_counterpart(domain, file, pairing));
                    gaps.extend(lonely.map(|file| gap(domain, vec![file])));
                }
                Wants::Grouped { layer, by_name, of } => {
                    let left_out = |facade: &String| -> Vec<String> {
                        let files = self.of(domain, *of).into_iter();
                        files.filter(|file| !self.reaches(facade, file)).collect()
                    };
                    let mut facades = self.members(domain, *layer, *by_name);
                    facades.sort_by_key(|facade| left_out(facade).len());
                    if let Some(facade) = facades.first()
                        && !left_out(facade).is_empty()
                    {
                        let mut files = left_out(facade);
                        files.push(facade.clone());
                        gaps.push(gap(domain, files));
                    }
                }
                Wants::Wired { .. } => {}
            }
        }
        if let Wants::Wired { layer } = expectation.wants {
            gaps.extend(self.unwired(layer).into_iter().map(|file| {
                let domain = self.files[&file].1.clone().unwrap_or_default();
                gap(&domain, vec![file])
            }));
        }
        gaps
    }

    /// Whether a file imports, when it is loaded, what makes a pairing ask for its counterpart.
    fn asks(&self, file: &str, pairing: &Pairing) -> bool {
        use crate::graph::EdgeKind::{Dynamic, Import, ReExport};
        let Some(modules) = &pairing.imports else { return true };
        let graph = &self.analysis.graph;
        let named = |target: Target| {
            let name = match target {
                Target::Module(module) => &*graph.module(module).name,
                Target::Unknown(_) => return false,
                _ => graph.target_name(target),
            };
            let below = |module: &String| {
                name == module || name.starts_with(&format!("{module}.")) || name.starts_with(&format!("{module}::"))
            };
            modules.iter().any(below)
        };
        graph
            .ids()
            .filter(|id| &*self.analysis.source_of(*id).path == file)
            .any(|id| {
                graph.edges_from(id).iter().any(|edge| {
                    let loaded = !edge.when.has_any(When::DEFERRED.with(When::TYPE_ONLY).with(When::TEST));
                    matches!(edge.kind, Import | ReExport | Dynamic)
                        && loaded
                        && (named(edge.to) || edge.ends.iter().any(|end| named(end.to)))
                })
            })
    }

    fn has_counterpart(&self, domain: &str, file: &str, pairing: &Pairing) -> bool {
        let own = name(file);
        let stripped = pairing
            .strip
            .iter()
            .find_map(|end| own.strip_suffix(end.as_str()).filter(|stem| !stem.is_empty()));
        let stem = stripped.unwrap_or(own);
        let others = self.of(domain, pairing.with);
        (pairing.by_name && others.iter().any(|other| name(other).contains(stem)))
            || (pairing.by_evidence && (self.declares(file) || others.iter().any(|other| self.reaches(file, other))))
    }

    /// Files of a layer that no caller reaches, and files that reach nothing they were promised.
    fn unwired(&self, layer: LayerId) -> Vec<String> {
        let rules = &self.analysis.rules;
        let own = rules.layer(layer);
        let files_of = |list: &LayerList| -> Vec<String> {
            list.layers
                .iter()
                .flat_map(|(layer, _)| self.of_layer(*layer))
                .collect()
        };
        let outside = |list: &LayerList| list.layers.iter().any(|(layer, _)| rules.layer(*layer).outside);
        let callers = own
            .called_by
            .as_ref()
            .filter(|list| !outside(list))
            .map(files_of)
            .unwrap_or_default();
        let promised = own.should_call.as_ref().map(files_of).unwrap_or_default();
        let mut unwired = Vec::new();
        for file in self.of_layer(layer) {
            let orphaned = !callers.is_empty() && !callers.iter().any(|caller| self.reaches(caller, &file));
            let dangling = !promised.is_empty()
                && !self.declares(&file)
                && !promised.iter().any(|callee| self.reaches(&file, callee));
            if orphaned || dangling {
                unwired.push(file);
            }
        }
        unwired
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
