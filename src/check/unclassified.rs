//! `unclassified`: no layer's patterns claim the file.

use super::context::{Check, Context};
use crate::finding::{Finding, Level, Place, UNCLASSIFIED};
use crate::graph::ModuleId;
use crate::source::Span;

pub(super) struct UnclassifiedFile;

impl Check for UnclassifiedFile {
    fn module(&self, context: &Context<'_>, module: ModuleId) -> Vec<Finding> {
        let analysis = context.analysis;
        let (level, at) = analysis.rules.unclassified;
        let placement = analysis.placement(module);
        let excepted = || {
            analysis
                .rules
                .unclassified_except
                .iter()
                .any(|pattern| pattern.matches(&placement.path))
        };
        if level == Level::Off || placement.layer.is_some() || excepted() {
            return Vec::new();
        }
        let place = Place::File(analysis.graph.module(module).file, Span::default());
        let mut finding = Finding::new(UNCLASSIFIED, place, "no layer claims this file", "in no layer")
            .rule(at)
            .fix("add a pattern to a layer's `paths`, or the file to `unclassified_except`");
        finding.level = level;
        vec![finding]
    }
}
