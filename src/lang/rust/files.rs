//! The project's Rust files by path. Knows paths alone.

use rustc_hash::FxHashMap;

use super::RustFacts;
use crate::lang::front_end::Files;
use crate::source::to_u32;

/// Files by path.
pub(super) struct Paths<'a> {
    files: Files<'a, RustFacts>,
    by_path: FxHashMap<&'a str, u32>,
}

impl<'a> Paths<'a> {
    pub(super) fn new(files: Files<'a, RustFacts>) -> Self {
        let all = 0..to_u32(files.len());
        Self {
            files,
            by_path: all.map(|at| (files.path(at), at)).collect(),
        }
    }

    /// The file at a path.
    pub(super) fn at(&self, path: &str) -> Option<u32> {
        self.by_path.get(path).copied()
    }

    /// The names of a folder's files and folders that hold files, sorted.
    pub(super) fn entries(&self, folder: &str) -> Vec<&'a str> {
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        // Files stand in the order of their paths.
        let all: Vec<u32> = (0..to_u32(self.files.len())).collect();
        let first = all.partition_point(|at| self.files.path(*at) < prefix.as_str());
        let mut names: Vec<&str> = all[first..]
            .iter()
            .map_while(|at| self.files.path(*at).strip_prefix(prefix.as_str()))
            .map(|rest| rest.split('/').next().unwrap_or(rest))
            .collect();
        names.dedup();
        names
    }
}

/// The folder that holds a path; `""` is the project's own.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last component of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a path is that of a Rust source.
pub(super) fn is_rust(path: &str) -> bool {
    std::path::Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

/// A path's last component without `.rs`.
pub(super) fn stem(path: &str) -> &str {
    let name = file_name(path);
    name.strip_suffix(".rs").unwrap_or(name)
}

/// A relative path from a folder, `.` and `..` followed; nothing where it leaves the project.
pub(super) fn join(folder: &str, relative: &str) -> Option<String> {
    let relative = relative.replace('\\', "/");
    if relative.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folders from the one that holds `path` up to the project's own.
pub(super) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(path);
    std::iter::from_fn(move || {
        let at = next?;
        next = (!at.is_empty()).then(|| parent(at));
        next
    })
}
