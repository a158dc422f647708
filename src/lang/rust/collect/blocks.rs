//! Blocks, their statements and what chooses between them → nodes of [`super::super::code`].

use syn::visit_mut::VisitMut;
use syn::{Expr, Stmt};

use super::Collector;
use crate::facts::When;
use crate::lang::rust::ScopeKind;
use crate::lang::rust::code::{Node, NodeId, UNKNOWN};

impl Collector<'_> {
    /// `if`, with all its `else if`.
    pub(super) fn conditions(&mut self, expression: &mut Expr) -> NodeId {
        let mut results = Vec::new();
        let mut next = Some(expression);
        while let Some(expression) = next.take() {
            match expression {
                Expr::If(of) => {
                    let mark = self.locals.mark();
                    self.expression(&mut of.cond);
                    results.push(self.block(&mut of.then_branch));
                    self.locals.forget(mark);
                    next = of.else_branch.as_mut().map(|(_, other)| &mut **other);
                }
                other => results.push(self.expression(other).node),
            }
        }
        let results = self.list(&results);
        self.node(Node::Join(results))
    }

    pub(super) fn arms(&mut self, of: &mut syn::ExprMatch) -> NodeId {
        let over = self.expression(&mut of.expr).node;
        let mut results = Vec::with_capacity(of.arms.len());
        for arm in &mut of.arms {
            let attributes = std::mem::take(&mut arm.attrs);
            self.attributed(&attributes, |this| {
                let mark = this.locals.mark();
                this.pattern(&mut arm.pat, over);
                results.push(this.expression(&mut arm.body).node);
                this.locals.forget(mark);
            });
        }
        let results = self.list(&results);
        self.node(Node::Join(results))
    }

    /// A closure; the call that it is handed over to, and as which argument.
    pub(super) fn closure(&mut self, closure: &mut syn::ExprClosure, of: Option<(NodeId, u16)>) -> NodeId {
        let mut place = self.place;
        place.when |= When::DEFERRED;
        let mut node = UNKNOWN;
        self.at(place, |this| {
            let mark = this.locals.mark();
            for (at, input) in closure.inputs.iter_mut().enumerate() {
                let parameter = u16::try_from(at).unwrap_or(u16::MAX);
                let given = this.node(match of {
                    Some((callee, argument)) => Node::Expect {
                        callee,
                        argument,
                        parameter,
                    },
                    None => Node::Unknown,
                });
                this.pattern(input, given);
            }
            let output = match &mut closure.output {
                syn::ReturnType::Type(_, ty) => {
                    let read = this.ty(ty);
                    this.visit_type_mut(ty);
                    Some(read)
                }
                syn::ReturnType::Default => None,
            };
            let read = this.expression(&mut closure.body).node;
            let mut body = output.map_or(read, |ty| this.node(Node::Given(ty)));
            if closure.asyncness.is_some() {
                body = this.node(Node::Async(body));
            }
            this.locals.forget(mark);
            node = this.node(Node::Closure(body));
        });
        node
    }

    /// A block, and what it gives.
    pub(super) fn block(&mut self, block: &mut syn::Block) -> NodeId {
        let holds_items = block
            .stmts
            .iter()
            .any(|statement| matches!(statement, Stmt::Item(_) | Stmt::Macro(_)));
        let mut place = self.place;
        if holds_items && !self.quiet {
            place.scope = self.scope(Some(self.place.scope), ScopeKind::Block, false);
        }
        let mark = self.locals.mark();
        let mut last = UNKNOWN;
        self.at(place, |this| {
            for statement in &mut block.stmts {
                last = this.statement(statement);
            }
        });
        self.locals.forget(mark);
        last
    }

    /// A statement; what it gives, if it may be the last of its block.
    pub(super) fn statement(&mut self, statement: &mut Stmt) -> NodeId {
        let mut node = UNKNOWN;
        match statement {
            Stmt::Expr(expression, semicolon) => {
                // The attributes of a statement hang on its first operand.
                let attributes = super::walk::leftmost_attributes(expression)
                    .map(std::mem::take)
                    .unwrap_or_default();
                self.attributed(&attributes, |this| node = this.expression(expression).node);
                let leaves = matches!(self.body.nodes.get(node as usize), Some(Node::Never));
                if semicolon.is_some() && !leaves {
                    node = UNKNOWN;
                }
            }
            Stmt::Macro(of) => {
                let attributes = std::mem::take(&mut of.attrs);
                self.attributed(&attributes, |this| node = this.macro_node(&mut of.mac));
                let leaves = matches!(self.body.nodes.get(node as usize), Some(Node::Never));
                if of.semi_token.is_some() && !leaves {
                    node = UNKNOWN;
                }
            }
            Stmt::Local(local) => {
                let attributes = std::mem::take(&mut local.attrs);
                self.attributed(&attributes, |this| this.let_(local));
            }
            Stmt::Item(item) => self.visit_item_mut(item),
        }
        node
    }

    fn let_(&mut self, local: &mut syn::Local) {
        let mut node = UNKNOWN;
        if let Some(init) = &mut local.init {
            node = self.expression(&mut init.expr).node;
            if let Some((_, otherwise)) = &mut init.diverge {
                self.expression(otherwise);
            }
        }
        self.pattern(&mut local.pat, node);
    }
}
