//! Walking a project and reading its texts: the only reader of sources and manifests.
//!
//! All reading goes through an overlay: texts in memory stand before those on disk, and a file may be taken away, so
//! that the same route answers "what if". What is put in is wanted: no ignore file or `exclude` leaves it out again. Must not know what a source means.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::gitignore::GitignoreBuilder;
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::config::FILE_NAME;
use crate::rules::pattern::Pattern;

/// A project's files: those on disk, changed by an overlay.
#[derive(Debug, Clone)]
pub struct Tree {
    root: PathBuf,
    overlay: BTreeMap<String, Option<Arc<str>>>,
}

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Source roots, relative to the project.
    pub sources: &'a [String],
    /// What to leave out, by the path below the project or below the source root.
    pub exclude: &'a [Pattern],
    /// Extensions of sources.
    pub extensions: &'a [&'static str],
    /// File names of manifests.
    pub manifests: &'a [&'static str],
}

/// What was found; paths are relative to the project, with `/`, and sorted.
#[derive(Debug, Default)]
pub struct Walk {
    /// Sources.
    pub files: Vec<Box<str>>,
    /// Manifests.
    pub manifests: Vec<Box<str>>,
    /// Paths that could not be read, and why.
    pub unread: Vec<(Box<str>, String)>,
    /// Folders left out because they are projects of their own.
    pub nested: Vec<Box<str>>,
}

impl Tree {
    /// The files below `root` as they lie on disk.
    pub fn new(root: PathBuf) -> Self {
        Self {
            root,
            overlay: BTreeMap::new(),
        }
    }

    /// The same tree with texts put before those on disk; `None` takes a file away.
    #[must_use]
    pub fn with_overlay(mut self, overlay: impl IntoIterator<Item = (String, Option<Arc<str>>)>) -> Self {
        self.overlay.extend(overlay);
        self
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Finds sources and manifests. Ignore files are honoured, hidden files, virtual environments and nested projects
    /// left out; folders that are symbolic links are not followed.
    pub fn walk(&self, wanted: Wanted<'_>) -> Walk {
        let found = Mutex::new(Walk::default());
        for source in wanted.sources {
            self.walk_root(source, wanted, &found);
        }
        let mut walk = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        for source in wanted.sources {
            walk.manifests.extend(self.manifests_above(source, wanted));
        }
        for (path, text) in &self.overlay {
            let below = wanted.sources.iter().any(|source| below(source, path).is_some());
            let is_source = extension(path).is_some_and(|found| wanted.extensions.contains(&found));
            if text.is_some() && below && is_source {
                walk.files.push(path.as_str().into());
            }
        }
        walk.files
            .retain(|path| !matches!(self.overlay.get(&**path), Some(None)));
        // Each thread's are in order already: there are a few runs to merge.
        walk.files.sort();
        walk.files.dedup();
        walk.manifests.sort_unstable();
        walk.manifests.dedup();
        walk.unread.sort_unstable();
        walk.unread.dedup();
        walk.nested.sort_unstable();
        walk.nested.dedup();
        walk
    }

    /// Manifests of the folders above a source root speak of it too.
    fn manifests_above(&self, source: &str, wanted: Wanted<'_>) -> Vec<Box<str>> {
        let mut found = Vec::new();
        let mut folder = source;
        while !folder.is_empty() {
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            for name in wanted.manifests {
                let path = if folder.is_empty() {
                    (*name).to_owned()
                } else {
                    format!("{folder}/{name}")
                };
                if self.root.join(&path).is_file() {
                    found.push(path.into());
                }
            }
        }
        found
    }

    fn walk_root(&self, source: &str, wanted: Wanted<'_>, found: &Mutex<Walk>) {
        let top = self.root.join(source);
        let enters = {
            let (root, top) = (self.root.clone(), top.clone());
            let exclude = wanted.exclude.to_vec();
            move |entry: &DirEntry| {
                let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                if !is_folder || entry.path() == top {
                    return true;
                }
                let left_out = !exclude.is_empty() && {
                    let (path, inner) = (relative(&root, entry.path()), relative(&top, entry.path()));
                    exclude
                        .iter()
                        .any(|pattern| pattern.matches_folder(&path) || pattern.matches_folder(&inner))
                };
                // Virtual environments, and what tools generate: <https://bford.info/cachedir/>.
                let generated = ["pyvenv.cfg", "CACHEDIR.TAG"];
                !left_out && !generated.iter().any(|tag| entry.path().join(tag).exists())
            }
        };
        let walker = WalkBuilder::new(&top)
            .require_git(false)
            .git_global(false)
            .git_exclude(false)
            .filter_entry(enters)
            .build_parallel();
        let top = &top;
        walker.run(|| {
            let mut batch = Batch {
                found,
                walk: Walk::default(),
            };
            Box::new(move |entry| {
                match entry {
                    Ok(entry) if self.is_nested_project(&entry, top) => {
                        batch.walk.nested.push(relative(&self.root, entry.path()).into());
                        return WalkState::Skip;
                    }
                    Ok(entry) => self.visit(&entry, source, wanted, &mut batch.walk),
                    Err(error) => {
                        let (path, message) = self.describe(&error);
                        batch.walk.unread.push((path, message));
                    }
                }
                WalkState::Continue
            })
        });
    }

    fn is_nested_project(&self, entry: &DirEntry, top: &Path) -> bool {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        is_folder && entry.path() != top && entry.path() != self.root && entry.path().join(FILE_NAME).exists()
    }

    fn visit(&self, entry: &DirEntry, source: &str, wanted: Wanted<'_>, walk: &mut Walk) {
        let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else {
            return;
        };
        let name = entry.file_name().to_string_lossy();
        let is_source = extension(&name).is_some_and(|found| wanted.extensions.contains(&found));
        if !is_source && !wanted.manifests.contains(&&*name) {
            return;
        }
        let path = relative(&self.root, entry.path());
        let inner = below(source, &path).unwrap_or(&path);
        if wanted
            .exclude
            .iter()
            .any(|pattern| pattern.matches(&path) || pattern.matches(inner))
        {
            return;
        }
        let target = if kind.is_symlink() {
            match fs::metadata(entry.path()) {
                Ok(target) if target.is_dir() => return,
                Ok(target) => target.is_file(),
                Err(_) => {
                    walk.unread
                        .push((path.into(), "a symbolic link that leads nowhere".to_owned()));
                    return;
                }
            }
        } else {
            kind.is_file()
        };
        if !target {
            walk.unread.push((path.into(), "not a regular file".to_owned()));
        } else if entry.path().to_str().is_none() {
            walk.unread
                .push((path.into(), "its name is not valid UTF-8".to_owned()));
        } else if is_source {
            walk.files.push(path.into());
        } else {
            walk.manifests.push(path.into());
        }
    }

    fn describe(&self, error: &ignore::Error) -> (Box<str>, String) {
        let mut path = None;
        let mut inner = error;
        loop {
            match inner {
                ignore::Error::WithPath { path: at, err } => {
                    path = Some(at.as_path());
                    inner = err;
                }
                ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
                _ => break,
            }
        }
        let message = match inner.io_error() {
            Some(error) => plain(error),
            None => inner.to_string(),
        };
        let shown = path.map_or_else(|| ".".to_owned(), |path| relative(&self.root, path));
        (if shown.is_empty() { ".".into() } else { shown.into() }, message)
    }

    /// Reads a file of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// Why it was not read, as a sentence without a full stop.
    pub fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, String> {
        match self.overlay.get(path) {
            Some(Some(text)) => return Ok(text.as_bytes().to_vec()),
            Some(None) => return Err("it was taken away".to_owned()),
            None => {}
        }
        let file = File::open(self.root.join(path)).map_err(|error| plain(&error))?;
        let metadata = file.metadata().map_err(|error| plain(&error))?;
        if metadata.len() > limit {
            let size = metadata.len();
            return Err(format!("{size} bytes, more than the {limit} of `max_file_bytes`"));
        }
        // Not by the file itself, which would be asked for its size once more, and for the place.
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
        let mut file = file.take(limit.saturating_add(1));
        file.read_to_end(&mut bytes).map_err(|error| plain(&error))?;
        // Of some files, as in `/proc`, the system does not say how long they are; others grow meanwhile.
        if file.limit() == 0 {
            return Err(format!("more than the {limit} bytes of `max_file_bytes`"));
        }
        Ok(bytes)
    }

    /// Whether something other than a source that was read stands at `stem`, a path without extension: a compiled
    /// module, a source left out, a folder; or whether ignore files name it, so that it may be generated there. Where the
    /// name is to be `exact`, folders do not count, nor files with more between the name and the extension.
    pub fn stands(&self, stem: &str, extensions: &[&str], exact: bool) -> bool {
        let full = self.root.join(stem);
        if exact {
            let mut files = extensions.iter().map(|extension| with_extension(&full, extension));
            let taken = |path: &Path| matches!(self.overlay.get(&relative(&self.root, path)), Some(None));
            return files.any(|file| file.is_file() && !taken(&file)) || self.is_ignored(&full, extensions);
        }
        let Some((folder, name)) = full.parent().zip(full.file_name().and_then(|name| name.to_str())) else {
            return false;
        };
        let taken = |path: &Path| matches!(self.overlay.get(&relative(&self.root, path)), Some(None));
        let beside = fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
            let found = entry.file_name();
            let Some(rest) = found.to_str().and_then(|found| found.strip_prefix(name)) else {
                return false;
            };
            rest.starts_with('.')
                && extension(rest).is_some_and(|end| extensions.contains(&end))
                && !taken(&entry.path())
        });
        let inside = || {
            fs::read_dir(&full)
                .into_iter()
                .flatten()
                .flatten()
                .any(|entry| entry.file_name() != "__pycache__" && !taken(&entry.path()))
        };
        beside || inside() || self.is_ignored(&full, extensions)
    }

    fn is_ignored(&self, stem: &Path, extensions: &[&str]) -> bool {
        let mut candidates = vec![(stem.to_path_buf(), true)];
        candidates.extend(
            extensions
                .iter()
                .map(|extension| (with_extension(stem, extension), false)),
        );
        // Up to the top of the repository, as the walk reads them; without one, up to the project's own folder.
        let top = stem
            .ancestors()
            .find(|folder| folder.join(".git").exists())
            .unwrap_or(&self.root);
        let above = stem.ancestors().skip(1).take_while(|folder| folder.starts_with(top));
        for folder in above {
            let mut builder = GitignoreBuilder::new(folder);
            for file in [".gitignore", ".ignore"] {
                let file = folder.join(file);
                if file.exists() {
                    builder.add(file);
                }
            }
            let Ok(matcher) = builder.build() else { continue };
            let ignored =
                |(path, folder): &(PathBuf, bool)| matcher.matched_path_or_any_parents(path, *folder).is_ignore();
            if !matcher.is_empty() && candidates.iter().any(ignored) {
                return true;
            }
        }
        false
    }
}

/// What one walking thread found, added to the whole when the thread is done.
struct Batch<'a> {
    found: &'a Mutex<Walk>,
    walk: Walk,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        self.walk.files.sort_unstable();
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.files.append(&mut self.walk.files);
        found.manifests.append(&mut self.walk.manifests);
        found.unread.append(&mut self.walk.unread);
        found.nested.append(&mut self.walk.nested);
    }
}

/// A path with an extension added to it, whatever dots it has already.
fn with_extension(stem: &Path, extension: &str) -> PathBuf {
    let mut path = stem.as_os_str().to_owned();
    path.push(".");
    path.push(extension);
    PathBuf::from(path)
}

/// A path below `root`, with `/`.
fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    if let Some(text) = below.to_str().filter(|_| std::path::MAIN_SEPARATOR == '/')
        && !text.split('/').any(|part| matches!(part, "" | "."))
    {
        return text.to_owned();
    }
    let parts: Vec<_> = below
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// The rest of `path` below `folder`.
pub fn below<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    if folder.is_empty() {
        return Some(path);
    }
    path.strip_prefix(folder)?.strip_prefix('/')
}

/// The rest of `path` below the deepest of the folders that hold it; all of it where none does.
pub fn below_deepest<'p, 'f>(folders: impl Iterator<Item = &'f str>, path: &'p str) -> &'p str {
    let rests = folders.filter_map(|folder| below(folder, path));
    rests.min_by_key(|rest| rest.len()).unwrap_or(path)
}

/// A path's extension, without the dot.
pub fn extension(path: &str) -> Option<&str> {
    let at = memchr::memrchr2(b'.', b'/', path.as_bytes())?;
    (path.as_bytes()[at] == b'.').then(|| &path[at + 1..])
}

/// An error of the system without its number.
pub fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    let mut letters = text[..end].chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
