//! What a condition says about when its branch runs: `TYPE_CHECKING` in all its spellings.

use ruff_python_ast::{Expr, UnaryOp};

/// Who runs a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runs {
    /// Type checkers alone: the condition is false at run time.
    TypeChecking,
    /// The program alone: the condition is true at run time.
    RunTime,
    /// Whoever the condition holds for.
    Depends,
}

/// Reads a condition. `aliases` are the names that stand for `typing.TYPE_CHECKING` in this file.
pub(super) fn runs(test: &Expr, aliases: &[String]) -> Runs {
    match test {
        Expr::Name(name) if is_type_checking(&name.id, aliases) => Runs::TypeChecking,
        Expr::Attribute(attribute) if attribute.attr.as_str() == "TYPE_CHECKING" => Runs::TypeChecking,
        Expr::UnaryOp(not) if not.op == UnaryOp::Not => match runs(&not.operand, aliases) {
            Runs::TypeChecking => Runs::RunTime,
            Runs::RunTime => Runs::TypeChecking,
            Runs::Depends => Runs::Depends,
        },
        Expr::BoolOp(all) if all.op.is_and() => {
            let checked = all
                .values
                .iter()
                .any(|value| runs(value, aliases) == Runs::TypeChecking);
            if checked { Runs::TypeChecking } else { Runs::Depends }
        }
        Expr::BoolOp(any) => {
            let at_run_time = any.values.iter().any(|value| runs(value, aliases) == Runs::RunTime);
            if at_run_time { Runs::RunTime } else { Runs::Depends }
        }
        _ => Runs::Depends,
    }
}

fn is_type_checking(name: &str, aliases: &[String]) -> bool {
    name == "TYPE_CHECKING" || aliases.iter().any(|alias| alias == name)
}

/// Whether `error` is, or is a base of, what a failing import raises; a bare `except` (no type) is.
pub(super) fn catches_import_error(error: Option<&Expr>) -> bool {
    match error {
        None => true,
        Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(|error| catches_import_error(Some(error))),
        Some(Expr::Name(name)) => is_import_error(&name.id),
        Some(Expr::Attribute(attribute)) => is_import_error(attribute.attr.as_str()),
        Some(_) => false,
    }
}

/// Whether a `with` item suppresses import errors: `contextlib.suppress(ImportError)`.
pub(super) fn suppresses(item: &Expr) -> Option<bool> {
    let Expr::Call(call) = item else { return None };
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    (name == "suppress").then(|| {
        call.arguments
            .args
            .iter()
            .any(|error| catches_import_error(Some(error)))
    })
}

fn is_import_error(name: &str) -> bool {
    matches!(
        name,
        "ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException"
    )
}
