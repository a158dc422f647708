//! What methods of iterators give and hand to closures: those of the standard library, and of `itertools`.

use std::rc::Rc;

use super::standard::{Kind, kind};
use super::types::Type;

/// Whether a method is one of iterators.
pub(super) fn is_of_iterator(name: &str) -> bool {
    !gives(&Type::Plain("bool"), name, &[], &[]).is_unknown()
        || matches!(
            name,
            "collect"
                | "sum"
                | "product"
                | "partition"
                | "unzip"
                | "fold"
                | "try_fold"
                | "try_for_each"
                | "flat_map"
                | "filter_map"
                | "find_map"
                | "map"
                | "map_while"
                | "scan"
                | "max"
                | "min"
                | "flatten"
                | "fold_while"
                | "into_group_map"
                | "try_collect"
                | "collect_tuple"
        )
}

fn called<'a>(arguments: &[Type<'a>], at: usize) -> Type<'a> {
    arguments
        .get(at)
        .map_or(Type::Unknown, |argument| match argument.bare() {
            Type::Fn(gives) => (**gives).clone(),
            _ => Type::Unknown,
        })
}

/// What a loop would take from a type of the standard library.
fn simple_element<'a>(of: &Type<'a>) -> Type<'a> {
    match of {
        Type::Iter(item) | Type::Slice(item) => (**item).clone(),
        Type::Ref(inner) => match &**inner {
            Type::Outer(path, _) if matches!(kind(path), Kind::Vec | Kind::Set | Kind::Option) => {
                inner.given(0).by_ref()
            }
            Type::Outer(path, given) if kind(path) == Kind::Map => {
                Type::tuple(given.iter().take(2).map(|part| part.clone().by_ref()))
            }
            Type::Slice(item) => (**item).clone().by_ref(),
            Type::Iter(item) => (**item).clone(),
            _ => Type::Unknown,
        },
        Type::Outer(path, given) => match kind(path) {
            Kind::Vec | Kind::Set | Kind::Option | Kind::Result | Kind::Range => of.given(0),
            Kind::Map => Type::tuple(given.iter().take(2).cloned()),
            _ => Type::Unknown,
        },
        _ => Type::Unknown,
    }
}

/// A collection whose elements are left open, filled.
fn collected<'a>(item: &Type<'a>, written: &Type<'a>) -> Type<'a> {
    match written {
        Type::Outer(path, given) if given.iter().any(Type::is_unknown) => match kind(path) {
            Kind::Vec | Kind::Set => Type::outer(path, [item.clone()]),
            Kind::Map => Type::outer(path, [item.given(0), item.given(1)]),
            Kind::Pointer => Type::outer(path, [collected(item, &written.given(0))]),
            Kind::Result | Kind::Option => {
                let inner = collected(&item.given(0), &written.given(0));
                Type::outer(path, [inner, written.given(1)])
            }
            _ => written.clone(),
        },
        Type::Slice(of) if of.is_unknown() => Type::slice(item.clone()),
        _ => written.clone(),
    }
}

/// What a method of an iterator gives.
pub(super) fn gives<'a>(item: &Type<'a>, name: &str, arguments: &[Type<'a>], written: &[Type<'a>]) -> Type<'a> {
    let same = || Type::iter(item.clone());
    let argument = || arguments.first().cloned().unwrap_or(Type::Unknown);
    let pair = |one: Type<'a>, other: Type<'a>| Type::tuple([one, other]);
    match name {
        "next" | "last" | "nth" | "next_back" | "nth_back" | "min" | "max" | "min_by" | "max_by" | "min_by_key"
        | "max_by_key" | "find" | "rfind" | "reduce" | "next_if" | "next_if_eq" => Type::option(item.clone()),
        "peek" | "peek_mut" => Type::option(item.clone().by_ref()),
        "map" => Type::iter(called(arguments, 0)),
        "filter"
        | "skip"
        | "take"
        | "rev"
        | "chain"
        | "step_by"
        | "skip_while"
        | "take_while"
        | "inspect"
        | "peekable"
        | "fuse"
        | "by_ref"
        | "cycle"
        | "into_iter"
        | "iter"
        | "sorted"
        | "sorted_by"
        | "sorted_by_key"
        | "dedup"
        | "sorted_unstable"
        | "sorted_unstable_by_key"
        | "dedup_by"
        | "unique"
        | "unique_by"
        | "clone"
        | "as_mut"
        | "peeking_take_while"
        | "take_while_ref"
        | "sorted_unstable_by"
        | "into_par_iter"
        | "intersperse" => same(),
        "enumerate" => Type::iter(pair(Type::Plain("usize"), item.clone())),
        "zip" | "zip_eq" => Type::iter(pair(item.clone(), simple_element(&argument()))),
        "cloned" | "copied" => match item {
            Type::Ref(of) => Type::iter((**of).clone()),
            other => Type::iter(other.clone()),
        },
        "filter_map" | "map_while" | "flat_map" => Type::iter(simple_element(&called(arguments, 0))),
        "flatten" => Type::iter(simple_element(item)),
        "find_map" => called(arguments, 0),
        "fold" => match argument() {
            Type::Unknown => called(arguments, 1),
            known => known,
        },
        "collect" => collected(item, written.first().unwrap_or(&Type::Unknown)),
        "collect_vec" | "to_vec" => Type::vec(item.clone()),
        "partition" => written.first().map_or(Type::Unknown, |of| {
            let part = collected(item, of);
            pair(part.clone(), part)
        }),
        "tuple_windows" | "tuple_combinations" => Type::iter(pair(item.clone(), item.clone())),
        "position" | "rposition" => Type::option(Type::Plain("usize")),
        "any" | "all" | "eq" | "ne" | "is_sorted" | "contains" | "all_equal" => Type::Plain("bool"),
        "count" | "len" => Type::Plain("usize"),
        "for_each" => Type::unit(),
        "join" => Type::string(),
        "size_hint" => pair(Type::Plain("usize"), Type::option(Type::Plain("usize"))),
        "sum" | "product" => written.first().cloned().unwrap_or(Type::Unknown),
        "exactly_one" | "at_most_one" => Type::result(item.clone(), Type::Unknown),
        _ => Type::Unknown,
    }
}

/// What a method of an iterator hands to a closure.
pub(super) fn expects<'a>(item: &Type<'a>, name: &str, parameter: u16, first: &Type<'a>) -> Type<'a> {
    let by_ref = || Type::Ref(Rc::new(item.clone()));
    match (name, parameter) {
        ("fold" | "try_fold", 0) => first.clone(),
        (
            "filter"
            | "find"
            | "rfind"
            | "skip_while"
            | "take_while"
            | "inspect"
            | "min_by_key"
            | "max_by_key"
            | "partition"
            | "min_by"
            | "max_by"
            | "sorted_by"
            | "sorted_by_key"
            | "unique_by"
            | "dedup_by_key"
            | "sorted_unstable_by_key"
            | "next_if"
            | "peeking_take_while"
            | "take_while_ref"
            | "sorted_unstable_by",
            _,
        ) => {
            if item.is_unknown() {
                Type::Unknown
            } else {
                by_ref()
            }
        }
        (
            "map" | "for_each" | "filter_map" | "flat_map" | "find_map" | "any" | "all" | "position" | "rposition"
            | "map_while" | "try_for_each" | "reduce" | "into_group_map_by" | "format_with" | "is_sorted_by_key"
            | "fold" | "try_fold",
            _,
        )
        | ("scan", 1) => item.clone(),
        _ => Type::Unknown,
    }
}
