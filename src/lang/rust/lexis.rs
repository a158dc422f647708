//! Where words, comments and literals end: what a scan of Rust's text has to step over. Knows bytes alone.

/// By byte: whether it is part of a word.
const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

pub(super) fn is_word(byte: u8) -> bool {
    WORD[usize::from(byte)]
}

pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found)
}

pub(super) fn word_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| is_word(**byte)).count()
}

/// The end of a block comment; they nest. Nothing where it is never closed.
pub(super) fn comment_end(bytes: &[u8], at: usize) -> Option<usize> {
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
                return Some(next);
            }
        } else {
            next += 1;
        }
    }
    None
}

/// The end of the string literal whose quote stands at `at`, raw if an `r` and as many `#` stand before it. Nothing where
/// it is never closed.
pub(super) fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
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
                return Some(next + hashes);
            }
        }
        return None;
    }
    while let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(next..).unwrap_or_default()) {
        next += found;
        if bytes[next] == b'"' {
            return Some(next + 1);
        }
        next += 2;
    }
    None
}

/// The end of a character literal, or of the lifetime that a quote begins.
pub(super) fn quote_end(bytes: &[u8], at: usize) -> usize {
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
