//! Modules as the graph knows them: their names, their roots, and from where they can be named.

use super::{Builder, Module};
use crate::lang::front_end::ModuleName;
use crate::lang::rust::files::file_name;
use crate::lang::rust::manifest::Kind;
use crate::lang::rust::paths;
use crate::lang::rust::{Bound, Seen};

impl Builder<'_> {
    /// The module below which alone another can be named: the nearest that it, or one of those above it, is private to.
    fn visible_in(&self, of: &Module) -> Option<String> {
        let mut child = of;
        while let Some((above, _)) = child.parent {
            let parent = self.project.module(above);
            let own = self.files.own(parent.file);
            let declared = parent.children.iter().position(|children| {
                let mut children = children.iter();
                children.any(|at| std::ptr::eq(self.project.module(*at), child))
            });
            let seen = own.bindings.iter().find_map(|binding| match binding.bound {
                Bound::File(at) if Some(at as usize) == declared => Some(binding.seen),
                _ => None,
            });
            let parts: Vec<&str> = paths::parts(&parent.name).collect();
            let depth = match seen {
                Some(Seen::Private) => Some(parts.len()),
                Some(Seen::Above(steps)) => Some(parts.len().saturating_sub(steps as usize)),
                Some(Seen::Within(steps)) => Some(1 + steps as usize),
                Some(Seen::Public) | None => None,
            };
            if let Some(depth) = depth.filter(|depth| *depth > 1) {
                return Some(parts[..depth.min(parts.len())].join("::"));
            }
            child = parent;
        }
        None
    }

    pub(super) fn names(&self) -> Vec<ModuleName> {
        let mut names = Vec::new();
        for module in &self.project.modules {
            let krate = &self.project.crates[module.krate as usize];
            let root = match (krate.kind, krate.package) {
                (Kind::Lib, Some(package)) => self.packages[package].folder.as_str(),
                // Of a package's other crates, the root file tells them apart.
                _ => self.files.path(self.project.module(krate.root).file),
            };
            let file = file_name(self.files.path(module.file));
            let holds_package = matches!(file, "mod.rs" | "lib.rs" | "main.rs")
                || module.children.iter().any(|children| !children.is_empty());
            names.push(ModuleName {
                file: module.file,
                root: root.into(),
                name: module.name.as_str().into(),
                package: holds_package && self.files.own(module.file).bare,
                visible_in: self.visible_in(module).map(Into::into),
                test: module.standing.test,
            });
        }
        names
    }
}
