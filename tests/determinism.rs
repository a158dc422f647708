//! The same tree gives the same bytes, whatever the order in which its files were made, wherever it lies, and however
//! many threads work.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;

const RULES: &str = r#"
[cycles]
modules = "warning"
layers = "error"

[[layer]]
id = "high"
paths = ["app/{domain}/high/**"]

[[layer]]
id = "low"
paths = ["app/{domain}/low/**"]
must_not_call = ["high"]

[[rule]]
id = "OWN-001"
from = { layer = "*" }
to = { layer = "*", domain = "other" }
"#;

/// The modules of a generated project.
fn modules() -> Vec<String> {
    let mut modules = Vec::new();
    for domain in ["a", "b"] {
        for layer in ["high", "low"] {
            for name in ["one", "two", "three"] {
                modules.push(format!("app/{domain}/{layer}/{name}"));
            }
        }
    }
    modules
}

/// One line of a module: what it does with another one.
fn line(form: usize, other: &str) -> String {
    let dotted = other.replace('/', ".");
    let (package, name) = dotted.rsplit_once('.').unwrap_or(("app", "one"));
    match form {
        0 => format!("import {dotted}\n"),
        1 => format!("from {package} import {name}\n"),
        2 => format!("from {dotted} import *\n"),
        3 => format!("def f_{name}():\n    from {dotted} import value\n"),
        4 => format!("from {dotted} import value as v_{name}\n__all__ = ['v_{name}']\n"),
        5 => format!("import {dotted}.gone\n"),
        6 => format!("class C_{name}({dotted}.Base):\n    pass\n"),
        7 => "def broken(:\n".to_owned(),
        // What they return goes in circles from module to module.
        8 => format!(
            "import {dotted}\ndef make():\n    return {dotted}.make() or Base()\ndef use():\n    make().run()\n"
        ),
        _ => format!("value = '{name}'\nclass Base:\n    def run(self): ...\n"),
    }
}

/// The same of a Rust module.
fn rust_line(form: usize, other: &str) -> String {
    let path = format!("crate::{}", other.replace('/', "::").replacen("app::", "", 1));
    let name = other.replace('/', "_");
    match form {
        0 => format!("use {path};\n"),
        1 => format!("pub use {path}::Base as B_{name};\n"),
        2 => format!("pub use {path}::*;\n"),
        3 => format!("fn f_{name}() {{ {path}::value(); }}\n"),
        4 => format!("use {path}::{{value as v_{name}, gone::Base as G_{name}}};\n"),
        5 => format!("mod gone_{name};\n"),
        6 => format!("impl {path}::Trait for S {{}}\n"),
        7 => "fn broken( {\n".to_owned(),
        8 => format!("pub fn make() -> impl {path}::Trait {{ {path}::make() }}\n"),
        _ => format!("#[cfg(unix)] pub type T_{name} = {path}::Base;\n"),
    }
}

/// The root of a crate that declares all modules.
fn rust_root(modules: &[String]) -> String {
    let domains = ["a", "b"].map(|domain| {
        let layers = ["high", "low"].map(|layer| {
            let folder = format!("app/{domain}/{layer}/");
            let own = modules.iter().filter_map(|path| path.strip_prefix(&folder));
            let own: Vec<String> = own.map(|name| format!("pub mod {name};")).collect();
            format!("pub mod {layer} {{ {} }}", own.join(" "))
        });
        format!("pub mod {domain} {{ {} }}\n", layers.join(" "))
    });
    domains.concat()
}

/// Files by path: every module with some lines, in packages.
fn project() -> impl Strategy<Value = BTreeMap<String, String>> {
    let all = modules();
    let count = all.len();
    let lines = prop::collection::vec((0..count, 0..10_usize, 0..count), 0..60);
    lines.prop_map(move |lines| {
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        files.insert(
            "Cargo.toml".to_owned(),
            "[package]\nname = \"app\"\nedition = \"2024\"\n[lib]\npath = \"app/lib.rs\"\n".to_owned(),
        );
        files.insert("app/lib.rs".to_owned(), rust_root(&all));
        for module in &all {
            files.insert(format!("{module}.py"), "value = 1\n".to_owned());
            let items = "pub struct Base;\npub trait Trait {}\npub fn value() {}\nstruct S;\n";
            files.insert(format!("{module}.rs"), items.to_owned());
            let mut folder = module.as_str();
            while let Some((above, _)) = folder.rsplit_once('/') {
                files.insert(format!("{above}/__init__.py"), String::new());
                folder = above;
            }
        }
        for (from, form, to) in lines {
            let text = line(form, &all[to]);
            files.entry(format!("{}.py", all[from])).or_default().push_str(&text);
            let text = rust_line(form, &all[to]);
            files.entry(format!("{}.rs", all[from])).or_default().push_str(&text);
        }
        files
    })
}

fn write(root: &Path, files: &[(String, String)]) -> std::io::Result<()> {
    fs::write(root.join("rules.toml"), RULES)?;
    fs::write(root.join("wiremap.toml"), "rules = [\"rules.toml\"]\n")?;
    for (path, text) in files {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

fn report(root: &Path, threads: &str, command: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_wiremap"))
        .args(command)
        .args(["--threads", threads])
        .current_dir(root)
        .output()
        .expect("the program starts");
    assert!(
        matches!(output.status.code(), Some(0 | 1 | 3)),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!output.stdout.is_empty());
    output.stdout
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_do_not_depend_on_order_place_or_threads(files in project(), seed in any::<u64>()) {
        let mut orders: Vec<(String, String)> = files.into_iter().collect();
        let first = tempfile::tempdir().expect("a folder");
        write(first.path(), &orders).expect("a project");
        // Another order of the same files: sorted by a hash of path and seed.
        orders.sort_by_key(|(path, _)| path.bytes().fold(seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }));
        let second = tempfile::tempdir().expect("a folder");
        write(second.path(), &orders).expect("a project");
        for command in [
            &["check", "--format", "json", "--today", "2026-01-15"][..],
            &["graph", "--level", "item"],
            &["graph", "--level", "module", "--format", "dot"],
        ] {
            let bytes = report(first.path(), "1", command);
            for threads in ["1", "2", "8"] {
                prop_assert!(bytes == report(second.path(), threads, command), "{command:?} with {threads} threads");
            }
        }
    }
}
