//! Names seen through re-exports: what a name in a module's namespace stands for, and through which modules.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;
use std::slice;
use std::sync::atomic::Ordering;

use rustc_hash::{FxHashMap, FxHashSet};
use thin_vec::ThinVec;

use super::project::{Brought, Found, Lead, PythonProject, Reached, Thing};
use super::tree::{join, split_extension};
use super::{Binding, Bound, PythonFacts, first_name, full_name};
use crate::facts::{Import, ImportForm, Name, name_hash, run_by};
use crate::lang::front_end::Files;

/// How many modules may hand a name on before the search gives up.
const LONGEST_CHAIN: usize = 1000;

/// How many meanings one name may have; more are not told apart.
const MOST_MEANINGS: usize = 16;

/// A lookup through the whole project. Each pair of module and name is visited once, so that rings end.
pub(super) struct Lookup<'a> {
    pub(super) project: &'a PythonProject,
    pub(super) files: Files<'a, PythonFacts>,
    visited: FxHashSet<(u32, &'a str)>,
    /// Whether another name for something is itself what is asked for, and not what it is another name for.
    keeps_aliases: bool,
    /// How many lists of names are being read, each because the one before takes it in.
    nested: u32,
    /// What is known of the lists that the first of them asks for.
    pub(super) lists: Option<Lists<'a>>,
}

/// The names that modules list, by file, once each has been asked for: nothing where no list is known, nor while it is
/// read.
pub(super) type Lists<'a> = Rc<RefCell<FxHashMap<u32, Option<Rc<[&'a str]>>>>>;

/// Lists that take in more than so many others, one through the other, are not followed: they may go in circles.
const MOST_LISTS: u32 = 32;

impl<'a> Lookup<'a> {
    pub(super) fn new(project: &'a PythonProject, files: Files<'a, PythonFacts>) -> Self {
        Self {
            project,
            files,
            visited: FxHashSet::default(),
            keeps_aliases: false,
            nested: 0,
            lists: None,
        }
    }

    /// A lookup of its own for what a list takes in; nothing where that goes too far.
    pub(super) fn for_list(&self, lists: &Lists<'a>) -> Option<Self> {
        (self.nested < MOST_LISTS).then(|| Self {
            nested: self.nested + 1,
            lists: Some(lists.clone()),
            ..Self::new(self.project, self.files)
        })
    }

    /// Does a lookup to which another name for something is itself what is asked for.
    pub(super) fn keeping_aliases<T>(&mut self, look: impl FnOnce(&mut Self) -> T) -> T {
        self.keeps_aliases = true;
        let found = look(self);
        self.keeps_aliases = false;
        found
    }

    /// What `name` stands for as an attribute of a module: its own bindings, then those of its star imports.
    pub(super) fn name(&mut self, file: u32, name: &'a str) -> Cow<'a, [Reached]> {
        // Most names are bound where they are asked for, once.
        if let [only] = self.bound(file, name) {
            match self.files.own(file).bindings[*only as usize].bound {
                Bound::Item(item) => return vec![reached(Thing::Item { file, item }, &[])].into(),
                Bound::Import(import) => return self.imported(file, import),
                Bound::Alias { .. } => {}
            }
        }
        self.visited.clear();
        let mut found = Vec::new();
        self.search(file, name, &mut Vec::new(), &mut found);
        tidy(found).into()
    }

    /// What `name` stands for in a module: an attribute, or else a submodule.
    pub(super) fn member(&mut self, file: u32, name: &'a str) -> Vec<Reached> {
        let found = self.name(file, name);
        if !found.is_empty() {
            return found.into_owned();
        }
        self.submodule(file, name).map_or_else(Vec::new, |thing| {
            vec![Reached {
                thing,
                chain: ThinVec::new(),
            }]
        })
    }

    /// The submodule `name` of a package.
    pub(super) fn submodule(&self, file: u32, name: &str) -> Option<Thing> {
        let folder = self.package_folder(file)?;
        let path = join(folder, name);
        let node = self.project.tree.get(&path)?;
        Some(node.file().map_or(Thing::Namespace(path), Thing::Module))
    }

    /// The folder of a package file; nothing for a plain module.
    pub(super) fn package_folder(&self, file: u32) -> Option<&'a str> {
        let path = self.files.path(file);
        let stem = path.strip_suffix(".py").or_else(|| path.strip_suffix(".pyi"))?;
        let folder = stem.strip_suffix("__init__")?;
        if folder.is_empty() {
            Some("")
        } else {
            folder.strip_suffix('/')
        }
    }

    /// What the module part of a file's import names, by its index.
    pub(super) fn module_of(&self, file: u32, import: u32) -> &'a Found {
        let lead = self.lead(file, import);
        lead.module.get_or_init(|| {
            let imports = &self.files.facts(file).imports;
            let own = &imports[import as usize];
            // `from a import b, c` is two imports of one module.
            let before = import.checked_sub(1).filter(|before| {
                let before = &imports[*before as usize];
                (before.module, before.level, before.statement) == (own.module, own.level, own.statement)
            });
            let known = before.and_then(|before| self.lead(file, before).module.get());
            known.cloned().unwrap_or_else(|| self.find_module(file, own))
        })
    }

    fn lead(&self, file: u32, import: u32) -> &'a Lead {
        let leads = self.project.leads[file as usize].get_or_init(|| {
            let imports = &self.files.facts(file).imports;
            imports.iter().map(|_| Lead::default()).collect()
        });
        &leads[import as usize]
    }

    fn find_module(&self, file: u32, import: &Import) -> Found {
        let names = &self.files.facts(file).names;
        let module = names.get(import.module);
        let path = self.files.path(file);
        if import.level == 0 {
            return self.project.absolute(path, module);
        }
        let of_itself = self.files.own(file).self_relative.contains(&import.statement);
        if of_itself && import.level == 1 && self.package_folder(file).is_none() {
            // A plain module has no submodules.
            return Found::Missing(join(split_extension(path).0, module));
        }
        let mut folder = path;
        let level = import.level - u32::from(of_itself && self.package_folder(file).is_none());
        for _ in 0..level {
            match folder.rsplit_once('/') {
                Some((above, _)) => folder = above,
                None if folder.is_empty() => return Found::Missing(module.replace('.', "/")),
                None => folder = "",
            }
        }
        if module.is_empty() {
            let node = self.project.tree.get(folder).and_then(super::tree::Node::file);
            return node.map_or(Found::Namespace(folder.to_owned()), Found::File);
        }
        self.project.at(join(folder, &module.replace('.', "/")), folder)
    }

    /// The dotted name of a folder, from the root that holds `file`.
    pub(super) fn dotted_folder(&self, file: u32, folder: &str) -> String {
        let (_, own) = self.project.modules[file as usize];
        let root = self.project.roots.of(folder).unwrap_or(own);
        let root = self.project.roots.get(root).path.as_str();
        let below = match root {
            "" => folder,
            root => folder
                .strip_prefix(root)
                .map_or(folder, |rest| rest.trim_start_matches('/')),
        };
        below.replace('/', ".")
    }

    /// Whether a module binds a name at all.
    pub(super) fn binds(&self, file: u32, name: &str) -> bool {
        !self.bound(file, name).is_empty()
    }

    /// All bindings of a name in a module, by index, in source order.
    pub(super) fn bound(&self, file: u32, name: &str) -> &'a [u32] {
        let own = self.files.own(file);
        let names = &self.files.facts(file).names;
        let hash = name_hash(name);
        let first = first_of(&own.hashes, hash);
        let count = own.hashes[first..].iter().take_while(|alike| **alike == hash).count();
        run_by(&own.by_name[first..first + count], |at| {
            names.get(own.bindings[*at as usize].name).cmp(name)
        })
    }

    /// All bindings of a name in a module, by index, in source order, where the name is one of that file's.
    pub(super) fn bound_name(&self, file: u32, name: Name) -> &'a [u32] {
        let own = self.files.own(file);
        match own.starts.get(name.at()..name.at() + 2) {
            Some(&[start, end]) => &own.by_number[start as usize..end as usize],
            // Names further on are bound nowhere.
            _ => &[],
        }
    }

    /// What a name of a module stands for that has one binding there; quick, as most have.
    pub(super) fn only(&mut self, file: u32, name: Name) -> Option<(Cow<'a, [Reached]>, Option<u32>)> {
        let [only] = self.bound_name(file, name) else {
            return None;
        };
        match self.files.own(file).bindings[*only as usize].bound {
            Bound::Item(item) => Some((vec![reached(Thing::Item { file, item }, &[])].into(), None)),
            Bound::Import(import) => Some((self.imported(file, import), Some(import))),
            Bound::Alias { .. } => None,
        }
    }

    /// The bindings of a name that can be in force when the module is loaded: the last unconditional one and all that
    /// come after it.
    fn bindings(&self, file: u32, name: &str) -> Vec<Binding> {
        let own = self.files.own(file);
        let mut found: Vec<Binding> = self
            .bound(file, name)
            .iter()
            .map(|at| own.bindings[*at as usize])
            .collect();
        if found.iter().any(|binding| !binding.type_only) {
            found.retain(|binding| !binding.type_only);
        }
        let start = found.iter().rposition(|binding| !binding.conditional).unwrap_or(0);
        found.split_off(start)
    }

    fn search(&mut self, file: u32, name: &'a str, chain: &mut Vec<u32>, found: &mut Vec<Reached>) {
        if chain.len() >= LONGEST_CHAIN || found.len() >= MOST_MEANINGS || !self.visited.insert((file, name)) {
            return;
        }
        let bindings = self.bindings(file, name);
        if bindings.is_empty() {
            let own = self.files.own(file);
            let before = found.len();
            for &star in own.stars.iter().rev() {
                self.through_star(file, star, name, chain, found);
                if found.len() > before {
                    return;
                }
            }
            return;
        }
        for binding in bindings {
            match binding.bound {
                Bound::Item(item) => found.push(reached(Thing::Item { file, item }, chain)),
                Bound::Import(import) => self.through_import(file, import, chain, found),
                Bound::Alias { item, .. } if self.keeps_aliases => {
                    found.push(reached(Thing::Item { file, item }, chain));
                }
                Bound::Alias { path, item } => {
                    let before = found.len();
                    let path = self.files.facts(file).names.get(path);
                    self.through_path(file, path, chain, found);
                    if found.len() == before {
                        found.push(reached(Thing::Item { file, item }, chain));
                    }
                }
            }
        }
    }

    /// Whether all names of a module can be seen in it: none comes by a library's star or by dynamic means.
    pub(super) fn is_closed(&self, file: u32, seen: &mut FxHashSet<u32>) -> bool {
        if !seen.insert(file) {
            return true;
        }
        let own = self.files.own(file);
        let facts = self.files.facts(file);
        let (stem, _) = split_extension(self.files.path(file));
        let folder = stem.strip_suffix("/__init__").unwrap_or(stem);
        // What a stub beside it declares may be there without being seen.
        let has_stub = self
            .project
            .tree
            .get(folder)
            .is_some_and(|node| node.stub_init.is_some() && node.init.is_some());
        !own.open_namespace
            && !has_stub
            && facts.problems.is_empty()
            && own.stars.iter().all(|star| match self.module_of(file, *star) {
                Found::File(next) => self.is_closed(*next, seen),
                Found::Namespace(_) | Found::External | Found::Missing(_) => false,
            })
    }

    fn through_import(&mut self, file: u32, number: u32, chain: &mut Vec<u32>, found: &mut Vec<Reached>) {
        let facts = self.files.facts(file);
        let import = &facts.imports[number as usize];
        let module = facts.names.get(import.module);
        let whole_top = matches!(import.form, ImportForm::Module) && import.alias.is_none();
        chain.push(file);
        if whole_top && module.contains('.') {
            // `import a.b` binds `a`.
            let top = first_name(module);
            match self.project.absolute(self.files.path(file), top) {
                Found::File(next) => found.push(reached(Thing::Module(next), chain)),
                Found::Namespace(folder) => found.push(reached(Thing::Namespace(folder), chain)),
                Found::External => found.push(reached(Thing::External(top.into()), chain)),
                Found::Missing(_) => {}
            }
        } else {
            match (self.module_of(file, number), import.form) {
                (Found::File(next), ImportForm::Name(name)) => {
                    self.attribute(*next, facts.names.get(name), chain, found);
                }
                (Found::Namespace(folder), ImportForm::Name(name)) => {
                    let path = join(folder, facts.names.get(name));
                    if let Some(node) = self.project.tree.get(&path) {
                        let thing = node.file().map_or(Thing::Namespace(path), Thing::Module);
                        found.push(reached(thing, chain));
                    }
                }
                (Found::External, ImportForm::Name(name)) => {
                    let full = full_name(module, facts.names.get(name)).into();
                    found.push(reached(Thing::External(full), chain));
                }
                (Found::File(next), _) => found.push(reached(Thing::Module(*next), chain)),
                (Found::Namespace(folder), _) => found.push(reached(Thing::Namespace(folder.clone()), chain)),
                (Found::External, _) => found.push(reached(Thing::External(module.into()), chain)),
                (Found::Missing(_), _) => {}
            }
        }
        chain.pop();
    }

    /// `name` as attribute or submodule of `file`, on the way.
    pub(super) fn attribute(&mut self, file: u32, name: &'a str, chain: &mut Vec<u32>, found: &mut Vec<Reached>) {
        let before = found.len();
        self.search(file, name, chain, found);
        if found.len() == before
            && let Some(thing) = self.submodule(file, name)
        {
            found.push(reached(thing, chain));
        }
    }

    /// A dotted path of names in a module: its first name, then attributes.
    fn through_path(&mut self, file: u32, path: &'a str, chain: &mut Vec<u32>, found: &mut Vec<Reached>) {
        let mut parts = path.split('.');
        let first = parts.next().unwrap_or(path);
        let mut heads = Vec::new();
        self.search(file, first, chain, &mut heads);
        let rest: Vec<&str> = parts.collect();
        for head in heads {
            self.attributes(head, &rest, found);
        }
    }

    /// Follows `rest`, attribute by attribute, from what is reached already.
    pub(super) fn attributes(&mut self, head: Reached, rest: &[&'a str], found: &mut Vec<Reached>) {
        let Some((name, rest)) = rest.split_first() else {
            found.push(head);
            return;
        };
        let mut chain = head.chain.to_vec();
        let mut next = Vec::new();
        match head.thing {
            Thing::Module(file) => self.attribute(file, name, &mut chain, &mut next),
            Thing::Namespace(folder) => {
                let path = join(&folder, name);
                if let Some(node) = self.project.tree.get(&path) {
                    next.push(reached(
                        node.file().map_or(Thing::Namespace(path), Thing::Module),
                        &chain,
                    ));
                }
            }
            Thing::External(full) => next.push(reached(Thing::External(full_name(&full, name).into()), &chain)),
            // An attribute of a class or value: what it is, types would tell.
            Thing::Item { .. } => {}
        }
        for head in next {
            self.attributes(head, rest, found);
        }
    }

    /// What a dotted path stands for in a module.
    pub(super) fn path(&mut self, file: u32, path: &'a str) -> Vec<Reached> {
        self.visited.clear();
        let mut found = Vec::new();
        self.through_path(file, path, &mut Vec::new(), &mut found);
        tidy(found)
    }

    /// What an import brings, its file the first to hand it on.
    pub(super) fn imported(&mut self, file: u32, import: u32) -> Cow<'a, [Reached]> {
        match self.brought(file, import) {
            Brought::Next { file: next, item } => {
                let thing = Thing::Item {
                    file: *next,
                    item: *item,
                };
                vec![reached(thing, &[file])].into()
            }
            Brought::Straight(only) => slice::from_ref(&**only).into(),
            Brought::Sought(_) if self.keeps_aliases => self.seek(file, import).into(),
            Brought::Sought(found) => (&**found).into(),
        }
    }

    /// The same, as it is kept.
    pub(super) fn brought(&self, file: u32, import: u32) -> &'a Brought {
        let brought = &self.lead(file, import).brought;
        brought.get_or_init(|| self.bring(file, import))
    }

    fn seek(&mut self, file: u32, import: u32) -> Vec<Reached> {
        self.visited.clear();
        let mut found = Vec::new();
        self.through_import(file, import, &mut Vec::new(), &mut found);
        tidy(found)
    }

    fn bring(&self, file: u32, import: u32) -> Brought {
        self.straight(file, import).unwrap_or_else(|| {
            let found = Self::new(self.project, self.files).seek(file, import);
            Brought::Sought(found.into())
        })
    }

    /// What an import brings where every file on the way binds the name once, and by no other name; quick, as most do.
    fn straight(&self, file: u32, import: u32) -> Option<Brought> {
        /// Longer ways may be rings.
        const SURELY_NO_RING: usize = 16;
        let (mut file, mut import) = (file, import);
        let mut chain = Vec::new();
        let mut passed: FxHashSet<(u32, u32)> = FxHashSet::default();
        while chain.len() < LONGEST_CHAIN {
            let in_ring = chain.len() > SURELY_NO_RING && !passed.insert((file, import));
            if in_ring || self.lead(file, import).in_ring.load(Ordering::Relaxed) {
                // In a package, a submodule may stand for what leads nowhere.
                if chain.iter().any(|file| self.package_folder(*file).is_some()) {
                    return None;
                }
                #[expect(clippy::iter_over_hash_type, reason = "each is marked by itself")]
                for (file, import) in passed {
                    self.lead(file, import).in_ring.store(true, Ordering::Relaxed);
                }
                return Some(Brought::Sought(ThinVec::new()));
            }
            let facts = self.files.facts(file);
            let ImportForm::Name(name) = facts.imports[import as usize].form else {
                return None;
            };
            let Found::File(next) = *self.module_of(file, import) else {
                return None;
            };
            let [only] = self.bound(next, facts.names.get(name)) else {
                return None;
            };
            chain.push(file);
            match self.files.own(next).bindings[*only as usize].bound {
                Bound::Item(item) if chain.len() == 1 => return Some(Brought::Next { file: next, item }),
                Bound::Item(item) => {
                    let thing = Thing::Item { file: next, item };
                    return Some(Brought::Straight(Box::new(reached(thing, &chain))));
                }
                Bound::Import(further) => (file, import) = (next, further),
                Bound::Alias { .. } => return None,
            }
        }
        None
    }

    /// The import that brought a module-level name, also by way of other names for it.
    pub(super) fn brought_by(&self, file: u32, name: &str) -> Option<u32> {
        const MOST_ALIASES: usize = 8;
        let names = &self.files.facts(file).names;
        let bindings = &self.files.own(file).bindings;
        let mut name = name;
        for _ in 0..MOST_ALIASES {
            let last = *self.bound(file, name).last()?;
            match bindings[last as usize].bound {
                Bound::Import(import) => return Some(import),
                Bound::Alias { path, .. } => name = first_name(names.get(path)),
                Bound::Item(_) => return None,
            }
        }
        None
    }
}

/// The place of the first hash of a sorted list that is not below `wanted`. Hashes are spread evenly: it is near where
/// its size puts it, and nearly always without a search.
fn first_of(sorted: &[u32], wanted: u32) -> usize {
    /// Further off, the list is not what it is taken for.
    const NEAR: usize = 64;
    let guess = (u64::from(wanted) * sorted.len() as u64) >> u32::BITS;
    let guess = usize::try_from(guess).unwrap_or_default();
    let from = guess.saturating_sub(NEAR);
    let below = sorted[from..guess]
        .iter()
        .rev()
        .take_while(|number| **number >= wanted)
        .count();
    if below > 0 {
        let first = guess - below;
        if first > from || first == 0 {
            return first;
        }
    } else {
        let near = &sorted[guess..sorted.len().min(guess + NEAR)];
        let above = near.iter().take_while(|number| **number < wanted).count();
        if above < near.len() || guess + above == sorted.len() {
            return guess + above;
        }
    }
    sorted.partition_point(|number| *number < wanted)
}

fn reached(thing: Thing, chain: &[u32]) -> Reached {
    Reached {
        thing,
        chain: chain.into(),
    }
}

/// One meaning each, by the shortest chain.
pub(super) fn tidy(mut found: Vec<Reached>) -> Vec<Reached> {
    found.sort_by(|a, b| (&a.thing, a.chain.len(), &a.chain).cmp(&(&b.thing, b.chain.len(), &b.chain)));
    found.dedup_by(|later, first| later.thing == first.thing);
    found
}
