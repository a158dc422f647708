//! Edges written as Python, at the end of a module.

use crate::facts::When;
use crate::graph::EdgeKind::{Call, Dynamic, Import, Inherit, ReExport};
use crate::lang::plant::{Destination, Plant, Planted, Spot};

const LOADED: When = When {
    deferred: false,
    guarded: false,
    type_only: false,
    test: false,
};

/// The module that hands names on.
pub(super) const HUB: &str = "wiremap_proof_hub";

/// Writes a plant; nothing where Python has no such way.
pub(super) fn plant(plant: &Plant<'_>) -> Option<Planted> {
    let n = plant.number;
    let deferred = When {
        deferred: true,
        ..LOADED
    };
    match plant.to {
        Destination::Called { receiver, name } => called(plant.way, n, receiver, name),
        Destination::External { name, .. } => {
            let (from, when) = match plant.way {
                "whole module" => (format!("import {name} as w{n}\n"), LOADED),
                "in a function" => (format!("def w{n}():\n    import {name} as w{n}_m\n"), deferred),
                "under a condition" => (
                    format!("try:\n    import {name} as w{n}\nfinally:\n    pass\n"),
                    When {
                        guarded: true,
                        ..LOADED
                    },
                ),
                "for type checkers" => (
                    format!("import typing as w{n}_t\nif w{n}_t.TYPE_CHECKING:\n    import {name} as w{n}\n"),
                    When {
                        type_only: true,
                        ..LOADED
                    },
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
    let deferred = When {
        deferred: true,
        ..LOADED
    };
    let (from, line, when) = match way {
        "call" => (format!("def w{n}({receiver}):\n    {receiver}.{name}()\n"), 1, deferred),
        "under a condition" => (
            format!("def w{n}({receiver}):\n    if w{n}:\n        {receiver}.{name}()\n"),
            2,
            When {
                guarded: true,
                ..deferred
            },
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
    let when = |deferred, guarded, type_only| When {
        deferred,
        guarded,
        type_only,
        test: false,
    };
    Some(match way {
        "import" => {
            planted(format!("from {module} import w{n}_f as w{n}\n"), &function).edge(Spot::From, 0, Import, LOADED)
        }
        "whole module" => planted(format!("import {module} as w{n}\n"), "").edge(Spot::From, 0, Import, LOADED),
        "re-export" => {
            planted(format!("from {module} import w{n}_f as w{n}_f\n"), &function).edge(Spot::From, 0, ReExport, LOADED)
        }
        "through a re-export" => Planted {
            from: format!("from {HUB} import w{n}_f as w{n}\n"),
            to: function,
            hub: format!("from {module} import w{n}_f as w{n}_f\n"),
            edges: Vec::new(),
        }
        .edge_by_hub(0, Import, LOADED)
        .edge(Spot::Hub, 0, ReExport, LOADED),
        "through an alias" => Planted {
            from: format!("from {HUB} import w{n} as w{n}_a\n"),
            to: function,
            hub: format!("import {module} as w{n}_m\nw{n} = w{n}_m.w{n}_f\n"),
            edges: Vec::new(),
        }
        .edge_by_hub(0, Import, LOADED)
        .edge(Spot::Hub, 0, Import, LOADED),
        "call" => planted(format!("import {module} as w{n}\nw{n}.w{n}_f()\n"), &function)
            .edge(Spot::From, 0, Import, LOADED)
            .edge(Spot::From, 1, Call, LOADED),
        "in a function" => planted(
            format!("def w{n}():\n    from {module} import w{n}_f\n    w{n}_f()\n"),
            &function,
        )
        .edge(Spot::From, 1, Import, when(true, false, false))
        .edge(Spot::From, 2, Call, when(true, false, false)),
        "under a condition" => planted(
            format!("try:\n    from {module} import w{n}_f as w{n}\nfinally:\n    pass\n"),
            &function,
        )
        .edge(Spot::From, 1, Import, when(false, true, false)),
        "base or trait" => planted(
            format!("import {module} as w{n}_m\nclass W{n}_b(w{n}_m.W{n}):\n    pass\n"),
            &class,
        )
        .edge(Spot::From, 0, Import, LOADED)
        .edge(Spot::From, 1, Inherit, LOADED),
        "at run time" => planted(
            format!("import importlib as w{n}_i\nw{n}_i.import_module(\"{module}\")\n"),
            "",
        )
        .edge(Spot::From, 1, Dynamic, LOADED),
        "for type checkers" => planted(
            format!("import typing as w{n}_t\nif w{n}_t.TYPE_CHECKING:\n    from {module} import w{n}_f as w{n}\n"),
            &function,
        )
        .edge(Spot::From, 2, Import, when(false, false, true)),
        // Python has no paths without an import, no macros, and tells tests by their files.
        _ => return None,
    })
}
