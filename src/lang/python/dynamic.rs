//! Imports through the import machinery: `importlib.import_module("a.b")`, `__import__("a.b")`.

use ruff_python_ast::{Arguments, Expr, ExprCall};

/// The names under which this file knows the import machinery and `TYPE_CHECKING`.
#[derive(Debug, Default)]
pub(super) struct Machinery {
    /// Names of the module `importlib`.
    pub(super) importlib: Vec<String>,
    /// Names of the function `importlib.import_module`.
    pub(super) import_module: Vec<String>,
    /// Names of `contextlib.suppress`.
    pub(super) suppress: Vec<String>,
    /// Names of `typing.TYPE_CHECKING`.
    pub(super) type_checking: Vec<String>,
}

/// What a relative module name is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base<'a> {
    /// The file's own package, `__package__`.
    Package,
    /// The module itself, `__name__`: a package's own in `__init__.py` alone.
    Module,
    /// This package.
    Named(&'a str),
}

/// What a call imports.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Dynamic<'a> {
    /// A module by a constant string.
    Constant {
        /// The module, without leading dots.
        module: &'a str,
        /// Leading dots.
        level: u32,
        /// What a relative module is relative to.
        base: Base<'a>,
    },
    /// A module by a computed name.
    Computed,
}

impl Machinery {
    /// Notes `import importlib as name` and `import typing as name`.
    pub(super) fn note_module(&mut self, module: &str, bound: &str) {
        if module == "importlib" {
            self.importlib.push(bound.to_owned());
        }
    }

    /// Notes `from module import name as bound`.
    pub(super) fn note_name(&mut self, module: &str, name: &str, bound: &str) {
        match (module, name) {
            ("importlib", "import_module") => self.import_module.push(bound.to_owned()),
            ("contextlib", "suppress") => self.suppress.push(bound.to_owned()),
            ("typing" | "typing_extensions", "TYPE_CHECKING") => self.type_checking.push(bound.to_owned()),
            _ => {}
        }
    }

    /// Reads a call as an import, if it is one.
    pub(super) fn import<'a>(&self, call: &'a ExprCall) -> Option<Dynamic<'a>> {
        match &*call.func {
            Expr::Name(name) if name.id.as_str() == "__import__" => Some(built_in(&call.arguments)),
            Expr::Name(name) if known(&self.import_module, &name.id) => Some(import_module(&call.arguments)),
            Expr::Attribute(attribute) => match (&*attribute.value, attribute.attr.as_str()) {
                (Expr::Name(name), "import_module") if known(&self.importlib, &name.id) => {
                    Some(import_module(&call.arguments))
                }
                (Expr::Name(name), "__import__") if known(&self.importlib, &name.id) => Some(built_in(&call.arguments)),
                _ => None,
            },
            _ => None,
        }
    }
}

fn known(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known == name)
}

fn built_in(arguments: &Arguments) -> Dynamic<'_> {
    let level = arguments.find_argument_value("level", 4);
    match (constant(arguments.find_argument_value("name", 0)), level.map(number)) {
        (Some(module), None) => absolute(module),
        (Some(module), Some(Some(level))) => Dynamic::Constant {
            module,
            level,
            base: Base::Package,
        },
        _ => Dynamic::Computed,
    }
}

fn import_module(arguments: &Arguments) -> Dynamic<'_> {
    let Some(name) = constant(arguments.find_argument_value("name", 0)) else {
        return Dynamic::Computed;
    };
    let module = name.trim_start_matches('.');
    let dots = name.len() - module.len();
    if dots == 0 {
        return absolute(module);
    }
    let level = u32::try_from(dots).unwrap_or(u32::MAX);
    let relative = |base| Dynamic::Constant { module, level, base };
    match arguments.find_argument_value("package", 1) {
        Some(Expr::StringLiteral(package)) => relative(Base::Named(package.value.to_str())),
        Some(own) => match dotted(own).as_deref() {
            Some("__package__" | "__spec__.parent") => relative(Base::Package),
            Some("__name__" | "__spec__.name") => relative(Base::Module),
            _ => Dynamic::Computed,
        },
        None => Dynamic::Computed,
    }
}

fn absolute(module: &str) -> Dynamic<'_> {
    Dynamic::Constant {
        module,
        level: 0,
        base: Base::Package,
    }
}

fn constant(argument: Option<&Expr>) -> Option<&str> {
    match argument {
        Some(Expr::StringLiteral(string)) if !string.value.is_empty() => Some(string.value.to_str()),
        _ => None,
    }
}

fn number(argument: &Expr) -> Option<u32> {
    match argument {
        Expr::NumberLiteral(number) => number
            .value
            .as_int()
            .and_then(ruff_python_ast::Int::as_u16)
            .map(u32::from),
        _ => None,
    }
}

/// A path of plain names, `a.b.c`; nothing for any other expression.
pub(super) fn dotted(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => {
            let mut path = dotted(&attribute.value)?;
            path.push('.');
            path.push_str(attribute.attr.as_str());
            Some(path)
        }
        _ => None,
    }
}
