//! What statements bind at module level: assignments, targets, patterns, and the names that a module's `__getattr__`
//! provides.

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Expr, ExprName, Pattern, Stmt, StmtFunctionDef};

use super::collect::{Collector, is_name};
use super::dynamic::{Dynamic, dotted};
use super::{Bound, Exports, exports, span};
use crate::facts::{Import, ImportForm, ItemKind};
use crate::source::{Span, to_u32};

impl Collector {
    /// Binds an assignment's target to what its value names.
    pub(super) fn assign(&mut self, target: &Expr, value: &Expr) {
        match (target, value) {
            (Expr::Name(name), _) if self.is_module_level() => self.assign_name(name, value),
            (Expr::Name(_), _) => {}
            (Expr::Tuple(targets), Expr::Tuple(values)) if targets.elts.len() == values.elts.len() => {
                for (target, value) in targets.elts.iter().zip(&values.elts) {
                    self.assign(target, value);
                }
            }
            _ => self.target(target),
        }
    }

    fn assign_name(&mut self, name: &ExprName, value: &Expr) {
        if name.id.as_str() == "__all__" {
            let mut assigned = if mentions_all(value) {
                self.exports.take().unwrap_or_default()
            } else {
                Exports::default()
            };
            exports::add(&mut assigned, value, &mut self.names);
            self.exports = Some(assigned);
            self.variable(&name.id, span(name));
            return;
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
            return;
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
                |place| place.when.guarded |= at > 0,
                |this| this.bind(name, Bound::Alias { path, item }),
            );
        }
    }

    /// Binds the names of an assignment's target.
    pub(super) fn target(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => self.variable(&name.id, span(name)),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.target(element)),
            Expr::List(list) => list.elts.iter().for_each(|element| self.target(element)),
            Expr::Starred(starred) => self.target(&starred.value),
            _ => {}
        }
    }

    pub(super) fn pattern(&mut self, pattern: &Pattern) {
        let mut binder = PatternNames(Vec::new());
        binder.visit_pattern(pattern);
        for (name, at) in binder.0 {
            self.variable(&name, at);
        }
    }

    pub(super) fn variable(&mut self, name: &str, at: Span) {
        if self.is_module_level() {
            let item = self.item(name, ItemKind::Variable, at, at);
            let name = self.facts.items[item as usize].name;
            self.bind(name, Bound::Item(item));
        }
    }

    pub(super) fn module_variable(&mut self, name: &str, at: Span) {
        self.within(
            |place| {
                place.scope = None;
                place.in_function = false;
                place.in_class = false;
                place.when.guarded = true;
            },
            |this| this.variable(name, at),
        );
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
