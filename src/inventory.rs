//! What each domain has of each layer, and which file reaches which: what expectations and documents count.
//!
//! Package files are left out of all counts. Must not know how anything is drawn.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::Analysis;
use crate::graph::{Edge, Target};
use crate::rules::raw::OtherDomains;
use crate::rules::{LayerId, WhenFilter};
use crate::source::{FileId, to_u32};

/// A project's files by domain and layer.
#[derive(Debug)]
pub struct Inventory<'a> {
    /// What it was taken of.
    pub analysis: &'a Analysis,
    /// The domains, in the order that numbers them.
    pub domains: Vec<Domain>,
    by_place: BTreeMap<(usize, LayerId), Vec<FileId>>,
    by_layer: BTreeMap<LayerId, Vec<FileId>>,
    layers: Vec<Option<LayerId>>,
    homes: Vec<Option<usize>>,
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Its name.
    pub name: String,
    /// Its number among all, from 1.
    pub number: usize,
}

impl<'a> Inventory<'a> {
    /// Takes stock of a project.
    pub fn new(analysis: &'a Analysis) -> Self {
        let names = domain_names(analysis);
        let whole = names.is_none();
        let names = names.unwrap_or_else(|| vec![whole_name(analysis)]);
        let mut inventory = Self {
            analysis,
            domains: (1..).zip(names).map(|(number, name)| Domain { name, number }).collect(),
            by_place: BTreeMap::new(),
            by_layer: BTreeMap::new(),
            layers: vec![None; analysis.sources.len()],
            homes: vec![None; analysis.sources.len()],
        };
        let graph = &analysis.graph;
        for (module, placement) in graph.modules.iter().zip(&analysis.placements) {
            let file = module.file.index();
            let Some(layer) = placement.layer.filter(|_| !module.package) else {
                continue;
            };
            if inventory.layers[file].is_some() {
                continue;
            }
            inventory.layers[file] = Some(layer);
            inventory.homes[file] = if whole {
                Some(0)
            } else {
                let own = placement.domain.as_deref();
                inventory
                    .domains
                    .iter()
                    .position(|domain| Some(domain.name.as_str()) == own)
            };
        }
        let mut files: Vec<FileId> = (0..to_u32(analysis.sources.len())).map(FileId).collect();
        files.sort_by(|a, b| by_components(inventory.path(*a), inventory.path(*b)));
        for file in files {
            if let Some(layer) = inventory.layers[file.index()] {
                inventory.by_layer.entry(layer).or_default().push(file);
                if let Some(domain) = inventory.homes[file.index()] {
                    inventory.by_place.entry((domain, layer)).or_default().push(file);
                }
            }
        }
        inventory
    }

    /// A file's path, relative to the project.
    pub fn path(&self, file: FileId) -> &'a str {
        &self.analysis.source(file).path
    }

    /// A file's own name.
    pub fn name(&self, file: FileId) -> &'a str {
        file_name(self.path(file))
    }

    /// The layer that holds a file, package files aside.
    pub fn layer_of(&self, file: FileId) -> Option<LayerId> {
        self.layers[file.index()]
    }

    /// The domain that a file belongs to, by index.
    pub fn domain_of(&self, file: FileId) -> Option<usize> {
        self.homes[file.index()]
    }

    /// A domain's files of a layer, in path order.
    pub fn files(&self, domain: usize, layer: LayerId) -> &[FileId] {
        self.by_place.get(&(domain, layer)).map_or(&[], Vec::as_slice)
    }

    /// All files of a layer, in path order.
    pub fn of_layer(&self, layer: LayerId) -> &[FileId] {
        self.by_layer.get(&layer).map_or(&[], Vec::as_slice)
    }

    /// The first file of a layer whose name holds the domain's name, case aside.
    pub fn named(&self, domain: usize, layer: LayerId) -> Option<FileId> {
        let wanted = self.domains[domain].name.to_lowercase();
        let mut files = self.of_layer(layer).iter();
        files
            .find(|file| self.name(**file).to_lowercase().contains(&wanted))
            .copied()
    }

    /// A domain's files of a layer, or the one that its name stands in.
    pub fn members(&self, domain: usize, layer: LayerId, by_name: bool) -> Vec<FileId> {
        if by_name {
            self.named(domain, layer).into_iter().collect()
        } else {
            self.files(domain, layer).to_vec()
        }
    }

    /// Whether a domain has no file in any layer.
    pub fn is_empty(&self, domain: usize) -> bool {
        !self.by_place.keys().any(|(known, _)| *known == domain)
    }

    /// The domain of that name, by index.
    pub fn domain_named(&self, name: &str) -> Option<usize> {
        self.domains.iter().position(|domain| domain.name == name)
    }
}

/// The domains of the rules, and those that only patterns find; nothing where the project has none.
fn domain_names(analysis: &Analysis) -> Option<Vec<String>> {
    let rules = &analysis.rules;
    let mut names = rules.domains.clone();
    if rules.other_domains == OtherDomains::Append {
        let mut found = BTreeSet::new();
        for (module, placement) in analysis.graph.modules.iter().zip(&analysis.placements) {
            if let (false, Some(domain)) = (module.package, placement.domain.as_deref()) {
                found.insert(domain);
            }
        }
        names.extend(
            found
                .into_iter()
                .filter(|found| !rules.domains.iter().any(|known| known == found))
                .map(str::to_owned),
        );
    }
    (!names.is_empty()).then_some(names)
}

/// What a project without domains is called as a whole.
fn whole_name(analysis: &Analysis) -> String {
    folder_name(analysis.rules.name.as_deref().unwrap_or("project"))
}

/// A name as a folder can bear it.
pub fn folder_name(name: &str) -> String {
    let plain = |sign: char| {
        if sign.is_alphanumeric() || matches!(sign, '_' | '-') {
            sign
        } else {
            '_'
        }
    };
    name.chars().map(plain).collect()
}

/// Paths in order, component by component.
fn by_components(a: &str, b: &str) -> Ordering {
    a.split('/').cmp(b.split('/'))
}

/// The last component of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A file name without its extension.
pub fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Which file reaches which, by edges that count: neither for type checkers only nor in tests.
#[derive(Debug)]
pub struct Reach {
    to: Vec<Vec<FileId>>,
    from: Vec<Vec<FileId>>,
}

impl Reach {
    /// Reads the edges of a project.
    pub fn new(analysis: &Analysis) -> Self {
        let mut reach = Self {
            to: vec![Vec::new(); analysis.sources.len()],
            from: vec![Vec::new(); analysis.sources.len()],
        };
        let counted = WhenFilter::default();
        for edge in analysis.graph.edges.iter().filter(|edge| counted.counts(edge.when)) {
            let from = analysis.graph.module(edge.from).file;
            for to in ends(edge) {
                let Target::Module(to) = to else { continue };
                let to = analysis.graph.module(to).file;
                // Edges come by module: most repeat the one before.
                if to != from && reach.to[from.index()].last() != Some(&to) {
                    reach.to[from.index()].push(to);
                }
            }
        }
        for (from, to) in (0..).map(FileId).zip(&mut reach.to) {
            to.sort_unstable();
            to.dedup();
            for to in &*to {
                reach.from[to.index()].push(from);
            }
        }
        reach
    }

    /// The files that a file reaches, by id.
    pub fn to(&self, file: FileId) -> &[FileId] {
        &self.to[file.index()]
    }

    /// The files that reach a file, by id.
    pub fn from(&self, file: FileId) -> &[FileId] {
        &self.from[file.index()]
    }
}

/// What an edge leads to: what it names, and the definitions behind that. Of a call that may lead to several, nothing.
pub fn ends(edge: &Edge) -> impl Iterator<Item = Target> + '_ {
    let known = !matches!(edge.to, Target::Unknown(_));
    let behind = edge.ends.iter().map(|end| end.to);
    std::iter::once(edge.to).chain(behind).filter(move |_| known)
}

/// A name in title case: words split at anything that is no letter, each with one capital (`Api_Keys`).
pub fn title(name: &str) -> String {
    let mut inside = false;
    let mut titled = String::with_capacity(name.len());
    for sign in name.chars() {
        if !sign.is_alphabetic() {
            titled.push(sign);
        } else if inside {
            titled.extend(sign.to_lowercase());
        } else {
            titled.extend(sign.to_uppercase());
        }
        inside = sign.is_alphabetic();
    }
    titled
}
