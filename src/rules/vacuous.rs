//! Rules that can fire on no tree at all, seen from the rules alone.

use super::selector::{DomainSelector, Selector};
use super::{EdgeRule, Layer, LayerId};
use crate::graph::EdgeKind;

/// Why a rule can never fire; nothing where some tree could break it.
pub(super) fn why(rule: &EdgeRule, layers: &[Layer]) -> Option<String> {
    if rule.kinds.is_empty() {
        return Some("its list of kinds is empty".to_owned());
    }
    if rule.from.externals.is_some() || rule.from.calls.is_some() {
        return Some(
            "`from` names something outside the project, and only the project's own files depend on anything"
                .to_owned(),
        );
    }
    if rule.to.calls.is_some() && !rule.kinds.contains(&EdgeKind::Call) {
        return Some("`to` names a call, and `kinds` leaves calls out".to_owned());
    }
    for (end, selector) in [("from", &rule.from), ("to", &rule.to)] {
        if is_excluded(selector) {
            return Some(format!("`{end}` excludes with `not` all that it selects"));
        }
        if let Some(name) = unknown_domain(selector, layers) {
            return Some(format!(
                "`{end}` names the domain `{name}`, to which no layer's files can belong"
            ));
        }
        if let Some(why) = empty_list(selector)
            .map(str::to_owned)
            .or_else(|| without_files(selector, layers))
        {
            return Some(format!("`{end}` {why}"));
        }
    }
    outside_and_inside(&rule.to).or_else(|| domains(rule, layers))
}

fn empty_list(selector: &Selector) -> Option<&'static str> {
    let empty = selector.layers.as_ref().is_some_and(Vec::is_empty)
        || selector.domains.as_ref().is_some_and(Vec::is_empty)
        || selector.paths.as_ref().is_some_and(Vec::is_empty)
        || selector.modules.as_ref().is_some_and(Vec::is_empty)
        || selector.externals.as_ref().is_some_and(Vec::is_empty);
    empty.then_some("has an empty list")
}

fn without_files(selector: &Selector, layers: &[Layer]) -> Option<String> {
    let selected = selector.layers.as_ref()?;
    let outside = |id: &LayerId| layers[id.index()].outside;
    selected.iter().all(outside).then(|| {
        let ids: Vec<&str> = selected.iter().map(|id| layers[id.index()].id.as_str()).collect();
        format!("names {}, which has no files here", ids.join(", "))
    })
}

/// Whether `not` names no more than layers, and all of those selected.
fn is_excluded(selector: &Selector) -> bool {
    let Some(not) = &selector.not else { return false };
    let only_layers = not.domains.is_none()
        && not.paths.is_none()
        && not.modules.is_none()
        && not.externals.is_none()
        && not.not.is_none()
        && not.calls.is_none();
    match (&selector.layers, &not.layers) {
        (Some(selected), Some(excluded)) => only_layers && selected.iter().all(|layer| excluded.contains(layer)),
        _ => false,
    }
}

/// A domain that no layer fixes, where no layer captures domains either.
fn unknown_domain<'s>(selector: &'s Selector, layers: &[Layer]) -> Option<&'s str> {
    let captured = layers.iter().any(|layer| match &layer.domain {
        Some(fixed) => fixed.contains('{'),
        None => layer.binds_domain(),
    });
    let known = |name: &str| layers.iter().any(|layer| layer.domain.as_deref() == Some(name));
    let named = selector.domains.iter().flatten().filter_map(|domain| match domain {
        DomainSelector::Named(name) => Some(name.as_str()),
        DomainSelector::Same | DomainSelector::Other => None,
    });
    let mut unknown = named.filter(|name| !captured && !known(name));
    unknown.next()
}

/// What lies outside the project has no layer, domain, path or module.
fn outside_and_inside(to: &Selector) -> Option<String> {
    let inside = to.layers.is_some() || to.domains.is_some() || to.paths.is_some() || to.modules.is_some();
    (to.externals.is_some() && inside).then(|| {
        "`to` asks for something outside the project that has a layer, domain, path or module in it".to_owned()
    })
}

fn domains(rule: &EdgeRule, layers: &[Layer]) -> Option<String> {
    let asks = |selector: &Selector| selector.domains.clone().unwrap_or_default();
    let relative = |domain: &DomainSelector| !matches!(domain, DomainSelector::Named(_));
    let all_relative = |domains: &[DomainSelector]| !domains.is_empty() && domains.iter().all(relative);
    let ends = [("from", &rule.from), ("to", &rule.to)];
    let any_relative = ends.iter().any(|(_, end)| all_relative(&asks(end)));
    for (name, end) in ends {
        let (Some(selected), domains) = (&end.layers, asks(end)) else {
            continue;
        };
        let none_binds = !selected.iter().any(|id| layers[id.index()].binds_domain());
        if none_binds && (any_relative || !domains.is_empty()) {
            return Some(format!("it compares domains, and the layers of `{name}` bind none"));
        }
        let fixed = fixed_domains(selected, layers);
        let named: Vec<&str> = domains
            .iter()
            .filter_map(|domain| match domain {
                DomainSelector::Named(name) => Some(name.as_str()),
                DomainSelector::Same | DomainSelector::Other => None,
            })
            .collect();
        if let Some(fixed) = fixed
            && named.len() == domains.len()
            && !named.is_empty()
            && !named.iter().any(|name| fixed.contains(name))
        {
            return Some(format!("the layers of `{name}` belong to other domains than it names"));
        }
    }
    let (Some(from), Some(to)) = (&rule.from.layers, &rule.to.layers) else {
        return None;
    };
    let (Some(from), Some(to)) = (fixed_domains(from, layers), fixed_domains(to, layers)) else {
        return None;
    };
    let meets = from.iter().any(|domain| to.contains(domain));
    let differs = from.iter().any(|one| to.iter().any(|other| one != other));
    for (_, end) in ends {
        match asks(end)[..] {
            [DomainSelector::Same] if !meets => return Some("its two ends never share a domain".to_owned()),
            [DomainSelector::Other] if !differs => return Some("its two ends always share a domain".to_owned()),
            _ => {}
        }
    }
    None
}

/// The domains of layers whose domains are all fixed.
fn fixed_domains<'l>(selected: &[LayerId], layers: &'l [Layer]) -> Option<Vec<&'l str>> {
    selected
        .iter()
        .map(|id| {
            layers[id.index()]
                .domain
                .as_deref()
                .filter(|domain| !domain.contains('{'))
        })
        .collect()
}
