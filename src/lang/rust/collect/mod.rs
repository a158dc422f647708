//! Syntax tree → facts: items, scopes and what they bind, uses, paths, implemented traits.
//!
//! The tree is taken apart (`VisitMut`), not read: tokens of macros are moved out of it instead of being copied.
//! `walk` goes through it, `items` lists what it defines, `macros` reads tokens; `expressions`, `blocks`, `patterns` and `types` keep
//! what it takes to tell what is called, `locals` the names that are known on the way.

mod blocks;
mod expressions;
mod items;
mod locals;
mod macros;
mod patterns;
mod types;
mod walk;

use std::cell::RefCell;
use std::fmt::Write as _;

use proc_macro2::Ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, QSelf};

use super::attributes::{self, Said};
use super::code::{Body, Derives, Node, Ty};
use super::offsets::Offsets;
use super::{Binding, Bound, PathKind, PathUse, RustFacts, Scope, ScopeKind, Seen, Space};
use crate::facts::{CallSite, FileFacts, Inherit, Interner, ItemKind, Name, When, name_hash};
use crate::lang::front_end::Parsed;
use crate::lang::rust::paths;
use crate::source::{Span, to_u32};
use locals::Locals;

thread_local! {
    /// Room for a file's facts in the making: what is kept of them is copied, and fits. Growing lists anew for each file
    /// would take twice the memory, and touching that the time.
    static ROOM: RefCell<Room> = RefCell::default();
}

#[derive(Default)]
struct Room {
    names: Interner,
    facts: FileFacts,
    own: RustFacts,
    body: Body,
}

/// Where the walk is.
#[derive(Debug, Clone, Copy)]
struct Place {
    scope: u32,
    item: Option<u32>,
    when: When,
    /// What has the type parameters that are known here.
    owner: Option<u32>,
}

/// Collects the facts of a file from its items or statements, which it takes apart.
pub(super) struct Collector<'a> {
    /// Of the piece that is being read.
    offsets: &'a Offsets<'a>,
    names: Interner,
    facts: FileFacts,
    own: RustFacts,
    body: Body,
    place: Place,
    /// Whether the file may have globs, so that it matters which names it mentions.
    has_globs: bool,
    /// In the tokens of a macro that may make items of the names in them.
    making: bool,
    /// How many macros' bodies the walk is in.
    bodies: u32,
    /// Room for names in the making.
    text: String,
    locals: Locals,
    /// In the tokens of a macro read as expressions: what they name is noted by their being read as tokens.
    quiet: bool,
    /// How deep in each other the expressions and the types are that are being read.
    depth: u32,
    type_depth: u32,
    /// What the item at hand derives.
    derives: Derives,
}

impl<'a> Collector<'a> {
    /// A collector for a file of which nothing has been read.
    pub(super) fn new(text: &str, offsets: &'a Offsets<'a>) -> Self {
        let Room {
            names,
            facts,
            own,
            body,
        } = ROOM.take();
        Self {
            offsets,
            names,
            facts,
            body,
            own,
            place: Place {
                scope: 0,
                item: None,
                when: When::default(),
                owner: None,
            },
            has_globs: may_glob(text),
            making: false,
            bodies: 0,
            text: String::new(),
            locals: Locals::default(),
            quiet: false,
            depth: 0,
            type_depth: 0,
            derives: Derives::default(),
        }
    }

    /// Begins with what the file says of itself.
    pub(super) fn begin(&mut self, mut attributes: Vec<Attribute>) {
        let said = attributes::said(&attributes);
        self.own.test = said.test;
        self.place.when = said.when();
        self.node(Node::Unknown);
        self.push_ty(Ty::Infer);
        self.scope(None, ScopeKind::File, said.macro_use);
        for attribute in &mut attributes {
            self.visit_attribute_mut(attribute);
        }
    }

    /// Goes on with another piece of the file.
    pub(super) fn go_on(&mut self, offsets: &'a Offsets<'a>) {
        self.offsets = offsets;
    }

    /// All that was read.
    pub(super) fn finish(self) -> Parsed<RustFacts, Body> {
        let Self {
            mut names,
            mut facts,
            mut own,
            mut body,
            ..
        } = self;
        let done = names.finish();
        own.bindings
            .sort_by_key(|binding| (binding.scope, binding.hash, binding.name));
        own.globs.sort_unstable();
        own.made.sort_by(|a, b| (a.0, done.get(a.1)).cmp(&(b.0, done.get(b.1))));
        own.made.dedup();
        if own.globs.is_empty() {
            own.mentioned.clear();
        }
        own.mentioned.sort_unstable();
        own.mentioned.dedup();
        facts.calls.sort_unstable_by_key(|call| call.span);
        facts.calls.dedup_by_key(|call| call.span);
        own.code.finish();
        let parsed = Parsed {
            facts: FileFacts {
                names: done,
                ..facts.clone()
            },
            own: own.clone(),
            body: body.clone(),
        };
        facts.clear();
        own.clear();
        body.clear();
        ROOM.set(Room {
            names,
            facts,
            own,
            body,
        });
        parsed
    }

    fn scope(&mut self, parent: Option<u32>, kind: ScopeKind, macro_use: bool) -> u32 {
        self.own.scopes.push(Scope {
            parent,
            kind,
            open: false,
            macro_use,
        });
        to_u32(self.own.scopes.len() - 1)
    }

    fn open(&mut self) {
        if self.quiet {
            return;
        }
        self.own.scopes[self.place.scope as usize].open = true;
    }

    /// Does something elsewhere, then comes back.
    fn at(&mut self, place: Place, work: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.place, place);
        work(self);
        self.place = before;
    }

    /// The place below attributes.
    fn under(&self, said: &Said) -> Place {
        let mut place = self.place;
        place.when |= said.when();
        place
    }

    fn within(&mut self, item: u32, work: impl FnOnce(&mut Self)) {
        let mut place = self.place;
        place.item = Some(item);
        self.at(place, work);
    }

    /// A body that runs when the function does.
    fn deferred(&mut self, item: u32, work: impl FnOnce(&mut Self)) {
        let mut place = self.place;
        place.item = Some(item);
        place.when |= When::DEFERRED;
        self.at(place, work);
    }

    /// Reads what the attributes say and walks below them.
    fn attributed(&mut self, attributes: &[Attribute], work: impl FnOnce(&mut Self)) {
        if attributes.is_empty() {
            work(self);
        } else {
            let place = self.under(&attributes::said(attributes));
            self.at(place, work);
        }
    }

    fn bind(&mut self, name: Name, bound: Bound, space: Space, seen: Seen) {
        self.own.bindings.push(Binding {
            scope: self.place.scope,
            hash: name_hash(self.names.get(name)),
            name,
            bound,
            space,
            seen,
            exported: false,
            guarded: self.place.when.has_any(When::GUARDED),
        });
    }

    /// Lists an item without binding its name.
    fn item(&mut self, name: Name, kind: ItemKind, span: Span, extent: Span) -> u32 {
        self.facts.items.push(crate::facts::Item {
            name,
            kind,
            span,
            extent,
            parent: self.place.item,
        });
        to_u32(self.facts.items.len() - 1)
    }

    /// Lists an item and binds its name.
    fn define(&mut self, ident: &Ident, kind: ItemKind, space: Space, seen: Seen, extent: Span) -> u32 {
        let name = self.name(ident);
        let item = self.item(name, kind, self.offsets.span(ident.span()), extent);
        self.bind(name, Bound::Item(item), space, seen);
        item
    }

    /// The interned name of an identifier.
    fn name(&mut self, ident: &Ident) -> Name {
        self.joined(std::iter::once(ident))
    }

    /// The interned path of identifiers, without `r#`.
    fn joined<'i>(&mut self, idents: impl Iterator<Item = &'i Ident>) -> Name {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        for ident in idents {
            if !text.is_empty() {
                text.push_str("::");
            }
            let start = text.len();
            // Writing to a string does not fail.
            let _ = write!(text, "{ident}");
            if text[start..].starts_with("r#") {
                text.drain(start..start + 2);
            }
        }
        let name = self.names.intern(&text);
        self.text = text;
        name
    }

    fn path_name(&mut self, path: &syn::Path, count: usize) -> Name {
        self.joined(path.segments.iter().take(count).map(|segment| &segment.ident))
    }

    /// Notes that a name is spoken of, for what globs may bring.
    fn mention(&mut self, ident: &Ident) {
        if self.has_globs && !self.quiet {
            let name = self.name(ident);
            if self.own.mentioned.last() != Some(&name) {
                self.own.mentioned.push(name);
            }
        }
    }

    /// Notes the first `count` names of a path.
    fn note(&mut self, path: &syn::Path, count: usize, kind: PathKind) {
        if self.quiet {
            return;
        }
        if let Some(first) = path.segments.first() {
            self.mention(&first.ident);
        }
        let rooted = path.leading_colon.is_some();
        let fewest = if kind == PathKind::Macro || rooted { 1 } else { 2 };
        let (Some(first), Some(last)) = (path.segments.first(), path.segments.iter().take(count).last()) else {
            return;
        };
        if count.min(path.segments.len()) < fewest || first.ident == "Self" {
            return;
        }
        let span = self.offsets.between(&first.ident, &last.ident);
        let path = self.path_name(path, count);
        self.path_use(path, rooted, kind, span);
    }

    fn call_site(&mut self, name: Name, receiver: Option<Name>, span: Span) {
        self.facts.calls.push(CallSite { name, receiver, span });
    }

    fn path_use(&mut self, path: Name, rooted: bool, kind: PathKind, span: Span) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        text.push_str(self.names.get(path));
        let (before, last) = paths::split_last(&text).map_or((None, text.as_str()), |(before, last)| {
            let name = paths::last(before);
            (name.starts_with(char::is_uppercase).then_some(name), last)
        });
        let last = self.names.intern(before.unwrap_or(last));
        self.text = text;
        self.own.paths.push(PathUse {
            scope: self.place.scope,
            path,
            last,
            rooted,
            kind,
            item: self.place.item,
            when: self.place.when,
            span,
        });
    }

    /// A path with its own type: of `<T as a::Trait>::name`, the trait's names count.
    fn qualified(&mut self, of: Option<&mut QSelf>, path: &mut syn::Path) {
        let count = match of {
            Some(of) => {
                self.visit_type_mut(&mut of.ty);
                of.position
            }
            None => path.segments.len(),
        };
        self.note(path, count, PathKind::Plain);
        visit_mut::visit_path_mut(self, path);
    }

    fn inherit(&mut self, item: u32, path: &mut syn::Path) {
        let (Some(first), Some(last)) = (path.segments.first(), path.segments.last()) else {
            return;
        };
        self.mention(&first.ident);
        let span = self.offsets.between(&first.ident, &last.ident);
        let base = self.path_name(path, path.segments.len());
        self.facts.inherits.push(Inherit {
            item,
            base,
            span,
            when: self.place.when,
        });
        self.own
            .inherit_scopes
            .push((self.place.scope, path.leading_colon.is_some()));
        visit_mut::visit_path_mut(self, path);
    }
}

/// Whether a text may hold a glob: a star that ends a part of a `use`.
fn may_glob(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'*', bytes).any(|at| {
        let after = bytes[at + 1..].iter().find(|byte| !byte.is_ascii_whitespace());
        matches!(after, Some(b',' | b';' | b'}'))
    })
}

/// A path's first name, for the place where it starts.
fn first_span(path: &syn::Path) -> proc_macro2::Span {
    path.segments
        .first()
        .map_or_else(proc_macro2::Span::call_site, |segment| segment.ident.span())
}
