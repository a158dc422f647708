//! What the standard library's types and traits have, as far as it keeps, opens or wraps types: methods by name.
//!
//! Types of other libraries that are made to work alike count among them, by their names.

use super::types::Type;
use crate::lang::rust::paths::{self, last};

/// Types that have the same methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Option,
    Result,
    /// Points at what is given to it, and has that one's methods.
    Pointer,
    /// `Weak`
    Weak,
    Vec,
    Map,
    Set,
    Entry,
    /// `RefCell`, `Mutex` and the like.
    Cell,
    Text,
    Range,
    Other,
}

/// What kind of type a path names.
pub(super) fn kind(path: &str) -> Kind {
    match last(path) {
        "Option" => Kind::Option,
        "Result" => Kind::Result,
        "Box" | "Rc" | "Arc" | "Cow" | "Pin" | "Ref" | "RefMut" | "MutexGuard" | "RwLockReadGuard"
        | "RwLockWriteGuard" | "LazyLock" | "LazyCell" | "Lazy" | "ManuallyDrop" | "UniqueArc" | "ThinArc"
        | "AssertUnwindSafe" | "Reverse" => Kind::Pointer,
        "Weak" => Kind::Weak,
        "Vec" | "VecDeque" | "SmallVec" | "ArrayVec" | "ThinVec" | "LinkedList" | "BinaryHeap" => Kind::Vec,
        "HashMap" | "BTreeMap" | "FxHashMap" | "IndexMap" | "AHashMap" | "FxIndexMap" => Kind::Map,
        "HashSet" | "BTreeSet" | "FxHashSet" | "IndexSet" | "AHashSet" | "FxIndexSet" => Kind::Set,
        "Entry" | "OccupiedEntry" | "VacantEntry" => Kind::Entry,
        "RefCell" | "Mutex" | "RwLock" | "Cell" | "OnceCell" | "OnceLock" | "UnsafeCell" => Kind::Cell,
        "String" => Kind::Text,
        "Range" | "RangeInclusive" | "RangeFrom" => Kind::Range,
        _ => Kind::Other,
    }
}

/// Traits that say nothing of methods.
pub(super) fn is_marker(name: &str) -> bool {
    matches!(
        name,
        "Send" | "Sync" | "Sized" | "Unpin" | "Copy" | "Eq" | "UnwindSafe" | "RefUnwindSafe"
    )
}

/// Whether a type may have an outside trait: no more is asked than where it is plain that it has not.
pub(super) fn may_implement(ty: &Type<'_>, name: &str) -> bool {
    match name {
        "Iterator" | "DoubleEndedIterator" | "ExactSizeIterator" | "Future" => !matches!(
            ty.bare(),
            Type::Outer(..) | Type::Plain(_) | Type::Slice(_) | Type::Adt(..)
        ),
        "Fn" | "FnMut" | "FnOnce" => !matches!(ty.bare(), Type::Outer(..) | Type::Plain(_) | Type::Adt(..)),
        _ => true,
    }
}

/// The trait of the standard library that gives a method to many types.
pub(super) fn trait_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "clone" | "clone_from" => "std::clone::Clone",
        "to_string" => "std::string::ToString",
        "to_owned" => "std::borrow::ToOwned",
        "into" => "std::convert::Into",
        "try_into" => "std::convert::TryInto",
        "from" => "std::convert::From",
        "try_from" => "std::convert::TryFrom",
        "default" => "std::default::Default",
        "as_ref" => "std::convert::AsRef",
        "as_mut" => "std::convert::AsMut",
        "borrow" => "std::borrow::Borrow",
        "borrow_mut" => "std::borrow::BorrowMut",
        "eq" | "ne" => "std::cmp::PartialEq",
        "cmp" | "max" | "min" | "clamp" => "std::cmp::Ord",
        "partial_cmp" | "lt" | "le" | "gt" | "ge" => "std::cmp::PartialOrd",
        "hash" => "std::hash::Hash",
        "type_id" => "std::any::Any",
        "fmt" => "std::fmt::Debug",
        _ => return None,
    })
}

/// Methods that a pointer may have of its own, whatever it points at.
pub(super) fn of_all(name: &str) -> bool {
    trait_of(name).is_some()
}

/// Whether a type of the standard library has a method itself, not by what it points at.
pub(super) fn knows(ty: &Type<'_>, name: &str) -> bool {
    match ty {
        Type::Outer(path, given) => match kind(path) {
            // What is borrowed of a pointer to a cell is the cell's: `Borrow` itself is seldom in scope.
            Kind::Pointer if matches!(name, "borrow" | "borrow_mut") => {
                !matches!(given.first(), Some(Type::Outer(inner, _)) if kind(inner) == Kind::Cell)
            }
            Kind::Pointer => {
                matches!(name, "clone" | "as_ref" | "as_mut" | "into_owned" | "to_mut")
                    || (last(path) == "Pin" && matches!(name, "get_mut" | "poll" | "set" | "as_mut"))
            }
            Kind::Weak => matches!(name, "upgrade" | "clone" | "ptr_eq" | "strong_count"),
            Kind::Option | Kind::Result | Kind::Vec | Kind::Map | Kind::Set | Kind::Entry | Kind::Cell => {
                let known = || Type::Plain("bool");
                let probe = Type::Outer(path.clone(), std::rc::Rc::new([known(), known()]));
                trait_of(name).is_some() || !gives(&probe, name, &[known(), known()], &[known()]).is_unknown()
            }
            Kind::Text => trait_of(name).is_some() || !gives(ty, name, &[], &[]).is_unknown(),
            Kind::Range | Kind::Other => trait_of(name).is_some(),
        },
        Type::Iter(_) => is_of_iterator(name),
        Type::Slice(_) | Type::Plain(_) => trait_of(name).is_some() || !gives(ty, name, &[], &[]).is_unknown(),
        _ => false,
    }
}

/// Whether a type of the standard library has a function itself, called by its path: `Vec::new`, `str::len`.
pub(super) fn has_of_its_own(ty: &Type<'_>, name: &str) -> bool {
    if matches!(ty, Type::Adt(..)) || trait_of(name).is_some() {
        return false;
    }
    let made = matches!(
        name,
        "new" | "with_capacity" | "from_raw" | "from_fn" | "from_utf8" | "from_utf8_lossy" | "pin" | "leak" | "ptr_eq"
    );
    let constructs = match ty {
        Type::Outer(path, _) => made && kind(path) != Kind::Other,
        _ => false,
    };
    constructs || knows(ty, name)
}

/// What a method of an outside type gives, `Unknown` where that is not known; the types of its arguments and those that
/// are written between `::<` and `>` may tell.
pub(super) fn gives<'a>(of: &Type<'a>, name: &str, arguments: &[Type<'a>], written: &[Type<'a>]) -> Type<'a> {
    let of = of.bare();
    match of {
        Type::Iter(item) => super::iterators::gives(item, name, arguments, written),
        Type::Slice(item) => slice(of, item, name, arguments),
        Type::Plain("str") => text(name, written),
        // `as_ref` and `into` of what a bound says.
        Type::Fn(gives) if matches!(name, "as_ref" | "as_mut" | "borrow" | "borrow_mut") => (**gives).clone().by_ref(),
        Type::Fn(gives) if name == "into" => (**gives).clone(),
        Type::Outer(path, given) => match kind(path) {
            Kind::Option => option(&of.given(0), name, arguments),
            Kind::Result => result(&of.given(0), &of.given(1), name, arguments),
            Kind::Pointer => match name {
                "clone" => of.clone(),
                "into_owned" => of.given(0),
                "as_ref" | "as_mut" | "borrow" | "to_mut" | "get_mut" => of.given(0).by_ref(),
                _ => Type::Unknown,
            },
            Kind::Weak => match name {
                "upgrade" => Type::option(Type::outer("std::sync::Arc", [of.given(0)])),
                "clone" => of.clone(),
                _ => Type::Unknown,
            },
            Kind::Vec => vector(of, path, name, arguments),
            Kind::Map => map(of, name),
            Kind::Set => set(of, name),
            Kind::Entry => entry(of, name),
            Kind::Cell => cell(of, path, name),
            Kind::Text => string(of, name, written),
            Kind::Other if given.is_empty() || name == "clone" => of_any(of, name),
            Kind::Range | Kind::Other => Type::Unknown,
        },
        other => of_any(other, name),
    }
}

fn of_any<'a>(of: &Type<'a>, name: &str) -> Type<'a> {
    match name {
        "clone" | "to_owned" | "max" | "min" | "clamp" => of.clone(),
        "to_string" => Type::string(),
        "eq" | "ne" | "lt" | "le" | "gt" | "ge" => Type::Plain("bool"),
        _ => Type::Unknown,
    }
}

/// What a closure or function among the arguments gives.
fn called<'a>(arguments: &[Type<'a>], at: usize) -> Type<'a> {
    arguments
        .get(at)
        .map_or(Type::Unknown, |argument| match argument.bare() {
            Type::Fn(gives) => (**gives).clone(),
            _ => Type::Unknown,
        })
}

fn argument<'a>(arguments: &[Type<'a>], at: usize) -> Type<'a> {
    arguments.get(at).cloned().unwrap_or(Type::Unknown)
}

/// The first that is known.
fn either<'a>(one: Type<'a>, other: Type<'a>) -> Type<'a> {
    if one.is_unknown() { other } else { one }
}

fn option<'a>(item: &Type<'a>, name: &str, arguments: &[Type<'a>]) -> Type<'a> {
    let wrapped = |of: Type<'a>| Type::option(of);
    match name {
        "unwrap" | "expect" | "unwrap_unchecked" | "unwrap_or_default" => item.clone(),
        "unwrap_or" => either(item.clone(), argument(arguments, 0)),
        "unwrap_or_else" => either(item.clone(), called(arguments, 0)),
        "as_ref" | "as_mut" | "as_deref" | "as_deref_mut" => {
            let inner = match item {
                Type::Outer(path, given) if name.starts_with("as_deref") => match kind(path) {
                    Kind::Pointer => super::associated::pointee(given),
                    Kind::Text => Type::Plain("str"),
                    Kind::Vec => Type::slice(item.given(0)),
                    _ => item.clone(),
                },
                _ => item.clone(),
            };
            wrapped(inner.by_ref())
        }
        "take" | "replace" | "or" | "or_else" | "filter" | "xor" | "clone" | "inspect" | "to_owned" => {
            wrapped(item.clone())
        }
        "cloned" | "copied" => wrapped(item.bare().clone()),
        "map" => wrapped(called(arguments, 0)),
        "and_then" => either(called(arguments, 0), wrapped(Type::Unknown)),
        "and" => argument(arguments, 0),
        "map_or" => either(argument(arguments, 0), called(arguments, 1)),
        "map_or_else" => either(called(arguments, 0), called(arguments, 1)),
        "is_some" | "is_none" | "is_some_and" | "is_none_or" => Type::Plain("bool"),
        "ok_or" => Type::result(item.clone(), argument(arguments, 0)),
        "ok_or_else" => Type::result(item.clone(), called(arguments, 0)),
        "context" | "with_context" => Type::result(item.clone(), Type::Unknown),
        "iter" | "iter_mut" => Type::iter(item.clone().by_ref()),
        "into_iter" => Type::iter(item.clone()),
        "get_or_insert_with" | "insert" | "get_or_insert" | "get_or_insert_default" => {
            either(item.clone().by_ref(), Type::unit())
        }
        "flatten" => wrapped(item.given(0)),
        "zip" => wrapped(Type::tuple([item.clone(), argument(arguments, 0).given(0)])),
        "transpose" => Type::result(wrapped(item.given(0)), item.given(1)),
        "unzip" => Type::tuple([wrapped(item.given(0)), wrapped(item.given(1))]),
        _ => Type::Unknown,
    }
}

fn result<'a>(item: &Type<'a>, error: &Type<'a>, name: &str, arguments: &[Type<'a>]) -> Type<'a> {
    let same = || Type::result(item.clone(), error.clone());
    match name {
        "unwrap" | "expect" | "unwrap_or_default" | "unwrap_unchecked" | "flatten" => item.clone(),
        "unwrap_or" => either(item.clone(), argument(arguments, 0)),
        "unwrap_or_else" => either(item.clone(), called(arguments, 0)),
        "unwrap_err" | "expect_err" => error.clone(),
        "ok" => Type::option(item.clone()),
        "err" => Type::option(error.clone()),
        "map" => Type::result(called(arguments, 0), error.clone()),
        "map_err" => Type::result(item.clone(), called(arguments, 0)),
        "and_then" => either(called(arguments, 0), Type::result(Type::Unknown, error.clone())),
        "or_else" => either(called(arguments, 0), Type::result(item.clone(), Type::Unknown)),
        "context" | "with_context" | "wrap_err" | "wrap_err_with" => Type::result(item.clone(), Type::Unknown),
        "as_ref" | "as_mut" | "as_deref" | "as_deref_mut" => {
            Type::result(item.clone().by_ref(), error.clone().by_ref())
        }
        "map_or" => either(argument(arguments, 0), called(arguments, 1)),
        "map_or_else" => either(called(arguments, 0), called(arguments, 1)),
        "is_ok" | "is_err" | "is_ok_and" | "is_err_and" => Type::Plain("bool"),
        "iter" => Type::iter(item.clone().by_ref()),
        "into_iter" => Type::iter(item.clone()),
        "cloned" | "copied" => Type::result(item.bare().clone(), error.clone()),
        "clone" | "inspect" | "inspect_err" | "or" => same(),
        "transpose" => Type::option(Type::result(item.given(0), error.clone())),
        _ => Type::Unknown,
    }
}

fn slice<'a>(of: &Type<'a>, item: &Type<'a>, name: &str, arguments: &[Type<'a>]) -> Type<'a> {
    let one = || item.clone().by_ref();
    let part = || of.clone().by_ref();
    match name {
        "iter" | "iter_mut" => Type::iter(one()),
        "into_iter" => Type::iter(item.clone()),
        "get" | "get_mut" => {
            let ranged = matches!(arguments.first(), Some(Type::Outer(path, _)) if kind(path) == Kind::Range);
            Type::option(if ranged { part() } else { one() })
        }
        "first" | "last" | "first_mut" | "last_mut" => Type::option(one()),
        "split_first" | "split_last" | "split_first_mut" | "split_last_mut" => {
            Type::option(Type::tuple([one(), part()]))
        }
        "get_unchecked" | "get_unchecked_mut" => one(),
        "split_at" | "split_at_mut" => Type::tuple([part(), part()]),
        "windows" | "chunks" | "chunks_exact" | "chunks_mut" | "rchunks" | "split" | "splitn" | "chunk_by" => {
            Type::iter(part())
        }
        "to_vec" | "into_vec" | "to_owned" | "repeat" => Type::vec(item.clone()),
        "as_ref" | "as_slice" | "as_mut_slice" | "as_mut" | "borrow" => part(),
        "concat" | "join" => match item.bare() {
            Type::Plain("str") => Type::string(),
            Type::Outer(path, _) if kind(path) == Kind::Text => Type::string(),
            other => Type::vec(other.given(0)),
        },
        "len" | "partition_point" => Type::Plain("usize"),
        "is_empty" | "contains" | "starts_with" | "ends_with" | "is_sorted" => Type::Plain("bool"),
        "binary_search" | "binary_search_by" | "binary_search_by_key" => {
            Type::result(Type::Plain("usize"), Type::Plain("usize"))
        }
        "sort"
        | "sort_by"
        | "sort_by_key"
        | "sort_unstable"
        | "sort_unstable_by"
        | "sort_unstable_by_key"
        | "sort_by_cached_key"
        | "swap"
        | "reverse"
        | "fill"
        | "copy_from_slice"
        | "clone_from_slice"
        | "rotate_left"
        | "rotate_right" => Type::unit(),
        "map" => Type::slice(called(arguments, 0)),
        "clone" => of.clone(),
        _ => Type::Unknown,
    }
}

fn vector<'a>(of: &Type<'a>, path: &str, name: &str, arguments: &[Type<'a>]) -> Type<'a> {
    let item = of.given(0);
    match name {
        "drain" | "into_iter" | "extract_if" | "splice" | "into_sorted_vec" => Type::iter(item),
        "pop" | "pop_front" | "pop_back" | "pop_if" => Type::option(item),
        "front" | "back" | "front_mut" | "back_mut" | "peek" => Type::option(item.by_ref()),
        "remove" if last(path) == "VecDeque" => Type::option(item),
        "remove" | "swap_remove" => item,
        "clone" | "split_off" | "to_owned" => of.clone(),
        "into_boxed_slice" => Type::outer("std::boxed::Box", [Type::slice(item)]),
        "push" | "push_back" | "push_front" | "insert" | "extend" | "retain" | "retain_mut" | "truncate" | "clear"
        | "dedup" | "dedup_by_key" | "dedup_by" | "append" | "reserve" | "resize" | "extend_from_slice"
        | "resize_with" | "shrink_to_fit" | "reserve_exact" | "set_len" => Type::unit(),
        "capacity" => Type::Plain("usize"),
        _ => slice(&Type::slice(item.clone()), &item, name, arguments),
    }
}

fn map<'a>(of: &Type<'a>, name: &str) -> Type<'a> {
    let (key, value) = (of.given(0), of.given(1));
    let (key_ref, value_ref) = (key.clone().by_ref(), value.clone().by_ref());
    match name {
        "get" | "get_mut" => Type::option(value_ref),
        "remove" | "insert" | "swap_remove" | "shift_remove" => Type::option(value),
        "entry" => Type::outer("std::collections::hash_map::Entry", [key, value]),
        "keys" => Type::iter(key_ref),
        "values" | "values_mut" => Type::iter(value_ref),
        "into_values" => Type::iter(value),
        "into_keys" => Type::iter(key),
        "iter" | "iter_mut" | "range" | "range_mut" => Type::iter(Type::tuple([key_ref, value_ref])),
        "into_iter" | "drain" | "extract_if" => Type::iter(Type::tuple([key, value])),
        "first_key_value" | "last_key_value" | "get_key_value" | "first" | "last" | "get_index" => {
            Type::option(Type::tuple([key_ref, value_ref]))
        }
        "pop_first" | "pop_last" | "remove_entry" | "pop" => Type::option(Type::tuple([key, value])),
        "contains_key" | "is_empty" => Type::Plain("bool"),
        "len" => Type::Plain("usize"),
        "extend" | "retain" | "clear" | "reserve" | "append" | "shrink_to_fit" => Type::unit(),
        "clone" | "split_off" => of.clone(),
        _ => Type::Unknown,
    }
}

fn set<'a>(of: &Type<'a>, name: &str) -> Type<'a> {
    let item = of.given(0);
    match name {
        "iter" | "union" | "intersection" | "difference" | "symmetric_difference" | "range" => {
            Type::iter(item.by_ref())
        }
        "into_iter" | "drain" => Type::iter(item),
        "get" | "first" | "last" => Type::option(item.by_ref()),
        "take" | "pop_first" | "pop_last" | "replace" | "pop" => Type::option(item),
        "contains" | "insert" | "remove" | "is_empty" | "is_subset" | "is_superset" | "is_disjoint" => {
            Type::Plain("bool")
        }
        "len" => Type::Plain("usize"),
        "extend" | "retain" | "clear" | "reserve" | "append" => Type::unit(),
        "clone" => of.clone(),
        _ => Type::Unknown,
    }
}

fn entry<'a>(of: &Type<'a>, name: &str) -> Type<'a> {
    match name {
        "or_insert" | "or_insert_with" | "or_default" | "or_insert_with_key" | "get" | "get_mut" | "into_mut"
        | "insert" => of.given(1).by_ref(),
        "and_modify" => of.clone(),
        "key" => of.given(0).by_ref(),
        "remove" => of.given(1),
        _ => Type::Unknown,
    }
}

fn cell<'a>(of: &Type<'a>, path: &str, name: &str) -> Type<'a> {
    let item = of.given(0);
    let inner = item.clone().by_ref();
    let first = paths::first(path);
    match (last(path), name) {
        ("Mutex" | "RwLock", "lock" | "read" | "write" | "try_lock" | "try_read" | "try_write") => match first {
            "std" => Type::result(inner, Type::Unknown),
            "tokio" | "futures" | "async_std" | "async_lock" | "smol" => Type::future(inner),
            "parking_lot" | "spin" if name.starts_with("try") => Type::option(inner),
            "parking_lot" | "spin" => inner,
            _ => Type::Unknown,
        },
        ("Mutex" | "RwLock", "get_mut") if first == "std" => Type::result(inner, Type::Unknown),
        ("Mutex" | "RwLock", "into_inner") if first == "std" => Type::result(item, Type::Unknown),
        ("RefCell", "try_borrow" | "try_borrow_mut") | ("OnceCell" | "OnceLock", "get_or_try_init") => {
            Type::result(inner, Type::Unknown)
        }
        ("OnceCell" | "OnceLock", "get" | "get_mut") => Type::option(inner),
        ("OnceCell" | "OnceLock", "into_inner" | "take") => Type::option(item),
        ("OnceCell" | "OnceLock", "get_or_init") | (_, "borrow" | "borrow_mut" | "get_mut") => inner,
        ("Cell", "get") | (_, "take" | "replace" | "into_inner") => item,
        (_, "set") => Type::unit(),
        _ => Type::Unknown,
    }
}

fn string<'a>(of: &Type<'a>, name: &str, written: &[Type<'a>]) -> Type<'a> {
    match name {
        "clone" => of.clone(),
        "push" | "push_str" | "clear" | "insert" | "insert_str" | "truncate" | "reserve" | "extend" => Type::unit(),
        "pop" => Type::option(Type::Plain("char")),
        "as_str" | "as_mut_str" | "as_ref" => Type::Plain("str").by_ref(),
        "into_bytes" => Type::vec(Type::Plain("u8")),
        "into_boxed_str" => Type::outer("std::boxed::Box", [Type::Plain("str")]),
        "drain" => Type::iter(Type::Plain("char")),
        "capacity" => Type::Plain("usize"),
        _ => text(name, written),
    }
}

fn text<'a>(name: &str, written: &[Type<'a>]) -> Type<'a> {
    let part = || Type::Plain("str").by_ref();
    match name {
        "trim" | "trim_start" | "trim_end" | "trim_matches" | "trim_start_matches" | "trim_end_matches" | "as_str" => {
            part()
        }
        "strip_prefix" | "strip_suffix" | "get" => Type::option(part()),
        "split"
        | "lines"
        | "split_whitespace"
        | "splitn"
        | "rsplit"
        | "rsplitn"
        | "split_terminator"
        | "matches"
        | "split_inclusive"
        | "split_ascii_whitespace" => Type::iter(part()),
        "split_once" | "rsplit_once" => Type::option(Type::tuple([part(), part()])),
        "split_at" => Type::tuple([part(), part()]),
        "chars" => Type::iter(Type::Plain("char")),
        "bytes" => Type::iter(Type::Plain("u8")),
        "char_indices" => Type::iter(Type::tuple([Type::Plain("usize"), Type::Plain("char")])),
        "match_indices" | "rmatch_indices" => Type::iter(Type::tuple([Type::Plain("usize"), part()])),
        "as_bytes" => Type::slice(Type::Plain("u8")).by_ref(),
        "parse" => Type::result(argument(written, 0), Type::Unknown),
        "find" | "rfind" => Type::option(Type::Plain("usize")),
        "len" => Type::Plain("usize"),
        "is_empty" | "starts_with" | "ends_with" | "contains" | "eq_ignore_ascii_case" | "is_char_boundary" | "eq" => {
            Type::Plain("bool")
        }
        "to_owned" | "to_string" | "to_lowercase" | "to_uppercase" | "to_ascii_lowercase" | "to_ascii_uppercase"
        | "replace" | "replacen" | "repeat" | "into_string" => Type::string(),
        _ => Type::Unknown,
    }
}

/// What a function of an outside type, called by path, gives: `Vec::new()`, `Rc::clone(&x)`.
pub(super) fn constructed<'a>(of: &Type<'a>, path: &str, arguments: &[Type<'a>]) -> Type<'a> {
    let name = last(path);
    let first = argument(arguments, 0);
    let Type::Outer(full, given) = of else {
        return match (of, name) {
            (Type::Adt(..), "default") => of.clone(),
            (_, "clone") => first.bare().clone(),
            _ => Type::Unknown,
        };
    };
    let whole = |of: Type<'a>| Type::Outer(full.clone(), std::rc::Rc::new([of])).bounded();
    match (kind(full), name) {
        (Kind::Pointer | Kind::Cell, "new" | "pin" | "from" | "new_cyclic") if first.is_unknown() => of.clone(),
        (Kind::Pointer, "pin") => Type::outer("std::pin::Pin", [whole(first)]),
        (Kind::Pointer | Kind::Cell, "new" | "from") => match first {
            // `OnceCell::new()` is given nothing.
            Type::Unknown => of.clone(),
            first => whole(first),
        },
        (_, "clone") => first.bare().clone(),
        (Kind::Pointer, "as_ref" | "get_mut" | "make_mut" | "unwrap_or_clone") => first.bare().given(0).by_ref(),
        (Kind::Pointer, "downgrade") => Type::outer("std::sync::Weak", [first.bare().given(0)]),
        (Kind::Pointer, "try_unwrap") => Type::result(first.given(0), Type::Unknown),
        (Kind::Vec | Kind::Set, "from") if given.iter().all(Type::is_unknown) => whole(first.given(0)),
        (Kind::Vec | Kind::Map | Kind::Set | Kind::Text | Kind::Cell, "new" | "default" | "from" | "with_capacity")
        | (_, "new" | "default") => of.clone(),
        (Kind::Text, "from_utf8") => Type::result(of.clone(), Type::Unknown),
        (Kind::Text, _) if name.starts_with("from") => of.clone(),
        _ => Type::Unknown,
    }
}

/// Methods of iterators.
fn is_of_iterator(name: &str) -> bool {
    trait_of(name).is_some() || super::iterators::is_of_iterator(name)
}
