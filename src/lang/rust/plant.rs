//! Edges written as Rust, at the end of a module.

use super::paths::{self, is_standard};
use crate::facts::When;
use crate::graph::EdgeKind::{Call, Import, Inherit, ReExport};
use crate::lang::plant::{Destination, Plant, Planted, Spot};

/// The inline module of the crate's root that hands names on.
const HUB: &str = "wiremap_proof_hub";

/// Writes a plant; nothing where Rust has no such way. Modules are named within their own crate.
pub(super) fn plant(plant: &Plant<'_>) -> Option<Planted> {
    let n = plant.number;
    match plant.to {
        Destination::Called { receiver, name } => called(plant.way, n, receiver, name),
        // What is no dependency cannot be named.
        Destination::External { name, known } if !known && !is_standard(name) => None,
        Destination::External { name, .. } => {
            let (from, line, when) = match plant.way {
                "whole module" => (format!("use {name} as w{n};\n"), 0, When::LOADED),
                "qualified path" => (format!("type W{n} = ::{name}::W;\n"), 0, When::LOADED),
                "in a function" => (
                    format!("fn w{n}() {{\n    use {name} as w{n}_m;\n}}\n"),
                    1,
                    When::DEFERRED,
                ),
                "under a condition" => (
                    format!("#[cfg(feature = \"w{n}\")]\nuse {name} as w{n};\n"),
                    1,
                    When::GUARDED,
                ),
                _ => return None,
            };
            let planted = Planted {
                from,
                ..Planted::default()
            };
            Some(planted.edge(Spot::From, line, Import, when))
        }
        Destination::Module(module) => {
            let inner = paths::split_first(module).map_or("", |(_, inner)| inner);
            let path = if inner.is_empty() {
                "crate".to_owned()
            } else {
                format!("crate::{inner}")
            };
            to_module(plant.way, n, &path)
        }
    }
}

fn called(way: &str, n: usize, receiver: &str, name: &str) -> Option<Planted> {
    let (from, line, when) = match way {
        "call" => (
            format!("fn w{n}({receiver}: W{n}) {{\n    {receiver}.{name}();\n}}\n"),
            1,
            When::DEFERRED,
        ),
        "in a macro" => (
            format!("fn w{n}({receiver}: W{n}) {{\n    println!(\"{{}}\", {receiver}.{name}());\n}}\n"),
            1,
            When::DEFERRED,
        ),
        "under a condition" => (
            format!("#[cfg(feature = \"w{n}\")]\nfn w{n}({receiver}: W{n}) {{\n    {receiver}.{name}();\n}}\n"),
            2,
            When::GUARDED.with(When::DEFERRED),
        ),
        "in a test" => (
            format!("#[cfg(test)]\nfn w{n}({receiver}: W{n}) {{\n    {receiver}.{name}();\n}}\n"),
            2,
            When::TEST.with(When::DEFERRED),
        ),
        _ => return None,
    };
    let planted = Planted {
        from,
        ..Planted::default()
    };
    Some(planted.edge(Spot::From, line, Call, when))
}

fn to_module(way: &str, n: usize, path: &str) -> Option<Planted> {
    let function = format!("pub fn w{n}_f() -> u8 {{\n    0\n}}\n");
    let of_trait = format!("pub trait W{n}T {{}}\n");
    let planted = |from: String, to: &str| Planted {
        from,
        to: to.to_owned(),
        ..Planted::default()
    };
    let use_of = format!("use {path}::w{n}_f as w{n};\n");
    Some(match way {
        "import" => planted(use_of, &function).edge(Spot::From, 0, Import, When::LOADED),
        "re-export" => {
            planted(format!("pub use {path}::w{n}_f as w{n};\n"), &function).edge(Spot::From, 0, ReExport, When::LOADED)
        }
        "through a re-export" => Planted {
            from: format!("use crate::{HUB}{n}::w{n} as w{n}_r;\n"),
            to: function,
            hub: format!("pub mod {HUB}{n} {{\n    pub use {path}::w{n}_f as w{n};\n}}\n"),
            edges: Vec::new(),
        }
        .edge_by_hub(0, Import, When::LOADED)
        .edge(Spot::Hub, 1, ReExport, When::LOADED),
        "call" => planted(format!("{use_of}fn w{n}_c() {{\n    w{n}();\n}}\n"), &function)
            .edge(Spot::From, 0, Import, When::LOADED)
            .edge(Spot::From, 2, Call, When::DEFERRED),
        "qualified path" => planted(format!("fn w{n}_c() {{\n    {path}::w{n}_f();\n}}\n"), &function)
            .edge(Spot::From, 1, Import, When::DEFERRED)
            .edge(Spot::From, 1, Call, When::DEFERRED),
        "in a function" => planted(format!("fn w{n}_c() {{\n    use {path}::w{n}_f;\n}}\n"), &function).edge(
            Spot::From,
            1,
            Import,
            When::DEFERRED,
        ),
        "under a condition" => planted(format!("#[cfg(feature = \"w{n}\")]\n{use_of}"), &function).edge(
            Spot::From,
            1,
            Import,
            When::GUARDED,
        ),
        "in a macro" => planted(
            format!("fn w{n}_c() {{\n    println!(\"{{}}\", {path}::w{n}_f());\n}}\n"),
            &function,
        )
        .edge(Spot::From, 1, Import, When::DEFERRED)
        .edge(Spot::From, 1, Call, When::DEFERRED),
        "base or trait" => planted(
            format!("use {path}::W{n}T as W{n}U;\nstruct W{n}S;\nimpl W{n}U for W{n}S {{}}\n"),
            &of_trait,
        )
        .edge(Spot::From, 0, Import, When::LOADED)
        .edge(Spot::From, 2, Inherit, When::LOADED),
        "in a test" => planted(format!("#[cfg(test)]\n{use_of}"), &function).edge(Spot::From, 1, Import, When::TEST),
        // A whole module cannot be had for its own sake where it may be private; there is nothing dynamic, and nothing for
        // type checkers alone.
        _ => return None,
    })
}
