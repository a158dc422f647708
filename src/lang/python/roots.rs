//! The folders from which a project's absolute imports are read.
//!
//! They are the project file's `[python] roots`. Where it names none they are found: the source roots, what each
//! `pyproject.toml` says of its packages, `src` folders, and the folders from which the code's own imports can only
//! be read (a service in a monorepo, scripts beside each other). Where the project's folder is a package itself, its name
//! is what the imports call it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use ruff_python_stdlib::sys::is_known_standard_library;
use rustc_hash::{FxHashMap, FxHashSet};
use toml::{Table, Value};

use super::tree::{Node, Tree, file_name, holds, join, parent};
use super::{Bound, PythonFacts, first_name};
use crate::facts::{Import, ImportForm, Names, name_hash};
use crate::lang::front_end::{Files, ProjectInput};

/// The newest minor version of Python 3 whose standard library and built-in names are told apart.
pub(super) const MINOR_VERSION: u8 = 14;

/// A folder from which absolute imports are read.
#[derive(Debug, Clone)]
pub(super) struct Root {
    pub(super) path: String,
    /// Found in the imports alone: it serves the files below it, and no others.
    pub(super) implied: bool,
}

/// A project's import roots.
#[derive(Debug)]
pub(super) struct Roots {
    all: Vec<Root>,
    /// What imports call the project's own folder, where that is a package: the root lies above it.
    own_name: Option<Box<str>>,
    /// The roots that offer a first name, by index.
    offering: FxHashMap<Box<str>, Vec<usize>>,
}

impl Roots {
    /// Finds them.
    pub(super) fn find(input: ProjectInput<'_>, tree: &Tree, files: Files<'_, PythonFacts>) -> Self {
        let mut roots = Self {
            all: declared_roots(input, tree),
            own_name: None,
            offering: FxHashMap::default(),
        };
        roots.note_offers(tree);
        if input.roots.is_none() {
            roots.own_name = own_name(&roots, tree, files);
            if roots.own_name.is_some() {
                roots.note_offers(tree);
            }
            let implied = implied_roots(&roots, tree, files);
            if !implied.is_empty() {
                roots.all.extend(implied);
                roots.note_offers(tree);
            }
        }
        roots
    }

    /// A root by its index.
    pub(super) fn get(&self, at: usize) -> &Root {
        &self.all[at]
    }

    /// The one root that there is, where it is one for all first names.
    pub(super) fn only(&self) -> Option<&Root> {
        match (&self.all[..], &self.own_name) {
            ([only], None) => Some(only),
            _ => None,
        }
    }

    /// Whether the project's own folder has a name in imports.
    pub(super) fn has_own_name(&self) -> bool {
        self.own_name.is_some()
    }

    /// Notes which roots offer which first names.
    fn note_offers(&mut self, tree: &Tree) {
        let by_path: FxHashMap<&str, usize> = (0..)
            .zip(&self.all)
            .map(|(at, root)| (root.path.as_str(), at))
            .collect();
        let mut offering: FxHashMap<Box<str>, Vec<usize>> = FxHashMap::default();
        for (path, _) in tree.paths().filter(|(path, _)| !path.is_empty()) {
            // What lies in a package is known below its name, and its bare names are libraries'.
            let is_below_own = self.own_name.is_some() && parent(path).is_empty();
            if let Some(&root) = by_path.get(parent(path)).filter(|_| !is_below_own) {
                offering.entry(file_name(path).into()).or_default().push(root);
            }
        }
        #[expect(clippy::iter_over_hash_type, reason = "each list is sorted by itself")]
        for roots in offering.values_mut() {
            roots.sort_unstable();
        }
        self.offering = offering;
    }

    /// The roots that offer a first name, in their order.
    pub(super) fn offering(&self, top: &str) -> impl Iterator<Item = &Root> {
        self.offering.get(top).into_iter().flatten().map(|at| &self.all[*at])
    }

    /// The deepest root that holds a path.
    pub(super) fn of(&self, path: &str) -> Option<usize> {
        let holding = (0..self.all.len()).filter(|&at| holds(&self.all[at].path, path));
        holding.max_by_key(|&at| (self.all[at].path.len(), Reverse(at)))
    }

    /// The rest of a dotted name that begins with the name of the project's own folder.
    pub(super) fn behind_own_name<'d>(&self, dotted: &'d str) -> Option<&'d str> {
        let rest = dotted.strip_prefix(self.own_name.as_deref()?)?;
        if rest.is_empty() {
            return Some(rest);
        }
        rest.strip_prefix('.')
    }

    /// Whether a first name is neither offered here nor the standard library's.
    fn is_foreign(&self, top: &str) -> bool {
        self.offering(top).next().is_none() && !is_known_standard_library(MINOR_VERSION, top)
    }
}

fn declared_roots(input: ProjectInput<'_>, tree: &Tree) -> Vec<Root> {
    let mut paths: Vec<String> = Vec::new();
    let mut add = |path: String| {
        if !paths.contains(&path) {
            paths.push(path);
        }
    };
    if let Some(roots) = input.roots {
        for root in roots {
            add(root.clone());
        }
    } else {
        let mut manifests: Vec<String> = Vec::new();
        for (path, text) in input.manifests {
            let folder = parent(path).to_owned();
            manifests.extend(
                package_folders(text)
                    .into_iter()
                    .map(|found| clean(&join(&folder, &found))),
            );
            if !tree.is_package(&folder) {
                manifests.push(folder);
            }
        }
        for source in input.sources {
            let mut root = source.as_str();
            while tree.is_package(root) && !root.is_empty() {
                root = parent(root);
            }
            add(root.to_owned());
        }
        let folders: Vec<String> = input.sources.iter().cloned().chain(manifests.iter().cloned()).collect();
        manifests.extend(folders.iter().map(|folder| join(folder, "src")));
        for folder in manifests {
            if tree.get(&folder).is_some() && !tree.is_package(&folder) {
                add(folder);
            }
        }
    }
    if paths.is_empty() {
        paths.push(String::new());
    }
    paths.into_iter().map(|path| Root { path, implied: false }).collect()
}

/// The folders of packages that a `pyproject.toml` names, in the tables of the build tools that have such a key.
fn package_folders(text: &str) -> Vec<String> {
    let Ok(manifest) = text.parse::<Table>() else {
        return Vec::new();
    };
    let at = |path: &[&str]| {
        let mut value = manifest.get(path[0])?;
        for key in &path[1..] {
            value = value.get(key)?;
        }
        Some(value)
    };
    let strings = |value: Option<&Value>| -> Vec<String> {
        match value {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(all)) => all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
            Some(Value::Table(all)) => all.values().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        }
    };
    let mut folders = Vec::new();
    for path in [
        &["tool", "setuptools", "packages", "find", "where"][..],
        &["tool", "setuptools", "package-dir"],
        &["tool", "maturin", "python-source"],
        &["tool", "pdm", "build", "package-dir"],
        &["tool", "uv", "build-backend", "module-root"],
        &["tool", "pytest", "ini_options", "pythonpath"],
        &["tool", "hatch", "build", "targets", "wheel", "sources"],
    ] {
        folders.extend(strings(at(path)));
    }
    for package in strings(at(&["tool", "hatch", "build", "targets", "wheel", "packages"])) {
        folders.push(parent(&package).to_owned());
    }
    if let Some(Value::Array(packages)) = at(&["tool", "poetry", "packages"]) {
        folders.extend(
            packages
                .iter()
                .filter_map(|one| one.get("from")?.as_str().map(str::to_owned)),
        );
    }
    folders
}

/// A path without `.` components and slashes at its ends.
fn clean(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    parts.join("/")
}

/// What absolute imports call the project's own folder where that is a package itself: a first name that nothing here
/// offers, behind which most of them name what is defined here. Where more than a few imports find something here by its
/// bare name, which may also be a library's, the folder is an import root like any other.
fn own_name(roots: &Roots, tree: &Tree, files: Files<'_, PythonFacts>) -> Option<Box<str>> {
    /// A library may have a module or two of names that are used here too.
    const LEAST_MODULES: usize = 3;
    if !tree.is_package("") {
        return None;
    }
    let mut counts: BTreeMap<&str, Evidence<'_>> = BTreeMap::new();
    let mut bare = 0;
    for file in 0..crate::source::to_u32(files.len()) {
        let facts = files.facts(file);
        for import in facts.imports.iter().filter(|import| import.level == 0) {
            let module = facts.names.get(import.module);
            let (top, rest) = module.split_once('.').unwrap_or((module, ""));
            if roots.is_foreign(top) {
                let evidence = counts.entry(top).or_default();
                match defines(tree, files, rest, &facts.names, import) {
                    Some(true) => {
                        evidence.modules.insert(rest);
                        evidence.names += 1;
                    }
                    Some(false) => evidence.others += 1,
                    None => {}
                }
            } else if !is_known_standard_library(MINOR_VERSION, top) {
                bare += u32::from(tree.get(&module.replace('.', "/")).is_some());
            }
        }
    }
    let fits =
        |of: &Evidence<'_>| of.modules.len() >= LEAST_MODULES && of.names >= 3 * of.others && of.names >= 9 * bare;
    let fitting = counts.into_iter().filter(|(_, evidence)| fits(evidence));
    let best = fitting.max_by_key(|(name, evidence)| (evidence.names, Reverse(*name)));
    best.map(|(name, _)| name.into())
}

/// What speaks for a first name being that of the project's own folder, and what against it.
#[derive(Default)]
struct Evidence<'n> {
    /// The modules here that imports name behind it.
    modules: BTreeSet<&'n str>,
    /// How many imports name something that is defined here.
    names: u32,
    /// How many name what is not.
    others: u32,
}

/// Whether what an import names behind its first name is defined at `module` below the project's own folder. Nothing
/// where that says little: any library may have a module of some name.
fn defines(tree: &Tree, files: Files<'_, PythonFacts>, module: &str, names: &Names, import: &Import) -> Option<bool> {
    let path = module.replace('.', "/");
    let node = tree.get(&path);
    let ImportForm::Name(name) = import.form else {
        return (!module.is_empty()).then_some(node.is_some());
    };
    let name = names.get(name);
    if tree.get(&join(&path, name)).is_some() {
        return (!module.is_empty()).then_some(true);
    }
    let Some(file) = node.and_then(Node::file) else {
        return Some(false);
    };
    let (own, facts) = (files.own(file), files.facts(file));
    let binds = |binding: &super::Binding| {
        // What it has from a module so named itself is a library's.
        let is_same = match binding.bound {
            Bound::Import(at) => {
                let from = &facts.imports[at as usize];
                from.level == 0 && facts.names.get(from.module) == names.get(import.module)
            }
            Bound::Item(_) | Bound::Alias { .. } => false,
        };
        !is_same && facts.names.get(binding.name) == name
    };
    if own.bindings.iter().any(binds) {
        return Some(true);
    }
    // What it has all of, or makes at run time, is not followed here.
    (own.stars.is_empty() && !own.open_namespace).then_some(false)
}

/// The first name of an import, and the second, which may be the imported name itself.
fn first_two<'n>(names: &'n Names, import: &Import) -> (&'n str, &'n str) {
    let module = names.get(import.module);
    let (top, rest) = module.split_once('.').unwrap_or((module, ""));
    match (rest.split('.').next().unwrap_or_default(), import.form) {
        ("", ImportForm::Name(name)) => (top, names.get(name)),
        (second, _) => (top, second),
    }
}

/// Roots that the imports themselves imply: folders, no packages, that offer the first name of an absolute import
/// which no declared root offers: the nearest of those that hold the importing file.
fn implied_roots(roots: &Roots, tree: &Tree, files: Files<'_, PythonFacts>) -> Vec<Root> {
    let mut offers = offers(roots, tree);
    let open = open_imports(roots, files, &offers);
    if open.is_empty() {
        return Vec::new();
    }
    let named = named_folders(roots, tree, files);
    #[expect(clippy::iter_over_hash_type, reason = "each set is changed by itself")]
    for candidates in offers.values_mut() {
        candidates.retain(|folder| !named.contains(*folder));
    }
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for (file, import) in open {
        let facts = files.facts(file);
        let folder = parent(files.path(file));
        let (top, second) = first_two(&facts.names, import);
        let is_whole = !facts.names.get(import.module).contains('.');
        let Some(candidates) = offers.get(top) else { continue };
        let fits = |at: &&&str| {
            let base = join(at, top);
            let here = tree.get(&base).is_some_and(|node| node.file().is_some());
            (here && is_whole) || (!second.is_empty() && tree.get(&join(&base, second)).is_some())
        };
        let above = candidates.iter().filter(|root| holds(root, folder));
        found.extend(above.filter(fits).max_by_key(|root| root.len()));
    }
    let implied = |path: &str| Root {
        path: path.to_owned(),
        implied: true,
    };
    found.into_iter().map(implied).collect()
}

/// Folders, no packages and no declared roots, by the names that an import from them could begin with.
fn offers<'t>(roots: &Roots, tree: &'t Tree) -> FxHashMap<&'t str, BTreeSet<&'t str>> {
    let mut offers: FxHashMap<&str, BTreeSet<&str>> = FxHashMap::default();
    for (path, node) in tree.paths() {
        let folder = parent(path);
        let known = roots.all.iter().any(|root| root.path == folder);
        let found = node.file().is_some() || !folder.is_empty();
        if !path.is_empty() && found && !known && !tree.is_package(folder) {
            offers.entry(file_name(path)).or_default().insert(folder);
        }
    }
    offers
}

/// Absolute imports whose first name no declared root offers and some other folder does.
fn open_imports<'a>(
    roots: &Roots,
    files: Files<'a, PythonFacts>,
    offers: &FxHashMap<&str, BTreeSet<&str>>,
) -> Vec<(u32, &'a Import)> {
    let mut open = Vec::new();
    if offers.is_empty() {
        return open;
    }
    let foreign = offers.keys().filter(|top| roots.is_foreign(top));
    let hashes: FxHashSet<u32> = foreign.map(|top| name_hash(top)).collect();
    for file in 0..crate::source::to_u32(files.len()) {
        if !files.own(file).firsts.iter().any(|first| hashes.contains(first)) {
            continue;
        }
        let facts = files.facts(file);
        for import in facts.imports.iter().filter(|import| import.level == 0) {
            let top = first_name(facts.names.get(import.module));
            if offers.contains_key(top) && roots.is_foreign(top) {
                open.push((file, import));
            }
        }
    }
    open
}

/// Folders that imports name as part of a larger package, by their dotted path from a declared root or by leading
/// dots: their files are no scripts that import each other by bare names.
fn named_folders(roots: &Roots, tree: &Tree, files: Files<'_, PythonFacts>) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for file in 0..crate::source::to_u32(files.len()) {
        let facts = files.facts(file);
        for import in &facts.imports {
            if import.level > 0 {
                named.insert(parent(files.path(file)).to_owned());
                continue;
            }
            let module = facts.names.get(import.module);
            let below = module.replace('.', "/");
            let offering = roots.offering(first_name(module));
            let offered = offering.map(|root| (join(&root.path, &below), root.path.len()));
            let own = roots.behind_own_name(module).map(|rest| (rest.replace('.', "/"), 0));
            for (full, root) in offered.chain(own) {
                let mut folder = if tree.get(&full).is_some_and(|node| node.file().is_none()) {
                    full.as_str()
                } else {
                    parent(&full)
                };
                if tree.get(&full).is_some() {
                    while folder.len() > root {
                        named.insert(folder.to_owned());
                        folder = parent(folder);
                    }
                }
            }
        }
    }
    named
}
