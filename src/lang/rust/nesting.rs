//! Refuses sources that nest so deeply that parsing, walking or dropping their syntax tree could exhaust a stack, and
//! finds the bracket that has no partner.
//!
//! A rough scan, on the safe side: it counts brackets and the links of operator chains, not grammar.

use crate::source::{Span, to_u32};

/// Nested brackets. A debug build needs some 20 KiB of stack for each; workers have 64 MiB.
const MAX_BRACKETS: usize = 512;

/// Depth of one expression, brackets and chained operators together.
const MAX_DEPTH: usize = 20_000;

/// Nested angle brackets; a comparison that nothing closes looks like one. Types need more stack than operators.
const MAX_ANGLES: usize = 4_000;

/// In sources shorter than this, chains of operators cannot get deep enough to matter.
const CHAINS_FINE: usize = 16 << 10;

/// Bytes at which the scan stops: brackets, and what brackets may hide in.
const BRACKETS: [bool; 256] = table(b"()[]{}\"'/");

/// The same, with what links expressions into chains, and the letters that its keywords begin with.
const CHAINS: [bool; 256] = table(b"()[]{}\"'/,;+-*%@&|^!~.=:<>?eabr");

const fn table(signs: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < signs.len() {
        table[signs[at] as usize] = true;
        at += 1;
    }
    table
}

/// What the scan of a source found.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// The place where it nests too deeply, and what is too deep there: it must not be parsed.
    pub(super) too_deep: Option<(Span, String)>,
    /// A bracket without its partner: a hint on where a source that does not parse is broken.
    pub(super) unbalanced: Option<(Span, String)>,
}

/// Scans a source.
pub(super) fn shape(text: &str) -> Shape {
    let stops = if text.len() < CHAINS_FINE { &BRACKETS } else { &CHAINS };
    Scan::default().run(text.as_bytes(), stops)
}

#[derive(Default)]
struct Scan {
    /// Open brackets.
    open: Vec<Level>,
    /// What stands outside all brackets.
    base: Level,
    /// Open brackets and links together.
    total: usize,
    unbalanced: Option<(Span, String)>,
}

/// What has been counted since a bracket opened.
#[derive(Default)]
struct Level {
    /// Where the bracket stands, and which it is.
    at: usize,
    bracket: u8,
    /// Links since the last comma or semicolon.
    links: usize,
    /// Angle brackets that are open, or signs that look like them: types nest in them across commas.
    angles: usize,
    /// Between the bars of a closure, where commas end nothing.
    in_parameters: bool,
}

impl Scan {
    fn run(mut self, bytes: &[u8], stops: &[bool; 256]) -> Shape {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if !stops[usize::from(byte)] {
                at += 1;
                continue;
            }
            let mut next = at + 1;
            match byte {
                b'/' if bytes[at..].starts_with(b"//") => next = line_end(bytes, at),
                b'/' if bytes[at..].starts_with(b"/*") => next = comment_end(bytes, at),
                b'"' => next = string_end(bytes, at),
                b'\'' => next = quote_end(bytes, at),
                b'(' | b'[' | b'{' => {
                    self.open.push(Level {
                        at,
                        bracket: byte,
                        ..Level::default()
                    });
                    self.total += 1;
                    if self.open.len() > MAX_BRACKETS {
                        return Self::refuse(at, format!("more than {MAX_BRACKETS} nested brackets"));
                    }
                }
                b')' | b']' | b'}' => self.close(bytes, at),
                b',' if self.level().in_parameters => {}
                b',' => self.reset(),
                b';' => {
                    self.reset();
                    let level = self.level();
                    (level.angles, level.in_parameters) = (0, false);
                }
                b'|' => {
                    let level = self.level();
                    level.in_parameters = !level.in_parameters && begins_closure(&bytes[..at]);
                    self.link();
                }
                b'<' => {
                    self.level().angles += 1;
                    self.link();
                    if self.level().angles > MAX_ANGLES {
                        return Self::refuse(at, format!("more than {MAX_ANGLES} nested angle brackets"));
                    }
                }
                b'>' if !matches!(bytes[..at].last(), Some(b'-' | b'=')) => {
                    let level = self.level();
                    level.angles = level.angles.saturating_sub(1);
                    self.link();
                }
                byte if byte.is_ascii_alphabetic() => {
                    if at > 0 && is_word(bytes[at - 1]) {
                        next = word_end(bytes, at);
                    } else {
                        next = word_end(bytes, at);
                        if matches!(&bytes[at..next], b"as" | b"else" | b"return" | b"break" | b"async") {
                            self.link();
                        }
                    }
                }
                _ => self.link(),
            }
            if self.total > MAX_DEPTH {
                return Self::refuse(
                    at,
                    format!("an expression deeper than {MAX_DEPTH} operators and brackets"),
                );
            }
            at = next;
        }
        let unbalanced = self.unbalanced.or_else(|| {
            let level = self.open.last()?;
            Some(found(
                level.at,
                format!("`{}` is never closed", char::from(level.bracket)),
            ))
        });
        Shape {
            too_deep: None,
            unbalanced,
        }
    }

    fn refuse(at: usize, message: String) -> Shape {
        Shape {
            too_deep: Some(found(at, message)),
            unbalanced: None,
        }
    }

    fn close(&mut self, bytes: &[u8], at: usize) {
        let byte = bytes[at];
        match self.open.pop() {
            Some(Level {
                bracket: opener, links, ..
            }) => {
                self.total -= links + 1;
                let fits = matches!((opener, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
                if !fits && self.unbalanced.is_none() {
                    let message = format!("`{}` closes `{}`", char::from(byte), char::from(opener));
                    self.unbalanced = Some(found(at, message));
                }
            }
            None if self.unbalanced.is_none() => {
                self.unbalanced = Some(found(at, format!("`{}` closes nothing", char::from(byte))));
            }
            None => {}
        }
        if byte == b'}' && ends_statement(bytes, at + 1) {
            self.reset();
        }
    }

    fn level(&mut self) -> &mut Level {
        self.open.last_mut().unwrap_or(&mut self.base)
    }

    fn link(&mut self) {
        self.level().links += 1;
        self.total += 1;
    }

    fn reset(&mut self) {
        self.total -= std::mem::take(&mut self.level().links);
    }
}

/// Whether a bar begins a closure: before it stands what wants an operand, or a word that does.
fn begins_closure(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    match before.last() {
        Some(byte) if is_word(*byte) => {
            let word = before.iter().rev().take_while(|byte| is_word(**byte)).count();
            matches!(
                &before[before.len() - word..],
                b"move" | b"return" | b"async" | b"static" | b"break" | b"else" | b"in"
            )
        }
        Some(b'>') => before.ends_with(b"=>"),
        Some(b')' | b']' | b'}' | b'"' | b'\'' | b'?') => false,
        _ => true,
    }
}

/// Whether what follows a closing brace starts anew: a word, an attribute or another bracket, not an operator or `else`.
fn ends_statement(bytes: &[u8], mut at: usize) -> bool {
    loop {
        match bytes.get(at) {
            Some(byte) if byte.is_ascii_whitespace() => at += 1,
            Some(b'/') if bytes[at..].starts_with(b"//") => at = line_end(bytes, at),
            Some(b'/') if bytes[at..].starts_with(b"/*") => at = comment_end(bytes, at),
            Some(b'#' | b'}' | b'{') | None => return true,
            Some(byte) if is_word(*byte) => return !matches!(&bytes[at..word_end(bytes, at)], b"else" | b"as"),
            Some(_) => return false,
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn found(at: usize, message: String) -> (Span, String) {
    (Span::new(to_u32(at), to_u32(at + 1)), message)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found)
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| is_word(**byte)).count()
}

/// The end of a block comment; they nest.
pub(super) fn comment_end(bytes: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut next = at;
    while let Some(found) = memchr::memchr2(b'/', b'*', bytes.get(next..).unwrap_or_default()) {
        next += found;
        if bytes[next..].starts_with(b"/*") {
            depth += 1;
            next += 2;
        } else if bytes[next..].starts_with(b"*/") {
            depth -= 1;
            next += 2;
            if depth == 0 {
                return next;
            }
        } else {
            next += 1;
        }
    }
    bytes.len()
}

/// The end of the string literal whose quote stands at `at`, raw if an `r` and as many `#` stand before it.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let hashes = bytes[..at].iter().rev().take_while(|byte| **byte == b'#').count();
    let before = &bytes[..at - hashes];
    let raw = before.last() == Some(&b'r') && {
        let prefix = &before[..before.len() - 1];
        let word = prefix.iter().rev().take_while(|byte| is_word(**byte)).count();
        matches!(&prefix[prefix.len() - word..], b"" | b"b" | b"c")
    };
    let mut next = at + 1;
    if raw {
        while let Some(found) = memchr::memchr(b'"', bytes.get(next..).unwrap_or_default()) {
            next += found + 1;
            let closing = bytes[next..].iter().take_while(|byte| **byte == b'#').count();
            if closing >= hashes {
                return next + hashes;
            }
        }
        return bytes.len();
    }
    while let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(next..).unwrap_or_default()) {
        next += found;
        if bytes[next] == b'"' {
            return next + 1;
        }
        next += 2;
    }
    bytes.len()
}

/// The end of a character literal, or of the lifetime that a quote begins.
fn quote_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at + 1) {
        Some(b'\\') => {
            let from = at + 3;
            let closing = memchr::memchr2(b'\'', b'\n', bytes.get(from..).unwrap_or_default());
            closing.map_or(bytes.len(), |found| from + found + 1)
        }
        Some(&first) => {
            let width = match first {
                0..0x80 => 1,
                0x80..0xe0 => 2,
                0xe0..0xf0 => 3,
                _ => 4,
            };
            if bytes.get(at + 1 + width) == Some(&b'\'') {
                at + width + 2
            } else {
                at + 1
            }
        }
        None => at + 1,
    }
}
