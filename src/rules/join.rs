//! Entries of several rules files become one by id: a later file's keys stand in place of the earlier ones.

use super::Origin;
use super::raw::{RawLayer, RawRule, RawRules};
use super::text::{Mistake, Placed};
use crate::finding::CODES;

/// The entries of all files, joined by id.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) base: RawRules,
    pub(super) layers: Vec<(RawLayer, Origin)>,
    pub(super) rules: Vec<(RawRule, Origin)>,
}

fn set<T>(base: &mut Option<T>, later: Option<T>) {
    if later.is_some() {
        *base = later;
    }
}

impl Joined {
    /// Joins files, given in the order in which each extends those before.
    pub(super) fn new(raws: Vec<RawRules>, mistakes: &mut Vec<Mistake>) -> Self {
        let mut joined = Self::default();
        for raw in raws {
            let base = &mut joined.base;
            let RawRules {
                topology,
                domains,
                cycles,
                levels,
                layer,
                rule,
                interface,
                exception,
            } = raw;
            set(&mut base.topology.name, topology.name);
            set(&mut base.topology.reference, topology.reference);
            set(&mut base.topology.closed, topology.closed);
            set(&mut base.topology.called_by, topology.called_by);
            set(&mut base.topology.unclassified, topology.unclassified);
            set(&mut base.topology.unclassified_except, topology.unclassified_except);
            set(&mut base.topology.header, topology.header);
            set(&mut base.domains.order, domains.order);
            set(&mut base.domains.others, domains.others);
            set(&mut base.cycles.layers, cycles.layers);
            set(&mut base.cycles.domains, cycles.domains);
            set(&mut base.cycles.modules, cycles.modules);
            set(&mut base.cycles.when, cycles.when);
            base.levels.extend(levels);
            base.interface.extend(interface);
            base.exception.extend(exception);
            join_layers(&mut joined.layers, layer, mistakes);
            join_rules(&mut joined.rules, rule, mistakes);
        }
        joined
    }
}

fn join_layers(known: &mut Vec<(RawLayer, Origin)>, later: Vec<Placed<RawLayer>>, mistakes: &mut Vec<Mistake>) {
    for Placed { value: layer, .. } in later {
        let at = layer.id.at;
        let Some((base, origin)) = known.iter_mut().find(|(base, _)| *base.id == *layer.id) else {
            known.push((layer, Origin { at, extended: None }));
            continue;
        };
        if origin.extended.unwrap_or(origin.at).file == at.file {
            let id = &*layer.id;
            mistakes.push(Mistake::new(
                at,
                format!("the layer `{id}` stands twice in this file"),
                "join the two entries",
            ));
            continue;
        }
        origin.extended = Some(at);
        set(&mut base.title, layer.title);
        set(&mut base.level, layer.level);
        set(&mut base.paths, layer.paths);
        set(&mut base.domain, layer.domain);
        set(&mut base.outside, layer.outside);
        set(&mut base.contract, layer.contract);
        set(&mut base.should_call, layer.should_call);
        set(&mut base.must_not_call, layer.must_not_call);
        set(&mut base.called_by, layer.called_by);
    }
}

fn join_rules(known: &mut Vec<(RawRule, Origin)>, later: Vec<Placed<RawRule>>, mistakes: &mut Vec<Mistake>) {
    for Placed { value: rule, .. } in later {
        let at = rule.id.at;
        let Some((base, origin)) = known.iter_mut().find(|(base, _)| *base.id == *rule.id) else {
            if CODES.iter().any(|code| code.name == *rule.id) {
                let id = &*rule.id;
                mistakes.push(Mistake::new(
                    at,
                    format!("`{id}` is the code of a built-in finding"),
                    "choose another id",
                ));
            }
            known.push((rule, Origin { at, extended: None }));
            continue;
        };
        if origin.extended.unwrap_or(origin.at).file == at.file {
            let id = &*rule.id;
            mistakes.push(Mistake::new(
                at,
                format!("the rule `{id}` stands twice in this file"),
                "join the two entries",
            ));
            continue;
        }
        origin.extended = Some(at);
        set(&mut base.from, rule.from);
        set(&mut base.to, rule.to);
        set(&mut base.kinds, rule.kinds);
        set(&mut base.when, rule.when);
        set(&mut base.calls, rule.calls);
        set(&mut base.through, rule.through);
        set(&mut base.level, rule.level);
        set(&mut base.message, rule.message);
        set(&mut base.fix, rule.fix);
        set(&mut base.except, rule.except);
    }
}
