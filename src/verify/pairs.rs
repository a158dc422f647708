//! Where edges are planted: for each rule, one pair of ends for each pair of layers that it forbids.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::{End, Judged, codes};
use crate::analysis::Analysis;
use crate::facts::{Notation, When};
use crate::graph::{EdgeKind, ModuleId, Target};
use crate::rules::pattern::NamePattern;
use crate::rules::selector::Selector;
use crate::rules::{LayerId, RuleShape};

/// Two ends between which edges are planted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub(super) from: ModuleId,
    pub(super) to: Reached,
}

/// What is reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reached {
    Module(ModuleId),
    /// A name outside, and whether something in the project is known to lie there.
    External(String, bool),
    /// A call by its receiver's name and its own.
    Called(String, String),
}

/// The pairs to plant, in order.
pub(super) fn pairs(analysis: &Analysis, plantable: &[ModuleId]) -> Vec<Pair> {
    let classes = classes(analysis, plantable);
    let mut chosen: BTreeMap<Key, Pair> = BTreeMap::new();
    for &from in &classes {
        let near: End = End::of(analysis, from);
        for &to in &classes {
            if !may_join(analysis, from, to) {
                continue;
            }
            let far = End::of(analysis, to);
            let relation = match (&near.domain, &far.domain) {
                (Some(one), Some(other)) => u8::from(one == other) + 1,
                _ => 0,
            };
            for code in broken(analysis, &near, &far) {
                let key = (
                    code,
                    near.layer,
                    far.layer,
                    relation,
                    analysis.graph.module(from).language,
                );
                chosen.entry(key).or_insert_with(|| Pair {
                    from,
                    to: Reached::Module(to),
                });
            }
        }
        outside(analysis, from, &near, &mut chosen);
    }
    let pairs: BTreeSet<Pair> = chosen.into_values().collect();
    pairs.into_iter().collect()
}

/// The rule, the layers of both ends, how their domains stand to each other, the language.
type Key = (String, Option<LayerId>, Option<LayerId>, u8, &'static str);

/// Pairs whose other end is no module: names outside, and calls by their names.
fn outside(analysis: &Analysis, from: ModuleId, near: &End, chosen: &mut BTreeMap<Key, Pair>) {
    let language = analysis.graph.module(from).language;
    for rule in analysis
        .rules
        .edge_rules
        .iter()
        .filter(|rule| rule.shape == RuleShape::Rule)
    {
        for name in externals(&rule.to) {
            let far = End {
                external: Some(name.clone()),
                ..End::default()
            };
            if broken(analysis, near, &far).contains(&rule.code) {
                let known = is_known(analysis, &name);
                // A name for each: rules list several.
                let key = (format!("{} {name}", rule.code), near.layer, None, 0, language);
                chosen.entry(key).or_insert_with(|| Pair {
                    from,
                    to: Reached::External(name, known),
                });
            }
        }
        for (receiver, name) in calls(&rule.to) {
            let far = End {
                called: Some((receiver.clone(), name.clone())),
                ..End::default()
            };
            if broken(analysis, near, &far).contains(&rule.code) {
                let key = (
                    format!("{} {receiver}.{name}", rule.code),
                    near.layer,
                    None,
                    0,
                    language,
                );
                chosen.entry(key).or_insert_with(|| Pair {
                    from,
                    to: Reached::Called(receiver, name),
                });
            }
        }
    }
}

/// The rules that some plain edge between two ends breaks.
fn broken(analysis: &Analysis, from: &End, to: &End) -> BTreeSet<String> {
    let kinds = EdgeKind::ALL.iter().filter(|kind| **kind != EdgeKind::Reference);
    kinds
        .flat_map(|kind| {
            let edge = Judged {
                from: from.clone(),
                to: vec![to.clone()],
                kind: *kind,
                when: When::default(),
            };
            codes(analysis, &edge)
        })
        .collect()
}

/// Modules that the rules cannot tell apart stand for each other: the first of each class.
fn classes(analysis: &Analysis, plantable: &[ModuleId]) -> Vec<ModuleId> {
    let mut seen = BTreeSet::new();
    let mut first = Vec::new();
    for &id in plantable {
        let end = End::of(analysis, id);
        let module = analysis.graph.module(id);
        let rules = &analysis.rules;
        let selectors = rules
            .edge_rules
            .iter()
            .flat_map(|rule| [Some(&rule.from), Some(&rule.to)]);
        let exceptions = rules
            .exceptions
            .iter()
            .flat_map(|exception| [exception.from.as_ref(), exception.to.as_ref()]);
        let fits: Vec<bool> = selectors
            .chain(exceptions)
            .flatten()
            .flat_map(|selector| matched(selector, &end))
            .collect();
        let place = (module.language, root(analysis, id), module.visible_in.clone());
        if seen.insert((place, end.layer, end.domain.clone(), fits)) {
            first.push(id);
        }
    }
    first
}

/// Which patterns of a selector an end matches.
fn matched(selector: &Selector, end: &End) -> Vec<bool> {
    let (path, module) = (
        end.path.as_deref().unwrap_or_default(),
        end.module.as_deref().unwrap_or_default(),
    );
    let paths = selector.paths.iter().flatten().map(|pattern| pattern.matches(path));
    let modules = selector.modules.iter().flatten().map(|pattern| pattern.matches(module));
    let mut all: Vec<bool> = paths.chain(modules).collect();
    all.extend(selector.not.iter().flat_map(|not| matched(not, end)));
    all
}

/// The import root or crate of a module.
pub(super) fn root(analysis: &Analysis, id: ModuleId) -> String {
    let module = analysis.graph.module(id);
    let inner = module.id.strip_prefix(module.language).unwrap_or(&module.id);
    let inner = inner.strip_prefix(':').unwrap_or(inner);
    inner
        .strip_suffix(&format!(":{}", module.name))
        .unwrap_or(inner)
        .to_owned()
}

/// Whether an edge can be written from one module to another: in one language, in two files, and in one crate where
/// names begin with theirs.
fn may_join(analysis: &Analysis, from: ModuleId, to: ModuleId) -> bool {
    let (one, other) = (analysis.graph.module(from), analysis.graph.module(to));
    let by_crate = analysis.source_of(from).facts.notation == Notation::Colons;
    one.language == other.language
        && one.file != other.file
        && (!by_crate || root(analysis, from) == root(analysis, to))
        && sees(analysis, from, to)
}

/// Whether a module can name another.
pub(super) fn sees(analysis: &Analysis, from: ModuleId, to: ModuleId) -> bool {
    let (own, other) = (analysis.graph.module(from), analysis.graph.module(to));
    other.visible_in.as_deref().is_none_or(|within| {
        let below = own.name.strip_prefix(within);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    })
}

fn externals(selector: &Selector) -> Vec<String> {
    let names = selector.externals.iter().flatten();
    names
        .map(|name| plain(name, "proof"))
        .filter(|name| !name.is_empty())
        .collect()
}

fn calls(selector: &Selector) -> Vec<(String, String)> {
    let Some(calls) = &selector.calls else {
        return Vec::new();
    };
    let receivers: Vec<String> = match &calls.receivers {
        Some(patterns) => patterns.iter().map(|pattern| plain(pattern, "")).collect(),
        None => vec!["value".to_owned()],
    };
    let receiver = receivers
        .into_iter()
        .find(|name| is_name(name) && name.starts_with(char::is_lowercase));
    let names = calls.names.iter().map(|pattern| plain(pattern, ""));
    let names = names.map(|name| name.rsplit(['.', ':']).next().unwrap_or_default().to_owned());
    let named = names.filter(|name| is_name(name));
    receiver.map_or_else(Vec::new, |receiver| {
        named.map(|name| (receiver.clone(), name)).collect()
    })
}

/// A name that a pattern matches, as far as putting something in place of its stars tells.
fn plain(pattern: &NamePattern, star: &str) -> String {
    pattern.text().replace('*', star)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|sign: char| sign.is_alphabetic() || sign == '_')
        && text.chars().all(|sign| sign.is_alphanumeric() || sign == '_')
}

/// Whether the project already knows something outside by that name.
fn is_known(analysis: &Analysis, name: &str) -> bool {
    let graph = &analysis.graph;
    graph.edges.iter().any(|edge| match edge.to {
        Target::External(_) => {
            let found = graph.target_name(edge.to);
            let rest = found.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':']))
        }
        _ => false,
    })
}
