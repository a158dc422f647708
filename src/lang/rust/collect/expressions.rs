//! Expressions → nodes of [`super::super::code`].
//!
//! Chains (`a.b().c()?`, `a + b + c`, `x = y = z`, `else if`) are deep trees: they are walked by a loop, so that no
//! stack is needed for them. What nests deeper than [`DEEPEST`] otherwise is walked for its paths alone.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Member, Token};

use super::Collector;
use crate::facts::{Name, When};
use crate::lang::rust::code::{Context, List, Literal, Node, NodeId, Site, SiteKind, UNKNOWN, ValuePath, Wrapper};
use crate::source::{Span, to_u32};

/// How deep in each other expressions are read that are no chains.
const DEEPEST: u32 = 400;

/// An expression that has been read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operand {
    pub(super) node: NodeId,
    /// The last name in it, and where that begins.
    said: Option<(Name, u32)>,
}

impl Operand {
    fn nameless(node: NodeId) -> Self {
        Self { node, said: None }
    }
}

/// A link of a chain: what is done with the operand before it.
enum Link<'e> {
    Method(
        &'e Ident,
        Option<&'e mut syn::AngleBracketedGenericArguments>,
        &'e mut Punctuated<Expr, Token![,]>,
    ),
    Field(&'e Member),
    Invoke(&'e mut Punctuated<Expr, Token![,]>),
    Index(&'e mut Expr),
    Try,
    Await,
    Ref,
    Deref,
    /// `!`, `-`
    Sign,
    Cast(&'e mut syn::Type),
    Binary(&'e syn::BinOp, &'e mut Expr),
    Assign(&'e mut Expr),
    /// `return`, `break`
    Leave,
}

impl Collector<'_> {
    /// Keeps a node, and where it stands.
    pub(super) fn node(&mut self, node: Node) -> NodeId {
        let body = &mut self.body;
        let at = to_u32(body.nodes.len());
        let context = Context {
            first: at,
            item: self.place.item,
            when: self.place.when,
            owner: self.place.owner,
        };
        let same = |last: &Context| Context { first: at, ..*last } == context;
        if !body.contexts.last().is_some_and(same) {
            body.contexts.push(context);
        }
        body.nodes.push(node);
        at
    }

    /// Reads an expression.
    pub(super) fn expression(&mut self, expression: &mut Expr) -> Operand {
        self.depth += 1;
        let operand = if self.depth > DEEPEST && is_deep(expression) {
            self.shallow(expression);
            Operand::nameless(UNKNOWN)
        } else {
            self.chain(expression)
        };
        self.depth -= 1;
        operand
    }

    /// Walks an expression for its paths alone.
    fn shallow(&mut self, expression: &mut Expr) {
        let attributes = super::walk::attributes_of_expression(expression)
            .map(std::mem::take)
            .unwrap_or_default();
        if !attributes.is_empty() {
            self.attributed(&attributes, |this| this.visit_expr_mut(expression));
            return;
        }
        let mut next = expression;
        loop {
            next = match next {
                Expr::Binary(binary) => {
                    self.visit_expr_mut(&mut binary.right);
                    &mut binary.left
                }
                Expr::Closure(closure) => {
                    let mut place = self.place;
                    place.when |= When::DEFERRED;
                    self.at(place, |this| visit_mut::visit_expr_closure_mut(this, closure));
                    return;
                }
                other => {
                    visit_mut::visit_expr_mut(self, other);
                    return;
                }
            };
        }
    }

    fn chain(&mut self, expression: &mut Expr) -> Operand {
        let mut links: Vec<Link<'_>> = Vec::new();
        let mut next = expression;
        let mut operand = loop {
            if let Some(attributes) = super::walk::attributes_of_expression(next)
                && !attributes.is_empty()
            {
                let attributes = std::mem::take(attributes);
                let mut read = Operand::nameless(UNKNOWN);
                self.attributed(&attributes, |this| read = this.expression(next));
                break read;
            }
            next = match next {
                Expr::MethodCall(call) => {
                    links.push(Link::Method(&call.method, call.turbofish.as_mut(), &mut call.args));
                    &mut call.receiver
                }
                Expr::Field(field) => {
                    links.push(Link::Field(&field.member));
                    &mut field.base
                }
                Expr::Call(call) => {
                    if matches!(&*call.func, Expr::Path(_)) {
                        break self.call(call);
                    }
                    links.push(Link::Invoke(&mut call.args));
                    &mut call.func
                }
                Expr::Index(index) => {
                    links.push(Link::Index(&mut index.index));
                    &mut index.expr
                }
                Expr::Try(tried) => {
                    links.push(Link::Try);
                    &mut tried.expr
                }
                Expr::Await(awaited) => {
                    links.push(Link::Await);
                    &mut awaited.base
                }
                Expr::Reference(reference) => {
                    links.push(Link::Ref);
                    &mut reference.expr
                }
                Expr::RawAddr(reference) => {
                    links.push(Link::Ref);
                    &mut reference.expr
                }
                Expr::Unary(unary) => {
                    links.push(if matches!(unary.op, syn::UnOp::Deref(_)) {
                        Link::Deref
                    } else {
                        Link::Sign
                    });
                    &mut unary.expr
                }
                Expr::Paren(inner) => &mut inner.expr,
                Expr::Group(inner) => &mut inner.expr,
                Expr::Cast(cast) => {
                    links.push(Link::Cast(&mut cast.ty));
                    &mut cast.expr
                }
                Expr::Binary(binary) => {
                    links.push(Link::Binary(&binary.op, &mut binary.right));
                    &mut binary.left
                }
                Expr::Assign(assign) => {
                    links.push(Link::Assign(&mut assign.left));
                    &mut assign.right
                }
                Expr::Return(syn::ExprReturn { expr: Some(value), .. })
                | Expr::Break(syn::ExprBreak { expr: Some(value), .. }) => {
                    links.push(Link::Leave);
                    value
                }
                other => break self.operand(other),
            };
        };
        while let Some(link) = links.pop() {
            operand = self.link(operand, link);
        }
        operand
    }

    fn link(&mut self, before: Operand, link: Link<'_>) -> Operand {
        let of = before.node;
        let same = |node| Operand { node, ..before };
        match link {
            Link::Method(method, types, arguments) => self.method_call(before, method, types, arguments),
            Link::Field(Member::Named(name)) => {
                let start = self.offsets.start(name.span());
                let name = self.name(name);
                Operand {
                    node: self.node(Node::Field { of, name }),
                    said: Some((name, start)),
                }
            }
            Link::Field(Member::Unnamed(at)) => {
                let name = self.names.intern(&at.index.to_string());
                same(self.node(Node::Field { of, name }))
            }
            Link::Invoke(arguments) => {
                self.facts.nameless_calls += 1;
                self.arguments_of(UNKNOWN, arguments);
                same(self.node(Node::Invoke(of)))
            }
            Link::Index(by) => {
                let by = self.expression(by).node;
                same(self.node(Node::Index { of, by }))
            }
            Link::Try => same(self.node(Node::Try(of))),
            Link::Await => same(self.node(Node::Await(of))),
            Link::Ref => same(self.node(Node::Ref(of))),
            Link::Deref => same(self.node(Node::Deref(of))),
            Link::Sign => same(self.node(Node::Arithmetic(of))),
            Link::Cast(ty) => {
                let read = self.ty(ty);
                self.visit_type_mut(ty);
                same(self.node(Node::Given(read)))
            }
            Link::Binary(operator, right) => Operand::nameless(self.binary(of, operator, right)),
            Link::Assign(left) => {
                let to = self.expression(left).node;
                self.node(Node::Assign { to, from: of });
                Operand::nameless(UNKNOWN)
            }
            Link::Leave => Operand::nameless(self.node(Node::Never)),
        }
    }

    fn binary(&mut self, left: NodeId, operator: &syn::BinOp, right: &mut Expr) -> NodeId {
        use syn::BinOp::{And, Eq, Ge, Gt, Le, Lt, Ne, Or};
        self.expression(right);
        self.node(match operator {
            And(_) | Or(_) | Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_) => Node::Bool,
            _ => Node::Arithmetic(left),
        })
    }

    /// Arguments, and what is handed over by name among them.
    pub(super) fn arguments_of(&mut self, callee: NodeId, arguments: &mut Punctuated<Expr, Token![,]>) -> List {
        let mut nodes = Vec::with_capacity(arguments.len());
        for (at, argument) in arguments.iter_mut().enumerate() {
            let node = match argument {
                Expr::Closure(closure) if closure.attrs.is_empty() => {
                    let at = u16::try_from(at).unwrap_or(u16::MAX);
                    self.closure(closure, Some((callee, at)))
                }
                Expr::Path(path) if path.attrs.is_empty() && self.local(path).is_none() => {
                    let (last, names) = (path.path.segments.last(), path.path.segments.len());
                    let last = last.map(|last| last.ident.clone());
                    let node = self.value(path);
                    if let (Node::Value(of), Some(last)) = (self.body.nodes[node as usize], last)
                        && !(names == 1 && wrapper(&last).is_some())
                    {
                        self.handed(of, &last);
                    }
                    node
                }
                other => self.expression(other).node,
            };
            nodes.push(node);
        }
        self.list(&nodes)
    }

    fn handed(&mut self, path: u32, last: &Ident) {
        let span = self.offsets.span(last.span());
        let name = self.name(last);
        let site = self.site(Site {
            kind: SiteKind::Handed(path),
            name,
            span,
            statement: span,
            types: List::default(),
        });
        self.node(Node::Callee(site));
    }

    pub(super) fn site(&mut self, site: Site) -> u32 {
        let sites = &mut self.body.sites;
        sites.push(site);
        to_u32(sites.len() - 1)
    }

    fn method_call(
        &mut self,
        receiver: Operand,
        method: &Ident,
        types: Option<&mut syn::AngleBracketedGenericArguments>,
        arguments: &mut Punctuated<Expr, Token![,]>,
    ) -> Operand {
        let given = types.map_or_else(List::default, |types| {
            let (given, _) = self.brackets(&types.args);
            self.visit_angle_bracketed_generic_arguments_mut(types);
            given
        });
        let span = self.offsets.span(method.span());
        let name = self.name(method);
        // A receiver far above is not part of what is shown.
        let start = receiver.said.map_or(span.start, |(_, start)| start).min(span.start);
        let site = self.site(Site {
            kind: SiteKind::Method,
            name,
            span,
            statement: Span::new(start, span.end),
            types: given,
        });
        self.call_site(name, receiver.said.map(|(name, _)| name), span);
        let callee = self.node(Node::Method {
            receiver: receiver.node,
            site,
        });
        let arguments = self.arguments_of(callee, arguments);
        Operand {
            node: self.node(Node::Result { callee, arguments }),
            said: Some((name, span.start)),
        }
    }

    /// The local name that a path is.
    fn local(&mut self, path: &syn::ExprPath) -> Option<NodeId> {
        let ident = path.path.get_ident().filter(|_| path.qself.is_none())?;
        let name = self.name(ident);
        self.locals.get(name)
    }

    /// The path of a value or macro, kept.
    pub(super) fn value_path(&mut self, of: Option<&syn::QSelf>, path: &syn::Path) -> u32 {
        let of_ty = of.map(|of| self.ty(&of.ty));
        let (mut inner, mut outer) = (List::default(), List::default());
        for (at, segment) in path.segments.iter().rev().take(2).enumerate() {
            let (given, _) = self.arguments(&segment.arguments);
            if at == 0 {
                inner = given;
            } else {
                outer = given;
            }
        }
        let name = self.path_name(path, path.segments.len());
        let paths = &mut self.body.paths;
        paths.push(ValuePath {
            scope: self.place.scope,
            path: name,
            rooted: path.leading_colon.is_some(),
            of: of_ty,
            outer,
            inner,
        });
        to_u32(paths.len() - 1)
    }

    /// A path that stands for a value: a local name's node, or one of its own.
    fn value(&mut self, path: &mut syn::ExprPath) -> NodeId {
        if let Some(node) = self.local(path) {
            self.qualified(None, &mut path.path);
            return node;
        }
        let kept = self.value_path(path.qself.as_ref(), &path.path);
        self.qualified(path.qself.as_mut(), &mut path.path);
        self.node(Node::Value(kept))
    }

    /// What is no link of a chain.
    fn operand(&mut self, expression: &mut Expr) -> Operand {
        match expression {
            Expr::Path(path) => {
                let last = path.path.segments.last().map(|last| last.ident.clone());
                let said = last.map(|last| (self.name(&last), self.offsets.start(last.span())));
                Operand {
                    node: self.value(path),
                    said,
                }
            }
            other => Operand::nameless(self.compound(other)),
        }
    }

    /// A call of what a path names.
    fn call(&mut self, call: &mut syn::ExprCall) -> Operand {
        let Expr::Path(path) = &mut *call.func else {
            return Operand::nameless(UNKNOWN);
        };
        let Some(last) = path.path.segments.last().map(|last| last.ident.clone()) else {
            return Operand::nameless(UNKNOWN);
        };
        let before = path
            .path
            .segments
            .iter()
            .rev()
            .nth(1)
            .map(|before| before.ident.clone());
        let first = path
            .path
            .segments
            .first()
            .map_or_else(|| last.clone(), |first| first.ident.clone());
        let span = self.offsets.span(last.span());
        let said = Some((self.name(&last), span.start));
        let of_prelude = before
            .as_ref()
            .is_none_or(|before| before == "Option" || before == "Result");
        if let Some(wrapper) = wrapper(&last).filter(|_| of_prelude && path.qself.is_none()) {
            self.qualified(None, &mut path.path);
            let arguments = self.arguments_of(UNKNOWN, &mut call.args);
            let of = arguments.of(&self.own.code.lists).first().copied().unwrap_or(UNKNOWN);
            let node = self.node(Node::Wrap(wrapper, of));
            return Operand { node, said };
        }
        let name = self.name(&last);
        let receiver = before.map(|before| self.name(&before));
        let local = self.local(path);
        let kind = match local {
            Some(_) => SiteKind::Local,
            None => SiteKind::Path(self.value_path(path.qself.as_ref(), &path.path)),
        };
        let statement = self.offsets.between(&first, &last);
        let site = self.site(Site {
            kind,
            name,
            span,
            statement,
            types: List::default(),
        });
        self.call_site(name, receiver, span);
        self.qualified(path.qself.as_mut(), &mut path.path);
        let callee = self.node(Node::Callee(site));
        let arguments = self.arguments_of(callee, &mut call.args);
        let node = match local {
            Some(local) => self.node(Node::Invoke(local)),
            None => self.node(Node::Result { callee, arguments }),
        };
        Operand { node, said }
    }

    fn compound(&mut self, expression: &mut Expr) -> NodeId {
        match expression {
            Expr::Lit(literal) => self.literal(&literal.lit),
            Expr::Block(block) => self.block(&mut block.block),
            Expr::Unsafe(block) => self.block(&mut block.block),
            Expr::Const(block) => self.block(&mut block.block),
            Expr::Async(block) => {
                let node = self.block(&mut block.block);
                self.node(Node::Async(node))
            }
            Expr::If(_) => self.conditions(expression),
            Expr::Match(of) => self.arms(of),
            Expr::Let(of) => {
                let node = self.expression(&mut of.expr).node;
                self.pattern(&mut of.pat, node);
                self.node(Node::Bool)
            }
            Expr::While(of) => {
                let mark = self.locals.mark();
                self.expression(&mut of.cond);
                self.block(&mut of.body);
                self.locals.forget(mark);
                UNKNOWN
            }
            Expr::ForLoop(of) => {
                let mark = self.locals.mark();
                let over = self.expression(&mut of.expr).node;
                let element = self.node(Node::Element(over));
                self.pattern(&mut of.pat, element);
                self.block(&mut of.body);
                self.locals.forget(mark);
                UNKNOWN
            }
            Expr::Closure(closure) => self.closure(closure, None),
            Expr::Struct(of) => self.make(of),
            Expr::Tuple(tuple) => {
                let nodes: Vec<NodeId> = tuple.elems.iter_mut().map(|part| self.expression(part).node).collect();
                let nodes = self.list(&nodes);
                self.node(Node::Tuple(nodes))
            }
            Expr::Array(array) => {
                let nodes: Vec<NodeId> = array.elems.iter_mut().map(|part| self.expression(part).node).collect();
                let nodes = self.list(&nodes);
                let element = self.node(Node::Join(nodes));
                self.node(Node::Array(element))
            }
            Expr::Repeat(array) => {
                let element = self.expression(&mut array.expr).node;
                self.expression(&mut array.len);
                self.node(Node::Array(element))
            }
            Expr::Range(range) => self.range(range),
            Expr::Macro(of) => self.macro_node(&mut of.mac),
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => self.node(Node::Never),
            other => {
                visit_mut::visit_expr_mut(self, other);
                UNKNOWN
            }
        }
    }

    fn literal(&mut self, literal: &syn::Lit) -> NodeId {
        let literal = match literal {
            syn::Lit::Str(_) => Literal::Text,
            syn::Lit::ByteStr(_) => Literal::Bytes,
            syn::Lit::Bool(_) => Literal::Bool,
            syn::Lit::Char(_) => Literal::Char,
            syn::Lit::Int(_) | syn::Lit::Byte(_) => Literal::Integer,
            syn::Lit::Float(_) => Literal::Float,
            _ => return UNKNOWN,
        };
        self.node(Node::Literal(literal))
    }

    fn range(&mut self, range: &mut syn::ExprRange) -> NodeId {
        let mut of = UNKNOWN;
        for end in [&mut range.start, &mut range.end].into_iter().flatten() {
            let node = self.expression(end).node;
            if of == UNKNOWN {
                of = node;
            }
        }
        self.node(Node::Range(of))
    }

    fn make(&mut self, of: &mut syn::ExprStruct) -> NodeId {
        let path = self.value_path(of.qself.as_ref(), &of.path);
        self.qualified(of.qself.as_mut(), &mut of.path);
        for field in &mut of.fields {
            self.visit_field_value_mut(field);
        }
        if let Some(rest) = &mut of.rest {
            self.expression(rest);
        }
        self.node(Node::Make(path))
    }
}

/// Whether an expression takes stack to be read for its nodes: it is no chain, and no call.
fn is_deep(expression: &Expr) -> bool {
    !matches!(
        expression,
        Expr::Assign(_)
            | Expr::Await(_)
            | Expr::Binary(_)
            | Expr::Break(_)
            | Expr::Call(_)
            | Expr::Cast(_)
            | Expr::Field(_)
            | Expr::If(_)
            | Expr::Index(_)
            | Expr::MethodCall(_)
            | Expr::Paren(_)
            | Expr::Path(_)
            | Expr::Reference(_)
            | Expr::Return(_)
            | Expr::Try(_)
            | Expr::Unary(_)
    )
}

/// A constructor of the prelude.
pub(super) fn wrapper(name: &Ident) -> Option<Wrapper> {
    [("Some", Wrapper::Some), ("Ok", Wrapper::Ok), ("Err", Wrapper::Err)]
        .into_iter()
        .find_map(|(known, wrapper)| (name == known).then_some(wrapper))
}
