//! Module → layer and domain, and the pattern that decided it. Must not know edges.

use crate::rules::pattern::Specificity;
use crate::rules::selector::Subject;
use crate::rules::{Layer, LayerId, Rules};
use crate::source::At;

/// Where a module stands.
#[derive(Debug, Clone, Default)]
pub struct Placement {
    /// Its path below the deepest source root that holds it: what patterns match.
    pub path: Box<str>,
    /// Its layer.
    pub layer: Option<LayerId>,
    /// Its domain.
    pub domain: Option<Box<str>>,
    /// The pattern that decided, by text and place.
    pub decided_by: Option<(Box<str>, At)>,
    /// Other layers that claim it with equal right, and the patterns by which they do.
    pub rivals: Vec<(LayerId, At)>,
}

impl Placement {
    /// The placement as selectors see it.
    pub fn subject<'a>(&'a self, module: &'a str) -> Subject<'a> {
        Subject {
            path: Some(&self.path),
            module: Some(module),
            layer: self.layer,
            domain: self.domain.as_deref(),
            external: None,
            called: None,
        }
    }
}

/// Places a file by its path below a source root: the most specific pattern decides.
pub fn place(rules: &Rules, path: &str) -> Placement {
    let mut placement = Placement {
        path: path.into(),
        ..Placement::default()
    };
    let mut claims: Vec<(LayerId, usize)> = Vec::new();
    for (id, layer) in (0..).map(LayerId).zip(&rules.layers) {
        for (at, candidate) in layer.paths.iter().enumerate() {
            if candidate.pattern.matches(path) {
                claims.push((id, at));
            }
        }
    }
    let of = |&(id, at): &(LayerId, usize)| &rules.layer(id).paths[at];
    let specificity = |claim: &(LayerId, usize)| -> Specificity {
        if claims.len() == 1 {
            Specificity::default()
        } else {
            of(claim).pattern.specificity(path)
        }
    };
    let Some(best) = claims.iter().map(specificity).max() else {
        return placement;
    };
    let mut equal = claims.iter().filter(|claim| specificity(claim) == best);
    let Some(winner) = equal.next() else { return placement };
    let decided = of(winner);
    let layer = rules.layer(winner.0);
    placement.layer = Some(winner.0);
    placement.domain = domain(layer, winner.1, path).map(Into::into);
    placement.decided_by = Some((decided.pattern.text().into(), decided.at));
    placement.rivals = equal
        .filter(|rival| rival.0 != winner.0)
        .map(|rival| (rival.0, of(rival).at))
        .collect();
    placement
}

/// The layer's fixed domain with captures filled in, or else what `{domain}` captures.
fn domain(layer: &Layer, pattern: usize, path: &str) -> Option<String> {
    let pattern = &layer.paths[pattern].pattern;
    let Some(fixed) = &layer.domain else {
        return pattern.capture(path, "domain").map(str::to_owned);
    };
    let mut domain = fixed.clone();
    for name in pattern.captures() {
        let value = pattern.capture(path, name).unwrap_or_default();
        domain = domain.replace(&format!("{{{name}}}"), value);
    }
    Some(domain)
}
