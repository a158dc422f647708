//! The folders and modules of a project, by path: what `a/b` names.

use rustc_hash::FxHashMap;

/// What lies at a path without extension: files, by index into the language's files, or only a folder.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Node {
    /// `a/b.py`
    pub(super) module: Option<u32>,
    /// `a/b/__init__.py`
    pub(super) init: Option<u32>,
    /// `a/b.pyi`
    pub(super) stub: Option<u32>,
    /// `a/b/__init__.pyi`
    pub(super) stub_init: Option<u32>,
}

impl Node {
    /// The file that an import of this path loads, as Python prefers them; nothing for a mere folder.
    pub(super) fn file(&self) -> Option<u32> {
        self.init.or(self.module).or(self.stub_init).or(self.stub)
    }

    /// Whether it is a regular package.
    pub(super) fn is_package(&self) -> bool {
        self.init.is_some() || (self.module.is_none() && self.stub_init.is_some())
    }
}

/// All paths that hold Python sources, without extensions, relative to the project; `""` is its own folder.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: FxHashMap<Box<str>, Node>,
}

impl Tree {
    /// Enters the files' paths.
    pub(super) fn new<'a>(paths: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let mut tree = Self::default();
        tree.nodes.reserve(paths.len());
        for (at, path) in (0..).zip(paths) {
            tree.enter(path, at);
        }
        tree
    }

    fn enter(&mut self, path: &str, at: u32) {
        let (stem, extension) = split_extension(path);
        let folder = parent(stem);
        let package = file_name(stem) == "__init__";
        let node = self
            .nodes
            .entry(if package { folder } else { stem }.into())
            .or_default();
        let slot = match (package, extension == "pyi") {
            (true, false) => &mut node.init,
            (true, true) => &mut node.stub_init,
            (false, false) => &mut node.module,
            (false, true) => &mut node.stub,
        };
        *slot = Some(at);
        let mut above = if package { parent(folder) } else { folder };
        while !self.nodes.contains_key(above) {
            self.nodes.insert(above.into(), Node::default());
            above = parent(above);
        }
    }

    /// What lies at `path`.
    pub(super) fn get(&self, path: &str) -> Option<&Node> {
        self.nodes.get(path)
    }

    /// Whether `folder` is a regular package.
    pub(super) fn is_package(&self, folder: &str) -> bool {
        self.get(folder).is_some_and(Node::is_package)
    }

    /// All paths, in no particular order.
    pub(super) fn paths(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.nodes.iter().map(|(path, node)| (&**path, node))
    }
}

/// A path's folder; `""` for a path of one component.
pub(super) fn parent(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).map_or("", |at| &path[..at])
}

/// A path's last component.
pub(super) fn file_name(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).map_or(path, |at| &path[at + 1..])
}

/// A path without its extension, and the extension.
pub(super) fn split_extension(path: &str) -> (&str, &str) {
    match memchr::memrchr2(b'.', b'/', path.as_bytes()) {
        Some(at) if path.as_bytes()[at] == b'.' => (&path[..at], &path[at + 1..]),
        _ => (path, ""),
    }
}

/// A path below a folder.
pub(super) fn join(folder: &str, rest: &str) -> String {
    match (folder.is_empty(), rest.is_empty()) {
        (true, _) => rest.to_owned(),
        (false, true) => folder.to_owned(),
        (false, false) => [folder, "/", rest].concat(),
    }
}

/// Whether `folder` is `path` itself or lies above it.
pub(super) fn holds(folder: &str, path: &str) -> bool {
    folder.is_empty() || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
