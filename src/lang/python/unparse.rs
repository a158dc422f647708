//! Syntax → source in one line, as Python's `ast.unparse` writes it.
//!
//! ruff's generator does the work; its strings are first made plain ones in single quotes, and tuples at the top get the
//! parentheses it leaves out.

use ruff_python_ast::visitor::transformer::{Transformer, walk_expr};
use ruff_python_ast::{
    BytesLiteral, BytesLiteralFlags, BytesLiteralValue, Expr, FString, FStringFlags, ParameterWithDefault, Parameters,
    StringLiteral, StringLiteralFlags, StringLiteralValue, TString, TStringFlags,
};
use ruff_python_codegen::{Generator, Indentation};
use ruff_source_file::LineEnding;

/// `(parameters) -> result`.
pub(super) fn signature(parameters: &Parameters, returns: Option<&Expr>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for parameter in &parameters.posonlyargs {
        parts.push(parameter_of(parameter));
    }
    if !parameters.posonlyargs.is_empty() {
        parts.push("/".to_owned());
    }
    parts.extend(parameters.args.iter().map(parameter_of));
    if let Some(rest) = &parameters.vararg {
        parts.push(format!("*{}", named(&rest.name, rest.annotation.as_deref())));
    } else if !parameters.kwonlyargs.is_empty() {
        parts.push("*".to_owned());
    }
    parts.extend(parameters.kwonlyargs.iter().map(parameter_of));
    if let Some(rest) = &parameters.kwarg {
        parts.push(format!("**{}", named(&rest.name, rest.annotation.as_deref())));
    }
    let result = returns.map_or_else(String::new, |returns| format!(" -> {}", expression(returns)));
    format!("({}){result}", parts.join(", "))
}

fn parameter_of(parameter: &ParameterWithDefault) -> String {
    let name = named(&parameter.parameter.name, parameter.parameter.annotation.as_deref());
    match &parameter.default {
        Some(default) => format!("{name} = {}", expression(default)),
        None => name,
    }
}

fn named(name: &str, annotation: Option<&Expr>) -> String {
    match annotation {
        Some(annotation) => format!("{name}: {}", expression(annotation)),
        None => name.to_owned(),
    }
}

/// An expression.
pub(super) fn expression(of: &Expr) -> String {
    let mut plain = of.clone();
    Plain.visit_expr(&mut plain);
    let text = Generator::new(&Indentation::default(), LineEnding::Lf).expr(&plain);
    let bare = match &plain {
        Expr::Tuple(tuple) => !tuple.elts.is_empty(),
        Expr::Named(_) => true,
        _ => false,
    };
    if bare { format!("({text})") } else { text }
}

/// Makes strings plain: one part each, single quotes, no prefix that only changes how they are written.
struct Plain;

impl Transformer for Plain {
    fn visit_expr(&self, expression: &mut Expr) {
        match expression {
            Expr::StringLiteral(string) if string.value.is_implicit_concatenated() => {
                let whole = StringLiteral {
                    value: string.value.to_str().into(),
                    range: string.range,
                    node_index: string.node_index.clone(),
                    flags: StringLiteralFlags::empty().with_prefix(string.value.first_literal_flags().prefix()),
                };
                string.value = StringLiteralValue::single(whole);
            }
            Expr::BytesLiteral(bytes) if bytes.value.is_implicit_concatenated() => {
                let whole = BytesLiteral {
                    value: bytes.value.bytes().collect(),
                    range: bytes.range,
                    node_index: bytes.node_index.clone(),
                    flags: BytesLiteralFlags::empty(),
                };
                bytes.value = BytesLiteralValue::single(whole);
            }
            _ => {}
        }
        walk_expr(self, expression);
    }

    fn visit_string_literal(&self, string: &mut StringLiteral) {
        let is_unicode = string.flags.prefix().is_unicode();
        let prefix = string.flags.prefix();
        string.flags = StringLiteralFlags::empty();
        if is_unicode {
            string.flags = string.flags.with_prefix(prefix);
        }
    }

    fn visit_bytes_literal(&self, bytes: &mut BytesLiteral) {
        bytes.flags = BytesLiteralFlags::empty();
    }

    fn visit_f_string(&self, string: &mut FString) {
        string.flags = FStringFlags::empty();
        ruff_python_ast::visitor::transformer::walk_f_string(self, string);
    }

    fn visit_t_string(&self, string: &mut TString) {
        string.flags = TStringFlags::empty();
        ruff_python_ast::visitor::transformer::walk_t_string(self, string);
    }
}
