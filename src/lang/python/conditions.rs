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

/// Whether a `with` item swallows errors, and import errors among them: `contextlib.suppress(ImportError)`, or a test
/// that asks for one, `pytest.raises(ImportError)`. `aliases` are other names of `suppress` in this file.
pub(super) fn suppresses(item: &Expr, aliases: &[String]) -> Option<bool> {
    let Expr::Call(call) = item else { return None };
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    let swallows = matches!(name, "suppress" | "raises" | "assertRaises") || aliases.iter().any(|alias| alias == name);
    swallows.then(|| {
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

/// Whether a condition asks for the interpreter or the platform, or is constantly false: what its branches import may
/// rightly be missing here.
pub(super) fn depends_on_platform(test: &Expr) -> bool {
    match test {
        Expr::Attribute(attribute) => matches!(
            attribute.attr.as_str(),
            "version_info" | "platform" | "hexversion" | "implementation" | "PY2" | "PY3"
        ),
        Expr::Name(name) => matches!(name.id.as_str(), "PY2" | "PY3"),
        Expr::BooleanLiteral(literal) => !literal.value,
        Expr::NumberLiteral(number) => number.value.as_int().is_some_and(|int| int.as_u8() == Some(0)),
        Expr::Compare(compare) => {
            depends_on_platform(&compare.left) || compare.comparators.iter().any(depends_on_platform)
        }
        // Any version is compared with a tuple of numbers.
        Expr::Tuple(version) => !version.is_empty() && version.iter().all(Expr::is_number_literal_expr),
        Expr::UnaryOp(not) => depends_on_platform(&not.operand),
        Expr::BoolOp(parts) => parts.values.iter().any(depends_on_platform),
        Expr::Subscript(part) => depends_on_platform(&part.value),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) => depends_on_platform(&method.value),
            _ => false,
        },
        _ => false,
    }
}
