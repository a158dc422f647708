//! Selectors: which ends of edges a rule speaks of.

use super::LayerId;
use super::pattern::{NamePattern, Pattern};

/// What a selector can look at: one end of an edge.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'a> {
    /// The path below the deepest source root that holds the file.
    pub path: Option<&'a str>,
    /// The module's name.
    pub module: Option<&'a str>,
    /// The layer that holds it.
    pub layer: Option<LayerId>,
    /// The domain it belongs to.
    pub domain: Option<&'a str>,
    /// The name of something outside the project.
    pub external: Option<&'a str>,
    /// Of a call, how it is written and on what.
    pub called: Option<Called<'a>>,
}

/// A call as selectors see it.
#[derive(Debug, Clone, Copy)]
pub struct Called<'a> {
    /// The called name.
    pub name: &'a str,
    /// The name before it.
    pub receiver: Option<&'a str>,
    /// The class of the value it is called on, where that is known.
    pub class: Option<&'a str>,
}

/// Which calls a selector speaks of: by the names with which they are written.
#[derive(Debug, Clone)]
pub struct CallSelector {
    /// Patterns of `name`, `receiver.name` and `Class.name`.
    pub names: Vec<NamePattern>,
    /// Patterns of the receiver's name or class; absent: any, or none.
    pub receivers: Option<Vec<NamePattern>>,
}

impl CallSelector {
    /// Whether it can hold for a call of this name at all: quick, and never a wrong no.
    pub fn may_hold(&self, name: &str) -> bool {
        self.names.iter().any(|pattern| pattern.may_end_with(name))
    }

    /// Whether it holds for a call.
    pub fn holds(&self, called: Called<'_>) -> bool {
        let before = || called.receiver.into_iter().chain(called.class);
        let receives = |patterns: &[NamePattern]| {
            let mut before = before();
            before.any(|receiver| patterns.iter().any(|pattern| pattern.matches(receiver)))
        };
        let named = |pattern: &NamePattern| match called.receiver {
            None => pattern.matches(called.name),
            Some(_) => before().any(|receiver| pattern.matches(&format!("{receiver}.{}", called.name))),
        };
        self.names.iter().any(named) && self.receivers.as_deref().is_none_or(receives)
    }
}

/// A domain as a selector names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DomainSelector {
    /// The other end's.
    Same,
    /// Another than the other end's.
    Other,
    /// This one.
    Named(String),
}

/// One end of an edge: all that is given must hold; of each list, any one.
#[derive(Debug, Clone, Default)]
pub struct Selector {
    /// The layers, by number.
    pub layers: Option<Vec<LayerId>>,
    /// Domains.
    pub domains: Option<Vec<DomainSelector>>,
    /// Path patterns.
    pub paths: Option<Vec<Pattern>>,
    /// Patterns of module names.
    pub modules: Option<Vec<NamePattern>>,
    /// Names outside the project.
    pub externals: Option<Vec<NamePattern>>,
    /// Calls, by the names with which they are written.
    pub calls: Option<CallSelector>,
    /// What must not hold.
    pub not: Option<Box<Selector>>,
    /// How many keys it gives and how narrowly, for ordering rules by precision.
    pub precision: u32,
}

impl Selector {
    /// A selector of layers.
    pub fn layers(layers: Vec<LayerId>) -> Self {
        Self {
            layers: Some(layers),
            precision: 2,
            ..Self::default()
        }
    }

    /// Whether it holds for an end, given the other end's domain.
    pub fn holds(&self, end: Subject<'_>, other_domain: Option<&str>) -> bool {
        self.calls
            .as_ref()
            .is_none_or(|calls| end.called.is_some_and(|called| calls.holds(called)))
            && any(self.layers.as_deref(), |layer| end.layer == Some(*layer))
            && any(self.domains.as_deref(), |domain| {
                domain_holds(domain, end.domain, other_domain)
            })
            && any(self.paths.as_deref(), |path| {
                end.path.is_some_and(|at| path.matches(at))
            })
            && any(self.modules.as_deref(), |module| {
                end.module.is_some_and(|name| module.matches(name))
            })
            && any(self.externals.as_deref(), |external| {
                end.external.is_some_and(|name| external.covers(name))
            })
            && !self.not.as_ref().is_some_and(|not| not.holds(end, other_domain))
    }

    /// Whether it names anything outside the project, or excludes such.
    pub fn speaks_of_externals(&self) -> bool {
        self.externals.is_some() || self.not.as_ref().is_some_and(|not| not.speaks_of_externals())
    }

    /// Whether the answer depends on the other end.
    pub fn is_relative(&self) -> bool {
        let relative = |domain: &DomainSelector| !matches!(domain, DomainSelector::Named(_));
        self.domains.iter().flatten().any(relative) || self.not.as_ref().is_some_and(|not| not.is_relative())
    }
}

fn any<T>(list: Option<&[T]>, holds: impl Fn(&T) -> bool) -> bool {
    list.is_none_or(|list| list.iter().any(holds))
}

fn domain_holds(selector: &DomainSelector, own: Option<&str>, other: Option<&str>) -> bool {
    match (selector, own, other) {
        (DomainSelector::Same, Some(own), Some(other)) => own == other,
        (DomainSelector::Other, Some(own), Some(other)) => own != other,
        (DomainSelector::Named(name), Some(own), _) => own == name,
        _ => false,
    }
}
