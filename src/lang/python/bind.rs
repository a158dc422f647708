//! What statements bind: assignments, targets, patterns, and the names that a module's `__getattr__`
//! provides.

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Expr, ExprName, Pattern, Stmt, StmtAnnAssign, StmtFunctionDef};

use super::code::{How, Node, NodeId, UNKNOWN};
use super::collect::{Collector, is_name};
use super::dynamic::{Dynamic, dotted};
use super::{Bound, Exports, exports, span};
use crate::facts::{Import, ImportForm, ItemKind, Name, When};
use crate::source::{Span, to_u32};

impl Collector {
    /// Binds an assignment's target to its value, from an offset on.
    pub(super) fn assign(&mut self, target: &Expr, value: Option<&Expr>, node: NodeId, from: u32) {
        match (target, value) {
            (Expr::Name(name), Some(value)) if self.is_module_level() => {
                let item = self.assign_name(name, value);
                let name = self.names.intern(&name.id);
                let node = self.as_declared(name, node);
                self.hold(item, How::Assigned, node);
                self.local_name(name, node, from);
            }
            (Expr::Name(name), _) => self.name_target(&name.id, span(name), node, from),
            (Expr::Tuple(targets), Some(Expr::Tuple(values))) if targets.elts.len() == values.elts.len() => {
                let nodes = match self.code.nodes[node as usize] {
                    Node::Tuple(list) => self.code.list(list).to_vec(),
                    _ => Vec::new(),
                };
                for (at, (target, value)) in targets.elts.iter().zip(&values.elts).enumerate() {
                    let node = nodes.get(at).copied().unwrap_or(UNKNOWN);
                    self.assign(target, Some(value), node, from);
                }
            }
            (Expr::Tuple(targets), _) => self.unpack(&targets.elts, node, from),
            (Expr::List(targets), _) => self.unpack(&targets.elts, node, from),
            (Expr::Starred(starred), _) => self.assign(&starred.value, None, UNKNOWN, from),
            (Expr::Attribute(attribute), _) => {
                let of = self.value(&attribute.value);
                self.forget(&attribute.attr, from);
                if let Some(class) = self.own_class(of) {
                    let item = self.attribute(class, attribute.attr.as_str(), span(&attribute.attr));
                    self.hold(item, How::Assigned, node);
                }
            }
            _ => self.walk_target(target),
        }
    }

    fn unpack(&mut self, targets: &[Expr], of: NodeId, from: u32) {
        let mut starred = false;
        for (at, target) in targets.iter().enumerate() {
            starred |= matches!(target, Expr::Starred(_));
            let node = if starred {
                UNKNOWN
            } else {
                let index = to_u32(at);
                self.node(Node::Unpacked { of, index })
            };
            self.assign(target, None, node, from);
        }
    }

    /// The class whose attribute `of.name` is, where `of` is a method's receiver.
    fn own_class(&self, of: NodeId) -> Option<u32> {
        match self.code.nodes[of as usize] {
            Node::Name { name, .. } if Some(name) == self.place.receiver => self.place.class,
            _ => None,
        }
    }

    /// `name: annotation = value`
    pub(super) fn declare(&mut self, assign: &StmtAnnAssign, stub: bool) {
        let of = self.annotation(&assign.annotation);
        if let Some(value) = &assign.value
            && is_alias(&assign.annotation)
        {
            let node = self.annotation(value);
            return self.assign(&assign.target, Some(value), node, span(assign).end);
        }
        let declared = self.node(Node::Declared { of });
        if let Expr::Name(name) = &*assign.target {
            let name = self.names.intern(&name.id);
            self.declared.insert((self.place.frame, name), declared);
        }
        let value = assign.value.as_ref().map(|value| self.value(value));
        let from = span(assign).end;
        let node = match value {
            // What a variable is declared to hold says more than `None`.
            Some(value) if !matches!(self.code.nodes[value as usize], Node::Nothing) => {
                self.node(Node::Rather { a: value, b: declared })
            }
            _ => declared,
        };
        let item = match &*assign.target {
            Expr::Name(name) if self.is_module_level() => match &assign.value {
                Some(value) => {
                    let item = self.assign_name(name, value);
                    self.local(&name.id, node, from);
                    Some(item)
                }
                None if stub => Some(self.module_item(&name.id, span(name))),
                None => None,
            },
            Expr::Name(name) => {
                self.local(&name.id, node, from);
                self.class_attribute(&name.id, span(name))
            }
            Expr::Attribute(attribute) => {
                let of = self.value(&attribute.value);
                self.forget(&attribute.attr, from);
                let class = self.own_class(of);
                class.map(|class| self.attribute(class, attribute.attr.as_str(), span(&attribute.attr)))
            }
            other => {
                self.walk_target(other);
                None
            }
        };
        if let Some(item) = item {
            self.hold(item, How::Declared, of);
        }
    }

    fn assign_name(&mut self, name: &ExprName, value: &Expr) -> u32 {
        if name.id.as_str() == "__all__" {
            let mut assigned = if mentions_all(value) {
                self.exports.take().unwrap_or_default()
            } else {
                Exports::default()
            };
            exports::add(&mut assigned, value, &mut self.names);
            self.exports = Some(assigned);
            return self.module_item(&name.id, span(name));
        }
        let imported = matches!(value, Expr::Call(call) if self.machinery.import(call).is_some_and(|import| import != Dynamic::Computed));
        let item = self.item(&name.id, ItemKind::Variable, span(name), span(name));
        let name = self.facts.items[item as usize].name;
        let import = self
            .facts
            .imports
            .iter()
            .rposition(|import| import.statement == span(value));
        if let Some(import) = import.filter(|_| imported) {
            self.bind(name, Bound::Import(to_u32(import)));
            return item;
        }
        let mut paths = Vec::new();
        named(value, &mut paths);
        if paths.is_empty() {
            self.bind(name, Bound::Item(item));
        }
        for (at, path) in paths.iter().enumerate() {
            let path = self.names.intern(path);
            // Of several values, each but the first adds to what the name may be.
            self.within(
                |place| place.when |= When::GUARDED.only_if(at > 0),
                |this| this.bind(name, Bound::Alias { path, item }),
            );
        }
        item
    }

    /// Walks what an assignment stores to.
    pub(super) fn walk_target(&mut self, target: &Expr) {
        match target {
            Expr::Attribute(attribute) => {
                self.expression(&attribute.value);
                self.forget(&attribute.attr, span(target).end);
            }
            Expr::Name(_) => {}
            other => self.expression(other),
        }
    }

    pub(super) fn pattern(&mut self, pattern: &Pattern) {
        let mut binder = PatternNames(Vec::new());
        binder.visit_pattern(pattern);
        for (name, at) in binder.0 {
            self.name_target(&name, at, UNKNOWN, at.end);
        }
    }

    /// Binds a name to a value: the module's, a class's attribute, a function's local.
    pub(super) fn name_target(&mut self, name: &str, at: Span, node: NodeId, from: u32) {
        let item = if self.is_module_level() {
            Some(self.module_item(name, at))
        } else {
            self.class_attribute(name, at)
        };
        let interned = self.names.intern(name);
        let global = self
            .globals
            .iter()
            .find(|(frame, global, _)| (*frame, *global) == (self.place.frame, interned));
        let global = global.map(|(_, _, item)| *item);
        if let Some(item) = item.or(global) {
            self.hold(item, How::Assigned, node);
        }
        if global.is_none() {
            let node = self.as_declared(interned, node);
            self.local_name(interned, node, from);
        }
    }

    /// A value that is assigned to a name: what it is itself, or else what the name is declared to hold.
    fn as_declared(&mut self, name: Name, node: NodeId) -> NodeId {
        match self.declared.get(&(self.place.frame, name)) {
            Some(&declared) if node != declared => self.node(Node::Rather { a: node, b: declared }),
            _ => node,
        }
    }

    /// The attribute that a name is in a class's body.
    fn class_attribute(&mut self, name: &str, at: Span) -> Option<u32> {
        let class = self.place.scope.filter(|_| self.place.in_class)?;
        Some(self.attribute(class, name, at))
    }

    fn module_item(&mut self, name: &str, at: Span) -> u32 {
        let item = self.item(name, ItemKind::Variable, at, at);
        let name = self.facts.items[item as usize].name;
        self.bind(name, Bound::Item(item));
        item
    }

    pub(super) fn module_variable(&mut self, name: &str, at: Span) -> u32 {
        let before = self.place;
        self.place.scope = None;
        self.place.in_function = false;
        self.place.in_class = false;
        self.place.when |= When::GUARDED;
        let item = self.module_item(name, at);
        self.place = before;
        item
    }

    /// Binds what a module's `__getattr__` imports for constant names, its body being walked already:
    /// `if name == "Router": from .router import Router; return Router`.
    pub(super) fn lazy_names(&mut self, function: &StmtFunctionDef, first_import: usize) {
        let Some(parameter) = function.parameters.iter_non_variadic_params().next() else {
            return;
        };
        let parameter = parameter.parameter.name.as_str();
        let branches = function.body.iter().filter_map(|statement| match statement {
            Stmt::If(branch) => Some(branch),
            _ => None,
        });
        for branch in branches {
            self.lazy_branch(parameter, &branch.test, &branch.body, first_import);
            for clause in &branch.elif_else_clauses {
                if let Some(test) = &clause.test {
                    self.lazy_branch(parameter, test, &clause.body, first_import);
                }
            }
        }
    }

    fn lazy_branch(&mut self, parameter: &str, test: &Expr, body: &[Stmt], first_import: usize) {
        let returned = body.iter().find_map(|statement| match statement {
            Stmt::Return(value) => value.value.as_deref(),
            _ => None,
        });
        let (Some(returned), Some(first), Some(last)) = (returned, body.first(), body.last()) else {
            return;
        };
        let path = dotted(returned);
        let block = Span::new(span(first).start, span(last).end);
        let brings = |import: &Import| match (import.alias, import.form) {
            (_, ImportForm::Dynamic) => import.statement == span(returned),
            (Some(bound), _) | (None, ImportForm::Name(bound)) => path.as_deref() == Some(self.names.get(bound)),
            (None, ImportForm::Module | ImportForm::Star) => false,
        };
        let found = self.facts.imports[first_import..]
            .iter()
            .position(|import| block.contains(import.statement.start) && brings(import));
        if let Some(at) = found {
            for name in asked_names(parameter, test) {
                let name = self.names.intern(&name);
                self.bind(name, Bound::Import(to_u32(first_import + at)));
            }
        }
    }
}

/// The names that a `match` pattern captures.
struct PatternNames(Vec<(String, Span)>);

impl<'a> Visitor<'a> for PatternNames {
    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(capture) => capture.name.as_ref(),
            Pattern::MatchStar(capture) => capture.name.as_ref(),
            Pattern::MatchMapping(capture) => capture.rest.as_ref(),
            Pattern::MatchValue(_)
            | Pattern::MatchSingleton(_)
            | Pattern::MatchSequence(_)
            | Pattern::MatchClass(_)
            | Pattern::MatchOr(_) => None,
        };
        self.0.extend(name.map(|name| (name.to_string(), span(name))));
        ruff_python_ast::visitor::walk_pattern(self, pattern);
    }
}

/// Whether a sum contains `__all__` itself: `__all__ = __all__ + […]`.
fn mentions_all(value: &Expr) -> bool {
    match value {
        Expr::BinOp(sum) => mentions_all(&sum.left) || mentions_all(&sum.right),
        other => is_name(other, "__all__"),
    }
}

/// The constants that `parameter == "A"` or `parameter in ("A", "B")` ask for.
fn asked_names(parameter: &str, test: &Expr) -> Vec<String> {
    let Expr::Compare(compare) = test else {
        return Vec::new();
    };
    if !is_name(&compare.left, parameter) || compare.comparators.len() != 1 {
        return Vec::new();
    }
    let elements = match &compare.comparators[0] {
        Expr::Tuple(tuple) => &tuple.elts[..],
        Expr::List(list) => &list.elts[..],
        Expr::Set(set) => &set.elts[..],
        single => std::slice::from_ref(single),
    };
    let constant = |element: &Expr| match element {
        Expr::StringLiteral(string) => Some(string.value.to_str().to_owned()),
        _ => None,
    };
    elements.iter().filter_map(constant).collect()
}

/// The names that a value may be: itself, or the branches of a condition, `a if b else c`, `a or b`.
fn named(value: &Expr, paths: &mut Vec<String>) {
    match value {
        Expr::If(choice) => {
            named(&choice.body, paths);
            named(&choice.orelse, paths);
        }
        Expr::BoolOp(choice) => choice.values.iter().for_each(|value| named(value, paths)),
        Expr::Named(inner) => named(&inner.value, paths),
        _ => paths.extend(dotted(value)),
    }
}

/// `TypeAlias` as an annotation: the value is one, of other names.
fn is_alias(annotation: &Expr) -> bool {
    match annotation {
        Expr::Name(name) => name.id == "TypeAlias",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TypeAlias",
        Expr::StringLiteral(text) => text.value.to_str().rsplit('.').next() == Some("TypeAlias"),
        _ => false,
    }
}
