//! What stands in tokens: the bodies of macros, and attributes.

use proc_macro2::{Ident, TokenStream};
use syn::Macro;
use syn::visit_mut::VisitMut;

use super::{Collector, first_span};
use crate::facts::{ItemKind, When};
use crate::lang::rust::attributes::Said;
use crate::lang::rust::code::{List, Node, NodeId, Site, SiteKind, UNKNOWN};
use crate::lang::rust::files::is_rust;
use crate::lang::rust::tokens::{self, Found, Part, is_quoting, plain};
use crate::lang::rust::{Outside, PathKind, Seen, Space};
use crate::source::Span;

/// Keys of attributes whose strings are paths: serde's (<https://serde.rs/attributes.html>) and those of derives that
/// follow its custom.
const TEXT_PATHS: [&str; 14] = [
    "crate",
    "custom",
    "default",
    "deserialize_with",
    "from",
    "function",
    "getter",
    "into",
    "remote",
    "schema_with",
    "serialize_with",
    "skip_serializing_if",
    "try_from",
    "with",
];

/// Which paths among tokens mean the same wherever the tokens end up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fixed {
    /// All: the tokens are code of this place.
    All,
    /// Those of `$crate` and `crate`.
    Crate,
    /// Those of `$crate`.
    Definition,
}

/// How deep in expressions the tokens of macros are read as such.
const DEEPEST_MACRO: u32 = 100;

/// Bodies of macros within each other that are tried as items; deeper ones are read for paths alone.
const MOST_BODIES: u32 = 8;

impl Collector<'_> {
    /// `macro_rules!`, or a macro that stands where items do.
    pub(super) fn macro_item(&mut self, item: &mut syn::ItemMacro, said: &Said) {
        let Some(ident) = item.ident.take() else {
            self.item_macro(&mut item.mac);
            return;
        };
        let start = self.offsets.start(first_span(&item.mac.path));
        let at = self.define(
            &ident,
            ItemKind::Macro,
            Space::Macro,
            Seen::Within(0),
            Span::new(start, self.offsets.end(item.mac.delimiter.span().close())),
        );
        if let Some(binding) = self.own.bindings.last_mut() {
            binding.exported = said.macro_export;
        }
        let body = std::mem::take(&mut item.mac.tokens);
        // What a rule's body names is looked up where it is invoked. `$crate` is fixed here; so is `crate` where no other
        // crate can invoke it.
        let fixed = if said.macro_export {
            Fixed::Definition
        } else {
            Fixed::Crate
        };
        self.within(at, |this| this.scan(body, fixed));
    }

    /// A macro where items stand: its body may be items, and it may make more.
    pub(super) fn item_macro(&mut self, invoked: &mut Macro) {
        let count = invoked.path.segments.len();
        self.note(&invoked.path, count, PathKind::Macro);
        if !invoked.path.is_ident("include") {
            self.macro_site(&invoked.path);
        }
        let name = invoked
            .path
            .segments
            .last()
            .map(|segment| plain(&segment.ident))
            .unwrap_or_default();
        let body = std::mem::take(&mut invoked.tokens);
        if name == "include" {
            self.include(invoked, body);
            return;
        }
        if is_quoting(&name) {
            self.open();
            return;
        }
        let mut place = self.place;
        place.when |= When::GUARDED.only_if(name != "thread_local");
        let mut whole = true;
        let before = std::mem::replace(&mut self.making, true);
        self.at(place, |this| whole = this.body(body));
        self.making = before;
        if !matches!(name.as_str(), "cfg_if" | "thread_local") {
            self.open();
        }
        if !whole {
            self.open();
        }
    }

    /// The body of a macro as items where it reads as such. Whether all of it did.
    fn body(&mut self, body: TokenStream) -> bool {
        self.bodies += 1;
        let read = (self.bodies <= MOST_BODIES)
            .then(|| tokens::items(body.clone()))
            .flatten();
        let whole = self.body_read(read, body);
        self.bodies -= 1;
        whole
    }

    fn body_read(&mut self, read: Option<Vec<syn::Item>>, body: TokenStream) -> bool {
        if let Some(mut items) = read {
            let before = std::mem::replace(&mut self.making, false);
            for item in &mut items {
                self.visit_item_mut(item);
            }
            self.making = before;
            return true;
        }
        let mut whole = true;
        for part in tokens::parts(body) {
            match part {
                Part::Braces(inner) => whole &= self.body(inner),
                Part::Tokens(tokens) => self.scan(tokens, Fixed::All),
                Part::Named { keyword, name } => {
                    whole = false;
                    self.seeming(keyword, &name);
                }
            }
        }
        whole
    }

    /// What a macro seems to define.
    fn seeming(&mut self, keyword: &'static str, ident: &Ident) {
        let (kind, space) = match keyword {
            "fn" => (ItemKind::Function, Space::Value),
            "const" | "static" => (ItemKind::Variable, Space::Value),
            "mod" => return,
            _ => (ItemKind::Class, Space::Any),
        };
        let extent = self.offsets.span(ident.span());
        self.define(ident, kind, space, Seen::Public, extent);
    }

    /// A macro where expressions, statements, patterns or types stand; what it gives.
    pub(super) fn macro_node(&mut self, invoked: &mut Macro) -> NodeId {
        let count = invoked.path.segments.len();
        self.note(&invoked.path, count, PathKind::Macro);
        let body = std::mem::take(&mut invoked.tokens);
        if invoked.path.is_ident("include") {
            if !self.quiet {
                self.include(invoked, body);
            }
            return UNKNOWN;
        }
        self.macro_site(&invoked.path);
        let name = invoked.path.segments.last().map(|segment| plain(&segment.ident));
        let name = name.unwrap_or_default();
        if is_quoting(&name) {
            return UNKNOWN;
        }
        if !takes_expressions(&name) || self.depth > DEEPEST_MACRO {
            self.scan(body, Fixed::All);
            return UNKNOWN;
        }
        let node = self.taken(&name, body.clone());
        self.scan(body, Fixed::All);
        node
    }

    /// Keeps that a macro is invoked, unless it is one of the standard library's that all know.
    fn macro_site(&mut self, path: &syn::Path) {
        let (Some(first), Some(last)) = (path.segments.first(), path.segments.last()) else {
            return;
        };
        if path.segments.len() == 1 && is_standard(&plain(&last.ident)) {
            return;
        }
        let span = self.offsets.span(last.ident.span());
        let statement = self.offsets.between(&first.ident, &last.ident);
        let name = self.name(&last.ident);
        let receiver = path.segments.iter().rev().nth(1).map(|before| before.ident.clone());
        let receiver = receiver.map(|before| self.name(&before));
        let kept = self.value_path(None, path);
        let site = self.site(Site {
            kind: SiteKind::Macro(kept),
            name,
            span,
            statement,
            types: List::default(),
        });
        self.call_site(name, receiver, span);
        self.node(Node::Callee(site));
    }

    /// The expressions that a well-known macro takes; what it gives.
    fn taken(&mut self, name: &str, body: TokenStream) -> NodeId {
        let taken = if name == "matches" {
            tokens::matching(body)
        } else {
            tokens::expressions(body)
        };
        let Some(mut taken) = taken else {
            return UNKNOWN;
        };
        let before = std::mem::replace(&mut self.quiet, true);
        let mark = self.locals.mark();
        let mut nodes = Vec::with_capacity(taken.expressions.len());
        for expression in &mut taken.expressions {
            nodes.push(self.expression(expression).node);
        }
        if let Some(pattern) = &mut taken.pattern {
            let of = nodes.first().copied().unwrap_or(UNKNOWN);
            self.pattern(pattern, of);
        }
        if let Some(guard) = &mut taken.guard {
            self.expression(guard);
        }
        self.locals.forget(mark);
        self.quiet = before;
        match name {
            "vec" => {
                if taken.repeated {
                    nodes.truncate(1);
                }
                let nodes = self.list(&nodes);
                let element = self.node(Node::Join(nodes));
                self.node(Node::Vector(element))
            }
            "format" => self.node(Node::Text),
            "matches" => self.node(Node::Bool),
            "panic" | "todo" | "unimplemented" | "unreachable" | "bail" => self.node(Node::Never),
            "dbg" => nodes.first().copied().unwrap_or(UNKNOWN),
            _ => UNKNOWN,
        }
    }

    pub(super) fn include(&mut self, invoked: &Macro, body: TokenStream) {
        let Ok(path) = syn::parse2::<syn::LitStr>(body.clone()) else {
            self.scan(body, Fixed::All);
            self.facts.computed_imports += 1;
            self.open();
            return;
        };
        let path = path.value();
        if !is_rust(&path) {
            self.open();
        }
        let path = self.names.intern(&path);
        let start = self.offsets.start(first_span(&invoked.path));
        let span = Span::new(start, self.offsets.end(invoked.delimiter.span().close()));
        self.own.includes.push(Outside {
            scope: self.place.scope,
            name: None,
            paths: vec![path],
            by_name: false,
            macro_use: true,
            item: self.place.item,
            when: self.place.when,
            span,
            statement: span,
        });
    }

    /// Reads tokens for paths, as far as it is fixed what they mean.
    pub(super) fn scan(&mut self, tokens: TokenStream, fixed: Fixed) {
        if self.quiet {
            return;
        }
        let mut found = Vec::new();
        tokens::scan(tokens, &mut |thing| found.push(thing));
        for thing in found {
            let (path, kind) = match thing {
                Found::Path(path) => (path, PathKind::Tokens),
                Found::Macro(path) => (path, PathKind::Macro),
                Found::Name(name) => {
                    self.mention(&name);
                    if self.making {
                        let name = self.name(&name);
                        self.own.made.push((self.place.scope, name));
                    }
                    continue;
                }
                Found::Literal(_) => continue,
            };
            let counts = match fixed {
                Fixed::All => true,
                Fixed::Crate => path.names.first().is_some_and(|first| first == "crate"),
                Fixed::Definition => path.of_definition,
            };
            if !counts {
                continue;
            }
            self.token_path(&path, kind);
        }
    }

    fn token_path(&mut self, path: &tokens::Path, kind: PathKind) {
        let (Some(first), Some(last)) = (path.names.first(), path.names.last()) else {
            return;
        };
        if first == "Self" {
            return;
        }
        self.mention(first);
        let span = self.offsets.between(first, last);
        let name = self.joined(path.names.iter());
        self.path_use(name, path.rooted, kind, span);
    }

    /// The tokens of an attribute: paths, and the strings that are paths, as `#[serde(with = "…")]` has them.
    pub(super) fn attribute_tokens(&mut self, tokens: TokenStream) {
        let mut found = Vec::new();
        tokens::scan(tokens, &mut |thing| found.push(thing));
        let mut key = None;
        for thing in found {
            match thing {
                Found::Path(path) => self.token_path(&path, PathKind::Tokens),
                // `not(…)`, `all!`: no attribute's text invokes a macro.
                Found::Macro(_) => {}
                Found::Name(name) => {
                    self.mention(&name);
                    key = Some(name);
                }
                Found::Literal(literal) => {
                    let names_path = key
                        .take()
                        .is_some_and(|key| TEXT_PATHS.iter().any(|known| key == known));
                    let span = literal.span();
                    if names_path && let syn::Lit::Str(text) = syn::Lit::new(literal) {
                        self.text_path(&text.value(), span);
                    }
                }
            }
        }
    }

    fn text_path(&mut self, text: &str, span: proc_macro2::Span) {
        if text.contains("::") && text.split("::").all(is_name) {
            let name = self.names.intern(text);
            let whole = self.offsets.span(span);
            self.path_use(name, false, PathKind::Tokens, Span::new(whole.start + 1, whole.end - 1));
        }
    }
}

/// Macros whose arguments are expressions between commas: the standard library's, and those of widely used libraries
/// that follow them.
fn takes_expressions(name: &str) -> bool {
    matches!(
        name,
        "anyhow"
            | "assert"
            | "assert_eq"
            | "assert_ne"
            | "bail"
            | "dbg"
            | "debug"
            | "debug_assert"
            | "debug_assert_eq"
            | "debug_assert_ne"
            | "ensure"
            | "eprint"
            | "eprintln"
            | "error"
            | "eyre"
            | "format"
            | "format_args"
            | "format_err"
            | "info"
            | "join"
            | "matches"
            | "panic"
            | "print"
            | "println"
            | "ready"
            | "todo"
            | "trace"
            | "try_join"
            | "unimplemented"
            | "unreachable"
            | "vec"
            | "warn"
            | "write"
            | "writeln"
    )
}

/// The standard library's macros that need no path.
fn is_standard(name: &str) -> bool {
    matches!(
        name,
        "assert"
            | "assert_eq"
            | "assert_ne"
            | "cfg"
            | "column"
            | "compile_error"
            | "concat"
            | "dbg"
            | "debug_assert"
            | "debug_assert_eq"
            | "debug_assert_ne"
            | "env"
            | "eprint"
            | "eprintln"
            | "file"
            | "format"
            | "format_args"
            | "include_bytes"
            | "include_str"
            | "line"
            | "matches"
            | "module_path"
            | "option_env"
            | "panic"
            | "print"
            | "println"
            | "stringify"
            | "thread_local"
            | "todo"
            | "try"
            | "unimplemented"
            | "unreachable"
            | "vec"
            | "write"
            | "writeln"
    )
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}
