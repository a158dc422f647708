//! Files that no target and no `mod` reaches: below the module whose folder holds them, or else crates of their own.

use rustc_hash::FxHashMap;

use super::{Builder, Load, Standing, by_name, is_root};
use crate::lang::rust::files::{ancestors, file_name, join, parent, stem};
use crate::lang::rust::manifest::{Kind, NEWEST};
use crate::source::to_u32;

impl Builder<'_> {
    /// Files that no target reaches.
    pub(super) fn strays(&mut self) {
        let mut left: Vec<u32> = (0..to_u32(self.files.len())).collect();
        left.retain(|file| self.uses_of_file[*file as usize] == 0);
        // Roots first, then from the outside in, so that what holds a file is there before it.
        left.sort_by_key(|file| {
            let path = self.files.path(*file);
            let rank = match file_name(path) {
                "lib.rs" => 0,
                "main.rs" => 1,
                _ => 2,
            };
            let inner = usize::from(file_name(path) != "mod.rs");
            (rank, path.matches('/').count() + inner, *file)
        });
        let mut holders: FxHashMap<String, u32> = FxHashMap::default();
        let mut seen = 0;
        for file in left {
            if self.uses_of_file[file as usize] > 0 {
                continue;
            }
            while let Some(module) = self.project.modules.get(seen) {
                let krate = &self.project.crates[module.krate as usize];
                // Programs lie side by side in `src/bin`, as strays do anywhere: only a root by its name has its folder
                // to itself.
                let shares_folder =
                    krate.kind != Kind::Lib && to_u32(seen) == krate.root && !is_root(self.files.path(module.file));
                let holds = matches!(krate.kind, Kind::Lib | Kind::Bin | Kind::Stray);
                if holds && !shares_folder && !module.included {
                    holders.entry(module.folder.clone()).or_insert(to_u32(seen));
                }
                seen += 1;
            }
            self.stray(file, &holders);
        }
    }

    fn stray(&mut self, file: u32, holders: &FxHashMap<String, u32>) {
        let path = self.files.path(file);
        let folder = parent(path);
        let is_root = is_root(path);
        let (name, outer, folder) = if file_name(path) == "mod.rs" {
            (file_name(folder), parent(folder), folder.to_owned())
        } else {
            let inner = by_name(folder, stem(path)).swap_remove(0);
            (stem(path), folder, inner)
        };
        let package =
            ancestors(path).find_map(|folder| self.packages.iter().position(|package| package.folder == folder));
        // The module whose folder holds it, or the nearest above within the package's sources.
        let sources = package.and_then(|at| join(&self.packages[at].folder, "src"));
        let holder = std::iter::once(outer)
            .chain(
                ancestors(outer).take_while(|folder| sources.as_deref().is_some_and(|sources| holds(sources, folder))),
            )
            .find_map(|folder| Some((folder, *holders.get(folder)?)));
        if let Some((holding, above)) = holder.filter(|_| !is_root) {
            let module = self.project.module(above);
            let between = outer[holding.len()..].trim_start_matches('/').replace('/', "::");
            let name = if between.is_empty() {
                name.to_owned()
            } else {
                format!("{between}::{name}")
            };
            let load = Load {
                file,
                krate: module.krate,
                name: format!("{}::{name}", module.name),
                parent: Some((above, 0)),
                folder,
                included: false,
                standing: Standing {
                    declared: false,
                    ..module.standing
                },
            };
            let child = self.load(load);
            if holding == outer {
                self.project.modules[above as usize].strays.push(child);
            }
            return;
        }
        let edition = package.map_or(NEWEST, |at| self.packages[at].edition);
        let name = if is_root {
            let folder = parent(path);
            file_name(if file_name(folder) == "src" {
                parent(folder)
            } else {
                folder
            })
        } else {
            name
        };
        let name = if name.is_empty() { stem(path) } else { name };
        self.root(Kind::Stray, name.replace('-', "_"), file, package, edition);
    }
}

/// Whether a folder is another or lies below it.
fn holds(outer: &str, folder: &str) -> bool {
    folder
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
