//! What functions return and variables hold, settled in rounds.
//!
//! Round 0 finds the bases of all classes. Each round after it reads every definition that is not settled, knowing what
//! the rounds before found; a definition whose reading asked for nothing unsettled is settled for good. The last round is
//! the one that changes nothing, or the [`MOST_ROUNDS`]th. A file's part of a round depends on nothing but the rounds
//! before it: files can be read in any order, and at once.

use super::classes::{Classes, Part};
use super::types::{Def, Known, Type, Types, Union};
use super::{Infer, outside};
use crate::facts::ItemKind;
use crate::lang::front_end::Files;
use crate::lang::python::PythonFacts;
use crate::lang::python::code::{Function, Held, How, NodeId, UNKNOWN};
use crate::lang::python::project::PythonProject;

/// After so many rounds, what is not settled stays as it is. Calls that hand a value on through as many functions, each
/// in another file than the next, are followed to the end; more are rare.
pub(in crate::lang::python) const MOST_ROUNDS: u32 = 8;

/// What each item returns or holds.
#[derive(Debug, Default)]
pub(in crate::lang::python) struct Summaries {
    files: Vec<Vec<Summary>>,
    round: u32,
}

#[derive(Debug, Clone)]
struct Summary {
    item: u32,
    types: Types,
    /// A decorator made a descriptor of it: this is what reading it as an attribute gives.
    is_read: bool,
    settled: bool,
}

/// What one round found in one file.
#[derive(Debug)]
pub struct Study(RoundPart);

#[derive(Debug)]
enum RoundPart {
    /// The bases of its classes, by item.
    Bases(Vec<(u32, Vec<Part>)>),
    /// What its definitions are: by place among the file's summaries.
    Read(Vec<Reading>),
}

/// What an item was found to return or hold.
#[derive(Debug)]
struct Reading {
    at: u32,
    types: Types,
    is_read: bool,
    settled: bool,
}

impl Summaries {
    /// What an item returns or holds, and whether that is settled.
    pub(super) fn get(&self, (file, item): Def) -> (Types, bool) {
        match self.find((file, item)) {
            Found::Summary(summary) => (summary.types.clone(), summary.settled),
            // Nothing holds or returns anything that could be told.
            Found::Nothing => (Types::default(), true),
            Found::NotYet => (Types::default(), false),
        }
    }

    /// Whether what is known of an item is what reading it as an attribute gives, and whether that is settled.
    pub(super) fn is_read(&self, def: Def) -> (bool, bool) {
        match self.find(def) {
            Found::Summary(summary) => (summary.is_read, summary.settled),
            Found::Nothing => (false, true),
            Found::NotYet => (false, false),
        }
    }

    fn find(&self, (file, item): Def) -> Found<'_> {
        let Some(summaries) = self.files.get(file as usize) else {
            return Found::NotYet;
        };
        let at = summaries.binary_search_by_key(&item, |summary| summary.item);
        at.map_or(Found::Nothing, |at| Found::Summary(&summaries[at]))
    }
}

/// What is known of an item.
enum Found<'s> {
    /// This.
    Summary(&'s Summary),
    /// It holds and returns nothing that could be told.
    Nothing,
    /// No file has been studied.
    NotYet,
}

/// One file's part of a round.
pub(in crate::lang::python) fn study(project: &PythonProject, files: Files<'_, PythonFacts>, file: u32) -> Study {
    if project.summaries.round == 0 {
        let has_classes = files.facts(file).items.iter().any(|item| item.kind == ItemKind::Class);
        let bases = has_classes.then(|| Infer::new(project, files, file).bases());
        return Study(RoundPart::Bases(bases.unwrap_or_default()));
    }
    let summaries = &project.summaries.files[file as usize];
    let mut read = Vec::new();
    if summaries.iter().all(|summary| summary.settled) {
        return Study(RoundPart::Read(read));
    }
    let mut infer = Infer::new(project, files, file);
    for (at, summary) in (0..).zip(summaries) {
        if !summary.settled {
            let ((types, is_read), unsettled) = infer.noting(|infer| match infer.described(summary.item) {
                Some(types) => (types, true),
                None => (infer.read(summary.item), false),
            });
            read.push(Reading {
                at,
                types,
                is_read,
                settled: !unsettled,
            });
        }
    }
    Study(RoundPart::Read(read))
}

/// Takes in what a round found, files in order. Whether there is more to find.
pub(in crate::lang::python) fn learn(
    project: &mut PythonProject,
    files: Files<'_, PythonFacts>,
    parts: Vec<Study>,
) -> bool {
    let summaries = &mut project.summaries;
    summaries.round += 1;
    if summaries.round == 1 {
        let bases = parts.into_iter().map(|part| match part.0 {
            RoundPart::Bases(bases) => bases,
            RoundPart::Read(_) => Vec::new(),
        });
        project.classes = Classes::new(bases.collect());
        summaries.files = (0..crate::source::to_u32(files.len()))
            .map(|file| unread(files, file))
            .collect();
        return summaries.files.iter().any(|file| !file.is_empty());
    }
    let mut changed = false;
    let mut left = false;
    for (file, part) in summaries.files.iter_mut().zip(parts) {
        let RoundPart::Read(read) = part.0 else { continue };
        for found in read {
            let summary = &mut file[found.at as usize];
            changed |= summary.types != found.types || summary.is_read != found.is_read || found.settled;
            left |= !found.settled;
            summary.types = found.types;
            summary.is_read = found.is_read;
            summary.settled = found.settled;
        }
    }
    changed && left && summaries.round <= MOST_ROUNDS
}

/// The summaries of a file's items, of which nothing is known yet.
fn unread(files: Files<'_, PythonFacts>, file: u32) -> Vec<Summary> {
    let code = &files.own(file).code;
    // By item already.
    let held = code.held.iter().filter(|held| held.node != UNKNOWN);
    let mut items: Vec<u32> = held.map(|held| held.item).collect();
    // What is overloaded may return nothing that could be told, and yet its signatures say.
    let overloaded = code.functions.iter().filter(|function| function.first != function.item);
    items.extend(overloaded.map(|function| function.item));
    items.extend(code.decorated.iter().map(|(item, _)| *item));
    items.sort_unstable();
    items.dedup();
    let summary = |item| Summary {
        item,
        types: Types::default(),
        is_read: false,
        settled: false,
    };
    items.into_iter().map(summary).collect()
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
        let function = self.code.function(item).copied();
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
            let functions = &self.code.functions;
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
