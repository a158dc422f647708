//! Text → facts: runs the parser and hands its tree to [`super::collect`].
//!
//! proc-macro2 keeps the text of everything it has parsed on a thread until it is told that no span is left; it is told
//! after every piece of a file, so that memory does not grow with the tree.

use syn::parse::{ParseStream, Parser};
use syn::visit_mut::VisitMut;
use syn::{Attribute, ImplItem, Item, TraitItem};

use super::code::Body;
use super::collect::Collector;
use super::offsets::Offsets;
use super::{RustFacts, Scope, ScopeKind, attributes, lexis, nesting, outline};
use crate::facts::{Comment, FileFacts, Notation, ParseProblem};
use crate::lang::front_end::{Decoded, Parsed};
use crate::source::{Span, count_lines, to_u32};

/// The text of a source: UTF-8, as the language has it, without a byte order mark.
pub(super) fn decode(mut bytes: Vec<u8>) -> Decoded {
    if bytes.starts_with("\u{feff}".as_bytes()) {
        bytes.drain(.."\u{feff}".len());
    }
    match String::from_utf8(bytes) {
        Ok(text) => Decoded { text, problem: None },
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let span = Span::new(to_u32(at), to_u32(at + char::REPLACEMENT_CHARACTER.len_utf8()));
            Decoded {
                text,
                problem: Some(ParseProblem {
                    span,
                    message: "not valid UTF-8".to_owned(),
                }),
            }
        }
    }
}

/// Reads one source. A source that does not parse yields its header and one problem.
pub(super) fn parse(text: &str, outlined: bool) -> Parsed<RustFacts, Body> {
    let body = body(text);
    let base = text.len() - body.len();
    let shape = nesting::shape(body);
    let mut result = if let Some((span, message)) = shape.too_deep {
        let span = Span::new(span.start + to_u32(base), span.end + to_u32(base));
        unread(ParseProblem { span, message })
    } else {
        let seen = shape.blanks.left_out(body, outlined);
        let read = if outlined {
            whole(&seen, base)
        } else {
            in_pieces(&seen, base, &shape.cuts)
        };
        // `include!` takes expressions too.
        let read = read.or_else(|_| statements(&seen, base));
        // What is wrong, and where, the whole text tells.
        let read = read.or_else(|_| whole(body, base));
        let result =
            read.unwrap_or_else(|error| unread(problem(&Offsets::new(body, base), &error, shape.unclosed.as_ref())));
        proc_macro2::extra::invalidate_current_thread_spans();
        result
    };
    result.facts.notation = Notation::Colons;
    result.facts.lines = count_lines(text);
    result.facts.header = header(text);
    if let Some(outline) = &mut result.facts.outline {
        outline.lines = result.facts.lines;
    }
    result
}

/// Reads a source piece by piece, and in them item by item: what was read of one makes room for the next. Where a piece
/// cannot be read alone, the source is read as one. The trees and their spans live no longer than their piece.
fn in_pieces(body: &str, base: usize, cuts: &[usize]) -> syn::Result<Parsed<RustFacts, Body>> {
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain(std::iter::once(body.len()));
    let pieces: Vec<Offsets<'_>> = (starts.zip(ends))
        .map(|(start, end)| Offsets::new(&body[start..end], base + start))
        .collect();
    let mut reading = Reading::new(body, &pieces[0]);
    for (at, piece) in pieces.iter().enumerate() {
        reading.collector.go_on(piece);
        let items = |input: ParseStream<'_>| {
            if at == 0 {
                reading.collector.begin(input.call(Attribute::parse_inner)?);
            }
            while !input.is_empty() {
                reading.item(input.parse()?);
            }
            Ok(())
        };
        let done = Parser::parse_str(items, piece.text());
        proc_macro2::extra::invalidate_current_thread_spans();
        match done {
            Ok(()) => {}
            Err(_) if !cuts.is_empty() => return in_pieces(body, base, &[]),
            Err(error) => return Err(error),
        }
    }
    Ok(reading.finish())
}

/// Reads a source as one tree, and lists what is shown of it.
fn whole(body: &str, base: usize) -> syn::Result<Parsed<RustFacts, Body>> {
    let file: syn::File = syn::parse_str(body)?;
    // The tree is taken apart for its facts, so this comes first.
    let mut outline = outline::outline(&Offsets::new(body, 0), body, &file);
    let offsets = Offsets::new(body, base);
    let mut reading = Reading::new(body, &offsets);
    reading.collector.begin(file.attrs);
    file.items.into_iter().for_each(|item| reading.item(item));
    let mut parsed = reading.finish();
    outline::imports(&mut outline, &parsed.facts, &parsed.own);
    parsed.facts.outline = Some(Box::new(outline));
    Ok(parsed)
}

/// Reads a source of statements, or of an expression.
fn statements(body: &str, base: usize) -> syn::Result<Parsed<RustFacts, Body>> {
    let offsets = Offsets::new(body, base);
    let mut reading = Reading::new(body, &offsets);
    reading.collector.begin(Vec::new());
    for mut statement in Parser::parse_str(syn::Block::parse_within, body)? {
        reading.collector.visit_stmt_mut(&mut statement);
    }
    Ok(reading.collector.finish())
}

/// A file that is being read.
struct Reading<'a> {
    collector: Collector<'a>,
    /// Something in it runs.
    acts: bool,
    /// It holds nothing but modules that lie in files of their own, and imports.
    bare: bool,
}

impl<'a> Reading<'a> {
    fn new(body: &str, offsets: &'a Offsets<'a>) -> Self {
        Self {
            collector: Collector::new(body, offsets),
            acts: false,
            bare: true,
        }
    }

    fn item(&mut self, mut item: Item) {
        self.acts |= acts(&item);
        self.bare &= match &item {
            Item::Mod(of) => of.content.is_none(),
            item => matches!(item, Item::Use(_) | Item::ExternCrate(_)),
        };
        self.collector.visit_item_mut(&mut item);
    }

    fn finish(self) -> Parsed<RustFacts, Body> {
        let mut parsed = self.collector.finish();
        parsed.facts.declares_only = !self.acts;
        parsed.own.bare = self.bare;
        parsed
    }
}

/// Whether something in an item runs. What a trait of the standard library asks of a type is part of declaring it, and
/// tests are no part of the file.
fn acts(item: &Item) -> bool {
    const OF_DECLARING: [&str; 16] = [
        "AsRef",
        "Clone",
        "Debug",
        "Default",
        "Deref",
        "Display",
        "Eq",
        "Error",
        "From",
        "FromStr",
        "Hash",
        "Ord",
        "PartialEq",
        "PartialOrd",
        "TryFrom",
        "Write",
    ];
    match item {
        Item::Fn(_) => true,
        Item::Impl(block) => {
            let declares = block.trait_.as_ref().is_some_and(|(path, _)| {
                let last = path.segments.last();
                last.is_some_and(|last| OF_DECLARING.iter().any(|known| last.ident == known))
            });
            !declares && block.items.iter().any(|item| matches!(item, ImplItem::Fn(_)))
        }
        Item::Trait(of) => of
            .items
            .iter()
            .any(|item| matches!(item, TraitItem::Fn(function) if function.default.is_some())),
        Item::Mod(of) => of
            .content
            .as_ref()
            .is_some_and(|(_, items)| !attributes::said(&of.attrs).test && items.iter().any(acts)),
        _ => false,
    }
}

/// What follows a `#!` line.
fn body(text: &str) -> &str {
    match text.strip_prefix("#!") {
        // `#![…]` is an attribute, whatever stands between.
        Some(rest) if !rest.trim_start().starts_with('[') => {
            let end = memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
            &text[end..]
        }
        _ => text,
    }
}

fn problem(offsets: &Offsets<'_>, error: &syn::Error, unclosed: Option<&(Span, String)>) -> ParseProblem {
    if let Some((span, message)) = unclosed {
        let base = offsets.whole_start();
        return ParseProblem {
            span: Span::new(span.start + base, span.end + base),
            message: message.clone(),
        };
    }
    let message = error.to_string();
    let mut span = offsets.span(error.span());
    if message.starts_with("unexpected end of input") && (span.start == span.end || span.start == offsets.whole_start())
    {
        span = Span::new(offsets.whole_end(), offsets.whole_end());
    }
    ParseProblem {
        span,
        // proc-macro2's word for a sign that no token begins with.
        message: message.replace("cannot parse string into token stream", "no token of Rust starts here"),
    }
}

fn unread(problem: ParseProblem) -> Parsed<RustFacts, Body> {
    let whole = Scope {
        parent: None,
        kind: ScopeKind::File,
        open: true,
        macro_use: false,
    };
    Parsed {
        facts: FileFacts {
            problems: vec![problem],
            ..FileFacts::default()
        },
        own: RustFacts {
            scopes: vec![whole],
            ..RustFacts::default()
        },
        body: Body::default(),
    }
}

/// The comments before the first item.
fn header(text: &str) -> Vec<Comment> {
    const LONGEST: usize = 100;
    let mut comments = Vec::new();
    let mut rest = body(text);
    while comments.len() < LONGEST {
        rest = rest.trim_start();
        let start = text.len() - rest.len();
        let end = if rest.starts_with("//") {
            memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            lexis::comment_end(rest.as_bytes(), 0).unwrap_or(rest.len())
        } else {
            break;
        };
        let shown = rest[..end].trim_end();
        comments.push(Comment {
            text: shown.into(),
            span: Span::new(to_u32(start), to_u32(start + shown.len())),
        });
        rest = &rest[end..];
    }
    comments
}
