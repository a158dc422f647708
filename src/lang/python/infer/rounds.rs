//! What functions return and variables hold, settled in rounds.
//!
//! Round 0 finds the bases of all classes. Each round after it reads every definition that is not settled, knowing what
//! the rounds before found; a definition whose reading asked for nothing unsettled is settled for good. The last round is
//! the one that changes nothing, or the [`MOST_ROUNDS`]th. A file's part of a round depends on nothing but the rounds
//! before it: files can be read in any order, and at once.

use rustc_hash::FxHashSet;

use super::classes::{Classes, Part};
use super::flow::Sense;
use super::types::{Def, Known, Type, Types, Union};
use super::{Infer, outside};
use crate::facts::ItemKind;
use crate::lang::front_end::Files;
use crate::lang::python::PythonFacts;
use crate::lang::python::code::{Code, Function, Held, How, NOTHING, Node, NodeId, Shapes, UNKNOWN};
use crate::lang::python::project::PythonProject;

/// After so many rounds, what is not settled stays as it is. Calls that hand a value on through as many functions, each
/// in another file than the next, are followed to the end; more are rare.
pub(in crate::lang::python) const MOST_ROUNDS: u32 = 8;

/// What each item returns or holds.
#[derive(Debug, Default)]
pub(in crate::lang::python) struct Summaries {
    /// By file, then by item.
    files: Vec<Vec<Summary>>,
    /// By file: whether there is more to find.
    open: Vec<bool>,
    round: u32,
}

#[derive(Debug, Clone)]
struct Summary {
    types: Types,
    /// A decorator made a descriptor of it: this is what reading it as an attribute gives.
    is_read: bool,
    /// An attribute that holds what was handed over, and nothing else.
    is_handed: bool,
    settled: bool,
}

/// What one round found in one file.
#[derive(Debug)]
pub struct Study(RoundPart);

#[derive(Debug)]
enum RoundPart {
    /// The bases of its classes, by item, and what is left to be read.
    Bases {
        bases: Vec<(u32, Vec<Part>)>,
        summaries: Vec<Summary>,
    },
    /// What its definitions are that were not settled, by item, whether any of that is new, and whether any is still not
    /// settled.
    Read {
        read: Vec<(u32, Summary)>,
        is_new: bool,
        is_open: bool,
    },
    /// Nothing is left to find.
    Done,
}

impl Summary {
    /// Nothing holds or returns anything that could be told.
    const NOTHING: Self = Self {
        types: Types::UNKNOWN,
        is_read: false,
        is_handed: false,
        settled: true,
    };

    /// No file has been studied.
    const NOT_YET: Self = Self {
        settled: false,
        ..Self::NOTHING
    };
}

impl Summaries {
    /// What an item returns or holds, and whether that is settled.
    pub(super) fn get(&self, def: Def) -> (&Types, bool) {
        let summary = self.find(def);
        (&summary.types, summary.settled)
    }

    /// Whether what is known of an item is what reading it as an attribute gives, and whether that is settled.
    pub(super) fn is_read(&self, def: Def) -> (bool, bool) {
        let summary = self.find(def);
        (summary.is_read, summary.settled)
    }

    /// Whether an item is an attribute that holds what was handed over, and nothing else.
    pub(super) fn is_handed(&self, def: Def) -> bool {
        self.find(def).is_handed
    }

    fn find(&self, (file, item): Def) -> &Summary {
        static NOT_YET: Summary = Summary::NOT_YET;
        self.files
            .get(file as usize)
            .map_or(&NOT_YET, |items| &items[item as usize])
    }
}

/// One file's part of a round.
pub(in crate::lang::python) fn study(
    project: &PythonProject,
    files: Files<'_, PythonFacts>,
    code: &Code,
    file: u32,
) -> Study {
    if project.summaries.round == 0 {
        let items = &files.facts(file).items;
        let has_classes = items.iter().any(|item| item.kind == ItemKind::Class);
        let mut infer = has_classes.then(|| Infer::new(project, files, code, file));
        let bases = infer.as_mut().map(Infer::bases).unwrap_or_default();
        let mut summaries = vec![Summary::NOTHING; items.len()];
        for item in telling(code, &files.own(file).shapes) {
            let summary = &mut summaries[item as usize];
            summary.settled = false;
            summary.is_handed = infer.as_ref().is_some_and(|infer| infer.is_handed(item));
        }
        return Study(RoundPart::Bases { bases, summaries });
    }
    if !project.summaries.open[file as usize] {
        return Study(RoundPart::Done);
    }
    let mut read = Vec::new();
    let (mut is_new, mut is_open) = (false, false);
    let mut infer = Infer::new(project, files, code, file);
    let mut alike: FxHashSet<Types> = FxHashSet::default();
    let known = &project.summaries.files[file as usize];
    for (item, before) in (0..).zip(known).filter(|(_, summary)| !summary.settled) {
        let ((types, is_read), unsettled) = infer.noting(|infer| match infer.described(item) {
            Some(types) => (types, true),
            None => (infer.read(item), false),
        });
        is_new |= before.types != types || before.is_read != is_read || !unsettled;
        is_open |= unsettled;
        // Many definitions of one file hold or return the same: that is kept once.
        let types = if let Some(known) = alike.get(&types) {
            known.clone()
        } else {
            alike.insert(types.clone());
            types
        };
        let summary = Summary {
            types,
            is_read,
            is_handed: before.is_handed,
            settled: !unsettled,
        };
        read.push((item, summary));
    }
    Study(RoundPart::Read { read, is_new, is_open })
}

/// Takes in what a round found, files in order. Whether there is more to find.
pub(in crate::lang::python) fn learn(project: &mut PythonProject, parts: Vec<Study>) -> bool {
    let summaries = &mut project.summaries;
    summaries.round += 1;
    if summaries.round == 1 {
        let (bases, files) = parts
            .into_iter()
            .map(|part| match part.0 {
                RoundPart::Bases { bases, summaries } => (bases, summaries),
                RoundPart::Read { .. } | RoundPart::Done => (Vec::new(), Vec::new()),
            })
            .unzip();
        project.classes = Classes::new(bases);
        summaries.files = files;
        let is_open = |file: &Vec<Summary>| file.iter().any(|summary| !summary.settled);
        summaries.open = summaries.files.iter().map(is_open).collect();
        return summaries.open.contains(&true);
    }
    let (mut changed, mut left) = (false, false);
    for ((file, open), part) in summaries.files.iter_mut().zip(&mut summaries.open).zip(parts) {
        if let RoundPart::Read { read, is_new, is_open } = part.0 {
            for (item, summary) in read {
                file[item as usize] = summary;
            }
            *open = is_open;
            changed |= is_new;
            left |= is_open;
        }
    }
    changed && left && summaries.round <= MOST_ROUNDS
}

/// The items that hold or return anything that could be told; one may come more than once.
fn telling(code: &Code, shapes: &Shapes) -> impl Iterator<Item = u32> {
    let held = code.held.iter().filter(|held| held.node != UNKNOWN);
    // What is overloaded may return nothing that could be told, and yet its signatures say.
    let overloaded = shapes
        .functions
        .iter()
        .filter(|function| function.first != function.item);
    let decorated = code.decorated.iter().map(|(item, _)| *item);
    (held.map(|held| held.item))
        .chain(overloaded.map(|function| function.item))
        .chain(decorated)
}

impl Infer<'_> {
    /// The bases of the file's classes, by item.
    fn bases(&mut self) -> Vec<(u32, Vec<Part>)> {
        let mut all: Vec<(u32, Vec<Part>)> = Vec::new();
        let items = (0..).zip(&self.facts.items);
        let classes = items.filter(|(_, item)| item.kind == ItemKind::Class);
        for (class, _) in classes {
            let mut parts = Vec::new();
            for (_, node) in self.code.bases(class) {
                let types = self.value(*node);
                parts.push(match types.all() {
                    [only] if !types.is_open() => part(&only.of),
                    _ => Part::Unknown,
                });
            }
            all.push((class, parts));
        }
        all
    }

    /// Whether an item is an attribute of a class that is never given anything but parameters that say nothing of
    /// themselves, and `None`: what it holds, only who handed it over knows.
    fn is_handed(&self, item: u32) -> bool {
        let of = &self.facts.items[item as usize];
        let is_class = |at: u32| self.facts.items[at as usize].kind == ItemKind::Class;
        if of.kind != ItemKind::Variable || !of.parent.is_some_and(is_class) {
            return false;
        }
        let mut any = false;
        self.code.held(item).iter().all(|held| {
            let handed = held.how == How::Assigned && self.is_parameter(held.node);
            any |= handed;
            handed || held.node == NOTHING
        }) && any
    }

    /// Whether an expression is a local name of whose values nothing is known but a default of `None`.
    fn is_parameter(&self, node: NodeId) -> bool {
        let Node::Name { name, frame, at } = self.code.nodes[node as usize] else {
            return false;
        };
        let Sense::Local(seen) = self.sense(name, frame, at) else {
            return false;
        };
        let says_nothing = |node: &NodeId| match self.code.nodes[*node as usize] {
            Node::Unknown => true,
            Node::Default { of } => matches!(of, UNKNOWN | NOTHING),
            _ => false,
        };
        !seen.many && seen.nodes.iter().all(says_nothing)
    }

    /// What reading a method as an attribute gives, where a decorator makes a descriptor of it: what the `__get__` of
    /// the decorator's class returns. Those that are class methods or static ones by their bases leave a function.
    fn described(&mut self, item: u32) -> Option<Types> {
        let (_, node) = *self.code.decorated(item).first()?;
        let made = self.value(node);
        let descriptor = made.all().iter().find(|known| self.is_descriptor(known))?;
        let given = self.result_of_method(descriptor, "__get__");
        // Read on the class, it mostly gives itself.
        let others = given.all().iter().filter(|known| known.of != descriptor.of).cloned();
        Some(Types::of(others.collect(), given.is_open()).by_value())
    }

    fn is_descriptor(&self, known: &Known) -> bool {
        let Type::Instance(of) = &known.of else { return false };
        let order = self.project.classes.order(of.class);
        let keeps = |part: &Part| match part {
            Part::Outside(name) => matches!(&**name, "builtins.classmethod" | "builtins.staticmethod"),
            Part::Project(_) | Part::Unknown => false,
        };
        self.has_member(known, "__get__") && !order.iter().any(keeps)
    }

    /// What an item returns or holds.
    fn read(&mut self, item: u32) -> Types {
        let held = self.code.held(item);
        self.annotating = Some(item);
        let function = self.shapes.function(item).copied();
        let declared = match function {
            Some(function) => self.declared_result(&function, held),
            None => self.declares(held),
        };
        let declares = declared.is_some();
        let mut types = if let Some(declared) = declared {
            declared
        } else if function.is_some_and(|function| function.is_generator) {
            self.held_values(held, How::Yielded)
        } else if function.is_some() {
            self.held_values(held, How::Returned)
        } else {
            self.held_values(held, How::Assigned)
        };
        let Some(function) = function else {
            return types.by_value();
        };
        if function.is_generator && !declares {
            types = Types::just(Type::Sequence(types.by_value()));
        }
        if function.is_manager {
            let inner = self.each(&types, Self::element);
            types = Types::just(Type::Manager(inner));
        } else if function.is_async && !function.is_generator {
            types = Types::just(Type::Later(types.by_value()));
        }
        if function.is_wrapped {
            types = types.opened();
        }
        types.by_value()
    }

    /// What an item is declared to hold or return, where that says anything.
    fn declares(&mut self, held: &[Held]) -> Option<Types> {
        let declared = held.iter().take_while(|held| held.how == How::Declared);
        let all = declared.map(|held| self.declared(held.node));
        let union = all.reduce(|first, second| Types::united([first, second]))?;
        (!union.all().is_empty()).then_some(union)
    }

    /// What a function is declared to return. Callers of one that is overloaded see its signatures, where it does not
    /// say more itself. `Any` says that what it returns is not to be told, whatever its body shows.
    fn declared_result(&mut self, function: &Function, held: &[Held]) -> Option<Types> {
        if let Some(own) = self.declares(held) {
            return Some(own);
        }
        if function.first != function.item && !function.is_overload {
            let functions = &self.shapes.functions;
            let first = functions.partition_point(|other| other.item < function.first);
            let mut union = Union::default();
            let mut says = false;
            for other in functions[first..].iter().take_while(|other| other.item < function.item) {
                if other.is_overload && other.first == function.first {
                    self.annotating = Some(other.item);
                    let declared = self.declares(self.code.held(other.item));
                    says |= declared.is_some();
                    union.add(&declared.unwrap_or_default());
                }
            }
            self.annotating = Some(function.item);
            if says {
                return Some(union.finish());
            }
        }
        let held = held.first()?;
        (held.how == How::Declared && self.is_any(held.node)).then(Types::default)
    }

    /// Whether an annotation is `Any`.
    fn is_any(&mut self, annotation: NodeId) -> bool {
        let named = self.value(annotation);
        let is_any = |known: &Known| matches!(&known.of, Type::Outside(name) if outside::last(name) == "Any");
        matches!(named.all(), [only] if is_any(only))
    }

    fn held_values(&mut self, held: &[Held], how: How) -> Types {
        let mut union = Union::default();
        let mut none = true;
        for held in held.iter().filter(|held| held.how == how) {
            union.add(&self.value(held.node));
            none = false;
        }
        if none {
            union.open();
        }
        union.finish()
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
