//! What of a source the parser need not see, and the text without it: long tables of literals, and documentation where
//! nobody asks for it. They name nothing, and each number and line of them would become a tree of its own: documentation
//! alone is an eighth of what parsing takes.
//!
//! All that is left stays where it stands.

use std::borrow::Cow;

/// What stands for documentation: as an attribute, it is allowed just where that is.
const OUTER: &str = "#[doc=\"\"]";
const INNER: &str = "#![doc=\"\"]";

/// Runs of a text that can be left blank, in its order.
#[derive(Debug, Default)]
pub(super) struct Blanks {
    runs: Vec<Run>,
    /// The last documentation found: where it ends, and what stands for it.
    last: Option<(usize, &'static str)>,
}

#[derive(Debug)]
struct Run {
    start: usize,
    end: usize,
    /// What is to stand there; no longer than the run.
    instead: &'static str,
    is_table: bool,
}

impl Blanks {
    /// A table of literals, from its first byte to its last; runs within it count no more.
    pub(super) fn table(&mut self, start: usize, end: usize) {
        while self.runs.last().is_some_and(|inner| inner.start >= start) {
            self.runs.pop();
        }
        self.runs.push(Run {
            start,
            end,
            instead: "",
            is_table: true,
        });
    }

    /// A comment, which may be documentation.
    pub(super) fn comment(&mut self, bytes: &[u8], start: usize, end: usize) {
        let comment = &bytes[start..end];
        let instead = match comment {
            [b'/', b'/', b'/', b'/', ..] | [b'/', b'*', b'*', b'*' | b'/', ..] => return,
            [b'/', b'/', b'/', ..] | [b'/', b'*', b'*', ..] => OUTER,
            [b'/', b'/' | b'*', b'!', ..] => INNER,
            _ => return,
        };
        let follows =
            |(before, of): (usize, &str)| of == instead && bytes[before..start].iter().all(u8::is_ascii_whitespace);
        let is_more = self.last.is_some_and(follows);
        self.last = Some((end, instead));
        // A carriage return alone is an error in documentation.
        let mut returns = memchr::memchr_iter(b'\r', comment);
        if returns.any(|at| bytes.get(start + at + 1) != Some(&b'\n')) {
            return;
        }
        // More of the same documents the same.
        let instead = if is_more { "" } else { instead };
        if instead.len() <= comment.len() {
            self.runs.push(Run {
                start,
                end,
                instead,
                is_table: false,
            });
        }
    }

    /// The text with its tables left blank, and what documents it if nobody `reads` that.
    pub(super) fn left_out<'t>(&self, text: &'t str, reads: bool) -> Cow<'t, str> {
        let mut runs = self.runs.iter().filter(|run| run.is_table || !reads).peekable();
        if runs.peek().is_none() {
            return Cow::Borrowed(text);
        }
        let mut left = String::with_capacity(text.len());
        let mut from = 0;
        for run in runs {
            left.push_str(&text[from..run.start]);
            left.push_str(run.instead);
            blank(&mut left, run.end - run.start - run.instead.len());
            from = run.end;
        }
        left.push_str(&text[from..]);
        Cow::Owned(left)
    }
}

/// Puts so many spaces. Lines need not end where they did: places are bytes.
fn blank(left: &mut String, mut count: usize) {
    const SPACES: &str = "                                                                ";
    while count > 0 {
        let some = count.min(SPACES.len());
        left.push_str(&SPACES[..some]);
        count -= some;
    }
}
