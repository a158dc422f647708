//! `__all__` in its constant forms: lists, tuples, sums, `+=`, `extend`, `append`, and other modules' `__all__`.

use ruff_python_ast::{Expr, Operator};

use super::Exports;
use super::dynamic::dotted;
use crate::facts::Interner;

/// Adds what an expression contributes to `__all__`.
pub(super) fn add(exports: &mut Exports, value: &Expr, names: &mut Interner) {
    match value {
        Expr::List(list) => list
            .elts
            .iter()
            .for_each(|element| add_element(exports, element, names)),
        Expr::Tuple(tuple) => tuple
            .elts
            .iter()
            .for_each(|element| add_element(exports, element, names)),
        Expr::BinOp(sum) if sum.op == Operator::Add => {
            add(exports, &sum.left, names);
            add(exports, &sum.right, names);
        }
        Expr::Name(name) if name.id.as_str() == "__all__" => {}
        Expr::Call(call) if is_copy(&call.func) && call.arguments.args.len() == 1 => {
            add(exports, &call.arguments.args[0], names);
        }
        _ => match spread(value) {
            Some(module) => exports.spread.push(names.intern(&module)),
            None => exports.open = true,
        },
    }
}

/// Reads `__all__.extend(…)` and `__all__.append(…)`; says whether the call was one of `__all__`'s methods.
pub(super) fn add_call(exports: &mut Option<Exports>, call: &Expr, names: &mut Interner) -> bool {
    let Expr::Call(call) = call else { return false };
    let Expr::Attribute(method) = &*call.func else {
        return false;
    };
    if !matches!(&*method.value, Expr::Name(name) if name.id.as_str() == "__all__") {
        return false;
    }
    let exports = exports.get_or_insert_default();
    match (method.attr.as_str(), &*call.arguments.args) {
        ("extend", [value]) => add(exports, value, names),
        ("append", [element]) => add_element(exports, element, names),
        _ => exports.open = true,
    }
    true
}

fn add_element(exports: &mut Exports, element: &Expr, names: &mut Interner) {
    match element {
        Expr::StringLiteral(string) => {
            let name = names.intern(string.value.to_str());
            exports.names.push(name);
        }
        Expr::Starred(starred) => add(exports, &starred.value, names),
        _ => exports.open = true,
    }
}

fn is_copy(function: &Expr) -> bool {
    matches!(function, Expr::Name(name) if matches!(name.id.as_str(), "list" | "tuple" | "sorted"))
}

/// What names another module's list: the module in `module.__all__`, or a name that an import gave the list.
fn spread(value: &Expr) -> Option<String> {
    match value {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) if attribute.attr.as_str() == "__all__" => dotted(&attribute.value),
        _ => None,
    }
}
