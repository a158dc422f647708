//! Syntax → facts: one walk over a module's statements, `expressions` over what they hold, `frames` and `bind` over what
//! they bind.
//!
//! Every kind of statement is named; there is no catch-all arm.

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFor, StmtIf, StmtMatch, StmtTry, StmtWith};
use rustc_hash::{FxHashMap, FxHashSet};

use super::code::{Code, EVERYWHERE, How, Node, NodeId, Shapes, Sites, UNKNOWN};
use super::conditions::{Runs, catches_import_error, depends_on_platform, runs, suppresses};
use super::dynamic::Machinery;
use super::frames::{Shown, leaves};
use super::room::Room;
use super::signs::Signs;
use super::{Binding, Bound, Exports, PythonFacts, exports, settle, span};
use crate::facts::{FileFacts, Interner, Item, ItemKind, Name, When};
use crate::lang::front_end::Parsed;
use crate::source::{Span, to_u32};

/// Collects the facts of a module's body.
pub(super) fn collect(text: &str, stub: bool, body: &[Stmt]) -> Parsed<PythonFacts, Sites> {
    let signs = Signs::of(text);
    let Room {
        code,
        sites,
        names,
        facts,
        bindings,
        shapes,
        attributes,
        generators,
        known_locals,
        declared,
    } = Room::take();
    let mut collector = Collector {
        names,
        facts,
        bindings,
        exports: None,
        stars: Vec::new(),
        self_relative: Vec::new(),
        machinery: Machinery::default(),
        place: Place {
            scope: None,
            in_function: false,
            in_class: false,
            when: When::TYPE_ONLY.only_if(stub),
            optional: false,
            frame: 0,
            class: None,
            function: None,
            receiver: None,
            until: EVERYWHERE,
            dead: EVERYWHERE,
            around: 0,
        },
        imports_by_call: signs.imports_by_call,
        open_namespace: signs.open_namespace,
        stub,
        code,
        sites,
        shapes,
        attributes,
        generators,
        globals: Vec::new(),
        super_name: None,
        known_locals,
        declared,
        used: 0,
        shown: Vec::new(),
        acts: false,
    };
    collector.super_name = Some(collector.names.intern("super"));
    collector.body(body);
    collector.finish()
}

/// Where the walk is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) scope: Option<u32>,
    pub(super) in_function: bool,
    pub(super) in_class: bool,
    pub(super) when: When,
    pub(super) optional: bool,
    /// The frame whose names are known here.
    pub(super) frame: u32,
    /// The class whose method, or a function in it, this is.
    pub(super) class: Option<u32>,
    /// The innermost function.
    pub(super) function: Option<u32>,
    /// The name of the method's receiver.
    pub(super) receiver: Option<Name>,
    /// The end of the block, which may not run as a whole.
    pub(super) until: u32,
    /// The end of the innermost block that ends with `return` or `raise`.
    pub(super) dead: u32,
    /// The innermost loop or branch.
    pub(super) around: u32,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "independent things that a walk finds out about its file"
)]
pub(super) struct Collector {
    pub(super) names: Interner,
    pub(super) facts: FileFacts,
    bindings: Vec<Binding>,
    pub(super) exports: Option<Exports>,
    pub(super) stars: Vec<u32>,
    /// Imports relative to the module's own name, by their statements.
    pub(super) self_relative: Vec<Span>,
    pub(super) machinery: Machinery,
    pub(super) place: Place,
    /// A call may be an import: the text has the words for it.
    pub(super) imports_by_call: bool,
    open_namespace: bool,
    stub: bool,
    pub(super) code: Code,
    pub(super) sites: Sites,
    pub(super) shapes: Shapes,
    /// The items of classes' attributes.
    pub(super) attributes: FxHashMap<(u32, Name), u32>,
    /// The functions that yield.
    pub(super) generators: FxHashSet<u32>,
    /// What `global` names in a frame, and the module's variable of that name.
    pub(super) globals: Vec<(u32, Name, u32)>,
    /// The name `super`, which stands before what is called on it.
    pub(super) super_name: Option<Name>,
    /// Names that are bound to values in functions, by frame.
    pub(super) known_locals: FxHashSet<(u32, Name)>,
    /// What names are declared to hold, by frame.
    pub(super) declared: FxHashMap<(u32, Name), NodeId>,
    /// The end of those nodes that more than other nodes refer to: names, items, calls. It is set back for a value that
    /// nothing depends on.
    pub(super) used: usize,
    /// What tests show of attributes, in the function that is walked.
    pub(super) shown: Vec<Shown>,
    /// A function does something.
    pub(super) acts: bool,
}

impl Collector {
    fn finish(self) -> Parsed<PythonFacts, Sites> {
        let Self {
            exports,
            stars,
            self_relative,
            open_namespace,
            acts,
            ..
        } = self;
        let mut room = Room {
            code: self.code,
            sites: self.sites,
            names: self.names,
            facts: self.facts,
            bindings: self.bindings,
            shapes: self.shapes,
            attributes: self.attributes,
            generators: self.generators,
            known_locals: self.known_locals,
            declared: self.declared,
        };
        let Room {
            code,
            sites,
            names,
            facts,
            bindings,
            shapes,
            generators,
            ..
        } = &mut room;
        facts.names = names.finish();
        facts.declares_only = !acts;
        settle::calls(facts, sites);
        settle::code(code, facts.items.len());
        settle::shapes(shapes, facts, generators);
        let (by_name, hashes) = settle::by_name(bindings, &facts.names);
        let (by_number, starts) = settle::by_number(bindings);
        let firsts = settle::firsts(facts);
        let names = std::mem::take(&mut facts.names);
        let parsed = Parsed {
            facts: FileFacts { names, ..facts.clone() },
            own: PythonFacts {
                bindings: bindings.clone(),
                by_name,
                hashes,
                by_number,
                starts,
                firsts,
                stars,
                self_relative,
                exports,
                shapes: shapes.clone(),
                code: code.clone(),
                open_namespace,
            },
            body: sites.clone(),
        };
        room.give_back();
        parsed
    }

    pub(super) fn within(&mut self, change: impl FnOnce(&mut Place), walk: impl FnOnce(&mut Self)) {
        let before = self.place;
        change(&mut self.place);
        walk(self);
        self.place = before;
    }

    fn guarded(&mut self, body: &[Stmt]) {
        self.within(
            |place| place.when |= When::GUARDED,
            |this| this.block(body, |this| this.body(body)),
        );
    }

    pub(super) fn body(&mut self, body: &[Stmt]) {
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
            Stmt::For(each) => self.for_each(each),
            Stmt::While(repeat) => {
                self.expression(&repeat.test);
                if let Some(first) = repeat.body.first() {
                    let end = repeat.body.last().map_or(0, |last| span(last).end);
                    self.narrow(&repeat.test, Span::new(span(first).start, end));
                }
                self.within(
                    |place| place.when |= When::GUARDED,
                    |this| this.in_loop(span(&*repeat.test).start, &repeat.body, |this| this.body(&repeat.body)),
                );
                self.guarded(&repeat.orelse);
            }
            Stmt::Match(choice) => self.matched(choice),
            Stmt::Assign(assign) => {
                let node = self.value(&assign.value);
                for target in &assign.targets {
                    self.assign(target, Some(&assign.value), node, span(assign).end);
                }
            }
            Stmt::AnnAssign(assign) => self.declare(assign, self.stub),
            Stmt::AugAssign(assign) => {
                self.expression(&assign.value);
                self.walk_target(&assign.target);
                if self.is_module_level() && is_name(&assign.target, "__all__") {
                    exports::add(self.exports.get_or_insert_default(), &assign.value, &mut self.names);
                }
            }
            Stmt::TypeAlias(alias) => {
                let node = self.annotation(&alias.value);
                self.assign(&alias.name, None, node, span(alias).end);
            }
            Stmt::Expr(expression) => {
                let at_module_level = self.is_module_level();
                if !(at_module_level && exports::add_call(&mut self.exports, &expression.value, &mut self.names)) {
                    self.expression(&expression.value);
                }
            }
            Stmt::Return(returned) => {
                let node = returned.value.as_ref().map(|value| self.value(value));
                if let Some(node) = node {
                    self.hold_result(How::Returned, node);
                }
            }
            Stmt::Assert(assert) => {
                self.expression(&assert.test);
                self.narrow(&assert.test, Span::new(span(assert).end, self.place.until));
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
                    let item = self.module_variable(name.as_str(), span(name));
                    let name = self.names.intern(name.as_str());
                    self.globals.push((self.place.frame, name, item));
                    let node = self.node(Node::Global { name });
                    self.local_name(name, node, 0);
                }
            }
            Stmt::Nonlocal(outer) => {
                for name in &outer.names {
                    let name = self.names.intern(name.as_str());
                    let node = self.node(Node::Outer { name });
                    self.local_name(name, node, 0);
                }
            }
            Stmt::Delete(delete) => delete.targets.iter().for_each(|target| self.walk_target(target)),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {}
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
                conditional: self.place.when.has_any(When::GUARDED),
                type_only: self.place.when.has_any(When::TYPE_ONLY) && !self.stub,
            });
        }
    }

    fn for_each(&mut self, each: &StmtFor) {
        let of = self.value(&each.iter);
        let node = self.node(Node::Element { of });
        let from = each.body.first().map_or(span(each).start, |first| span(first).start);
        self.in_loop(from, &each.body, |this| {
            this.assign(&each.target, None, node, from);
            this.body(&each.body);
        });
        self.block(&each.orelse, |this| this.body(&each.orelse));
    }

    fn branch(&mut self, branch: &StmtIf) {
        let before = self.place;
        let end = span(branch).end;
        self.expression(&branch.test);
        self.clause(Some(&branch.test), &branch.body, end);
        if branch.elif_else_clauses.is_empty() {
            self.narrow_after(&branch.test, &branch.body);
        }
        // A further test runs before the branches after it, and maybe not at all.
        self.place.until = end;
        let mut failed = Some(&*branch.test);
        for clause in &branch.elif_else_clauses {
            if let Some(test) = failed {
                self.narrow_away(test, Span::new(span(clause).start, end));
            }
            failed = clause.test.as_ref();
            if let Some(test) = failed {
                self.expression(test);
            }
            self.clause(clause.test.as_ref(), &clause.body, end);
        }
        self.place = before;
    }

    fn matched(&mut self, choice: &StmtMatch) {
        self.expression(&choice.subject);
        for case in &choice.cases {
            self.within(
                |place| place.when |= When::GUARDED,
                |this| {
                    this.arm(&case.body, span(choice).end, |this| {
                        this.pattern(&case.pattern);
                        case.guard.iter().for_each(|guard| this.expression(guard));
                        this.body(&case.body);
                    });
                },
            );
        }
    }

    /// Walks one clause of those that end at an offset, and leaves the place as the clauses after it find it.
    fn clause(&mut self, test: Option<&Expr>, body: &[Stmt], end: u32) {
        let decided = test.map(|test| runs(test, &self.machinery.type_checking));
        let elsewhere = test.is_some_and(depends_on_platform);
        let mut rest = self.place;
        self.within(
            |place| match decided {
                Some(Runs::TypeChecking) => place.when |= When::TYPE_ONLY,
                Some(Runs::RunTime) => rest.when |= When::TYPE_ONLY,
                Some(Runs::Depends) => {
                    place.when |= When::GUARDED;
                    rest.when |= When::GUARDED;
                    place.optional |= elsewhere;
                    rest.optional |= elsewhere;
                }
                None => {}
            },
            |this| {
                this.arm(body, end, |this| {
                    if let (Some(test), Some(first)) = (test, body.first()) {
                        this.narrow(test, Span::new(span(first).start, this.place.until));
                    }
                    this.body(body);
                });
            },
        );
        self.place = rest;
    }

    fn attempt(&mut self, attempt: &StmtTry) {
        let catches = attempt.handlers.iter().any(|handler| {
            let ExceptHandler::ExceptHandler(handler) = handler;
            catches_import_error(handler.type_.as_deref())
        });
        let enter = |place: &mut Place| {
            place.when |= When::GUARDED;
            place.optional |= catches;
        };
        // What follows is reached only if all of it ran, where no handler goes on.
        let runs_whole = attempt.handlers.iter().all(|handler| {
            let ExceptHandler::ExceptHandler(handler) = handler;
            handler.body.last().is_some_and(leaves)
        });
        self.within(enter, |this| {
            if runs_whole {
                this.body(&attempt.body);
            } else {
                this.block(&attempt.body, |this| this.body(&attempt.body));
            }
        });
        // Of handlers, and what runs where nothing was to be handled, only one runs.
        let handled = attempt.handlers.last().map_or(0, |last| span(last).end);
        let rest = attempt.orelse.last().map_or(handled, |last| span(last).end);
        for handler in &attempt.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let error = handler.type_.as_ref().map(|error| {
                let of = self.value(error);
                self.node(Node::Declared { of })
            });
            self.within(enter, |this| {
                this.arm(&handler.body, rest, |this| {
                    if let Some(name) = &handler.name {
                        this.name_target(name.as_str(), span(name), error.unwrap_or(UNKNOWN), span(name).end);
                    }
                    this.body(&handler.body);
                });
            });
        }
        self.guarded(&attempt.orelse);
        self.body(&attempt.finalbody);
    }

    fn with(&mut self, with: &StmtWith) {
        let mut suppressed = None;
        for item in &with.items {
            let of = self.value(&item.context_expr);
            if let Some(target) = &item.optional_vars {
                let is_async = with.is_async;
                let node = self.node(Node::Entered { of, is_async });
                self.assign(target, None, node, span(item).end);
            }
            suppressed = suppresses(&item.context_expr, &self.machinery.suppress).or(suppressed);
        }
        self.within(
            |place| {
                place.when |= When::GUARDED.only_if(suppressed.is_some());
                place.optional |= suppressed == Some(true);
            },
            |this| this.body(&with.body),
        );
    }
}

pub(super) fn is_name(expression: &Expr, wanted: &str) -> bool {
    matches!(expression, Expr::Name(name) if name.id.as_str() == wanted)
}
