//! Syntax → facts: one walk over a module's statements.
//!
//! Every kind of statement is named; there is no catch-all arm. Expressions are walked only in files whose text shows
//! that one of them may import or bind.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{
    Alias, ExceptHandler, Expr, ExprCall, Parameters, Stmt, StmtClassDef, StmtFunctionDef, StmtIf, StmtImport,
    StmtImportFrom, StmtTry, StmtWith,
};

use super::conditions::{Runs, catches_import_error, depends_on_platform, runs, suppresses};
use super::dynamic::{Base, Dynamic, Machinery, dotted};
use super::{Binding, Bound, Exports, PythonFacts, exports, span};
use crate::facts::{FileFacts, Import, ImportForm, Inherit, Interner, Item, ItemKind, Name, When};
use crate::lang::front_end::Parsed;
use crate::source::{Span, to_u32};

/// Collects the facts of a module's body.
pub(super) fn collect(text: &str, stub: bool, body: &[Stmt]) -> Parsed<PythonFacts> {
    let signs = Signs::of(text);
    let mut collector = Collector {
        names: Interner::default(),
        facts: FileFacts::default(),
        bindings: Vec::new(),
        exports: None,
        stars: Vec::new(),
        self_relative: Vec::new(),
        machinery: Machinery::default(),
        place: Place {
            scope: None,
            in_function: false,
            in_class: false,
            when: When {
                type_only: stub,
                ..When::default()
            },
            optional: false,
        },
        walks_expressions: signs.expressions,
        open_namespace: signs.open_namespace,
        stub,
    };
    collector.body(body);
    collector.finish()
}

/// What a text shows at a glance.
struct Signs {
    /// An expression may import or bind.
    expressions: bool,
    /// Names may be made at run time.
    open_namespace: bool,
}

impl Signs {
    fn of(text: &str) -> Self {
        /// One vectorised search each: faster over a source than one automaton for all.
        static EXPRESSIONS: LazyLock<Vec<Finder<'static>>> =
            LazyLock::new(|| ["import_module", "__import__", ":="].map(Finder::new).into());
        static NAMESPACE: LazyLock<Vec<Finder<'static>>> = LazyLock::new(|| {
            ["globals()", "sys.modules", "__path__", "vars()", "locals()", "exec("]
                .map(Finder::new)
                .into()
        });
        let any = |finders: &[Finder<'_>]| finders.iter().any(|finder| finder.find(text.as_bytes()).is_some());
        Self {
            expressions: any(&EXPRESSIONS),
            open_namespace: any(&NAMESPACE),
        }
    }
}

/// Where the walk is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) scope: Option<u32>,
    pub(super) in_function: bool,
    pub(super) in_class: bool,
    pub(super) when: When,
    optional: bool,
}

pub(super) struct Collector {
    pub(super) names: Interner,
    pub(super) facts: FileFacts,
    bindings: Vec<Binding>,
    pub(super) exports: Option<Exports>,
    stars: Vec<u32>,
    self_relative: Vec<Span>,
    pub(super) machinery: Machinery,
    pub(super) place: Place,
    walks_expressions: bool,
    open_namespace: bool,
    stub: bool,
}

impl Collector {
    fn finish(self) -> Parsed<PythonFacts> {
        let Self {
            names,
            mut facts,
            bindings,
            exports,
            stars,
            self_relative,
            open_namespace,
            ..
        } = self;
        facts.names = names.finish();
        facts.items.shrink_to_fit();
        facts.imports.shrink_to_fit();
        let mut by_name: Vec<u32> = (0..to_u32(bindings.len())).collect();
        by_name.sort_by_key(|&at| (facts.names.get(bindings[at as usize].name), at));
        Parsed {
            facts,
            own: PythonFacts {
                bindings,
                by_name,
                stars,
                self_relative,
                exports,
                open_namespace,
            },
        }
    }

    pub(super) fn within(&mut self, change: impl FnOnce(&mut Place), walk: impl FnOnce(&mut Self)) {
        let before = self.place;
        change(&mut self.place);
        walk(self);
        self.place = before;
    }

    fn guarded(&mut self, body: &[Stmt]) {
        self.within(|place| place.when.guarded = true, |this| this.body(body));
    }

    fn body(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::If(branch) => self.branch(branch),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::With(with) => self.with(with),
            Stmt::For(each) => {
                self.expression(&each.iter);
                self.target(&each.target);
                self.body(&each.body);
                self.body(&each.orelse);
            }
            Stmt::While(repeat) => {
                self.expression(&repeat.test);
                self.guarded(&repeat.body);
                self.guarded(&repeat.orelse);
            }
            Stmt::Match(choice) => {
                self.expression(&choice.subject);
                for case in &choice.cases {
                    self.within(
                        |place| place.when.guarded = true,
                        |this| {
                            this.pattern(&case.pattern);
                            case.guard.iter().for_each(|guard| this.expression(guard));
                            this.body(&case.body);
                        },
                    );
                }
            }
            Stmt::Assign(assign) => {
                self.expression(&assign.value);
                for target in &assign.targets {
                    self.assign(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.expression(value);
                    self.assign(&assign.target, value);
                } else if self.stub {
                    self.target(&assign.target);
                }
            }
            Stmt::AugAssign(assign) => {
                self.expression(&assign.value);
                if self.is_module_level() && is_name(&assign.target, "__all__") {
                    exports::add(self.exports.get_or_insert_default(), &assign.value, &mut self.names);
                }
            }
            Stmt::TypeAlias(alias) => self.target(&alias.name),
            Stmt::Expr(expression) => {
                let at_module_level = self.is_module_level();
                if !(at_module_level && exports::add_call(&mut self.exports, &expression.value, &mut self.names)) {
                    self.expression(&expression.value);
                }
            }
            Stmt::Return(value) => value.value.iter().for_each(|value| self.expression(value)),
            Stmt::Assert(assert) => {
                self.expression(&assert.test);
                assert.msg.iter().for_each(|message| self.expression(message));
            }
            Stmt::Raise(raise) => raise
                .exc
                .iter()
                .chain(&raise.cause)
                .for_each(|error| self.expression(error)),
            Stmt::Global(global) => {
                // The function may bind these names in the module; what to, only running it tells.
                for name in &global.names {
                    self.module_variable(name.as_str(), span(name));
                }
            }
            Stmt::Delete(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    pub(super) fn is_module_level(&self) -> bool {
        !self.place.in_function && !self.place.in_class
    }

    pub(super) fn item(&mut self, name: &str, kind: ItemKind, name_span: Span, extent: Span) -> u32 {
        let name = self.names.intern(name);
        self.facts.items.push(Item {
            name,
            kind,
            span: name_span,
            extent,
            parent: self.place.scope,
        });
        to_u32(self.facts.items.len() - 1)
    }

    pub(super) fn bind(&mut self, name: Name, bound: Bound) {
        if self.is_module_level() {
            self.open_namespace |= self.names.get(name) == "__getattr__";
            self.bindings.push(Binding {
                name,
                bound,
                conditional: self.place.when.guarded,
                type_only: self.place.when.type_only && !self.stub,
            });
        }
    }

    fn function(&mut self, function: &StmtFunctionDef) {
        for decorator in &function.decorator_list {
            self.expression(&decorator.expression);
        }
        self.parameters(&function.parameters);
        let item = self.item(
            function.name.as_str(),
            ItemKind::Function,
            span(&function.name),
            span(function),
        );
        let name = self.facts.items[item as usize].name;
        self.bind(name, Bound::Item(item));
        let first_import = self.facts.imports.len();
        self.within(
            |place| {
                place.scope = Some(item);
                place.in_function = true;
                place.in_class = false;
                place.when.deferred = true;
                // It runs later, outside the handlers around its definition.
                place.optional = false;
            },
            |this| this.body(&function.body),
        );
        if self.is_module_level() && function.name.as_str() == "__getattr__" {
            self.lazy_names(function, first_import);
        }
    }

    fn parameters(&mut self, parameters: &Parameters) {
        if self.walks_expressions {
            for parameter in parameters.iter_non_variadic_params() {
                parameter.default.iter().for_each(|value| self.expression(value));
            }
        }
    }

    fn class(&mut self, class: &StmtClassDef) {
        for decorator in &class.decorator_list {
            self.expression(&decorator.expression);
        }
        let item = self.item(class.name.as_str(), ItemKind::Class, span(&class.name), span(class));
        let name = self.facts.items[item as usize].name;
        self.bind(name, Bound::Item(item));
        if let Some(arguments) = &class.arguments {
            for base in &*arguments.args {
                self.expression(base);
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
            for keyword in &arguments.keywords {
                self.expression(&keyword.value);
            }
        }
        self.within(
            |place| {
                place.scope = Some(item);
                place.in_class = true;
            },
            |this| this.body(&class.body),
        );
    }

    fn branch(&mut self, branch: &StmtIf) {
        let before = self.place;
        self.expression(&branch.test);
        self.clause(Some(&branch.test), &branch.body);
        for clause in &branch.elif_else_clauses {
            if let Some(test) = &clause.test {
                self.expression(test);
            }
            self.clause(clause.test.as_ref(), &clause.body);
        }
        self.place = before;
    }

    /// Walks one clause, and leaves the place as the clauses after it find it.
    fn clause(&mut self, test: Option<&Expr>, body: &[Stmt]) {
        let decided = test.map(|test| runs(test, &self.machinery.type_checking));
        let elsewhere = test.is_some_and(depends_on_platform);
        let mut rest = self.place;
        self.within(
            |place| match decided {
                Some(Runs::TypeChecking) => place.when.type_only = true,
                Some(Runs::RunTime) => rest.when.type_only = true,
                Some(Runs::Depends) => {
                    place.when.guarded = true;
                    rest.when.guarded = true;
                    place.optional |= elsewhere;
                    rest.optional |= elsewhere;
                }
                None => {}
            },
            |this| this.body(body),
        );
        self.place = rest;
    }

    fn attempt(&mut self, attempt: &StmtTry) {
        let catches = attempt.handlers.iter().any(|handler| {
            let ExceptHandler::ExceptHandler(handler) = handler;
            catches_import_error(handler.type_.as_deref())
        });
        let enter = |place: &mut Place| {
            place.when.guarded = true;
            place.optional |= catches;
        };
        self.within(enter, |this| this.body(&attempt.body));
        for handler in &attempt.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            self.within(enter, |this| {
                if let Some(name) = &handler.name {
                    this.variable(name.as_str(), span(name));
                }
                this.body(&handler.body);
            });
        }
        self.guarded(&attempt.orelse);
        self.body(&attempt.finalbody);
    }

    fn with(&mut self, with: &StmtWith) {
        let mut suppressed = None;
        for item in &with.items {
            self.expression(&item.context_expr);
            item.optional_vars.iter().for_each(|target| self.target(target));
            suppressed = suppresses(&item.context_expr, &self.machinery.suppress).or(suppressed);
        }
        self.within(
            |place| {
                place.when.guarded |= suppressed.is_some();
                place.optional |= suppressed == Some(true);
            },
            |this| this.body(&with.body),
        );
    }

    fn import(&mut self, import: &StmtImport) {
        for alias in &import.names {
            let module = alias.name.as_str();
            let bound = alias.asname.as_ref().map_or_else(
                || module.split('.').next().unwrap_or(module),
                ruff_python_ast::Identifier::as_str,
            );
            self.machinery.note_module(module, bound);
            let at = self.push_import(module, 0, ImportForm::Module, Some(alias), span(import), import.is_lazy);
            let bound = self.names.intern(bound);
            self.bind(bound, Bound::Import(at));
        }
    }

    fn import_from(&mut self, import: &StmtImportFrom) {
        let module = import.module.as_ref().map_or("", ruff_python_ast::Identifier::as_str);
        for alias in &import.names {
            let name = alias.name.as_str();
            if name == "*" {
                let at = self.push_import(module, import.level, ImportForm::Star, Some(alias), span(import), false);
                if self.is_module_level() {
                    self.stars.push(at);
                }
                continue;
            }
            let bound = alias.asname.as_ref().map_or(name, ruff_python_ast::Identifier::as_str);
            if import.level == 0 {
                self.machinery.note_name(module, name, bound);
            }
            let form = ImportForm::Name(self.names.intern(name));
            let at = self.push_import(module, import.level, form, Some(alias), span(import), import.is_lazy);
            let bound = self.names.intern(bound);
            self.bind(bound, Bound::Import(at));
        }
    }

    fn push_import(
        &mut self,
        module: &str,
        level: u32,
        form: ImportForm,
        alias: Option<&Alias>,
        statement: Span,
        lazy: bool,
    ) -> u32 {
        let mut when = self.place.when;
        // PEP 810: a lazy import loads its module at the first use.
        when.deferred |= lazy;
        let asname = alias.and_then(|alias| alias.asname.as_ref());
        let import = Import {
            module: self.names.intern(module),
            level,
            form,
            alias: asname.map(|name| self.names.intern(name.as_str())),
            scope: self.place.scope,
            when,
            optional: self.place.optional,
            span: alias.map_or(statement, |alias| span(&alias.name)),
            statement,
        };
        self.facts.imports.push(import);
        to_u32(self.facts.imports.len() - 1)
    }

    fn expression(&mut self, expression: &Expr) {
        if self.walks_expressions {
            Expressions { collector: self }.visit_expr(expression);
        }
    }

    fn call(&mut self, call: &ExprCall) {
        match self.machinery.import(call) {
            Some(Dynamic::Constant { module, level, base }) => {
                let (module, level) = match base {
                    Base::Named(package) => (joined(package, level, module), 0),
                    Base::Package | Base::Module => (module.to_owned(), level),
                };
                if base == Base::Module {
                    self.self_relative.push(span(call));
                }
                let at = self.push_import(&module, level, ImportForm::Dynamic, None, span(call), false);
                if let Some(name) = call.arguments.find_argument_value("name", 0) {
                    self.facts.imports[at as usize].span = span(name);
                }
            }
            Some(Dynamic::Computed) => self.facts.computed_imports += 1,
            None => {}
        }
    }
}

/// Walks an expression for calls that import and names that `:=` binds.
struct Expressions<'c> {
    collector: &'c mut Collector,
}

impl<'a> Visitor<'a> for Expressions<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Lambda(_) => {
                let before = self.collector.place;
                self.collector.place.when.deferred = true;
                self.collector.place.optional = false;
                self.collector.place.in_function = true;
                walk_expr(self, expression);
                self.collector.place = before;
            }
            Expr::Named(named) => {
                walk_expr(self, expression);
                self.collector.assign(&named.target, &named.value);
            }
            Expr::Call(call) => {
                walk_expr(self, expression);
                self.collector.call(call);
            }
            _ => walk_expr(self, expression),
        }
    }
}

pub(super) fn is_name(expression: &Expr, wanted: &str) -> bool {
    matches!(expression, Expr::Name(name) if name.id.as_str() == wanted)
}

/// A relative module name made absolute: `level` dots within `package`.
fn joined(package: &str, level: u32, module: &str) -> String {
    let mut parts: Vec<&str> = package.split('.').collect();
    let up = level.saturating_sub(1) as usize;
    parts.truncate(parts.len().saturating_sub(up));
    if !module.is_empty() {
        parts.push(module);
    }
    parts.join(".")
}
