//! The project's classes: what each is made of, in the order in which Python looks for a member (C3, as
//! <https://docs.python.org/3/howto/mro.html> has it).

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::Infer;
use super::types::{Def, Type};
use crate::facts::{ItemKind, name_hash};
use crate::lang::front_end::Files;
use crate::lang::python::PythonFacts;

/// What a class is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lang::python) enum Part {
    /// A class of the project.
    Project(Def),
    /// A class outside, by its full name.
    Outside(Arc<str>),
    /// A base that is not known.
    Unknown,
}

/// How many classes one is made of at the most; what lies behind is not known.
const MOST_PARTS: usize = 200;

#[derive(Debug)]
struct Class {
    item: u32,
    bases: OnceLock<Box<[Part]>>,
    order: OnceLock<Box<[Part]>>,
}

/// All classes, by file, once one of its classes has been asked for, then by item. What they are made of is read when it
/// is asked for.
#[derive(Debug, Default)]
pub(in crate::lang::python) struct Classes(Vec<OnceLock<Box<[Class]>>>);

/// Where a member was found.
#[derive(Debug, Clone)]
pub(super) enum Found {
    /// By its item. It is sure where no class that is not seen stands before.
    Member { item: Def, sure: bool },
    /// In this class outside, or in no class of the project that stands before it.
    Outside(Arc<str>),
    /// Nowhere in sight.
    Missing,
}

impl Classes {
    /// Those of so many files, of which none has been asked for.
    pub(in crate::lang::python) fn new(files: usize) -> Self {
        Self((0..files).map(|_| OnceLock::new()).collect())
    }

    fn class(&self, files: Files<'_, PythonFacts>, (file, item): Def) -> Option<&Class> {
        let classes = self.0[file as usize].get_or_init(|| {
            let items = (0..).zip(&files.facts(file).items);
            let classes = items.filter(|(_, item)| item.kind == ItemKind::Class);
            let class = |(item, _)| Class {
                item,
                bases: OnceLock::new(),
                order: OnceLock::new(),
            };
            classes.map(class).collect()
        });
        let at = classes.binary_search_by_key(&item, |class| class.item).ok()?;
        classes.get(at)
    }
}

impl<'a> Infer<'a> {
    /// The bases of a class of this file.
    fn bases(&mut self, class: u32) -> Box<[Part]> {
        let mut parts = Vec::new();
        for (_, node) in self.code.bases(class) {
            let types = self.value(*node);
            parts.push(match types.all() {
                [only] if !types.is_open() => part(&only.of),
                _ => Part::Unknown,
            });
        }
        parts.into()
    }

    fn bases_of(&self, def: Def, class: &'a Class) -> &'a [Part] {
        class
            .bases
            .get_or_init(|| Self::for_bases(self.project, self.files, def.0).bases(def.1))
    }

    /// The class and its bases in the order in which members are looked for.
    pub(super) fn order(&self, def: Def) -> Cow<'a, [Part]> {
        // What a base is does not depend on classes: it could depend on itself.
        let class = (!self.reads_bases).then(|| self.project.classes.class(self.files, def));
        let Some(class) = class.flatten() else {
            return Cow::Owned(vec![Part::Project(def)]);
        };
        if let Some(known) = class.order.get() {
            return Cow::Borrowed(known);
        }
        // A class among its own ancestors has no order; Python refuses it.
        let order = if self.is_in_ring(def) {
            vec![Part::Project(def), Part::Unknown]
        } else {
            self.linear(def, class)
        };
        Cow::Borrowed(class.order.get_or_init(|| order.into()))
    }

    fn is_in_ring(&self, def: Def) -> bool {
        let mut seen = Vec::new();
        let mut next = vec![def];
        while let Some(at) = next.pop() {
            let class = self.project.classes.class(self.files, at);
            for base in class.iter().flat_map(|class| self.bases_of(at, class)) {
                let Part::Project(base) = base else { continue };
                if *base == def || seen.len() > MOST_PARTS {
                    return true;
                }
                if !seen.contains(base) {
                    seen.push(*base);
                    next.push(*base);
                }
            }
        }
        false
    }

    fn linear(&self, def: Def, class: &'a Class) -> Vec<Part> {
        let bases = self.bases_of(def, class);
        let mut orders: Vec<Vec<Part>> = bases
            .iter()
            .map(|base| match base {
                Part::Project(base) => self.order(*base).into_owned(),
                other => vec![other.clone()],
            })
            .collect();
        orders.push(bases.to_vec());
        let mut merged = vec![Part::Project(def)];
        let mut heads = vec![0_usize; orders.len()];
        while merged.len() < MOST_PARTS {
            let left = |at: usize| &orders[at][heads[at]..];
            let open: Vec<usize> = (0..orders.len()).filter(|at| !left(*at).is_empty()).collect();
            let Some(&first) = open.first() else {
                return merged;
            };
            let in_tail = |part: &Part| {
                open.iter()
                    .any(|at| left(*at)[1..].contains(part) && *part != Part::Unknown)
            };
            let good = open.iter().copied().find(|at| !in_tail(&left(*at)[0]));
            // Where there is no consistent order, Python refuses the class: any order serves.
            let next = left(good.unwrap_or(first))[0].clone();
            for (at, order) in orders.iter().enumerate() {
                while order.get(heads[at]) == Some(&next) {
                    heads[at] += 1;
                }
            }
            if !merged.contains(&next) {
                merged.push(next);
            }
        }
        merged.push(Part::Unknown);
        merged
    }

    /// Looks for a member, in all parts or in those after one.
    pub(super) fn class_member(&self, class: Def, name: &str, skips_own: bool) -> Found {
        let mut outside = None;
        let mut unknown = false;
        let hash = name_hash(name);
        let order = self.order(class);
        for part in order.iter().skip(usize::from(skips_own)) {
            match part {
                Part::Project((file, item)) => {
                    if let Some((item, alone)) = own_member(self.files, (*file, *item), name, hash) {
                        let sure = alone && !unknown && outside.is_none();
                        return Found::Member { item, sure };
                    }
                }
                Part::Outside(base) => {
                    let stands_first = !unknown && outside.is_none();
                    if stands_first && has(base, name) {
                        return Found::Outside(base.clone());
                    }
                    if !is_bare(base) {
                        outside = outside.or(Some(base.clone()));
                    }
                }
                Part::Unknown => unknown = true,
            }
        }
        match outside {
            Some(name) => Found::Outside(name),
            None if !unknown && is_of_every_object(name) => Found::Outside("builtins.object".into()),
            None => Found::Missing,
        }
    }
}

/// A class's part by what its base is.
fn part(base: &Type) -> Part {
    match base {
        Type::Class(of) => Part::Project(of.class),
        Type::Outside(name) => Part::Outside(name.clone()),
        // A container's annotation as a base: its class.
        Type::Sequence(_) => Part::Outside("builtins.list".into()),
        Type::Mapping(..) => Part::Outside("builtins.dict".into()),
        _ => Part::Unknown,
    }
}

/// A member that a class itself has: a property before what sets it, a method before what an instance puts in its place,
/// the last definition before earlier ones. Of those in branches, which may each be the last to run, the first stands for
/// all; whether there is no other.
fn own_member(files: Files<'_, PythonFacts>, (file, class): Def, name: &str, hash: u32) -> Option<(Def, bool)> {
    let shapes = &files.own(file).shapes;
    let members = shapes.members(&files.facts(file).names, class, name, hash);
    let function = |item: u32| shapes.function(item);
    let property = members
        .iter()
        .find(|member| function(member.item).is_some_and(|function| function.is_property));
    if let Some(property) = property {
        return Some(((file, property.item), true));
    }
    let mut methods = members.iter().rev().filter(|member| function(member.item).is_some());
    let Some(last) = methods.next() else {
        return members.first().map(|attribute| ((file, attribute.item), true));
    };
    let mut first = last;
    while first.conditional
        && let Some(before) = methods.find(|method| method.type_only == last.type_only)
    {
        first = before;
    }
    Some(((file, first.item), first.item == last.item))
}

/// Classes outside that give their subclasses no members that could be called by name.
fn is_bare(name: &str) -> bool {
    matches!(
        name,
        "builtins.object"
            | "typing.Generic"
            | "typing.Protocol"
            | "typing_extensions.Protocol"
            | "typing_extensions.Generic"
            | "abc.ABC"
    )
}

/// Whether a class outside is taken to have a member of its own, so that no class behind it is asked: what every object
/// has, but for classes that only say what others must have or by their names are mixed into others, and the methods of
/// containers.
fn has(class: &str, member: &str) -> bool {
    let (module, own) = class.rsplit_once('.').unwrap_or_default();
    let only_says = matches!(
        module,
        "abc" | "collections.abc" | "contextlib" | "numbers" | "typing" | "typing_extensions"
    );
    if is_of_every_object(member) {
        let is_mixed_in = own.ends_with("Mixin") || own.ends_with("MixIn");
        return !only_says && !is_mixed_in && !is_bare(class);
    }
    let is_mapping = matches!(
        own,
        "dict" | "OrderedDict" | "defaultdict" | "Counter" | "UserDict" | "ChainMap"
    );
    let is_list = matches!(own, "list" | "UserList" | "deque");
    let is_set = matches!(own, "set" | "frozenset");
    if !matches!(module, "builtins" | "collections") {
        return false;
    }
    match member {
        "__contains__" | "__iter__" | "__len__" => is_mapping || is_list || is_set,
        "__delitem__" | "__getitem__" | "__setitem__" => is_mapping || is_list,
        "clear" | "copy" | "pop" => is_mapping || is_list || own == "set",
        "fromkeys" | "get" | "items" | "keys" | "popitem" | "setdefault" | "values" => is_mapping,
        "update" => is_mapping || own == "set",
        "append" | "count" | "extend" | "index" | "insert" | "remove" | "reverse" => is_list,
        "add" | "discard" => own == "set",
        "difference" | "intersection" | "issubset" | "issuperset" | "union" => is_set,
        _ => false,
    }
}

/// Methods of `object` that `super()` reaches.
fn is_of_every_object(name: &str) -> bool {
    matches!(
        name,
        "__init__"
            | "__new__"
            | "__init_subclass__"
            | "__setattr__"
            | "__getattribute__"
            | "__delattr__"
            | "__eq__"
            | "__ne__"
            | "__hash__"
            | "__repr__"
            | "__str__"
            | "__format__"
            | "__reduce__"
            | "__reduce_ex__"
            | "__getstate__"
            | "__dir__"
            | "__sizeof__"
    )
}
