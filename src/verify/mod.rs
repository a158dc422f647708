//! The proof that rules catch what they forbid, and that expectations miss what they expect.
//!
//! Edges that the rules forbid are written into the sources, in memory alone, in every way that a language has; files that
//! are expected are taken away. What is then found must be what a judge of its own derives from the rules (`judge`,
//! `wanted`), at those lines, and nothing else may change. All plants of one way stand in one analysis: each has names of
//! its own, and each is judged by itself.
//!
//! Must not know the code of `check` and `expect`.

mod judge;
mod pairs;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::analysis::Analysis;
use crate::finding::{DORMANT, Finding, LOW_COVERAGE, Level, Place, UNUSED_EXCEPTION, VACUOUS_RULE};
use crate::graph::{EdgeKind, ModuleId};
use crate::lang::FRONT_ENDS;
use crate::lang::front_end::Language;
use crate::lang::plant::{Destination, Plant, Planted, Spot, WAYS};
use crate::pipeline::{Options, run};
use crate::project::{Failure, Project};
use crate::rules::wanted::Wants;
use crate::source::{At, LineIndex};
use judge::{End, Judged, codes};
use pairs::{Pair, Reached, pairs, root, sees};
use wanted::Stock;

/// What a proof found out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// What was tried of each rule, by code.
    pub rules: BTreeMap<String, Tally>,
    /// What was tried in each way and language; nothing where the language lacks it.
    pub ways: BTreeMap<(&'static str, &'static str), Option<Tally>>,
    /// The languages that edges were planted in.
    pub languages: Vec<&'static str>,
    /// What was taken away for each expectation, by id.
    pub expectations: BTreeMap<String, Tally>,
    /// What did not come out as the judge has it.
    pub failures: Vec<String>,
    /// Rules and layers that have nothing to catch here, or can catch nothing anywhere.
    pub idle: Vec<String>,
}

/// How often something was tried, and how often it was caught.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Plants that had to be caught.
    pub tried: usize,
    /// Those that were.
    pub caught: usize,
    /// Plants that the rule had to let through, and did.
    pub passed: usize,
    /// The time that analyses of its plants took, shared among the rules tried in them.
    pub time: Duration,
}

impl Proof {
    /// Whether all that was tried was caught, and nothing else changed.
    pub fn holds(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Proves the rules of one project; its members are projects of their own.
///
/// # Errors
///
/// Where configuration or rules are wrong.
pub fn prove(project: &Project, options: &Options) -> Result<Proof, Failure> {
    let mut project = project.clone();
    project.config.members.clear();
    // A planted edge may close a circle: that is another rule's, and depends on all edges at once.
    let cycles = &mut project.rules.cycles;
    for level in [&mut cycles.layers.0, &mut cycles.domains.0, &mut cycles.modules.0] {
        *level = Level::Off;
    }
    let mut proof = Proof::default();
    let first = analysed(&project, options, &BTreeMap::new())?;
    proof.idle = idle(&first);
    let texts = Texts::new(&project, &first);
    let plantable = plantable(&first, &texts);
    let pairs = pairs(&first, &plantable);
    let languages: BTreeSet<&'static str> = pairs
        .iter()
        .map(|pair| first.graph.module(pair.from).language)
        .collect();
    proof.languages = languages.into_iter().collect();
    let hubs = hubs(&first, &pairs);
    let empty: BTreeMap<String, Option<String>> = hubs
        .values()
        .filter(|path| !first.sources.iter().any(|source| source.path == path.as_str().into()))
        .map(|path| (path.clone(), Some(String::new())))
        .collect();
    let base = if empty.is_empty() {
        first
    } else {
        analysed(&project, options, &empty)?
    };
    for way in WAYS {
        let started = Instant::now();
        let grown = Grown::new(&base, &texts, &pairs, &hubs, way, &mut proof);
        if grown.plants.is_empty() {
            continue;
        }
        let after = analysed(&project, options, &grown.overlay(&empty))?;
        grown.compare(&base, &after, started, &mut proof);
    }
    expected(&project, options, &base, &mut proof)?;
    for code in base.rules.edge_rules.iter().map(|rule| &rule.code) {
        proof.rules.entry(code.clone()).or_default();
    }
    Ok(proof)
}

/// One analysis of a project with texts in place of those on disk; `None` takes a file away.
fn analysed(
    project: &Project,
    options: &Options,
    overlay: &BTreeMap<String, Option<String>>,
) -> Result<Analysis, Failure> {
    let overlay = overlay
        .iter()
        .map(|(path, text)| (path.clone(), text.as_deref().map(Arc::from)));
    let project = project.clone().with_overlay(overlay);
    let mut analyses = run(&project, options, &|_| {})?;
    Ok(analyses.swap_remove(0))
}

/// What the rules say that has nothing to do here.
fn idle(analysis: &Analysis) -> Vec<String> {
    let findings = analysis.findings.iter();
    let idle = findings.filter(|finding| [DORMANT.name, VACUOUS_RULE.name].contains(&finding.code.as_str()));
    idle.map(|finding| format!("{}: {}", finding.code, finding.message))
        .collect()
}

/// Texts of sources that can be added to.
struct Texts {
    by_path: BTreeMap<String, String>,
}

impl Texts {
    fn new(project: &Project, analysis: &Analysis) -> Self {
        let tree = project.tree();
        let read = |path: &str| {
            let bytes = tree.read(path, project.config.max_file_bytes).ok()?;
            let mut text = String::from_utf8(bytes).ok()?;
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            Some(text)
        };
        let whole = analysis
            .sources
            .iter()
            .filter(|source| source.facts.problems.is_empty());
        Self {
            by_path: whole
                .filter_map(|source| Some((source.path.to_string(), read(&source.path)?)))
                .collect(),
        }
    }
}

/// Modules that edges can be planted in: understood in full, no tests, each the only one of its file.
fn plantable(analysis: &Analysis, texts: &Texts) -> Vec<ModuleId> {
    let graph = &analysis.graph;
    let mut of_file: BTreeMap<u32, usize> = BTreeMap::new();
    for module in &graph.modules {
        *of_file.entry(module.file.0).or_default() += 1;
    }
    let mut all: Vec<ModuleId> = graph
        .ids()
        .filter(|id| {
            let module = graph.module(*id);
            let in_test = graph
                .edges_from(*id)
                .iter()
                .any(|edge| edge.when.test && !edge.when.deferred);
            of_file[&module.file.0] == 1
                && texts.by_path.contains_key(&*analysis.source_of(*id).path)
                && !in_test
                && is_main(module.language, &analysis.source_of(*id).path)
        })
        .collect();
    all.sort_by_key(|id| analysis.source_of(*id).path.clone());
    all
}

/// Whether a path has the extension of a language's own sources, not that of its stubs.
fn is_main(name: &str, path: &str) -> bool {
    let main = language(name).and_then(|language| language.extensions().first());
    main.is_some_and(|main| crate::discover::extension(path) == Some(*main))
}

fn language(name: &str) -> Option<&'static dyn Language> {
    FRONT_ENDS.iter().find(|language| language.name() == name).copied()
}

/// The file that hands names on, by language and root.
fn hubs(analysis: &Analysis, pairs: &[Pair]) -> BTreeMap<(&'static str, String), String> {
    let graph = &analysis.graph;
    let mut hubs = BTreeMap::new();
    for pair in pairs {
        let name = graph.module(pair.from).language;
        let own = root(analysis, pair.from);
        let top = graph.ids().find(|id| {
            let module = graph.module(*id);
            module.language == name && !module.name.contains([':', '.']) && root(analysis, *id) == own
        });
        let top = top.map(|id| &*analysis.source_of(id).path);
        if let Some(hub) = language(name).and_then(|language| language.hub(&own, top)) {
            hubs.insert((name, own), hub);
        }
    }
    hubs
}

/// Whether the file that hands names on can name what a pair reaches.
fn is_seen_from(base: &Analysis, hub: &str, pair: &Pair) -> bool {
    let hub = base.graph.ids().find(|id| &*base.source_of(*id).path == hub);
    match (&pair.to, hub) {
        (Reached::Module(to), Some(hub)) => *to != hub && sees(base, hub, *to),
        _ => false,
    }
}

/// A plant in place.
struct InPlace {
    number: usize,
    language: &'static str,
    /// The rules that each edge must break, by the file and line it stands in.
    expected: Vec<(String, u32, BTreeSet<String>)>,
    /// The rules that let it through, though they forbid the pair.
    passed: BTreeSet<String>,
}

/// All plants of one way.
struct Grown {
    way: &'static str,
    plants: Vec<InPlace>,
    texts: BTreeMap<String, String>,
}

impl Grown {
    fn new(
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
        let path_of = |id: ModuleId| base.source_of(id).path.to_string();
        let from = path_of(pair.from);
        let to = match pair.to {
            Reached::Module(to) => Some(path_of(to)),
            _ => None,
        };
        let mut first_lines: BTreeMap<Spot, (String, usize)> = BTreeMap::new();
        let added = [
            (Spot::From, Some(&from), &planted.from),
            (Spot::To, to.as_ref(), &planted.to),
            (Spot::Hub, hub, &planted.hub),
        ];
        for (spot, path, text) in added {
            let Some(path) = path.filter(|_| !text.is_empty()) else {
                continue;
            };
            let whole = self
                .texts
                .entry(path.clone())
                .or_insert_with(|| texts.by_path.get(path).cloned().unwrap_or_default());
            first_lines.insert(spot, (path.clone(), lines(whole)));
            whole.push_str(text);
        }
        let mut plant = InPlace {
            number,
            language: base.graph.module(pair.from).language,
            expected: Vec::new(),
            passed: BTreeSet::new(),
        };
        let far = match &pair.to {
            Reached::Module(to) => End::of(base, *to),
            Reached::External(name, _) => End {
                external: Some(name.clone()),
                ..End::default()
            },
            Reached::Called(receiver, name) => End {
                called: Some((receiver.clone(), name.clone())),
                ..End::default()
            },
        };
        let hub_end = hub.and_then(|hub| base.graph.ids().find(|id| *base.source_of(*id).path == **hub));
        let hub_end = hub_end.map(|id| End::of(base, id)).unwrap_or_default();
        let mut told: Vec<BTreeSet<String>> = Vec::new();
        let mut all: BTreeSet<String> = BTreeSet::new();
        for edge in &planted.edges {
            let Some((path, line)) = first_lines.get(&edge.at) else {
                continue;
            };
            let at_hub = edge.at == Spot::Hub;
            let judged = Judged {
                from: if at_hub {
                    hub_end.clone()
                } else {
                    End::of(base, pair.from)
                },
                to: if edge.by_hub {
                    vec![hub_end.clone(), far.clone()]
                } else {
                    vec![far.clone()]
                },
                kind: edge.kind,
                when: edge.when,
            };
            let broken = codes(base, &judged);
            // One cause, one finding: what an import brings is told where the import is.
            let brought = matches!(edge.kind, EdgeKind::Call | EdgeKind::Inherit) && far.called.is_none();
            if broken.is_empty() || (brought && told.iter().any(|cause| broken.is_subset(cause))) {
                continue;
            }
            if !at_hub {
                all.extend(broken.iter().cloned());
            }
            told.push(broken.clone());
            let line = crate::source::to_u32(line + edge.line + 1);
            plant.expected.push((path.clone(), line, broken));
        }
        let plain = Judged {
            from: End::of(base, pair.from),
            to: vec![far],
            kind: EdgeKind::Import,
            when: crate::facts::When::default(),
        };
        plant.passed = codes(base, &plain).difference(&all).cloned().collect();
        self.plants.push(plant);
    }

    fn overlay(&self, empty: &BTreeMap<String, Option<String>>) -> BTreeMap<String, Option<String>> {
        let mut overlay = empty.clone();
        overlay.extend(self.texts.iter().map(|(path, text)| (path.clone(), Some(text.clone()))));
        overlay
    }

    /// Holds what was gained against what had to be.
    fn compare(&self, base: &Analysis, after: &Analysis, started: Instant, proof: &mut Proof) {
        let mut gained: BTreeMap<Key, usize> = BTreeMap::new();
        for key in keys(after, &self.texts) {
            *gained.entry(key).or_default() += 1;
        }
        for key in keys(base, &self.texts) {
            match gained.get_mut(&key) {
                Some(count) if *count > 1 => *count -= 1,
                Some(_) => {
                    gained.remove(&key);
                }
                None => proof
                    .failures
                    .push(format!("{}: no longer found: {}", self.way, shown(&key))),
            }
        }
        let mut tried: BTreeSet<&str> = BTreeSet::new();
        for plant in &self.plants {
            for (path, line, broken) in &plant.expected {
                let key = (path.clone(), *line, broken.clone());
                let found = gained.remove(&key).is_some();
                if !found {
                    let text = self
                        .texts
                        .get(path)
                        .and_then(|text| text.lines().nth(*line as usize - 1));
                    proof.failures.push(format!(
                        "{}: not caught (plant {}): {} should break {}\n    {}",
                        self.way,
                        plant.number,
                        format_args!("{path}:{line}"),
                        broken.iter().cloned().collect::<Vec<_>>().join(", "),
                        text.unwrap_or_default().trim()
                    ));
                }
                for code in broken {
                    tried.insert(code);
                    let tally = proof.rules.entry(code.clone()).or_default();
                    tally.tried += 1;
                    tally.caught += usize::from(found);
                }
                let of_way = proof.ways.entry((self.way, plant.language)).or_insert(None);
                let tally = of_way.get_or_insert_default();
                tally.tried += 1;
                tally.caught += usize::from(found);
            }
            for code in &plant.passed {
                proof.rules.entry(code.clone()).or_default().passed += 1;
            }
            if plant.expected.is_empty() {
                let of_way = proof.ways.entry((self.way, plant.language)).or_insert(None);
                of_way.get_or_insert_default().passed += 1;
            }
        }
        for key in gained.keys() {
            proof.failures.push(format!(
                "{}: found, and nothing was planted for it: {}",
                self.way,
                shown(key)
            ));
        }
        let share = started.elapsed() / u32::try_from(tried.len().max(1)).unwrap_or(1);
        for code in tried {
            proof.rules.entry(code.to_owned()).or_default().time += share;
        }
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

/// Takes away what is expected, one expectation at a time.
fn expected(project: &Project, options: &Options, base: &Analysis, proof: &mut Proof) -> Result<(), Failure> {
    let stock = Stock::new(base);
    let before = stock.gaps();
    let told = gaps(base);
    if told != before {
        proof
            .failures
            .push("gaps: the judge counts others than those that are reported".to_owned());
    }
    for expectation in &base.rules.expectations {
        let started = Instant::now();
        let tally = proof.expectations.entry(expectation.id.clone()).or_default();
        let Some(change) = change(&stock, &expectation.wants) else {
            continue;
        };
        let after = analysed(project, options, &change)?;
        let (reported, derived) = (gaps(&after), Stock::new(&after).gaps());
        tally.tried += 1;
        let is_new = |gap: &&wanted::Missing| gap.0 == expectation.id && !before.contains(*gap);
        if reported == derived && reported.iter().any(|gap| is_new(&gap)) {
            tally.caught += 1;
        } else {
            let names: Vec<&String> = change.keys().collect();
            let wrong: Vec<String> = reported
                .symmetric_difference(&derived)
                .map(|(kind, domain, files)| format!("{kind} of {domain}: {files:?}"))
                .collect();
            proof.failures.push(format!(
                "{}: not missed when {names:?} changed; told and derived differ by {wrong:?}",
                expectation.id
            ));
        }
        tally.time += started.elapsed();
    }
    Ok(())
}

fn gaps(analysis: &Analysis) -> BTreeSet<wanted::Missing> {
    let gaps = analysis.gaps.iter();
    gaps.map(|gap| {
        let files = gap.files.iter().map(ToString::to_string).collect();
        (gap.kind.clone(), gap.domain.clone(), files)
    })
    .collect()
}

/// Files to take away, or to add, so that an expectation is not met any more; nothing where it is met nowhere.
fn change(stock: &Stock<'_>, wants: &Wants) -> Option<BTreeMap<String, Option<String>>> {
    let gone = |files: Vec<String>| files.into_iter().map(|file| (file, None)).collect();
    let mut domains = stock.domains().iter();
    match wants {
        Wants::Present {
            layer,
            by_name,
            when_has,
        } => domains.find_map(|domain| {
            let asking = when_has.iter().any(|asking| !stock.of(domain, *asking).is_empty());
            let there = stock.members(domain, *layer, *by_name);
            (asking && !there.is_empty()).then(|| gone(there))
        }),
        Wants::Paired(pairing) => domains.find_map(|domain| {
            let there = stock.of(domain, pairing.with);
            let wanted = stock
                .of(domain, pairing.layer)
                .iter()
                .any(|file| stock.is_paired(domain, file, pairing));
            (wanted && !there.is_empty()).then(|| gone(there))
        }),
        Wants::Wired { layer } => {
            let (file, callers) = stock.called(*layer)?;
            debug_assert!(!callers.contains(&file), "a file is no caller of itself");
            Some(gone(callers))
        }
        Wants::Grouped { layer, by_name, of } => domains.find_map(|domain| {
            let grouping = stock.members(domain, *layer, *by_name);
            let beside = stock.of(domain, *of);
            let (folder, name) = beside.first().filter(|_| !grouping.is_empty())?.rsplit_once('/')?;
            let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
            Some(BTreeMap::from([(
                format!("{folder}/wiremap_proof.{extension}"),
                Some(String::new()),
            )]))
        }),
    }
}
