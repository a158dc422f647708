//! Entries of several rules files become one by id: a later file's keys stand in place of the earlier ones.

use super::Origin;
use super::raw::{RawLayer, RawRule, RawRules};
use super::raw_wanted::{RawBucket, RawExpect, RawNode};
use super::text::{Mistake, Placed};
use crate::finding::CODES;

/// The entries of all files, joined by id.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) base: RawRules,
    pub(super) layers: Vec<(RawLayer, Origin)>,
    pub(super) rules: Vec<(RawRule, Origin)>,
    pub(super) expects: Vec<(RawExpect, Origin)>,
    pub(super) buckets: Vec<(RawBucket, Origin)>,
    pub(super) nodes: Vec<(RawNode, Origin)>,
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
                expect,
                classification,
                bucket,
                map,
                extends: _,
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
            set(&mut base.classification.title, classification.title);
            set(&mut base.classification.layer, classification.layer);
            set(&mut base.classification.users, classification.users);
            join_expects(&mut joined.expects, expect, mistakes);
            join_buckets(&mut joined.buckets, bucket, mistakes);
            join_nodes(&mut joined.nodes, map.node, mistakes);
            join_layers(&mut joined.layers, layer, mistakes);
            join_rules(&mut joined.rules, rule, mistakes);
        }
        joined
    }
}

/// The earlier entry that an entry extends, and what it says; an entry that extends none is kept.
fn extended<'k, T>(
    known: &'k mut Vec<(T, Origin)>,
    later: T,
    id: impl Fn(&T) -> Placed<String>,
    what: &str,
    mistakes: &mut Vec<Mistake>,
) -> Option<(&'k mut T, T)> {
    let own = id(&later);
    let at = own.at;
    let Some(place) = known.iter().position(|(base, _)| id(base).value == own.value) else {
        known.push((later, Origin { at, extended: None }));
        return None;
    };
    let (base, origin) = &mut known[place];
    if origin.extended.unwrap_or(origin.at).file == at.file {
        let message = format!("the {what} `{}` stands twice in this file", own.value);
        mistakes.push(Mistake::new(at, message, "join the two entries"));
        return None;
    }
    origin.extended = Some(at);
    Some((base, later))
}

fn join_layers(known: &mut Vec<(RawLayer, Origin)>, later: Vec<Placed<RawLayer>>, mistakes: &mut Vec<Mistake>) {
    let id = |layer: &RawLayer| layer.id.clone();
    for Placed { value: layer, .. } in later {
        if let Some((base, layer)) = extended(known, layer, id, "layer", mistakes) {
            set(&mut base.title, layer.title);
            set(&mut base.level, layer.level);
            set(&mut base.paths, layer.paths);
            set(&mut base.domain, layer.domain);
            set(&mut base.outside, layer.outside);
            set(&mut base.document, layer.document);
            set(&mut base.contract, layer.contract);
            set(&mut base.should_call, layer.should_call);
            set(&mut base.must_not_call, layer.must_not_call);
            set(&mut base.called_by, layer.called_by);
        }
    }
}

fn join_rules(known: &mut Vec<(RawRule, Origin)>, later: Vec<Placed<RawRule>>, mistakes: &mut Vec<Mistake>) {
    let id = |rule: &RawRule| rule.id.clone();
    for Placed { value: rule, .. } in later {
        if CODES.iter().any(|code| code.name == *rule.id) {
            let message = format!("`{}` is the code of a built-in finding", rule.id.value);
            mistakes.push(Mistake::new(rule.id.at, message, "choose another id"));
        }
        if let Some((base, rule)) = extended(known, rule, id, "rule", mistakes) {
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
}

fn join_expects(known: &mut Vec<(RawExpect, Origin)>, later: Vec<Placed<RawExpect>>, mistakes: &mut Vec<Mistake>) {
    let id = |expect: &RawExpect| expect.id.clone();
    for Placed { value: expect, .. } in later {
        if let Some((base, expect)) = extended(known, expect, id, "expectation", mistakes) {
            set(&mut base.title, expect.title);
            set(&mut base.kind, expect.kind);
            set(&mut base.layer, expect.layer);
            set(&mut base.when_has, expect.when_has);
            set(&mut base.with, expect.with);
            set(&mut base.of, expect.of);
            set(&mut base.by, expect.by);
            set(&mut base.strip, expect.strip);
            set(&mut base.imports, expect.imports);
            set(&mut base.description, expect.description);
            set(&mut base.action, expect.action);
            set(&mut base.enabled, expect.enabled);
        }
    }
}

fn join_buckets(known: &mut Vec<(RawBucket, Origin)>, later: Vec<Placed<RawBucket>>, mistakes: &mut Vec<Mistake>) {
    let id = |bucket: &RawBucket| bucket.id.clone();
    for Placed { value: bucket, .. } in later {
        if let Some((base, bucket)) = extended(known, bucket, id, "bucket", mistakes) {
            set(&mut base.title, bucket.title);
            set(&mut base.names, bucket.names);
            set(&mut base.used_by, bucket.used_by);
            set(&mut base.action, bucket.action);
        }
    }
}

fn join_nodes(known: &mut Vec<(RawNode, Origin)>, later: Vec<Placed<RawNode>>, mistakes: &mut Vec<Mistake>) {
    let id = |node: &RawNode| node.layer.clone();
    for Placed { value: node, .. } in later {
        if let Some((base, node)) = extended(known, node, id, "map's node of", mistakes) {
            set(&mut base.column, node.column);
            set(&mut base.by, node.by);
            set(&mut base.found, node.found);
            set(&mut base.missing, node.missing);
            set(&mut base.elsewhere, node.elsewhere);
            set(&mut base.show, node.show);
            set(&mut base.mark, node.mark);
            set(&mut base.paired, node.paired);
            set(&mut base.mark_paired, node.mark_paired);
            set(&mut base.mark_unpaired, node.mark_unpaired);
            set(&mut base.mark_declares, node.mark_declares);
            set(&mut base.beside, node.beside);
            set(&mut base.enabled, node.enabled);
        }
    }
}
