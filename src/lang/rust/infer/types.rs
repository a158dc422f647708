//! Types as inference sees them, and what they have to do with each other. Knows no file.

use std::rc::Rc;

use crate::lang::rust::paths::{is_standard, last};

/// A type that is larger, or deeper, than so many parts is not known: it would only grow.
const MOST_PARTS: usize = 48;
const DEEPEST: usize = 10;

/// A definition: the module, and the item of its file.
pub(in crate::lang::rust) type Definition = (u32, u32);

/// A type parameter: the module, and its place in the file's list.
pub(in crate::lang::rust) type Parameter = (u32, u32);

/// What is given to a type's parameters.
pub(in crate::lang::rust) type Given<'a> = Rc<[Type<'a>]>;

/// What is known of the type of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::lang::rust) enum Type<'a> {
    Unknown,
    Never,
    /// A struct, enum or union of the project.
    Adt(Definition, Given<'a>),
    /// A type that is defined outside, by its path.
    Outer(Rc<str>, Given<'a>),
    /// A type of the language that has a name.
    Plain(&'a str),
    /// A reference or pointer.
    Ref(Rc<Type<'a>>),
    /// An array or slice.
    Slice(Rc<Type<'a>>),
    Tuple(Given<'a>),
    Param(Parameter),
    /// `Self` in a trait of the project.
    Own(Definition),
    /// `dyn A + B`, `impl A + B`
    Bounds(Rc<[Bound<'a>]>),
    /// An associated type of what is not concrete.
    Assoc(Rc<Type<'a>>, &'a str),
    /// A function, a pointer to one, or a closure: what it gives.
    Fn(Rc<Type<'a>>),
    /// An iterator of the standard library, by what it gives.
    Iter(Rc<Type<'a>>),
    Future(Rc<Type<'a>>),
}

/// A trait that something implements.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::lang::rust) struct Bound<'a> {
    pub(in crate::lang::rust) of: TraitRef,
    pub(in crate::lang::rust) given: Given<'a>,
    /// Associated types that it binds.
    pub(in crate::lang::rust) binds: Rc<[(&'a str, Type<'a>)]>,
}

impl<'a> Bound<'a> {
    /// The associated type that it binds.
    pub(in crate::lang::rust) fn bind(&self, name: &str) -> Option<&Type<'a>> {
        self.binds.iter().find(|(bound, _)| *bound == name).map(|(_, ty)| ty)
    }
}

/// A trait, of the project or outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lang::rust) enum TraitRef {
    Inner(Definition),
    Outer(Rc<str>),
}

impl TraitRef {
    /// Whether it is the outside trait of that name.
    pub(in crate::lang::rust) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Outer(path) if last(path) == name)
    }

    /// Whether it is one of the traits of what can be called.
    pub(in crate::lang::rust) fn is_callable(&self) -> bool {
        ["Fn", "FnMut", "FnOnce", "AsyncFn", "AsyncFnMut", "AsyncFnOnce"]
            .iter()
            .any(|name| self.is(name))
    }
}

/// Whether two paths outside may name one type: they have its name in common, and not one alone is the standard library's.
/// Other libraries hand types on under paths of their own.
pub(in crate::lang::rust) fn may_be_same(one: &str, other: &str) -> bool {
    let has_root = |path: &str| path.contains(':');
    last(one) == last(other) && (!has_root(one) || !has_root(other) || is_standard(one) == is_standard(other))
}

impl Type<'_> {
    pub(in crate::lang::rust) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    pub(in crate::lang::rust) fn unit() -> Self {
        Self::Tuple(Rc::default())
    }

    /// A reference to it.
    pub(in crate::lang::rust) fn by_ref(self) -> Self {
        match self {
            Self::Unknown | Self::Ref(_) => self,
            other => Self::Ref(Rc::new(other)),
        }
    }

    /// Without the references around it.
    pub(in crate::lang::rust) fn bare(&self) -> &Self {
        let mut bare = self;
        while let Self::Ref(inner) = bare {
            bare = inner;
        }
        bare
    }

    /// A type of the standard library, or one that works alike.
    pub(in crate::lang::rust) fn outer(path: &str, given: impl IntoIterator<Item = Self>) -> Self {
        Self::Outer(path.into(), given.into_iter().collect()).bounded()
    }

    pub(in crate::lang::rust) fn option(of: Self) -> Self {
        Self::outer("std::option::Option", [of])
    }

    pub(in crate::lang::rust) fn result(of: Self, error: Self) -> Self {
        Self::outer("std::result::Result", [of, error])
    }

    pub(in crate::lang::rust) fn vec(of: Self) -> Self {
        Self::outer("std::vec::Vec", [of])
    }

    pub(in crate::lang::rust) fn string() -> Self {
        Self::outer("std::string::String", [])
    }

    pub(in crate::lang::rust) fn tuple(of: impl IntoIterator<Item = Self>) -> Self {
        Self::Tuple(of.into_iter().collect()).bounded()
    }

    pub(in crate::lang::rust) fn iter(of: Self) -> Self {
        Self::Iter(Rc::new(of)).bounded()
    }

    pub(in crate::lang::rust) fn slice(of: Self) -> Self {
        Self::Slice(Rc::new(of)).bounded()
    }

    pub(in crate::lang::rust) fn future(of: Self) -> Self {
        Self::Future(Rc::new(of)).bounded()
    }

    /// What is given to its parameter at a place.
    pub(in crate::lang::rust) fn given(&self, at: usize) -> Self {
        match self {
            Self::Adt(_, given) | Self::Outer(_, given) | Self::Tuple(given) => given.get(at).cloned(),
            Self::Slice(of) | Self::Iter(of) | Self::Future(of) | Self::Fn(of) | Self::Ref(of) if at == 0 => {
                Some((**of).clone())
            }
            _ => None,
        }
        .unwrap_or(Self::Unknown)
    }

    /// Itself, unless it has grown too large.
    pub(in crate::lang::rust) fn bounded(self) -> Self {
        let mut room = MOST_PARTS;
        if self.fits(&mut room, DEEPEST) {
            self
        } else {
            Self::Unknown
        }
    }

    fn fits(&self, room: &mut usize, depth: usize) -> bool {
        if *room == 0 || depth == 0 {
            return false;
        }
        *room -= 1;
        match self {
            Self::Adt(_, given) | Self::Outer(_, given) | Self::Tuple(given) => {
                given.iter().all(|part| part.fits(room, depth - 1))
            }
            Self::Ref(of) | Self::Slice(of) | Self::Fn(of) | Self::Iter(of) | Self::Future(of) | Self::Assoc(of, _) => {
                of.fits(room, depth - 1)
            }
            Self::Bounds(all) => all.iter().all(|bound| {
                let mut parts = bound.given.iter().chain(bound.binds.iter().map(|(_, ty)| ty));
                parts.all(|part| part.fits(room, depth - 1))
            }),
            Self::Unknown | Self::Never | Self::Plain(_) | Self::Param(_) | Self::Own(_) => true,
        }
    }

    /// Whether all of it is known.
    pub(in crate::lang::rust) fn is_whole(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Adt(_, given) | Self::Outer(_, given) | Self::Tuple(given) => given.iter().all(Self::is_whole),
            Self::Ref(of) | Self::Slice(of) | Self::Fn(of) | Self::Iter(of) | Self::Future(of) => of.is_whole(),
            Self::Never | Self::Plain(_) | Self::Param(_) | Self::Own(_) | Self::Bounds(_) | Self::Assoc(..) => true,
        }
    }

    /// The same with its parts changed.
    pub(in crate::lang::rust) fn map(&self, change: &mut impl FnMut(&Self) -> Self) -> Self {
        let mut one = |of: &Rc<Self>| Rc::new(change(of));
        match self {
            Self::Ref(of) => Self::Ref(one(of)),
            Self::Slice(of) => Self::Slice(one(of)),
            Self::Fn(of) => Self::Fn(one(of)),
            Self::Iter(of) => Self::Iter(one(of)),
            Self::Future(of) => Self::Future(one(of)),
            Self::Assoc(of, name) => Self::Assoc(one(of), name),
            Self::Adt(of, given) if !given.is_empty() => Self::Adt(*of, given.iter().map(change).collect()),
            Self::Outer(of, given) if !given.is_empty() => {
                Self::Outer(Rc::clone(of), given.iter().map(change).collect())
            }
            Self::Tuple(given) if !given.is_empty() => Self::Tuple(given.iter().map(change).collect()),
            Self::Bounds(all) => Self::Bounds(
                all.iter()
                    .map(|bound| Bound {
                        of: bound.of.clone(),
                        given: bound.given.iter().map(&mut *change).collect(),
                        binds: bound.binds.iter().map(|(name, ty)| (*name, change(ty))).collect(),
                    })
                    .collect(),
            ),
            _ => self.clone(),
        }
    }
}

/// What type parameters stand for.
#[derive(Debug, Clone, Default)]
pub(in crate::lang::rust) struct Substitution<'a> {
    pub(in crate::lang::rust) params: Vec<(Parameter, Type<'a>)>,
    /// What `Self` stands for.
    pub(in crate::lang::rust) own: Option<Type<'a>>,
}

impl<'a> Substitution<'a> {
    pub(in crate::lang::rust) fn get(&self, param: Parameter) -> Option<&Type<'a>> {
        self.params.iter().find(|(known, _)| *known == param).map(|(_, ty)| ty)
    }

    /// Sets a parameter that is listed, if nothing better is known of it.
    pub(in crate::lang::rust) fn set(&mut self, param: Parameter, ty: &Type<'a>) {
        if let Some((_, known)) = self.params.iter_mut().find(|(known, _)| *known == param)
            && known.is_unknown()
        {
            *known = ty.clone();
        }
    }
}
