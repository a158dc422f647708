//! `ambiguous-layer`: two layers claim one file with equally specific patterns.

use super::context::{Check, Context};
use crate::finding::{AMBIGUOUS_LAYER, Finding, Place, Related};
use crate::graph::ModuleId;
use crate::source::Span;

pub(super) struct AmbiguousLayer;

impl Check for AmbiguousLayer {
    fn module(&self, context: &Context<'_>, module: ModuleId) -> Vec<Finding> {
        let analysis = context.analysis;
        let placement = analysis.placement(module);
        let (Some(layer), Some((_, at))) = (placement.layer, &placement.decided_by) else {
            return Vec::new();
        };
        let Some((rival, rival_at)) = placement.rivals.first() else {
            return Vec::new();
        };
        let rules = &analysis.rules;
        let (first, second) = (&rules.layer(layer).id, &rules.layer(*rival).id);
        let place = Place::File(analysis.graph.module(module).file, Span::default());
        let message = format!("{first} and {second} claim this file with equally specific patterns");
        let mut finding = Finding::new(AMBIGUOUS_LAYER, place, message, format!("taken for {first}"))
            .rule(*at)
            .fix(
                "make one of the two patterns more specific: more literal components before the first wildcard decide",
            );
        finding.related.push(Related {
            place: Place::Rules(*rival_at),
            message: format!("{second} claims it here"),
        });
        vec![finding]
    }
}
