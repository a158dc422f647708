//! Positions of syn's tokens → byte offsets.
//!
//! proc-macro2 keeps spans in characters and counts bytes anew for each; lines and columns are cheap to ask for, and a
//! table of lines turns them into bytes. Spans never leave the thread that parses: see [`super::parse`].

use std::cell::RefCell;

use proc_macro2::{Ident, LineColumn, Span as TokenSpan};

use rustc_hash::FxHashMap;

use crate::source::{Span, to_u32};

/// How many characters of a line lie between two marks.
const MARK: usize = 64;

/// The lines of a text.
pub(super) struct Offsets<'a> {
    text: &'a str,
    /// Where each line starts.
    lines: Vec<u32>,
    ascii: bool,
    /// Byte offsets of every so many characters of the lines that were asked for and are not ASCII.
    marks: RefCell<FxHashMap<usize, Vec<u32>>>,
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
            marks: RefCell::default(),
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
            let end = self
                .lines
                .get(place.line)
                .map_or(self.text.len(), |next| *next as usize);
            self.column(place, self.text.get(start as usize..end).unwrap_or_default())
        };
        self.base + start + to_u32(bytes)
    }

    /// The byte of a line at which a column lies.
    fn column(&self, place: LineColumn, line: &str) -> usize {
        let mut marks = self.marks.borrow_mut();
        let marks = marks.entry(place.line).or_insert_with(|| {
            let starts = line.char_indices().step_by(MARK);
            starts.map(|(at, _)| to_u32(at)).collect()
        });
        let Some(&mark) = marks.get(place.column / MARK) else {
            return line.len();
        };
        let rest = line.get(mark as usize..).unwrap_or_default();
        let within = rest.char_indices().nth(place.column % MARK);
        mark as usize + within.map_or(rest.len(), |(at, _)| at)
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
