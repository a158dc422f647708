//! What the layers' lists say, as rules on edges.

use super::raw::{Calls, Through};
use super::selector::Selector;
use super::{EdgeRule, Layer, LayerId, Origin, RuleShape, WhenFilter};
use crate::finding::{CALLED_BY, Level, MUST_NOT_CALL, NOT_LISTED};
use crate::graph::EdgeKind;
use crate::source::At;

/// The rules that the lists of `layers` amount to.
pub(super) fn list_rules(layers: &[Layer], closed: bool, enforced: bool) -> Vec<EdgeRule> {
    let mut rules = Vec::new();
    let ids = || (0..).map(LayerId).zip(layers).map(|(id, _)| id);
    for (id, layer) in (0..).map(LayerId).zip(layers) {
        for &(to, at) in layer.must_not_call.iter().flat_map(|list| &list.layers) {
            rules.push(list_rule(
                MUST_NOT_CALL.name,
                RuleShape::MustNotCall,
                vec![id],
                vec![to],
                at,
            ));
        }
        if let Some(list) = layer.called_by.as_ref().filter(|_| enforced) {
            let from = ids().filter(|from| *from != id && !list.contains(*from)).collect();
            rules.push(list_rule(CALLED_BY.name, RuleShape::CalledBy, from, vec![id], list.at));
        }
        if let Some(list) = layer.should_call.as_ref().filter(|_| closed) {
            let to = ids().filter(|to| *to != id && !list.contains(*to)).collect();
            rules.push(list_rule(NOT_LISTED.name, RuleShape::NotListed, vec![id], to, list.at));
        }
    }
    rules
}

fn list_rule(code: &str, shape: RuleShape, from: Vec<LayerId>, to: Vec<LayerId>, at: At) -> EdgeRule {
    EdgeRule {
        code: code.to_owned(),
        shape,
        from: Selector::layers(from),
        to: Selector::layers(to),
        kinds: EdgeKind::ALL.to_vec(),
        calls: Calls::Name,
        when: WhenFilter::default(),
        through: Through::Definition,
        level: Level::Error,
        message: None,
        fix: None,
        except: Vec::new(),
        origin: Origin { at, extended: None },
        vacuous: None,
    }
}
