//! The walk over a module's nodes: the type of each, and what each site calls.

use super::standard::{self, Kind, kind};
use super::{Callee, Type, Types, Way};
use crate::facts::Name;
use crate::graph::Reason;
use crate::lang::rust::code::{
    Body, Code, Context, Def, List, Literal, Node, NodeId, Site, SiteKind, TyId, UNKNOWN, ValuePath, Wrapper,
};
use crate::lang::rust::paths::last;
use std::rc::Rc;

/// How many variants of what is joined are looked at for one that is known.
const MOST_JOINED: usize = 64;

/// What one site calls.
#[derive(Debug, Clone)]
pub(in crate::lang::rust) struct Called<'a> {
    pub(in crate::lang::rust) callee: Callee<'a>,
    pub(in crate::lang::rust) way: Way,
    /// Of a method, the type of its receiver.
    pub(in crate::lang::rust) receiver: Type<'a>,
    pub(in crate::lang::rust) context: Context,
}

/// The walk through one module.
pub(in crate::lang::rust) struct BodyWalk<'t, 'a> {
    types: &'t mut Types<'a>,
    module: u32,
    code: &'a Code,
    body: &'t Body,
    /// The types of the nodes so far.
    known: Vec<Type<'a>>,
    /// What the sites call, by number.
    called: Vec<Option<Called<'a>>>,
    context: Context,
}

impl<'t, 'a> BodyWalk<'t, 'a> {
    /// What each site of a module calls.
    pub(in crate::lang::rust) fn called(
        types: &'t mut Types<'a>,
        body: &'t Body,
        module: u32,
    ) -> Vec<Option<Called<'a>>> {
        let Some(&context) = body.contexts.first() else {
            return Vec::new();
        };
        let mut walk = BodyWalk {
            code: types.code(module),
            types,
            module,
            body,
            known: Vec::with_capacity(body.nodes.len()),
            called: vec![None; body.sites.len()],
            context,
        };
        let mut contexts = body.contexts.iter().peekable();
        for (at, node) in (0..).zip(&body.nodes) {
            while let Some(next) = contexts.next_if(|next| next.first <= at) {
                walk.context = *next;
            }
            let ty = walk.node(node);
            walk.known.push(ty);
        }
        walk.called
    }

    fn ty(&self, node: NodeId) -> Type<'a> {
        self.known.get(node as usize).cloned().unwrap_or(Type::Unknown)
    }

    fn given(&mut self, ty: TyId) -> Type<'a> {
        self.types.lower(self.module, self.context.owner, ty)
    }

    fn text(&self, name: Name) -> &'a str {
        self.types.text(self.module, name)
    }

    fn list(&self, list: List) -> &'a [u32] {
        list.of(&self.code.lists)
    }

    fn node(&mut self, node: &Node) -> Type<'a> {
        match *node {
            Node::Unknown => Type::Unknown,
            Node::Literal(literal) => of_literal(literal),
            Node::Given(ty) => self.given(ty),
            Node::Let { ty, init } => {
                let written = self.given(ty);
                let value = self.ty(init);
                filled(&written, &value)
            }
            Node::Value(path) => {
                let path = &self.body.paths[path as usize];
                self.types.value(self.module, self.context.owner, path)
            }
            Node::Make(path) => {
                let path = &self.body.paths[path as usize];
                self.types.made(self.module, self.context.owner, path).0
            }
            Node::Callee(site) => {
                self.by_path(site);
                Type::Unknown
            }
            Node::Method { receiver, site } => {
                self.method(receiver, site);
                Type::Unknown
            }
            Node::Result { callee, arguments } => self.result(callee, arguments),
            Node::Invoke(of) => self.invoked(of),
            Node::Wrap(wrapper, of) => {
                let of = self.ty(of);
                match wrapper {
                    Wrapper::Some => Type::option(of),
                    Wrapper::Ok => Type::result(of, Type::Unknown),
                    Wrapper::Err => Type::result(Type::Unknown, of),
                }
            }
            Node::Field { of, name } => {
                let of = self.ty(of);
                self.field(&of, self.text(name))
            }
            Node::Index { of, by } => self.index(of, by),
            Node::Try(of) => match self.ty(of).bare() {
                Type::Outer(path, given) if matches!(kind(path), Kind::Option | Kind::Result) => {
                    given.first().cloned().unwrap_or(Type::Unknown)
                }
                _ => Type::Unknown,
            },
            Node::Await(of) => self.awaited(of),
            Node::Deref(of) => {
                let of = self.ty(of);
                self.types.deref(&of).unwrap_or(Type::Unknown)
            }
            Node::Ref(of) => self.ty(of).by_ref(),
            Node::Element(of) => {
                let of = self.ty(of);
                self.types.element(&of)
            }
            Node::Tuple(all) => Type::tuple(self.list(all).iter().map(|node| self.ty(*node))),
            Node::Array(of) => Type::slice(self.ty(of)),
            Node::Vector(of) => Type::vec(self.ty(of)),
            Node::Text => Type::string(),
            Node::Part { of, at } => self.part(of, at),
            Node::Slot(of) => match self.ty(of) {
                Type::Ref(of) => match &*of {
                    Type::Slice(item) => (**item).clone().by_ref(),
                    other => other.given(0).by_ref(),
                },
                Type::Slice(item) => (*item).clone(),
                _ => Type::Unknown,
            },
            Node::Unpack { of, path, field } => self.unpack(of, path, field),
            Node::Expect {
                callee,
                argument,
                parameter,
            } => self.expect(callee, argument, parameter),
            Node::Closure(of) => Type::Fn(Rc::new(self.ty(of))).bounded(),
            Node::Async(of) => Type::future(self.ty(of)),
            Node::Join(all) => self.join(all),
            Node::Assign { to, from } => {
                self.assign(to, from);
                Type::Unknown
            }
            Node::Arithmetic(of) => match self.ty(of).bare() {
                plain @ Type::Plain(_) => plain.clone(),
                _ => Type::Unknown,
            },
            Node::Bool => Type::Plain("bool"),
            Node::Range(of) => Type::outer("std::ops::Range", [self.ty(of)]),
            Node::Never => Type::Never,
        }
    }

    /// What calling a value gives.
    fn invoked(&mut self, of: NodeId) -> Type<'a> {
        match self.ty(of).bare() {
            Type::Fn(gives) => (**gives).clone(),
            of @ (Type::Param(_) | Type::Bounds(_)) => {
                let bounds = self.types.all_bounds(of);
                let mut callable = bounds.iter().filter(|bound| bound.of.is_callable());
                callable
                    .next()
                    .and_then(|bound| bound.bind("Output").cloned())
                    .unwrap_or(Type::Unknown)
            }
            Type::Outer(..) => match self.ty(of).bare().given(0) {
                Type::Fn(gives) => (*gives).clone(),
                _ => Type::Unknown,
            },
            _ => Type::Unknown,
        }
    }

    /// What awaiting a value gives.
    fn awaited(&mut self, of: NodeId) -> Type<'a> {
        match self.ty(of) {
            Type::Future(of) => (*of).clone(),
            // `Pin<Box<dyn Future>>`
            Type::Outer(..) => match self.ty(of).given(0) {
                Type::Future(of) => (*of).clone(),
                inner => self.types.associated(&inner.given(0), "Output"),
            },
            of => self.types.associated(&of, "Output"),
        }
    }

    fn part(&mut self, of: NodeId, at: u32) -> Type<'a> {
        match self.ty(of) {
            Type::Ref(inner) => match inner.bare() {
                Type::Tuple(parts) => parts.get(at as usize).cloned().unwrap_or(Type::Unknown).by_ref(),
                _ => Type::Unknown,
            },
            Type::Tuple(parts) => parts.get(at as usize).cloned().unwrap_or(Type::Unknown),
            _ => Type::Unknown,
        }
    }

    /// The first that is known, and of those the first that is whole.
    fn join(&mut self, all: List) -> Type<'a> {
        let mut best = Type::Unknown;
        let mut leaves = false;
        for node in self.list(all).iter().take(MOST_JOINED) {
            match self.ty(*node) {
                Type::Never => leaves = true,
                Type::Unknown => {}
                found => {
                    if found.is_whole() {
                        return found;
                    }
                    if best.is_unknown() {
                        best = found;
                    } else {
                        best = filled(&best, &found);
                    }
                }
            }
        }
        if best.is_unknown() && leaves && all.len == 1 {
            Type::Never
        } else {
            best
        }
    }

    /// A local name whose type is not known, or not whole, has that of what is assigned to it.
    fn assign(&mut self, to: NodeId, from: NodeId) {
        let from = self.ty(from);
        if to != UNKNOWN
            && let Some(known) = self.known.get_mut(to as usize)
            && !known.is_whole()
            && !from.is_unknown()
        {
            *known = if known.is_unknown() { from } else { filled(known, &from) };
        }
    }

    fn field(&mut self, of: &Type<'a>, name: &'a str) -> Type<'a> {
        let mut ty = of.clone();
        for _ in 0..super::DEEPEST {
            let found = match &ty {
                Type::Adt(..) => self.types.field_of(&ty, None, name),
                Type::Tuple(parts) => name.parse::<usize>().ok().and_then(|at| parts.get(at).cloned()),
                _ => None,
            };
            if let Some(found) = found {
                return found;
            }
            match self.types.deref(&ty) {
                Some(next) => ty = next,
                None => break,
            }
        }
        Type::Unknown
    }

    fn index(&mut self, of: NodeId, by: NodeId) -> Type<'a> {
        let of = self.ty(of);
        let ranged = matches!(self.ty(by), Type::Outer(path, _) if kind(&path) == Kind::Range);
        let mut ty = of;
        for _ in 0..super::DEEPEST {
            match &ty {
                Type::Slice(item) => return if ranged { ty.clone() } else { (**item).clone() },
                Type::Outer(path, given) => match kind(path) {
                    Kind::Vec if ranged => return Type::slice(ty.given(0)),
                    Kind::Vec => return ty.given(0),
                    Kind::Map => return given.get(1).cloned().unwrap_or(Type::Unknown),
                    Kind::Text => return Type::Plain("str"),
                    _ => {}
                },
                Type::Plain("str") => return Type::Plain("str"),
                Type::Adt(..) => {
                    let by = self.ty(by);
                    let output = self.types.indexed(&ty, &by);
                    if !output.is_unknown() {
                        return output;
                    }
                }
                _ => {}
            }
            match self.types.deref(&ty) {
                Some(next) => ty = next,
                None => break,
            }
        }
        Type::Unknown
    }

    /// A field of a struct or variant that a pattern takes apart.
    fn unpack(&mut self, of: NodeId, path: u32, field: Name) -> Type<'a> {
        let of = self.ty(of);
        let path: &ValuePath = &self.body.paths[path as usize];
        let field = self.text(field);
        let text = self.text(path.path);
        let by_ref = matches!(of, Type::Ref(_));
        let mut bare = of.bare().clone();
        let found = if matches!(last(text), "Some" | "Ok" | "Err") && path.of.is_none() {
            // A `Box` is not seen through by a pattern, but a reference is.
            match (&bare, last(text)) {
                (Type::Outer(of, given), "Some") if kind(of) == Kind::Option => given.first().cloned(),
                (Type::Outer(of, given), "Ok") if kind(of) == Kind::Result => given.first().cloned(),
                (Type::Outer(of, given), "Err") if kind(of) == Kind::Result => given.get(1).cloned(),
                _ => None,
            }
        } else {
            let (made, variant) = self.types.made(self.module, self.context.owner, path);
            match (&made, &bare) {
                (Type::Adt(one, _), Type::Adt(other, _)) if one == other => {}
                _ => bare = made,
            }
            self.types.field_of(&bare, Some(variant), field)
        };
        let found = found.unwrap_or(Type::Unknown);
        if by_ref { found.by_ref() } else { found }
    }

    fn site_of(&self, callee: NodeId) -> Option<u32> {
        match self.body.nodes.get(callee as usize)? {
            Node::Callee(site) | Node::Method { site, .. } => Some(*site),
            _ => None,
        }
    }

    fn expect(&mut self, callee: NodeId, argument: u16, parameter: u16) -> Type<'a> {
        let Some(called) = self
            .site_of(callee)
            .and_then(|site| self.called[site as usize].as_ref())
        else {
            return Type::Unknown;
        };
        let callee = called.callee.clone();
        self.types.expected(&callee, argument, parameter)
    }

    fn set(&mut self, site: u32, callee: Callee<'a>, way: Way, receiver: Type<'a>) {
        self.called[site as usize] = Some(Called {
            callee,
            way,
            receiver,
            context: self.context,
        });
    }

    fn by_path(&mut self, site: u32) {
        let of: &Site = &self.body.sites[site as usize];
        let (callee, way) = match of.kind {
            SiteKind::Path(path) | SiteKind::Handed(path) => {
                let path = &self.body.paths[path as usize];
                self.types.callee(self.module, self.context.owner, path)
            }
            SiteKind::Macro(_) => (Callee::Macro, Way::default()),
            SiteKind::Local | SiteKind::Method => (Callee::Unknown(Reason::Callback), Way::default()),
        };
        self.set(site, callee, way, Type::Unknown);
    }

    fn method(&mut self, receiver: NodeId, site: u32) {
        let name = self.text(self.body.sites[site as usize].name);
        let receiver = self.ty(receiver);
        let callee = self.types.method(&receiver, name);
        self.set(site, callee, Way::default(), receiver);
    }

    /// What a call gives; what is called, where the arguments tell.
    fn result(&mut self, callee: NodeId, arguments: List) -> Type<'a> {
        let Some(site) = self.site_of(callee) else {
            return Type::Unknown;
        };
        let nodes = self.list(arguments);
        let mut given: Vec<Type<'a>> = nodes.iter().map(|node| self.ty(*node)).collect();
        let of: &Site = &self.body.sites[site as usize];
        let by_path = match of.kind {
            SiteKind::Path(path) => Some(&self.body.paths[path as usize]),
            _ => None,
        };
        let written = by_path.map_or(of.types, |path| path.inner);
        let written: Vec<Type<'a>> = self.list(written).iter().map(|ty| self.given(*ty)).collect();
        let Some(called) = self.called[site as usize].clone() else {
            return Type::Unknown;
        };
        let settled = self.types.settle(&called.callee, by_path.is_some(), &given);
        if let Some(settled) = &settled
            && let Some(called) = &mut self.called[site as usize]
        {
            called.callee = settled.clone();
        }
        match settled.unwrap_or(called.callee) {
            Callee::Function(function, standing) => {
                let mut standing = (*standing).clone();
                if by_path.is_some() && self.types.takes_own(function) && !given.is_empty() {
                    let own = given.remove(0);
                    self.types.unify_own(function, &own, &mut standing);
                }
                self.types.gives(function, &standing, &given, &written)
            }
            Callee::Make(of, ty) => {
                self.types
                    .construct(of, ty, self.text(self.body.sites[site as usize].name), &given)
            }
            Callee::Outer(path, of) if by_path.is_some() => standard::constructed(&of, &path, &given),
            Callee::Outer(path, of) => {
                let gives = standard::gives(&of, last(&path), &given, &written);
                if let Node::Method { receiver, .. } = self.body.nodes[callee as usize] {
                    self.learn(receiver, last(&path), &given);
                }
                if gives.is_unknown() && last(&path) == "clone" {
                    return called.receiver.bare().clone();
                }
                gives
            }
            Callee::Several(_) | Callee::Macro | Callee::Nothing | Callee::Unknown(_) => Type::Unknown,
        }
    }

    /// What is put into a collection tells what it holds, where that is not known.
    fn learn(&mut self, receiver: NodeId, name: &str, given: &[Type<'a>]) {
        let Some(known) = self.known.get_mut(receiver as usize) else {
            return;
        };
        let Type::Outer(path, _) = &*known else { return };
        let held: Vec<Type<'a>> = match (kind(path), name, given) {
            (Kind::Vec, "push" | "push_back" | "push_front", [item]) | (Kind::Set, "insert", [item]) => {
                vec![item.clone()]
            }
            (Kind::Map, "insert", [key, value]) => vec![key.clone(), value.clone()],
            (Kind::Option, "replace" | "insert" | "get_or_insert", [item]) => vec![item.clone()],
            _ => return,
        };
        let Type::Outer(path, before) = &*known else { return };
        if before.iter().all(|part| !part.is_unknown()) && !before.is_empty() {
            return;
        }
        let found = Type::Outer(Rc::clone(path), held.into()).bounded();
        if !found.is_unknown() {
            *known = found;
        }
    }
}

fn of_literal<'a>(literal: Literal) -> Type<'a> {
    match literal {
        Literal::Text => Type::Plain("str").by_ref(),
        Literal::Bytes => Type::slice(Type::Plain("u8")).by_ref(),
        Literal::Bool => Type::Plain("bool"),
        Literal::Char => Type::Plain("char"),
        // What kind of number it is is not known.
        Literal::Integer => Type::Plain("i32"),
        Literal::Float => Type::Plain("f64"),
    }
}

/// A type whose unknown parts are those of another, where that is one of the same kind.
fn filled<'a>(written: &Type<'a>, value: &Type<'a>) -> Type<'a> {
    match (written, value) {
        (Type::Unknown, value) => value.clone(),
        (Type::Ref(one), Type::Ref(other)) => Type::Ref(Rc::new(filled(one, other))),
        (Type::Slice(one), Type::Slice(other)) => Type::Slice(Rc::new(filled(one, other))),
        (Type::Outer(path, these), Type::Outer(other, those))
            if last(path) == last(other) && these.len() == those.len() =>
        {
            Type::Outer(
                Rc::clone(path),
                these
                    .iter()
                    .zip(those.iter())
                    .map(|(one, other)| filled(one, other))
                    .collect(),
            )
        }
        (Type::Adt(path, these), Type::Adt(other, those)) if path == other => Type::Adt(
            *path,
            these
                .iter()
                .zip(those.iter())
                .map(|(one, other)| filled(one, other))
                .collect(),
        ),
        (Type::Tuple(these), Type::Tuple(those)) if these.len() == those.len() => Type::Tuple(
            these
                .iter()
                .zip(those.iter())
                .map(|(one, other)| filled(one, other))
                .collect(),
        ),
        _ => written.clone(),
    }
}

impl<'a> Types<'a> {
    /// The type of a field; of an enum, of a variant of it.
    fn field_of(&mut self, of: &Type<'a>, variant: Option<&str>, field: &str) -> Option<Type<'a>> {
        let Type::Adt((module, item), given) = of else {
            return None;
        };
        let code = self.code(*module);
        let Some(Def::Adt(number)) = code.def(*item) else {
            return None;
        };
        let adt = code.adts[number as usize];
        let mut variants = adt.variants.of(&code.variants).iter();
        let found = variants
            .find(|found| !adt.is_enum || variant.is_some_and(|variant| self.text(*module, found.name) == variant))?;
        let fields = found.fields.of(&code.fields);
        let (_, ty) = fields.iter().find(|(name, _)| self.text(*module, *name) == field)?;
        let ty = self.lower(*module, Some(adt.owner), *ty);
        let params = code.owners[adt.owner as usize].params;
        let standing = super::Substitution {
            params: (params.start..params.start + params.len)
                .zip(given.iter())
                .map(|(param, given)| ((*module, param), given.clone()))
                .collect(),
            own: Some(of.clone()),
        };
        Some(self.substitute(&ty, &standing))
    }

    /// The type that a constructor makes of its arguments.
    fn construct(
        &mut self,
        (module, item): super::Definition,
        ty: Type<'a>,
        variant: &str,
        given: &[Type<'a>],
    ) -> Type<'a> {
        let Type::Adt(of, known) = &ty else { return ty };
        if known.iter().all(|part| !part.is_unknown()) {
            return ty;
        }
        let code = self.code(module);
        let Some(Def::Adt(number)) = code.def(item) else {
            return ty;
        };
        let adt = code.adts[number as usize];
        let mut variants = adt.variants.of(&code.variants).iter();
        let Some(found) = variants.find(|found| !adt.is_enum || self.text(module, found.name) == variant) else {
            return ty;
        };
        let params = code.owners[adt.owner as usize].params;
        let mut standing = super::Substitution {
            params: (params.start..params.start + params.len)
                .zip(known.iter())
                .map(|(param, known)| ((module, param), known.clone()))
                .collect(),
            own: None,
        };
        for ((_, pattern), argument) in found.fields.of(&code.fields).iter().zip(given) {
            let pattern = self.lower(module, Some(adt.owner), *pattern);
            self.unify(&pattern, argument, &mut standing);
        }
        Type::Adt(*of, standing.params.into_iter().map(|(_, ty)| ty).collect()).bounded()
    }
}
