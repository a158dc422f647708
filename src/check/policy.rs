//! The rules on edges, prepared for one project: which of them an edge breaks, at what it names and at what defines the
//! name.

use std::collections::BTreeMap;

use super::context::Context;
use crate::analysis::Analysis;
use crate::finding::Level;
use crate::graph::{Edge, EdgeKind, End, ModuleId, Target, Via};
use crate::rules::raw::{Calls, Through};
use crate::rules::selector::{Called, Subject};
use crate::rules::{EdgeRule, RuleShape};
use crate::source::to_u32;

/// The rules on edges with the answers that do not depend on both ends, for one project.
#[derive(Debug)]
pub struct Policy {
    pub(super) rules: Vec<Prepared>,
    /// Whether a module is the public face of which interfaces, by module number.
    faces: BTreeMap<ModuleId, Vec<usize>>,
}

#[derive(Debug)]
pub(super) struct Prepared {
    /// The rule, by index into [`Rules::edge_rules`].
    pub(super) rule: usize,
    pub(super) level: Level,
    /// For each module, whether it can be the depending end; whether the other end's domain has a say.
    from: Vec<bool>,
    from_relative: bool,
    to: Vec<bool>,
    to_relative: bool,
    /// For each symbol.
    externals: Vec<bool>,
    /// Whether it speaks of nothing but calls by their names, wherever they lead.
    by_call: bool,
}

impl Policy {
    /// Prepares the rules for a project.
    pub fn new(analysis: &Analysis) -> Self {
        let rules = &analysis.rules;
        let mut prepared: Vec<Prepared> = rules
            .edge_rules
            .iter()
            .enumerate()
            .filter_map(|(at, rule)| prepare(analysis, at, rule))
            .collect();
        prepared.sort_by_key(|one| {
            let rule = &rules.edge_rules[one.rule];
            let precision = rule.from.precision + rule.to.precision;
            (rule.shape, std::cmp::Reverse(precision), one.rule)
        });
        let mut faces: BTreeMap<ModuleId, Vec<usize>> = BTreeMap::new();
        for (at, interface) in rules.interfaces.iter().enumerate() {
            for id in analysis
                .graph
                .ids()
                .filter(|id| *analysis.graph.module(*id).name == interface.module)
            {
                faces.entry(id).or_default().push(at);
            }
        }
        Self { rules: prepared, faces }
    }
}

fn prepare(analysis: &Analysis, at: usize, rule: &EdgeRule) -> Option<Prepared> {
    let level = match rule.shape {
        RuleShape::Rule => rule.level,
        RuleShape::MustNotCall | RuleShape::CalledBy | RuleShape::NotListed => {
            analysis.rules.levels.get(&rule.code).copied().unwrap_or(rule.level)
        }
    };
    if level == Level::Off || rule.vacuous.is_some() {
        return None;
    }
    let graph = &analysis.graph;
    let (from_relative, to_relative) = (rule.from.is_relative(), rule.to.is_relative());
    let holds = |selector: &crate::rules::selector::Selector, relative: bool| -> Vec<bool> {
        graph
            .ids()
            .map(|id| relative || selector.calls.is_some() || selector.holds(analysis.subject(id), None))
            .collect()
    };
    // What lies outside has no layer, domain or path: only a selector that speaks of what lies outside can mean it.
    let externals = if rule.to.speaks_of_externals() {
        (0..to_u32(graph.symbols().len()))
            .map(|symbol| {
                let target = Target::External(crate::graph::Symbol(symbol));
                rule.to.holds(analysis.target_subject(target), None)
            })
            .collect()
    } else {
        Vec::new()
    };
    Some(Prepared {
        rule: at,
        level,
        from: holds(&rule.from, from_relative),
        from_relative,
        to: holds(&rule.to, to_relative),
        to_relative,
        externals,
        by_call: rule.to.calls.is_some(),
    })
}

/// A rule that an edge breaks, and the end that breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Breach {
    /// By index into the prepared rules, and so by precision.
    pub(super) rule: usize,
    pub(super) to: Target,
    /// The end behind what the edge names, by index.
    pub(super) end: Option<usize>,
    /// The rule names the call itself, wherever it leads.
    pub(super) by_call: bool,
}

/// The rules that may speak of a module's edges, by index into the prepared ones.
pub(super) fn rules_of(policy: &Policy, module: ModuleId) -> Vec<usize> {
    let rules = 0..policy.rules.len();
    rules.filter(|at| policy.rules[*at].from[module.index()]).collect()
}

/// Which of the [rules of its module](rules_of) an edge breaks, the most precise first.
pub(super) fn breaches(context: &Context<'_>, rules: &[usize], edge: &Edge) -> Vec<Breach> {
    let analysis = context.analysis;
    let mut found = Vec::new();
    for &at in rules {
        let prepared = &context.policy.rules[at];
        let rule = &analysis.rules.edge_rules[prepared.rule];
        if !rule.kinds.contains(&edge.kind) || !rule.when.counts(edge.when) {
            continue;
        }
        if prepared.by_call {
            found.extend(called(context, prepared, rule, edge).map(|breach| Breach { rule: at, ..breach }));
            continue;
        }
        // What is called on a value was handed over: whoever handed it over answers for it.
        if matches!(edge.to, Target::Unknown(_)) || (edge.via == Via::Value && rule.calls == Calls::Name) {
            continue;
        }
        let behind = edge.ends.iter().enumerate().map(|(at, end)| (end.to, Some(at)));
        let seen_through = rule.through == Through::Definition;
        let behind =
            behind.filter(|(_, at)| seen_through && !at.is_some_and(|at| is_face(context, edge, &edge.ends[at])));
        let candidates = std::iter::once((edge.to, None)).chain(behind);
        for (to, end) in candidates {
            if to != Target::Module(edge.from)
                && reaches(analysis, prepared, rule, edge.from, to)
                && !silenced(context, rule, edge.from, to)
            {
                found.push(Breach {
                    rule: at,
                    to,
                    end,
                    by_call: false,
                });
                break;
            }
        }
    }
    found
}

/// A call that a rule names, whether or not it is known what it calls.
fn called(context: &Context<'_>, prepared: &Prepared, rule: &EdgeRule, edge: &Edge) -> Option<Breach> {
    if edge.kind != EdgeKind::Call {
        return None;
    }
    let analysis = context.analysis;
    let site = analysis.source_of(edge.from).facts.call_at(edge.site)?;
    let names = &analysis.source_of(edge.from).facts.names;
    let calls = rule.to.calls.as_ref()?;
    // Most calls have another name: that is quickly said.
    if !calls.may_hold(names.get(site.name)) {
        return None;
    }
    let class = class_of(analysis, edge);
    let called = Called {
        name: names.get(site.name),
        receiver: site.receiver.map(|receiver| names.get(receiver)),
        class: class.as_deref(),
    };
    let from = analysis.subject(edge.from);
    let to = Subject {
        called: Some(called),
        ..analysis.target_subject(edge.to)
    };
    let other = |one: bool, domain| if one { domain } else { None };
    let holds = rule.from.holds(from, other(prepared.from_relative, to.domain))
        && rule.to.holds(to, other(prepared.to_relative, from.domain));
    (holds && !silenced(context, rule, edge.from, edge.to)).then_some(Breach {
        rule: 0,
        to: edge.to,
        end: None,
        by_call: true,
    })
}

/// The class or type of the value that a call is called on, where it is known: its own name.
fn class_of(analysis: &Analysis, edge: &Edge) -> Option<String> {
    if let Some((module, item)) = edge.receiver {
        let facts = &analysis.source_of(module).facts;
        let item = facts.items.get(item.at())?;
        return Some(facts.names.get(item.name).to_owned());
    }
    match edge.to {
        Target::External(symbol) => {
            let mut parts = analysis
                .graph
                .symbol(symbol)
                .rsplit(['.', ':'])
                .filter(|part| !part.is_empty());
            parts.nth(1).map(str::to_owned)
        }
        Target::Module(_) | Target::Missing(_) | Target::Unknown(_) => None,
    }
}

fn reaches(analysis: &Analysis, prepared: &Prepared, rule: &EdgeRule, from: ModuleId, to: Target) -> bool {
    let possible = match to {
        Target::Module(id) => prepared.to[id.index()],
        Target::External(symbol) => prepared.externals.get(symbol.0 as usize).copied().unwrap_or_default(),
        Target::Missing(_) | Target::Unknown(_) => false,
    };
    if !possible || !(prepared.from_relative || prepared.to_relative) {
        return possible;
    }
    let (from, to) = (analysis.subject(from), analysis.target_subject(to));
    rule.from.holds(from, to.domain) && rule.to.holds(to, from.domain)
}

fn silenced(context: &Context<'_>, rule: &EdgeRule, from: ModuleId, to: Target) -> bool {
    let analysis = context.analysis;
    let (from, to) = (analysis.subject(from), analysis.target_subject(to));
    let by_rule = context
        .exceptions
        .silences(analysis, rule.except.iter().copied(), from, Some(to));
    by_rule || context.exceptions.silences_code(analysis, &rule.code, from, Some(to))
}

/// Whether an edge takes a name from the public face of a module that shows it to the depending layer. A glob takes the
/// names of what lies behind it.
fn is_face(context: &Context<'_>, edge: &Edge, end: &End) -> bool {
    let analysis = context.analysis;
    let Target::Module(to) = edge.to else { return false };
    let Some(faces) = context.policy.faces.get(&to) else {
        return false;
    };
    let layer = analysis.placement(edge.from).layer;
    // The name's place in the file is all that an edge keeps of it; the rules' interfaces name few.
    let name = name_at(analysis, edge).or_else(|| item_name(analysis, end));
    faces.iter().map(|at| &analysis.rules.interfaces[*at]).any(|face| {
        let for_layer = face
            .layers
            .as_ref()
            .is_none_or(|layers| layer.is_some_and(|layer| layers.contains(&layer)));
        for_layer && name.is_some_and(|name| face.names.iter().any(|(shown, _)| shown == name))
    })
}

fn item_name<'a>(analysis: &'a Analysis, end: &End) -> Option<&'a str> {
    let Target::Module(module) = end.to else { return None };
    let facts = &analysis.source_of(module).facts;
    let item = facts.items.get(end.item? as usize)?;
    Some(facts.names.get(item.name))
}

fn name_at<'a>(analysis: &'a Analysis, edge: &Edge) -> Option<&'a str> {
    let facts = &analysis.source_of(edge.from).facts;
    if matches!(edge.kind, EdgeKind::Inherit | EdgeKind::Call | EdgeKind::Reference) {
        // The import knows the name under which the module shows it; here it may have another.
        let import = edge.brought_by.map(|at| &analysis.graph.edges[at.at()]);
        if let Some(name) = import.and_then(|import| name_at(analysis, import)) {
            return Some(name);
        }
        let inherit = facts.inherits.iter().find(|inherit| inherit.span == edge.site)?;
        return facts.names.get(inherit.base).rsplit(['.', ':']).next();
    }
    if let Some(name) = edge.name {
        return Some(facts.names.get(name));
    }
    let import = facts.imports.iter().find(|import| import.span == edge.site)?;
    match import.form {
        crate::facts::ImportForm::Name(name) => Some(facts.names.get(name)),
        crate::facts::ImportForm::Module | crate::facts::ImportForm::Star | crate::facts::ImportForm::Dynamic => None,
    }
}
