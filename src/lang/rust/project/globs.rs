//! What each glob of the project reaches, followed once.

use rustc_hash::FxHashMap;

use super::RustProject;
use crate::lang::front_end::Files;
use crate::lang::rust::lookup::{Lookup, Reached, Thing};
use crate::lang::rust::paths;
use crate::lang::rust::{RustFacts, Space};

/// Follows every glob; what it reaches is asked for again and again. A glob's path may itself begin with a name that
/// another glob brings: what was not found is asked for once more as long as something is.
pub(super) fn follow(project: &mut RustProject, files: Files<'_, RustFacts>) -> FxHashMap<(u32, u32), Vec<Reached>> {
    let all = (0..).zip(&project.modules);
    let mut open: Vec<(u32, u32)> = all
        .flat_map(|(at, module)| files.own(module.file).globs.iter().map(move |(_, glob)| (at, *glob)))
        .collect();
    loop {
        let mut lookup = Lookup::new(project, files);
        let found: Vec<((u32, u32), Vec<Reached>)> = open
            .iter()
            .map(|&(module, glob)| ((module, glob), lookup.walk_use(module, glob, Space::Type).reached))
            .filter(|(_, reached)| !reached.is_empty())
            .collect();
        if found.is_empty() {
            break;
        }
        project.globs.extend(found);
        open.retain(|glob| !project.globs.contains_key(glob));
    }
    let mut globs = std::mem::take(&mut project.globs);
    for (module, glob) in open {
        let file = project.module(module).file;
        let path = files.facts(file).names.get(files.own(file).uses[glob as usize].path);
        let first = paths::first(path);
        if !first.starts_with(char::is_uppercase) && !matches!(first, "crate" | "self" | "super") {
            // A crate that no manifest lists.
            globs.insert((module, glob), vec![Reached::just(Thing::External(path.to_owned()))]);
        }
    }
    globs
}
