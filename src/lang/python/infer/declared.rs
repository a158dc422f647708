//! Annotations: what a value is whose type is written down.

use super::outside::Shape;
use super::types::{Known, Of, Type, Types, Union};
use super::{Infer, outside};
use crate::facts::ItemKind;
use crate::lang::python::code::{Node, NodeId};

impl Infer<'_> {
    /// What a value is by its annotation.
    pub(super) fn declared(&mut self, annotation: NodeId) -> Types {
        match self.code.nodes[annotation as usize] {
            Node::Nothing => Types::just(Type::Nothing),
            Node::Either { a, b } | Node::Joined { a, b } => {
                let mut union = Union::default();
                union.add(&self.declared(a));
                union.add(&self.declared(b));
                union.finish()
            }
            Node::Tuple(list) => {
                // The classes of `except (A, B)` and `isinstance(x, (A, B))`.
                let mut union = Union::default();
                for node in self.code.list(list) {
                    union.add(&self.declared(*node));
                }
                union.finish()
            }
            Node::Subscript { of, by } => {
                let generic = self.value(of);
                self.each(&generic, |this, known| match &known.of {
                    Type::Outside(name) => this.generic(&name.clone(), by),
                    _ => this.instance(known),
                })
            }
            Node::Unknown | Node::Constant(_) | Node::Index(_) => Types::default(),
            _ => {
                let named = self.value(annotation);
                self.each(&named, Self::instance)
            }
        }
    }

    /// A value of what an annotation names.
    fn instance(&mut self, named: &Known) -> Types {
        match &named.of {
            Type::Class(of) => Types::just(Type::Instance(*of)),
            Type::Nothing => Types::just(Type::Nothing),
            Type::Outside(name) => match outside::shape(name) {
                Some(Shape::Any | Shape::Same) => Types::default(),
                Some(Shape::Own) => match self.own_class() {
                    Some(of) => Types::just(Type::Instance(of)),
                    None => Types::default(),
                },
                Some(shape) => Types::of(
                    outside::container(shape, &[])
                        .map(Known::by_value)
                        .into_iter()
                        .collect(),
                    false,
                ),
                None => Types::just(Type::Value(name.clone())),
            },
            // An alias of a container: `Names = list[Name]`.
            Type::Sequence(_) | Type::Mapping(..) | Type::Tuple(_) | Type::Later(_) | Type::Manager(_) => {
                Types::just(named.of.clone())
            }
            Type::Module(_)
            | Type::Folder(_)
            | Type::Instance(_)
            | Type::Function { .. }
            | Type::Super(_)
            | Type::Value(_)
            | Type::Giving(..) => Types::default(),
        }
    }

    /// `typing.Self`: the class around what is annotated.
    fn own_class(&self) -> Option<Of> {
        let mut around = self.annotating;
        while let Some(item) = around {
            let found = self.facts.items.get(item as usize)?;
            if found.kind == ItemKind::Class {
                return Some(Of {
                    class: (self.file, item),
                    own: true,
                });
            }
            around = found.parent;
        }
        None
    }

    /// `name[by]` as an annotation, `name` being outside.
    pub(super) fn generic(&mut self, name: &str, by: NodeId) -> Types {
        let parts: Vec<NodeId> = match self.code.nodes[by as usize] {
            Node::Tuple(list) => self.code.list(list).to_vec(),
            _ => vec![by],
        };
        match outside::shape(name) {
            Some(Shape::Any | Shape::Own) => Types::default(),
            Some(Shape::Same) => {
                // `Annotated[T, …]` says more of `T`; the other forms have one part, or several that are all possible.
                let count = if outside::last(name) == "Annotated" {
                    1
                } else {
                    parts.len()
                };
                let mut union = Union::default();
                for part in parts.iter().take(count) {
                    union.add(&self.declared(*part));
                }
                if outside::last(name) == "Optional" {
                    union.add(&Types::just(Type::Nothing));
                }
                union.finish()
            }
            Some(Shape::ClassOf) => {
                let of = parts.first().map(|part| self.declared(*part)).unwrap_or_default();
                self.each(&of, |_, known| match &known.of {
                    Type::Instance(of) => Types::just(Type::Class(*of)),
                    Type::Value(name) => Types::just(Type::Outside(name.clone())),
                    _ => Types::default(),
                })
            }
            Some(shape) => {
                let parts: Vec<Types> = parts.iter().map(|part| self.declared(*part)).collect();
                let found = outside::container(shape, &parts).map(Known::by_value);
                Types::of(found.into_iter().collect(), false)
            }
            None => Types::just(Type::Value(name.into())),
        }
    }
}
