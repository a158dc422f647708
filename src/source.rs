//! Files, byte spans and lines: the ground everything else points into.
//!
//! Knows texts and offsets. Must not know syntax trees, TOML, or where a file lies on disk.

use std::num::NonZero;

use serde::{Deserialize, Serialize};

/// A source file of one project: its index in the project's sorted list of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

impl FileId {
    /// The position in the list of sources.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// An index into a list. One that may be missing takes no more room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Index(NonZero<u32>);

impl Index {
    /// The index as a number.
    pub fn get(self) -> u32 {
        self.0.get() - 1
    }

    /// The position in its list.
    pub fn at(self) -> usize {
        self.get() as usize
    }
}

impl From<u32> for Index {
    /// Lists are far shorter than 2³² − 1 entries; one more than that is taken for the last.
    fn from(at: u32) -> Self {
        Self(NonZero::<u32>::MIN.saturating_add(at))
    }
}

/// A half-open range of byte offsets into a decoded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// A span from `start` up to, not including, `end`.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// A span over `range`; offsets past 4 GiB are clamped (sources are far smaller: `max_file_bytes`).
    pub fn of(range: &std::ops::Range<usize>) -> Self {
        Self::new(to_u32(range.start), to_u32(range.end))
    }

    /// The text it covers; empty where it does not fit `text` (the file changed under us).
    pub fn text(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// Whether `offset` lies inside.
    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }
}

/// A place in one of the rules files that are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct At {
    /// The file, by the order of loading.
    pub file: u16,
    /// The bytes.
    pub span: Span,
}

/// A count or offset as `u32`, clamped: what wiremap counts is bounded far below.
pub fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// A place as people count it: 1-based line, 1-based column in characters (Unicode scalar values).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in characters.
    pub column: u32,
}

/// Where the lines of a text start. Lines end at LF, CRLF or a CR alone.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let lf_follows = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            if !lf_follows {
                starts.push(to_u32(at + 1));
            }
        }
        Self { starts }
    }

    /// The 1-based line that holds `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        to_u32(self.starts.partition_point(|&start| start <= offset))
    }

    /// The position of `offset` in `text`, the text this index was made of. Offsets past the end are clamped.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let offset = offset.min(to_u32(text.len()));
        let line = self.line(offset);
        let start = self.starts[line as usize - 1] as usize;
        let column = text
            .get(start..offset as usize)
            .map_or(0, |before| before.chars().count());
        Position {
            line,
            column: to_u32(column + 1),
        }
    }

    /// The bytes of a 1-based line, without its end.
    pub fn line_span(&self, text: &str, line: u32) -> Span {
        let last = to_u32(text.len());
        let start = self
            .starts
            .get(line.saturating_sub(1) as usize)
            .copied()
            .unwrap_or(last);
        let end = self.starts.get(line as usize).copied().unwrap_or(last);
        let trimmed = text
            .get(start as usize..end as usize)
            .map_or(0, |line| line.trim_end_matches(['\n', '\r']).len());
        Span::new(start, start + to_u32(trimmed))
    }
}

/// How many lines a text has: the number of line ends, plus one if text follows the last.
pub fn count_lines(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let lines = match memchr::memchr(b'\r', bytes) {
        // As almost all texts have them: these are counted many at once.
        None => to_u32(memchr::memchr_iter(b'\n', bytes).count()),
        Some(first) => {
            let ends = memchr::memchr2_iter(b'\n', b'\r', &bytes[first..]).map(|at| first + at);
            let ends = ends.filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
            to_u32(memchr::memchr_iter(b'\n', &bytes[..first]).count() + ends.count())
        }
    };
    let open = !matches!(bytes.last(), None | Some(b'\n' | b'\r'));
    lines + u32::from(open)
}
