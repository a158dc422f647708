//! Refuses sources that nest so deeply that walking or dropping their syntax tree could exhaust a stack.
//!
//! Long ones are scanned before they are parsed, roughly and on the safe side: brackets and the links of operator chains
//! are counted, not grammar. In shorter ones, which the parser itself has room for, brackets are counted by its tokens.

use ruff_python_ast::token::{Token, TokenKind};

use super::span;
use crate::source::{Span, to_u32};

/// Nested brackets that `CPython`'s tokenizer accepts (`MAXLEVEL` in `Parser/lexer/state.h`).
const MAX_BRACKETS: usize = 200;

/// Depth of one expression, brackets and chained operators together. A syntax tree this deep needs some ten MiB of
/// stack to walk and to drop; workers have 64.
const MAX_DEPTH: usize = 50_000;

/// Sources shorter than this cannot get deep enough to matter.
const ALWAYS_FINE: usize = 8 << 10;

/// In sources shorter than this, neither chains of operators nor brackets get deep enough to exhaust the parser.
const PARSER_FINE: usize = 48 << 10;

/// Bytes at which the scan stops: brackets, what brackets may hide in, what links expressions into chains, and the letters
/// that its keywords begin with.
const STOPS: [bool; 256] = table(b"()[]{}\"'#,;\n\r+-*/%@&|^~.=nleayi");

const fn table(signs: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < signs.len() {
        table[signs[at] as usize] = true;
        at += 1;
    }
    table
}

/// The place where a source nests too deeply to be parsed, and what is too deep there.
pub(super) fn too_deep(text: &str) -> Option<(Span, String)> {
    if text.len() < PARSER_FINE {
        return None;
    }
    Scan::default().run(text.as_bytes())
}

/// The place where a source nests too deeply to be walked, by its tokens, and what is too deep there. Long ones have been
/// [scanned](too_deep).
pub(super) fn too_many_brackets(text: &str, tokens: &[Token]) -> Option<(Span, String)> {
    if !(ALWAYS_FINE..PARSER_FINE).contains(&text.len()) {
        return None;
    }
    let mut open = 0_usize;
    for token in tokens {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                open += 1;
                if open > MAX_BRACKETS {
                    return Some((span(token), too_many()));
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => open = open.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn too_many() -> String {
    format!("more than {MAX_BRACKETS} nested brackets")
}

#[derive(Default)]
struct Scan {
    /// Links counted within each open bracket.
    open: Vec<usize>,
    /// Links counted outside all brackets.
    base: usize,
    total: usize,
}

impl Scan {
    fn run(mut self, bytes: &[u8]) -> Option<(Span, String)> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if !STOPS[usize::from(byte)] {
                at += 1;
                continue;
            }
            let mut next = at + 1;
            match byte {
                b'#' => next = line_end(bytes, at),
                b'"' | b'\'' => next = string_end(bytes, at),
                b'(' | b'[' | b'{' => {
                    self.open.push(0);
                    self.total += 1;
                    if self.open.len() > MAX_BRACKETS {
                        return Some(found(at, too_many()));
                    }
                }
                b')' | b']' | b'}' => {
                    if let Some(links) = self.open.pop() {
                        self.total -= links + 1;
                    }
                    self.link();
                }
                b',' => self.reset(),
                b'\n' | b'\r' | b';' => {
                    if self.open.is_empty() {
                        self.reset();
                    }
                }
                b'a'..=b'z' => {
                    next = word_end(bytes, at);
                    let starts = at == 0 || !is_word(bytes[at - 1]);
                    if starts
                        && matches!(
                            &bytes[at..next],
                            b"not" | b"lambda" | b"else" | b"await" | b"yield" | b"if"
                        )
                    {
                        self.link();
                    }
                }
                _ => self.link(),
            }
            if self.total > MAX_DEPTH {
                return Some(found(at, format!("an expression more than {MAX_DEPTH} levels deep")));
            }
            at = next;
        }
        None
    }

    fn link(&mut self) {
        *self.open.last_mut().unwrap_or(&mut self.base) += 1;
        self.total += 1;
    }

    fn reset(&mut self) {
        let links = self.open.last_mut().unwrap_or(&mut self.base);
        self.total -= *links;
        *links = 0;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn found(at: usize, message: String) -> (Span, String) {
    (Span::new(to_u32(at), to_u32(at + 1)), message)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |found| at + found)
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| is_word(**byte)).count()
}

/// The end of the string literal that opens at `at`: its closing quote, or the line's end where it has none.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let triple = bytes[at..].starts_with(&[quote; 3]);
    let mut next = at + if triple { 3 } else { 1 };
    loop {
        let rest = bytes.get(next..).unwrap_or_default();
        let stop = if triple {
            memchr::memchr2(quote, b'\\', rest)
        } else {
            memchr::memchr3(quote, b'\\', b'\n', rest)
        };
        let Some(stop) = stop.map(|stop| next + stop) else {
            return bytes.len();
        };
        match bytes[stop] {
            b'\\' => next = stop + 2,
            b'\n' => return stop,
            _ if !triple => return stop + 1,
            _ if bytes[stop..].starts_with(&[quote; 3]) => return stop + 3,
            _ => next = stop + 1,
        }
    }
}
