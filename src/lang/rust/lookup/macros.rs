//! Macros invoked by a lone name: by textual scope, or from crates whose macros are all taken
//! (<https://doc.rust-lang.org/reference/macros-by-example.html#scoping-exporting-and-importing>).

use super::{At, Lookup, Thing};
use crate::lang::rust::UseForm;
use crate::lang::rust::project::{Known, MacroRules};

impl Lookup<'_> {
    /// The macro that a lone name invokes by textual scope: the nearest definition around it, and in one file the last
    /// before the offset where it stands.
    pub(in crate::lang::rust) fn textual_macro(&self, at: At, name: &str, before: u32) -> Option<Thing> {
        let krate = self.project.module(at.0).krate;
        let all = self.project.macros.get(&krate)?.get(name)?;
        let stands_before = |rules: &&MacroRules| {
            let items = &self.files.facts(self.project.module(rules.module).file).items;
            rules.module != at.0 || items[rules.item as usize].span.start < before
        };
        // What a macro that is not expanded puts into another order is found all the same.
        self.nearest_macro(at, all, stands_before)
            .or_else(|| self.nearest_macro(at, all, |_| true))
    }

    fn nearest_macro(&self, at: At, all: &[MacroRules], counts: impl Fn(&&MacroRules) -> bool) -> Option<Thing> {
        let mut next = Some(at);
        while let Some((module, scope)) = next {
            let here = |rules: &&MacroRules| rules.module == module && rules.scope == scope;
            let near = all.iter().rfind(|rules| here(rules) && counts(rules)).or_else(|| {
                all.iter()
                    .find(|rules| counts(rules) && self.flows_into((rules.module, rules.scope), (module, scope)))
            });
            if let Some(rules) = near {
                return Some(Thing::Item {
                    module: rules.module,
                    item: rules.item,
                });
            }
            let inner = self
                .own(module)
                .scopes
                .get(scope as usize)
                .and_then(|scope| scope.parent);
            next = inner
                .map(|parent| (module, parent))
                .or_else(|| self.project.module(module).parent);
        }
        None
    }

    /// Whether the macros of a scope are known in one around it: every module between has `#[macro_use]`.
    fn flows_into(&self, inner: At, outer: At) -> bool {
        let mut at = inner;
        while at != outer {
            let (module, scope) = at;
            let own = self.own(module);
            let Some(of) = own.scopes.get(scope as usize) else {
                return false;
            };
            at = match of.parent {
                Some(parent) if of.macro_use => (module, parent),
                Some(_) => return false,
                None => {
                    let loaded = self.project.module(module);
                    let Some(parent) = loaded.parent else { return false };
                    let above = self.project.module(parent.0);
                    let declared = self.own(parent.0).mods.iter().zip(&above.children);
                    let by_mod = declared
                        .filter(|(declared, _)| declared.macro_use)
                        .any(|(_, children)| children.contains(&module));
                    if !(by_mod || loaded.included || of.macro_use) {
                        return false;
                    }
                    parent
                }
            };
        }
        true
    }

    /// The macro that a lone name invokes by `#[macro_use] extern crate` in the crate's root.
    pub(in crate::lang::rust) fn macro_of_crates(&self, module: u32, name: &str) -> Option<(Thing, u32)> {
        let root = self.project.crate_of(module).root;
        let own = self.own(root);
        let mut used = own
            .uses
            .iter()
            .filter(|of| of.form == UseForm::ExternCrate { all_macros: true });
        used.find_map(|of| {
            let Some(Known::Crate(krate)) = self.project.crate_of(root).prelude.get(self.name(root, of.path)) else {
                return None;
            };
            let rules = self.project.macros.get(krate)?.get(name)?;
            let rules = rules.iter().find(|rules| rules.exported)?;
            let thing = Thing::Item {
                module: rules.module,
                item: rules.item,
            };
            Some((thing, self.project.crates[*krate as usize].root))
        })
    }
}
