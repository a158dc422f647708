//! Edges written as Python, at the end of a module.

use crate::facts::When;
use crate::graph::EdgeKind::{Call, Dynamic, Import, Inherit, ReExport};
use crate::lang::plant::{Destination, Plant, Planted, Spot};

/// The module that hands names on.
pub(super) const HUB: &str = "wiremap_proof_hub";

/// Writes a plant; nothing where Python has no such way.
pub(super) fn plant(plant: &Plant<'_>) -> Option<Planted> {
    let n = plant.number;
    match plant.to {
        Destination::Called { receiver, name } => called(plant.way, n, receiver, name),
        Destination::External { name, .. } => {
            let (from, when) = match plant.way {
                "whole module" => (format!("import {name} as w{n}\n"), When::LOADED),
                "in a function" => (format!("def w{n}():\n    import {name} as w{n}_m\n"), When::DEFERRED),
                "under a condition" => (
                    format!("try:\n    import {name} as w{n}\nfinally:\n    pass\n"),
                    When::GUARDED,
                ),
                "for type checkers" => (
                    format!("import typing as w{n}_t\nif w{n}_t.TYPE_CHECKING:\n    import {name} as w{n}\n"),
                    When::TYPE_ONLY,
                ),
                _ => return None,
            };
            let line = from.lines().position(|line| line.contains(&format!("import {name}")))?;
            let planted = Planted {
                from,
                ..Planted::default()
            };
            Some(planted.edge(Spot::From, line, Import, when))
        }
        Destination::Module(module) => to_module(plant.way, n, module),
    }
}

fn called(way: &str, n: usize, receiver: &str, name: &str) -> Option<Planted> {
    let (from, line, when) = match way {
        "call" => (
            format!("def w{n}({receiver}):\n    {receiver}.{name}()\n"),
            1,
            When::DEFERRED,
        ),
        "under a condition" => (
            format!("def w{n}({receiver}):\n    if w{n}:\n        {receiver}.{name}()\n"),
            2,
            When::GUARDED.with(When::DEFERRED),
        ),
        _ => return None,
    };
    let planted = Planted {
        from,
        ..Planted::default()
    };
    Some(planted.edge(Spot::From, line, Call, when))
}

fn to_module(way: &str, n: usize, module: &str) -> Option<Planted> {
    let function = format!("def w{n}_f():\n    pass\n");
    let class = format!("class W{n}:\n    pass\n");
    let planted = |from: String, to: &str| Planted {
        from,
        to: to.to_owned(),
        ..Planted::default()
    };
    Some(match way {
        "import" => planted(format!("from {module} import w{n}_f as w{n}\n"), &function).edge(
            Spot::From,
            0,
            Import,
            When::LOADED,
        ),
        "whole module" => planted(format!("import {module} as w{n}\n"), "").edge(Spot::From, 0, Import, When::LOADED),
        "re-export" => planted(format!("from {module} import w{n}_f as w{n}_f\n"), &function).edge(
            Spot::From,
            0,
            ReExport,
            When::LOADED,
        ),
        "through a re-export" => Planted {
            from: format!("from {HUB} import w{n}_f as w{n}\n"),
            to: function,
            hub: format!("from {module} import w{n}_f as w{n}_f\n"),
            edges: Vec::new(),
        }
        .edge_by_hub(0, Import, When::LOADED)
        .edge(Spot::Hub, 0, ReExport, When::LOADED),
        "through an alias" => Planted {
            from: format!("from {HUB} import w{n} as w{n}_a\n"),
            to: function,
            hub: format!("import {module} as w{n}_m\nw{n} = w{n}_m.w{n}_f\n"),
            edges: Vec::new(),
        }
        .edge_by_hub(0, Import, When::LOADED)
        .edge(Spot::Hub, 0, Import, When::LOADED),
        "call" => planted(format!("import {module} as w{n}\nw{n}.w{n}_f()\n"), &function)
            .edge(Spot::From, 0, Import, When::LOADED)
            .edge(Spot::From, 1, Call, When::LOADED),
        "in a function" => planted(
            format!("def w{n}():\n    from {module} import w{n}_f\n    w{n}_f()\n"),
            &function,
        )
        .edge(Spot::From, 1, Import, When::DEFERRED)
        .edge(Spot::From, 2, Call, When::DEFERRED),
        "under a condition" => planted(
            format!("try:\n    from {module} import w{n}_f as w{n}\nfinally:\n    pass\n"),
            &function,
        )
        .edge(Spot::From, 1, Import, When::GUARDED),
        "base or trait" => planted(
            format!("import {module} as w{n}_m\nclass W{n}_b(w{n}_m.W{n}):\n    pass\n"),
            &class,
        )
        .edge(Spot::From, 0, Import, When::LOADED)
        .edge(Spot::From, 1, Inherit, When::LOADED),
        "at run time" => planted(
            format!("import importlib as w{n}_i\nw{n}_i.import_module(\"{module}\")\n"),
            "",
        )
        .edge(Spot::From, 1, Dynamic, When::LOADED),
        "for type checkers" => planted(
            format!("import typing as w{n}_t\nif w{n}_t.TYPE_CHECKING:\n    from {module} import w{n}_f as w{n}\n"),
            &function,
        )
        .edge(Spot::From, 2, Import, When::TYPE_ONLY),
        // Python has no paths without an import, no macros, and tells tests by their files.
        _ => return None,
    })
}
