//! Frames and what they bind: where a local name holds, what variables hold, what tests say of a name's type.

use ruff_python_ast::{Decorator, Expr, ExprCall, Parameters, Stmt, StmtFunctionDef, UnaryOp};

use super::code::{Block, EVERYWHERE, Frame, Function, Held, How, Local, Member, Node, NodeId, UNKNOWN};
use super::collect::{Collector, is_name};
use super::span;
use crate::facts::{ItemKind, Name, When, name_hash};
use crate::source::{Span, to_u32};

/// Decorators that leave what a call of the function gives as it is, by their last names.
const TRANSPARENT: [&str; 22] = [
    "abstractmethod",
    "cache",
    "callback",
    "classmethod",
    "contextmanager",
    "coroutine",
    "deprecated",
    "final",
    "fixture",
    "lru_cache",
    "override",
    "overload",
    "property",
    "cached_property",
    "setter",
    "staticmethod",
    "asynccontextmanager",
    "unique",
    "wraps",
    "runtime_checkable",
    "total_ordering",
    "classproperty",
];

impl Collector {
    /// Opens a frame within the current one.
    pub(super) fn frame(&mut self, class: Option<u32>, runs_later: bool) -> u32 {
        self.code.frames.push(Frame {
            parent: self.place.frame,
            class,
            runs_later,
            locals: 0,
        });
        to_u32(self.code.frames.len() - 1)
    }

    /// Binds a local name from an offset on.
    pub(super) fn local(&mut self, name: &str, node: NodeId, from: u32) {
        let name = self.names.intern(name);
        self.local_name(name, node, from);
    }

    pub(super) fn local_name(&mut self, name: Name, node: NodeId, from: u32) {
        if self.place.frame > 0 && !matches!(self.code.nodes[node as usize], Node::Item(_) | Node::Import(_)) {
            self.known_locals.insert((self.place.frame, name));
        }
        if !self.shown.is_empty() {
            self.forget_step((name, Some(self.place.frame)), from);
        }
        self.uses(node);
        self.code.locals.push(Local {
            frame: self.place.frame,
            name,
            node,
            from,
            until: self.place.until,
            dead: self.place.dead,
            narrows: false,
            around: self.place.around,
        });
    }

    /// Notes what an item holds or returns.
    pub(super) fn hold(&mut self, item: u32, how: How, node: NodeId) {
        self.uses(node);
        self.code.held.push(Held { item, how, node });
    }

    /// Notes what the function around returns or yields.
    pub(super) fn hold_result(&mut self, how: How, node: NodeId) {
        if let Some(function) = self.place.function {
            if how == How::Yielded {
                self.generators.insert(function);
            }
            self.hold(function, how, node);
        }
    }

    /// The item of a class's attribute; the first place that binds it defines it.
    pub(super) fn attribute(&mut self, class: u32, name: &str, at: Span) -> u32 {
        let key = (class, self.names.intern(name));
        if let Some(&known) = self.attributes.get(&key) {
            return known;
        }
        let before = self.place.scope.replace(class);
        let item = self.item(name, ItemKind::Variable, at, at);
        self.place.scope = before;
        self.attributes.insert(key, item);
        self.member(class, key.1, item);
        item
    }

    pub(super) fn member(&mut self, class: u32, name: Name, item: u32) {
        let hash = name_hash(self.names.get(name));
        self.shapes.members.push(Member {
            class,
            hash,
            name,
            item,
            conditional: self.place.until != EVERYWHERE,
            type_only: self.place.when.has_any(When::TYPE_ONLY),
        });
    }

    /// Does something in a block of its own, which may not run, or not only once.
    pub(super) fn block(&mut self, body: &[Stmt], work: impl FnOnce(&mut Self)) {
        let before = self.place;
        if let Some(last) = body.last() {
            let end = span(last).end;
            self.place.until = end;
            if leaves(last) {
                self.place.dead = end;
            }
        }
        work(self);
        self.place.until = before.until;
        self.place.dead = before.dead;
    }

    /// Does something in a loop, from what runs each time on.
    pub(super) fn in_loop(&mut self, start: u32, body: &[Stmt], work: impl FnOnce(&mut Self)) {
        let end = body.last().map_or(start, |last| span(last).end);
        self.enclosed(Span::new(start, end), end, true, |this| this.block(body, work));
    }

    /// Does something in a branch: those beside it, which end at an offset, do not see what it binds.
    pub(super) fn arm(&mut self, body: &[Stmt], rest: u32, work: impl FnOnce(&mut Self)) {
        let (Some(first), Some(last)) = (body.first(), body.last()) else {
            return self.block(body, work);
        };
        let own = Span::new(span(first).start, span(last).end);
        let apart = match last {
            // Nor does the rest of the loop that it goes on with or ends.
            Stmt::Continue(_) | Stmt::Break(_) => self.innermost_loop().map_or(rest, |around| around.end.max(rest)),
            _ => rest,
        };
        if own.end < apart {
            self.enclosed(own, apart, false, |this| this.block(body, work));
        } else {
            self.block(body, work);
        }
    }

    fn enclosed(&mut self, own: Span, apart: u32, is_loop: bool, work: impl FnOnce(&mut Self)) {
        let outer = self.place.around;
        self.code.blocks.push(Block {
            start: own.start,
            end: own.end,
            apart,
            is_loop,
            outer,
        });
        self.place.around = to_u32(self.code.blocks.len() - 1);
        work(self);
        self.place.around = outer;
    }

    fn innermost_loop(&self) -> Option<Block> {
        let mut around = self.place.around;
        while around != 0 {
            let block = self.code.blocks[around as usize];
            if block.is_loop {
                return Some(block);
            }
            around = block.outer;
        }
        None
    }

    /// What a test that holds says of names' types: `isinstance(name, Class)`, alone or among others joined by `and`.
    pub(super) fn narrow(&mut self, test: &Expr, holds: Span) {
        match test {
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => self.narrow_away(&not.operand, holds),
            Expr::BoolOp(all) if all.op.is_and() => {
                for part in &all.values {
                    self.narrow(part, holds);
                }
            }
            Expr::Call(call) if holds.start < holds.end => {
                if let Some((tested, classes)) = instance_test(call) {
                    let class = self.classes(classes);
                    let of = self.value(tested);
                    let node = self.node(Node::Within { of, class });
                    self.narrows(of, node, holds);
                }
            }
            _ => {}
        }
    }

    /// What follows a branch that leaves: the opposite of its test holds.
    pub(super) fn narrow_after(&mut self, test: &Expr, body: &[Stmt]) {
        if let Some(last) = body.last()
            && (leaves(last) || matches!(last, Stmt::Continue(_) | Stmt::Break(_)))
        {
            self.narrow_away(test, Span::new(span(last).end, self.place.until));
        }
    }

    /// What a test that does not hold says of a name's type.
    pub(super) fn narrow_away(&mut self, test: &Expr, holds: Span) {
        match test {
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => self.narrow(&not.operand, holds),
            Expr::BoolOp(any) if any.op.is_or() => {
                for part in &any.values {
                    self.narrow_away(part, holds);
                }
            }
            Expr::Call(call) if holds.start < holds.end => {
                if let Some((tested, classes)) = instance_test(call) {
                    let class = self.classes(classes);
                    let of = self.value(tested);
                    let node = self.node(Node::Without { of, class });
                    self.narrows(of, node, holds);
                }
            }
            _ => {}
        }
    }

    fn narrows(&mut self, tested: NodeId, node: NodeId, holds: Span) {
        self.uses(node);
        let Node::Name { name, .. } = self.code.nodes[tested as usize] else {
            let (path, to) = (self.plain(tested), node);
            return self.shown.push(Shown { path, to, holds });
        };
        self.code.locals.push(Local {
            frame: self.place.frame,
            name,
            node,
            from: holds.start,
            until: holds.end,
            dead: holds.end,
            narrows: true,
            around: self.place.around,
        });
    }

    /// What a path is at an offset, by tests around it.
    pub(super) fn shown(&mut self, path: NodeId, at: u32) -> NodeId {
        let mut last_first = self.shown.iter().rev();
        let shown = last_first.find(|shown| shown.holds.contains(at) && self.same_path(shown.path, path));
        match shown.map(|shown| shown.to) {
            Some(to) => self.node(Node::Shown { path, to }),
            None => path,
        }
    }

    /// Of a path with an attribute that is bound anew, on whatever, tests show no more from there on.
    pub(super) fn forget(&mut self, attribute: &str, from: u32) {
        if !self.shown.is_empty() {
            let attribute = self.names.intern(attribute);
            self.forget_step((attribute, None), from);
        }
    }

    fn forget_step(&mut self, bound: (Name, Option<u32>), from: u32) {
        for at in 0..self.shown.len() {
            let Shown { path, to, holds } = self.shown[at];
            let is_within = holds.start <= from && from <= holds.end;
            if is_within && self.steps(path).any(|step| step == bound) {
                self.shown[at].holds.end = from;
                // In a loop that begins after the test, it is bound before what stands further up, too.
                if self.innermost_loop().is_some_and(|around| around.start > holds.start) {
                    self.take_back(to);
                }
            }
        }
    }

    /// What was said of a path by a test does not hold.
    fn take_back(&mut self, said: NodeId) {
        for node in &mut self.code.nodes[said as usize..] {
            if let Node::Shown { path, to } = node
                && *to == said
            {
                *to = *path;
            }
        }
    }

    fn same_path(&self, a: NodeId, b: NodeId) -> bool {
        self.steps(a).eq(self.steps(b))
    }

    /// The names on a path, the last one first; with the first one, the function that knows it.
    fn steps(&self, path: NodeId) -> impl Iterator<Item = (Name, Option<u32>)> {
        let mut next = Some(path);
        std::iter::from_fn(move || match self.code.nodes[self.plain(next?) as usize] {
            Node::Attribute { of, name } => {
                next = Some(of);
                Some((name, None))
            }
            Node::Name { name, frame, .. } => {
                next = None;
                Some((name, Some(self.around_comprehensions(frame))))
            }
            _ => None,
        })
    }

    fn plain(&self, node: NodeId) -> NodeId {
        match self.code.nodes[node as usize] {
            Node::Shown { path, .. } => path,
            _ => node,
        }
    }

    /// The classes that a test names, which is walked as what it is elsewhere: here it is only read.
    fn classes(&mut self, classes: &Expr) -> NodeId {
        self.without_calls(|this| this.annotation(classes))
    }

    /// Reads something and notes none of the calls in it.
    pub(super) fn without_calls(&mut self, read: impl FnOnce(&mut Self) -> NodeId) -> NodeId {
        let calls = (
            self.facts.calls.len(),
            self.sites.called.len(),
            self.sites.handed.len(),
            self.facts.nameless_calls,
        );
        let node = read(self);
        self.facts.calls.truncate(calls.0);
        self.sites.called.truncate(calls.1);
        self.sites.handed.truncate(calls.2);
        self.facts.nameless_calls = calls.3;
        node
    }

    /// Binds the parameters of a function whose frame is the current one.
    pub(super) fn bind_parameters(&mut self, function: &Function, parameters: &Parameters, annotated: &[NodeId]) {
        let from = span(parameters).end;
        let takes_receiver = function.class.is_some() && !function.is_static;
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        let receiver = positional.clone().next().filter(|_| takes_receiver);
        for (at, parameter) in parameters.iter().enumerate() {
            let name = parameter.name();
            let is_receiver = receiver.is_some_and(|receiver| receiver.parameter.name.as_str() == name.as_str());
            let node = match function.class {
                Some(class) if is_receiver => {
                    self.place.receiver = Some(self.names.intern(name));
                    self.node(if function.is_class_method {
                        Node::ReceiverClass { class }
                    } else {
                        Node::Receiver { class }
                    })
                }
                _ => annotated.get(at).copied().unwrap_or(UNKNOWN),
            };
            self.local(name, node, from);
        }
    }

    /// What parameters hold, by their annotations and defaults, in the order of [`Parameters::iter`].
    pub(super) fn parameter_nodes(&mut self, parameters: &Parameters) -> Vec<NodeId> {
        let mut nodes = Vec::new();
        for parameter in parameters {
            let declared = parameter.annotation().map(|annotation| {
                let of = self.annotation(annotation);
                self.node(Node::Declared { of })
            });
            let default = parameter.default().map(|default| self.value(default));
            let node = match (declared, default) {
                (Some(declared), _) => declared,
                (None, Some(of)) => self.node(Node::Default { of }),
                (None, None) => UNKNOWN,
            };
            nodes.push(match parameter {
                ruff_python_ast::AnyParameterRef::NonVariadic(_) => node,
                // `*name: T` is a tuple of `T`, `**name: T` a dictionary.
                ruff_python_ast::AnyParameterRef::Variadic(inner) => {
                    let is_tuple = parameters
                        .vararg
                        .as_ref()
                        .is_some_and(|vararg| vararg.name.as_str() == inner.name.as_str());
                    if is_tuple {
                        self.node(Node::Elements { of: node })
                    } else {
                        self.node(Node::Entries {
                            key: UNKNOWN,
                            value: node,
                        })
                    }
                }
            });
        }
        nodes
    }

    /// A function by its decorators.
    pub(super) fn function_of(&self, item: u32, function: &StmtFunctionDef) -> Function {
        let mut found = Function {
            item,
            class: self.place.in_class.then_some(self.place.scope).flatten(),
            is_async: function.is_async,
            is_generator: false,
            is_property: false,
            is_class_method: false,
            is_static: false,
            is_manager: false,
            is_wrapped: false,
            is_overload: false,
            first: item,
        };
        // Methods of the language's own that take the class, whatever stands before them.
        found.is_class_method = matches!(function.name.as_str(), "__init_subclass__" | "__class_getitem__");
        found.is_class_method |= function.name.as_str() == "__new__";
        for decorator in &function.decorator_list {
            let Some(name) = decorator_name(decorator) else {
                found.is_wrapped = true;
                continue;
            };
            match name {
                "classmethod" => found.is_class_method = true,
                "staticmethod" => found.is_static = true,
                "overload" => found.is_overload = true,
                "contextmanager" | "asynccontextmanager" => found.is_manager = true,
                _ if name.ends_with("property") => found.is_property = true,
                _ => found.is_wrapped |= !TRANSPARENT.contains(&name),
            }
        }
        found
    }
}

/// What a test shows of an attribute, as long as nothing on the path to it is bound anew.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    path: NodeId,
    to: NodeId,
    holds: Span,
}

/// `isinstance(path, classes)`
fn instance_test(call: &ExprCall) -> Option<(&Expr, &Expr)> {
    let [tested, classes] = &*call.arguments.args else {
        return None;
    };
    let mut head = tested;
    while let Expr::Attribute(attribute) = head {
        head = &attribute.value;
    }
    (is_name(&call.func, "isinstance") && head.is_name_expr()).then_some((tested, classes))
}

/// Whether what a decorator makes of a function may be something else than a function.
pub(super) fn may_replace(decorator: &Decorator) -> bool {
    decorator_name(decorator).is_none_or(|name| !name.ends_with("property") && !TRANSPARENT.contains(&name))
}

/// A decorator's last name: `b` of `@a.b` and `@a.b(c)`.
fn decorator_name(decorator: &Decorator) -> Option<&str> {
    let named = match &decorator.expression {
        Expr::Call(call) => &*call.func,
        plain => plain,
    };
    match named {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// Whether what follows a statement in its block is not reached, nor what follows the block.
pub(super) fn leaves(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Return(_) | Stmt::Raise(_))
}
