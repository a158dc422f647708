//! The naive judge: which rules an edge breaks, read from the rules as they stand, one end at a time.
//!
//! Must not know the code of `check`: it is there to contradict it.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::facts::When;
use crate::finding::{CALLED_BY, Level, MUST_NOT_CALL, NOT_LISTED};
use crate::graph::{EdgeKind, ModuleId};
use crate::rules::raw::{Calls, Through};
use crate::rules::selector::{DomainSelector, Selector};
use crate::rules::{EdgeRule, Excepted, LayerId, RuleShape};

/// An end of an edge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct End {
    pub(super) path: Option<String>,
    pub(super) module: Option<String>,
    pub(super) layer: Option<LayerId>,
    pub(super) domain: Option<String>,
    pub(super) external: Option<String>,
    /// Of a call, the name before the called one, and that.
    pub(super) called: Option<(String, String)>,
}

impl End {
    /// A module of the project.
    pub(super) fn of(analysis: &Analysis, module: ModuleId) -> Self {
        let placement = analysis.placement(module);
        Self {
            path: Some(placement.path.to_string()),
            module: Some(analysis.graph.module(module).name.to_string()),
            layer: placement.layer,
            domain: placement.domain.as_deref().map(str::to_owned),
            ..Self::default()
        }
    }
}

/// An edge to be judged.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) from: End,
    /// What it names, then what defines the name.
    pub(super) to: Vec<End>,
    pub(super) kind: EdgeKind,
    pub(super) when: When,
}

/// The codes of the rules that an edge breaks.
pub(super) fn codes(analysis: &Analysis, edge: &Judged) -> BTreeSet<String> {
    let rules = &analysis.rules;
    let mut broken = BTreeSet::new();
    let off = |code: &str| rules.levels.get(code) == Some(&Level::Off);
    let enforced = rules.edge_rules.iter().any(|rule| rule.shape == RuleShape::CalledBy);
    let by_lists = !edge.when.has_any(When::TYPE_ONLY.with(When::TEST));
    for to in edge.to.iter().filter(|_| by_lists) {
        let (Some(from_layer), Some(to_layer)) = (edge.from.layer, to.layer) else {
            continue;
        };
        let (caller, callee) = (rules.layer(from_layer), rules.layer(to_layer));
        let mut breaks = |code: &str, holds: bool| {
            if holds && !off(code) && !excepted(analysis, code, &edge.from, to) {
                broken.insert(code.to_owned());
            }
        };
        let lists = |list: Option<&crate::rules::LayerList>, layer| {
            list.map(|list| list.layers.iter().any(|(listed, _)| *listed == layer))
        };
        breaks(
            MUST_NOT_CALL.name,
            lists(caller.must_not_call.as_ref(), to_layer) == Some(true),
        );
        let other = from_layer != to_layer;
        let unlisted = lists(caller.should_call.as_ref(), to_layer) == Some(false);
        breaks(NOT_LISTED.name, rules.closed && other && unlisted);
        let uninvited = lists(callee.called_by.as_ref(), from_layer) == Some(false);
        breaks(CALLED_BY.name, enforced && other && uninvited);
    }
    let own = rules.edge_rules.iter().filter(|rule| rule.shape == RuleShape::Rule);
    for rule in own.filter(|rule| rule.level > Level::Off && rule.vacuous.is_none()) {
        let ends = match rule.through {
            Through::Direct => &edge.to[..edge.to.len().min(1)],
            Through::Definition => &edge.to[..],
        };
        if ends.iter().any(|to| breaks(analysis, rule, edge, to)) {
            broken.insert(rule.code.clone());
        }
    }
    broken
}

fn breaks(analysis: &Analysis, rule: &EdgeRule, edge: &Judged, to: &End) -> bool {
    let value = to.called.is_some();
    let counted = rule.kinds.contains(&edge.kind) && rule.when.counts(edge.when);
    // What is called on a value was handed over, unless the rule asks for calls by their names.
    let by_name = !value || rule.calls == Calls::Any || rule.to.calls.is_some();
    counted
        && by_name
        && (rule.to.calls.is_none() || value)
        && meets(&rule.from, &edge.from, to.domain.as_deref())
        && meets(&rule.to, to, edge.from.domain.as_deref())
        && !rule.except.iter().any(|at| silences(analysis, *at, &edge.from, to))
        && !excepted(analysis, &rule.code, &edge.from, to)
}

/// Whether an end is one that a selector speaks of, given the other end's domain.
fn meets(selector: &Selector, end: &End, other: Option<&str>) -> bool {
    if let Some(layers) = &selector.layers
        && !end.layer.is_some_and(|layer| layers.contains(&layer))
    {
        return false;
    }
    if let Some(domains) = &selector.domains {
        let own = end.domain.as_deref();
        let fits = domains.iter().any(|domain| match domain {
            DomainSelector::Same => own.is_some() && other.is_some() && own == other,
            DomainSelector::Other => own.is_some() && other.is_some() && own != other,
            DomainSelector::Named(name) => own == Some(name.as_str()),
        });
        if !fits {
            return false;
        }
    }
    if let Some(paths) = &selector.paths
        && !paths
            .iter()
            .any(|path| end.path.as_deref().is_some_and(|at| path.matches(at)))
    {
        return false;
    }
    if let Some(modules) = &selector.modules
        && !modules
            .iter()
            .any(|module| end.module.as_deref().is_some_and(|name| module.matches(name)))
    {
        return false;
    }
    if let Some(externals) = &selector.externals
        && !externals
            .iter()
            .any(|name| end.external.as_deref().is_some_and(|at| name.covers(at)))
    {
        return false;
    }
    if let Some(calls) = &selector.calls {
        let Some((receiver, name)) = &end.called else {
            return false;
        };
        let named = calls
            .names
            .iter()
            .any(|pattern| pattern.matches(&format!("{receiver}.{name}")));
        let received = calls.receivers.as_ref();
        if !named || !received.is_none_or(|all| all.iter().any(|pattern| pattern.matches(receiver))) {
            return false;
        }
    }
    // A rule that names nothing outside does not mean what lies there, whatever it leaves out.
    if end.external.is_some() && selector.externals.is_none() && selector.not.is_none() && !is_empty(selector) {
        return false;
    }
    !selector.not.as_ref().is_some_and(|not| meets(not, end, other))
}

fn is_empty(selector: &Selector) -> bool {
    selector.layers.is_none() && selector.paths.is_none() && selector.modules.is_none() && selector.domains.is_none()
}

/// Whether an exception by code lets an edge pass.
fn excepted(analysis: &Analysis, code: &str, from: &End, to: &End) -> bool {
    let of_code =
        |at: &usize| matches!(&analysis.rules.exceptions[*at].from_what, Excepted::Code(known) if known == code);
    (0..analysis.rules.exceptions.len())
        .filter(of_code)
        .any(|at| silences(analysis, at, from, to))
}

fn silences(analysis: &Analysis, at: usize, from: &End, to: &End) -> bool {
    let exception = &analysis.rules.exceptions[at];
    let holds_today = exception.until.is_none_or(|until| until >= analysis.today);
    let fits = |selector: Option<&Selector>, end: &End, other: &End| {
        selector.is_none_or(|selector| meets(selector, end, other.domain.as_deref()))
    };
    holds_today && fits(exception.from.as_ref(), from, to) && fits(exception.to.as_ref(), to, from)
}
