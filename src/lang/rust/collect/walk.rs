//! The walk through the tree: what each part of it says, and under which conditions.

use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Expr, ExprPath, ExprStruct, Field, FieldValue, FnArg, ForeignItem, ImplItem, Item, Macro, Meta,
    Pat, Stmt, TraitItem, TypePath, Variant, VisRestricted, Visibility,
};

use super::Collector;
use super::items::seen;
use super::macros::Fixed;
use crate::facts::{ItemKind, When};
use crate::lang::rust::attributes;
use crate::lang::rust::code::UNKNOWN;
use crate::lang::rust::{PathKind, Space};
use crate::source::Span;

impl VisitMut for Collector<'_> {
    fn visit_item_mut(&mut self, item: &mut Item) {
        if self.quiet {
            return;
        }
        let mut attributes = attributes_of(item).map(std::mem::take).unwrap_or_default();
        let said = attributes::said(&attributes);
        let place = self.under(&said);
        if said.makes_names {
            self.open();
        }
        self.derives = said.derived;
        self.at(place, |this| {
            for attribute in &mut attributes {
                this.visit_attribute_mut(attribute);
            }
            match item {
                Item::Const(item) => {
                    let start = this.start(&item.vis, item.const_token.span);
                    let extent = Span::new(start, this.offsets.end(item.semi_token.span));
                    let at = this.define(&item.ident, ItemKind::Variable, Space::Value, seen(&item.vis), extent);
                    this.value_facts(at, &item.ty);
                    this.apart(at, |this| visit_mut::visit_item_const_mut(this, item));
                }
                Item::Static(item) => {
                    let start = this.start(&item.vis, item.static_token.span);
                    let extent = Span::new(start, this.offsets.end(item.semi_token.span));
                    let at = this.define(&item.ident, ItemKind::Variable, Space::Value, seen(&item.vis), extent);
                    this.value_facts(at, &item.ty);
                    this.apart(at, |this| visit_mut::visit_item_static_mut(this, item));
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
        let within = self.holder();
        self.at(place, |this| {
            for attribute in &mut attributes {
                this.visit_attribute_mut(attribute);
            }
            match item {
                ImplItem::Fn(item) => this.method(within, &item.vis, &mut item.sig, Some(&mut item.block)),
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
        let within = self.holder();
        self.at(place, |this| {
            for attribute in &mut attributes {
                this.visit_attribute_mut(attribute);
            }
            match item {
                TraitItem::Fn(item) => {
                    this.method(within, &Visibility::Inherited, &mut item.sig, item.default.as_mut());
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
        self.block(block);
    }

    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        self.statement(statement);
    }

    fn visit_pat_mut(&mut self, pattern: &mut Pat) {
        self.pattern(pattern, UNKNOWN);
    }

    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        let attributes = std::mem::take(&mut field.attrs);
        self.attributed(&attributes, |this| visit_mut::visit_field_value_mut(this, field));
    }

    fn visit_fn_arg_mut(&mut self, argument: &mut FnArg) {
        let attributes = match argument {
            FnArg::Receiver(receiver) => std::mem::take(&mut receiver.attrs),
            FnArg::Typed(typed) => std::mem::take(&mut typed.attrs),
        };
        self.attributed(&attributes, |this| visit_mut::visit_fn_arg_mut(this, argument));
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
        self.expression(expression);
    }

    fn visit_macro_mut(&mut self, invoked: &mut Macro) {
        self.macro_node(invoked);
    }

    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        if self.quiet {
            return;
        }
        let path = attribute.meta.path();
        if ["doc", "cfg", "path"].iter().any(|name| path.is_ident(name)) {
            return;
        }
        if path.is_ident("cfg_attr") {
            let mut place = self.place;
            place.when |= When::TEST.only_if(attributes::is_for_tests(&attribute.meta));
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
pub(super) fn leftmost_attributes(expression: &mut Expr) -> Option<&mut Vec<Attribute>> {
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
pub(super) fn attributes_of_expression(expression: &mut Expr) -> Option<&mut Vec<Attribute>> {
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
