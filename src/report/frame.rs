//! Code frames: one line of a text, what is wrong underlined and labelled.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};

use super::locate::Page;
use crate::source::{Position, Span};

/// The longest part of a line that is shown, in characters.
const WIDEST: usize = 160;

/// Draws the line where `span` starts, with `label` under the part of it that lies on that line.
pub fn draw(path: &str, page: &Page, span: Span, start: Position, label: &str, color: bool) -> String {
    let line = page.lines.line_span(&page.text, start.line);
    let text = line.text(&page.text);
    let from = (span.start.saturating_sub(line.start) as usize).min(text.len());
    let to = (span.end.saturating_sub(line.start) as usize).clamp(from, text.len());
    let (shown, from, to) = window(text, from, to);
    let frame = Frame {
        label: LabeledSpan::new_primary_with_span(Some(label.to_owned()), SourceSpan::from((from, to - from))),
        line: Line {
            path: path.to_owned(),
            text: shown,
            at: start,
        },
    };
    let theme = if color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let mut drawn = String::new();
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_context_lines(0)
        .with_width(WIDEST + 40);
    if handler.render_report(&mut drawn, &frame).is_err() {
        return String::new();
    }
    // The first line is the library's own header, and its message is empty: ours stands above it already.
    let body = drawn
        .trim_start_matches('\n')
        .split_once('\n')
        .map_or("", |(_, body)| body);
    body.trim_end().to_owned()
}

/// The part of a long line around a range, with the range in it. Control characters are shown as U+FFFD.
fn window(text: &str, from: usize, to: usize) -> (String, usize, usize) {
    let clean = |part: &str| -> String {
        part.chars()
            .map(|sign| {
                if sign.is_control() && sign != '\t' {
                    '\u{fffd}'
                } else {
                    sign
                }
            })
            .collect()
    };
    let at = |offset: usize| text.get(..offset).map_or(0, |before| before.chars().count());
    let (first, last) = (at(from), at(to));
    let start = if last <= WIDEST {
        0
    } else {
        first.saturating_sub(WIDEST / 4)
    };
    let part = |skip: usize, take: usize| clean(&text.chars().skip(skip).take(take).collect::<String>());
    let mut before = part(start, first - start);
    if start > 0 {
        before.insert(0, '…');
    }
    let inside = part(first, (last - first).min(WIDEST));
    let room = WIDEST.saturating_sub(last.min(start + WIDEST) - start);
    let mut after = part(last, room);
    if last - first > WIDEST || text.chars().nth(last + room).is_some() {
        after.push('…');
    }
    let (from, to) = (before.len(), before.len() + inside.len());
    (before + &inside + &after, from, to)
}

#[derive(Debug)]
struct Frame {
    label: LabeledSpan,
    line: Line,
}

impl fmt::Display for Frame {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Frame {}

impl Diagnostic for Frame {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.line)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(self.label.clone())))
    }
}

/// One line of a larger text, which knows its own place there.
#[derive(Debug)]
struct Line {
    path: String,
    text: String,
    at: Position,
}

impl SourceCode for Line {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.clone(),
            self.text.as_bytes(),
            SourceSpan::from((0, self.text.len())),
            self.at.line as usize - 1,
            self.at.column as usize - 1,
            1,
        )))
    }
}
