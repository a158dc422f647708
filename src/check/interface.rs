//! `interface`: a public face that names what does not exist.

use super::{Check, Context};
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
    let imported = facts.imports.iter().any(|import| match (import.alias, import.form) {
        (Some(alias), _) | (None, ImportForm::Name(alias)) => text(alias) == name,
        (None, ImportForm::Module) => text(import.module).split('.').next() == Some(name),
        (None, ImportForm::Star) => true,
        (None, ImportForm::Dynamic) => false,
    });
    let inner = format!("{}.{name}", analysis.graph.module(module).name);
    defined || imported || analysis.graph.modules.iter().any(|module| *module.name == *inner)
}
