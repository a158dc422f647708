//! Syntax → outline: what a document lists of a module.

use ruff_python_ast::{Expr, Stmt, StmtImport, StmtImportFrom};

use super::unparse::signature;
use crate::facts::{FileFacts, ImportForm, When};
use crate::outline::{FunctionOutline, ImportOutline, Outline, TypeOutline};
use crate::source::to_u32;

/// The outline of a module: its direct children.
pub(super) fn outline(text: &str, body: &[Stmt], facts: &FileFacts, exports: Vec<String>) -> Outline {
    let mut outline = Outline {
        lines: lines(text),
        documentation: documentation(body),
        exported_by: "__all__",
        exports,
        ..Outline::default()
    };
    for statement in body {
        match statement {
            Stmt::FunctionDef(function) => outline.functions.push(FunctionOutline {
                name: function.name.to_string(),
                signature: signature(&function.parameters, function.returns.as_deref()),
                is_async: function.is_async,
                documentation: documentation(&function.body),
            }),
            Stmt::ClassDef(class) => outline.types.push(TypeOutline {
                name: class.name.to_string(),
                methods: class.body.iter().filter_map(method).collect(),
                documentation: documentation(&class.body),
            }),
            Stmt::Import(import) => outline.imports.extend(modules(import)),
            Stmt::ImportFrom(import) => outline.imports.push(names(import)),
            Stmt::Assign(assign) => outline.constants.extend(assign.targets.iter().filter_map(constant)),
            _ => {}
        }
    }
    outline.further_imports = further(body, facts);
    outline
}

/// The outline of what was not understood: its lines alone.
pub(super) fn unread(text: &str) -> Outline {
    Outline {
        lines: lines(text),
        ..Outline::default()
    }
}

/// A statement on one line: without comments, and with one space for each gap.
pub(super) fn one_line(statement: &str) -> String {
    let mut line = String::with_capacity(statement.len());
    let mut signs = statement.chars().peekable();
    let mut quote = None;
    while let Some(sign) = signs.next() {
        match (quote, sign) {
            (None, '#') => while signs.next_if(|sign| !matches!(sign, '\n' | '\r')).is_some() {},
            (None, '\\') if matches!(signs.peek(), Some('\n' | '\r')) => {}
            (None, sign) if sign.is_whitespace() => {
                if !line.ends_with(' ') {
                    line.push(' ');
                }
            }
            (None, '\'' | '"') => {
                quote = Some(sign);
                line.push(sign);
            }
            (Some(_), '\\') => {
                line.push(sign);
                line.extend(signs.next());
            }
            (Some(open), sign) => {
                if sign == open {
                    quote = None;
                }
                line.push(if matches!(sign, '\n' | '\r') { ' ' } else { sign });
            }
            (None, sign) => line.push(sign),
        }
    }
    line.trim().to_owned()
}

fn method(statement: &Stmt) -> Option<String> {
    match statement {
        Stmt::FunctionDef(function) => Some(function.name.to_string()),
        _ => None,
    }
}

fn modules(import: &StmtImport) -> impl Iterator<Item = ImportOutline> {
    import.names.iter().map(|alias| {
        let module = alias.name.to_string();
        ImportOutline {
            names: vec![
                alias
                    .asname
                    .as_ref()
                    .map_or_else(|| module.clone(), ToString::to_string),
            ],
            module,
            ..ImportOutline::default()
        }
    })
}

fn names(import: &StmtImportFrom) -> ImportOutline {
    ImportOutline {
        module: import.module.as_ref().map_or_else(String::new, ToString::to_string),
        names: import.names.iter().map(|alias| alias.name.to_string()).collect(),
        relative: import.level > 0,
        when: When::default(),
    }
}

/// A name that `str.isupper` calls one of capitals, assigned to plainly.
fn constant(target: &Expr) -> Option<String> {
    match target {
        Expr::Name(name) if is_upper(&name.id) => Some(name.id.to_string()),
        _ => None,
    }
}

/// Python's `str.isupper`: something in it has a case, and all that has is upper.
fn is_upper(name: &str) -> bool {
    let title = |sign: char| matches!(sign, '\u{1c5}' | '\u{1c8}' | '\u{1cb}' | '\u{1f2}');
    name.chars().any(char::is_uppercase) && !name.chars().any(|sign| sign.is_lowercase() || title(sign))
}

/// Imports that are no direct children of the module, a row for each statement.
fn further(body: &[Stmt], facts: &FileFacts) -> Vec<ImportOutline> {
    let direct = |start: u32| {
        body.binary_search_by_key(&start, |statement| super::span(statement).start)
            .is_ok_and(|at| matches!(body[at], Stmt::Import(_) | Stmt::ImportFrom(_)))
    };
    let mut rows: Vec<(u32, ImportOutline)> = Vec::new();
    for import in &facts.imports {
        if direct(import.statement.start) {
            continue;
        }
        let module = facts.names.get(import.module).to_owned();
        let alias = || import.alias.map(|alias| facts.names.get(alias).to_owned());
        let name = match import.form {
            ImportForm::Name(name) => facts.names.get(name).to_owned(),
            ImportForm::Star => "*".to_owned(),
            ImportForm::Module => alias().unwrap_or_else(|| module.clone()),
            ImportForm::Dynamic => module.clone(),
        };
        let start = import.statement.start;
        match rows.last_mut() {
            Some((last, row)) if *last == start && row.module == module => row.names.push(name),
            _ => rows.push((
                start,
                ImportOutline {
                    module,
                    names: vec![name],
                    relative: import.level > 0,
                    when: import.when,
                },
            )),
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The first line of the docstring that opens a body, cleaned as `inspect.cleandoc` does.
fn documentation(body: &[Stmt]) -> String {
    let Some(Stmt::Expr(first)) = body.first() else {
        return String::new();
    };
    let Expr::StringLiteral(string) = &*first.value else {
        return String::new();
    };
    first_line(string.value.to_str())
}

/// The first line of a cleaned docstring.
fn first_line(text: &str) -> String {
    let expanded = expand_tabs(text);
    let mut lines = expanded.split('\n');
    let head = lines.next().unwrap_or_default().trim_start();
    if !head.is_empty() {
        return head.to_owned();
    }
    let rest: Vec<&str> = lines.collect();
    let indent = |line: &&str| {
        let content = line.trim_start().chars().count();
        (content > 0).then(|| line.chars().count() - content)
    };
    let margin = rest.iter().filter_map(indent).min().unwrap_or(0);
    let cleaned = rest.iter().map(|line| line.chars().skip(margin).collect::<String>());
    cleaned.into_iter().find(|line| !line.is_empty()).unwrap_or_default()
}

/// Python's `str.expandtabs`: columns of eight.
fn expand_tabs(text: &str) -> String {
    if !text.contains('\t') {
        return text.to_owned();
    }
    let mut expanded = String::with_capacity(text.len());
    let mut column = 0;
    for sign in text.chars() {
        match sign {
            '\t' => {
                let spaces = 8 - column % 8;
                expanded.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            '\n' | '\r' => {
                expanded.push(sign);
                column = 0;
            }
            _ => {
                expanded.push(sign);
                column += 1;
            }
        }
    }
    expanded
}

/// Lines as `str.splitlines` counts them.
pub(super) fn lines(text: &str) -> u32 {
    let ends = |sign: char| {
        matches!(
            sign,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}' | '\u{1d}' | '\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let breaks = text.matches(ends).count() - text.matches("\r\n").count();
    let open = text.chars().next_back().is_some_and(|last| !ends(last));
    to_u32(breaks + usize::from(open))
}
