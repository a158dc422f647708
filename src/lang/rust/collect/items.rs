//! What a file defines: items and the names they bind.

use syn::visit_mut::{self, VisitMut};
use syn::{Block, TypePath, Visibility};

use super::Collector;
use super::Place;
use crate::facts::{Import, ImportForm, ItemKind, Name, When, name_hash};
use crate::lang::rust::attributes::Said;
use crate::lang::rust::code::{Node, OwnerKind, TyId, Within};
use crate::lang::rust::tokens::plain;
use crate::lang::rust::uses::{self, At};
use crate::lang::rust::{Binding, Bound, Outside, ScopeKind, Seen, Space, Use, UseForm};
use crate::source::{Index, Span, to_u32};

impl Collector<'_> {
    pub(super) fn uses(&mut self, item: &syn::ItemUse) {
        let seen = seen(&item.vis);
        let statement = Span::new(
            self.start(&item.vis, item.use_token.span),
            self.offsets.end(item.semi_token.span),
        );
        for leaf in uses::leaves(&item.tree) {
            let span = match leaf.at {
                At::Name(ident) => self.offsets.span(ident.span()),
                At::Star(star) => self.offsets.span(star.span),
            };
            let (last, before) = leaf
                .names
                .split_last()
                .map_or(("", &[][..]), |(last, before)| (last, before));
            let alias = leaf.alias.as_deref().map(|alias| self.names.intern(alias));
            let path = self.names.intern(&leaf.names.join("::"));
            let name = self.names.intern(last);
            let (module, form) = match leaf.form {
                UseForm::Glob => (path, ImportForm::Star),
                _ if before.is_empty() => (path, ImportForm::Module),
                _ => (self.names.intern(&before.join("::")), ImportForm::Name(name)),
            };
            let at = self.import(module, form, alias, span, statement);
            self.own.uses.push(Use {
                scope: self.place.scope,
                path,
                rooted: item.leading_colon.is_some(),
                form: leaf.form,
                seen,
            });
            if leaf.form == UseForm::Glob {
                self.own.globs.push((self.place.scope, at));
            } else {
                let bound = alias.unwrap_or(name);
                let space = if leaf.form == UseForm::OfSelf {
                    Space::Type
                } else {
                    Space::Any
                };
                if self.names.get(bound) != "_" {
                    self.bind(bound, Bound::Use(at), space, seen);
                }
            }
        }
    }

    fn import(&mut self, module: Name, form: ImportForm, alias: Option<Name>, span: Span, statement: Span) -> u32 {
        self.facts.imports.push(Import {
            module,
            level: 0,
            form,
            alias,
            scope: self.place.item.map(Index::from),
            when: self.place.when,
            optional: false,
            span,
            statement,
        });
        to_u32(self.facts.imports.len() - 1)
    }

    pub(super) fn extern_crate(&mut self, item: &syn::ItemExternCrate, said: &Said) {
        let name = self.name(&item.ident);
        let alias = item.rename.as_ref().map(|(_, alias)| self.name(alias));
        let seen = seen(&item.vis);
        let statement = Span::new(
            self.start(&item.vis, item.extern_token.span),
            self.offsets.end(item.semi_token.span),
        );
        let span = self.offsets.span(item.ident.span());
        let at = self.import(name, ImportForm::Module, alias, span, statement);
        self.own.uses.push(Use {
            scope: self.place.scope,
            path: name,
            rooted: false,
            form: UseForm::ExternCrate {
                all_macros: said.macro_use,
            },
            seen,
        });
        let bound = alias.unwrap_or(name);
        if self.names.get(bound) != "_" {
            self.bind(bound, Bound::Use(at), Space::Type, seen);
        }
    }

    pub(super) fn module(&mut self, item: &mut syn::ItemMod, said: &Said) {
        let start = self.start(&item.vis, item.mod_token.span);
        let seen = seen(&item.vis);
        let name = self.name(&item.ident);
        let span = self.offsets.span(item.ident.span());
        let Some((brace, items)) = &mut item.content else {
            let end = item.semi.as_ref().map_or(span.end, |semi| self.offsets.end(semi.span));
            let by_name = said.path.is_none();
            let paths = said.path.iter().chain(&said.paths_if);
            let paths = paths.map(|path| self.names.intern(path)).collect();
            self.own.mods.push(Outside {
                scope: self.place.scope,
                name: Some(name),
                paths,
                by_name,
                macro_use: said.macro_use,
                item: self.place.item,
                when: self.place.when,
                span,
                statement: Span::new(start, end),
            });
            let at = to_u32(self.own.mods.len() - 1);
            self.bind(name, Bound::File(at), Space::Type, seen);
            return;
        };
        let extent = Span::new(start, self.offsets.end(brace.span.close()));
        let at = self.item(name, ItemKind::Module, span, extent);
        let path = said.path.as_deref().map(|path| self.names.intern(path));
        let scope = self.scope(Some(self.place.scope), ScopeKind::Module { name, path }, said.macro_use);
        self.bind(name, Bound::Scope(scope), Space::Type, seen);
        let inside = Place {
            scope,
            item: Some(at),
            when: self.place.when.without(When::DEFERRED),
            owner: None,
        };
        self.at(inside, |this| {
            for item in items {
                this.visit_item_mut(item);
            }
        });
    }

    pub(super) fn start(&self, visibility: &Visibility, keyword: proc_macro2::Span) -> u32 {
        match visibility {
            Visibility::Public(public) => self.offsets.start(public.span),
            Visibility::Restricted(restricted) => self.offsets.start(restricted.pub_token.span),
            Visibility::Inherited => self.offsets.start(keyword),
        }
    }

    /// Where a signature starts: at its first modifier.
    fn signature_start(&self, visibility: &Visibility, signature: &syn::Signature) -> u32 {
        let first = match (&signature.constness, &signature.asyncness) {
            (Some(first), _) => first.span,
            (None, Some(first)) => first.span,
            (None, None) => signature.fn_token.span,
        };
        self.start(visibility, first)
    }

    pub(super) fn function(&mut self, item: &mut syn::ItemFn, said: &Said) {
        let start = self.signature_start(&item.vis, &item.sig);
        let at = self.define(
            &item.sig.ident,
            ItemKind::Function,
            Space::Value,
            seen(&item.vis),
            Span::new(start, self.offsets.end(item.block.brace_token.span.close())),
        );
        let named = said.proc_macro.then(|| plain(&item.sig.ident));
        if let Some(name) = said.derives.clone().or(named) {
            let name = self.names.intern(&name);
            self.bind(name, Bound::Item(at), Space::Macro, seen(&item.vis));
        }
        self.code_of(at, Within::Nothing, &mut item.sig, Some(&mut item.block));
    }

    /// A function in an impl or a trait.
    pub(super) fn method(
        &mut self,
        within: Within,
        visibility: &Visibility,
        signature: &mut syn::Signature,
        body: Option<&mut Block>,
    ) {
        let start = self.signature_start(visibility, signature);
        let end = body.as_ref().map_or_else(
            || self.offsets.end(signature.paren_token.span.close()),
            |body| self.offsets.end(body.brace_token.span.close()),
        );
        let name = self.name(&signature.ident);
        let span = self.offsets.span(signature.ident.span());
        let at = self.item(name, ItemKind::Function, span, Span::new(start, end));
        self.code_of(at, within, signature, body);
    }

    /// A function's signature and body, which see no local name of the functions around.
    fn code_of(&mut self, at: u32, within: Within, signature: &mut syn::Signature, body: Option<&mut Block>) {
        let hidden = self.locals.enter();
        let mut owner = None;
        self.within(at, |this| {
            let types = this.signature(at, within, signature);
            owner = this.place.owner;
            this.visit_generics_mut(&mut signature.generics);
            for (input, ty) in signature.inputs.iter_mut().zip(types) {
                this.parameter(input, ty);
            }
            this.visit_return_type_mut(&mut signature.output);
        });
        if let Some(body) = body {
            self.deferred(at, |this| {
                this.place.owner = owner;
                this.block(body);
            });
        }
        self.locals.leave(hidden);
    }

    fn parameter(&mut self, input: &mut syn::FnArg, ty: TyId) {
        let attributes = match input {
            syn::FnArg::Receiver(receiver) => std::mem::take(&mut receiver.attrs),
            syn::FnArg::Typed(typed) => std::mem::take(&mut typed.attrs),
        };
        self.attributed(&attributes, |this| {
            let node = this.node(Node::Given(ty));
            match input {
                syn::FnArg::Receiver(receiver) => {
                    this.visit_receiver_mut(receiver);
                    let own = this.names.intern("self");
                    this.locals.bind(own, node);
                }
                syn::FnArg::Typed(typed) => {
                    this.visit_type_mut(&mut typed.ty);
                    this.pattern(&mut typed.pat, node);
                }
            }
        });
    }

    /// A constant's value, which sees no local name around it.
    pub(super) fn apart(&mut self, item: u32, work: impl FnOnce(&mut Self)) {
        let hidden = self.locals.enter();
        self.within(item, work);
        self.locals.leave(hidden);
    }

    /// The impl or trait that the walk is in.
    pub(super) fn holder(&self) -> Within {
        let owner = self
            .place
            .owner
            .and_then(|owner| self.own.code.owners.get(owner as usize));
        match owner.map(|owner| owner.kind) {
            Some(OwnerKind::Impl(at)) => Within::Impl(at),
            Some(OwnerKind::Trait(at)) => Within::Trait(at),
            _ => Within::Nothing,
        }
    }

    pub(super) fn implementation(&mut self, item: &mut syn::ItemImpl) {
        let name = self.names.intern(&type_name(&item.self_ty));
        let extent = Span::new(
            self.offsets.start(item.impl_token.span),
            self.offsets.end(item.brace_token.span.close()),
        );
        let at = self.item(name, ItemKind::Impl, extent, extent);
        self.apart(at, |this| {
            this.impl_facts(at, item);
            this.visit_generics_mut(&mut item.generics);
            if let Some((path, _)) = &mut item.trait_ {
                this.inherit(at, path);
            }
            this.visit_type_mut(&mut item.self_ty);
            for item in &mut item.items {
                this.visit_impl_item_mut(item);
            }
        });
    }

    pub(super) fn trait_(&mut self, item: &mut syn::ItemTrait) {
        let start = self.start(&item.vis, item.trait_token.span);
        let at = self.define(
            &item.ident,
            ItemKind::Class,
            Space::Type,
            seen(&item.vis),
            Span::new(start, self.offsets.end(item.brace_token.span.close())),
        );
        self.apart(at, |this| {
            this.trait_facts(at, item);
            this.visit_generics_mut(&mut item.generics);
            for bound in &mut item.supertraits {
                match bound {
                    syn::TypeParamBound::Trait(bound) if bound.maybe.is_none() => this.inherit(at, &mut bound.path),
                    other => this.visit_type_param_bound_mut(other),
                }
            }
            for item in &mut item.items {
                this.visit_trait_item_mut(item);
            }
        });
    }

    pub(super) fn enumeration(&mut self, item: &mut syn::ItemEnum) {
        let start = self.start(&item.vis, item.enum_token.span);
        let name = self.name(&item.ident);
        let span = self.offsets.span(item.ident.span());
        let extent = Span::new(start, self.offsets.end(item.brace_token.span.close()));
        let at = self.item(name, ItemKind::Class, span, extent);
        let scope = self.scope(Some(self.place.scope), ScopeKind::Enum { item: at }, false);
        self.bind(name, Bound::Scope(scope), Space::Type, seen(&item.vis));
        for variant in &item.variants {
            let name = self.name(&variant.ident);
            self.own.bindings.push(Binding {
                scope,
                hash: name_hash(self.names.get(name)),
                name,
                bound: Bound::Item(at),
                space: Space::Any,
                seen: Seen::Public,
                exported: false,
                guarded: false,
            });
        }
        self.apart(at, |this| {
            let variants = item.variants.iter().map(|variant| {
                let fields = &variant.fields;
                (&variant.ident, fields.iter(), is_tuple(fields))
            });
            this.adt_facts(at, &item.generics, variants, true);
            this.visit_generics_mut(&mut item.generics);
            for variant in &mut item.variants {
                this.visit_variant_mut(variant);
            }
        });
    }

    pub(super) fn alias(&mut self, item: &mut syn::ItemType) {
        let name = self.name(&item.ident);
        let span = self.offsets.span(item.ident.span());
        let extent = Span::new(
            self.start(&item.vis, item.type_token.span),
            self.offsets.end(item.semi_token.span),
        );
        let at = self.item(name, ItemKind::Class, span, extent);
        let bound = match &*item.ty {
            syn::Type::Path(TypePath { qself: None, path, .. }) if !path.is_ident("Self") => Bound::Alias {
                item: at,
                path: self.path_name(path, path.segments.len()),
                rooted: path.leading_colon.is_some(),
            },
            _ => Bound::Item(at),
        };
        self.bind(name, bound, Space::Type, seen(&item.vis));
        self.within(at, |this| {
            this.alias_facts(at, item);
            visit_mut::visit_item_type_mut(this, item);
        });
    }

    /// An item of an `extern` block.
    pub(super) fn foreign_item(&mut self, item: &syn::ForeignItem) {
        let named = match item {
            syn::ForeignItem::Fn(item) => Some((&item.sig.ident, &item.vis, ItemKind::Function, Space::Value)),
            syn::ForeignItem::Static(item) => Some((&item.ident, &item.vis, ItemKind::Variable, Space::Value)),
            syn::ForeignItem::Type(item) => Some((&item.ident, &item.vis, ItemKind::Class, Space::Type)),
            _ => None,
        };
        if let Some((ident, visibility, kind, space)) = named {
            let extent = self.offsets.span(ident.span());
            let at = self.define(ident, kind, space, seen(visibility), extent);
            if let syn::ForeignItem::Fn(item) = item {
                self.within(at, |this| drop(this.signature(at, Within::Nothing, &item.sig)));
            }
        } else {
            self.open();
        }
    }

    pub(super) fn structure(&mut self, item: &mut syn::ItemStruct) {
        let start = self.start(&item.vis, item.struct_token.span);
        // Tuple and unit structs are values too.
        let (space, end) = match (&item.fields, &item.semi_token) {
            (syn::Fields::Named(fields), _) => (Space::Type, self.offsets.end(fields.brace_token.span.close())),
            (_, Some(semi)) => (Space::Any, self.offsets.end(semi.span)),
            (_, None) => (Space::Any, self.offsets.end(item.ident.span())),
        };
        let extent = Span::new(start, end);
        let at = self.define(&item.ident, ItemKind::Class, space, seen(&item.vis), extent);
        self.apart(at, |this| {
            let itself = std::iter::once((&item.ident, item.fields.iter(), is_tuple(&item.fields)));
            this.adt_facts(at, &item.generics, itself, false);
            this.visit_generics_mut(&mut item.generics);
            this.visit_fields_mut(&mut item.fields);
        });
    }

    pub(super) fn union(&mut self, item: &mut syn::ItemUnion) {
        let start = self.start(&item.vis, item.union_token.span);
        let extent = Span::new(start, self.offsets.end(item.fields.brace_token.span.close()));
        let at = self.define(&item.ident, ItemKind::Class, Space::Type, seen(&item.vis), extent);
        self.apart(at, |this| {
            let itself = std::iter::once((&item.ident, item.fields.named.iter(), false));
            this.adt_facts(at, &item.generics, itself, false);
            this.visit_generics_mut(&mut item.generics);
            this.visit_fields_named_mut(&mut item.fields);
        });
    }

    pub(super) fn trait_alias(&mut self, item: &mut syn::ItemTraitAlias) {
        let start = self.start(&item.vis, item.trait_token.span);
        let extent = Span::new(start, self.offsets.end(item.semi_token.span));
        let at = self.define(&item.ident, ItemKind::Class, Space::Type, seen(&item.vis), extent);
        self.within(at, |this| {
            for bound in &mut item.bounds {
                this.visit_type_param_bound_mut(bound);
            }
        });
    }
}

pub(super) fn seen(visibility: &Visibility) -> Seen {
    let restricted = match visibility {
        Visibility::Public(_) => return Seen::Public,
        Visibility::Inherited => return Seen::Private,
        Visibility::Restricted(restricted) => &restricted.path.segments,
    };
    let named = |name: &str| to_u32(restricted.iter().filter(|segment| segment.ident == name).count());
    match restricted.first().map(|first| plain(&first.ident)).as_deref() {
        Some("self" | "super") if named("super") == 0 => Seen::Private,
        Some("self" | "super") => Seen::Above(named("super")),
        // `pub(in a::b)` of 2015 starts at the crate's root.
        _ => Seen::Within(to_u32(restricted.len()) - named("crate")),
    }
}

fn is_tuple(fields: &syn::Fields) -> bool {
    matches!(fields, syn::Fields::Unnamed(_))
}

/// The name of a type, for the block that implements it.
fn type_name(ty: &syn::Type) -> String {
    match ty {
        syn::Type::Path(ty) => ty
            .path
            .segments
            .last()
            .map(|segment| plain(&segment.ident))
            .unwrap_or_default(),
        syn::Type::Reference(reference) => type_name(&reference.elem),
        syn::Type::Paren(inner) => type_name(&inner.elem),
        syn::Type::Group(inner) => type_name(&inner.elem),
        // Tuples, slices, functions, trait objects: types without a name.
        _ => "impl".to_owned(),
    }
}
