//! Places as people and machines count them: paths, lines and columns, derived from byte offsets.

use std::cell::RefCell;
use std::rc::Rc;

use crate::analysis::Analysis;
use crate::finding::Place;
use crate::source::{LineIndex, Position, Span};
use crate::texts::Texts;

/// A text with its lines.
#[derive(Debug)]
pub struct Page {
    /// The text.
    pub text: String,
    /// Its lines.
    pub lines: LineIndex,
}

impl Page {
    /// A page of a text.
    pub fn new(text: String) -> Self {
        let lines = LineIndex::new(&text);
        Self { text, lines }
    }
}

/// A place, located.
#[derive(Debug, Clone)]
pub struct Spot {
    /// The path as it is shown.
    pub path: String,
    /// The bytes.
    pub span: Span,
    /// Where they start; line 1, column 1 where the place has no text.
    pub start: Position,
    /// Where they end.
    pub end: Position,
    /// The text; nothing where the place is no readable file.
    pub page: Option<Rc<Page>>,
}

/// Locates the places of one project. Texts are read again when they are asked for; the last few are kept.
#[derive(Debug)]
pub struct Locator<'a> {
    analysis: &'a Analysis,
    texts: Texts,
    kept: RefCell<Vec<(String, Rc<Page>)>>,
}

/// Pages that are kept.
const KEPT: usize = 8;

impl<'a> Locator<'a> {
    /// For a project and its texts.
    pub fn new(analysis: &'a Analysis, texts: Texts) -> Self {
        Self {
            analysis,
            texts,
            kept: RefCell::default(),
        }
    }

    /// Locates a place.
    pub fn spot(&self, place: &Place) -> Spot {
        let origin = Position { line: 1, column: 1 };
        match place {
            Place::File(file, span) => {
                let path = &*self.analysis.source(*file).path;
                let page = self.page(path, || self.texts.read(path));
                on_page(format!("{}{path}", self.analysis.prefix), *span, page)
            }
            Place::Rules(at) => {
                let file = self.analysis.rules.file(*at);
                let page = self.page(&format!("rules:{}", file.name), || file.text.clone());
                on_page(file.name.clone(), at.span, page)
            }
            Place::Path(path, Some(span)) => {
                let page = self.page(path, || self.texts.read(path));
                on_page(format!("{}{path}", self.analysis.prefix), *span, page)
            }
            Place::Path(path, None) => Spot {
                path: format!("{}{path}", self.analysis.prefix),
                span: Span::default(),
                start: origin,
                end: origin,
                page: None,
            },
        }
    }

    fn page(&self, key: &str, read: impl FnOnce() -> String) -> Rc<Page> {
        let mut kept = self.kept.borrow_mut();
        if let Some((_, page)) = kept.iter().find(|(known, _)| known == key) {
            return Rc::clone(page);
        }
        let page = Rc::new(Page::new(read()));
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((key.to_owned(), Rc::clone(&page)));
        page
    }
}

fn on_page(path: String, span: Span, page: Rc<Page>) -> Spot {
    Spot {
        path,
        span,
        start: page.lines.position(&page.text, span.start),
        end: page.lines.position(&page.text, span.end),
        page: Some(page),
    }
}
