//! Expressions → nodes and calls. Every kind of expression is named; there is no catch-all arm.
//!
//! A chain of calls or operators is a deep tree: chains are walked by loops, so that the stack holds what nests alone.

use ruff_python_ast::{
    Arguments, Expr, ExprBoolOp, ExprCall, ExprIf, ExprLambda, InterpolatedStringElement, Number, Operator, UnaryOp,
};
use smallvec::SmallVec;

use super::code::{BYTES, Called, EVERYWHERE, Handed, How, List, NOTHING, NUMBER, Node, NodeId, TEXT, TRUTH, UNKNOWN};
use super::collect::Collector;
use super::span;
use crate::facts::{CallSite, Name, When};
use crate::source::{Index, Span, to_u32};

/// Whether a function of the standard library of that name may make its result of its arguments.
fn makes_of_arguments(name: &str) -> bool {
    // By their lengths: most names are told apart by that.
    let alike: &[&str] = match name.len() {
        3 => &["max", "min", "pop", "set", "zip"],
        4 => &["cast", "copy", "dict", "iter", "list", "next", "type"],
        5 => &["super", "tuple", "wraps"],
        6 => &["filter", "gather", "sorted"],
        7 => &["__new__", "partial", "replace"],
        8 => &["deepcopy", "reversed"],
        9 => &["enumerate", "frozenset"],
        _ => &[],
    };
    alike.contains(&name)
}

/// How many arguments of theirs are kept.
const MOST_ARGUMENTS: usize = 2;

/// Longest text that is read as an annotation.
const LONGEST_ANNOTATION: usize = 512;

impl Collector {
    pub(super) fn node(&mut self, node: Node) -> NodeId {
        self.code.nodes.push(node);
        to_u32(self.code.nodes.len() - 1)
    }

    fn list(&mut self, nodes: &[NodeId]) -> List {
        let start = to_u32(self.code.lists.len());
        self.code.lists.extend_from_slice(nodes);
        List {
            start,
            count: to_u32(nodes.len()),
        }
    }

    pub(super) fn either(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.node(Node::Either { a, b })
    }

    /// An expression whose value nothing depends on: its calls alone.
    pub(super) fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::Name(_) => {}
            Expr::Attribute(outermost) => {
                // A path of plain names calls nothing.
                let mut next = &*outermost.value;
                while let Expr::Attribute(attribute) = next {
                    next = &attribute.value;
                }
                self.expression(next);
            }
            Expr::BoolOp(choice) => {
                for value in &choice.values {
                    self.expression(value);
                    self.narrow_rest(choice, value);
                }
            }
            other => {
                let (nodes, lists) = (self.code.nodes.len(), self.code.lists.len());
                let before = std::mem::take(&mut self.used);
                self.value(other);
                // Of a value that nothing depends on, what is not used for something else is left out.
                if self.used > nodes {
                    self.code.nodes.truncate(self.used);
                } else {
                    self.code.nodes.truncate(nodes);
                    self.code.lists.truncate(lists);
                }
                self.used = self.used.max(before);
            }
        }
    }

    /// Notes that a node, and so all that it is made of, is referred to by more than other nodes.
    pub(super) fn uses(&mut self, node: NodeId) {
        self.used = self.used.max(node as usize + 1);
    }

    fn expressions<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expr>) {
        for expression in expressions {
            self.expression(expression);
        }
    }

    /// An expression, its calls noted on the way.
    pub(super) fn value(&mut self, expression: &Expr) -> NodeId {
        match expression {
            Expr::Name(name) => {
                let name = self.names.intern(&name.id);
                self.name_node(name, span(expression).start)
            }
            Expr::Attribute(_) | Expr::Call(_) | Expr::Subscript(_) => self.chain(expression),
            Expr::StringLiteral(_) => TEXT,
            Expr::BytesLiteral(_) => BYTES,
            Expr::BooleanLiteral(_) => TRUTH,
            Expr::NumberLiteral(_) => NUMBER,
            Expr::NoneLiteral(_) => NOTHING,
            Expr::FString(text) => {
                for element in text.value.elements() {
                    self.interpolated(element);
                }
                TEXT
            }
            Expr::TString(text) => {
                for element in text.value.elements() {
                    self.interpolated(element);
                }
                UNKNOWN
            }
            Expr::BoolOp(choice) => self.choice(choice),
            Expr::BinOp(_) => self.operators(expression),
            Expr::UnaryOp(operation) => {
                self.expression(&operation.operand);
                match operation.op {
                    UnaryOp::Not => TRUTH,
                    UnaryOp::Invert | UnaryOp::UAdd | UnaryOp::USub => UNKNOWN,
                }
            }
            Expr::Compare(comparison) => {
                self.expression(&comparison.left);
                self.expressions(&*comparison.comparators);
                UNKNOWN
            }
            Expr::If(choice) => self.conditional(choice),
            Expr::Named(named) => {
                let node = self.value(&named.value);
                // A comprehension's `:=` binds in what is around it.
                let inner = self.place.frame;
                self.place.frame = self.around_comprehensions(inner);
                self.assign(&named.target, Some(&named.value), node, span(expression).end);
                self.place.frame = inner;
                node
            }
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::List(list) => self.elements(&list.elts),
            Expr::Set(set) => self.elements(&set.elts),
            Expr::Tuple(tuple) => {
                let nodes: Vec<NodeId> = tuple.elts.iter().map(|element| self.value(element)).collect();
                let list = self.list(&nodes);
                self.node(Node::Tuple(list))
            }
            Expr::Dict(dict) => self.entries(dict),
            Expr::ListComp(comprehension) => self.comprehension(&comprehension.generators, &comprehension.elt, None),
            Expr::SetComp(comprehension) => self.comprehension(&comprehension.generators, &comprehension.elt, None),
            Expr::Generator(comprehension) => self.comprehension(&comprehension.generators, &comprehension.elt, None),
            Expr::DictComp(comprehension) => self.comprehension(
                &comprehension.generators,
                &comprehension.value,
                comprehension.key.as_deref(),
            ),
            Expr::Await(awaited) => {
                let of = self.value(&awaited.value);
                self.node(Node::Awaited { of })
            }
            Expr::Yield(yielded) => {
                let node = yielded.value.as_ref().map_or(UNKNOWN, |value| self.value(value));
                self.yields(node)
            }
            Expr::YieldFrom(yielded) => {
                let of = self.value(&yielded.value);
                let node = self.node(Node::Element { of });
                self.yields(node)
            }
            Expr::Starred(starred) => {
                let of = self.value(&starred.value);
                self.node(Node::Element { of })
            }
            Expr::Slice(slice) => {
                let parts = [&slice.lower, &slice.upper, &slice.step];
                self.expressions(parts.into_iter().flatten().map(|part| &**part));
                UNKNOWN
            }
            Expr::EllipsisLiteral(_) | Expr::IpyEscapeCommand(_) => UNKNOWN,
        }
    }

    fn name_node(&mut self, name: Name, at: u32) -> NodeId {
        let frame = self.place.frame;
        self.node(Node::Name { name, frame, at })
    }

    pub(super) fn around_comprehensions(&self, frame: u32) -> u32 {
        let mut frame = frame;
        while frame > 0 {
            let found = self.code.frames[frame as usize];
            if found.runs_later || found.class.is_some() {
                break;
            }
            frame = found.parent;
        }
        frame
    }

    fn yields(&mut self, node: NodeId) -> NodeId {
        self.hold_result(How::Yielded, node);
        // What is sent back is not known.
        UNKNOWN
    }

    /// `a or b`, `a and b`
    fn choice(&mut self, choice: &ExprBoolOp) -> NodeId {
        let mut joined = None;
        for value in &choice.values {
            let node = self.value(value);
            self.narrow_rest(choice, value);
            joined = Some(joined.map_or(node, |before| self.either(before, node)));
        }
        joined.unwrap_or(UNKNOWN)
    }

    /// What stands after a part of `a and b` or `a or b` runs where that part holds, or does not.
    fn narrow_rest(&mut self, choice: &ExprBoolOp, part: &Expr) {
        let rest = Span::new(span(part).end, span(choice).end);
        if choice.op.is_and() {
            self.narrow(part, rest);
        } else {
            self.narrow_away(part, rest);
        }
    }

    /// `a if test else b`
    fn conditional(&mut self, choice: &ExprIf) -> NodeId {
        self.expression(&choice.test);
        self.narrow(&choice.test, span(&*choice.body));
        self.narrow_away(&choice.test, span(&*choice.orelse));
        let a = self.value(&choice.body);
        let b = self.value(&choice.orelse);
        self.either(a, b)
    }

    /// Attributes, calls and subscripts behind each other, from the inside out.
    fn chain(&mut self, outermost: &Expr) -> NodeId {
        let mut links: SmallVec<[&Expr; 8]> = SmallVec::new();
        let mut next = outermost;
        let mut node = loop {
            match next {
                Expr::Attribute(attribute) => {
                    links.push(next);
                    next = &attribute.value;
                }
                Expr::Call(call) => {
                    links.push(next);
                    next = &call.func;
                }
                Expr::Subscript(subscript) => {
                    links.push(next);
                    next = &subscript.value;
                }
                innermost => break self.value(innermost),
            }
        };
        while let Some(link) = links.pop() {
            node = match link {
                Expr::Attribute(attribute) => {
                    let name = self.names.intern(attribute.attr.as_str());
                    let path = self.node(Node::Attribute { of: node, name });
                    // Of what is called it is the attribute that is called, whatever it holds.
                    match links.last() {
                        Some(Expr::Call(_)) => path,
                        _ if self.shown.is_empty() => path,
                        _ => self.shown(path, span(link).start),
                    }
                }
                Expr::Call(call) => self.call_of(call, node),
                Expr::Subscript(subscript) => {
                    let by = self.index(&subscript.slice);
                    self.node(Node::Subscript { of: node, by })
                }
                _ => node,
            };
        }
        node
    }

    /// What stands between brackets: a small number picks an element.
    fn index(&mut self, slice: &Expr) -> NodeId {
        match slice {
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(value) => value
                    .as_u16()
                    .map_or(NUMBER, |index| self.node(Node::Index(u32::from(index)))),
                Number::Float(_) | Number::Complex { .. } => NUMBER,
            },
            other => self.value(other),
        }
    }

    /// A call of what is walked already.
    fn call_of(&mut self, call: &ExprCall, of: NodeId) -> NodeId {
        self.note_call(&call.func, of);
        let last = match self.code.nodes[of as usize] {
            Node::Name { name, .. } | Node::Attribute { name, .. } => Some(name),
            _ => None,
        };
        let called = last.map_or("", |name| self.names.get(name));
        let keeps = makes_of_arguments(called);
        let names_type = called == "cast";
        let kept = self.arguments(&call.arguments, keeps, names_type);
        if self.imports_by_call {
            self.call(call);
        }
        if let (Some(name), Some(class)) = (last, self.place.class)
            && call.arguments.is_empty()
            && matches!(self.code.nodes[of as usize], Node::Name { .. })
            && self.names.get(name) == "super"
        {
            return self.node(Node::Super { class });
        }
        let arguments = if keeps {
            let list = self.list(&kept);
            self.node(Node::Tuple(list))
        } else {
            UNKNOWN
        };
        self.node(Node::Call { of, arguments })
    }

    /// Walks arguments, and gives the nodes of the first ones. The first `names_type` as an annotation does.
    fn arguments(&mut self, arguments: &Arguments, keeps: bool, names_type: bool) -> Vec<NodeId> {
        let mut kept = Vec::new();
        for argument in &*arguments.args {
            if keeps && kept.len() < MOST_ARGUMENTS {
                kept.push(if names_type && kept.is_empty() {
                    self.annotation(argument)
                } else {
                    self.value(argument)
                });
            }
            // What is kept has been walked; of a plain name or path, what it hands over is still to be noted.
            if !keeps || kept.len() >= MOST_ARGUMENTS || matches!(argument, Expr::Name(_) | Expr::Attribute(_)) {
                self.argument(argument);
            }
        }
        for keyword in &*arguments.keywords {
            self.argument(&keyword.value);
        }
        kept
    }

    /// Notes that an expression is called.
    pub(super) fn note_call(&mut self, called: &Expr, node: NodeId) {
        let (name, receiver, at) = match called {
            Expr::Name(_) => (self.last_name(node), None, span(called)),
            Expr::Attribute(attribute) => {
                let receiver = match self.code.nodes[node as usize] {
                    Node::Attribute { of, .. } => self.last_name(of),
                    _ => None,
                };
                (self.last_name(node), receiver, span(&attribute.attr))
            }
            _ => (None, None, Span::default()),
        };
        let Some(name) = name.filter(|_| at.start < at.end) else {
            self.facts.nameless_calls += 1;
            return;
        };
        self.facts.calls.push(CallSite {
            name,
            receiver,
            span: at,
        });
        self.uses(node);
        self.sites.called.push(Called {
            node,
            start: span(called).start,
            item: self.place.scope.map(Index::from),
            when: self.place.when,
        });
    }

    /// The last name of an expression, whatever is done to it: `b` of `a.b`, `a.b()` and `a.b[0]`.
    fn last_name(&self, node: NodeId) -> Option<Name> {
        let mut node = node;
        loop {
            node = match self.code.nodes[node as usize] {
                Node::Name { name, .. } | Node::Attribute { name, .. } => return Some(name),
                Node::Call { of, .. }
                | Node::Subscript { of, .. }
                | Node::Awaited { of }
                | Node::Shown { path: of, .. } => of,
                Node::Super { .. } => return self.super_name,
                _ => return None,
            };
        }
    }

    /// An argument: its calls, and what it hands over by a name or path. A local value is not known by its name.
    fn argument(&mut self, argument: &Expr) {
        let at = match argument {
            Expr::Name(_) => span(argument),
            Expr::Attribute(attribute) => span(&attribute.attr),
            other => return self.expression(other),
        };
        let mut head = argument;
        while let Expr::Attribute(attribute) = head {
            head = &attribute.value;
        }
        let Expr::Name(name) = head else {
            return self.expression(argument);
        };
        let name = self.names.intern(&name.id);
        let is_value = self.known_locals.contains(&(self.place.frame, name)) && Some(name) != self.place.receiver;
        if is_value || (Some(name) == self.place.receiver && matches!(argument, Expr::Name(_))) {
            return;
        }
        let node = match argument {
            Expr::Name(_) => self.name_node(name, at.start),
            path => self.value(path),
        };
        self.uses(node);
        self.sites.handed.push(Handed {
            node,
            span: at,
            item: self.place.scope.map(Index::from),
            when: self.place.when,
        });
    }

    /// A chain of operators is a deep tree: its left side is walked by a loop.
    fn operators(&mut self, outermost: &Expr) -> NodeId {
        let mut links = Vec::new();
        let mut next = outermost;
        while let Expr::BinOp(operation) = next {
            links.push(operation);
            next = &operation.left;
        }
        let mut node = self.value(next);
        for operation in links.into_iter().rev() {
            let right = self.value(&operation.right);
            node = match operation.op {
                Operator::BitOr => self.node(Node::Joined { a: node, b: right }),
                Operator::Add
                | Operator::Sub
                | Operator::Mult
                | Operator::MatMult
                | Operator::Div
                | Operator::Mod
                | Operator::Pow
                | Operator::LShift
                | Operator::RShift
                | Operator::BitXor
                | Operator::BitAnd
                | Operator::FloorDiv => match self.code.nodes[node as usize] {
                    Node::Constant(constant) => self.node(Node::Constant(constant)),
                    _ => UNKNOWN,
                },
            };
        }
        node
    }

    fn interpolated(&mut self, element: &InterpolatedStringElement) {
        match element {
            InterpolatedStringElement::Interpolation(part) => {
                self.expression(&part.expression);
                for element in part.format_spec.iter().flat_map(|spec| &spec.elements) {
                    self.interpolated(element);
                }
            }
            InterpolatedStringElement::Literal(_) => {}
        }
    }

    fn lambda(&mut self, lambda: &ExprLambda) -> NodeId {
        if let Some(parameters) = &lambda.parameters {
            for parameter in parameters.iter_non_variadic_params() {
                parameter.default.iter().for_each(|value| self.expression(value));
            }
        }
        let frame = self.frame(None, true);
        let before = self.place;
        self.place.frame = frame;
        self.place.until = EVERYWHERE;
        self.place.when |= When::DEFERRED;
        self.place.optional = false;
        self.place.in_function = true;
        for parameter in lambda.parameters.iter().flat_map(|parameters| parameters.iter()) {
            self.local(parameter.name(), UNKNOWN, span(lambda).start);
        }
        self.expression(&lambda.body);
        self.place = before;
        UNKNOWN
    }

    /// An annotation, or a class that a test names: strings in it are code.
    pub(super) fn annotation(&mut self, annotation: &Expr) -> NodeId {
        match annotation {
            Expr::StringLiteral(text) => {
                let text = text.value.to_str();
                let parsed = (text.len() <= LONGEST_ANNOTATION)
                    .then(|| ruff_python_parser::parse_expression(text).ok())
                    .flatten();
                // Positions within it are those of another text: names are looked up as at the end of all.
                let first = self.code.nodes.len();
                let node = parsed.map_or(UNKNOWN, |parsed| {
                    self.without_calls(|this| this.annotation(parsed.expr()))
                });
                for node in &mut self.code.nodes[first..] {
                    if let Node::Name { at, .. } = node {
                        *at = EVERYWHERE;
                    }
                }
                node
            }
            Expr::Subscript(subscript) => {
                let of = self.annotation(&subscript.value);
                let by = self.annotation(&subscript.slice);
                self.node(Node::Subscript { of, by })
            }
            Expr::Tuple(tuple) => {
                let nodes: Vec<NodeId> = tuple.elts.iter().map(|element| self.annotation(element)).collect();
                let list = self.list(&nodes);
                self.node(Node::Tuple(list))
            }
            Expr::BinOp(operation) if operation.op == Operator::BitOr => {
                let mut links = vec![&*operation.right];
                let mut next = &*operation.left;
                while let Expr::BinOp(operation) = next {
                    links.push(&operation.right);
                    next = &operation.left;
                }
                let mut node = self.annotation(next);
                for right in links.into_iter().rev() {
                    let right = self.annotation(right);
                    node = self.node(Node::Joined { a: node, b: right });
                }
                node
            }
            Expr::List(list) => {
                let nodes: Vec<NodeId> = list.elts.iter().map(|element| self.annotation(element)).collect();
                let list = self.list(&nodes);
                self.node(Node::Tuple(list))
            }
            other => self.value(other),
        }
    }
}
