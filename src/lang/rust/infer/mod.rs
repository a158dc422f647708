//! What is called: types of expressions, and the functions that names and methods stand for.
//!
//! **What is a binding.** A local name was given to a node when the file was read (see [`super::code`]): where it is
//! used, that node stands, so that shadowing, blocks, arms and closures are settled before anything is inferred. All
//! other names are looked up as paths, by [`super::lookup`].
//!
//! **What is a type.** [`types::Type`] is a definition of the project or a path outside with what is given to its
//! parameters, or one of the language's own forms. A type parameter and `Self` of a trait stay what they are, and have
//! the methods of their bounds. `Unknown` is a type too, and a part of any: `Vec<Unknown>` is common.
//!
//! **How far inference goes.** Forward, once: nodes stand after what they are made of, and the walk in `body` goes over
//! them in order. A call gives what the callee's signature declares, its parameters filled in from the receiver, the
//! arguments and what is written between `::<` and `>`; bodies of other functions are never looked into, so that no
//! answer depends on another, and none on the order of files. Backwards goes nothing but two things: an assignment and a
//! `push` or `insert` tell a local name's type where it is not known yet. Closures are given what the callee says that
//! it hands to them. Of the standard library, `standard` knows what keeps, opens or wraps a type; of other libraries,
//! nothing but names.
//!
//! **Where it stops.** What is not known stays unknown and is counted by its reason: nothing is guessed from a method's
//! name. Types larger than a bound are unknown; so are aliases and `Deref`s beyond [`DEEPEST`] steps. Where several
//! functions are possible and nothing tells them apart, the call is ambiguous.
//!
//! **Cost.** One step for each node; each written type, path and member is looked up once for each module that asks.
//! Members are found in sorted lists of the whole project (`project/impls.rs`), made before modules are resolved.
//!
//! Must not know syntax trees or edges.

mod associated;
mod body;
mod closures;
mod iterators;
mod lower;
mod members;
mod paths;
mod scope;
mod settle;
mod standard;
mod substitute;
pub(super) mod types;

use std::rc::Rc;

use rustc_hash::FxHashMap;

pub(super) use body::{BodyWalk, Called};
pub(super) use lower::Head as PathHead;
pub(super) use types::{Definition, TraitRef, Type};

use super::RustFacts;
use super::code::{Code, Within};
use super::lookup::{Lookup, Reached};
use super::project::RustProject;
use crate::facts::{Name, Names};
use crate::graph::Reason;
use crate::lang::front_end::Files;
use types::Substitution;

/// How many steps of one kind are taken in a row.
const DEEPEST: u32 = 12;

/// A function: the module, and its place in the file's list.
pub(super) type FunctionId = (u32, u32);

/// What is called.
#[derive(Debug, Clone)]
pub(super) enum Callee<'a> {
    /// A function of the project; what is known of its type parameters.
    Function(FunctionId, Rc<Substitution<'a>>),
    /// One of several; the arguments may tell.
    Several(Vec<(FunctionId, Rc<Substitution<'a>>)>),
    /// A tuple struct or variant, by its type's item.
    Make(Definition, Type<'a>),
    /// A macro of the project, or several.
    Macro,
    /// Something outside, by its path; of a method, its receiver.
    Outer(String, Type<'a>),
    /// A variant, constructor or macro of the standard library that is no call.
    Nothing,
    Unknown(Reason),
}

/// What a path's beginning was reached by, for its edge.
#[derive(Debug, Clone, Default)]
pub(super) struct Way {
    /// What the path itself reaches: the function, or the type that has it.
    pub(super) reached: Vec<Reached>,
    /// It is a type: the callee is a member of it.
    pub(super) of_type: bool,
}

/// What was found out in one module.
pub(super) struct Types<'a> {
    pub(in crate::lang::rust) lookup: Lookup<'a>,
    project: &'a RustProject,
    files: Files<'a, RustFacts>,
    /// Written types, by module and place.
    lowered: FxHashMap<(u32, u32), Type<'a>>,
    heads: FxHashMap<(u32, u32, &'a str, bool), lower::Head>,
    members: FxHashMap<(members::Asked, &'a str), Rc<[members::Candidate<'a>]>>,
    /// The module whose calls are asked for, and which traits its file has in scope.
    here: u32,
    in_scope: FxHashMap<Definition, bool>,
    depth: u32,
}

impl<'a> Types<'a> {
    /// For the calls of a module.
    pub(super) fn new(project: &'a RustProject, files: Files<'a, RustFacts>, here: u32) -> Self {
        Self {
            lookup: Lookup::new(project, files),
            project,
            files,
            lowered: FxHashMap::default(),
            heads: FxHashMap::default(),
            members: FxHashMap::default(),
            here,
            in_scope: FxHashMap::default(),
            depth: 0,
        }
    }

    pub(super) fn code(&self, module: u32) -> &'a Code {
        &self.files.own(self.project.module(module).file).code
    }

    fn names(&self, module: u32) -> &'a Names {
        &self.files.facts(self.project.module(module).file).names
    }

    fn text(&self, module: u32, name: Name) -> &'a str {
        self.names(module).get(name)
    }

    /// The item of a function.
    pub(super) fn item_of(&self, (module, function): FunctionId) -> Definition {
        (module, self.code(module).functions[function as usize].item)
    }

    /// The trait that an impl implements, by its path.
    pub(super) fn implemented(&mut self, module: u32, owner: u32, path: u32) -> Option<TraitRef> {
        self.bound(module, Some(owner), path).map(|bound| bound.of)
    }

    /// The trait or impl that a function stands in.
    fn within(&self, (module, function): FunctionId) -> Within {
        self.code(module).functions[function as usize].within
    }
}

/// A type without the references and pointers around it.
pub(super) fn pointed_at<'t, 'a>(ty: &'t Type<'a>) -> &'t Type<'a> {
    let mut ty = ty.bare();
    while let Type::Outer(path, given) = ty
        && standard::kind(path) == standard::Kind::Pointer
        && let Some(inner) = given.first()
    {
        ty = inner.bare();
    }
    ty
}

/// By what the impls of a type are listed.
pub(super) fn head(ty: &Type<'_>) -> Option<super::project::Head> {
    members::Asked::of(ty).map(members::Asked::head)
}
