//! Text → facts: runs the parser and hands its tree to [`super::collect`].
//!
//! proc-macro2 keeps the text of everything it has parsed on a thread until it is told that no span is left; it is told
//! after every file, so that memory does not grow with the tree.

use syn::parse::{ParseStream, Parser};
use syn::{Attribute, ImplItem, Item, TraitItem};

use super::code::Body;
use super::offsets::Offsets;
use super::{RustFacts, Scope, ScopeKind, attributes, collect, lexis, nesting, outline};
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
        let result = read(&seen, base, outlined).unwrap_or_else(|error| {
            // What is wrong, and where, the whole text tells.
            let error = syn::parse_str::<syn::File>(body).err().unwrap_or(error);
            unread(problem(&Offsets::new(body, base), &error, shape.unclosed.as_ref()))
        });
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

/// The tree and its spans live no longer than this call.
fn read(body: &str, base: usize, outlined: bool) -> syn::Result<Parsed<RustFacts, Body>> {
    let offsets = Offsets::new(body, base);
    let file = |input: ParseStream<'_>| {
        if outlined {
            whole(&offsets, body, input.parse()?)
        } else {
            let attributes = input.call(Attribute::parse_inner)?;
            // One item after the other: what was read of one makes room for the next.
            let items = std::iter::from_fn(|| (!input.is_empty()).then(|| input.parse()));
            items_read(&offsets, attributes, items)
        }
    };
    Parser::parse_str(file, body).or_else(|error| {
        // `include!` takes expressions too.
        let statements = Parser::parse_str(syn::Block::parse_within, body).map_err(|_| error)?;
        Ok(collect::fragment(&offsets, statements))
    })
}

/// A file that is shown as a whole, too.
fn whole(offsets: &Offsets<'_>, body: &str, file: syn::File) -> syn::Result<Parsed<RustFacts, Body>> {
    // The tree is taken apart for its facts, so this comes first.
    let mut outline = outline::outline(&Offsets::new(body, 0), body, &file);
    let mut parsed = items_read(offsets, file.attrs, file.items.into_iter().map(Ok))?;
    outline::imports(&mut outline, &parsed.facts, &parsed.own);
    parsed.facts.outline = Some(Box::new(outline));
    Ok(parsed)
}

/// The facts of a file's inner attributes and items.
fn items_read(
    offsets: &Offsets<'_>,
    attributes: Vec<Attribute>,
    items: impl Iterator<Item = syn::Result<Item>>,
) -> syn::Result<Parsed<RustFacts, Body>> {
    let (mut does, mut bare) = (false, true);
    let items = items.inspect(|item| {
        if let Ok(item) = item {
            does |= acts(std::slice::from_ref(item));
            bare &= match item {
                Item::Mod(of) => of.content.is_none(),
                item => matches!(item, Item::Use(_) | Item::ExternCrate(_)),
            };
        }
    });
    let mut parsed = collect::collect(offsets, attributes, items)?;
    parsed.facts.declares_only = !does;
    parsed.own.bare = bare;
    Ok(parsed)
}

/// Whether something in a file runs. What a trait of the standard library asks of a type is part of declaring it, and tests
/// are no part of the file.
fn acts(items: &[Item]) -> bool {
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
    items.iter().any(|item| match item {
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
            .is_some_and(|(_, items)| !attributes::said(&of.attrs).test && acts(items)),
        _ => false,
    })
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
