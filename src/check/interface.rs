//! `interface`: a public face that names what does not exist.

use super::context::{Check, Context};
use crate::analysis::Analysis;
use crate::facts::{FileFacts, ImportForm};
use crate::finding::{Finding, INTERFACE, Place};
use crate::graph::ModuleId;

pub(super) struct Interfaces;

impl Check for Interfaces {
    fn project(&self, context: &Context<'_>) -> Vec<Finding> {
        let analysis = context.analysis;
        let mut findings = Vec::new();
        for interface in &analysis.rules.interfaces {
            let module = analysis
                .graph
                .ids()
                .find(|id| *analysis.graph.module(*id).name == interface.module);
            let Some(module) = module else {
                let message = format!("there is no module `{}`", interface.module);
                let finding = Finding::new(INTERFACE, Place::Rules(interface.at), message, "no such module");
                findings.push(finding.fix("name the module as it is imported"));
                continue;
            };
            for (name, at) in &interface.names {
                if !binds(analysis, module, name) {
                    let message = format!("`{}` has no name `{name}`", interface.module);
                    let finding = Finding::new(INTERFACE, Place::Rules(*at), message, "no such name");
                    findings.push(finding.fix("correct the name, or take it off the list"));
                }
            }
        }
        findings
    }
}

/// Whether a module defines or imports a name, holds a submodule of that name, or may by a star import.
fn binds(analysis: &Analysis, module: ModuleId, name: &str) -> bool {
    let facts: &FileFacts = &analysis.source_of(module).facts;
    let text = |id| facts.names.get(id);
    let defined = facts
        .items
        .iter()
        .any(|item| item.parent.is_none() && text(item.name) == name);
    let at_module_level = facts.imports.iter().filter(|import| import.scope.is_none());
    let mut at_module_level = at_module_level.map(|import| (import.alias, import.form, import.module));
    let imported = at_module_level.any(|(alias, form, module)| match (alias, form) {
        (Some(alias), _) | (None, ImportForm::Name(alias)) => text(alias) == name,
        (None, ImportForm::Module) => text(module).split('.').next() == Some(name),
        (None, ImportForm::Star) => true,
        (None, ImportForm::Dynamic) => false,
    });
    let inner = format!("{}.{name}", analysis.graph.module(module).name);
    let made_when_asked = facts
        .items
        .iter()
        .any(|item| item.parent.is_none() && text(item.name) == "__getattr__");
    defined || imported || made_when_asked || analysis.graph.modules.iter().any(|module| *module.name == *inner)
}
