//! Written types, type parameters and signatures, for [`super::super::code`].
//!
//! These are read beside the walk, which notes the paths in them.

use syn::punctuated::Punctuated;
use syn::{GenericArgument, Generics, PathArguments, ReceiverKind, ReturnType, Type, TypeParamBound};

use super::Collector;
use crate::facts::Name;
use crate::lang::rust::code::{
    Adt, Alias, Def, Function, GenericParam, Impl, List, Owner, OwnerKind, Predicate, Receiver, Trait, Ty, TyId,
    TypePath, UNKNOWN, Variant, Within,
};
use crate::source::to_u32;

/// How deep in each other types are read; what is deeper is not known.
const DEEPEST_TYPE: u32 = 24;

impl Collector<'_> {
    /// Keeps a list.
    pub(super) fn list(&mut self, entries: &[u32]) -> List {
        let lists = &mut self.own.code.lists;
        let start = to_u32(lists.len());
        lists.extend_from_slice(entries);
        List {
            start,
            len: to_u32(entries.len()),
        }
    }

    pub(super) fn push_ty(&mut self, ty: Ty) -> TyId {
        let types = &mut self.own.code.types;
        types.push(ty);
        to_u32(types.len() - 1)
    }

    /// A written type.
    pub(super) fn ty(&mut self, ty: &Type) -> TyId {
        if self.type_depth >= DEEPEST_TYPE {
            return UNKNOWN;
        }
        self.type_depth += 1;
        let read = self.ty_within(ty);
        self.type_depth -= 1;
        read
    }

    fn ty_within(&mut self, ty: &Type) -> TyId {
        let read = match ty {
            Type::Array(array) => Ty::Slice(self.ty(&array.elem)),
            Type::FnPtr(function) => {
                let params: Vec<TyId> = function.inputs.iter().map(|input| self.ty(&input.ty)).collect();
                let params = self.list(&params);
                Ty::Fn(params, self.returned(&function.output))
            }
            Type::Group(inner) => return self.ty(&inner.elem),
            Type::Paren(inner) => return self.ty(&inner.elem),
            Type::ImplTrait(all) => Ty::Bounds(self.bounds(&all.bounds)),
            Type::TraitObject(all) => Ty::Bounds(self.bounds(&all.bounds)),
            Type::Never(_) => Ty::Never,
            Type::Path(path) => {
                let of = path.qself.as_ref().map(|of| self.ty(&of.ty));
                if of.is_none() && path.path.is_ident("Self") {
                    Ty::Own
                } else {
                    Ty::Path(self.type_path(of, &path.path))
                }
            }
            Type::Ptr(pointer) => Ty::Ref(self.ty(&pointer.elem)),
            Type::Reference(reference) => Ty::Ref(self.ty(&reference.elem)),
            Type::Slice(slice) => Ty::Slice(self.ty(&slice.elem)),
            Type::Tuple(tuple) => {
                let all: Vec<TyId> = tuple.elems.iter().map(|ty| self.ty(ty)).collect();
                Ty::Tuple(self.list(&all))
            }
            // `_`, a macro's type, and what a later syn may add.
            _ => return UNKNOWN,
        };
        self.push_ty(read)
    }

    fn returned(&mut self, output: &ReturnType) -> TyId {
        match output {
            ReturnType::Default => self.push_ty(Ty::Tuple(List::default())),
            ReturnType::Type(_, ty) => self.ty(ty),
        }
    }

    /// The path of a type or trait, by index.
    pub(super) fn type_path(&mut self, of: Option<TyId>, path: &syn::Path) -> u32 {
        let (mut types, mut outer, mut binds) = (List::default(), List::default(), List::default());
        for (at, segment) in path.segments.iter().rev().take(2).enumerate() {
            let (given, bound) = self.arguments(&segment.arguments);
            if at == 0 {
                (types, binds) = (given, bound);
            } else {
                outer = given;
            }
        }
        let name = self.path_name(path, path.segments.len());
        let paths = &mut self.own.code.type_paths;
        paths.push(TypePath {
            scope: self.place.scope,
            path: name,
            rooted: path.leading_colon.is_some(),
            of,
            types,
            outer,
            binds,
        });
        to_u32(paths.len() - 1)
    }

    /// Types in a path's brackets, and associated types that they bind.
    pub(super) fn arguments(&mut self, arguments: &PathArguments) -> (List, List) {
        match arguments {
            PathArguments::None => (List::default(), List::default()),
            PathArguments::AngleBracketed(all) => self.brackets(&all.args),
            PathArguments::Parenthesized(all) => {
                let params: Vec<TyId> = all.inputs.iter().map(|input| self.ty(&input.ty)).collect();
                let gives = self.returned(&all.output);
                let name = self.names.intern("Output");
                (self.list(&params), self.binds(&[(name, gives)]))
            }
        }
    }

    pub(super) fn brackets<P>(&mut self, arguments: &Punctuated<GenericArgument, P>) -> (List, List) {
        let mut types = Vec::new();
        let mut binds = Vec::new();
        for argument in arguments {
            match argument {
                GenericArgument::Type(ty) => types.push(self.ty(ty)),
                GenericArgument::Const(_) => types.push(UNKNOWN),
                GenericArgument::AssocType(bound) => {
                    let name = self.name(&bound.ident);
                    binds.push((name, self.ty(&bound.ty)));
                }
                GenericArgument::Constraint(bound) => {
                    let name = self.name(&bound.ident);
                    let bounds = self.bounds(&bound.bounds);
                    binds.push((name, self.push_ty(Ty::Bounds(bounds))));
                }
                // Lifetimes and associated constants say nothing of types.
                _ => {}
            }
        }
        (self.list(&types), self.binds(&binds))
    }

    fn binds(&mut self, entries: &[(Name, TyId)]) -> List {
        let binds = &mut self.own.code.binds;
        let start = to_u32(binds.len());
        binds.extend_from_slice(entries);
        List {
            start,
            len: to_u32(entries.len()),
        }
    }

    fn bounds<P>(&mut self, bounds: &Punctuated<TypeParamBound, P>) -> List {
        let mut paths = Vec::new();
        for bound in bounds {
            if let TypeParamBound::Trait(bound) = bound
                && bound.maybe.is_none()
            {
                paths.push(self.type_path(None, &bound.path));
            }
        }
        self.list(&paths)
    }

    /// A new owner of type parameters below the present one, which becomes the present one.
    pub(super) fn owner(&mut self, kind: OwnerKind, generics: &Generics) -> u32 {
        let mut params = Vec::new();
        for param in &generics.params {
            match param {
                syn::GenericParam::Type(param) => params.push(GenericParam {
                    name: self.name(&param.ident),
                    bounds: self.bounds(&param.bounds),
                    default: param.default.as_ref().map_or(UNKNOWN, |(_, ty)| self.ty(ty)),
                }),
                syn::GenericParam::Const(param) => params.push(GenericParam {
                    name: self.name(&param.ident),
                    bounds: List::default(),
                    default: UNKNOWN,
                }),
                syn::GenericParam::Lifetime(_) => {}
            }
        }
        let mut predicates = Vec::new();
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            if let syn::WherePredicate::Type(predicate) = predicate {
                let ty = self.ty(&predicate.bounded_ty);
                let bounds = self.bounds(&predicate.bounds);
                predicates.push(Predicate { ty, bounds });
            }
        }
        let code = &mut self.own.code;
        let list = |start: usize, len: usize| List {
            start: to_u32(start),
            len: to_u32(len),
        };
        code.owners.push(Owner {
            parent: self.place.owner,
            kind,
            params: list(code.params.len(), params.len()),
            predicates: list(code.predicates.len(), predicates.len()),
        });
        code.params.append(&mut params);
        code.predicates.append(&mut predicates);
        let owner = to_u32(code.owners.len() - 1);
        self.place.owner = Some(owner);
        owner
    }

    /// The signature of a function: its parameters' types, that of `self` first where it has one.
    pub(super) fn signature(&mut self, item: u32, within: Within, signature: &syn::Signature) -> Vec<TyId> {
        let number = to_u32(self.own.code.functions.len());
        let owner = self.owner(OwnerKind::Function(number), &signature.generics);
        let mut all = Vec::new();
        let mut receiver = Receiver::None;
        for input in &signature.inputs {
            all.push(match input {
                syn::FnArg::Receiver(of) => {
                    let own = self.push_ty(Ty::Own);
                    match &of.kind {
                        ReceiverKind::Value => {
                            receiver = Receiver::Value;
                            own
                        }
                        ReceiverKind::Reference(..) => {
                            receiver = Receiver::Reference;
                            self.push_ty(Ty::Ref(own))
                        }
                        ReceiverKind::Typed(_, ty) => {
                            receiver = Receiver::Other;
                            self.ty(ty)
                        }
                        _ => UNKNOWN,
                    }
                }
                syn::FnArg::Typed(typed) => self.ty(&typed.ty),
            });
        }
        let params = &all[usize::from(receiver != Receiver::None).min(all.len())..];
        let params = self.list(params);
        let mut gives = self.returned(&signature.output);
        if signature.asyncness.is_some() {
            gives = self.push_ty(Ty::Future(gives));
        }
        let name = self.name(&signature.ident);
        self.own.code.functions.push(Function {
            item,
            name,
            owner,
            within,
            receiver,
            params,
            gives,
        });
        self.own.code.defs.push((item, Def::Function(number)));
        all
    }

    /// An impl, its associated types included.
    pub(super) fn impl_facts(&mut self, item: u32, of: &syn::ItemImpl) -> u32 {
        let number = to_u32(self.own.code.impls.len());
        let owner = self.owner(OwnerKind::Impl(number), &of.generics);
        let ty = self.ty(&of.self_ty);
        let path = of.trait_.as_ref().map(|(path, _)| self.type_path(None, path));
        let mut binds = Vec::new();
        for item in &of.items {
            if let syn::ImplItem::Type(bound) = item {
                let name = self.name(&bound.ident);
                binds.push((name, self.ty(&bound.ty)));
            }
        }
        let binds = self.binds(&binds);
        self.own.code.impls.push(Impl {
            item,
            owner,
            ty,
            of: path,
            binds,
        });
        number
    }

    /// A trait, its associated types included.
    pub(super) fn trait_facts(&mut self, item: u32, of: &syn::ItemTrait) -> u32 {
        let number = to_u32(self.own.code.traits.len());
        let owner = self.owner(OwnerKind::Trait(number), &of.generics);
        let supers = self.bounds(&of.supertraits);
        let mut binds = Vec::new();
        for item in &of.items {
            if let syn::TraitItem::Type(bound) = item {
                let name = self.name(&bound.ident);
                let bounds = self.bounds(&bound.bounds);
                binds.push((name, self.push_ty(Ty::Bounds(bounds))));
            }
        }
        let binds = self.binds(&binds);
        self.own.code.traits.push(Trait {
            item,
            owner,
            supers,
            binds,
        });
        self.own.code.defs.push((item, Def::Trait(number)));
        number
    }

    /// A struct, union or enum: its variants are name and fields.
    pub(super) fn adt_facts<'i>(
        &mut self,
        item: u32,
        generics: &Generics,
        variants: impl Iterator<Item = (&'i syn::Ident, syn::punctuated::Iter<'i, syn::Field>, bool)>,
        is_enum: bool,
    ) {
        let number = to_u32(self.own.code.adts.len());
        let owner = self.owner(OwnerKind::Adt(number), generics);
        let mut all = Vec::new();
        for (ident, fields, is_tuple) in variants {
            let mut read = Vec::new();
            for (at, field) in fields.enumerate() {
                let name = match &field.ident {
                    Some(ident) => self.name(ident),
                    None => self.names.intern(&at.to_string()),
                };
                read.push((name, self.ty(&field.ty)));
            }
            let name = self.name(ident);
            let start = to_u32(self.own.code.fields.len());
            let len = to_u32(read.len());
            self.own.code.fields.append(&mut read);
            all.push(Variant {
                name,
                fields: List { start, len },
                is_tuple,
            });
        }
        let code = &mut self.own.code;
        let variants = List {
            start: to_u32(code.variants.len()),
            len: to_u32(all.len()),
        };
        code.variants.append(&mut all);
        code.adts.push(Adt {
            item,
            owner,
            variants,
            derives: self.derives,
            is_enum,
        });
        code.defs.push((item, Def::Adt(number)));
    }

    pub(super) fn alias_facts(&mut self, item: u32, of: &syn::ItemType) {
        let owner = self.owner(OwnerKind::Alias, &of.generics);
        let ty = self.ty(&of.ty);
        let code = &mut self.own.code;
        code.defs.push((item, Def::Alias(to_u32(code.aliases.len()))));
        code.aliases.push(Alias { item, owner, ty });
    }

    pub(super) fn value_facts(&mut self, item: u32, ty: &Type) {
        let ty = self.ty(ty);
        let code = &mut self.own.code;
        code.defs.push((item, Def::Value(to_u32(code.values.len()))));
        code.values.push((item, ty, self.place.owner));
    }
}
