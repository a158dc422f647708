//! Positions of syn's tokens → byte offsets.
//!
//! proc-macro2 keeps spans in characters and counts bytes anew for each; lines and columns are cheap to ask for, and a
//! table of lines turns them into bytes. Spans never leave the thread that parses: see [`super::parse`].

use proc_macro2::{Ident, LineColumn, Span as TokenSpan};

use crate::source::{Span, to_u32};

/// The lines of a text.
pub(super) struct Offsets<'a> {
    text: &'a str,
    /// Where each line starts.
    lines: Vec<u32>,
    ascii: bool,
    /// Bytes before the text that was parsed: a `#!` line.
    base: u32,
}

impl<'a> Offsets<'a> {
    pub(super) fn new(text: &'a str, base: usize) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| to_u32(at + 1));
        Self {
            text,
            lines: std::iter::once(0).chain(breaks).collect(),
            ascii: text.is_ascii(),
            base: to_u32(base),
        }
    }

    fn at(&self, place: LineColumn) -> u32 {
        let start = self
            .lines
            .get(place.line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        let bytes = if self.ascii {
            place.column
        } else {
            let line = self.text.get(start as usize..).unwrap_or_default();
            line.char_indices().nth(place.column).map_or(line.len(), |(at, _)| at)
        };
        self.base + start + to_u32(bytes)
    }

    /// Where a token starts.
    pub(super) fn start(&self, span: TokenSpan) -> u32 {
        self.at(span.start())
    }

    /// Where a token ends.
    pub(super) fn end(&self, span: TokenSpan) -> u32 {
        self.at(span.end())
    }

    /// A token's place.
    pub(super) fn span(&self, span: TokenSpan) -> Span {
        Span::new(self.start(span), self.end(span))
    }

    /// The place from one name to another.
    pub(super) fn between(&self, first: &Ident, last: &Ident) -> Span {
        Span::new(self.start(first.span()), self.end(last.span()))
    }

    /// The text that was parsed.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The place of the first character.
    pub(super) fn whole_start(&self) -> u32 {
        self.base
    }

    /// The place after the last character.
    pub(super) fn whole_end(&self) -> u32 {
        self.base + to_u32(self.text.len())
    }
}
