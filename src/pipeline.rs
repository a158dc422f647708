//! The route, one verb a step. The home of parallelism: rooms offer pure functions per file and per module, and this
//! one maps them.

use std::ops::Range;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::analysis::{Analysis, Coverage, Source};
use crate::check::{self, Exceptions, Policy};
use crate::classify::{self, Placement};
use crate::discover::{Tree, Wanted, below_deepest, extension};
use crate::document::{self, Document, Pages};
use crate::expect;
use crate::facts::{ParseProblem, When};
use crate::finding::Finding;
use crate::gap::Gap;
use crate::graph::{Module, ModuleEdges, ModuleGraph, ModuleId, Numbering, Numbers, Target};
use crate::inventory::{Inventory, Reach};
use crate::lang::FRONT_ENDS;
use crate::lang::front_end::{
    AnyBody, AnyProject, AnyStudy, Language, ModuleName, Named, ParsedFile, ProjectInput, SourceText,
};
use crate::project::{Failure, Project};
use crate::rules::pattern::Pattern;
use crate::source::{FileId, to_u32};

/// What a run may set.
#[derive(Debug, Clone)]
pub struct Options {
    /// The day that exceptions are judged by.
    pub today: Date,
    /// Worker threads; 0 for as many as there are processors.
    pub threads: usize,
    /// Whether sources are outlined, as documents need it.
    pub outlines: bool,
    /// The process ends with what comes of this run: what is done with is left to that. Giving it back piece by piece
    /// only takes time.
    pub is_last: bool,
}

/// How far a run is; told to whoever shows progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Looking for sources.
    Discover,
    /// Reading and parsing so many sources.
    Parse(usize),
    /// Resolving names.
    Resolve,
    /// Judging.
    Check,
}

/// Stack of a worker: sources within the parser's nesting limits need far less.
const STACK: usize = 64 << 20;

/// Files that a worker takes at a time: a run can only be shared out before it is begun, and the last ones are to be
/// over at about the same time.
const SHARE: usize = 8;

/// Analyses a project and its members, the project itself first.
///
/// # Errors
///
/// Where configuration or rules are wrong.
pub fn run(project: &Project, options: &Options, progress: &(dyn Fn(Step) + Sync)) -> Result<Vec<Analysis>, Failure> {
    let pool = pool(options.threads)?;
    let analyses = pool.install(|| {
        project
            .with_members()?
            .into_iter()
            .map(|project| analyze(project, options, progress))
            .collect()
    });
    if options.is_last {
        std::mem::forget(pool);
    }
    analyses
}

/// Does work on so many worker threads; 0 for as many as there are processors.
///
/// # Errors
///
/// Where threads cannot be started.
pub fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    Ok(pool(threads)?.install(work))
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, Failure> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK)
        .build()
        .map_err(|error| Failure::Usage(format!("cannot start worker threads: {error}")))
}

/// The document set of a project.
pub fn documents(analysis: &Analysis, pages: &dyn Pages) -> Vec<Document> {
    let context = document::Context::new(analysis, pages);
    let kinds = document::kinds(&context);
    let documents: Vec<Vec<Document>> = kinds
        .into_par_iter()
        .map(|kind| document::render(&context, kind))
        .collect();
    document::bind(&context, documents.concat())
}

/// One project: discover → parse → resolve → build → classify → check.
fn analyze(project: Project, options: &Options, progress: &(dyn Fn(Step) + Sync)) -> Result<Analysis, Failure> {
    let tree = project.tree();
    project.require_sources(&tree)?;
    progress(Step::Discover);
    let mut found = discover(&project, &tree);
    let nested = std::mem::take(&mut found.nested);
    progress(Step::Parse(found.files.len()));
    let read = parse(&project, &tree, found, options.outlines);
    progress(Step::Resolve);
    let resolved = resolve(&project, &tree, read, options.is_last);
    let placements = place(&project, &resolved.sources, &resolved.graph);
    progress(Step::Check);
    let mut analysis = Analysis {
        prefix: project.prefix,
        config: project.config,
        rules: project.rules,
        today: options.today,
        sources: resolved.sources,
        unread: resolved.unread,
        misread: resolved.misread,
        nested,
        graph: resolved.graph,
        placements,
        coverage: resolved.coverage,
        findings: Vec::new(),
        gaps: Vec::new(),
    };
    analysis.coverage = analysis.whole() + analysis.coverage;
    analysis.findings = judge(&analysis);
    analysis.gaps = expected(&analysis);
    Ok(analysis)
}

struct Found {
    nested: Vec<Box<str>>,
    files: Vec<Box<str>>,
    manifests: Vec<(Box<str>, String)>,
    unread: Vec<Unread>,
}

fn discover(project: &Project, tree: &Tree) -> Found {
    let extensions: Vec<&str> = FRONT_ENDS
        .iter()
        .flat_map(|language| language.extensions())
        .copied()
        .collect();
    let manifests: Vec<&str> = FRONT_ENDS
        .iter()
        .flat_map(|language| language.manifests())
        .copied()
        .collect();
    let sources: Vec<String> = project
        .config
        .sources
        .iter()
        .map(|source| source.value.clone())
        .collect();
    let walk = tree.walk(Wanted {
        sources: &sources,
        exclude: &project.config.exclude,
        extensions: &extensions,
        manifests: &manifests,
    });
    let limit = project.config.max_file_bytes;
    let mut unread = walk.unread;
    let mut texts = Vec::new();
    for path in walk.manifests {
        let text = tree
            .read(&path, limit)
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "not valid UTF-8".to_owned()));
        match text {
            Ok(text) => texts.push((path, text)),
            Err(why) => unread.push((path, why)),
        }
    }
    Found {
        manifests: texts,
        nested: walk.nested,
        files: walk.files,
        unread,
    }
}

/// The files of one language.
#[derive(Default)]
struct Parsed {
    files: Vec<ParsedFile>,
    /// In the same order.
    bodies: Vec<AnyBody>,
}

struct Read {
    /// By front end, in the order of [`FRONT_ENDS`].
    parsed: Vec<Parsed>,
    manifests: Vec<(Box<str>, String)>,
    unread: Vec<Unread>,
}

fn parse(project: &Project, tree: &Tree, found: Found, outlines: bool) -> Read {
    let limit = project.config.max_file_bytes;
    let mut unread = found.unread;
    let mut parsed = Vec::new();
    for language in FRONT_ENDS {
        let own = |path: &&str| extension(path).is_some_and(|found| language.extensions().contains(&found));
        let paths: Vec<&str> = found.files.iter().map(|path| &**path).filter(own).collect();
        let results: Vec<Result<(ParsedFile, AnyBody), Unread>> = paths
            .into_par_iter()
            .with_max_len(SHARE)
            .map(|path| match tree.read(path, limit) {
                Ok(bytes) => Ok(parse_one(*language, path, bytes, outlines)),
                Err(why) => Err((path.into(), why)),
            })
            .collect();
        let mut of_language = Parsed::default();
        for result in results {
            match result {
                Ok((file, body)) => {
                    of_language.files.push(file);
                    of_language.bodies.push(body);
                }
                Err(problem) => unread.push(problem),
            }
        }
        parsed.push(of_language);
    }
    unread.sort_unstable();
    Read {
        parsed,
        manifests: found.manifests,
        unread,
    }
}

fn parse_one(language: &dyn Language, path: &str, bytes: Vec<u8>, outline: bool) -> (ParsedFile, AnyBody) {
    let decoded = language.decode(bytes);
    let source = SourceText {
        text: &decoded.text,
        extension: extension(path).unwrap_or_default(),
        outline,
    };
    let (mut file, body) = language.parse(path, source);
    file.facts.problems.extend(decoded.problem);
    (file, body)
}

/// A path that was not read, and why.
type Unread = (Box<str>, String);

struct Resolved {
    sources: Vec<Source>,
    graph: ModuleGraph,
    /// What was understood of edges.
    coverage: Coverage,
    unread: Vec<Unread>,
    misread: Vec<(Box<str>, ParseProblem)>,
}

fn resolve(project: &Project, tree: &Tree, read: Read, is_last: bool) -> Resolved {
    let config = &project.config;
    let roots: Vec<String> = config.sources.iter().map(|source| source.value.clone()).collect();
    let mut sources: Vec<Source> = Vec::new();
    let mut modules: Vec<Module> = Vec::new();
    let mut parts: Vec<ModuleEdges> = Vec::new();
    let mut misread = Vec::new();
    let mut coverage = Coverage::default();
    for (language, Parsed { files, bodies }) in FRONT_ENDS.iter().zip(read.parsed) {
        let own_roots: Option<Vec<String>> = config
            .roots
            .get(language.name())
            .map(|roots| roots.iter().map(|root| root.value.clone()).collect());
        let input = ProjectInput {
            sources: &roots,
            roots: own_roots.as_deref(),
            manifests: &read.manifests,
        };
        let Named {
            project: mut view,
            modules: names,
            problems,
        } = language.project(input, &files);
        misread.extend(problems);
        study(*language, &mut view, &files);
        let (mut edges, understood) = edges(*language, &view, &files, bodies, &names, tree);
        coverage = coverage + understood;
        let (first_file, first_module) = (to_u32(sources.len()), to_u32(modules.len()));
        let tests = test_patterns(project, *language);
        let module = |name: ModuleName| Module {
            file: FileId(first_file + name.file),
            language: language.name(),
            id: module_id(language.name(), &name.root, &name.name),
            test: name.test || is_test(&tests, &roots, &files[name.file as usize].path),
            name: name.name,
            package: name.package,
            visible_in: name.visible_in,
        };
        let mut of_language: Vec<Module> = names.into_par_iter().map(module).collect();
        edges.par_iter_mut().zip(&of_language).for_each(|(part, module)| {
            if module.test {
                part.edges.iter_mut().for_each(|edge| edge.when |= When::TEST);
            }
            part.shift(first_module);
        });
        modules.append(&mut of_language);
        parts.append(&mut edges);
        let mut done = Vec::with_capacity(files.len());
        for file in files {
            let (path, facts, own) = file.into_parts();
            sources.push(Source { path, facts });
            done.push(own);
        }
        if is_last {
            std::mem::forget((view, done));
        } else {
            // Taking so much apart takes a while; it is done beside what comes next.
            rayon::spawn(move || drop((view, done)));
        }
    }
    let ((), (parts, numbering)) = rayon::join(|| distinguish(&mut modules, &sources), || numbered(parts));
    Resolved {
        graph: ModuleGraph::new(modules, parts, numbering),
        coverage,
        sources,
        unread: read.unread,
        misread,
    }
}

/// Studies a language's files.
fn study(language: &dyn Language, view: &mut AnyProject, files: &[ParsedFile]) {
    let studies: Vec<AnyStudy> = (0..to_u32(files.len()))
        .into_par_iter()
        .with_max_len(SHARE)
        .map(|file| language.study(view, files, file))
        .collect();
    language.learn(view, studies);
}

/// The edges of a language's modules, in their order, and what was understood of them.
fn edges(
    language: &dyn Language,
    view: &AnyProject,
    files: &[ParsedFile],
    bodies: Vec<AnyBody>,
    names: &[ModuleName],
    tree: &Tree,
) -> (Vec<ModuleEdges>, Coverage) {
    let providers = language.providers();
    let stands = |stem: &String| tree.stands(stem, providers.extensions, providers.exact);
    let resolved = |(modules, body): (Range<u32>, AnyBody)| {
        let mut coverage = Coverage::default();
        let edges: Vec<ModuleEdges> = modules
            .map(|module| {
                let mut edges = language.resolve(view, files, &body, module);
                mend_missing(&mut edges, |name| language.places(view, name).iter().any(stands));
                // Here they are at hand: going through all once more takes a hundredth of all time.
                coverage.count(&edges.edges);
                edges
            })
            .collect();
        (edges, coverage)
    };
    // A body is dropped once its modules have their edges.
    let of_files: Vec<(Vec<ModuleEdges>, Coverage)> = modules_by_file(names, files.len())
        .into_par_iter()
        .with_max_len(SHARE)
        .zip(bodies)
        .map(resolved)
        .collect();
    let mut all = Vec::with_capacity(names.len());
    let mut coverage = Coverage::default();
    for (edges, understood) in of_files {
        all.extend(edges);
        coverage = coverage + understood;
    }
    (all, coverage)
}

/// All modules' edges, numbered across the project: first in runs of modules, then run by run.
fn numbered(mut parts: Vec<ModuleEdges>) -> (Vec<ModuleEdges>, Numbering) {
    const RUN: usize = 256;
    let of_run = |run: &mut [ModuleEdges]| {
        let mut numbering = Numbering::default();
        let numbers: Vec<Numbers> = run.iter_mut().map(|part| numbering.number(part)).collect();
        (numbering, numbers)
    };
    let runs: Vec<(Numbering, Vec<Numbers>)> = parts.par_chunks_mut(RUN).map(of_run).collect();
    let mut numbering = Numbering::default();
    let numbers: Vec<(Numbers, Vec<Numbers>)> = (runs.into_iter())
        .map(|(run, numbers)| (numbering.append(run), numbers))
        .collect();
    (parts.par_chunks_mut(RUN).zip(numbers)).for_each(|(run, (of_run, numbers))| {
        for (part, numbers) in run.iter_mut().zip(numbers) {
            part.renumber(&numbers.then(&of_run));
        }
    });
    (parts, numbering)
}

/// The modules of each file, which stand in the files' order.
fn modules_by_file(names: &[ModuleName], files: usize) -> Vec<Range<u32>> {
    let mut next = 0;
    let of_file = |file: u32| {
        let first = next;
        let own = names[first..].iter().take_while(|name| name.file == file).count();
        next += own;
        to_u32(first)..to_u32(next)
    };
    (0..to_u32(files)).map(of_file).collect()
}

/// A module's stable id; the project's own folder as a root is `.`.
fn module_id(language: &str, root: &str, name: &str) -> Box<str> {
    let root = if root.is_empty() { "." } else { root };
    [language, ":", root, ":", name].concat().into()
}

/// Where something unread stands at what seems missing, the edge leads to the package that holds it.
fn mend_missing(edges: &mut ModuleEdges, stands: impl Fn(&str) -> bool) {
    for edge in &mut edges.edges {
        if let Target::Missing(symbol) = edge.to {
            let above = std::mem::take(&mut edge.ends).into_iter().next();
            if stands(&edges.symbols[symbol.0 as usize]) {
                edge.to = above.map_or(Target::External(symbol), |above| above.to);
            }
        }
    }
}

/// Ids are unique: where two files have one name (a stub beside its module), the later one's id ends with its path.
fn distinguish(modules: &mut [Module], sources: &[Source]) {
    let mut seen = rustc_hash::FxHashSet::default();
    for module in modules {
        if seen.contains(&module.id) {
            let path = &sources[module.file.index()].path;
            let with_path = format!("{}@{path}", module.id);
            let numbered = (2..).map(|number| format!("{with_path}#{number}"));
            let free = std::iter::once(with_path.clone())
                .chain(numbered)
                .find(|id| !seen.contains(id.as_str()));
            module.id = free.unwrap_or(with_path).into();
        }
        seen.insert(module.id.clone());
    }
}

fn test_patterns(project: &Project, language: &dyn Language) -> Vec<Pattern> {
    match &project.config.tests {
        Some(patterns) => patterns.clone(),
        None => language
            .tests()
            .iter()
            .filter_map(|text| Pattern::new(text).ok())
            .collect(),
    }
}

fn is_test(tests: &[Pattern], roots: &[String], path: &str) -> bool {
    let inner = below_deepest(roots.iter().map(String::as_str), path);
    let of = |path: &str| tests.iter().any(|pattern| pattern.matches(path));
    of(path) || (inner.len() < path.len() && of(inner))
}

fn place(project: &Project, sources: &[Source], graph: &ModuleGraph) -> Vec<Placement> {
    let roots: Vec<String> = project
        .config
        .sources
        .iter()
        .map(|source| source.value.clone())
        .collect();
    let modules = graph.modules.par_iter();
    modules
        .map(|module| {
            classify::place(
                &project.rules,
                below_deepest(roots.iter().map(String::as_str), &sources[module.file.index()].path),
            )
        })
        .collect()
}

fn judge(analysis: &Analysis) -> Vec<Finding> {
    let exceptions = Exceptions::new(analysis);
    let policy = Policy::new(analysis);
    let context = check::Context {
        analysis,
        exceptions: &exceptions,
        policy: &policy,
    };
    let modules: Vec<ModuleId> = analysis.graph.ids().collect();
    let mut findings: Vec<Finding> = modules
        .into_par_iter()
        .flat_map_iter(|module| check::module(&context, module))
        .collect();
    findings.extend(check::project(&context));
    findings.extend(check::exceptions(&context));
    check::settle_order(analysis, &mut findings);
    findings
}

/// What must be there and is not; nothing is counted where nothing is expected.
fn expected(analysis: &Analysis) -> Vec<Gap> {
    if analysis.rules.expectations.is_empty() {
        return Vec::new();
    }
    expect::gaps(&Inventory::new(analysis), &Reach::new(analysis))
}
