//! Text → facts: runs the parser and hands its tree to [`super::collect`].

use ruff_python_ast::{PySourceType, Stmt};
use ruff_python_parser::parse_unchecked_source;

use super::code::Sites;
use super::{PythonFacts, collect, nesting, outline, span};
use crate::facts::{Comment, FileFacts, ParseProblem};
use crate::lang::front_end::{Parsed, SourceText};
use crate::outline::Outline;
use crate::source::{Span, count_lines, to_u32};

/// Reads one source. A broken source yields what could be read, and problems.
pub(super) fn parse(source: SourceText<'_>) -> Parsed<PythonFacts, Sites> {
    let text = source.text;
    let stub = source.extension == "pyi";
    if let Some(problem) = nesting::too_deep(text) {
        return refused(text, problem);
    }
    let kind = if stub { PySourceType::Stub } else { PySourceType::Python };
    let parsed = parse_unchecked_source(text, kind);
    if let Some(problem) = nesting::too_many_brackets(text, parsed.tokens()) {
        return refused(text, problem);
    }
    let mut result = collect::collect(text, stub, &parsed.syntax().body);
    result.facts.lines = count_lines(text);
    result.facts.header = header(text);
    if source.outline {
        result.facts.outline = Some(Box::new(if parsed.errors().is_empty() {
            outlined(source, &parsed.syntax().body, &result)
        } else {
            // What could not be read whole is not shown in part.
            outline::unread(text)
        }));
    }
    result.facts.problems = parsed
        .errors()
        .iter()
        .map(|error| ParseProblem {
            span: span(error.location),
            message: error.error.to_string(),
        })
        .collect();
    result
}

/// What is known of a source that is not read.
fn refused(text: &str, (span, message): (Span, String)) -> Parsed<PythonFacts, Sites> {
    let facts = FileFacts {
        lines: count_lines(text),
        problems: vec![ParseProblem { span, message }],
        ..FileFacts::default()
    };
    let own = PythonFacts {
        open_namespace: true,
        ..PythonFacts::default()
    };
    let body = Sites::default();
    Parsed { facts, own, body }
}

/// The outline of a source: its lines as they end, all else as Python reads it, to which every line ends with LF.
fn outlined(source: SourceText<'_>, body: &[Stmt], read: &Parsed<PythonFacts, Sites>) -> Outline {
    let text = source.text;
    if !text.contains('\r') {
        let exports = read.own.exported(&read.facts.names);
        return outline::outline(text, body, &read.facts, exports);
    }
    let plain = text.replace("\r\n", "\n").replace('\r', "\n");
    let plain = parse(SourceText { text: &plain, ..source });
    let mut outline = plain.facts.outline.map_or_else(Outline::default, |outline| *outline);
    outline.lines = outline::lines(text);
    outline
}

/// The comments before the first statement, blank lines between them included.
fn header(text: &str) -> Vec<Comment> {
    const LONGEST: usize = 100;
    let mut comments = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']).take(LONGEST) {
        let shown = line.trim();
        if shown.starts_with('#') {
            let at = start + line.find('#').unwrap_or_default();
            comments.push(Comment {
                text: shown.into(),
                span: Span::new(to_u32(at), to_u32(at + shown.len())),
            });
        } else if !shown.is_empty() {
            break;
        }
        start += line.len();
    }
    comments
}
