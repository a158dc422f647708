//! Calls: what each site calls or hands over, as an edge.

use super::{Named, Resolver};
use crate::graph::{Confidence, Edge, EdgeKind, End, ModuleId, Reason, Target, Via};
use crate::lang::rust::Space;
use crate::lang::rust::code::{Body, Site, SiteKind, ValuePath};
use crate::lang::rust::infer::{BodyWalk, Called, Callee, Definition, Type, Way, pointed_at};
use crate::lang::rust::lookup::{Reached, Thing, Written};
use crate::lang::rust::paths;
use crate::source::Index;

impl<'a> Resolver<'a> {
    pub(super) fn calls(&mut self, body: &Body) {
        let called = BodyWalk::called(&mut self.types, body, self.module);
        self.edges.reserve(called.len());
        for (site, called) in body.sites.iter().zip(called) {
            if let Some(called) = called {
                self.call(body, site, called);
            }
        }
    }

    fn call(&mut self, body: &Body, site: &Site, called: Called<'a>) {
        let path = match site.kind {
            SiteKind::Path(path) | SiteKind::Macro(path) | SiteKind::Handed(path) => Some(&body.paths[path as usize]),
            SiteKind::Method | SiteKind::Local => None,
        };
        let handed = matches!(site.kind, SiteKind::Handed(_));
        if handed && !self.is_handed_over(site, &called.callee) {
            return;
        }
        let Called {
            callee,
            way,
            receiver,
            context,
        } = called;
        let found = match callee {
            Callee::Macro => path.map_or_else(|| unknown(Reason::Name), |path| self.invoked(path, site.span.start)),
            callee => self.reached(callee, &way),
        };
        let receiver = match pointed_at(&receiver) {
            Type::Adt((module, item), _) => Some((ModuleId(*module), (*item).into())),
            _ => None,
        };
        self.edges.push(Edge {
            from: ModuleId(self.module),
            to: found.to,
            item: found.item.map(Index::from),
            kind: if handed { EdgeKind::Reference } else { EdgeKind::Call },
            when: context.when,
            via: if site.kind == SiteKind::Method {
                Via::Value
            } else {
                Via::Name
            },
            confidence: if found.sure {
                Confidence::Exact
            } else {
                Confidence::Inferred
            },
            site: site.span,
            statement: site.statement,
            scope: context.item.map(Index::from),
            ends: found.ends.into(),
            name: Some(site.name),
            receiver,
            brought_by: path.and_then(|path| self.brings(path)).map(Index::from),
        });
    }

    /// The `use` that brings a path's first name.
    fn brings(&self, path: &ValuePath) -> Option<u32> {
        let text = self.text(path.path);
        let first = paths::first(text);
        let fixed = path.rooted || path.of.is_some() || matches!(first, "crate" | "self" | "super" | "Self");
        if fixed {
            return None;
        }
        self.types.lookup.use_of(self.at(path.scope), first)
    }

    /// Whether what a path names among arguments is handed over: a function, or what is made by being called.
    fn is_handed_over(&self, site: &Site, callee: &Callee<'_>) -> bool {
        match callee {
            Callee::Function(..) => true,
            Callee::Make(of, _) => self.types.is_tuple(*of, self.text(site.name)),
            _ => false,
        }
    }

    fn reached(&mut self, callee: Callee<'a>, way: &Way) -> Named {
        match callee {
            Callee::Function(function, _) => {
                let of = self.types.item_of(function);
                self.defined(of, way)
            }
            Callee::Make(of, _) => self.defined(of, way),
            Callee::Several(all) => {
                let mut ends: Vec<End> = all
                    .into_iter()
                    .map(|(function, _)| {
                        let (module, item) = self.types.item_of(function);
                        End {
                            to: Target::Module(ModuleId(module)),
                            item: Some(item),
                            chain: Box::default(),
                        }
                    })
                    .collect();
                ends.sort();
                ends.dedup();
                Named {
                    ends,
                    sure: false,
                    ..Named::just(Target::Unknown(Reason::Ambiguous))
                }
            }
            Callee::Outer(path, _) => {
                let chain = way.reached.first().map(|reached| reached.chain.clone());
                self.one(Reached {
                    chain: chain.unwrap_or_default(),
                    ..Reached::just(Thing::External(path))
                })
            }
            Callee::Nothing | Callee::Macro => unknown(Reason::Name),
            Callee::Unknown(reason) => unknown(reason),
        }
    }

    /// A definition of the project, by the way that its name was found.
    fn defined(&mut self, (module, item): Definition, way: &Way) -> Named {
        let is_it = |reached: &&Reached| (reached.thing.module(), reached.thing.item()) == (Some(module), Some(item));
        let by_name = way.reached.iter().find(is_it);
        let chain = match (by_name, way.reached.first()) {
            (Some(by_name), _) => by_name.chain.clone(),
            (None, Some(of_type)) if way.of_type => {
                let mut chain = of_type.chain.clone();
                chain.extend(of_type.thing.module().filter(|of| *of != module));
                chain
            }
            _ => Vec::new(),
        };
        self.one(Reached {
            chain,
            ..Reached::just(Thing::Item { module, item })
        })
    }

    fn one(&mut self, reached: Reached) -> Named {
        self.named(&[reached]).pop().unwrap_or_else(|| unknown(Reason::Name))
    }

    /// The macro that a path invokes at an offset.
    fn invoked(&mut self, path: &ValuePath, before: u32) -> Named {
        let text = self.text(path.path);
        let at = self.at(path.scope);
        let lone = !path.rooted && !text.contains("::") && self.types.lookup.use_of(at, text).is_none();
        let mut reached = Vec::new();
        if lone {
            if let Some(thing) = self.types.lookup.textual_macro(at, text, before) {
                reached.push(Reached::just(thing));
            } else if let Some((thing, root)) = self.types.lookup.macro_of_crates(self.module, text) {
                reached.push(Reached {
                    chain: vec![root],
                    ..Reached::just(thing)
                });
            }
        }
        if reached.is_empty() {
            let written = Written {
                path: text,
                rooted: path.rooted,
                in_use: false,
                space: Space::Macro,
            };
            reached = self.types.lookup.walk(at, written).reached;
        }
        reached.retain(|reached| match &reached.thing {
            Thing::Item { .. } | Thing::External(_) => true,
            Thing::Module { .. } | Thing::Enum { .. } | Thing::Unread { .. } | Thing::Unknown { .. } => false,
        });
        let mut all = self.named(&reached);
        match all.len() {
            0 => unknown(Reason::Name),
            1 if all[0].ends.len() < 2 => all.pop().unwrap_or_else(|| unknown(Reason::Name)),
            _ => Named {
                ends: all
                    .into_iter()
                    .flat_map(|named| {
                        let own = End {
                            to: named.to,
                            item: named.item,
                            chain: Box::default(),
                        };
                        let itself = named.item.is_some().then_some(own);
                        itself.into_iter().chain(named.ends)
                    })
                    .collect(),
                sure: false,
                ..Named::just(Target::Unknown(Reason::Ambiguous))
            },
        }
    }
}

fn unknown(reason: Reason) -> Named {
    Named::just(Target::Unknown(reason))
}
