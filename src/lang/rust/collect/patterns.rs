//! Patterns: which local names they bind, and to which part of a value.

use syn::visit_mut::{self, VisitMut};
use syn::{Member, Pat};

use super::Collector;
use crate::lang::rust::code::{Node, NodeId, UNKNOWN};
use crate::lang::rust::tokens::plain;
use crate::source::to_u32;

impl Collector<'_> {
    /// Binds the names of a pattern to parts of a value.
    pub(super) fn pattern(&mut self, pattern: &mut Pat, of: NodeId) {
        match pattern {
            Pat::Ident(ident) => self.name_pattern(ident, of),
            Pat::Type(typed) => {
                let attributes = std::mem::take(&mut typed.attrs);
                self.attributed(&attributes, |this| {
                    let ty = this.ty(&typed.ty);
                    this.visit_type_mut(&mut typed.ty);
                    let node = this.node(Node::Let { ty, init: of });
                    this.pattern(&mut typed.pat, node);
                });
            }
            Pat::Tuple(tuple) => self.parts(tuple.elems.iter_mut(), |this, at| this.node(Node::Part { of, at })),
            Pat::TupleStruct(pattern) => {
                let path = self.value_path(pattern.qself.as_ref(), &pattern.path);
                self.qualified(pattern.qself.as_mut(), &mut pattern.path);
                self.parts(pattern.elems.iter_mut(), |this, at| {
                    let field = this.names.intern(&at.to_string());
                    this.node(Node::Unpack { of, path, field })
                });
            }
            Pat::Struct(pattern) => {
                let path = self.value_path(pattern.qself.as_ref(), &pattern.path);
                self.qualified(pattern.qself.as_mut(), &mut pattern.path);
                for field in &mut pattern.fields {
                    let attributes = std::mem::take(&mut field.attrs);
                    self.attributed(&attributes, |this| {
                        let name = match &field.member {
                            Member::Named(name) => this.name(name),
                            Member::Unnamed(at) => this.names.intern(&at.index.to_string()),
                        };
                        let node = this.node(Node::Unpack { of, path, field: name });
                        this.pattern(&mut field.pat, node);
                    });
                }
            }
            Pat::Reference(inner) => {
                let node = self.node(Node::Deref(of));
                self.pattern(&mut inner.pat, node);
            }
            Pat::Paren(inner) => self.pattern(&mut inner.pat, of),
            Pat::Or(or) => {
                for case in &mut or.cases {
                    self.pattern(case, of);
                }
            }
            Pat::Slice(slice) => {
                let slot = self.node(Node::Slot(of));
                for part in &mut slice.elems {
                    // `rest @ ..` is a slice of the same.
                    let of = match part {
                        Pat::Ident(ident) if ident.subpat.is_some() => of,
                        _ => slot,
                    };
                    self.pattern(part, of);
                }
            }
            Pat::Guard(guarded) => {
                self.pattern(&mut guarded.pat, of);
                self.expression(&mut guarded.guard);
            }
            // Constants, literals, ranges, macros: they bind nothing, and their paths are walked.
            other => visit_mut::visit_pat_mut(self, other),
        }
    }

    fn name_pattern(&mut self, pattern: &mut syn::PatIdent, of: NodeId) {
        // A name in capitals stands for a constant or variant; so do a `None`, and a unit struct's name.
        let text = plain(&pattern.ident);
        let binds = !text.starts_with(char::is_uppercase) || pattern.subpat.is_some() || pattern.mutability.is_some();
        if binds {
            let node = if of == UNKNOWN { self.node(Node::Unknown) } else { of };
            let name = self.name(&pattern.ident);
            self.locals.bind(name, node);
        }
        if let Some((_, inner)) = &mut pattern.subpat {
            self.pattern(inner, of);
        }
    }

    /// The patterns of a tuple's parts; `..` leaves out so many that what follows is not placed.
    fn parts<'p>(
        &mut self,
        patterns: impl Iterator<Item = &'p mut Pat>,
        mut part: impl FnMut(&mut Self, u32) -> NodeId,
    ) {
        let mut placed = true;
        for (at, pattern) in patterns.enumerate() {
            if matches!(pattern, Pat::Rest(_)) {
                placed = false;
                continue;
            }
            let node = if placed { part(self, to_u32(at)) } else { UNKNOWN };
            self.pattern(pattern, node);
        }
    }
}
