//! What functions return and variables hold, read when it is asked for.
//!
//! A definition is read *within so many steps*: by its own expressions, and by what the definitions that they ask for are
//! within one step less. Within none, nothing is known. What asked for nothing that was not settled is settled itself:
//! within more steps it is the same, so it is kept for whoever asks with as many or more. What goes in circles is not,
//! and is kept by the number of steps. So what is found depends on the code alone, not on who asks first: files can be
//! resolved in any order, and at once. What nobody asks for is not read.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::classes::Part;
use super::flow::Sense;
use super::types::{Def, Known, Type, Types, Union};
use super::{Infer, Memory, outside};
use crate::facts::ItemKind;
use crate::lang::front_end::Files;
use crate::lang::python::PythonFacts;
use crate::lang::python::code::{Code, Function, Held, How, NOTHING, Node, NodeId, UNKNOWN};
use crate::lang::python::project::PythonProject;

/// The steps within which calls ask. Those that hand a value on through as many functions are followed to the end; more
/// are rare.
pub(in crate::lang::python) const MOST_STEPS: u8 = 8;

/// More steps than there are: something that is not settled within those that are left.
pub(super) const UNSETTLED: u8 = u8::MAX;

/// What each item returns or holds, as far as it has been asked for.
#[derive(Debug, Default)]
pub(in crate::lang::python) struct Summaries {
    /// By file, once one of its items has been asked for.
    files: Vec<OnceLock<OfFile>>,
    /// What is not settled, by item and steps.
    open: Mutex<FxHashMap<(Def, u8), Summary>>,
}

#[derive(Debug)]
struct OfFile {
    /// By item.
    settled: Box<[OnceLock<Summary>]>,
    /// One of its items was not settled within some number of steps.
    is_open: AtomicBool,
    /// By steps: what many definitions share, once one of them has been asked for; nothing where little is shared.
    shared: Option<Box<[OnceLock<Memory>; MOST_STEPS as usize]>>,
}

/// A frame with more bindings than this, or with more of one name than [`MOST_REBOUND`], seen from functions within it, is
/// read once for all of them: each by itself would read it again, and each binding of a name by way of all before it.
const MOST_REREAD: usize = 256;
const MOST_REBOUND: usize = 16;

#[derive(Debug, Clone)]
struct Summary {
    types: Types,
    /// A decorator made a descriptor of it: this is what reading it as an attribute gives.
    is_read: bool,
    /// The steps that it took to settle it, or [`UNSETTLED`].
    steps: u8,
}

impl Summary {
    /// Of what holds and returns nothing that could be told.
    const NOTHING: Self = Self {
        types: Types::UNKNOWN,
        is_read: false,
        steps: 0,
    };

    /// Within no steps.
    const NOT_YET: Self = Self {
        steps: UNSETTLED,
        ..Self::NOTHING
    };
}

impl Summaries {
    /// Those of so many files, of which none has been asked for.
    pub(in crate::lang::python) fn new(files: usize) -> Self {
        Self {
            files: (0..files).map(|_| OnceLock::new()).collect(),
            open: Mutex::default(),
        }
    }

    fn of_file(&self, files: Files<'_, PythonFacts>, file: u32) -> &OfFile {
        self.files[file as usize].get_or_init(|| OfFile {
            settled: files.facts(file).items.iter().map(|_| OnceLock::new()).collect(),
            is_open: AtomicBool::new(false),
            shared: (crowded(&files.own(file).code).next().is_some()).then(Box::default),
        })
    }
}

/// The frames whose many bindings are seen from functions within them: the module's, and functions' around others.
fn crowded(code: &Code) -> impl Iterator<Item = u32> + '_ {
    let frames = (0..).zip(&code.frames).map(|(at, _)| at);
    frames.filter(|at| {
        let locals = code.locals_of(*at);
        let mut of_names = locals.chunk_by(|one, next| one.name == next.name);
        (locals.len() > MOST_REREAD || of_names.any(|same| same.len() > MOST_REBOUND))
            && (*at == 0 || code.frames.iter().any(|inner| inner.parent == *at))
    })
}

/// Whether an item holds or returns anything that could be told.
fn tells(own: &PythonFacts, item: u32) -> bool {
    let held = own.code.held(item);
    held.iter().any(|held| held.node != UNKNOWN)
        // What is overloaded may return nothing that could be told, and yet its signatures say.
        || own.shapes.function(item).is_some_and(|function| function.first != function.item)
        || !own.code.decorated(item).is_empty()
}

impl<'a> Infer<'a> {
    /// What an item holds or returns.
    pub(super) fn summary(&mut self, def: Def) -> Cow<'a, Types> {
        match self.summary_of(def) {
            Cow::Borrowed(summary) => Cow::Borrowed(&summary.types),
            Cow::Owned(summary) => Cow::Owned(summary.types),
        }
    }

    /// Whether an item's summary is what reading it as an attribute gives, and not what calling it does.
    pub(super) fn is_read(&mut self, def: Def) -> bool {
        self.summary_of(def).is_read
    }

    fn summary_of(&mut self, def: Def) -> Cow<'a, Summary> {
        let found = self.find_summary(def);
        self.needs = self.needs.max(found.steps);
        found
    }

    fn find_summary(&self, (file, item): Def) -> Cow<'a, Summary> {
        static NOTHING: Summary = Summary::NOTHING;
        static NOT_YET: Summary = Summary::NOT_YET;
        if !tells(self.files.own(file), item) {
            return Cow::Borrowed(&NOTHING);
        }
        let Some(left) = self.steps.checked_sub(1) else {
            return Cow::Borrowed(&NOT_YET);
        };
        let summaries = &self.project.summaries;
        let known = summaries.of_file(self.files, file);
        let settled = &known.settled[item as usize];
        if let Some(summary) = settled.get().filter(|summary| summary.steps <= self.steps) {
            return Cow::Borrowed(summary);
        }
        let open = || summaries.open.lock().unwrap_or_else(PoisonError::into_inner);
        let key = ((file, item), self.steps);
        if known.is_open.load(Ordering::Acquire)
            && let Some(summary) = open().get(&key)
        {
            return Cow::Owned(summary.clone());
        }
        let mut reader = Self::with_steps(self.project, self.files, file, left);
        reader.shared = known.shared.as_deref().map(|by_steps| {
            by_steps[usize::from(left)].get_or_init(|| Self::shared(self.project, self.files, file, left))
        });
        let summary = reader.summarised(item);
        if summary.steps != UNSETTLED {
            return Cow::Borrowed(settled.get_or_init(|| summary));
        }
        open().insert(key, summary.clone());
        known.is_open.store(true, Ordering::Release);
        Cow::Owned(summary)
    }

    /// Reads what many definitions of a file share.
    fn shared(project: &'a PythonProject, files: Files<'a, PythonFacts>, file: u32, steps: u8) -> Memory {
        let code = &files.own(file).code;
        let mut reader = Self {
            memo: Memory::of_all(code.nodes.len(), 0),
            ..Self::with_steps(project, files, file, steps)
        };
        for frame in crowded(code) {
            for local in code.locals_of(frame) {
                reader.value(local.node);
            }
        }
        reader.memo
    }

    /// What a definition of this file is, by what others are within the steps that are left.
    fn summarised(&mut self, item: u32) -> Summary {
        let ((types, is_read), needs) = self.noting(|this| match this.described(item) {
            Some(types) => (types, true),
            None => (this.read(item), false),
        });
        Summary {
            types,
            is_read,
            // One that needs what is not settled is not settled either.
            steps: needs.saturating_add(1),
        }
    }

    /// Whether an item of any file is an attribute that holds what was handed over, and nothing else.
    pub(super) fn is_handed(&mut self, (file, item): Def) -> bool {
        if let Some(known) = self.handed.get(&(file, item)) {
            return *known;
        }
        let found = if file == self.file {
            self.holds_what_was_handed(item)
        } else {
            Self::with_steps(self.project, self.files, file, 0).holds_what_was_handed(item)
        };
        self.handed.insert((file, item), found);
        found
    }

    /// Whether an item is an attribute of a class that is never given anything but parameters that say nothing of
    /// themselves, and `None`: what it holds, only who handed it over knows.
    fn holds_what_was_handed(&self, item: u32) -> bool {
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
        let order = self.order(of.class);
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
