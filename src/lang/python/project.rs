//! Files and manifests → import roots and module names: which roots there are, `roots` finds out.

use std::cmp::Reverse;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use ruff_python_stdlib::sys::is_known_standard_library;
use thin_vec::ThinVec;

use super::infer::{Classes, Summaries};
use super::roots::{MINOR_VERSION, Root, Roots};
use super::tree::{Node, Tree, holds, join, parent, split_extension};
use super::{PythonFacts, first_name};
use crate::lang::front_end::{Files, ModuleName, ProjectInput};

/// The import roots of a project, and what lies below them.
#[derive(Debug)]
pub struct PythonProject {
    pub(super) tree: Tree,
    pub(super) roots: Roots,
    /// Each file's path as a dotted name, and the index of its root.
    pub(super) modules: Vec<(Box<str>, usize)>,
    /// What a star import of each file brings, once it has been asked for.
    pub(super) stars: Vec<OnceLock<Vec<Reached>>>,
    /// What the `__all__` of each file lists, once it has been asked for; nothing where that is not known.
    pub(super) lists: Vec<OnceLock<Option<Listed>>>,
    /// Where each import's module part leads: by file, once one of its imports has been asked for, then in the order of
    /// its imports, once this one has.
    pub(super) leads: Vec<OnceLock<Box<[Lead]>>>,
    /// What its classes are made of, once that has been asked for.
    pub(super) classes: Classes,
    /// What its definitions return and hold, as far as that has been asked for.
    pub(super) summaries: Summaries,
}

/// The names that a module lists.
pub(super) type Listed = Box<[Box<str>]>;

/// Where an import leads, once it has been asked for.
#[derive(Debug, Default)]
pub(super) struct Lead {
    /// Its module part.
    pub(super) module: OnceLock<Found>,
    /// What it brings.
    pub(super) brought: OnceLock<Brought>,
    /// It is known to lead into a ring of modules that only hand the name on, and so to nothing.
    pub(super) in_ring: AtomicBool,
}

/// What an import brings.
#[derive(Debug)]
pub(super) enum Brought {
    /// A definition of the module that it names.
    Next { file: u32, item: u32 },
    /// A definition further on, where every file on the way binds the name once, and by no other name.
    Straight(Box<Reached>),
    /// What a search found, other names for something being what they stand for.
    Sought(ThinVec<Reached>),
}

/// What an absolute or relative import leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// A source of the project.
    File(u32),
    /// A folder without a package file.
    Namespace(String),
    /// Nothing of the project's own.
    External,
    /// The project's own, and nothing there: the path without extension.
    Missing(String),
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    /// A definition of the project.
    Item { file: u32, item: u32 },
    /// A module of the project.
    Module(u32),
    /// A folder without a package file.
    Namespace(String),
    /// Something outside the project, by its full name.
    External(Arc<str>),
}

/// A thing, and the files that hand its name on, in order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reached {
    pub(super) thing: Thing,
    pub(super) chain: ThinVec<u32>,
}

/// Finds the roots and names the modules.
pub(super) fn project(input: ProjectInput<'_>, files: Files<'_, PythonFacts>) -> (PythonProject, Vec<ModuleName>) {
    let count = crate::source::to_u32(files.len());
    let tree = Tree::new((0..count).map(|at| files.path(at)));
    let mut project = PythonProject {
        roots: Roots::find(input, &tree, files),
        tree,
        modules: Vec::with_capacity(files.len()),
        stars: (0..count).map(|_| OnceLock::new()).collect(),
        lists: (0..count).map(|_| OnceLock::new()).collect(),
        leads: (0..count).map(|_| OnceLock::new()).collect(),
        classes: Classes::new(files.len()),
        summaries: Summaries::new(files.len()),
    };
    let mut names = Vec::with_capacity(files.len());
    for file in 0..count {
        let path = files.path(file);
        let (root, name) = project.name(path);
        project.modules.push((name.clone(), root));
        names.push(ModuleName {
            file,
            root: project.roots.get(root).path.as_str().into(),
            name,
            visible_in: None,
            package: split_extension(path).0.ends_with("__init__"),
            test: false,
        });
    }
    (project, names)
}

impl PythonProject {
    /// The deepest root that holds a file, and the file's dotted name from there.
    fn name(&self, path: &str) -> (usize, Box<str>) {
        let (stem, _) = split_extension(path);
        let root = self.roots.of(path).unwrap_or(0);
        let below = match self.roots.get(root).path.as_str() {
            "" => stem,
            root => stem
                .strip_prefix(root)
                .and_then(|rest| rest.strip_prefix('/'))
                .unwrap_or(stem),
        };
        let package = below.strip_suffix("/__init__").unwrap_or(below);
        (root, package.replace('/', ".").into())
    }

    /// What `dotted` names in the file at `path`, by the roots that hold the file, then by the others.
    pub(super) fn absolute(&self, path: &str, dotted: &str) -> Found {
        if let Some(rest) = self.roots.behind_own_name(dotted) {
            return match self.at(rest.replace('.', "/"), "") {
                // The name is a guess, and too little to call anything missing.
                Found::Missing(_) => Found::External,
                found => found,
            };
        }
        let below = dotted.replace('.', "/");
        if let Some(only) = self.roots.only()
            && let Some(file) = self.tree.get(&join(&only.path, &below)).and_then(Node::file)
        {
            return Found::File(file);
        }
        let top = first_name(dotted);
        let (mut namespace, mut missing) = (None, None);
        let mut search = |root: &Root| {
            let node = self.tree.get(&join(&root.path, top))?;
            let full = join(&root.path, &below);
            if node.file().is_some() {
                let found = self.at(full, &root.path);
                // What a guessed root lacks may well be a library of the same name.
                let doubtful = root.implied && matches!(found, Found::Missing(_));
                return Some(if doubtful { Found::External } else { found });
            }
            match self.at(full.clone(), &root.path) {
                Found::File(file) => return Some(Found::File(file)),
                Found::Namespace(_) => namespace = namespace.take().or(Some(full)),
                Found::Missing(path) => missing = missing.take().or(Some(path)),
                Found::External => {}
            }
            None
        };
        let mut above: Vec<&Root> = self
            .roots
            .offering(top)
            .filter(|root| holds(&root.path, path))
            .collect();
        above.sort_by_key(|root| Reverse(root.path.len()));
        let elsewhere = self
            .roots
            .offering(top)
            .filter(|root| !root.implied && !holds(&root.path, path));
        let found = above
            .into_iter()
            // A guessed root is no reason to doubt the standard library.
            .filter(|root| !root.implied || !is_known_standard_library(MINOR_VERSION, top))
            .chain(elsewhere)
            .find_map(&mut search);
        if let Some(found) = found {
            return found;
        }
        // A mere folder gives way to a library's package of that name.
        if is_known_standard_library(MINOR_VERSION, top) {
            return Found::External;
        }
        missing
            .map(Found::Missing)
            .or(namespace.map(Found::Namespace))
            .unwrap_or(Found::External)
    }

    /// What lies at a path whose first component below `root` is known to exist.
    pub(super) fn at(&self, path: String, root: &str) -> Found {
        if let Some(node) = self.tree.get(&path) {
            node.file().map_or(Found::Namespace(path), Found::File)
        } else if path.ends_with("/__init__") && self.tree.is_package(parent(&path)) {
            // `import a.__init__` names the package file as if it were a module.
            self.at(parent(&path).to_owned(), root)
        } else {
            // What is missing from a folder without a package file may be another distribution's.
            let mut above = parent(&path);
            while self.tree.get(above).is_none() && above.len() > root.len() {
                above = parent(above);
            }
            let owned = self.tree.get(above).is_some_and(|node| node.file().is_some());
            if owned { Found::Missing(path) } else { Found::External }
        }
    }

    /// Where a missing module's source could lie: below every root that offers its first name, or below the project's own
    /// folder where imports have another name for that; without extension.
    pub(super) fn places(&self, missing: &str) -> Vec<String> {
        let top = first_name(missing);
        let below = missing.replace('.', "/");
        let own = self.roots.has_own_name().then(|| below.clone());
        let offered = self.roots.offering(top).map(|root| join(&root.path, &below));
        own.into_iter().chain(offered).collect()
    }
}
