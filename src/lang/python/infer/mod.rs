//! What the values in Python code are, as far as the code says it: enough to tell what its calls call.
//!
//! **A binding** is a name in a frame with an expression behind it, from an offset on. A use sees the last binding
//! before it that surely ran, and those after that one which may have run: in branches between, or further down in a
//! loop around both (`flow`). Functions see the names around them as they are in the end.
//!
//! **A type** is a few alternatives (`types`): a class, an instance, a function, a module, something outside by its
//! name, a container of such. A class is what its bases make it, in the order of C3 (`classes`). Annotations say more
//! than values, values more than nothing (`declared`). Of the standard library a short table is known (`outside`).
//!
//! **The unknown** is part of a type: it is *open* where something else is possible. What nothing says is open and
//! nothing else, and no call on it is resolved. Parameters without annotation are their default's type, open.
//!
//! **How far it goes.** Expressions are followed within their file, each once for each reader: of the file's calls,
//! of one definition. What crosses definitions — what a function returns, what a variable or an attribute holds — goes by *summaries* (`summaries`), which are read when they
//! are asked for, and of which each asks for others within one step less, so that no order of files or threads is seen in
//! the result. What is not settled within [`MOST_STEPS`] stays as it is then. Arguments are not followed into functions: a
//! function is read once, whoever calls it, and what many functions of a file share is read for all of them. So cost is
//! linear in the size of the code; what goes in circles is read once for each number of steps.
//!
//! Knows facts. Must not know syntax trees, edges or rules.

mod classes;
mod declared;
mod flow;
mod members;
mod memory;
mod outside;
mod summaries;
pub(super) mod types;

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

pub(super) use classes::Classes;
use classes::{Found as FoundMember, Part};
pub(super) use members::{Behind, Callee, Reach};
use memory::{BUSY, Memory};
use summaries::MOST_STEPS;
pub(super) use summaries::Summaries;
pub(super) use types::{Chain, Def, Known, Of, Type, Types, Union, Way};

use super::code::{COMMON, Code, Constant, List, Node, NodeId, Shapes};
use super::lookup::Lookup;
use super::project::{PythonProject, Reached, Thing};
use super::{Bound, PythonFacts, full_name};
use crate::facts::{FileFacts, ItemKind, Name};
use crate::lang::front_end::Files;

/// What the nodes are that every file begins with.
#[derive(Debug, Clone)]
struct CommonTypes([Types; COMMON.len()]);

thread_local! {
    /// Each thread has its own, so that threads do not count references to the same ones all the time.
    static COMMON_TYPES: CommonTypes = CommonTypes::default();
}

impl Default for CommonTypes {
    fn default() -> Self {
        Self(COMMON.map(|node| match node {
            Node::Nothing => Types::just(Type::Nothing),
            Node::Constant(constant) => Types::just(Type::Value(constant_class(constant).into())),
            _ => Types::default(),
        }))
    }
}

/// How deep expressions are followed into each other.
const DEEPEST: u32 = 150;

/// Reads types in one file.
pub(super) struct Infer<'a> {
    pub(super) project: &'a PythonProject,
    pub(super) files: Files<'a, PythonFacts>,
    pub(super) file: u32,
    pub(super) lookup: Lookup<'a>,
    facts: &'a FileFacts,
    shapes: &'a Shapes,
    code: &'a Code,
    common: CommonTypes,
    /// By node.
    memo: Memory,
    /// What module-level names stand for, by name.
    names: Memory,
    /// What is known already of what many definitions of the file share.
    shared: Option<&'a Memory>,
    /// Whether attributes hold what was handed over.
    handed: FxHashMap<Def, bool>,
    /// What calls of module-level names reach, by name.
    reached: Vec<Option<Rc<Reach>>>,
    depth: u32,
    /// The steps within which summaries are asked for.
    steps: u8,
    /// The most steps that any of those that were asked for needed, or [`summaries::UNSETTLED`].
    needs: u8,
    /// Bases of classes are read: what classes are made of must not be asked for.
    reads_bases: bool,
    /// The item whose annotation is read, for `Self` in it.
    pub(super) annotating: Option<u32>,
}

impl<'a> Infer<'a> {
    /// Reads a file's calls.
    pub(super) fn new(project: &'a PythonProject, files: Files<'a, PythonFacts>, file: u32) -> Self {
        let (code, facts) = (&files.own(file).code, files.facts(file));
        Self {
            memo: Memory::of_all(code.nodes.len(), facts.calls.len()),
            names: Memory::of_all(facts.names.count(), 0),
            ..Self::with_steps(project, files, file, MOST_STEPS)
        }
    }

    /// Reads the bases of a file's classes.
    fn for_bases(project: &'a PythonProject, files: Files<'a, PythonFacts>, file: u32) -> Self {
        Self {
            reads_bases: true,
            ..Self::with_steps(project, files, file, 0)
        }
    }

    /// Reads a definition of a file, by what others are within so many steps.
    fn with_steps(project: &'a PythonProject, files: Files<'a, PythonFacts>, file: u32, steps: u8) -> Self {
        Self {
            project,
            files,
            file,
            lookup: Lookup::new(project, files),
            facts: files.facts(file),
            shapes: &files.own(file).shapes,
            code: &files.own(file).code,
            common: COMMON_TYPES.with(Clone::clone),
            memo: Memory::of_few(),
            names: Memory::of_few(),
            shared: None,
            handed: FxHashMap::default(),
            reached: Vec::new(),
            depth: 0,
            steps,
            needs: 0,
            reads_bases: false,
            annotating: None,
        }
    }

    fn text(&self, name: Name) -> &'a str {
        self.facts.names.get(name)
    }

    /// What an expression may be.
    pub(super) fn value(&mut self, node: NodeId) -> Types {
        if let Some(common) = self.common.0.get(node as usize) {
            return common.clone();
        }
        let at = node as usize;
        let memo = self.memo.get(at);
        if memo == BUSY {
            return Types::default();
        }
        let shared = || self.shared.and_then(|shared| shared.found(shared.get(at)));
        if let Some((types, needs)) = self.memo.found(memo).or_else(shared) {
            self.needs = self.needs.max(*needs);
            return types.clone();
        }
        if self.depth >= DEEPEST {
            return Types::default();
        }
        self.memo.begin(at);
        self.depth += 1;
        let (types, needs) = self.noting(|this| this.evaluate(node));
        self.depth -= 1;
        self.memo.remember(at, &types, needs);
        types
    }

    /// Does something, and says how many steps that needed.
    fn noting<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, u8) {
        let before = std::mem::take(&mut self.needs);
        let done = work(self);
        let needs = self.needs;
        self.needs = needs.max(before);
        (done, needs)
    }

    fn evaluate(&mut self, node: NodeId) -> Types {
        match self.code.nodes[node as usize] {
            // Only bindings say the last two.
            Node::Unknown | Node::Global { .. } | Node::Outer { .. } => Types::default(),
            Node::Nothing => Types::just(Type::Nothing),
            Node::Name { name, frame, at } => self.name(name, frame, at),
            Node::Attribute { of, name } => {
                let of = self.value(of);
                let name = self.text(name);
                self.each(&of, |this, known| this.attribute(known, name))
            }
            Node::Call { of, arguments } => {
                let called = self.value(of);
                let arguments = match self.code.nodes[arguments as usize] {
                    Node::Tuple(list) => Some(list),
                    _ => None,
                };
                self.each(&called, |this, known| this.result(known, arguments))
            }
            Node::Subscript { of, by } => {
                let of = self.value(of);
                self.each(&of, |this, known| this.item_of(known, by))
            }
            Node::Element { of } => {
                let of = self.value(of);
                self.each(&of, Infer::element)
            }
            Node::Unpacked { of, index } => {
                let of = self.value(of);
                self.each(&of, |this, known| match &known.of {
                    Type::Tuple(all) => all.get(index as usize).cloned().unwrap_or_default(),
                    _ => this.element(known),
                })
            }
            Node::Entered { of, is_async } => {
                let of = self.value(of);
                self.each(&of, |this, known| this.entered(known, is_async))
            }
            Node::Within { of, class } => self.within(of, class),
            Node::Without { of, class } => self.without(of, class),
            Node::Shown { to, .. } => self.value(to),
            Node::Awaited { of } => {
                let of = self.value(of);
                self.each(&of, |this, known| match &known.of {
                    Type::Later(inner) => inner.clone(),
                    Type::Instance(_) => this.result_of_method(known, "__await__"),
                    _ => Types::default(),
                })
            }
            Node::Either { a, b } => {
                let mut union = Union::default();
                union.add(&self.value(a));
                union.add(&self.value(b));
                union.finish()
            }
            Node::Among { a, b } => self.among(a, b),
            Node::Joined { a, b } => self.joined(a, b),
            Node::Rather { a, b } => {
                let first = self.value(a);
                if first.says_nothing() || first.is_open() {
                    self.value(b)
                } else {
                    first
                }
            }
            Node::Default { of } => self.value(of).opened(),
            Node::Declared { of } => self.declared(of),
            Node::Receiver { class } => Types::just(Type::Instance(Of {
                class: (self.file, class),
                own: true,
            })),
            Node::ReceiverClass { class } => Types::just(Type::Class(Of {
                class: (self.file, class),
                own: true,
            })),
            Node::Super { class } => Types::just(Type::Super((self.file, class))),
            Node::Item(item) => self.thing(&Thing::Item { file: self.file, item }, &[], None),
            Node::Import(import) => self.imported(import),
            Node::Constant(constant) => Types::just(Type::Value(constant_class(constant).into())),
            Node::Index(_) => Types::just(Type::Value("builtins.int".into())),
            Node::Elements { of } => Types::just(Type::Sequence(self.value(of).by_value())),
            Node::Entries { key, value } => {
                let key = self.value(key).by_value();
                Types::just(Type::Mapping(key, self.value(value).by_value()))
            }
            Node::Tuple(list) => {
                let all = self.values(list);
                Types::just(Type::Tuple(all.into()))
            }
        }
    }

    /// One value of a dictionary or the other, where something is known of both.
    fn among(&mut self, a: NodeId, b: NodeId) -> Types {
        let (first, second) = (self.value(a), self.value(b));
        if first.all().is_empty() || second.all().is_empty() {
            return Types::default();
        }
        Types::united([first, second])
    }

    /// `a | b`: of classes either; of values what the first makes of it.
    fn joined(&mut self, a: NodeId, b: NodeId) -> Types {
        let (first, second) = (self.value(a), self.value(b));
        let names = |known: &Known| matches!(known.of, Type::Class(_) | Type::Outside(_) | Type::Nothing);
        if first.all().iter().chain(second.all()).all(names) {
            return Types::united([first, second]);
        }
        self.each(&first, |this, known| match &known.of {
            Type::Instance(_) => this.result_of_method(known, "__or__"),
            Type::Mapping(..) | Type::Sequence(_) => Types::known(known.clone()),
            _ => Types::default(),
        })
    }

    /// What is left of the alternatives when they are of a class: where that is none, or others are possible, any
    /// instance of it.
    fn within(&mut self, of: NodeId, class: NodeId) -> Types {
        let (of, within) = (self.value(of), self.declared(class));
        let is_within = |known: &&Known| within.all().iter().any(|other| self.is_of(&known.of, &other.of));
        let left: Vec<Known> = of.all().iter().filter(is_within).cloned().collect();
        if left.is_empty() || of.is_open() {
            return within;
        }
        Types::of(left, within.is_open())
    }

    /// What is left of the alternatives when those of a class and of the classes below it are taken away.
    fn without(&mut self, of: NodeId, class: NodeId) -> Types {
        let (of, without) = (self.value(of), self.declared(class));
        let is_without = |known: &&Known| !without.all().iter().any(|other| self.is_of(&known.of, &other.of));
        let left: Vec<Known> = of.all().iter().filter(is_without).cloned().collect();
        Types::of(left, of.is_open())
    }

    /// Whether a value is one of what another is one of: the same, or an instance of a class below.
    fn is_of(&self, value: &Type, other: &Type) -> bool {
        match (value, other) {
            (Type::Instance(of), Type::Instance(above)) => {
                let order = self.order(of.class);
                order.contains(&Part::Project(above.class))
            }
            (Type::Instance(of), Type::Value(above)) => {
                let order = self.order(of.class);
                order.contains(&Part::Outside(above.clone()))
            }
            _ => value == other,
        }
    }

    fn values(&mut self, list: List) -> Vec<Types> {
        let nodes = self.code.list(list);
        nodes.iter().map(|node| self.value(*node).by_value()).collect()
    }

    /// What follows from each alternative; `None` has nothing to give.
    fn each(&mut self, types: &Types, mut step: impl FnMut(&mut Self, &Known) -> Types) -> Types {
        match (types.all(), types.is_open()) {
            ([only], false) => return step(self, only),
            ([only], true) if only.of != Type::Nothing => return step(self, only).opened(),
            _ => {}
        }
        let mut union = Union::default();
        if types.is_open() {
            union.open();
        }
        for known in types.all().iter().filter(|known| known.of != Type::Nothing) {
            union.add(&step(self, known));
        }
        union.finish()
    }

    /// What a thing is that a name stands for.
    fn thing(&mut self, thing: &Thing, chain: &[u32], import: Option<u32>) -> Types {
        let of = match thing {
            Thing::Module(file) => Type::Module(*file),
            Thing::Namespace(path) => Type::Folder(path.as_str().into()),
            Thing::External(name) => Type::Outside(name.clone()),
            Thing::Item { file, item } => {
                let def = (*file, *item);
                match self.kind(def) {
                    Some(ItemKind::Class) => Type::Class(Of { class: def, own: false }),
                    Some(ItemKind::Function) => Type::Function { def, receiver: None },
                    _ => {
                        // What a variable holds is reached by the variable's name.
                        let held = self.summary(def);
                        let known = held.all().iter().map(|known| Known {
                            of: known.of.clone(),
                            way: self.way(import, chain),
                        });
                        return Types::of(known.collect(), held.is_open());
                    }
                }
            }
        };
        Types::known(Known {
            of,
            way: self.way(import, chain),
        })
    }

    /// The way to what a name stands for. That this file hands it on to itself need not be said.
    fn way(&self, import: Option<u32>, chain: &[u32]) -> Way {
        let chain = chain.strip_prefix(&[self.file]).unwrap_or(chain).into();
        Way::Name { import, chain }
    }

    /// What a binding of the module brings.
    pub(super) fn bound(&mut self, binding: u32) -> Types {
        match self.files.own(self.file).bindings[binding as usize].bound {
            Bound::Import(import) => self.imported(import),
            Bound::Item(item) | Bound::Alias { item, .. } => {
                self.thing(&Thing::Item { file: self.file, item }, &[], None)
            }
        }
    }

    pub(super) fn kind(&self, (file, item): Def) -> Option<ItemKind> {
        self.files.facts(file).items.get(item as usize).map(|item| item.kind)
    }

    fn things(&mut self, reached: &[Reached], import: Option<u32>) -> Types {
        if let [Reached { thing, chain }] = reached {
            return self.thing(thing, chain, import);
        }
        let mut union = Union::default();
        for Reached { thing, chain } in reached {
            union.add(&self.thing(thing, chain, import));
        }
        if reached.is_empty() {
            union.open();
        }
        union.finish()
    }

    /// What an import of this file brings.
    fn imported(&mut self, import: u32) -> Types {
        let reached = self.lookup.imported(self.file, import);
        self.things(&reached, Some(import))
    }

    /// What calling something gives.
    fn result(&mut self, called: &Known, arguments: Option<List>) -> Types {
        match &called.of {
            Type::Class(of) => Types::just(Type::Instance(*of)),
            Type::Function { def, receiver } => self.summary(*def).on(*receiver),
            Type::Instance(_) => self.result_of_method(called, "__call__"),
            Type::Outside(name) => self.outside_result(name, arguments),
            Type::Giving(_, gives) => gives.clone(),
            Type::Nothing
            | Type::Module(_)
            | Type::Folder(_)
            | Type::Super(_)
            | Type::Value(_)
            | Type::Sequence(_)
            | Type::Mapping(..)
            | Type::Tuple(_)
            | Type::Later(_)
            | Type::Manager(_) => Types::default(),
        }
    }

    /// What a method of the language's own protocols gives, where the class has it.
    fn result_of_method(&mut self, of: &Known, method: &'a str) -> Types {
        let found = self.attribute(of, method);
        self.each(&found, |this, known| match &known.of {
            Type::Function { .. } | Type::Giving(..) | Type::Class(_) => this.result(known, None),
            _ => Types::default(),
        })
    }

    /// What iterating over something gives.
    fn element(&mut self, of: &Known) -> Types {
        match &of.of {
            Type::Sequence(inner) => inner.clone(),
            Type::Mapping(key, _) => key.clone(),
            Type::Tuple(all) => {
                let mut union = Union::default();
                all.iter().for_each(|inner| union.add(inner));
                union.finish()
            }
            Type::Instance(_) => {
                let method = if self.has_member(of, "__iter__") {
                    "__iter__"
                } else {
                    "__aiter__"
                };
                let iterator = self.result_of_method(of, method);
                self.each(&iterator, |this, known| match &known.of {
                    Type::Sequence(inner) => inner.clone(),
                    Type::Instance(_) => {
                        let next = if this.has_member(known, "__next__") {
                            "__next__"
                        } else {
                            "__anext__"
                        };
                        this.result_of_method(known, next)
                    }
                    _ => Types::default(),
                })
            }
            // Iterating over an enumeration gives its members.
            Type::Class(class) if self.is_enum(class.class) => Types::just(Type::Instance(*class)),
            _ => Types::default(),
        }
    }

    /// `of[by]`
    fn item_of(&mut self, of: &Known, by: NodeId) -> Types {
        match &of.of {
            Type::Sequence(inner) => match self.code.nodes[by as usize] {
                // A slice is another sequence.
                Node::Unknown => Types::of(vec![of.clone()], true),
                _ => inner.clone(),
            },
            Type::Mapping(_, value) => value.clone(),
            Type::Tuple(all) => match self.code.nodes[by as usize] {
                Node::Index(index) => all.get(index as usize).cloned().unwrap_or_default(),
                _ => Types::default(),
            },
            Type::Instance(_) => self.result_of_method(of, "__getitem__"),
            // A generic class with its arguments.
            Type::Class(class) if self.is_enum(class.class) => Types::just(Type::Instance(*class)),
            Type::Class(_) => Types::known(of.clone()),
            Type::Outside(name) => self.outside_subscript(name, by),
            _ => Types::default(),
        }
    }

    /// What `with` gives.
    fn entered(&mut self, of: &Known, is_async: bool) -> Types {
        match &of.of {
            Type::Manager(inner) => inner.clone(),
            Type::Instance(_) => {
                if !is_async {
                    return self.result_of_method(of, "__enter__");
                }
                let entered = self.result_of_method(of, "__aenter__");
                self.each(&entered, |_, known| match &known.of {
                    Type::Later(inner) => inner.clone(),
                    _ => Types::default(),
                })
            }
            // Most managers outside give themselves; which do, is not known.
            _ => Types::default(),
        }
    }
}

/// The class of a constant.
fn constant_class(constant: Constant) -> &'static str {
    match constant {
        Constant::Text => "builtins.str",
        Constant::Bytes => "builtins.bytes",
        Constant::Number => "builtins.float",
        Constant::Truth => "builtins.bool",
    }
}

/// A name below another.
fn below(outer: &str, name: &str) -> Arc<str> {
    full_name(outer, name).into()
}
