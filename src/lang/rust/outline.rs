//! Syntax → outline: what a document lists of a file.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, TraitItem, Type};

use super::offsets::Offsets;
use super::paths;
use super::{RustFacts, Seen, UseForm};
use crate::facts::{FileFacts, ImportForm};
use crate::outline::{FunctionOutline, ImportOutline, Outline, TypeOutline};

/// The outline of a file, its imports and exports aside: those are read from its facts.
pub(super) fn outline(offsets: &Offsets<'_>, whole: &str, file: &syn::File) -> Outline {
    let mut outline = Outline {
        documentation: documentation(&file.attrs),
        exported_by: "pub use",
        ..Outline::default()
    };
    for item in &file.items {
        let (name, attributes) = match item {
            Item::Fn(function) => {
                let signature = &function.sig;
                let start = offsets.start(signature.paren_token.span.open());
                let end = match &signature.generics.where_clause {
                    Some(clause) => offsets.start(clause.where_token.span),
                    None => offsets.start(function.block.brace_token.span.open()),
                };
                outline.functions.push(FunctionOutline {
                    name: signature.ident.to_string(),
                    signature: tokens_in_line(whole.get(start as usize..end as usize).unwrap_or_default()),
                    is_async: signature.asyncness.is_some(),
                    documentation: documentation(&function.attrs),
                });
                continue;
            }
            Item::Const(constant) => {
                outline.constants.extend(named(&constant.ident));
                continue;
            }
            Item::Static(constant) => {
                outline.constants.extend(named(&constant.ident));
                continue;
            }
            Item::Struct(of) => (&of.ident, &of.attrs),
            Item::Enum(of) => (&of.ident, &of.attrs),
            Item::Union(of) => (&of.ident, &of.attrs),
            Item::Trait(of) => (&of.ident, &of.attrs),
            // Aliases, modules, macros and the rest are no types, functions or constants of the file.
            _ => continue,
        };
        let methods = match item {
            Item::Trait(of) => of.items.iter().filter_map(trait_method).collect(),
            _ => inherent(file, &name.to_string()),
        };
        outline.types.push(TypeOutline {
            name: name.to_string(),
            methods,
            documentation: documentation(attributes),
        });
    }
    outline
}

/// Adds the imports and exports that the facts hold.
pub(super) fn imports(outline: &mut Outline, facts: &FileFacts, own: &RustFacts) {
    let names = &facts.names;
    let mut last = None;
    for (import, of) in facts.imports.iter().zip(&own.uses) {
        let name = match (import.form, of.form) {
            (_, UseForm::Glob) | (ImportForm::Star, _) => "*",
            (_, UseForm::OfSelf) => "self",
            (ImportForm::Name(name), _) => names.get(name),
            (ImportForm::Module | ImportForm::Dynamic, _) => {
                let path = names.get(of.path);
                paths::last(path)
            }
        };
        let path = names.get(of.path);
        let module = match of.form {
            UseForm::Glob | UseForm::OfSelf | UseForm::ExternCrate { .. } => path,
            UseForm::Name => paths::split_last(path).map_or(path, |(module, _)| module),
        };
        let direct = of.scope == 0;
        if direct && of.seen == Seen::Public {
            let bound = import.alias.map_or(name, |alias| names.get(alias));
            outline.exports.push(bound.to_owned());
        }
        let rows = if direct {
            &mut outline.imports
        } else {
            &mut outline.further_imports
        };
        let key = (import.statement, of.scope);
        match rows.last_mut() {
            Some(row) if last == Some(key) && row.module == module => row.names.push(name.to_owned()),
            _ => rows.push(ImportOutline {
                module: module.to_owned(),
                names: vec![name.to_owned()],
                relative: matches!(paths::first(path), "self" | "super" | "crate"),
                when: import.when,
            }),
        }
        last = Some(key);
    }
}

fn named(ident: &proc_macro2::Ident) -> Option<String> {
    (ident != "_").then(|| ident.to_string())
}

fn trait_method(item: &TraitItem) -> Option<String> {
    match item {
        TraitItem::Fn(function) => Some(function.sig.ident.to_string()),
        _ => None,
    }
}

/// The methods of a type's inherent impls.
fn inherent(file: &syn::File, of: &str) -> Vec<String> {
    let mut methods = Vec::new();
    for item in &file.items {
        if let Item::Impl(block) = item
            && block.trait_.is_none()
            && let Type::Path(path) = &*block.self_ty
            && path.path.segments.last().is_some_and(|last| last.ident == of)
        {
            methods.extend(block.items.iter().filter_map(|item| match item {
                ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
                _ => None,
            }));
        }
    }
    methods
}

/// The first line of the documentation among attributes.
fn documentation(attributes: &[Attribute]) -> String {
    let texts = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    for text in texts {
        let mut lines = text.lines().map(|line| line.trim().trim_start_matches("* ").trim());
        if let Some(line) = lines.find(|line| !line.is_empty()) {
            return line.to_owned();
        }
    }
    String::new()
}

/// Source in one line: tokens as they are written, each gap one space, without comments, attributes, and the commas that
/// only end a list of lines.
pub(super) fn one_line(source: &str) -> String {
    let line = tokens_in_line(source);
    proc_macro2::extra::invalidate_current_thread_spans();
    line
}

fn tokens_in_line(source: &str) -> String {
    match source.parse::<TokenStream>() {
        Ok(tokens) => {
            let mut line = Line::new(source);
            line.add(tokens);
            line.text.trim().to_owned()
        }
        Err(_) => source.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

struct Line<'a> {
    offsets: Offsets<'a>,
    source: &'a str,
    text: String,
    /// Where the last token ended.
    end: usize,
    /// Nothing separates the last token from the next: it opened a list.
    opened: bool,
}

impl<'a> Line<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            offsets: Offsets::new(source, 0),
            source,
            text: String::new(),
            end: 0,
            opened: true,
        }
    }

    fn add(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                // An attribute, or a comment that documents.
                TokenTree::Punct(sign)
                    if sign.as_char() == '#' && matches!(tokens.peek(), Some(TokenTree::Group(_))) =>
                {
                    if let Some(group) = tokens.next() {
                        self.end = self.offsets.end(group.span()) as usize;
                    }
                }
                TokenTree::Punct(sign) if sign.as_char() == ',' && ends_list(tokens.peek()) => {
                    self.end = self.offsets.end(sign.span()) as usize;
                }
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::None => ("", ""),
                    };
                    self.push(
                        open,
                        self.offsets.start(group.span_open()),
                        self.offsets.end(group.span_open()),
                    );
                    self.opened = true;
                    self.add(group.stream());
                    self.opened = true;
                    self.push(
                        close,
                        self.offsets.start(group.span_close()),
                        self.offsets.end(group.span_close()),
                    );
                }
                token => {
                    let (start, end) = (self.offsets.start(token.span()), self.offsets.end(token.span()));
                    let text = self.source.get(start as usize..end as usize).unwrap_or_default();
                    let closes = text == ">" && self.breaks(start);
                    self.opened |= closes;
                    self.push(text, start, end);
                    self.opened = text == "<"
                        && self.source[self.end..]
                            .trim_start_matches([' ', '\t'])
                            .starts_with(['\n', '\r']);
                }
            }
        }
    }

    /// Whether a line ends between the last token and a place.
    fn breaks(&self, start: u32) -> bool {
        self.source
            .get(self.end..start as usize)
            .is_some_and(|gap| gap.contains('\n'))
    }

    fn push(&mut self, text: &str, start: u32, end: u32) {
        if start as usize > self.end && !self.opened {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self.end = end as usize;
        self.opened = false;
    }
}

/// Whether a comma before this ends a list.
fn ends_list(next: Option<&TokenTree>) -> bool {
    match next {
        None => true,
        Some(TokenTree::Punct(sign)) => sign.as_char() == '>',
        Some(_) => false,
    }
}
