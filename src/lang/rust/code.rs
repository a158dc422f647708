//! What signatures and bodies say, as far as it takes to tell what is called: a file's functions, types, traits and
//! impls ([`Code`]), and the expressions in them as one list of nodes ([`Body`]).
//!
//! A node stands after all that it is made of, so that types are found by one walk from the first to the last; see
//! [`super::infer`]. Local names are gone: where one is used, the node that it was bound to stands. Knows no other file.

use serde::{Deserialize, Serialize};

use crate::facts::{Name, When};
use crate::source::Span;

/// A node, by index.
pub(super) type NodeId = u32;
/// A written type, by index.
pub(super) type TyId = u32;

/// The node, and the type, of which nothing is known.
pub(super) const UNKNOWN: u32 = 0;

/// So many entries of [`Code::lists`], or of another list that says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct List {
    pub(super) start: u32,
    pub(super) len: u32,
}

impl List {
    /// The entries of a list.
    pub(super) fn of<T>(self, all: &[T]) -> &[T] {
        let start = self.start as usize;
        all.get(start..start + self.len as usize).unwrap_or_default()
    }
}

/// What the insides of a file's functions say.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Body {
    pub(super) nodes: Vec<Node>,
    pub(super) contexts: Vec<Context>,
    pub(super) sites: Vec<Site>,
    pub(super) paths: Vec<ValuePath>,
}

impl Body {
    /// Forgets all, and keeps the room for it.
    pub(super) fn clear(&mut self) {
        let Self {
            nodes,
            contexts,
            sites,
            paths,
        } = self;
        nodes.clear();
        contexts.clear();
        sites.clear();
        paths.clear();
    }
}

/// What a file's code says, but for its [bodies](Body).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Code {
    /// Nodes, written types and paths of types in a row, for those who have several.
    pub(super) lists: Vec<u32>,
    pub(super) types: Vec<Ty>,
    pub(super) type_paths: Vec<TypePath>,
    /// Associated types: `Item = X`.
    pub(super) binds: Vec<(Name, TyId)>,
    pub(super) params: Vec<GenericParam>,
    pub(super) predicates: Vec<Predicate>,
    pub(super) owners: Vec<Owner>,
    pub(super) functions: Vec<Function>,
    pub(super) impls: Vec<Impl>,
    pub(super) traits: Vec<Trait>,
    pub(super) adts: Vec<Adt>,
    pub(super) variants: Vec<Variant>,
    pub(super) fields: Vec<(Name, TyId)>,
    pub(super) aliases: Vec<Alias>,
    /// Constants and statics: item, type, owner.
    pub(super) values: Vec<(u32, TyId, Option<u32>)>,
    /// What is defined by which item, by item.
    pub(super) defs: Vec<(u32, Def)>,
}

impl Code {
    /// Puts in order what is looked up.
    pub(super) fn finish(&mut self) {
        self.defs.sort_unstable_by_key(|(item, _)| *item);
    }

    /// Forgets all, and keeps the room for it.
    pub(super) fn clear(&mut self) {
        let Self {
            lists,
            types,
            type_paths,
            binds,
            params,
            predicates,
            owners,
            functions,
            impls,
            traits,
            adts,
            variants,
            fields,
            aliases,
            values,
            defs,
        } = self;
        lists.clear();
        types.clear();
        type_paths.clear();
        binds.clear();
        params.clear();
        predicates.clear();
        owners.clear();
        functions.clear();
        impls.clear();
        traits.clear();
        adts.clear();
        variants.clear();
        fields.clear();
        aliases.clear();
        values.clear();
        defs.clear();
    }

    /// What an item defines.
    pub(super) fn def(&self, item: u32) -> Option<Def> {
        let at = self.defs.binary_search_by_key(&item, |(item, _)| *item).ok()?;
        self.defs.get(at).map(|(_, def)| *def)
    }
}

/// What an item defines, by index into the list of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Def {
    Function(u32),
    Adt(u32),
    Trait(u32),
    Alias(u32),
    Value(u32),
}

/// An expression, or what a name is bound to.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum Node {
    Unknown,
    Literal(Literal),
    /// Of a type that is written.
    Given(TyId),
    /// `let name: type = value`
    Let {
        ty: TyId,
        init: NodeId,
    },
    /// A path that is no local name.
    Value(u32),
    /// A struct literal, by its path.
    Make(u32),
    /// The callee of a call by path: its site.
    Callee(u32),
    /// The callee of a method call.
    Method {
        receiver: NodeId,
        site: u32,
    },
    /// What a call gives.
    Result {
        callee: NodeId,
        arguments: List,
    },
    /// What calling a value gives.
    Invoke(NodeId),
    /// `Some(x)`, `Ok(x)`, `Err(x)`
    Wrap(Wrapper, NodeId),
    Field {
        of: NodeId,
        name: Name,
    },
    Index {
        of: NodeId,
        by: NodeId,
    },
    Try(NodeId),
    Await(NodeId),
    Deref(NodeId),
    Ref(NodeId),
    /// What a loop takes from a value.
    Element(NodeId),
    Tuple(List),
    Array(NodeId),
    /// `vec![…]`
    Vector(NodeId),
    /// `format!(…)`
    Text,
    /// One of a tuple's fields, in a pattern.
    Part {
        of: NodeId,
        at: u32,
    },
    /// An element of a slice, in a pattern.
    Slot(NodeId),
    /// A field of a struct or variant, in a pattern: the path, and the list entry of name and node that follow.
    Unpack {
        of: NodeId,
        path: u32,
        field: Name,
    },
    /// What a closure is given that is handed over to a call: by the argument's place and the parameter's.
    Expect {
        callee: NodeId,
        argument: u16,
        parameter: u16,
    },
    Closure(NodeId),
    Async(NodeId),
    /// One of several, whichever is known.
    Join(List),
    Assign {
        to: NodeId,
        from: NodeId,
    },
    /// An operator's result: the left side's type, where it is one of the language's own.
    Arithmetic(NodeId),
    Bool,
    Range(NodeId),
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Literal {
    Text,
    Bytes,
    Bool,
    Char,
    Integer,
    Float,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Wrapper {
    Some,
    Ok,
    Err,
}

/// Where the nodes from `first` on stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Context {
    pub(super) first: NodeId,
    pub(super) item: Option<u32>,
    pub(super) when: When,
    pub(super) owner: Option<u32>,
}

/// What is called or handed over at a place.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Site {
    pub(super) kind: SiteKind,
    pub(super) name: Name,
    /// The name itself.
    pub(super) span: Span,
    /// The callee from its first name on.
    pub(super) statement: Span,
    /// Types written between `::<` and `>`, by list.
    pub(super) types: List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum SiteKind {
    /// A call of what a path names.
    Path(u32),
    Method,
    /// A call of a local name, by what it is bound to.
    Local,
    /// A macro, by its path.
    Macro(u32),
    /// A path that is handed over as an argument: no call.
    Handed(u32),
}

/// A path of values or macros.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct ValuePath {
    pub(super) scope: u32,
    /// Without the names of a `<T as Trait>` before it where there is no trait.
    pub(super) path: Name,
    pub(super) rooted: bool,
    /// `<T>::name`, `<T as Trait>::name`: the type before it.
    pub(super) of: Option<TyId>,
    /// Types given to the last name but one, by list.
    pub(super) outer: List,
    /// Types given to the last name, by list.
    pub(super) inner: List,
}

/// A type as it is written.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum Ty {
    Infer,
    Never,
    Path(u32),
    Ref(TyId),
    Slice(TyId),
    Tuple(List),
    /// A function pointer: what it is given, and what it gives.
    Fn(List, TyId),
    /// `dyn A + B`, `impl A + B`: paths, by list.
    Bounds(List),
    /// `Self` of a trait or impl.
    Own,
    /// What an `async fn` gives.
    Future(TyId),
}

/// The path of a type or trait.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct TypePath {
    pub(super) scope: u32,
    pub(super) path: Name,
    pub(super) rooted: bool,
    /// `<T as Trait>::Name`: the type before it.
    pub(super) of: Option<TyId>,
    /// Types given to the last name, by list; what `Fn(A, B)` takes.
    pub(super) types: List,
    /// Types given to the name before that.
    pub(super) outer: List,
    /// `Item = X` in its brackets, and `Output` of `Fn() -> X`; entries of [`Code::binds`].
    pub(super) binds: List,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct GenericParam {
    pub(super) name: Name,
    /// Paths of traits.
    pub(super) bounds: List,
    pub(super) default: TyId,
}

/// Which of the standard traits with methods a type derives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Derives {
    pub(super) clone: bool,
    pub(super) default: bool,
}

/// `where type: bounds`
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Predicate {
    pub(super) ty: TyId,
    pub(super) bounds: List,
}

/// What has type parameters: a function, impl, trait or type.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Owner {
    pub(super) parent: Option<u32>,
    pub(super) kind: OwnerKind,
    /// Entries of [`Code::params`].
    pub(super) params: List,
    /// Entries of [`Code::predicates`].
    pub(super) predicates: List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum OwnerKind {
    Function(u32),
    Impl(u32),
    Trait(u32),
    Adt(u32),
    Alias,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Within {
    Nothing,
    Impl(u32),
    Trait(u32),
}

/// How a method takes its `self`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Receiver {
    /// It is no method.
    None,
    Value,
    Reference,
    /// `self: Box<Self>`
    Other,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Function {
    pub(super) item: u32,
    pub(super) name: Name,
    pub(super) owner: u32,
    pub(super) within: Within,
    pub(super) receiver: Receiver,
    /// Types of its parameters without `self`, by list.
    pub(super) params: List,
    pub(super) gives: TyId,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Impl {
    pub(super) item: u32,
    pub(super) owner: u32,
    pub(super) ty: TyId,
    /// The trait, by its path.
    pub(super) of: Option<u32>,
    /// Its associated types, entries of [`Code::binds`].
    pub(super) binds: List,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Trait {
    pub(super) item: u32,
    pub(super) owner: u32,
    /// Paths of the traits that it extends.
    pub(super) supers: List,
    /// Its associated types: each with bounds as a type, entries of [`Code::binds`].
    pub(super) binds: List,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Adt {
    pub(super) item: u32,
    pub(super) owner: u32,
    /// Entries of [`Code::variants`]; a struct is its own only one.
    pub(super) variants: List,
    pub(super) derives: Derives,
    pub(super) is_enum: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Variant {
    pub(super) name: Name,
    /// Entries of [`Code::fields`].
    pub(super) fields: List,
    /// Its fields have no names: it is called to be made.
    pub(super) is_tuple: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Alias {
    pub(super) item: u32,
    pub(super) owner: u32,
    pub(super) ty: TyId,
}
