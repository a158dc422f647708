//! Calls → edges: one for each call of a name, to what it calls or to why that is not known; and one for each function
//! or class that is handed over by name.

use thin_vec::ThinVec;

use super::code::Sites;
use super::infer::{Behind, Callee, Chain, Def, Infer, Reach, Way};
use super::resolve::{Resolver, module_target};
use crate::facts::{CallSite, When};
use crate::graph::{Confidence, Edge, EdgeKind, End, ModuleId, Reason, Target, Via};
use crate::source::{Index, Span};

/// Where an edge stands.
struct Place {
    kind: EdgeKind,
    when: When,
    site: Span,
    statement: Span,
    scope: Option<Index>,
}

impl Resolver<'_> {
    /// The edges of the file's calls and of what is handed over in them.
    pub(super) fn calls(&mut self, infer: &mut Infer<'_>, sites: &Sites) {
        let calls = &self.files.facts(self.file).calls;
        self.edges.reserve(calls.len());
        for (site, called) in calls.iter().zip(&sites.called) {
            infer.annotating = called.item.map(Index::get);
            let reach = infer.called(called.node);
            let place = Place {
                kind: EdgeKind::Call,
                when: called.when,
                site: site.span,
                statement: Span::new(called.start, site.span.end),
                scope: called.item,
            };
            self.call(site, &reach, &place);
        }
        for handed in &sites.handed {
            if let Some(reach) = infer.handed(handed.node)
                && let [only] = &reach.callees[..]
            {
                let place = Place {
                    kind: EdgeKind::Reference,
                    when: handed.when,
                    site: handed.span,
                    statement: handed.span,
                    scope: handed.item,
                };
                self.resolved(only, reach.is_open(), &place);
            }
        }
    }

    fn call(&mut self, site: &CallSite, reach: &Reach, place: &Place) {
        let callees = self.distinct(&reach.callees);
        match (&callees[..], &reach.outside[..]) {
            ([only], []) => self.resolved(only, reach.is_open() || reach.callees.len() > 1, place),
            ([], [(name, way), rest @ ..]) => {
                let to = Target::External(self.symbol(name));
                let sure = rest.is_empty() && !reach.is_open();
                let edge = self.edge(to, way, sure, place);
                self.edges.push(edge);
            }
            ([], []) => {
                let reason = match (reach.missing, site.receiver.is_some()) {
                    (true, _) => Reason::Member,
                    (false, _) if reach.local => Reason::Callback,
                    (false, true) => Reason::Receiver,
                    (false, false) => Reason::Name,
                };
                self.unknown(site, reason, Vec::new(), place);
            }
            (several, _) => {
                let ends = several.iter().map(|callee| end(callee.item, &[])).collect();
                self.unknown(site, Reason::Ambiguous, ends, place);
            }
        }
    }

    /// Definitions that stand for each other are one, the first: those of one name in one place, as branches of a
    /// condition have them.
    fn distinct<'c>(&self, callees: &'c [Callee]) -> Vec<&'c Callee> {
        let place = |(file, item): Def| {
            let found = &self.files.facts(file).items[item as usize];
            (file, found.parent, found.name)
        };
        let mut distinct: Vec<&Callee> = Vec::new();
        for callee in callees {
            match distinct
                .iter_mut()
                .find(|known| place(known.item) == place(callee.item))
            {
                Some(known) if callee.item < known.item => *known = callee,
                Some(_) => {}
                None => distinct.push(callee),
            }
        }
        distinct
    }

    fn resolved(&mut self, callee: &Callee, open: bool, place: &Place) {
        let (file, item) = callee.item;
        // What is overloaded is shown where it is declared first.
        let function = self.files.own(file).shapes.function(item);
        let item = function.map_or(item, |function| function.first);
        let defined = module_target(file);
        let hops: Vec<u32> = match &callee.way {
            Way::Name { chain, .. } => chain.iter().copied().filter(|hop| *hop != self.file).collect(),
            Way::Value => Vec::new(),
        };
        let to = hops.first().map_or(defined, |first| module_target(*first));
        let mut edge = self.edge(to, &callee.way, !open, place);
        edge.receiver = callee.receiver.map(|(file, item)| (ModuleId(file), item.into()));
        let mut ends = Vec::new();
        if to == defined {
            edge.item = Some(item.into());
        } else {
            ends.push(end((file, item), &hops));
        }
        if let Some(behind) = &callee.behind {
            let mut chain: Box<[ModuleId]> = hops.iter().map(|hop| ModuleId(*hop)).collect();
            if hops.last() != Some(&file) && file != self.file {
                chain = chain.iter().copied().chain([ModuleId(file)]).collect();
            }
            ends.push(match behind {
                Behind::Definition(def) => End {
                    chain,
                    ..end(*def, &[])
                },
                Behind::Outside(name) => End {
                    to: Target::External(self.symbol(name)),
                    item: None,
                    chain,
                },
            });
        }
        ends.sort();
        edge.ends = ends.into();
        self.edges.push(edge);
    }

    fn unknown(&mut self, site: &CallSite, reason: Reason, ends: Vec<End>, place: &Place) {
        let way = if site.receiver.is_some() {
            Way::Value
        } else {
            Way::Name {
                import: None,
                chain: Chain::default(),
            }
        };
        let mut edge = self.edge(Target::Unknown(reason), &way, false, place);
        edge.ends = ends.into();
        self.edges.push(edge);
    }

    fn edge(&self, to: Target, way: &Way, sure: bool, place: &Place) -> Edge {
        let (via, brought_by) = match way {
            Way::Name { import, .. } => (Via::Name, *import),
            Way::Value => (Via::Value, None),
        };
        Edge {
            from: ModuleId(self.file),
            to,
            item: None,
            kind: place.kind,
            when: place.when,
            via,
            confidence: if sure { Confidence::Exact } else { Confidence::Inferred },
            site: place.site,
            statement: place.statement,
            scope: place.scope,
            ends: ThinVec::new(),
            name: None,
            receiver: None,
            brought_by: brought_by.map(Index::from),
        }
    }
}

fn end((file, item): Def, hops: &[u32]) -> End {
    End {
        to: module_target(file),
        item: Some(item),
        chain: hops.iter().map(|hop| ModuleId(*hop)).collect(),
    }
}
