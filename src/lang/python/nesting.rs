//! Refuses sources that nest so deeply that walking or dropping their syntax tree could exhaust a stack.
//!
//! A rough scan, on the safe side: it counts brackets and the links of operator chains, not grammar.

use crate::source::{Span, to_u32};

/// Nested brackets that `CPython`'s tokenizer accepts (`MAXLEVEL` in `Parser/lexer/state.h`).
const MAX_BRACKETS: usize = 200;

/// Depth of one expression, brackets and chained operators together. A syntax tree this deep needs a few MiB of
/// stack; workers have 64.
const MAX_DEPTH: usize = 10_000;

/// Sources shorter than this cannot get deep enough to matter.
const ALWAYS_FINE: usize = 8 << 10;

/// The place where a source nests too deeply, and what is too deep there.
pub(super) fn too_deep(text: &str) -> Option<(Span, String)> {
    if text.len() < ALWAYS_FINE {
        return None;
    }
    Scan::default().run(text.as_bytes())
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
            let mut next = at + 1;
            match byte {
                b'#' => next = line_end(bytes, at),
                b'"' | b'\'' => next = string_end(bytes, at),
                b'(' | b'[' | b'{' => {
                    self.open.push(0);
                    self.total += 1;
                    if self.open.len() > MAX_BRACKETS {
                        return Some(found(at, format!("more than {MAX_BRACKETS} nested brackets")));
                    }
                }
                b')' | b']' | b'}' => {
                    if let Some(links) = self.open.pop() {
                        self.total -= links + 1;
                    }
                    self.link();
                }
                b',' => self.reset(),
                b'\n' | b'\r' | b';' if self.open.is_empty() => self.reset(),
                b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'~' | b'.' | b'=' => self.link(),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                    next = word_end(bytes, at);
                    if matches!(&bytes[at..next], b"not" | b"lambda" | b"else" | b"await" | b"yield" | b"if") {
                        self.link();
                    }
                }
                _ => {}
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

fn found(at: usize, message: String) -> (Span, String) {
    (Span::new(to_u32(at), to_u32(at + 1)), message)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |found| at + found)
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count()
}

/// The end of the string literal that opens at `at`: its closing quote, or the line's end where it has none.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let triple = bytes.get(at + 1) == Some(&quote) && bytes.get(at + 2) == Some(&quote);
    let mut next = at + if triple { 3 } else { 1 };
    while let Some(&byte) = bytes.get(next) {
        match byte {
            b'\\' => next += 1,
            b'\n' if !triple => return next,
            _ if byte == quote => {
                if !triple {
                    return next + 1;
                }
                if bytes[next..].starts_with(&[quote; 3]) {
                    return next + 3;
                }
            }
            _ => {}
        }
        next += 1;
    }
    bytes.len()
}
