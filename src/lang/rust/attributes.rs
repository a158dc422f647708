//! What attributes say: conditions, paths of modules, where macros are known.

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token};

use super::code::Derives;
use crate::facts::When;

/// What the attributes of an item say of it.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one flag for each attribute that is looked for"
)]
pub(super) struct Said {
    /// `#[cfg(test)]`, `#[test]`: it is there in test builds alone.
    pub(super) test: bool,
    /// Another `#[cfg(…)]`: it may not be there.
    pub(super) guarded: bool,
    /// `#[macro_use]`
    pub(super) macro_use: bool,
    /// `#[macro_export]`
    pub(super) macro_export: bool,
    /// An attribute or derive macro that may make names of its own.
    pub(super) makes_names: bool,
    /// `#[proc_macro]`, `#[proc_macro_attribute]`: the function is a macro.
    pub(super) proc_macro: bool,
    /// `#[proc_macro_derive(Name)]`
    pub(super) derives: Option<String>,
    /// `#[derive(…)]` of the standard library's traits.
    pub(super) derived: Derives,
    /// `#[path = "…"]`
    pub(super) path: Option<String>,
    /// `#[cfg_attr(…, path = "…")]`
    pub(super) paths_if: Vec<String>,
}

impl Said {
    /// The circumstances of what it is said of.
    pub(super) fn when(&self) -> When {
        When::TEST.only_if(self.test).with(When::GUARDED.only_if(self.guarded))
    }
}

/// Reads the attributes of an item.
pub(super) fn said(attributes: &[Attribute]) -> Said {
    let mut said = Said::default();
    for attribute in attributes {
        one(&attribute.meta, false, &mut said);
    }
    said
}

fn one(meta: &Meta, conditional: bool, said: &mut Said) {
    let path = meta.path();
    // Most attributes are documentation.
    if path.is_ident("doc") {
        return;
    }
    let Some(name) = path.get_ident().map(ToString::to_string) else {
        // `#[tokio::test]` and its like.
        let last = path.segments.last().map(|segment| segment.ident.to_string());
        said.test |= last.is_some_and(|last| last == "test");
        said.makes_names |= !is_tool(path);
        return;
    };
    match name.as_str() {
        "cfg" => match meta.require_list().ok().and_then(|list| list.parse_args::<Meta>().ok()) {
            Some(condition) if implies_test(&condition) => said.test = true,
            _ => said.guarded = true,
        },
        "cfg_attr" => {
            let Ok(list) = meta.require_list() else { return };
            let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
                return;
            };
            for part in parts.iter().skip(1) {
                one(part, true, said);
            }
        }
        "path" => {
            let path = text_of(meta);
            if conditional {
                said.paths_if.extend(path);
            } else {
                said.path = path;
            }
        }
        "test" | "bench" | "rstest" | "quickcheck" | "test_case" => said.test = true,
        "proc_macro" | "proc_macro_attribute" => said.proc_macro = true,
        "proc_macro_derive" => {
            let list = meta.require_list().ok();
            let first = list.and_then(|list| list.tokens.clone().into_iter().next());
            said.derives = first.map(|name| name.to_string());
        }
        "macro_use" => said.macro_use = true,
        "macro_export" => said.macro_export = true,
        "derive" => {
            let Ok(list) = meta.require_list() else { return };
            let derives = list.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated);
            let mut known = derives.iter().flatten().filter_map(|path| path.segments.last());
            said.derived.clone |= known.clone().any(|last| last.ident == "Clone");
            said.derived.default |= known.any(|last| last.ident == "Default");
            said.makes_names |= derives.map_or(true, |derives| !derives.iter().all(is_std_derive));
        }
        name => said.makes_names |= !is_builtin(name),
    }
}

/// Whether `#[cfg_attr(condition, …)]` adds its attributes in test builds alone.
pub(super) fn is_for_tests(meta: &Meta) -> bool {
    let Ok(list) = meta.require_list() else { return false };
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    parts.is_ok_and(|parts| parts.first().is_some_and(implies_test))
}

/// Whether a condition holds in test builds alone.
fn implies_test(condition: &Meta) -> bool {
    let Some(name) = condition.path().get_ident().map(ToString::to_string) else {
        return false;
    };
    let parts = || {
        let list = condition.require_list().ok()?;
        list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .ok()
    };
    match name.as_str() {
        "test" => matches!(condition, Meta::Path(_)),
        "all" => parts().is_some_and(|parts| parts.iter().any(implies_test)),
        "any" => parts().is_some_and(|parts| !parts.is_empty() && parts.iter().all(implies_test)),
        _ => false,
    }
}

/// The text of `name = "text"`.
pub(super) fn text_of(meta: &Meta) -> Option<String> {
    let value = &meta.require_name_value().ok()?.value;
    literal(value)
}

/// The text of a string literal.
pub(super) fn literal(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text), ..
        }) => Some(text.value()),
        _ => None,
    }
}

/// `#[rustfmt::skip]`, `#[clippy::…]`: tools' attributes make nothing.
fn is_tool(path: &syn::Path) -> bool {
    let first = path.segments.first().map(|segment| segment.ident.to_string());
    matches!(
        first.as_deref(),
        Some("rustfmt" | "clippy" | "diagnostic" | "miri" | "rust_analyzer")
    )
}

fn is_std_derive(path: &syn::Path) -> bool {
    let last = path.segments.last().map(|segment| segment.ident.to_string());
    matches!(
        last.as_deref(),
        Some("Clone" | "Copy" | "Debug" | "Default" | "Eq" | "Hash" | "Ord" | "PartialEq" | "PartialOrd")
    )
}

/// Attributes of the language, which make no names: <https://doc.rust-lang.org/reference/attributes.html>.
fn is_builtin(name: &str) -> bool {
    matches!(
        name,
        "allow"
            | "automatically_derived"
            | "cold"
            | "crate_name"
            | "crate_type"
            | "default"
            | "deny"
            | "deprecated"
            | "doc"
            | "expect"
            | "export_name"
            | "feature"
            | "forbid"
            | "global_allocator"
            | "ignore"
            | "inline"
            | "link"
            | "link_name"
            | "link_section"
            | "must_use"
            | "naked"
            | "no_mangle"
            | "no_std"
            | "non_exhaustive"
            | "panic_handler"
            | "proc_macro"
            | "proc_macro_attribute"
            | "proc_macro_derive"
            | "recursion_limit"
            | "repr"
            | "should_panic"
            | "target_feature"
            | "track_caller"
            | "type_length_limit"
            | "unsafe"
            | "used"
            | "warn"
    )
}
