//! `declared-layer`: a header comment that contradicts the placement.

use super::context::{Check, Context};
use crate::finding::{DECLARED_LAYER, Finding, Place};
use crate::graph::ModuleId;

pub(super) struct DeclaredLayer;

impl Check for DeclaredLayer {
    fn module(&self, context: &Context<'_>, module: ModuleId) -> Vec<Finding> {
        let analysis = context.analysis;
        let Some((before, after, at)) = &analysis.rules.header else {
            return Vec::new();
        };
        let Some(layer) = analysis.placement(module).layer else {
            return Vec::new();
        };
        let layer = analysis.rules.layer(layer);
        let file = analysis.graph.module(module).file;
        let declared = analysis.source(file).facts.header.iter().find_map(|comment| {
            let level = level_in(&comment.text, before, after)?;
            Some((level, comment.span))
        });
        let Some((declared, span)) = declared.filter(|(declared, _)| {
            ![&layer.level, &layer.id]
                .iter()
                .any(|name| declared.eq_ignore_ascii_case(name))
        }) else {
            return Vec::new();
        };
        let message = format!(
            "the header says {declared}, the path says {} ({})",
            layer.level, layer.id
        );
        let finding = Finding::new(
            DECLARED_LAYER,
            Place::File(file, span),
            message,
            format!("placed in {}", layer.id),
        );
        vec![
            finding
                .rule(*at)
                .fix("correct the header, or move the file to where the layer lives"),
        ]
    }
}

/// The level that a comment names: the word between the header's two parts.
fn level_in<'c>(comment: &'c str, before: &str, after: &str) -> Option<&'c str> {
    let rest = comment.strip_prefix(before.trim_end())?.trim_start();
    let end = rest
        .find(|sign: char| !(sign.is_alphanumeric() || matches!(sign, '.' | '_' | '-')))
        .unwrap_or(rest.len());
    let (level, tail) = rest.split_at(end);
    (!level.is_empty() && tail.trim_start().starts_with(after.trim())).then_some(level.trim_end_matches('.'))
}
