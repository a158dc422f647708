//! `wiremap docs`: what it writes, what it leaves alone, and how it says what has drifted.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn wiremap(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wiremap"));
    let output = command
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("wiremap runs");
    Ran {
        code: output.status.code().expect("an exit code"),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A project of two layers in two domains.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |path: &str, text: &str| {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
        fs::write(file, text).expect("a file");
    };
    put(
        "wiremap.toml",
        "rules = [\"rules.toml\"]\n[documents]\nout = \"docs\"\n",
    );
    put(
        "rules.toml",
        r#"
[topology]
name = "TWO"

[[layer]]
id = "high"
paths = ["app/{domain}/high/*.py"]
contract = "decides"
should_call = ["low"]

[[layer]]
id = "low"
paths = ["app/{domain}/low/*.py"]
must_not_call = ["high"]

[[expect]]
id = "low"
kind = "present"
layer = "low"
when_has = ["high"]
"#,
    );
    put(
        "app/orders/high/engine.py",
        "def place(order: int) -> bool:\n    return True\n",
    );
    put("app/orders/low/driver.py", "def store(order):\n    pass\n");
    put("app/stock/high/engine.py", "def count():\n    pass\n");
    folder
}

/// Every file below a folder, with its text.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut left = vec![folder.to_path_buf()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.insert(path.clone(), fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

#[test]
fn a_second_run_changes_nothing() {
    let project = project();
    let first = wiremap(project.path(), &["docs"]);
    assert_eq!((first.code, first.err.as_str()), (0, ""));
    let before = snapshot(project.path());
    let second = wiremap(project.path(), &["docs"]);
    assert!(second.out.contains("0 written"), "{}", second.out);
    assert_eq!(before, snapshot(project.path()));
    let check = wiremap(project.path(), &["docs", "--check"]);
    assert_eq!((check.code, check.out.as_str(), check.err.as_str()), (0, "", ""));
}

#[test]
fn drift_is_shown_and_nothing_is_written() {
    let project = project();
    wiremap(project.path(), &["docs"]);
    let engine = project.path().join("app/orders/high/engine.py");
    fs::write(
        engine,
        "def place(order: int, note: str = '') -> bool:\n    return True\n",
    )
    .expect("a file");
    let stale = project.path().join("docs/02_stock/DOMAIN_WIRING_MAP.md");
    fs::remove_file(stale).expect("a document");
    let before = snapshot(project.path());
    let check = wiremap(project.path(), &["docs", "--check"]);
    assert_eq!(check.code, 1);
    assert_eq!(before, snapshot(project.path()));
    for told in [
        "missing: docs/02_stock/DOMAIN_WIRING_MAP.md",
        "stale: docs/01_orders/high.md",
        "-| `place` | `(order: int) -> bool` | no |  |",
        "+| `place` | `(order: int, note: str = '') -> bool` | no |  |",
        "1 missing, 2 stale, 0 no longer generated",
    ] {
        assert!(check.out.contains(told), "{told}\n{}", check.out);
    }
}

#[test]
fn what_is_no_longer_generated_goes_and_what_is_foreign_stays() {
    let project = project();
    wiremap(project.path(), &["docs"]);
    let foreign = project.path().join("docs/02_stock/NOTES.md");
    fs::write(&foreign, "ours\n").expect("a file");
    fs::remove_dir_all(project.path().join("app/stock")).expect("a folder");
    let check = wiremap(project.path(), &["docs", "--check"]);
    assert_eq!(check.code, 1);
    assert!(
        check.out.contains("no longer generated: docs/02_stock/high.md"),
        "{}",
        check.out
    );
    let run = wiremap(project.path(), &["docs"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(fs::read_to_string(&foreign).expect("the foreign file"), "ours\n");
    assert!(!project.path().join("docs/02_stock/high.md").exists());
    assert_eq!(wiremap(project.path(), &["docs", "--check"]).code, 0);
}

#[test]
fn a_folder_that_is_not_wiremaps_is_refused() {
    let project = project();
    let readme = project.path().join("docs/GAP_REGISTER.md");
    fs::create_dir_all(project.path().join("docs")).expect("a folder");
    fs::write(&readme, "somebody else's\n").expect("a file");
    let before = snapshot(project.path());
    let check = wiremap(project.path(), &["docs", "--check"]);
    assert_eq!(check.code, 2);
    assert!(check.err.contains("not wiremap's"), "{}", check.err);
    let run = wiremap(project.path(), &["docs"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("GAP_REGISTER.md stands there already"), "{}", run.err);
    assert_eq!(before, snapshot(project.path()));
}

#[test]
fn a_manifest_cannot_name_files_outside_its_folder() {
    let project = project();
    wiremap(project.path(), &["docs"]);
    let manifest = project.path().join("docs/.wiremap-documents.json");
    for path in ["../rules.toml", "/etc/passwd", "a//b", "C:\\x"] {
        let text = serde_json::json!({ "schema_version": 1, "files": [path] });
        fs::write(&manifest, text.to_string()).expect("a file");
        let run = wiremap(project.path(), &["docs"]);
        assert_eq!(run.code, 2, "{path}");
        assert!(run.err.contains("does not lie in the folder"), "{}", run.err);
    }
    assert!(project.path().join("rules.toml").is_file());
}

#[test]
fn gaps_fail_the_gate_where_that_is_asked() {
    let project = project();
    let ended = |arguments: &[&str]| wiremap(project.path(), arguments).code;
    assert_eq!(ended(&["gaps"]), 0);
    assert_eq!(ended(&["gaps", "--fail"]), 1);
    assert_eq!(ended(&["gaps", "--fail=low"]), 1);
    assert_eq!(ended(&["gaps", "orders", "--fail"]), 0);
    let wrong = wiremap(project.path(), &["gaps", "--fail=lo"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("did you mean `low`?"), "{}", wrong.err);
    let table = wiremap(project.path(), &["gaps", "stock"]).out;
    assert!(
        table.contains("| low | stock | 1 files but none of low | Build the files of low in stock |"),
        "{table}"
    );
}

#[test]
fn maps_are_asked_for_by_domain() {
    let project = project();
    let map = wiremap(project.path(), &["map", "stock"]);
    assert!(
        map.out.starts_with("# Stock — Prescriptive Wiring Map\n"),
        "{}",
        map.out
    );
    assert!(map.out.contains("└──→ Low (0 files)"), "{}", map.out);
    let chart = wiremap(project.path(), &["map", "stock", "--format", "mermaid"]);
    assert!(
        chart.out.contains("n0 --> n1") && chart.out.contains("class n1 gap"),
        "{}",
        chart.out
    );
    let json = wiremap(project.path(), &["map", "--format", "json"]);
    let maps: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(maps[1]["domain"], "stock");
    assert_eq!(maps[1]["layers"][1]["state"], "missing");
    let wrong = wiremap(project.path(), &["map", "stok"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("did you mean `stock`?"), "{}", wrong.err);
}
