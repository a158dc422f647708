//! `unparsed-source`: what could not be read or understood in full.

use super::context::{Check, Context};
use crate::finding::{Finding, Place, UNPARSED_SOURCE};
use crate::graph::ModuleId;

pub(super) struct UnparsedSource;

impl Check for UnparsedSource {
    fn module(&self, context: &Context<'_>, module: ModuleId) -> Vec<Finding> {
        let file = context.analysis.graph.module(module).file;
        let problems = &context.analysis.source(file).facts.problems;
        let Some(first) = problems.iter().min() else {
            return Vec::new();
        };
        let more = match problems.len() - 1 {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        let message = format!("this source was not understood in full: {}{more}", first.message);
        let finding = Finding::new(
            UNPARSED_SOURCE,
            Place::File(file, first.span),
            message,
            first.message.clone(),
        );
        vec![
            finding
                .fix("mend the source, or leave it out: `exclude` in wiremap.toml, or an [[exception]] in the rules"),
        ]
    }

    fn project(&self, context: &Context<'_>) -> Vec<Finding> {
        let unread = context.analysis.unread.iter();
        let misread = context.analysis.misread.iter().map(|(path, problem)| {
            let message = format!("`{path}` was not understood: {}", problem.message);
            let place = Place::Path(path.clone(), Some(problem.span));
            let finding = Finding::new(UNPARSED_SOURCE, place, message, problem.message.clone());
            finding.fix("mend the manifest: without it, packages and what they depend on are guessed")
        });
        let unread = unread.map(|(path, why)| {
            let message = format!("`{path}` was not read: {why}");
            let finding = Finding::new(UNPARSED_SOURCE, Place::Path(path.clone(), None), message, why.clone());
            finding
                .fix("make it readable, or leave it out: `exclude` in wiremap.toml, or an [[exception]] in the rules")
        });
        unread.chain(misread).collect()
    }
}
