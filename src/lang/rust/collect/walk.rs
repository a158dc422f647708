//! The walk through the tree: what each part of it says, and under which conditions.

use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Attribute, Block, Expr, ExprPath, ExprStruct, Field, FieldPat, FieldValue, FnArg, ForeignItem, ImplItem, Item,
    Local, Macro, Meta, PatStruct, PatTupleStruct, Stmt, StmtMacro, TraitItem, TypePath, Variant, VisRestricted,
    Visibility,
};

use super::Collector;
use super::items::seen;
use super::macros::Fixed;
use crate::facts::ItemKind;
use crate::lang::rust::attributes;
use crate::lang::rust::tokens::{is_quoting, plain};
use crate::lang::rust::{PathKind, ScopeKind, Space};
use crate::source::Span;

impl VisitMut for Collector<'_> {
    fn visit_item_mut(&mut self, item: &mut Item) {
        let mut attributes = attributes_of(item).map(std::mem::take).unwrap_or_default();
        let said = attributes::said(&attributes);
        let place = self.under(&said);
        if said.makes_names {
            self.open();
        }
        self.at(place, |this| {
            for attribute in &mut attributes {
                this.visit_attribute_mut(attribute);
            }
            match item {
                Item::Const(item) => {
                    let start = this.start(&item.vis, item.const_token.span);
                    let extent = Span::new(start, this.offsets.end(item.semi_token.span));
                    let at = this.define(&item.ident, ItemKind::Variable, Space::Value, seen(&item.vis), extent);
                    this.within(at, |this| visit_mut::visit_item_const_mut(this, item));
                }
                Item::Static(item) => {
                    let start = this.start(&item.vis, item.static_token.span);
                    let extent = Span::new(start, this.offsets.end(item.semi_token.span));
                    let at = this.define(&item.ident, ItemKind::Variable, Space::Value, seen(&item.vis), extent);
                    this.within(at, |this| visit_mut::visit_item_static_mut(this, item));
                }
                Item::Struct(item) => this.structure(item),
                Item::Union(item) => this.union(item),
                Item::Enum(item) => this.enumeration(item),
                Item::ExternCrate(item) => this.extern_crate(item, &said),
                Item::Fn(item) => this.function(item, &said),
                Item::ForeignMod(item) => {
                    for item in &mut item.items {
                        this.visit_foreign_item_mut(item);
                    }
                }
                Item::Impl(item) => this.implementation(item),
                Item::Macro(item) => this.macro_item(item, &said),
                Item::Mod(item) => this.module(item, &said),
                Item::Trait(item) => this.trait_(item),
                Item::TraitAlias(item) => this.trait_alias(item),
                Item::Type(item) => this.alias(item),
                Item::Use(item) => this.uses(item),
                Item::Verbatim(tokens) => {
                    // Syntax that syn keeps as tokens (unstable, or only valid before expansion): its names are unknown.
                    this.open();
                    let tokens = std::mem::take(tokens);
                    this.scan(tokens, Fixed::All);
                }
                // The enum is not exhaustive: what a later syn adds is no item that this version knows.
                _ => this.open(),
            }
        });
    }

    fn visit_impl_item_mut(&mut self, item: &mut ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &mut item.attrs,
            ImplItem::Fn(item) => &mut item.attrs,
            ImplItem::Type(item) => &mut item.attrs,
            ImplItem::Macro(item) => &mut item.attrs,
            _ => &mut Vec::new(),
        };
        let mut attributes = std::mem::take(attributes);
        let place = self.under(&attributes::said(&attributes));
        self.at(place, |this| {
            for attribute in &mut attributes {
                this.visit_attribute_mut(attribute);
            }
            match item {
                ImplItem::Fn(item) => this.method(&item.vis, &mut item.sig, Some(&mut item.block)),
                other => visit_mut::visit_impl_item_mut(this, other),
            }
        });
    }

    fn visit_trait_item_mut(&mut self, item: &mut TraitItem) {
        let attributes = match item {
            TraitItem::Const(item) => &mut item.attrs,
            TraitItem::Fn(item) => &mut item.attrs,
            TraitItem::Type(item) => &mut item.attrs,
            TraitItem::Macro(item) => &mut item.attrs,
            _ => &mut Vec::new(),
        };
        let mut attributes = std::mem::take(attributes);
        let place = self.under(&attributes::said(&attributes));
        self.at(place, |this| {
            for attribute in &mut attributes {
                this.visit_attribute_mut(attribute);
            }
            match item {
                TraitItem::Fn(item) => {
                    this.method(&Visibility::Inherited, &mut item.sig, item.default.as_mut());
                }
                other => visit_mut::visit_trait_item_mut(this, other),
            }
        });
    }

    fn visit_foreign_item_mut(&mut self, item: &mut ForeignItem) {
        let attributes = match item {
            ForeignItem::Fn(item) => std::mem::take(&mut item.attrs),
            ForeignItem::Static(item) => std::mem::take(&mut item.attrs),
            ForeignItem::Type(item) => std::mem::take(&mut item.attrs),
            ForeignItem::Macro(item) => std::mem::take(&mut item.attrs),
            _ => Vec::new(),
        };
        self.attributed(&attributes, |this| {
            this.foreign_item(item);
            visit_mut::visit_foreign_item_mut(this, item);
        });
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        let holds_items = block
            .stmts
            .iter()
            .any(|statement| matches!(statement, Stmt::Item(_) | Stmt::Macro(_)));
        if !holds_items {
            visit_mut::visit_block_mut(self, block);
            return;
        }
        let mut place = self.place;
        place.scope = self.scope(Some(self.place.scope), ScopeKind::Block, false);
        self.at(place, |this| visit_mut::visit_block_mut(this, block));
    }

    fn visit_stmt_macro_mut(&mut self, item: &mut StmtMacro) {
        let attributes = std::mem::take(&mut item.attrs);
        self.attributed(&attributes, |this| this.visit_macro_mut(&mut item.mac));
    }

    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        // The attributes of a statement hang on its first operand.
        let attributes = match statement {
            Stmt::Expr(expression, _) => leftmost_attributes(expression).map(std::mem::take).unwrap_or_default(),
            Stmt::Local(_) | Stmt::Item(_) | Stmt::Macro(_) => Vec::new(),
        };
        self.attributed(&attributes, |this| visit_mut::visit_stmt_mut(this, statement));
    }

    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        let attributes = std::mem::take(&mut field.attrs);
        self.attributed(&attributes, |this| visit_mut::visit_field_value_mut(this, field));
    }

    fn visit_field_pat_mut(&mut self, field: &mut FieldPat) {
        let attributes = std::mem::take(&mut field.attrs);
        self.attributed(&attributes, |this| visit_mut::visit_field_pat_mut(this, field));
    }

    fn visit_fn_arg_mut(&mut self, argument: &mut FnArg) {
        let attributes = match argument {
            FnArg::Receiver(receiver) => std::mem::take(&mut receiver.attrs),
            FnArg::Typed(typed) => std::mem::take(&mut typed.attrs),
        };
        self.attributed(&attributes, |this| visit_mut::visit_fn_arg_mut(this, argument));
    }

    fn visit_local_mut(&mut self, local: &mut Local) {
        let attributes = std::mem::take(&mut local.attrs);
        self.attributed(&attributes, |this| visit_mut::visit_local_mut(this, local));
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        let attributes = std::mem::take(&mut arm.attrs);
        self.attributed(&attributes, |this| visit_mut::visit_arm_mut(this, arm));
    }

    fn visit_field_mut(&mut self, field: &mut Field) {
        let mut attributes = std::mem::take(&mut field.attrs);
        let place = self.under(&attributes::said(&attributes));
        self.at(place, |this| {
            for attribute in &mut attributes {
                this.visit_attribute_mut(attribute);
            }
            visit_mut::visit_field_mut(this, field);
        });
    }

    fn visit_variant_mut(&mut self, variant: &mut Variant) {
        let mut attributes = std::mem::take(&mut variant.attrs);
        let place = self.under(&attributes::said(&attributes));
        self.at(place, |this| {
            for attribute in &mut attributes {
                this.visit_attribute_mut(attribute);
            }
            visit_mut::visit_variant_mut(this, variant);
        });
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        let attributes = attributes_of_expression(expression)
            .map(std::mem::take)
            .unwrap_or_default();
        if !attributes.is_empty() {
            self.attributed(&attributes, |this| this.visit_expr_mut(expression));
            return;
        }
        // A chain of operators is a deep tree: its left side is walked by a loop.
        let mut next = expression;
        loop {
            next = match next {
                Expr::Binary(binary) => {
                    self.visit_expr_mut(&mut binary.right);
                    &mut binary.left
                }
                other => {
                    visit_mut::visit_expr_mut(self, other);
                    return;
                }
            };
        }
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut syn::ExprClosure) {
        let mut place = self.place;
        place.when.deferred = true;
        self.at(place, |this| visit_mut::visit_expr_closure_mut(this, closure));
    }

    fn visit_macro_mut(&mut self, invoked: &mut Macro) {
        let count = invoked.path.segments.len();
        self.note(&invoked.path, count, PathKind::Macro);
        if invoked.path.is_ident("include") {
            let body = std::mem::take(&mut invoked.tokens);
            self.include(invoked, body);
            return;
        }
        let quoting = invoked
            .path
            .segments
            .last()
            .is_some_and(|segment| is_quoting(&plain(&segment.ident)));
        if !quoting {
            let body = std::mem::take(&mut invoked.tokens);
            self.scan(body, Fixed::All);
        }
    }

    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        let path = attribute.meta.path();
        if ["doc", "cfg", "path"].iter().any(|name| path.is_ident(name)) {
            return;
        }
        if path.is_ident("cfg_attr") {
            let mut place = self.place;
            place.when.test |= attributes::is_for_tests(&attribute.meta);
            if let Meta::List(list) = &mut attribute.meta {
                let tokens = std::mem::take(&mut list.tokens);
                self.at(place, |this| this.attribute_tokens(tokens));
            }
            return;
        }
        let count = path.segments.len();
        // A macro may take an attribute's path for itself: it need not lead anywhere.
        self.note(path, count, PathKind::Tokens);
        match &mut attribute.meta {
            Meta::Path(_) => {}
            Meta::List(list) => {
                let tokens = std::mem::take(&mut list.tokens);
                self.attribute_tokens(tokens);
            }
            Meta::NameValue(pair) => self.visit_expr_mut(&mut pair.value),
        }
    }

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        self.qualified(None, path);
    }

    fn visit_type_path_mut(&mut self, ty: &mut TypePath) {
        self.qualified(ty.qself.as_mut(), &mut ty.path);
    }

    fn visit_expr_path_mut(&mut self, expression: &mut ExprPath) {
        self.qualified(expression.qself.as_mut(), &mut expression.path);
    }

    fn visit_expr_struct_mut(&mut self, expression: &mut ExprStruct) {
        self.qualified(expression.qself.as_mut(), &mut expression.path);
        for field in &mut expression.fields {
            self.visit_field_value_mut(field);
        }
        if let Some(rest) = &mut expression.rest {
            self.visit_expr_mut(rest);
        }
    }

    fn visit_pat_struct_mut(&mut self, pattern: &mut PatStruct) {
        self.qualified(pattern.qself.as_mut(), &mut pattern.path);
        for field in &mut pattern.fields {
            self.visit_field_pat_mut(field);
        }
    }

    fn visit_pat_tuple_struct_mut(&mut self, pattern: &mut PatTupleStruct) {
        self.qualified(pattern.qself.as_mut(), &mut pattern.path);
        for element in &mut pattern.elems {
            self.visit_pat_mut(element);
        }
    }

    /// `pub(in crate::a)` names a module above, and depends on nothing.
    fn visit_vis_restricted_mut(&mut self, _: &mut VisRestricted) {}
}

fn attributes_of(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    Some(match item {
        Item::Const(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::ExternCrate(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::ForeignMod(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Macro(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Static(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::TraitAlias(item) => &mut item.attrs,
        Item::Type(item) => &mut item.attrs,
        Item::Union(item) => &mut item.attrs,
        Item::Use(item) => &mut item.attrs,
        // Tokens without structure, and what a later syn may add.
        _ => return None,
    })
}

/// The attributes of a statement's expression, where syn leaves them: on its leftmost operand.
fn leftmost_attributes(expression: &mut Expr) -> Option<&mut Vec<Attribute>> {
    let mut next = expression;
    loop {
        next = match next {
            Expr::Assign(assign) => &mut assign.left,
            Expr::Binary(binary) => &mut binary.left,
            Expr::Cast(cast) => &mut cast.expr,
            Expr::Await(awaited) => &mut awaited.base,
            Expr::Call(call) => &mut call.func,
            Expr::Field(field) => &mut field.base,
            Expr::Index(index) => &mut index.expr,
            Expr::MethodCall(call) => &mut call.receiver,
            Expr::Try(tried) => &mut tried.expr,
            operand => return attributes_of_expression(operand),
        };
    }
}

/// The attributes of an expression that can have conditions.
fn attributes_of_expression(expression: &mut Expr) -> Option<&mut Vec<Attribute>> {
    Some(match expression {
        Expr::Array(expression) => &mut expression.attrs,
        Expr::Async(expression) => &mut expression.attrs,
        Expr::Closure(expression) => &mut expression.attrs,
        Expr::Field(expression) => &mut expression.attrs,
        Expr::Lit(expression) => &mut expression.attrs,
        Expr::Paren(expression) => &mut expression.attrs,
        Expr::Reference(expression) => &mut expression.attrs,
        Expr::Unary(expression) => &mut expression.attrs,
        Expr::Assign(expression) => &mut expression.attrs,
        Expr::Await(expression) => &mut expression.attrs,
        Expr::Block(expression) => &mut expression.attrs,
        Expr::Break(expression) => &mut expression.attrs,
        Expr::Call(expression) => &mut expression.attrs,
        Expr::ForLoop(expression) => &mut expression.attrs,
        Expr::If(expression) => &mut expression.attrs,
        Expr::Loop(expression) => &mut expression.attrs,
        Expr::Macro(expression) => &mut expression.attrs,
        Expr::Match(expression) => &mut expression.attrs,
        Expr::MethodCall(expression) => &mut expression.attrs,
        Expr::Path(expression) => &mut expression.attrs,
        Expr::Return(expression) => &mut expression.attrs,
        Expr::Struct(expression) => &mut expression.attrs,
        Expr::Try(expression) => &mut expression.attrs,
        Expr::Tuple(expression) => &mut expression.attrs,
        Expr::Unsafe(expression) => &mut expression.attrs,
        Expr::While(expression) => &mut expression.attrs,
        _ => return None,
    })
}
