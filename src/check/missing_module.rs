//! `missing-module`: an import of the project's own tree that leads nowhere.

use super::context::{Check, Context};
use super::words::{self, Statement};
use crate::finding::{Dependency, Finding, Level, MISSING_MODULE, Place};
use crate::graph::{ModuleId, Target};
use crate::rules::selector::Subject;
use crate::rules::text::nearest;

pub(super) struct MissingModule;

impl Check for MissingModule {
    fn module(&self, context: &Context<'_>, module: ModuleId) -> Vec<Finding> {
        let analysis = context.analysis;
        let graph = &analysis.graph;
        if !graph.misses(module) {
            return Vec::new();
        }
        let level = analysis
            .rules
            .levels
            .get(MISSING_MODULE.name)
            .copied()
            .unwrap_or(MISSING_MODULE.level);
        let mut findings: Vec<Finding> = Vec::new();
        let mut last = None;
        for (number, edge) in graph.numbered(module) {
            let Target::Missing(symbol) = edge.to else { continue };
            let from = analysis.subject(module);
            let to = Subject {
                module: Some(graph.symbol(symbol)),
                ..Subject::default()
            };
            let excepted = context
                .exceptions
                .silences_code(analysis, MISSING_MODULE.name, from, Some(to));
            if level == Level::Off || excepted || last == Some((edge.statement, symbol)) {
                continue;
            }
            last = Some((edge.statement, symbol));
            let name = graph.symbol(symbol);
            let statement = Statement::of(graph, number);
            let alike = |other: usize| graph.edges[other].to == edge.to;
            let place = Place::File(graph.module(module).file, words::place(graph, &statement, alike));
            let message = format!("nothing lies at `{name}`");
            let mut finding = Finding::new(
                MISSING_MODULE,
                place,
                message,
                format!("leads nowhere: no module `{name}`"),
            );
            // What lies above is named already.
            let is_above = |known: &&str| {
                name.strip_prefix(known)
                    .is_some_and(|rest| rest.starts_with(['.', ':']))
            };
            let known = graph.modules.iter().map(|module| &*module.name);
            let known = known.filter(|known| !is_above(known));
            finding.fix = Some(match nearest(name, known) {
                Some(right) => format!("correct the import (did you mean `{right}`?), or bring the module back"),
                None => "correct the import, or bring the module back".to_owned(),
            });
            finding.level = level;
            finding.dependency = Some(Dependency {
                edge: crate::source::to_u32(number),
                to: edge.to,
            });
            findings.push(finding);
        }
        findings
    }
}
