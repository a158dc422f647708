//! `Cargo.toml` → packages, their targets and dependencies: what Cargo would build, without Cargo.
//!
//! Targets are found where the Cargo book has them:
//! <https://doc.rust-lang.org/cargo/reference/cargo-targets.html#target-auto-discovery>.

use std::collections::BTreeMap;

use cargo_toml::{Dependency as Written, Inheritable, Manifest, OptionalFile, Product};

use super::files::{Paths, ancestors, file_name, join, parent, stem};
use crate::facts::ParseProblem;
use crate::source::{Span, to_u32};

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Lib,
    Bin,
    Example,
    Test,
    Bench,
    Build,
    /// A file that no target and no `mod` reaches.
    Stray,
}

/// A target of a package.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) kind: Kind,
    /// The crate's name in code.
    pub(super) name: String,
    /// Its root file.
    pub(super) file: u32,
}

/// A dependency of a package.
#[derive(Debug, Clone)]
pub(super) struct Dependency {
    /// The name it has in code, where it is renamed or its library is not in sight.
    pub(super) name: String,
    /// Whether the manifest renames it.
    pub(super) renamed: bool,
    /// The package's own name, as names in code are written.
    pub(super) package: String,
    /// The folder of a path dependency.
    pub(super) folder: Option<String>,
    /// For the build script alone.
    pub(super) of_build: bool,
}

/// A package.
#[derive(Debug, Clone)]
pub(super) struct Package {
    pub(super) folder: String,
    pub(super) edition: u16,
    pub(super) targets: Vec<Target>,
    pub(super) dependencies: Vec<Dependency>,
}

/// What manifests say.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) packages: Vec<Package>,
    /// Manifests that could not be read.
    pub(super) problems: Vec<(Box<str>, ParseProblem)>,
}

/// The edition of code that no manifest speaks of.
pub(super) const NEWEST: u16 = 2024;

const FILE: &str = "Cargo.toml";

/// Reads all manifests. Of a library and its package, the library comes first among the targets.
pub(super) fn read(manifests: &[(Box<str>, String)], paths: &Paths<'_>) -> Read {
    let mut read = Read::default();
    let mut parsed: BTreeMap<&str, Manifest> = BTreeMap::new();
    for (path, text) in manifests.iter().filter(|(path, _)| file_name(path) == FILE) {
        match Manifest::from_str(text) {
            Ok(manifest) => {
                parsed.insert(parent(path), manifest);
            }
            Err(error) => read.problems.push((path.clone(), problem(&error))),
        }
    }
    for (folder, manifest) in &parsed {
        if manifest.package.is_some() {
            let workspace = workspace_of(folder, manifest, &parsed);
            read.packages.push(package(folder, manifest, workspace, paths));
        }
    }
    read
}

fn problem(error: &cargo_toml::Error) -> ParseProblem {
    match error {
        cargo_toml::Error::Parse(error) => {
            let span = error.span().unwrap_or_default();
            ParseProblem {
                span: Span::new(to_u32(span.start), to_u32(span.end)),
                message: error.message().trim_end_matches('.').to_owned(),
            }
        }
        other => ParseProblem {
            span: Span::default(),
            message: other.to_string(),
        },
    }
}

/// A manifest and its folder.
type Located<'m> = (&'m str, &'m Manifest);

/// The workspace that a package belongs to: the one it names, or the nearest above that does not exclude it.
fn workspace_of<'m>(
    folder: &'m str,
    manifest: &'m Manifest,
    all: &'m BTreeMap<&'m str, Manifest>,
) -> Option<Located<'m>> {
    let at = |folder: &str| {
        let (folder, manifest) = all.get_key_value(folder)?;
        manifest.workspace.is_some().then_some((*folder, manifest))
    };
    let named = manifest.package.as_ref().and_then(|package| package.workspace.as_ref());
    if let Some(named) = named {
        return at(&join(folder, &named.to_string_lossy())?);
    }
    if manifest.workspace.is_some() {
        return Some((folder, manifest));
    }
    let (above, root) = ancestors(folder).find_map(at)?;
    let excluded = root.workspace.iter().flat_map(|workspace| &workspace.exclude);
    let left_out = excluded
        .filter_map(|path| join(above, path))
        .any(|path| folder == path || folder.strip_prefix(&path).is_some_and(|rest| rest.starts_with('/')));
    let mut members = root.workspace.iter().flat_map(|workspace| &workspace.members);
    let is_member = members.any(|path| join(above, path).as_deref() == Some(folder));
    (is_member || !left_out).then_some((above, root))
}

fn package(folder: &str, manifest: &Manifest, workspace: Option<Located<'_>>, paths: &Paths<'_>) -> Package {
    let edition = match manifest.package.as_ref().map(|package| &package.edition) {
        Some(Inheritable::Set(edition)) => Some(*edition),
        Some(Inheritable::Inherited) => {
            let template = workspace.and_then(|(_, root)| root.workspace.as_ref()?.package.as_ref());
            template.and_then(|template| template.edition)
        }
        None => None,
    };
    Package {
        folder: folder.to_owned(),
        edition: edition.map_or(NEWEST, |edition| edition as u16),
        targets: targets(folder, manifest, paths),
        dependencies: dependencies(folder, manifest, workspace),
    }
}

/// A name as code writes it.
fn in_code(name: &str) -> String {
    name.replace('-', "_")
}

fn targets(folder: &str, manifest: &Manifest, paths: &Paths<'_>) -> Vec<Target> {
    let Some(package) = &manifest.package else {
        return Vec::new();
    };
    let mut found = Found {
        folder,
        package: &package.name,
        paths,
        targets: Vec::new(),
    };
    let lib = manifest.lib.as_ref();
    let path = lib.and_then(|lib| lib.path.as_deref()).unwrap_or("src/lib.rs");
    if package.autolib || lib.is_some() {
        let name = lib.and_then(|lib| lib.name.as_deref()).unwrap_or(&package.name);
        found.add(Kind::Lib, name, path);
    }
    found.declared(Kind::Bin, &manifest.bin, "src/bin");
    if package.autobins {
        found.add(Kind::Bin, &package.name, "src/main.rs");
        found.discovered(Kind::Bin, "src/bin");
    }
    let others = [
        (Kind::Example, &manifest.example, package.autoexamples, "examples"),
        (Kind::Test, &manifest.test, package.autotests, "tests"),
        (Kind::Bench, &manifest.bench, package.autobenches, "benches"),
    ];
    for (kind, declared, automatic, below) in others {
        found.declared(kind, declared, below);
        if automatic {
            found.discovered(kind, below);
        }
    }
    match &package.build {
        Some(OptionalFile::Path(path)) => found.add(Kind::Build, "build_script_build", &path.to_string_lossy()),
        Some(OptionalFile::Flag(false)) => {}
        Some(OptionalFile::Flag(true)) | None => found.add(Kind::Build, "build_script_build", "build.rs"),
    }
    found.targets
}

struct Found<'a> {
    folder: &'a str,
    package: &'a str,
    paths: &'a Paths<'a>,
    targets: Vec<Target>,
}

impl Found<'_> {
    /// Adds a target whose root file is there; what was declared comes before what is discovered.
    fn add(&mut self, kind: Kind, name: &str, path: &str) {
        let Some(file) = join(self.folder, path).and_then(|path| self.paths.at(&path)) else {
            return;
        };
        let known = |target: &Target| target.file == file && (target.kind == kind || kind == Kind::Bin);
        if !self.targets.iter().any(known) {
            let name = in_code(name);
            self.targets.push(Target { kind, name, file });
        }
    }

    /// Targets that the manifest lists; where it gives no path, the name says it.
    fn declared(&mut self, kind: Kind, products: &[Product], below: &str) {
        for product in products {
            let name = product.name.as_deref();
            match (&product.path, name) {
                (Some(path), name) => self.add(kind, name.unwrap_or_else(|| stem(path)), path),
                (None, Some(name)) => {
                    self.add(kind, name, &format!("{below}/{name}.rs"));
                    self.add(kind, name, &format!("{below}/{name}/main.rs"));
                    if kind == Kind::Bin && name == self.package {
                        self.add(kind, name, "src/main.rs");
                    }
                }
                (None, None) => {}
            }
        }
    }

    /// Targets by their place: `below/*.rs` and `below/*/main.rs`.
    fn discovered(&mut self, kind: Kind, below: &str) {
        let Some(folder) = join(self.folder, below) else { return };
        for entry in self.paths.entries(&folder) {
            match entry.strip_suffix(".rs") {
                Some(name) => self.add(kind, name, &format!("{below}/{entry}")),
                None => self.add(kind, entry, &format!("{below}/{entry}/main.rs")),
            }
        }
    }
}

fn dependencies(folder: &str, manifest: &Manifest, workspace: Option<Located<'_>>) -> Vec<Dependency> {
    let of_targets = manifest.target.values();
    let own = [
        (&manifest.dependencies, false),
        (&manifest.dev_dependencies, false),
        (&manifest.build_dependencies, true),
    ];
    let sets = own.into_iter().chain(of_targets.flat_map(|target| {
        [
            (&target.dependencies, false),
            (&target.dev_dependencies, false),
            (&target.build_dependencies, true),
        ]
    }));
    let root = workspace.unwrap_or((folder, manifest));
    let mut found = Vec::new();
    let all = sets.flat_map(|(set, of_build)| set.iter().map(move |(key, written)| (key, written, of_build)));
    for (key, written, of_build) in all {
        let (base, detail) = match written {
            Written::Inherited(_) => {
                let shared = workspace.and_then(|(_, root)| root.workspace.as_ref()?.dependencies.get(key));
                (root.0, shared.and_then(Written::detail))
            }
            Written::Simple(_) | Written::Detailed(_) => (folder, written.detail()),
        };
        let package = detail.and_then(|detail| detail.package.as_deref());
        let name = package.unwrap_or(key);
        let path = detail.and_then(|detail| detail.path.as_deref());
        found.push(Dependency {
            name: in_code(key),
            renamed: package.is_some(),
            package: in_code(name),
            of_build,
            folder: match path {
                Some(path) => join(base, path),
                None => patched(name, root),
            },
        });
    }
    found
}

/// The folder that `[patch]` or `[replace]` puts in a package's place.
#[expect(deprecated, reason = "manifests that still say `[replace]` are read all the same")]
fn patched(package: &str, (folder, root): Located<'_>) -> Option<String> {
    let patches = root.patch.values().flatten();
    let replaced = root.replace.iter();
    let all = patches.chain(replaced);
    let mut fitting = all.filter(|(key, written)| {
        let renamed = written.detail().and_then(|detail| detail.package.as_deref());
        // A replaced package is named with its version: `name:1.0.0`.
        renamed.unwrap_or_else(|| key.split(':').next().unwrap_or(key)) == package
    });
    let path = fitting.find_map(|(_, written)| written.detail()?.path.as_deref())?;
    join(folder, path)
}
