//! What is known of the language's own library: annotations that say what is in a container, functions whose result is
//! made of their arguments, methods of containers. What is not listed here gives nothing that is known.
//!
//! Names and meanings are those of <https://docs.python.org/3/library/>: `typing`, `collections.abc`, `functions`,
//! `stdtypes`, `contextlib`, `copy`, `functools`.

use super::types::{Known, Type, Types, Union};
use super::{Infer, below};
use crate::lang::python::code::{List, NodeId};

/// What an annotation of the library's says of its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Anything.
    Any,
    /// The class around.
    Own,
    /// What its arguments are: `Optional[T]`, `Union[A, B]`, `Final[T]`.
    Same,
    ClassOf,
    Sequence,
    Mapping,
    Tuple,
    /// A coroutine: its last argument once it is awaited.
    Later,
    Manager,
    /// `Callable[[…], T]`
    Callable,
}

/// The last part of a name.
pub(super) fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// What an annotation of the library's says; nothing for other classes.
pub(super) fn shape(name: &str) -> Option<Shape> {
    let (module, own) = name.rsplit_once('.')?;
    if !matches!(
        module,
        "typing" | "typing_extensions" | "collections.abc" | "collections" | "builtins" | "contextlib" | "types"
    ) {
        return None;
    }
    Some(match own {
        "Any" | "TypeVar" | "ParamSpec" | "Literal" | "NoReturn" | "Never" | "object" | "TypeVarTuple" | "Generic"
        | "Protocol" | "TypeAlias" => Shape::Any,
        "Self" => Shape::Own,
        "Optional" | "Union" | "Annotated" | "Final" | "ClassVar" | "Required" | "NotRequired" | "ReadOnly" => {
            Shape::Same
        }
        "type" | "Type" => Shape::ClassOf,
        "list" | "List" | "set" | "Set" | "frozenset" | "FrozenSet" | "deque" | "Deque" | "Sequence"
        | "MutableSequence" | "Iterable" | "Iterator" | "Generator" | "AsyncIterable" | "AsyncIterator"
        | "AsyncGenerator" | "Collection" | "Container" | "Reversible" | "AbstractSet" | "MutableSet" | "KeysView"
        | "ValuesView" => Shape::Sequence,
        "dict" | "Dict" | "Mapping" | "MutableMapping" | "defaultdict" | "DefaultDict" | "OrderedDict" | "Counter"
        | "ChainMap" | "MappingProxyType" => Shape::Mapping,
        "tuple" | "Tuple" => Shape::Tuple,
        "Awaitable" | "Coroutine" => Shape::Later,
        "ContextManager" | "AsyncContextManager" | "AbstractContextManager" | "AbstractAsyncContextManager" => {
            Shape::Manager
        }
        "Callable" => Shape::Callable,
        _ => return None,
    })
}

/// A container of the library's with what its annotation says of its contents.
pub(super) fn container(shape: Shape, parts: &[Types]) -> Option<Type> {
    let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
    Some(match shape {
        Shape::Sequence => Type::Sequence(part(0)),
        Shape::Mapping => Type::Mapping(part(0), part(1)),
        // `tuple[T, …]` has an argument of which nothing is known for its second.
        Shape::Tuple if parts.len() == 2 && parts[1] == Types::default() => Type::Sequence(part(0)),
        Shape::Tuple if parts.is_empty() => Type::Sequence(Types::default()),
        Shape::Tuple => Type::Tuple(parts.into()),
        Shape::Later => Type::Later(parts.last().cloned().unwrap_or_default()),
        Shape::Manager => Type::Manager(part(0)),
        Shape::Callable => Type::Giving("typing.Callable".into(), parts.last().cloned().unwrap_or_default()),
        Shape::Any | Shape::Own | Shape::Same | Shape::ClassOf => return None,
    })
}

impl Infer<'_> {
    /// What a call of something outside gives.
    pub(super) fn outside_result(&mut self, name: &str, arguments: Option<List>) -> Types {
        let nodes: &[NodeId] = arguments.map_or(&[], |list| self.code.list(list));
        let module = name.rsplit_once('.').map_or("", |(module, _)| module);
        let own = last(name);
        let first = nodes.first().copied();
        let value = |this: &mut Self, at: usize| nodes.get(at).map(|node| this.value(*node)).unwrap_or_default();
        match (module, own) {
            ("builtins", "list" | "set" | "frozenset" | "sorted" | "reversed" | "iter" | "tuple") => {
                let of = value(self, 0);
                let inner = self.each(&of, Self::element);
                Types::just(Type::Sequence(inner))
            }
            ("builtins", "filter") => {
                let of = value(self, 1);
                let inner = self.each(&of, Self::element);
                Types::just(Type::Sequence(inner))
            }
            ("builtins", "next" | "max" | "min") => {
                let of = value(self, 0);
                self.each(&of, Self::element)
            }
            ("builtins", "enumerate") => {
                let of = value(self, 0);
                let inner = self.each(&of, Self::element);
                let pair = Type::Tuple([Types::just(Type::Value("builtins.int".into())), inner].into());
                Types::just(Type::Sequence(Types::just(pair)))
            }
            ("builtins", "zip") => {
                let all: Vec<Types> = (0..nodes.len())
                    .map(|at| {
                        let of = value(self, at);
                        self.each(&of, Self::element)
                    })
                    .collect();
                Types::just(Type::Sequence(Types::just(Type::Tuple(all.into()))))
            }
            ("builtins", "dict") => match value(self, 0).all() {
                [only] if matches!(only.of, Type::Mapping(..)) => Types::known(only.clone()),
                _ => Types::just(Type::Mapping(Types::default(), Types::default())),
            },
            ("builtins", "type") if nodes.len() == 1 => {
                let of = value(self, 0);
                self.each(&of, |_, known| match &known.of {
                    Type::Instance(of) => Types::just(Type::Class(*of)),
                    _ => Types::default(),
                })
            }
            ("builtins", "super") => {
                let of = value(self, 0);
                self.each(&of, |_, known| match &known.of {
                    Type::Class(of) => Types::just(Type::Super(of.class)),
                    _ => Types::default(),
                })
            }
            // An instance of the class that is handed over.
            (_, "__new__") => {
                let of = value(self, 0);
                self.each(&of, |_, known| match &known.of {
                    Type::Class(of) => Types::just(Type::Instance(*of)),
                    _ => Types::default(),
                })
            }
            ("copy", "copy" | "deepcopy" | "replace") | ("dataclasses", "replace") | ("functools", "partial") => {
                value(self, 0)
            }
            ("typing" | "typing_extensions", "cast") => first.map(|node| self.declared(node)).unwrap_or_default(),
            ("builtins", "str" | "int" | "float" | "bytes" | "bool" | "bytearray" | "complex") => {
                Types::just(Type::Value(name.into()))
            }
            // A class by the custom of its name; what a function gives is not known.
            _ if own.starts_with(|first: char| first.is_ascii_uppercase()) => match shape(name) {
                Some(Shape::Mapping) => Types::just(Type::Mapping(Types::default(), Types::default())),
                Some(_) => Types::default(),
                None => Types::just(Type::Value(name.into())),
            },
            ("collections", "deque") => Types::just(Type::Sequence(Types::default())),
            ("collections", "defaultdict") => Types::just(Type::Mapping(Types::default(), Types::default())),
            _ => Types::default(),
        }
    }

    /// `name[by]` as a value: an annotation that an alias stands for.
    pub(super) fn outside_subscript(&mut self, name: &str, by: NodeId) -> Types {
        match shape(name) {
            Some(Shape::Same) => {
                let of = self.generic(name, by);
                self.each(&of, |_, known| match &known.of {
                    Type::Instance(of) => Types::just(Type::Class(*of)),
                    Type::Value(name) => Types::just(Type::Outside(name.clone())),
                    other => Types::just(other.clone()),
                })
            }
            Some(_) => self.generic(name, by),
            None => Types::just(Type::Outside(name.into())),
        }
    }
}

/// An attribute of a container.
pub(super) fn attribute(of: &Type, name: &str) -> Types {
    let gives = |class: &str, types: Types| Types::just(Type::Giving(below(class, name), types));
    let or_none = |types: &Types| {
        let mut union = Union::default();
        union.add(types);
        union.add(&Types::just(Type::Nothing));
        union.finish()
    };
    match of {
        Type::Sequence(inner) => match name {
            "pop" | "popleft" | "__next__" | "__getitem__" => gives("builtins.list", inner.clone()),
            "copy" | "union" | "intersection" | "difference" | "__iter__" => {
                gives("builtins.list", Types::just(of.clone()))
            }
            _ => gives("builtins.list", Types::default()),
        },
        Type::Mapping(key, value) => {
            let class = "builtins.dict";
            match name {
                "get" => gives(class, or_none(value)),
                "pop" | "setdefault" | "__getitem__" => gives(class, value.clone()),
                "values" => gives(class, Types::just(Type::Sequence(value.clone()))),
                "keys" => gives(class, Types::just(Type::Sequence(key.clone()))),
                "items" => {
                    let pair = Type::Tuple([key.clone(), value.clone()].into());
                    gives(class, Types::just(Type::Sequence(Types::just(pair))))
                }
                "copy" => gives(class, Types::just(of.clone())),
                _ => gives(class, Types::default()),
            }
        }
        Type::Tuple(_) => gives("builtins.tuple", Types::default()),
        Type::Later(_) => gives("collections.abc.Awaitable", Types::default()),
        Type::Manager(inner) => match name {
            "__enter__" => gives("contextlib.AbstractContextManager", inner.clone()),
            _ => gives("contextlib.AbstractContextManager", Types::default()),
        },
        Type::Value(class) => gives_of_value(class, name),
        Type::Outside(outer) => Types::just(Type::Outside(below(outer, name))),
        _ => Types::default(),
    }
}

/// An attribute of a value of a class outside.
fn gives_of_value(class: &str, name: &str) -> Types {
    let text = || Types::just(Type::Value("builtins.str".into()));
    let gives = match (class, name) {
        (
            "builtins.str",
            "strip" | "lstrip" | "rstrip" | "lower" | "upper" | "title" | "replace" | "format" | "join"
            | "removeprefix" | "removesuffix" | "capitalize" | "zfill" | "ljust" | "rjust" | "center" | "casefold"
            | "expandtabs" | "translate" | "format_map" | "swapcase",
        )
        | ("builtins.bytes", "decode" | "hex") => text(),
        ("builtins.str", "split" | "rsplit" | "splitlines") => Types::just(Type::Sequence(text())),
        ("builtins.str", "encode") => Types::just(Type::Value("builtins.bytes".into())),
        _ => Types::default(),
    };
    Types::known(Known::by_value(Type::Giving(below(class, name), gives)))
}
