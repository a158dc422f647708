//! Methods and associated functions: which function a name stands for on a type.
//!
//! The steps are those of <https://doc.rust-lang.org/reference/expressions/method-call-expr.html>: at each type that the
//! receiver dereferences to, inherent functions come before those of traits, of which those in scope count (`scope`).

use std::rc::Rc;

use super::standard::{self, Kind, kind};
use super::types::{Bound, Definition, Substitution, TraitRef};
use super::{Callee, DEEPEST, FunctionId, Type, Types};
use crate::facts::name_hash;
use crate::graph::Reason;
use crate::lang::rust::code::{Def, Receiver, Within};
use crate::lang::rust::paths::last;
use crate::lang::rust::project::{ANY, Head, ImplRef, Implements, outer_head};

/// How many functions are told apart that a call may reach.
const MOST_CALLEES: usize = 64;

/// A type as its impls are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Asked(Head);

impl Asked {
    pub(super) fn of(ty: &Type<'_>) -> Option<Self> {
        Some(Self(match ty {
            Type::Adt(of, _) => *of,
            Type::Outer(path, _) => outer_head(last(path)),
            Type::Plain(name) => outer_head(name),
            Type::Slice(_) => outer_head("[]"),
            Type::Tuple(_) => outer_head("()"),
            Type::Fn(_) => outer_head("fn"),
            Type::Bounds(all) => match &all.first()?.of {
                TraitRef::Inner(of) => *of,
                TraitRef::Outer(path) => outer_head(last(path)),
            },
            Type::Ref(_)
            | Type::Unknown
            | Type::Never
            | Type::Param(_)
            | Type::Own(_)
            | Type::Assoc(..)
            | Type::Iter(_)
            | Type::Future(_) => return None,
        }))
    }

    pub(super) fn head(self) -> Head {
        self.0
    }
}

/// A function that a type may have.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'a> {
    pub(super) function: FunctionId,
    /// The impl by which the type has it.
    at: Option<ImplRef>,
    rank: Rank,
    /// The trait, where the type has it by a trait's own body.
    bound: Option<Bound<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Inherent,
    Trait,
    Blanket,
}

impl<'a> Types<'a> {
    /// The method of a name on a receiver.
    pub(super) fn method(&mut self, receiver: &Type<'a>, name: &'a str) -> Callee<'a> {
        let mut ty = receiver.clone();
        let mut first: Option<Type<'a>> = None;
        let mut pointed = false;
        for step in 0..DEEPEST {
            // Whatever can be cloned is its own owner: that comes before what it dereferences to.
            if step > 0 && name == "to_owned" {
                break;
            }
            while let Type::Ref(of) = ty {
                ty = (*of).clone();
            }
            if ty.is_unknown() {
                return Callee::Unknown(Reason::Receiver);
            }
            if let Some(found) = self.step(&ty, name, pointed) {
                return found;
            }
            let next = self.deref(&ty);
            let is_pointer = matches!(&ty, Type::Outer(path, _) if kind(path) == Kind::Pointer);
            let opaque = next.is_none() && is_pointer;
            pointed = is_pointer;
            first.get_or_insert(ty);
            match next {
                Some(next) => ty = next,
                // A pointer to something unknown.
                None if opaque && !standard::of_all(name) => return Callee::Unknown(Reason::Receiver),
                None => break,
            }
        }
        let of = first.unwrap_or(Type::Unknown);
        if let Some(path) = standard::trait_of(name) {
            return Callee::Outer(format!("{path}::{name}"), of);
        }
        match &of {
            Type::Outer(path, _) => Callee::Outer(format!("{path}::{name}"), of.clone()),
            Type::Plain(plain) => Callee::Outer(format!("{plain}::{name}"), of.clone()),
            Type::Slice(_) => Callee::Outer(format!("slice::{name}"), of.clone()),
            Type::Iter(_) => Callee::Outer(format!("std::iter::Iterator::{name}"), of.clone()),
            Type::Future(_) => Callee::Outer(format!("std::future::Future::{name}"), of.clone()),
            _ => self.of_outer_bound(&of, name),
        }
    }

    /// A method that one outside trait alone can have among the bounds of what is not concrete.
    fn of_outer_bound(&mut self, ty: &Type<'a>, name: &str) -> Callee<'a> {
        let bounds = self.all_bounds(ty);
        let mut outer = bounds.iter().filter_map(|bound| match &bound.of {
            TraitRef::Outer(path) if !standard::is_marker(last(path)) => Some(path),
            _ => None,
        });
        match (outer.next(), outer.next()) {
            (Some(path), None) => Callee::Outer(format!("{path}::{name}"), Type::Unknown),
            _ => Callee::Unknown(Reason::Member),
        }
    }

    /// The method at one type; whether a pointer leads to it.
    fn step(&mut self, ty: &Type<'a>, name: &'a str, pointed: bool) -> Option<Callee<'a>> {
        let candidates = self.candidates(ty, name);
        // `self: Pin<&mut Self>` of what is a pointer itself takes a pointer to that pointer.
        let is_pointer = matches!(ty, Type::Outer(path, _) if kind(path) == Kind::Pointer);
        let takes = |this: &Self, (module, function): FunctionId| match this.code(module).functions[function as usize]
            .receiver
        {
            Receiver::None => false,
            Receiver::Value | Receiver::Reference => true,
            Receiver::Other => pointed || !is_pointer,
        };
        let methods: Vec<&Candidate<'a>> = candidates
            .iter()
            .filter(|candidate| takes(self, candidate.function) && self.may_be_called(ty, candidate))
            .collect();
        if let Some(found) = self.choose(ty, &methods, Rank::Inherent) {
            return Some(found);
        }
        let own = standard::knows(ty, name);
        if own && !matches!(ty, Type::Adt(..)) {
            return Some(Callee::Outer(standard_path(ty, name), ty.clone()));
        }
        if let Some(found) = self.choose(ty, &methods, Rank::Trait) {
            return Some(found);
        }
        if let Some(found) = self.outer_of_inner(ty, name) {
            return Some(found);
        }
        // What dereferences further has the method there first, unless it is by the trait's own impl.
        self.choose(ty, &methods, Rank::Blanket)
    }

    /// Whether a candidate can be called on a value: of a concrete type, traits have to be in scope. Those outside are
    /// taken to be.
    fn may_be_called(&mut self, ty: &Type<'a>, candidate: &Candidate<'a>) -> bool {
        let by_bounds = matches!(
            ty,
            Type::Param(_) | Type::Own(_) | Type::Assoc(..) | Type::Bounds(_) | Type::Unknown
        );
        match candidate.at.map(|at| at.of) {
            Some(Implements::Inner(of)) if !by_bounds => self.is_in_scope(of),
            _ => true,
        }
    }

    /// What a type of the project has by an outside trait: derived, or of an iterator.
    fn outer_of_inner(&mut self, ty: &Type<'a>, name: &str) -> Option<Callee<'a>> {
        match ty {
            Type::Adt((module, item), _) => {
                let code = self.code(*module);
                let Some(Def::Adt(number)) = code.def(*item) else {
                    return None;
                };
                if name == "clone" && code.adts[number as usize].derives.clone {
                    return Some(Callee::Outer("std::clone::Clone::clone".to_owned(), ty.clone()));
                }
                let iterates = |of: &ImplRef| of.of == Implements::Iterator;
                if standard::knows(&Type::iter(Type::Unknown), name) && self.impls_of(ty).iter().any(iterates) {
                    let of = Type::iter(self.element(ty));
                    return Some(Callee::Outer(format!("std::iter::Iterator::{name}"), of));
                }
                None
            }
            Type::Param(_) | Type::Own(_) | Type::Assoc(..) | Type::Bounds(_) => {
                let bounds = self.all_bounds(ty);
                for bound in &bounds {
                    if let Some(found) = self.of_bound(bound, ty, name) {
                        return Some(found);
                    }
                }
                None
            }
            _ => None,
        }
    }

    fn of_bound(&mut self, bound: &Bound<'a>, ty: &Type<'a>, name: &str) -> Option<Callee<'a>> {
        let TraitRef::Outer(path) = &bound.of else { return None };
        let gives = |of: Type<'a>| Some(Callee::Outer(format!("{path}::{name}"), of));
        match (last(path), name) {
            ("AsRef" | "AsMut" | "Borrow" | "BorrowMut", "as_ref" | "as_mut" | "borrow" | "borrow_mut")
            | ("Into", "into") => gives(Type::Fn(Rc::new(bound.given.first().cloned().unwrap_or(Type::Unknown)))),
            ("Iterator" | "DoubleEndedIterator" | "ExactSizeIterator" | "IntoIterator" | "IntoParallelIterator", _) => {
                let item = self.associated(ty, "Item");
                let of = Type::iter(item);
                let known = standard::knows(&of, name) || name == "into_iter";
                if known { gives(of) } else { None }
            }
            ("Clone", "clone") => gives(ty.clone()),
            _ => None,
        }
    }

    /// An associated function of a type by its name.
    pub(super) fn associated_function(&mut self, ty: &Type<'a>, name: &'a str) -> Callee<'a> {
        let bare = ty.bare();
        if let Type::Outer(path, _) = bare
            && last(path).starts_with(char::is_lowercase)
        {
            // A function of a module outside.
            return Callee::Outer(format!("{path}::{name}"), bare.clone());
        }
        let candidates = self.candidates(bare, name);
        let all: Vec<&Candidate<'a>> = candidates
            .iter()
            .filter(|candidate| self.may_be_called(bare, candidate))
            .collect();
        // What a type has of its own comes before what traits give it.
        let ranks: &[Rank] = if standard::has_of_its_own(bare, name) {
            &[Rank::Inherent]
        } else {
            &[Rank::Inherent, Rank::Trait, Rank::Blanket]
        };
        for rank in ranks {
            if let Some(found) = self.choose(bare, &all, *rank) {
                return found;
            }
        }
        match bare {
            Type::Unknown => Callee::Unknown(Reason::Name),
            Type::Outer(path, _) => Callee::Outer(format!("{path}::{name}"), bare.clone()),
            Type::Plain(plain) => Callee::Outer(format!("{plain}::{name}"), bare.clone()),
            Type::Slice(_) => Callee::Outer(format!("slice::{name}"), bare.clone()),
            _ => match standard::trait_of(name) {
                Some(path) => Callee::Outer(format!("{path}::{name}"), bare.clone()),
                None => self.of_outer_bound(&bare.clone(), name),
            },
        }
    }

    /// The candidate of a rank; several where they cannot be told apart.
    fn choose(&mut self, ty: &Type<'a>, all: &[&Candidate<'a>], rank: Rank) -> Option<Callee<'a>> {
        let mut found: Vec<(FunctionId, Rc<Substitution<'a>>)> = Vec::new();
        for candidate in all.iter().filter(|candidate| candidate.rank == rank) {
            if let Some(standing) = self.standing(candidate, ty)
                && !found.iter().any(|(known, _)| *known == candidate.function)
            {
                if found.len() == MOST_CALLEES {
                    return Some(Callee::Unknown(Reason::Ambiguous));
                }
                found.push((candidate.function, Rc::new(standing)));
            }
        }
        match found.len() {
            0 => None,
            1 => found
                .pop()
                .map(|(function, standing)| Callee::Function(function, standing)),
            _ => Some(Callee::Several(found)),
        }
    }

    /// What the parameters that a candidate knows stand for on a type; nothing where it is for another.
    fn standing(&mut self, candidate: &Candidate<'a>, ty: &Type<'a>) -> Option<Substitution<'a>> {
        let mut standing = self.open(candidate.function);
        standing.own = Some(ty.clone());
        if let Some(at) = candidate.at {
            let by_impl = self.fits(at, ty)?;
            if candidate.rank == Rank::Blanket && !self.may_apply(at, &by_impl) {
                return None;
            }
            for (param, ty) in &by_impl.params {
                standing.set(*param, ty);
            }
        }
        if let Some(bound) = &candidate.bound
            && let TraitRef::Inner((module, item)) = bound.of
            && let Some(Def::Trait(number)) = self.code(module).def(item)
        {
            let code = self.code(module);
            let owner = code.traits[number as usize].owner;
            let params = code.owners[owner as usize].params;
            for (param, given) in (params.start..params.start + params.len).zip(bound.given.iter()) {
                standing.set((module, param), given);
            }
        }
        Some(standing)
    }

    /// Whether a blanket impl may be one for a type: of the project's traits that it asks for, the type has all.
    fn may_apply(&mut self, at: ImplRef, standing: &Substitution<'a>) -> bool {
        for (param, ty) in standing.params.clone() {
            if ty.is_unknown() {
                continue;
            }
            for bound in self.bounds_of_param(param) {
                let holds = match &bound.of {
                    TraitRef::Inner(of) => self.implements(&ty, *of, at),
                    TraitRef::Outer(path) if matches!(last(path), "Deref" | "DerefMut") => self.may_deref(&ty),
                    TraitRef::Outer(path) => standard::may_implement(&ty, last(path)),
                };
                if !holds {
                    return false;
                }
            }
        }
        true
    }

    /// Whether a type has a trait of the project, by an impl other than one at hand.
    fn implements(&mut self, ty: &Type<'a>, of: Definition, other_than: ImplRef) -> bool {
        if self.all_bounds(ty).iter().any(|bound| bound.of == TraitRef::Inner(of)) {
            return true;
        }
        let project = self.project;
        let own = Asked::of(ty.bare()).map(Asked::head);
        if own.is_some_and(|head| project.impls.implementing(of, head).next().is_some()) {
            return true;
        }
        if self.depth >= DEEPEST {
            return true;
        }
        self.depth += 1;
        let mut blanket = project.impls.implementing(of, ANY).filter(|found| *found != other_than);
        let holds = blanket.any(|found| {
            let standing = self.fits(found, ty);
            standing.is_some_and(|standing| self.may_apply(found, &standing))
        });
        self.depth -= 1;
        holds
    }

    /// Whether a type may dereference to another: not where it is plain that it does not.
    fn may_deref(&mut self, ty: &Type<'a>) -> bool {
        match ty {
            Type::Adt(..) => self.impls_of(ty).iter().any(|of| of.of == Implements::Deref),
            Type::Outer(path, _) => !matches!(
                kind(path),
                Kind::Option | Kind::Result | Kind::Map | Kind::Set | Kind::Range | Kind::Cell | Kind::Weak
            ),
            Type::Plain(_) | Type::Slice(_) | Type::Tuple(_) | Type::Fn(_) | Type::Iter(_) | Type::Future(_) => false,
            _ => true,
        }
    }

    /// All functions of a name that a type may have.
    fn candidates(&mut self, ty: &Type<'a>, name: &'a str) -> Rc<[Candidate<'a>]> {
        let mut all = Vec::new();
        if matches!(ty, Type::Param(_) | Type::Own(_) | Type::Assoc(..) | Type::Bounds(_)) {
            for bound in self.all_bounds(ty) {
                if let TraitRef::Inner(of) = bound.of
                    && let Some(function) = self.trait_function(of, name)
                {
                    all.push(Candidate {
                        function,
                        at: None,
                        rank: Rank::Trait,
                        bound: Some(bound),
                    });
                    // The nearest of the traits that extend each other.
                    break;
                }
            }
        }
        let asked = Asked::of(ty);
        match asked {
            Some(asked) if all.is_empty() => return self.candidates_of(asked, name),
            Some(asked) => all.extend(self.candidates_of(asked, name).iter().cloned()),
            None => all.extend(self.candidates_of(Asked(ANY), name).iter().cloned()),
        }
        all.into()
    }

    fn candidates_of(&mut self, asked: Asked, name: &'a str) -> Rc<[Candidate<'a>]> {
        if let Some(known) = self.members.get(&(asked, name)) {
            return Rc::clone(known);
        }
        let hash = name_hash(name);
        let mut all: Vec<Candidate<'a>> = Vec::new();
        let heads: &[Head] = if asked.0 == ANY { &[ANY] } else { &[asked.0, ANY] };
        for head in heads {
            let blanket = *head == ANY;
            let methods: Vec<(ImplRef, u32)> = self.project.impls.methods(*head, hash).collect();
            for (at, number) in methods {
                let function = (at.module, number);
                if self.text(at.module, self.code(at.module).functions[number as usize].name) == name {
                    let rank = match at.of {
                        _ if blanket => Rank::Blanket,
                        Implements::Nothing => Rank::Inherent,
                        _ => Rank::Trait,
                    };
                    all.push(Candidate {
                        function,
                        at: Some(at),
                        rank,
                        bound: None,
                    });
                }
            }
            let by_trait: Vec<ImplRef> = self.project.impls.declaring(*head, hash).collect();
            for at in by_trait {
                if let Implements::Inner(of) = at.of
                    && let Some(function) = self.trait_function(of, name)
                {
                    let has_own = |known: &Candidate<'_>| known.at == Some(at);
                    if !all.iter().any(has_own) {
                        let bound = self.bound_of_impl(at);
                        all.push(Candidate {
                            function,
                            at: Some(at),
                            rank: if blanket { Rank::Blanket } else { Rank::Trait },
                            bound,
                        });
                    }
                }
            }
        }
        let all: Rc<[Candidate<'a>]> = all.into();
        self.members.insert((asked, name), Rc::clone(&all));
        all
    }

    fn bound_of_impl(&mut self, at: ImplRef) -> Option<Bound<'a>> {
        let code = self.code(at.module);
        let block = code.impls[at.number as usize];
        self.bound(at.module, Some(block.owner), block.of?)
    }

    /// The function of a name that a trait declares.
    pub(super) fn trait_function(&self, of: Definition, name: &str) -> Option<FunctionId> {
        let (module, _) = of;
        let mut found = self.project.impls.trait_functions(of, name_hash(name));
        found
            .find(|number| self.text(module, self.code(module).functions[*number as usize].name) == name)
            .map(|number| (module, number))
    }

    /// The function of an impl that stands for a trait's, where the type is known.
    pub(super) fn in_impl(&mut self, function: FunctionId, ty: &Type<'a>) -> Option<FunctionId> {
        let Within::Trait(number) = self.within(function) else {
            return None;
        };
        let (module, at) = function;
        let code = self.code(module);
        let of = (module, code.traits[number as usize].item);
        let name = self.text(module, code.functions[at as usize].name);
        let asked = Asked::of(ty.bare())?;
        let candidates = self.candidates_of(asked, name);
        let mut found = candidates.iter().filter(|candidate| {
            candidate.rank == Rank::Trait && candidate.at.is_some_and(|at| at.of == Implements::Inner(of))
        });
        match (found.next(), found.next()) {
            (Some(only), None) => Some(only.function),
            _ => None,
        }
    }
}

fn standard_path(ty: &Type<'_>, name: &str) -> String {
    match ty {
        Type::Outer(path, _) => format!("{path}::{name}"),
        Type::Plain(plain) => format!("{plain}::{name}"),
        Type::Slice(_) => format!("slice::{name}"),
        Type::Future(_) => format!("std::future::Future::{name}"),
        _ => format!("std::iter::Iterator::{name}"),
    }
}
