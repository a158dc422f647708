//! `wiremap verify`: the proof that every rule catches what it forbids, on the fixtures and on wiremap itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn verify(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wiremap"));
    let output = command
        .args(["verify", "--format", "json"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("wiremap runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let code = output.status.code().expect("an exit code");
    (code, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// How often a rule or expectation was tried and caught.
fn tally(project: &Value, table: &str, id: &str) -> (u64, u64) {
    let rows = project[table].as_array().expect("rows");
    let row = rows.iter().find(|row| row["id"] == id).expect("a row");
    (
        row["tried"].as_u64().expect("a number"),
        row["caught"].as_u64().expect("a number"),
    )
}

#[test]
fn the_python_topology_is_proven() {
    let (code, report) = verify(&root().join("fixtures/hoc-v2"), &[]);
    assert_eq!(code, 0, "{report}");
    let project = &report[0];
    assert_eq!(project["failures"], Value::Array(Vec::new()));
    for rule in [
        "API-001",
        "DRIVER-001",
        "MODEL-001",
        "SPINE-001",
        "SQL-001",
        "TXN-001",
        "must-not-call",
    ] {
        let (tried, caught) = tally(project, "rules", rule);
        assert!(tried > 0 && tried == caught, "{rule}: {caught} of {tried}");
    }
    assert_eq!(tally(project, "expectations", "L2.1_facade"), (1, 1));
    let ways = project["ways"].as_array().expect("ways");
    let tried = |way: &str| {
        let found = ways.iter().find(|row| row["way"] == way).expect("a way");
        found["tried"].as_u64()
    };
    for way in [
        "import",
        "re-export",
        "through a re-export",
        "through an alias",
        "call",
        "in a function",
    ] {
        assert!(tried(way).is_some_and(|tried| tried > 0), "{way}");
    }
    assert_eq!(tried("in a macro"), None, "Python has no macros");
    assert_eq!(
        tried("for type checkers"),
        Some(0),
        "what only type checkers read is let through"
    );
}

#[test]
fn wiremap_and_its_members_are_proven() {
    let (code, report) = verify(&root(), &[]);
    assert_eq!(code, 0, "{report}");
    let projects = report.as_array().expect("projects");
    assert!(projects.iter().all(|project| project["holds"] == true), "{report}");
    let (tried, caught) = tally(&projects[0], "rules", "not-listed");
    assert!(tried > 500 && tried == caught);
}

/// A folder with files in it.
fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
        fs::write(file, text).expect("a file");
    }
    folder
}

/// The shipped topology keeps domains apart: seen where there are two.
#[test]
fn domains_are_kept_apart() {
    let folder = project(&[
        ("wiremap.toml", "rules = [\"builtin:hoc-v2\"]\n"),
        ("app/hoc/cus/logs/L5_engines/log_engine.py", "def log():\n    pass\n"),
        ("app/hoc/cus/logs/L6_drivers/log_driver.py", "def read():\n    pass\n"),
        ("app/hoc/cus/apis/L5_engines/api_engine.py", "def api():\n    pass\n"),
    ]);
    let (code, report) = verify(folder.path(), &[]);
    assert_eq!(code, 0, "{report}");
    let (tried, caught) = tally(&report[0], "rules", "DOMAIN-001");
    assert!(tried >= 20 && tried == caught, "{caught} of {tried}");
}

/// Files with unit tests in them are no test code.
#[test]
fn edges_are_planted_beside_unit_tests() {
    let file = "pub fn one() {}\n#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn runs() {\n        one();\n    }\n}\n";
    let folder = project(&[
        ("wiremap.toml", "rules = [\"rules.toml\"]\n"),
        (
            "rules.toml",
            "[[layer]]\nid = \"high\"\npaths = [\"src/high.rs\"]\n[[layer]]\nid = \"low\"\npaths = [\"src/low.rs\"]\nmust_not_call = [\"high\"]\n",
        ),
        (
            "Cargo.toml",
            "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        ),
        ("src/lib.rs", "mod high;\nmod low;\n"),
        ("src/high.rs", file),
        ("src/low.rs", file),
    ]);
    let (code, report) = verify(folder.path(), &[]);
    assert_eq!(code, 0, "{report}");
    let (tried, caught) = tally(&report[0], "rules", "must-not-call");
    assert!(tried >= 9 && tried == caught, "{caught} of {tried}");
}

/// A rule on type-only imports is tried where they stand, and one that lets tests pass is not.
#[test]
fn circumstances_are_part_of_the_proof() {
    let folder = project(&[
        ("wiremap.toml", "rules = [\"rules.toml\"]\n"),
        (
            "rules.toml",
            "[[layer]]\nid = \"high\"\npaths = [\"app/high/**\"]\n[[layer]]\nid = \"low\"\npaths = [\"app/low/**\"]\n\
             [[rule]]\nid = \"LOADED\"\nfrom = { layer = \"low\" }\nto = { layer = \"high\" }\nwhen = { deferred = false }\n\
             [[rule]]\nid = \"TYPES\"\nfrom = { layer = \"low\" }\nto = { layer = \"high\" }\nkinds = [\"import\"]\nwhen = { type_only = true }\n\
             [[rule]]\nid = \"CALLS\"\nfrom = { layer = \"high\" }\nto = { layer = \"low\" }\nkinds = [\"call\"]\n",
        ),
        ("app/high/one.py", "def one():\n    pass\n"),
        ("app/low/two.py", "def two():\n    pass\n"),
    ]);
    let (code, report) = verify(folder.path(), &[]);
    assert_eq!(code, 0, "{report}");
    let project = &report[0];
    let of_way = |way: &str| {
        let ways = project["ways"].as_array().expect("ways");
        let row = ways.iter().find(|row| row["way"] == way).expect("a way");
        row["tried"].as_u64()
    };
    assert_eq!(of_way("for type checkers"), Some(1), "TYPES alone");
    let (types, loaded) = (tally(project, "rules", "TYPES"), tally(project, "rules", "LOADED"));
    assert_eq!((types.0, loaded.0), (types.1, loaded.1));
    assert!(types.0 > 0 && loaded.0 > 0);
    assert_eq!(
        tally(project, "rules", "CALLS"),
        (2, 2),
        "a call at load and one in a function"
    );
}

#[test]
fn the_shipped_reference_is_verified_where_there_is_no_project() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, report) = verify(folder.path(), &[]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(report[0]["project"], "the shipped reference");
    assert_eq!(
        (&report[0]["errors"], &report[0]["gaps"], &report[0]["drifted"]),
        (&0.into(), &0.into(), &0.into())
    );
    assert!(tally(&report[0], "rules", "must-not-call").0 > 100);
}
