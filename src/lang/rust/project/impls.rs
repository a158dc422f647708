//! The impls and traits of the whole project, listed by type, trait and name of function.
//!
//! Made once, before modules are resolved, from declarations alone: a module's list by itself, then all joined.

use super::RustProject;
use crate::facts::{name_hash, run};
use crate::lang::front_end::Files;
use crate::lang::rust::RustFacts;
use crate::lang::rust::code::Within;
use crate::lang::rust::infer::{Definition, TraitRef, Type, Types, head};
use crate::source::to_u32;

/// By what impls are listed: a definition of the project, or what stands for a type outside it.
pub(in crate::lang::rust) type Head = (u32, u32);

/// Impls for whatever has some bounds.
pub(in crate::lang::rust) const ANY: Head = (u32::MAX, u32::MAX);

/// What an impl implements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lang::rust) enum Implements {
    /// No trait.
    Nothing,
    /// A trait of the project.
    Inner(Definition),
    /// `std::ops::Deref`
    Deref,
    /// `std::iter::Iterator`
    Iterator,
    /// Another trait outside.
    Outer,
}

/// An impl: the module, its place in the file's list, and what it implements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lang::rust) struct ImplRef {
    pub(in crate::lang::rust) module: u32,
    pub(in crate::lang::rust) number: u32,
    pub(in crate::lang::rust) of: Implements,
}

/// The lists, sorted.
#[derive(Debug, Default)]
pub(in crate::lang::rust) struct Impls {
    by_head: Vec<(Head, u32)>,
    all: Vec<ImplRef>,
    /// Functions of impls: head, name, impl, function.
    methods: Vec<(Head, u32, u32, u32)>,
    /// Functions of traits: trait, name, function.
    of_traits: Vec<(Definition, u32, u32)>,
    /// Impls of the project's traits: trait, head, impl.
    implementing: Vec<(Definition, Head, u32)>,
    /// What the traits that they implement declare: head, name, impl.
    declared: Vec<(Head, u32, u32)>,
}

impl Impls {
    /// The impls for a type.
    pub(in crate::lang::rust) fn of(&self, head: Head) -> impl Iterator<Item = ImplRef> + '_ {
        run(&self.by_head, head, |(of, _)| *of)
            .iter()
            .map(|(_, at)| self.all[*at as usize])
    }

    /// The functions of a name, by hash, in impls for a type.
    pub(in crate::lang::rust) fn methods(&self, head: Head, name: u32) -> impl Iterator<Item = (ImplRef, u32)> + '_ {
        let these = run(&self.methods, (head, name), |(head, name, ..)| (*head, *name)).iter();
        these.map(|(_, _, at, function)| (self.all[*at as usize], *function))
    }

    /// The impls of a trait of the project for a type.
    pub(in crate::lang::rust) fn implementing(&self, of: Definition, head: Head) -> impl Iterator<Item = ImplRef> + '_ {
        let these = run(&self.implementing, (of, head), |(of, head, _)| (*of, *head)).iter();
        these.map(|(_, _, at)| self.all[*at as usize])
    }

    /// The impls for a type whose trait declares a function of a name, by hash.
    pub(in crate::lang::rust) fn declaring(&self, head: Head, name: u32) -> impl Iterator<Item = ImplRef> + '_ {
        let these = run(&self.declared, (head, name), |(head, name, _)| (*head, *name)).iter();
        these.map(|(_, _, at)| self.all[*at as usize])
    }

    /// The functions of a name, by hash, that a trait declares.
    pub(in crate::lang::rust) fn trait_functions(&self, of: Definition, name: u32) -> impl Iterator<Item = u32> + '_ {
        let these = run(&self.of_traits, (of, name), |(of, name, _)| (*of, *name)).iter();
        these.map(|(_, _, function)| *function)
    }
}

/// What stands for a type outside, by its last name.
pub(in crate::lang::rust) fn outer_head(name: &str) -> Head {
    (u32::MAX, name_hash(name))
}

/// The impls and traits of one module.
#[derive(Debug)]
pub struct Listed {
    module: u32,
    /// The impls, in the order of the file's list: for what, and of what.
    impls: Vec<(Option<Head>, Implements)>,
    /// The functions in them: impl, name, function.
    methods: Vec<(u32, u32, u32)>,
    /// Functions of traits: trait, name, function.
    of_traits: Vec<(Definition, u32, u32)>,
}

/// Lists the impls of one module.
pub(in crate::lang::rust) fn list(project: &RustProject, files: Files<'_, RustFacts>, module: u32) -> Listed {
    let mut types = Types::new(project, files, module);
    let code = types.code(module);
    let names = &files.facts(project.module(module).file).names;
    let mut listed = Listed {
        module,
        impls: Vec::with_capacity(code.impls.len()),
        methods: Vec::new(),
        of_traits: Vec::new(),
    };
    for block in &code.impls {
        let ty = types.lower(module, Some(block.owner), block.ty);
        let of = match block.of {
            None => Implements::Nothing,
            Some(path) => match types.implemented(module, block.owner, path) {
                Some(TraitRef::Inner(of)) => Implements::Inner(of),
                Some(of) if of.is("Deref") => Implements::Deref,
                Some(of) if of.is("Iterator") => Implements::Iterator,
                _ => Implements::Outer,
            },
        };
        // An impl for what is not known may be one for anything, and is one for nothing.
        let head = match ty.bare() {
            Type::Param(_) => Some(ANY),
            other => head(other),
        };
        listed.impls.push((head, of));
    }
    for (number, function) in (0..).zip(&code.functions) {
        let name = name_hash(names.get(function.name));
        match function.within {
            Within::Impl(of) => listed.methods.push((of, name, number)),
            Within::Trait(of) => {
                let item = code.traits[of as usize].item;
                listed.of_traits.push(((module, item), name, number));
            }
            Within::Nothing => {}
        }
    }
    listed
}

/// Joins the lists of all modules, which come in order.
pub(in crate::lang::rust) fn join(parts: impl IntoIterator<Item = Listed>) -> Impls {
    let mut impls = Impls::default();
    for part in parts {
        let first = to_u32(impls.all.len());
        for (number, (head, of)) in (0..).zip(&part.impls) {
            let (module, of) = (part.module, *of);
            impls.by_head.extend(head.map(|head| (head, first + number)));
            impls.all.push(ImplRef { module, number, of });
        }
        let methods = part.methods.iter().filter_map(|(number, name, function)| {
            let (head, _) = part.impls[*number as usize];
            Some((head?, *name, first + number, *function))
        });
        impls.methods.extend(methods);
        impls.of_traits.extend(part.of_traits);
    }
    impls.by_head.sort_unstable();
    impls.methods.sort_unstable();
    impls.of_traits.sort_unstable();
    for (head, at) in &impls.by_head {
        let Implements::Inner(of) = impls.all[*at as usize].of else {
            continue;
        };
        impls.implementing.push((of, *head, *at));
        let functions = run(&impls.of_traits, of, |(of, ..)| *of);
        impls
            .declared
            .extend(functions.iter().map(|(_, name, _)| (*head, *name, *at)));
    }
    impls.implementing.sort_unstable();
    impls.declared.sort_unstable();
    impls.declared.dedup();
    impls
}
