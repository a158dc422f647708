//! What functions and classes define: items, what their callers see of them, and their frames.

use ruff_python_ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef, TypeParams};

use super::code::{EVERYWHERE, Function, How, Node, NodeId, UNKNOWN};
use super::collect::{Collector, is_name};
use super::dynamic::dotted;
use super::frames::may_replace;
use super::{Bound, span};
use crate::facts::{Inherit, ItemKind, Name, When};

impl Collector {
    pub(super) fn function(&mut self, function: &StmtFunctionDef) {
        let made = self.decorators(function);
        self.acts |= !function.body.iter().all(does_nothing);
        let item = self.item(
            function.name.as_str(),
            ItemKind::Function,
            span(&function.name),
            span(function),
        );
        let name = self.facts.items[item as usize].name;
        self.bind(name, Bound::Item(item));
        self.define(name, item, span(function).end);
        let shape = self.function_of(item, function);
        self.shapes.functions.push(shape);
        self.code.decorated.extend(made.map(|made| (item, made)));
        // Annotations and defaults are read outside the function, but for its own type parameters.
        let outer = self.place.frame;
        if let Some(own) = function.type_params.as_deref() {
            self.place.frame = self.frame(None, false);
            self.type_parameters(own);
        }
        let parameters = self.parameter_nodes(&function.parameters);
        self.returns(&shape, function);
        let frame = self.frame(None, true);
        self.place.frame = outer;
        let first_import = self.facts.imports.len();
        // When it runs, what tests around it showed of attributes need not hold.
        let shown = std::mem::take(&mut self.shown);
        self.within(
            |place| {
                place.scope = Some(item);
                place.in_function = true;
                place.in_class = false;
                place.when |= When::DEFERRED;
                // It runs later, outside the handlers around its definition.
                place.optional = false;
                place.frame = frame;
                place.class = shape.class.or(place.class);
                place.function = Some(item);
                place.until = EVERYWHERE;
                place.dead = EVERYWHERE;
                place.around = 0;
            },
            |this| {
                this.bind_parameters(&shape, &function.parameters, &parameters);
                this.body(&function.body);
            },
        );
        self.shown = shown;
        if self.is_module_level() && function.name.as_str() == "__getattr__" {
            self.lazy_names(function, first_import);
        }
    }

    /// What a function is declared to return.
    fn returns(&mut self, shape: &Function, function: &StmtFunctionDef) {
        let Some(returns) = &function.returns else { return };
        let first = function.parameters.iter_non_variadic_params().next();
        let of_receiver = first.and_then(|first| first.parameter.annotation.as_deref());
        let same = matches!((of_receiver, &**returns), (Some(Expr::Name(a)), Expr::Name(b)) if a.id == b.id);
        match shape.class {
            // `def method(self: T) -> T`: what it is called on.
            Some(class) if same && !shape.is_static && !shape.is_class_method => {
                let node = self.node(Node::Receiver { class });
                self.hold(shape.item, How::Returned, node);
            }
            _ => {
                let node = self.annotation(returns);
                self.hold(shape.item, How::Declared, node);
            }
        }
    }

    /// Walks decorators. Of those that may make something else of a method, what the outermost makes.
    fn decorators(&mut self, function: &StmtFunctionDef) -> Option<NodeId> {
        let mut made = None;
        for decorator in &function.decorator_list {
            let of = self.decorator(&decorator.expression);
            if made.is_none() && self.place.in_class && may_replace(decorator) {
                let arguments = UNKNOWN;
                made = Some(self.node(Node::Call { of, arguments }));
            }
        }
        made
    }

    /// `@decorator` calls what it names.
    fn decorator(&mut self, decorator: &Expr) -> NodeId {
        let node = self.value(decorator);
        if !matches!(decorator, Expr::Call(_)) {
            self.note_call(decorator, node);
        }
        node
    }

    /// The names of a function's or class's own type parameters stand for no type that is known.
    fn type_parameters(&mut self, parameters: &TypeParams) {
        for parameter in &parameters.type_params {
            self.local(parameter.name().as_str(), UNKNOWN, 0);
        }
    }

    /// Makes a definition known in its frame, or as a member of its class. The module's are bindings.
    fn define(&mut self, name: Name, item: u32, from: u32) {
        if self.place.in_class
            && let Some(class) = self.place.scope
        {
            self.member(class, name, item);
        }
        if self.place.frame > 0 {
            let node = self.node(Node::Item(item));
            self.local_name(name, node, from);
        }
    }

    pub(super) fn class(&mut self, class: &StmtClassDef) {
        for decorator in &class.decorator_list {
            self.decorator(&decorator.expression);
        }
        let item = self.item(class.name.as_str(), ItemKind::Class, span(&class.name), span(class));
        let name = self.facts.items[item as usize].name;
        self.bind(name, Bound::Item(item));
        self.define(name, item, span(class).end);
        let outer = self.place.frame;
        let frame = self.frame(Some(item), false);
        self.place.frame = frame;
        if let Some(own) = class.type_params.as_deref() {
            self.type_parameters(own);
        }
        if let Some(arguments) = &class.arguments {
            for base in &*arguments.args {
                self.base(item, base);
            }
            for keyword in &arguments.keywords {
                self.expression(&keyword.value);
            }
        }
        self.place.frame = outer;
        self.within(
            |place| {
                place.scope = Some(item);
                place.in_class = true;
                place.frame = frame;
                place.receiver = None;
                place.until = EVERYWHERE;
                place.dead = EVERYWHERE;
                place.around = 0;
            },
            |this| this.body(&class.body),
        );
    }

    fn base(&mut self, item: u32, base: &Expr) {
        let node = self.annotation(base);
        self.code.bases.push((item, node));
        let named = match base {
            Expr::Subscript(generic) => &*generic.value,
            plain => plain,
        };
        if let Some(path) = dotted(named) {
            let base = self.names.intern(&path);
            self.facts.inherits.push(Inherit {
                item,
                base,
                span: span(named),
                when: self.place.when,
            });
        }
    }
}

/// Whether a statement is there because a body must have one: a docstring, `...`, `pass`, `raise NotImplementedError`.
fn does_nothing(statement: &Stmt) -> bool {
    match statement {
        Stmt::Pass(_) => true,
        Stmt::Expr(expression) => matches!(&*expression.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_)),
        Stmt::Raise(raise) => raise.exc.as_deref().is_some_and(|error| {
            let raised = match error {
                Expr::Call(call) => &*call.func,
                plain => plain,
            };
            is_name(raised, "NotImplementedError")
        }),
        _ => false,
    }
}
