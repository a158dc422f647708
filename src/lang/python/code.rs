//! What a file's code says, reduced to what tells its calls apart: which names stand where, what they are bound to, what
//! functions return. Facts, made by [`super::collect`]; [`super::infer`] reads types out of them.
//!
//! Knows neither syntax trees nor other files.

use serde::{Deserialize, Serialize};

use crate::facts::{Name, Names, When, run, run_by};
use crate::source::{Index, Span};

/// An expression, by its place in [`Code::nodes`].
pub(super) type NodeId = u32;

/// The expression of which nothing is known.
pub(super) const UNKNOWN: NodeId = 0;

/// Expressions that need no node of their own, in the order of [`COMMON`].
pub(super) const NOTHING: NodeId = 1;
pub(super) const TEXT: NodeId = 2;
pub(super) const BYTES: NodeId = 3;
pub(super) const NUMBER: NodeId = 4;
pub(super) const TRUTH: NodeId = 5;

/// The nodes that every file's begin with.
pub(super) const COMMON: [Node; 6] = [
    Node::Unknown,
    Node::Nothing,
    Node::Constant(Constant::Text),
    Node::Constant(Constant::Bytes),
    Node::Constant(Constant::Number),
    Node::Constant(Constant::Truth),
];

/// The end of the file: what holds until there holds to the end of its frame.
pub(super) const EVERYWHERE: u32 = u32::MAX;

/// An expression, as far as it can tell a type. Constants and operators that no call depends on are [`Node::Unknown`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Node {
    Unknown,
    /// `None`
    Nothing,
    /// A name, as it is known in a frame at an offset.
    Name {
        name: Name,
        frame: u32,
        at: u32,
    },
    /// `of.name`
    Attribute {
        of: NodeId,
        name: Name,
    },
    /// `of(…)`; of the arguments, a tuple of the first ones where a known function of the standard library hands them on.
    Call {
        of: NodeId,
        arguments: NodeId,
    },
    /// `of[by]`
    Subscript {
        of: NodeId,
        by: NodeId,
    },
    /// What iterating over `of` gives: in `for`, in a comprehension, by `*of`.
    Element {
        of: NodeId,
    },
    /// One of the values that `of` is unpacked into.
    Unpacked {
        of: NodeId,
        index: u32,
    },
    /// What `with of as …` gives, or `async with`.
    Entered {
        of: NodeId,
        is_async: bool,
    },
    /// `await of`
    Awaited {
        of: NodeId,
    },
    /// One or the other: `a or b`, `a if c else b`.
    Either {
        a: NodeId,
        b: NodeId,
    },
    /// One or the other of a dictionary's values: as each key may name something of its own, one of which nothing is
    /// known leaves nothing known of any.
    Among {
        a: NodeId,
        b: NodeId,
    },
    /// `a | b`: of classes either, of values what `a` makes of it.
    Joined {
        a: NodeId,
        b: NodeId,
    },
    /// `a`, where anything is known of it, or else `b`: a value, and what its variable is declared to hold.
    Rather {
        a: NodeId,
        b: NodeId,
    },
    /// A parameter's value by its default, a display's by its first ones: it may be anything else.
    Default {
        of: NodeId,
    },
    /// A value of the type that an annotation or a class names: `x: of`, `isinstance(x, of)`, `except of as x`.
    Declared {
        of: NodeId,
    },
    /// `of`, which a test has shown to be an instance of the class.
    Within {
        of: NodeId,
        class: NodeId,
    },
    /// `of`, which a test has shown to be no instance of the class.
    Without {
        of: NodeId,
        class: NodeId,
    },
    /// An attribute, `path`, as a test has shown it to be.
    Shown {
        path: NodeId,
        to: NodeId,
    },
    /// The first parameter of a method: its receiver.
    Receiver {
        class: u32,
    },
    /// The first parameter of a class method: its class.
    ReceiverClass {
        class: u32,
    },
    /// `super()` in a method.
    Super {
        class: u32,
    },
    /// A definition of this file, by item.
    Item(u32),
    /// An import of this file, by index.
    Import(u32),
    /// A value of a type of the language.
    Constant(Constant),
    /// A list, a set or a generator of such elements.
    Elements {
        of: NodeId,
    },
    /// A dictionary.
    Entries {
        key: NodeId,
        value: NodeId,
    },
    /// A tuple.
    Tuple(List),
    /// A whole number, where it may be an index.
    Index(u32),
    /// The name belongs to the module: `global name`.
    Global {
        name: Name,
    },
    /// The name belongs to the function around: `nonlocal name`.
    Outer {
        name: Name,
    },
}

/// A type of the language that has a notation of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Constant {
    Text,
    Bytes,
    Number,
    Truth,
}

/// A run of [`Code::lists`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct List {
    pub(super) start: u32,
    pub(super) count: u32,
}

/// What has local names: the module (frame 0), a class's body, a function, a lambda, a comprehension.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Frame {
    pub(super) parent: u32,
    /// Names of a class's body are not seen from the functions in it.
    pub(super) class: Option<u32>,
    /// A function's body: it runs when the names around it are what they are in the end.
    pub(super) runs_later: bool,
    /// Its first binding in [`Code::locals`]; the next frame's ends them.
    pub(super) locals: u32,
}

/// A binding of a local name, in source order within its frame and name.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Local {
    pub(super) frame: u32,
    pub(super) name: Name,
    pub(super) node: NodeId,
    /// The offset from which it holds.
    pub(super) from: u32,
    /// The end of the block in which it surely holds: before that it hides all earlier ones.
    pub(super) until: u32,
    /// The offset after which it holds no more: a block around it ends with `return` or `raise`.
    pub(super) dead: u32,
    /// It only says more of an earlier binding, and nothing after its block.
    pub(super) narrows: bool,
    /// The innermost block around it, by [`Code::blocks`]; 0 for none.
    pub(super) around: u32,
}

/// A block that runs more than once, or not together with what follows it: a loop, one of several branches.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Block {
    pub(super) start: u32,
    pub(super) end: u32,
    /// What stands between its end and this offset does not run after it: the branches beside a branch.
    pub(super) apart: u32,
    pub(super) is_loop: bool,
    pub(super) outer: u32,
}

/// How an item comes to hold something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum How {
    /// By an annotation: of a variable, or of what a function returns. Nothing else counts beside it.
    Declared,
    /// By an assignment.
    Assigned,
    /// By `return`.
    Returned,
    /// By `yield`.
    Yielded,
}

/// What a variable holds, or a function returns.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) item: u32,
    pub(super) how: How,
    pub(super) node: NodeId,
}

/// A function as its callers see it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks of one definition")]
pub(super) struct Function {
    pub(super) item: u32,
    /// The class whose method it is.
    pub(super) class: Option<u32>,
    pub(super) is_async: bool,
    pub(super) is_generator: bool,
    /// `@property` and its like: reading it calls it.
    pub(super) is_property: bool,
    /// `@classmethod`
    pub(super) is_class_method: bool,
    /// `@staticmethod`
    pub(super) is_static: bool,
    /// `@contextmanager`, `@asynccontextmanager`
    pub(super) is_manager: bool,
    /// A decorator that may change what calling it gives.
    pub(super) is_wrapped: bool,
    /// `@overload`: one of several signatures of what is defined below.
    pub(super) is_overload: bool,
    /// The first of the definitions that stand for it: the first overload.
    pub(super) first: u32,
}

/// A member of a class: a method, a nested class, an attribute of the class or of its instances.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) class: u32,
    /// See [`crate::facts::name_hash`].
    pub(super) hash: u32,
    pub(super) name: Name,
    pub(super) item: u32,
    /// Defined in a branch: one before it may be what it is.
    pub(super) conditional: bool,
    /// For type checkers only.
    pub(super) type_only: bool,
}

/// What a call calls, beside the [`crate::facts::CallSite`] of the same index.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Called {
    pub(super) node: NodeId,
    /// Where the called expression starts.
    pub(super) start: u32,
    pub(super) item: Option<Index>,
    pub(super) when: When,
}

/// A name handed over in a call.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Handed {
    pub(super) node: NodeId,
    pub(super) span: Span,
    pub(super) item: Option<Index>,
    pub(super) when: When,
}

/// The functions and members of one file: what others see of its code.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(super) struct Shapes {
    /// By item.
    pub(super) functions: Vec<Function>,
    /// By item: its place among the functions.
    pub(super) places: Vec<Option<Index>>,
    /// By class, then by the name's hash and text, then in source order.
    pub(super) members: Vec<Member>,
}

/// The code of one file, but for its [shapes](Shapes) and [sites](Sites).
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) nodes: Vec<Node>,
    pub(super) lists: Vec<NodeId>,
    pub(super) frames: Vec<Frame>,
    pub(super) blocks: Vec<Block>,
    /// By frame and name, then in source order.
    pub(super) locals: Vec<Local>,
    /// By item, then how.
    pub(super) held: Vec<Held>,
    /// By item: its first of these; the next item's ends them.
    pub(super) starts: Vec<u32>,
    /// What decorators make of methods, by item, where that may be something else than a method.
    pub(super) decorated: Vec<(u32, NodeId)>,
    /// The bases of classes, by item, in the order in which they are written.
    pub(super) bases: Vec<(u32, NodeId)>,
}

/// What is called and handed over in one file: what its own edges alone are made of.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Sites {
    /// In the order of the file's calls.
    pub(super) called: Vec<Called>,
    /// In source order.
    pub(super) handed: Vec<Handed>,
}

impl Shapes {
    /// A function by its item.
    pub(super) fn function(&self, item: u32) -> Option<&Function> {
        let place = *self.places.get(item as usize)?;
        self.functions.get(place?.at())
    }

    /// The members of a class that have a name of that [hash](crate::facts::name_hash); `names` are those of the file.
    pub(super) fn members(&self, names: &Names, class: u32, name: &str, hash: u32) -> &[Member] {
        let alike = run(&self.members, (class, hash), |member| (member.class, member.hash));
        run_by(alike, |member| names.get(member.name).cmp(name))
    }
}

impl Code {
    /// Puts down what every file has: the common nodes, the module's frame, and the block that stands for none.
    pub(super) fn begin(&mut self) {
        self.nodes.extend(COMMON);
        self.frames.push(Frame {
            parent: 0,
            class: None,
            runs_later: false,
            locals: 0,
        });
        self.blocks.push(Block {
            start: 0,
            end: EVERYWHERE,
            apart: EVERYWHERE,
            is_loop: false,
            outer: 0,
        });
    }

    /// Forgets all, and keeps the room for it.
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.lists.clear();
        self.frames.clear();
        self.blocks.clear();
        self.locals.clear();
        self.held.clear();
        self.starts.clear();
        self.decorated.clear();
        self.bases.clear();
    }

    /// The bindings of a name in a frame, in source order.
    pub(super) fn locals(&self, frame: u32, name: Name) -> &[Local] {
        run(self.locals_of(frame), name, |local| local.name)
    }

    /// All bindings in a frame, by name, then in source order.
    pub(super) fn locals_of(&self, frame: u32) -> &[Local] {
        let start = |frame: u32| self.frames.get(frame as usize).map(|frame| frame.locals as usize);
        let first = start(frame).unwrap_or(self.locals.len());
        let end = start(frame + 1).unwrap_or(self.locals.len());
        &self.locals[first..end]
    }

    /// What an item holds or returns.
    pub(super) fn held(&self, item: u32) -> &[Held] {
        let start = |at: usize| self.starts.get(at).map_or(self.held.len(), |start| *start as usize);
        &self.held[start(item as usize)..start(item as usize + 1)]
    }

    /// What its decorators make of a method.
    pub(super) fn decorated(&self, item: u32) -> &[(u32, NodeId)] {
        run(&self.decorated, item, |(item, _)| *item)
    }

    /// The bases of a class.
    pub(super) fn bases(&self, class: u32) -> &[(u32, NodeId)] {
        run(&self.bases, class, |(item, _)| *item)
    }

    /// A list's nodes.
    pub(super) fn list(&self, list: List) -> &[NodeId] {
        &self.lists[list.start as usize..(list.start + list.count) as usize]
    }
}
