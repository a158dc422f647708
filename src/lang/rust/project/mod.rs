//! Packages and files → crates and their module trees.
//!
//! Where modules lie in files: <https://doc.rust-lang.org/reference/items/modules.html>. A file that no `mod` reaches
//! is read all the same: see `strays`.

mod globs;
mod impls;
mod names;
mod strays;

pub(in crate::lang::rust) use impls::{ANY, Head, ImplRef, Implements, Impls, Listed, outer_head};

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::facts::{FileFacts, ItemKind, When};
use crate::lang::front_end::{Files, Named, ProjectInput};
use crate::lang::rust::files::{Paths, file_name, join, parent};
use crate::lang::rust::infer::PathHead;
use crate::lang::rust::lookup::Reached;
use crate::lang::rust::manifest::{self, Kind, Package};
use crate::lang::rust::paths;
use crate::lang::rust::{Bound, Outside, RustFacts, ScopeKind};
use crate::source::to_u32;

/// How many modules one file may be, over all crates: beyond, `#[path]` is going round in circles.
const MOST_MODULES_OF_A_FILE: u32 = 256;

/// How many modules there may be for each file, and some to begin with.
const MOST_MODULES_FOR_A_FILE: usize = 16;
const MODULES_TO_BEGIN_WITH: usize = 1024;

/// Crates, modules, and what names from outside lead to.
#[derive(Debug, Default)]
pub struct RustProject {
    pub(in crate::lang::rust) crates: Vec<Crate>,
    /// In the order of their files.
    pub(in crate::lang::rust) modules: Vec<Module>,
    /// What each glob reaches, by module and the use's index.
    pub(in crate::lang::rust) globs: FxHashMap<(u32, u32), Vec<Reached>>,
    /// The macros that a crate defines, by name: module and item.
    pub(in crate::lang::rust) macros: FxHashMap<u32, FxHashMap<Box<str>, Vec<MacroRules>>>,
    /// Once they have been studied.
    pub(in crate::lang::rust) impls: Impls,
    /// What the written paths of types and traits stand for, once that has been asked: by module, then in the order of
    /// its file's list.
    pub(in crate::lang::rust) heads: Vec<Box<[OnceLock<PathHead>]>>,
    /// Where modules that are declared but not there could lie.
    absent: FxHashMap<String, Vec<String>>,
}

/// A `macro_rules!`.
#[derive(Debug, Clone, Copy)]
pub(in crate::lang::rust) struct MacroRules {
    pub(in crate::lang::rust) module: u32,
    pub(in crate::lang::rust) scope: u32,
    pub(in crate::lang::rust) item: u32,
    /// `#[macro_export]`
    pub(in crate::lang::rust) exported: bool,
}

/// A crate: a target's module tree.
#[derive(Debug)]
pub(in crate::lang::rust) struct Crate {
    pub(in crate::lang::rust) kind: Kind,
    pub(in crate::lang::rust) name: String,
    pub(in crate::lang::rust) edition: u16,
    pub(in crate::lang::rust) root: u32,
    package: Option<usize>,
    /// The crates that its code knows by name.
    pub(in crate::lang::rust) prelude: FxHashMap<String, Known>,
}

/// A crate that code knows by name.
#[derive(Debug, Clone)]
pub(in crate::lang::rust) enum Known {
    /// One of the project, by index.
    Crate(u32),
    /// One outside, by its package's name.
    External(String),
}

/// A file as seen from one crate.
#[derive(Debug)]
pub(in crate::lang::rust) struct Module {
    pub(in crate::lang::rust) file: u32,
    pub(in crate::lang::rust) krate: u32,
    pub(in crate::lang::rust) name: String,
    /// The module and scope that declare it.
    pub(in crate::lang::rust) parent: Option<(u32, u32)>,
    /// The folder in which the files of its modules are looked for.
    folder: String,
    /// The modules behind each `mod` of its file, in the order of [`RustFacts::mods`]: several where `cfg` decides.
    pub(in crate::lang::rust) children: Vec<Vec<u32>>,
    /// The modules behind each `include!`.
    pub(in crate::lang::rust) includes: Vec<Option<u32>>,
    /// Modules that lie below it though no `mod` names them.
    pub(in crate::lang::rust) strays: Vec<u32>,
    /// Included by `include!`: it shares its includer's names.
    pub(in crate::lang::rust) included: bool,
    pub(in crate::lang::rust) standing: Standing,
}

/// Under what circumstances a module is part of its crate.
#[derive(Debug, Clone, Copy)]
pub(in crate::lang::rust) struct Standing {
    /// In test builds alone.
    pub(in crate::lang::rust) test: bool,
    /// Some builds leave it out.
    pub(in crate::lang::rust) guarded: bool,
    /// A target or a `mod` leads to it.
    pub(in crate::lang::rust) declared: bool,
}

impl Standing {
    /// That of a module declared here under circumstances of its own.
    fn under(self, when: When) -> Self {
        Self {
            test: self.test || when.has_any(When::TEST),
            guarded: self.guarded || when.has_any(When::GUARDED),
            ..self
        }
    }
}

impl RustProject {
    /// Where a missing module's source could lie: paths without extension.
    pub(in crate::lang::rust) fn places(&self, missing: &str) -> Vec<String> {
        if let Some(places) = self.absent.get(missing) {
            return places.clone();
        }
        let Some((above, name)) = paths::split_last(missing) else {
            return Vec::new();
        };
        let holders = self.modules.iter().filter(|module| module.name == above);
        holders.flat_map(|module| by_name(&module.folder, name)).collect()
    }

    pub(in crate::lang::rust) fn module(&self, at: u32) -> &Module {
        &self.modules[at as usize]
    }

    /// The whole name of what a scope of a module holds.
    pub(in crate::lang::rust) fn name_in(
        &self,
        files: Files<'_, RustFacts>,
        module: u32,
        scope: u32,
        name: &str,
    ) -> String {
        let file = self.module(module).file;
        self.declared_name(module, files.own(file), files.facts(file), scope, name)
    }

    /// The same, the file being at hand.
    fn declared_name(&self, at: u32, own: &RustFacts, facts: &FileFacts, scope: u32, name: &str) -> String {
        let mut full = self.module(at).name.clone();
        for inline in around(own, facts, scope) {
            full = format!("{full}::{}", inline.name);
        }
        if name.is_empty() {
            full
        } else {
            format!("{full}::{name}")
        }
    }

    pub(in crate::lang::rust) fn crate_of(&self, module: u32) -> &Crate {
        &self.crates[self.module(module).krate as usize]
    }
}

/// Whether a file is the root of a crate by its name.
fn is_root(path: &str) -> bool {
    matches!(file_name(path), "lib.rs" | "main.rs")
}

/// An inline module.
struct Inline<'a> {
    name: &'a str,
    /// The name of its folder: its own, or what `#[path]` says.
    place: &'a str,
    is_path: bool,
}

/// The inline modules around a scope, from the outside in.
fn around<'a>(own: &RustFacts, facts: &'a FileFacts, scope: u32) -> Vec<Inline<'a>> {
    let mut around = Vec::new();
    let mut next = Some(scope);
    while let Some(scope) = next {
        let scope = &own.scopes[scope as usize];
        if let ScopeKind::Module { name, path } = scope.kind {
            around.push(Inline {
                name: facts.names.get(name),
                place: facts.names.get(path.unwrap_or(name)),
                is_path: path.is_some(),
            });
        }
        next = scope.parent;
    }
    around.reverse();
    around
}

/// The paths, without extension, at which `mod name;` looks in a folder.
fn by_name(folder: &str, name: &str) -> Vec<String> {
    let place = if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    };
    let inner = format!("{place}/mod");
    vec![place, inner]
}

/// Builds the module trees and names every module.
pub(in crate::lang::rust) fn project(input: ProjectInput<'_>, files: Files<'_, RustFacts>) -> Named<RustProject> {
    let paths = Paths::new(files);
    let read = manifest::read(input.manifests, &paths);
    let mut builder = Builder {
        files,
        paths: &paths,
        packages: &read.packages,
        project: RustProject::default(),
        uses_of_file: vec![0; files.len()],
    };
    builder.targets();
    builder.strays();
    builder.order();
    builder.preludes();
    builder.macros();
    let modules = builder.names();
    let mut project = builder.project;
    project.globs = globs::follow(&mut project, files);
    let room = |module: &Module| {
        let paths = &files.own(module.file).code.type_paths;
        paths.iter().map(|_| OnceLock::new()).collect()
    };
    project.heads = project.modules.iter().map(room).collect();
    Named {
        project,
        modules,
        problems: read.problems,
    }
}

/// Lists the impls and traits of a file's modules.
pub(in crate::lang::rust) fn study(project: &RustProject, files: Files<'_, RustFacts>, file: u32) -> Vec<Listed> {
    let first = project.modules.partition_point(|module| module.file < file);
    let of_file = project.modules[first..].iter().take_while(|module| module.file == file);
    (to_u32(first)..)
        .zip(of_file)
        .map(|(at, _)| impls::list(project, files, at))
        .collect()
}

/// Takes in the lists of all files, in their order.
pub(in crate::lang::rust) fn learn(project: &mut RustProject, files: Vec<Vec<Listed>>) {
    project.impls = impls::join(files.into_iter().flatten());
}

struct Builder<'a> {
    files: Files<'a, RustFacts>,
    paths: &'a Paths<'a>,
    packages: &'a [Package],
    project: RustProject,
    /// How many modules each file has become.
    uses_of_file: Vec<u32>,
}

/// A module to be loaded.
struct Load {
    file: u32,
    krate: u32,
    name: String,
    parent: Option<(u32, u32)>,
    folder: String,
    included: bool,
    standing: Standing,
}

impl Builder<'_> {
    fn targets(&mut self) {
        for (at, package) in self.packages.iter().enumerate() {
            for target in &package.targets {
                self.root(target.kind, target.name.clone(), target.file, Some(at), package.edition);
            }
        }
    }

    fn root(&mut self, kind: Kind, name: String, file: u32, package: Option<usize>, edition: u16) {
        let krate = to_u32(self.project.crates.len());
        let load = Load {
            file,
            krate,
            name: name.clone(),
            parent: None,
            folder: parent(self.files.path(file)).to_owned(),
            included: false,
            standing: Standing {
                test: matches!(kind, Kind::Test | Kind::Bench),
                guarded: false,
                declared: kind != Kind::Stray || is_root(self.files.path(file)),
            },
        };
        self.project.crates.push(Crate {
            kind,
            name,
            edition,
            root: to_u32(self.project.modules.len()),
            package,
            prelude: FxHashMap::default(),
        });
        self.load(load);
    }

    /// Loads a module and all that it declares.
    fn load(&mut self, load: Load) -> u32 {
        let first = to_u32(self.project.modules.len());
        self.push(load);
        let mut next = first;
        while (next as usize) < self.project.modules.len() {
            self.children(next);
            self.includes(next);
            next += 1;
        }
        first
    }

    fn push(&mut self, load: Load) -> u32 {
        self.uses_of_file[load.file as usize] += 1;
        let own = self.files.own(load.file);
        self.project.modules.push(Module {
            file: load.file,
            krate: load.krate,
            name: load.name,
            parent: load.parent,
            folder: load.folder,
            children: vec![Vec::new(); own.mods.len()],
            includes: vec![None; own.includes.len()],
            strays: Vec::new(),
            included: load.included,
            standing: Standing {
                test: load.standing.test || own.test,
                ..load.standing
            },
        });
        to_u32(self.project.modules.len() - 1)
    }

    /// Loads what a module's `mod`s declare.
    fn children(&mut self, at: u32) {
        let file = self.project.module(at).file;
        let own = self.files.own(file);
        for (number, declared) in own.mods.iter().enumerate() {
            let name = declared.name.map_or("", |name| self.files.facts(file).names.get(name));
            let (inner, full) = self.place_of(at, declared.scope, name);
            for (path, own_folder) in self.candidates(at, declared, &inner, name) {
                let Some(found) = self.paths.at(&path).filter(|found| self.may_load(at, *found)) else {
                    continue;
                };
                let folder = if own_folder {
                    parent(&path).to_owned()
                } else {
                    format!("{inner}{name}")
                };
                let module = self.project.module(at);
                let load = Load {
                    file: found,
                    krate: module.krate,
                    name: full.clone(),
                    parent: Some((at, declared.scope)),
                    folder,
                    included: false,
                    standing: module.standing.under(declared.when),
                };
                let child = self.push(load);
                self.project.modules[at as usize].children[number].push(child);
            }
            if self.project.module(at).children[number].is_empty() {
                let found = self.candidates(at, declared, &inner, name);
                let mut stems: Vec<String> = found
                    .into_iter()
                    .map(|(path, _)| without_extension(&path).to_owned())
                    .collect();
                if declared.by_name {
                    stems.push(format!("{inner}{name}/mod"));
                }
                self.project.absent.entry(full).or_default().extend(stems);
            }
        }
    }

    /// Loads what a module's `include!`s name.
    fn includes(&mut self, at: u32) {
        let file = self.project.module(at).file;
        let own = self.files.own(file);
        for (number, included) in own.includes.iter().enumerate() {
            let text = included
                .paths
                .first()
                .map(|path| self.files.facts(file).names.get(*path));
            let path = text.and_then(|text| join(parent(self.files.path(file)), text));
            let found = path.as_deref().and_then(|path| self.paths.at(path));
            if let Some(found) = found.filter(|found| self.may_load(at, *found)) {
                let module = self.project.module(at);
                let load = Load {
                    file: found,
                    krate: module.krate,
                    name: self.place_of(at, included.scope, "").1,
                    parent: Some((at, included.scope)),
                    folder: parent(self.files.path(found)).to_owned(),
                    included: true,
                    standing: module.standing.under(included.when),
                };
                let child = self.push(load);
                self.project.modules[at as usize].includes[number] = Some(child);
            } else if let (Some(path), Some(text)) = (path, text) {
                let stem = without_extension(&path).to_owned();
                self.project.absent.entry(text.to_owned()).or_default().push(stem);
            }
        }
    }

    /// The folder, with `/`, in which a scope's modules are looked for, and the whole name of one of them.
    fn place_of(&self, at: u32, scope: u32, name: &str) -> (String, String) {
        let module = self.project.module(at);
        let own = self.files.own(module.file);
        let facts = self.files.facts(module.file);
        let around = around(own, facts, scope);
        // `#[path]` on the outermost inline module starts at the file's own folder.
        let mut folder = match around.first() {
            Some(outermost) if outermost.is_path => parent(self.files.path(module.file)).to_owned(),
            _ => module.folder.clone(),
        };
        for inline in around {
            folder = join(&folder, inline.place).unwrap_or_default();
        }
        let full = self.project.declared_name(at, own, facts, scope, name);
        if !folder.is_empty() {
            folder.push('/');
        }
        (folder, full)
    }

    /// Where a `mod` looks, and whether the file found there keeps its modules beside itself.
    fn candidates(&self, at: u32, declared: &Outside, inner: &str, name: &str) -> Vec<(String, bool)> {
        let module = self.project.module(at);
        let names = &self.files.facts(module.file).names;
        let mut found = Vec::new();
        for path in &declared.paths {
            let own = self.files.own(module.file);
            let inline = around(own, self.files.facts(module.file), declared.scope);
            let base = if inline.is_empty() {
                parent(self.files.path(module.file))
            } else {
                inner.trim_end_matches('/')
            };
            found.extend(join(base, names.get(*path)).map(|path| (path, true)));
        }
        if declared.by_name {
            let fits = |path: &String| self.paths.at(path).is_some();
            let beside = format!("{inner}{name}.rs");
            let inside = format!("{inner}{name}/mod.rs");
            // Both at once are an error of the language; the first is then read.
            if fits(&beside) || !fits(&inside) {
                found.push((beside, false));
            } else {
                found.push((inside, true));
            }
        }
        found
    }

    /// Whether a file may become a module below `at`: not if that goes round in circles.
    fn may_load(&self, at: u32, file: u32) -> bool {
        let mut next = Some(at);
        while let Some(above) = next {
            let module = self.project.module(above);
            if module.file == file {
                return false;
            }
            next = module.parent.map(|(above, _)| above);
        }
        let most = MODULES_TO_BEGIN_WITH + MOST_MODULES_FOR_A_FILE * self.files.len();
        self.uses_of_file[file as usize] < MOST_MODULES_OF_A_FILE && self.project.modules.len() < most
    }

    /// Puts the modules in the order of their files.
    fn order(&mut self) {
        let mut order: Vec<u32> = (0..to_u32(self.project.modules.len())).collect();
        order.sort_by_key(|at| (self.project.module(*at).file, *at));
        let mut place = vec![0; order.len()];
        for (new, old) in (0..).zip(&order) {
            place[*old as usize] = new;
        }
        let mut modules = std::mem::take(&mut self.project.modules);
        for module in &mut modules {
            if let Some((above, _)) = &mut module.parent {
                *above = place[*above as usize];
            }
            let children = module.children.iter_mut().flatten();
            for child in children
                .chain(module.includes.iter_mut().flatten())
                .chain(&mut module.strays)
            {
                *child = place[*child as usize];
            }
        }
        for krate in &mut self.project.crates {
            krate.root = place[krate.root as usize];
        }
        let mut placed: Vec<(u32, Module)> = place.into_iter().zip(modules).collect();
        placed.sort_by_key(|(at, _)| *at);
        self.project.modules = placed.into_iter().map(|(_, module)| module).collect();
    }

    /// What each crate knows by name: the standard library, its dependencies, its package's own library.
    fn preludes(&mut self) {
        let mut libraries: FxHashMap<&str, u32> = FxHashMap::default();
        for (at, krate) in (0..).zip(&self.project.crates) {
            if let (Kind::Lib, Some(package)) = (krate.kind, krate.package) {
                libraries.insert(self.packages[package].folder.as_str(), at);
            }
        }
        let name = |at: u32| self.project.crates[at as usize].name.clone();
        let mut preludes = Vec::new();
        for krate in &self.project.crates {
            let standard = ["std", "core", "alloc", "proc_macro", "test"];
            let mut known: FxHashMap<String, Known> = standard
                .into_iter()
                .map(|name| (name.to_owned(), Known::External(name.to_owned())))
                .collect();
            let package = krate.package.map(|at| &self.packages[at]);
            let built = krate.kind == Kind::Build;
            let dependencies = package.iter().flat_map(|package| &package.dependencies);
            for dependency in dependencies.filter(|dependency| dependency.of_build == built) {
                let local = dependency.folder.as_deref().and_then(|folder| libraries.get(folder));
                let (code, known_as) = match local {
                    Some(&library) if dependency.renamed => (dependency.name.clone(), Known::Crate(library)),
                    Some(&library) => (name(library), Known::Crate(library)),
                    // How the standard library's own dependencies name it.
                    None if dependency.package.starts_with("rustc_std_workspace_") => continue,
                    None => (dependency.name.clone(), Known::External(dependency.package.clone())),
                };
                // Of several tables that name it, the project's own crate counts.
                let settled = matches!(known.get(&code), Some(Known::Crate(_)));
                if !settled {
                    known.insert(code, known_as);
                }
            }
            let own = package.and_then(|package| libraries.get(package.folder.as_str()));
            if let Some(&own) = own.filter(|_| !matches!(krate.kind, Kind::Lib | Kind::Build)) {
                known.insert(name(own), Known::Crate(own));
            }
            preludes.push(known);
        }
        for (krate, prelude) in self.project.crates.iter_mut().zip(preludes) {
            krate.prelude = prelude;
        }
    }

    fn macros(&mut self) {
        for (at, module) in (0..).zip(&self.project.modules) {
            let facts = self.files.facts(module.file);
            for binding in &self.files.own(module.file).bindings {
                let Bound::Item(item) = binding.bound else { continue };
                if facts.items[item as usize].kind == ItemKind::Macro {
                    let of_crate = self.project.macros.entry(module.krate).or_default();
                    of_crate
                        .entry(facts.names.get(binding.name).into())
                        .or_default()
                        .push(MacroRules {
                            module: at,
                            scope: binding.scope,
                            item,
                            exported: binding.exported,
                        });
                }
            }
        }
    }
}

fn without_extension(path: &str) -> &str {
    path.strip_suffix(".rs").unwrap_or(path)
}
