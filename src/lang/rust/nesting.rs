//! A scan of a source's text before it is parsed: is it too deep, where is a bracket without a partner, and what need not
//! be parsed at all.
//!
//! Refuses sources that nest so deeply that parsing, walking or dropping their syntax tree could exhaust a stack. It is
//! rough and on the safe side: it counts brackets and the links of operator chains, not grammar.

use super::blanks::Blanks;
use super::lexis::{comment_end, is_word, line_end, quote_end, string_end, word_end};
use crate::source::{Span, to_u32};

/// Nested brackets. A debug build needs some 20 KiB of stack for each; workers have 64 MiB.
const MAX_BRACKETS: usize = 512;

/// Depth of one expression, brackets and chained operators together.
const MAX_DEPTH: usize = 20_000;

/// Nested angle brackets; a comparison that nothing closes looks like one. Types need more stack than operators.
const MAX_ANGLES: usize = 4_000;

/// How many operators a keyword counts for that takes an expression and a block, or a pattern.
const HEAVY: usize = 8;

/// In sources shorter than this, chains of operators cannot get deep enough to matter, nor tables long enough.
const CHAINS_FINE: usize = 16 << 10;

/// Tables shorter than this, in bytes, are parsed like anything else.
const LONG_TABLE: usize = 2 << 10;

/// Items are parsed together until they are so many bytes: tokens and trees of so many stay in a processor's own cache.
const PIECE: usize = 16 << 10;

/// The bytes that begin or end brackets, literals and comments.
const OPENS_OR_CLOSES: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"/\"'()[]{}";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

/// What the scan of a source found.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// The place where it nests too deeply, and what is too deep there: it must not be parsed.
    pub(super) too_deep: Option<(Span, String)>,
    /// A bracket, string or comment without its end: a hint on where a source that does not parse is broken.
    pub(super) unclosed: Option<(Span, String)>,
    /// What the parser need not see.
    pub(super) blanks: Blanks,
    /// Offsets between two items, so far apart that what lies between is worth being parsed by itself.
    pub(super) cuts: Vec<usize>,
}

/// Scans a source.
pub(super) fn shape(text: &str) -> Shape {
    Scan {
        short: text.len() < CHAINS_FINE,
        ..Scan::default()
    }
    .run(text.as_bytes())
}

#[derive(Default)]
struct Scan {
    /// Brackets alone are looked at.
    short: bool,
    /// Open brackets.
    open: Vec<Level>,
    /// What stands outside all brackets.
    base: Level,
    /// Open brackets and links together.
    total: usize,
    shape: Shape,
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
    /// Holds more than literals, their signs and brackets of such.
    code: bool,
}

impl Scan {
    fn run(mut self, bytes: &[u8]) -> Shape {
        let mut at = 0;
        let mut after_else = false;
        loop {
            at += self.passed_over(&bytes[at..]);
            let Some(&byte) = bytes.get(at) else { break };
            let mut next = at + 1;
            match byte {
                b'/' if bytes[at..].starts_with(b"//") => {
                    next = line_end(bytes, at);
                    self.shape.blanks.comment(bytes, at, next);
                }
                b'/' if bytes[at..].starts_with(b"/*") => {
                    let end = comment_end(bytes, at);
                    if let Some(end) = end {
                        self.shape.blanks.comment(bytes, at, end);
                    }
                    next = self.literal(bytes, at, |_, _| end, "comment");
                }
                b'"' => next = self.literal(bytes, at, string_end, "string"),
                b'\'' => next = quote_end(bytes, at),
                b'(' | b'[' | b'{' => {
                    if let Some(message) = self.open(bytes, at) {
                        return refuse(at, message);
                    }
                }
                b')' | b']' | b'}' => self.close(bytes, at),
                _ if self.short => {}
                byte if is_word(byte) => {
                    next = word_end(bytes, at);
                    let word = &bytes[at..next];
                    self.word(word, bytes.get(next), after_else);
                    after_else = word == b"else";
                }
                sign => {
                    self.sign(sign, &bytes[..at]);
                    after_else = false;
                }
            }
            if self.level().angles > MAX_ANGLES {
                return refuse(at, format!("more than {MAX_ANGLES} nested angle brackets"));
            }
            if self.total > MAX_DEPTH {
                return refuse(
                    at,
                    format!("an expression deeper than {MAX_DEPTH} operators and brackets"),
                );
            }
            at = next;
        }
        if let (Some(level), None) = (self.open.last(), &self.shape.unclosed) {
            let message = format!("`{}` is never closed", char::from(level.bracket));
            self.shape.unclosed = Some(found(level.at, message));
        }
        self.shape
    }

    /// How many bytes there are to the next one that is looked at.
    fn passed_over(&self, bytes: &[u8]) -> usize {
        let next = if self.short {
            bytes.iter().position(|byte| OPENS_OR_CLOSES[usize::from(*byte)])
        } else {
            bytes
                .iter()
                .position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
        };
        next.unwrap_or(bytes.len())
    }

    fn literal(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: impl FnOnce(&[u8], usize) -> Option<usize>,
        what: &str,
    ) -> usize {
        end(bytes, at).unwrap_or_else(|| {
            if self.shape.unclosed.is_none() {
                self.shape.unclosed = Some(found(at, format!("this {what} is never closed")));
            }
            bytes.len()
        })
    }

    fn open(&mut self, bytes: &[u8], at: usize) -> Option<String> {
        // `a[0][0]`, `f()()`: a chain too.
        if bytes[at] != b'{' && matches!(bytes[..at].trim_ascii_end().last(), Some(b')' | b']')) {
            self.link(1);
            self.level().code = true;
        }
        self.open.push(Level {
            at,
            bracket: bytes[at],
            ..Level::default()
        });
        self.total += 1;
        (self.open.len() > MAX_BRACKETS).then(|| format!("more than {MAX_BRACKETS} nested brackets"))
    }

    fn close(&mut self, bytes: &[u8], at: usize) {
        let byte = bytes[at];
        if let Some(level) = self.open.pop() {
            self.total -= level.links + 1;
            let opener = level.bracket;
            let fits = matches!((opener, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
            if !fits && self.shape.unclosed.is_none() {
                let message = format!("`{}` closes `{}`", char::from(byte), char::from(opener));
                self.shape.unclosed = Some(found(at, message));
            }
            let table = !self.short && !level.code && byte == b']';
            if table && at - level.at > LONG_TABLE {
                self.shape.blanks.table(level.at + 1, at);
            }
            self.level().code |= level.code || byte == b'}';
        } else if self.shape.unclosed.is_none() {
            self.shape.unclosed = Some(found(at, format!("`{}` closes nothing", char::from(byte))));
        }
        if byte == b'}' && ends_statement(bytes, at + 1) {
            self.reset();
            self.level().angles = 0;
            let last = self.shape.cuts.last().copied().unwrap_or_default();
            if self.open.is_empty() && at - last > PIECE {
                self.shape.cuts.push(at + 1);
            }
        }
    }

    fn word(&mut self, word: &[u8], next: Option<&u8>, after_else: bool) {
        let weight = match word {
            b"if" if after_else => 0,
            b"if" | b"while" | b"match" | b"for" | b"box" => HEAVY,
            b"let" | b"yield" | b"become" => HEAVY / 2,
            b"as" | b"async" | b"await" | b"break" | b"const" | b"dyn" | b"else" | b"impl" | b"in" | b"move"
            | b"mut" | b"ref" | b"return" | b"static" | b"unsafe" => 1,
            _ => 0,
        };
        self.link(weight);
        let literal = word[0].is_ascii_digit()
            || matches!(word, b"true" | b"false")
            // `b"…"`, `r#"…"#`
            || matches!(next, Some(b'"' | b'\'' | b'#')) && matches!(word, b"b" | b"r" | b"c" | b"br" | b"cr");
        self.level().code |= !literal;
    }

    fn sign(&mut self, sign: u8, before: &[u8]) {
        let level = self.level();
        match sign {
            b',' => {
                if !level.in_parameters && level.angles == 0 {
                    self.reset();
                }
                return;
            }
            b';' => {
                (level.angles, level.in_parameters) = (0, false);
                self.reset();
                return;
            }
            b'#' => {
                // Part of a raw string, or an attribute.
                level.code |= before.last().is_none_or(|before| !matches!(before, b'r' | b'#' | b'"'));
                return;
            }
            b'-' | b'.' | b'&' => {}
            b'|' => {
                level.code = true;
                level.in_parameters = !level.in_parameters && begins_closure(before);
            }
            b'<' => {
                level.code = true;
                level.angles += 1;
            }
            b'>' => {
                level.code = true;
                match before.last() {
                    // `=>`: what follows is another expression.
                    Some(b'=') => {
                        level.angles = 0;
                        self.reset();
                    }
                    Some(b'-') => {}
                    _ => level.angles = level.angles.saturating_sub(1),
                }
            }
            _ => level.code = true,
        }
        self.link(1);
    }

    fn level(&mut self) -> &mut Level {
        self.open.last_mut().unwrap_or(&mut self.base)
    }

    fn link(&mut self, weight: usize) {
        self.level().links += weight;
        self.total += weight;
    }

    fn reset(&mut self) {
        self.total -= std::mem::take(&mut self.level().links);
    }
}

fn refuse(at: usize, message: String) -> Shape {
    Shape {
        too_deep: Some(found(at, message)),
        ..Shape::default()
    }
}

fn found(at: usize, message: String) -> (Span, String) {
    (Span::new(to_u32(at), to_u32(at + 1)), message)
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
            Some(b'/') if bytes[at..].starts_with(b"/*") => at = comment_end(bytes, at).unwrap_or(bytes.len()),
            Some(b'#' | b'}' | b'{') | None => return true,
            Some(byte) if is_word(*byte) => return !matches!(&bytes[at..word_end(bytes, at)], b"else" | b"as"),
            Some(_) => return false,
        }
    }
}
