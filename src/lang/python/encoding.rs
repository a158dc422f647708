//! Bytes of a Python source as text: byte order mark, PEP 263 cookie, UTF-8 by default.

use encoding_rs::{Encoding, UTF_8};

use crate::facts::ParseProblem;
use crate::lang::front_end::Decoded;
use crate::source::{Span, to_u32};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Decodes a source as Python does. What cannot be decoded becomes U+FFFD, with one problem at its first place.
pub(super) fn decode(mut bytes: Vec<u8>) -> Decoded {
    let marked = bytes.starts_with(BOM);
    if marked {
        bytes.drain(..BOM.len());
    }
    let cookie = cookie(&bytes).map(|(span, label)| (span, label.to_owned()));
    match cookie {
        Some((span, label)) if !is_utf8(&label) => {
            if marked {
                let message = format!("the byte order mark says UTF-8, the encoding cookie says `{label}`");
                return with_problem(utf8(bytes), span, message);
            }
            if is_ascii(&label) && !bytes.is_ascii() {
                let at = to_u32(bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or_default());
                let message = format!("not valid in the encoding `{label}` that it names");
                return with_problem(utf8(bytes), Span::new(at, at), message);
            }
            if whatwg_label(&label) == "iso-8859-1" {
                // The web reads windows-1252 under this name; Python maps each byte to the character of its number.
                let text = bytes.iter().map(|byte| char::from(*byte)).collect();
                return Decoded { text, problem: None };
            }
            match Encoding::for_label(whatwg_label(&label).as_bytes()) {
                Some(encoding) => {
                    let (text, broken) = encoding.decode_without_bom_handling(&bytes);
                    let decoded = Decoded {
                        text: text.into_owned(),
                        problem: None,
                    };
                    if broken {
                        let at = to_u32(decoded.text.find('\u{fffd}').unwrap_or_default());
                        let message = format!("not valid in the encoding `{label}` that it names");
                        return with_problem(decoded, Span::new(at, at), message);
                    }
                    decoded
                }
                None => with_problem(utf8(bytes), span, format!("unknown encoding `{label}`")),
            }
        }
        _ => utf8(bytes),
    }
}

fn with_problem(mut decoded: Decoded, span: Span, message: String) -> Decoded {
    decoded.problem = Some(ParseProblem { span, message });
    decoded
}

fn utf8(bytes: Vec<u8>) -> Decoded {
    match String::from_utf8(bytes) {
        Ok(text) => Decoded { text, problem: None },
        Err(error) => {
            let at = to_u32(error.utf8_error().valid_up_to());
            let bytes = error.into_bytes();
            let shown = bytes.get(at as usize).copied().unwrap_or_default();
            let (text, _) = UTF_8.decode_without_bom_handling(&bytes);
            let decoded = Decoded {
                text: text.into_owned(),
                problem: None,
            };
            let message = format!("not valid UTF-8 (byte 0x{shown:02x}), and no encoding cookie says otherwise");
            with_problem(decoded, Span::new(at, at), message)
        }
    }
}

/// The encoding that a comment in one of the first two lines declares, as PEP 263's pattern
/// `^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)` finds it; the second line counts only after a blank or comment line.
fn cookie(bytes: &[u8]) -> Option<(Span, &str)> {
    let mut start = 0;
    for _ in 0..2 {
        let rest = &bytes[start..];
        let end = memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |at| start + at);
        let line = &bytes[start..end];
        let code = line.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c'));
        match code {
            Some(at) if line[at] == b'#' => {
                if let Some((from, to)) = declared(&line[at..]) {
                    let label = start + at + from..start + at + to;
                    let text = std::str::from_utf8(&bytes[label.clone()]).ok()?;
                    return Some((Span::of(&label), text));
                }
            }
            Some(_) => return None,
            None => {}
        }
        let crlf = bytes.get(end) == Some(&b'\r') && bytes.get(end + 1) == Some(&b'\n');
        start = end + if crlf { 2 } else { 1 };
        if start >= bytes.len() {
            return None;
        }
    }
    None
}

fn declared(comment: &[u8]) -> Option<(usize, usize)> {
    const KEY: &[u8] = b"coding";
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&comment[from..], KEY) {
        let sign = from + at + KEY.len();
        if matches!(comment.get(sign), Some(b':' | b'=')) {
            let value = comment[sign + 1..]
                .iter()
                .position(|byte| !matches!(byte, b' ' | b'\t'))
                .map(|skipped| sign + 1 + skipped)?;
            let length = comment[value..]
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
                .count();
            if length > 0 {
                return Some((value, value + length));
            }
        }
        from = sign;
    }
    None
}

fn is_utf8(label: &str) -> bool {
    let label = label.to_ascii_lowercase().replace('_', "-");
    matches!(label.as_str(), "utf-8" | "utf8" | "utf-8-sig" | "u8" | "utf") || label.starts_with("utf-8-")
}

fn is_ascii(label: &str) -> bool {
    whatwg_label(label) == "us-ascii"
}

/// Python's names of encodings as the WHATWG registry spells them.
fn whatwg_label(label: &str) -> String {
    let label = label.to_ascii_lowercase().replace('_', "-");
    match label.as_str() {
        "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819" => "iso-8859-1".into(),
        "ascii" | "646" => "us-ascii".into(),
        "cp932" | "ms932" | "mskanji" => "shift_jis".into(),
        "cp949" | "uhc" => "euc-kr".into(),
        "cp936" | "ms936" => "gbk".into(),
        "cp950" => "big5".into(),
        "mac-roman" | "macroman" => "macintosh".into(),
        _ => match label.strip_prefix("cp125") {
            Some(page) => format!("windows-125{page}"),
            None => label
                .strip_prefix("iso8859-")
                .map_or(label.clone(), |part| format!("iso-8859-{part}")),
        },
    }
}
