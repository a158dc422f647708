//! Plants of one way in place: what is added to which text, what must be found for it, and what was.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::judge::{End, Judged, codes};
use super::pairs::{Pair, Reached, root, sees};
use super::{Proof, Texts, language};
use crate::analysis::Analysis;
use crate::facts::When;
use crate::finding::{Finding, LOW_COVERAGE, Place, UNUSED_EXCEPTION};
use crate::graph::{EdgeKind, ModuleId};
use crate::lang::plant::{Destination, Plant, Planted, Spot};
use crate::source::{At, LineIndex, to_u32};

/// Whether the file that hands names on can name what a pair reaches.
fn is_seen_from(base: &Analysis, hub: &str, pair: &Pair) -> bool {
    let hub = base.graph.ids().find(|id| &*base.source_of(*id).path == hub);
    match (&pair.to, hub) {
        (Reached::Module(to), Some(hub)) => *to != hub && sees(base, hub, *to),
        _ => false,
    }
}

/// What is reached, as the judge sees it.
fn far_end(base: &Analysis, to: &Reached) -> End {
    match to {
        Reached::Module(to) => End::of(base, *to),
        Reached::External(name, _) => End {
            external: Some(name.clone()),
            ..End::default()
        },
        Reached::Called(receiver, name) => End {
            called: Some((receiver.clone(), name.clone())),
            ..End::default()
        },
    }
}

/// A plant in place.
pub(super) struct InPlace {
    number: usize,
    language: &'static str,
    /// The rules that each edge must break, by the file and line it stands in.
    expected: Vec<(String, u32, BTreeSet<String>)>,
    /// The rules that let it through, though they forbid the pair.
    passed: BTreeSet<String>,
}

/// All plants of one way.
pub(super) struct Grown {
    way: &'static str,
    pub(super) plants: Vec<InPlace>,
    texts: BTreeMap<String, String>,
}

impl Grown {
    pub(super) fn new(
        base: &Analysis,
        texts: &Texts,
        pairs: &[Pair],
        hubs: &BTreeMap<(&'static str, String), String>,
        way: &'static str,
        proof: &mut Proof,
    ) -> Self {
        let mut grown = Self {
            way,
            plants: Vec::new(),
            texts: BTreeMap::new(),
        };
        for (number, pair) in pairs.iter().enumerate() {
            let from = pair.from;
            let name = base.graph.module(from).language;
            let Some(language) = language(name) else { continue };
            let module;
            let to = match &pair.to {
                Reached::Module(to) => {
                    module = base.graph.module(*to).name.to_string();
                    Destination::Module(&module)
                }
                Reached::External(name, known) => Destination::External { name, known: *known },
                Reached::Called(receiver, name) => Destination::Called { receiver, name },
            };
            let Some(planted) = language.plant(&Plant { way, number, to }) else {
                proof.ways.entry((way, name)).or_insert(None);
                continue;
            };
            let hub = hubs.get(&(name, root(base, from)));
            let by_hub = planted.edges.iter().any(|edge| edge.by_hub);
            if by_hub && !hub.is_some_and(|hub| is_seen_from(base, hub, pair)) {
                continue;
            }
            grown.add(base, texts, pair, hub, number, &planted);
        }
        grown
    }

    fn add(
        &mut self,
        base: &Analysis,
        texts: &Texts,
        pair: &Pair,
        hub: Option<&String>,
        number: usize,
        planted: &Planted,
    ) {
        let places = self.write(base, texts, pair, hub, planted);
        let far = far_end(base, &pair.to);
        let near = End::of(base, pair.from);
        let hub = hub.and_then(|hub| base.graph.ids().find(|id| *base.source_of(*id).path == **hub));
        let hub = hub.map(|id| End::of(base, id)).unwrap_or_default();
        let mut plant = InPlace {
            number,
            language: base.graph.module(pair.from).language,
            expected: Vec::new(),
            passed: BTreeSet::new(),
        };
        let mut all: BTreeSet<String> = BTreeSet::new();
        for edge in &planted.edges {
            let Some((path, line)) = places.get(&edge.at) else {
                continue;
            };
            let at_hub = edge.at == Spot::Hub;
            let by_hub = edge.by_hub.then(|| hub.clone());
            let judged = Judged {
                from: if at_hub { hub.clone() } else { near.clone() },
                to: by_hub.into_iter().chain([far.clone()]).collect(),
                kind: edge.kind,
                when: edge.when,
            };
            let broken = codes(base, &judged);
            // One cause, one finding: what an import brings is told where the import is.
            let brought = matches!(edge.kind, EdgeKind::Call | EdgeKind::Inherit) && far.called.is_none();
            let told = || plant.expected.iter().any(|(_, _, cause)| broken.is_subset(cause));
            if broken.is_empty() || (brought && told()) {
                continue;
            }
            if !at_hub {
                all.extend(broken.iter().cloned());
            }
            let line = to_u32(line + edge.line + 1);
            plant.expected.push((path.clone(), line, broken));
        }
        let plain = Judged {
            from: near,
            to: vec![far],
            kind: EdgeKind::Import,
            when: When::default(),
        };
        plant.passed = codes(base, &plain).difference(&all).cloned().collect();
        self.plants.push(plant);
    }

    /// Adds what was planted to the texts; the file of each part, and how many lines stand there before it.
    fn write(
        &mut self,
        base: &Analysis,
        texts: &Texts,
        pair: &Pair,
        hub: Option<&String>,
        planted: &Planted,
    ) -> BTreeMap<Spot, (String, usize)> {
        let path_of = |id: ModuleId| base.source_of(id).path.to_string();
        let to = match pair.to {
            Reached::Module(to) => Some(path_of(to)),
            Reached::External(..) | Reached::Called(..) => None,
        };
        let added = [
            (Spot::From, Some(path_of(pair.from)), &planted.from),
            (Spot::To, to, &planted.to),
            (Spot::Hub, hub.cloned(), &planted.hub),
        ];
        let mut places = BTreeMap::new();
        for (spot, path, text) in added {
            let Some(path) = path.filter(|_| !text.is_empty()) else {
                continue;
            };
            let whole = self
                .texts
                .entry(path.clone())
                .or_insert_with(|| texts.by_path.get(&path).cloned().unwrap_or_default());
            places.insert(spot, (path, lines(whole)));
            whole.push_str(text);
        }
        places
    }

    pub(super) fn overlay(&self, empty: &BTreeMap<String, Option<String>>) -> BTreeMap<String, Option<String>> {
        let mut overlay = empty.clone();
        overlay.extend(self.texts.iter().map(|(path, text)| (path.clone(), Some(text.clone()))));
        overlay
    }

    /// Holds what was gained against what had to be.
    pub(super) fn compare(&self, base: &Analysis, after: &Analysis, started: Instant, proof: &mut Proof) {
        let mut gained = self.gained(base, after, proof);
        let mut tried: BTreeSet<&str> = BTreeSet::new();
        for plant in &self.plants {
            let of_way = proof.ways.entry((self.way, plant.language)).or_insert(None);
            let of_way = of_way.get_or_insert_default();
            for (path, line, broken) in &plant.expected {
                let found = take(&mut gained, &(path.clone(), *line, broken.clone()));
                of_way.count(found);
                for code in broken {
                    tried.insert(code);
                    proof.rules.entry(code.clone()).or_default().count(found);
                }
                if !found {
                    proof.failures.push(self.missed(plant, path, *line, broken));
                }
            }
            of_way.passed += usize::from(plant.expected.is_empty());
            for code in &plant.passed {
                proof.rules.entry(code.clone()).or_default().passed += 1;
            }
        }
        for key in gained.keys() {
            let what = shown(key);
            let failure = format!("{}: found, and nothing was planted for it: {what}", self.way);
            proof.failures.push(failure);
        }
        let share = started.elapsed() / u32::try_from(tried.len().max(1)).unwrap_or(1);
        for code in tried {
            proof.rules.entry(code.to_owned()).or_default().time += share;
        }
    }

    /// The findings that are new, and how many there are of each alike; those that are gone are failures.
    fn gained(&self, base: &Analysis, after: &Analysis, proof: &mut Proof) -> BTreeMap<Key, usize> {
        let mut gained: BTreeMap<Key, usize> = BTreeMap::new();
        for key in keys(after, &self.texts) {
            *gained.entry(key).or_default() += 1;
        }
        for key in keys(base, &self.texts) {
            if !take(&mut gained, &key) {
                let failure = format!("{}: no longer found: {}", self.way, shown(&key));
                proof.failures.push(failure);
            }
        }
        gained
    }

    /// What is said of an edge that was not caught.
    fn missed(&self, plant: &InPlace, path: &str, line: u32, broken: &BTreeSet<String>) -> String {
        let text = self.texts.get(path);
        let text = text.and_then(|text| text.lines().nth(line as usize - 1));
        let codes: Vec<&str> = broken.iter().map(String::as_str).collect();
        format!(
            "{}: not caught (plant {}): {path}:{line} should break {}\n    {}",
            self.way,
            plant.number,
            codes.join(", "),
            text.unwrap_or_default().trim()
        )
    }
}

/// Takes one finding out of several alike; whether there was one.
fn take(findings: &mut BTreeMap<Key, usize>, key: &Key) -> bool {
    match findings.get_mut(key) {
        Some(count) if *count > 1 => {
            *count -= 1;
            true
        }
        Some(_) => findings.remove(key).is_some(),
        None => false,
    }
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// A finding by its file, its line, and the rules that it breaks, or its code.
type Key = (String, u32, BTreeSet<String>);

/// The findings of an analysis. In files that were added to, lines are counted; elsewhere offsets stand for them.
fn keys(analysis: &Analysis, texts: &BTreeMap<String, String>) -> Vec<Key> {
    let mut indices: BTreeMap<&str, LineIndex> = BTreeMap::new();
    let key = |finding: &Finding| {
        let mut codes: BTreeSet<String> = finding.rules.iter().map(|rule| rule.code.clone()).collect();
        if codes.is_empty() {
            codes.insert(finding.code.clone());
        }
        let (path, offset) = match &finding.place {
            Place::File(file, span) => (analysis.source(*file).path.to_string(), span.start),
            Place::Path(path, span) => (path.to_string(), span.map_or(0, |span| span.start)),
            Place::Rules(At { file, span }) => (format!("rules {file}"), span.start),
        };
        (path, offset, codes)
    };
    let mut all = Vec::new();
    for finding in &analysis.findings {
        // What an exception silences, and which share resolves, may change with every edge.
        if [UNUSED_EXCEPTION.name, LOW_COVERAGE.name].contains(&finding.code.as_str()) {
            continue;
        }
        let (path, offset, codes) = key(finding);
        let line = match texts.get_key_value(path.as_str()) {
            Some((path, text)) => indices.entry(path).or_insert_with(|| LineIndex::new(text)).line(offset),
            None => offset,
        };
        all.push((path, line, codes));
    }
    all
}

fn shown((path, line, codes): &Key) -> String {
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    format!("{path}:{line} {}", codes.join(", "))
}
