//! The rules on edges: the layers' lists and `[[rule]]`s, judged at what an edge names and at what defines the name.
//!
//! One cause, one finding: the names that one statement takes from one module, and several rules that one edge breaks,
//! are one finding. A base class or a call whose import is a finding already is a related place of it; calls without
//! such an import are one finding for each module that they reach, at the first of them.

use std::collections::BTreeMap;

use super::context::{Check, Context};
use super::policy::{Breach, breaches, rules_of};
use super::words::{self, Statement};
use crate::analysis::{Analysis, circumstances};
use crate::finding::{BrokenRule, Dependency, Finding, Place, Related};
use crate::graph::{Edge, EdgeKind, End, ModuleGraph, ModuleId, Target};
use crate::rules::{EdgeRule, LayerId, RuleShape, Rules};
use crate::source::{Span, to_u32};

pub(super) struct EdgeRules;

impl Check for EdgeRules {
    fn module(&self, context: &Context<'_>, module: ModuleId) -> Vec<Finding> {
        let graph = &context.analysis.graph;
        let rules = rules_of(context.policy, module);
        if rules.is_empty() {
            return Vec::new();
        }
        let judged: Vec<(usize, Vec<Breach>)> = graph
            .numbered(module)
            .map(|(number, edge)| (number, breaches(context, &rules, edge)))
            .filter(|(_, breaches)| !breaches.is_empty())
            .collect();
        if judged.is_empty() {
            return Vec::new();
        }
        let mut groups: BTreeMap<Key, Group> = BTreeMap::new();
        let mut of_edge: BTreeMap<usize, Key> = BTreeMap::new();
        // Imports first, then what they bring, then the calls of that.
        let order = |edge: &Edge| (is_call(edge), edge.brought_by.is_some());
        let mut judged = judged;
        judged.sort_by_key(|(number, _)| (order(&graph.edges[*number]), *number));
        for (number, breaches) in judged {
            let edge = &graph.edges[number];
            let covers = |cause: &&Key| breaches.iter().all(|breach| cause.rules.contains(&breach.rule));
            let by_import = edge.brought_by.and_then(|import| of_edge.get(&import.at()));
            // A star brings names without saying which: any import of the same module that is a finding is the cause.
            let to = breaches.first().map(|breach| breach.to);
            let of_module = || {
                let mut imports = of_edge.values().filter(|cause| is_call(edge) && cause.to == to);
                imports.find(|cause| covers(cause))
            };
            let cause = by_import.filter(covers).or_else(of_module).cloned();
            let key = cause.clone().unwrap_or_else(|| Key::new(edge, &breaches));
            if !is_call(edge) {
                of_edge.insert(number, key.clone());
            }
            let group = groups.entry(key).or_default();
            if cause.is_none() {
                group.add(number, breaches);
            } else if !(is_call(edge) && group.tells(edge)) {
                group.uses.push(number);
            }
        }
        groups
            .into_values()
            .filter_map(|group| group.finding(context))
            .collect()
    }
}

/// What makes two breaches one finding: the statement, the end at fault, the rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    statement: Span,
    to: Option<Target>,
    rules: Vec<usize>,
}

impl Key {
    fn new(edge: &Edge, breaches: &[Breach]) -> Self {
        // Calls have no statement in common; those that a rule names by their names stand each for itself.
        let together = is_call(edge) && !breaches.iter().any(|breach| breach.by_call);
        Self {
            statement: if together { Span::default() } else { edge.statement },
            to: breaches.first().map(|breach| breach.to),
            rules: breaches.iter().map(|breach| breach.rule).collect(),
        }
    }
}

#[derive(Debug, Default)]
struct Group {
    edges: Vec<usize>,
    breaches: Vec<Breach>,
    /// Uses of the names that the edges brought.
    uses: Vec<usize>,
}

impl Group {
    fn add(&mut self, edge: usize, breaches: Vec<Breach>) {
        self.edges.push(edge);
        if self.breaches.is_empty() {
            self.breaches = breaches;
        }
    }

    /// Whether the path by which a call is made is told already.
    fn tells(&self, call: &Edge) -> bool {
        call.brought_by.is_some_and(|path| self.uses.contains(&path.at()))
    }

    fn finding(&self, context: &Context<'_>) -> Option<Finding> {
        let analysis = context.analysis;
        let graph = &analysis.graph;
        let (&number, breach) = self.edges.first().zip(self.breaches.first())?;
        let edge = &graph.edges[number];
        let first = context.policy.rules.get(breach.rule)?;
        let rule = &analysis.rules.edge_rules[first.rule];
        let broken = self.breaches.iter().map(|breach| &context.policy.rules[breach.rule]);
        let level = broken.clone().map(|rule| rule.level).max().unwrap_or(first.level);
        let span = if is_call(edge) {
            edge.statement
        } else {
            let statement = Statement::of(graph, number);
            words::place(graph, &statement, |at| self.edges.contains(&at))
        };
        let end = breach.end.and_then(|at| edge.ends.get(at));
        Some(Finding {
            code: rule.code.clone(),
            level,
            message: message(analysis, rule, edge, breach.to),
            label: label(analysis, edge, breach.to, end),
            place: Place::File(graph.module(edge.from).file, span),
            rules: broken
                .map(|prepared| {
                    let rule = &analysis.rules.edge_rules[prepared.rule];
                    BrokenRule {
                        code: rule.code.clone(),
                        at: rule.origin.at,
                        extended: rule.origin.extended,
                    }
                })
                .collect(),
            fix: Some(
                rule.fix
                    .clone()
                    .unwrap_or_else(|| advice(analysis, rule, edge, breach.to)),
            ),
            related: self.related(analysis, end, breach.to),
            dependency: Some(Dependency {
                edge: to_u32(number),
                to: breach.to,
            }),
        })
    }

    fn related(&self, analysis: &Analysis, end: Option<&End>, to: Target) -> Vec<Related> {
        let graph = &analysis.graph;
        let mut related = Vec::new();
        let chain: &[ModuleId] = end.map_or(&[], |end| &end.chain);
        for (at, &hop) in chain.iter().enumerate() {
            let next = chain.get(at + 1).map_or(to, |next| Target::Module(*next));
            let site = hands_on(graph, hop, next);
            related.push(Related {
                place: Place::File(graph.module(hop).file, site.unwrap_or_default()),
                message: format!(
                    "{} hands it on from {}",
                    analysis.describe(Target::Module(hop)),
                    analysis.describe(next)
                ),
            });
        }
        self.uses(analysis, &mut related);
        related
    }

    /// Where what is at fault is used: base classes and names handed over, then calls, the first ones by name.
    fn uses(&self, analysis: &Analysis, related: &mut Vec<Related>) {
        let graph = &analysis.graph;
        let of_calls = |number: &&usize| graph.edges[**number].kind == EdgeKind::Call;
        // Of calls that are a finding themselves, the first is where it lies.
        let further = self
            .edges
            .iter()
            .skip(1)
            .filter(|number| is_call(&graph.edges[**number]));
        let calls: Vec<usize> = self.uses.iter().filter(of_calls).chain(further).copied().collect();
        for number in self.uses.iter().filter(|number| !of_calls(number)) {
            let edge = &graph.edges[*number];
            let message = match edge.kind {
                EdgeKind::Inherit => "extended here",
                EdgeKind::Reference => "handed over here",
                EdgeKind::Import | EdgeKind::ReExport | EdgeKind::Call | EdgeKind::Dynamic => "used here",
            };
            related.push(Related {
                place: Place::File(graph.module(edge.from).file, edge.site),
                message: message.to_owned(),
            });
        }
        for (at, &number) in calls.iter().take(MOST_CALLS).enumerate() {
            let edge = &graph.edges[number];
            let rest = match calls.len() - MOST_CALLS.min(calls.len()) {
                more if more > 0 && at + 1 == MOST_CALLS => format!(", and {more} calls more"),
                _ => String::new(),
            };
            let (verb, name) = (edge.kind.verb(), analysis.callee(edge).unwrap_or_default());
            related.push(Related {
                place: Place::File(graph.module(edge.from).file, edge.site),
                message: format!("{verb} {name}{rest}"),
            });
        }
    }
}

/// How many calls are named as related places; of more, their number is said.
const MOST_CALLS: usize = 5;

fn is_call(edge: &Edge) -> bool {
    matches!(edge.kind, EdgeKind::Call | EdgeKind::Reference)
}

/// Where a module takes from `next` what it hands on.
fn hands_on(graph: &ModuleGraph, hop: ModuleId, next: Target) -> Option<Span> {
    let edges = graph.edges_from(hop);
    let direct = edges.iter().find(|edge| edge.to == next);
    let behind = || edges.iter().find(|edge| edge.ends.iter().any(|end| end.to == next));
    direct.or_else(behind).map(|edge| edge.statement)
}

fn message(analysis: &Analysis, rule: &EdgeRule, edge: &Edge, to: Target) -> String {
    if let Some(message) = &rule.message {
        return message.clone();
    }
    let from = edge.from;
    let rules = &analysis.rules;
    let layer = |id: Option<LayerId>| id.map(|id| rules.layer(id).id.as_str());
    let whose = layer(analysis.placement(from).layer).map_or_else(|| analysis.short_name(from), str::to_owned);
    let what = match to {
        Target::Module(id) => {
            layer(analysis.placement(id).layer).map_or_else(|| analysis.short_name(id), str::to_owned)
        }
        Target::External(_) | Target::Missing(_) | Target::Unknown(_) => analysis.graph.target_name(to).to_owned(),
    };
    if rule.to.calls.is_some() {
        return format!("{whose} must not call {}", analysis.called(edge).unwrap_or(what));
    }
    let domain = |target: Target| analysis.target_subject(target).domain.map(str::to_owned);
    if rule.shape == RuleShape::Rule
        && let (Some(own), Some(other)) = (domain(Target::Module(from)), domain(to))
        && (rule.from.is_relative() || rule.to.is_relative())
    {
        return format!("{whose} of {own} must not reach {what} of {other}");
    }
    match rule.shape {
        RuleShape::Rule => format!("{whose} must not reach {what}"),
        RuleShape::MustNotCall => format!("{whose} must not call {what}"),
        RuleShape::NotListed => format!(
            "{whose} may not call {what}: {}",
            listed(rules, analysis.placement(from).layer)
        ),
        RuleShape::CalledBy => format!("{what} is not for {whose} to call"),
    }
}

fn listed(rules: &Rules, from: Option<LayerId>) -> String {
    let list = from.and_then(|from| rules.layer(from).should_call.as_ref());
    match list.map(|list| names(rules, list.layers.iter().map(|(id, _)| *id))) {
        Some(names) if !names.is_empty() => format!("its `should_call` lists {names} alone"),
        _ => "its `should_call` is empty, so it calls no other layer".to_owned(),
    }
}

fn names(rules: &Rules, layers: impl Iterator<Item = LayerId>) -> String {
    let names: Vec<&str> = layers.map(|id| rules.layer(id).id.as_str()).collect();
    names.join(", ")
}

/// An end for a label: by its short name, or by its whole name where the other end has the same short one.
fn told(analysis: &Analysis, target: Target, other: Target) -> String {
    match (target, other) {
        (Target::Module(id), Target::Module(other)) if analysis.short_name(id) == analysis.short_name(other) => {
            let layer = analysis
                .layer_id(id)
                .map_or_else(String::new, |layer| format!(" ({layer})"));
            format!("{}{layer}", analysis.graph.module(id).name)
        }
        _ => analysis.describe(target),
    }
}

/// How many modules of a chain a label names.
const MOST_HOPS: usize = 6;

fn label(analysis: &Analysis, edge: &Edge, to: Target, end: Option<&End>) -> String {
    let from = told(analysis, Target::Module(edge.from), to);
    let whole = told(analysis, to, Target::Module(edge.from));
    let verb = edge.kind.verb();
    let when = circumstances(edge.when);
    match end {
        None if is_call(edge) => {
            let callee = analysis.callee(edge).unwrap_or_default();
            let of = match to {
                Target::Module(_) => format!(" of {whole}"),
                Target::External(_) | Target::Missing(_) | Target::Unknown(_) => String::new(),
            };
            format!("{from} {verb} {callee}{of}{when}")
        }
        None => format!("{from} {verb} {whole}{when}"),
        Some(end) => {
            let mut hops: Vec<String> = end.chain.iter().map(|hop| analysis.short_name(*hop)).collect();
            if hops.len() > MOST_HOPS {
                let between = hops.len() - 2;
                hops.splice(1..=between, [format!("{between} more")]);
            }
            let item = end.item.zip(match to {
                Target::Module(module) => Some(module),
                Target::External(_) | Target::Missing(_) | Target::Unknown(_) => None,
            });
            let what = item.map_or_else(
                || whole.clone(),
                |(item, module)| {
                    let name = analysis.source_of(module).facts.item_path(item);
                    format!("{name}, defined in {whole}")
                },
            );
            let through = if hops.is_empty() {
                analysis.describe(edge.to)
            } else {
                hops.join(" → ")
            };
            format!("{from} {verb} {what}, through {through}{when}")
        }
    }
}

/// What to do where the rules do not say: the way round that the layers' own lists allow.
fn advice(analysis: &Analysis, rule: &EdgeRule, edge: &Edge, to: Target) -> String {
    let (rules, from) = (&analysis.rules, edge.from);
    if rule.to.calls.is_some() {
        return "leave the call to a layer that may make it".to_owned();
    }
    let layer = |target: Target| match target {
        Target::Module(id) => analysis.placement(id).layer,
        Target::External(_) | Target::Missing(_) | Target::Unknown(_) => None,
    };
    let (Some(here), Some(there)) = (layer(Target::Module(from)), layer(to)) else {
        return "remove the dependency, or move the code to a layer that may have it".to_owned();
    };
    let (here_id, there_id) = (&rules.layer(here).id, &rules.layer(there).id);
    if rule.from.is_relative() || rule.to.is_relative() {
        return "keep to the own domain: what both need belongs to a layer or domain that both may reach".to_owned();
    }
    if let Some(path) = way(rules, here, there).filter(|path| path.len() > 2) {
        let between = names(rules, path[1..path.len() - 1].iter().copied());
        return format!("go through {between}: it may call {there_id}, and {here_id} may call it");
    }
    if way(rules, there, here).is_some() {
        return format!(
            "turn it round: {there_id} stands above and calls {here_id}; return the result, or take what is needed as an argument"
        );
    }
    match rule.shape {
        RuleShape::NotListed => format!("{}; add {there_id} there if that is meant", listed(rules, Some(here))),
        RuleShape::CalledBy => format!(
            "call it from where it may be called, or add {here_id} to `called_by` of {there_id} if that is meant"
        ),
        RuleShape::Rule | RuleShape::MustNotCall => {
            format!("move what both need to a layer that {here_id} and {there_id} may both call")
        }
    }
}

/// The shortest way from one layer to another along `should_call` lists, both ends included.
fn way(rules: &Rules, from: LayerId, to: LayerId) -> Option<Vec<LayerId>> {
    let mut paths = vec![vec![from]];
    let mut seen = vec![from];
    while !paths.is_empty() {
        let mut longer = Vec::new();
        for path in paths {
            let last = *path.last()?;
            if last == to && path.len() > 1 {
                return Some(path);
            }
            for &(next, _) in rules.layer(last).should_call.iter().flat_map(|list| &list.layers) {
                if !seen.contains(&next) {
                    seen.push(next);
                    longer.push([&path[..], &[next]].concat());
                }
            }
        }
        paths = longer;
    }
    None
}
