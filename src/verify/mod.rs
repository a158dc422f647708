//! The proof that rules catch what they forbid, and that expectations miss what they expect.
//!
//! Edges that the rules forbid are written into the sources, in memory alone, in every way that a language has; files that
//! are expected are taken away. What is then found must be what a judge of its own derives from the rules (`judge`,
//! `wanted`), at those lines, and nothing else may change. All plants of one way stand in one analysis: each has names of
//! its own, and each is judged by itself.
//!
//! Must not know the code of `check` and `expect`.

mod grown;
mod judge;
mod pairs;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::analysis::Analysis;
use crate::finding::{DORMANT, Level, VACUOUS_RULE};
use crate::graph::ModuleId;
use crate::lang::FRONT_ENDS;
use crate::lang::front_end::Language;
use crate::lang::plant::WAYS;
use crate::pipeline::{Options, run};
use crate::project::{Failure, Project};
use crate::rules::wanted::Wants;
use grown::Grown;
use pairs::{Pair, pairs, root};
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

impl Tally {
    /// Counts one that had to be caught.
    fn count(&mut self, caught: bool) {
        self.tried += 1;
        self.caught += usize::from(caught);
    }
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
            of_file[&module.file.0] == 1
                && texts.by_path.contains_key(&*analysis.source_of(*id).path)
                && !module.test
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
