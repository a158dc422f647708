//! Imports: statements, and calls of the import machinery.

use ruff_python_ast::{Alias, ExprCall, StmtImport, StmtImportFrom};

use super::code::Node;
use super::collect::Collector;
use super::dynamic::{Base, Dynamic};
use super::{Bound, first_name, span};
use crate::facts::{Import, ImportForm, Name, When};
use crate::source::{Index, Span, to_u32};

impl Collector {
    pub(super) fn import(&mut self, import: &StmtImport) {
        for alias in &import.names {
            let module = alias.name.as_str();
            let bound = alias
                .asname
                .as_ref()
                .map_or_else(|| first_name(module), ruff_python_ast::Identifier::as_str);
            self.machinery.note_module(module, bound);
            let at = self.push_import(module, 0, ImportForm::Module, Some(alias), span(import), import.is_lazy);
            let bound = self.names.intern(bound);
            self.bind(bound, Bound::Import(at));
            self.define_import(bound, at);
        }
    }

    /// Makes an import known in its frame. The module's are bindings.
    fn define_import(&mut self, name: Name, import: u32) {
        if self.place.frame > 0 {
            let node = self.node(Node::Import(import));
            let from = self.facts.imports[import as usize].statement.end;
            self.local_name(name, node, from);
        }
    }

    pub(super) fn import_from(&mut self, import: &StmtImportFrom) {
        let module = import.module.as_ref().map_or("", ruff_python_ast::Identifier::as_str);
        for alias in &import.names {
            let name = alias.name.as_str();
            if name == "*" {
                let at = self.push_import(module, import.level, ImportForm::Star, Some(alias), span(import), false);
                if self.is_module_level() {
                    self.stars.push(at);
                }
                continue;
            }
            let bound = alias.asname.as_ref().map_or(name, ruff_python_ast::Identifier::as_str);
            if import.level == 0 {
                self.machinery.note_name(module, name, bound);
            }
            let form = ImportForm::Name(self.names.intern(name));
            let at = self.push_import(module, import.level, form, Some(alias), span(import), import.is_lazy);
            let bound = self.names.intern(bound);
            self.bind(bound, Bound::Import(at));
            self.define_import(bound, at);
        }
    }

    fn push_import(
        &mut self,
        module: &str,
        level: u32,
        form: ImportForm,
        alias: Option<&Alias>,
        statement: Span,
        lazy: bool,
    ) -> u32 {
        let mut when = self.place.when;
        // PEP 810: a lazy import loads its module at the first use.
        when |= When::DEFERRED.only_if(lazy);
        let asname = alias.and_then(|alias| alias.asname.as_ref());
        let import = Import {
            module: self.names.intern(module),
            level,
            form,
            alias: asname.map(|name| self.names.intern(name.as_str())),
            scope: self.place.scope.map(Index::from),
            when,
            optional: self.place.optional,
            span: alias.map_or(statement, |alias| span(&alias.name)),
            statement,
        };
        self.facts.imports.push(import);
        to_u32(self.facts.imports.len() - 1)
    }

    /// Reads a call as an import, if it is one.
    pub(super) fn call(&mut self, call: &ExprCall) {
        match self.machinery.import(call) {
            Some(Dynamic::Constant { module, level, base }) => {
                let (module, level) = match base {
                    Base::Named(package) => (joined(package, level, module), 0),
                    Base::Package | Base::Module => (module.to_owned(), level),
                };
                if base == Base::Module {
                    self.self_relative.push(span(call));
                }
                let at = self.push_import(&module, level, ImportForm::Dynamic, None, span(call), false);
                if let Some(name) = call.arguments.find_argument_value("name", 0) {
                    self.facts.imports[at as usize].span = span(name);
                }
            }
            Some(Dynamic::Computed) => self.facts.computed_imports += 1,
            None => {}
        }
    }
}

/// A relative module name made absolute: `level` dots within `package`.
fn joined(package: &str, level: u32, module: &str) -> String {
    let mut parts: Vec<&str> = package.split('.').collect();
    let up = level.saturating_sub(1) as usize;
    parts.truncate(parts.len().saturating_sub(up));
    if !module.is_empty() {
        parts.push(module);
    }
    parts.join(".")
}
