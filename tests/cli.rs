//! The command line from outside: exit codes, streams, and what a person reads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn shop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop")
}

fn wiremap(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wiremap"))
        .args(arguments)
        .args(["--color", "never"])
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

type Row = (
    &'static [&'static str],
    i32,
    &'static [&'static str],
    &'static [&'static str],
);

/// Arguments, exit code, words on stdout, words on stderr; all run in `fixtures/shop`.
const TABLE: &[Row] = &[
    (
        &["check"],
        0,
        &[
            "warning[SHOP-002]",
            "[shop/api/orders.py:19:5]",
            "rule: rules.toml:20",
            "0 errors, 2 warnings",
        ],
        &[],
    ),
    (&["check", "--level", "warning"], 1, &["0 errors, 2 warnings"], &[]),
    (&["check", "-q"], 0, &["warning[SHOP-002]"], &[]),
    (&["check", "--max-findings", "1"], 0, &["and 1 more"], &[]),
    (
        &["check", "--format", "concise"],
        0,
        &["shop/api/orders.py:19:5: warning[SHOP-002] a page talks to the database"],
        &[],
    ),
    (&["check", "shop/domain"], 0, &["0 errors, 0 warnings"], &[]),
    (
        &["check", "shop/api/orders.py"],
        0,
        &["warning[SHOP-002]", "0 errors, 1 warning"],
        &[],
    ),
    (
        &["check", "--format", "xml"],
        2,
        &[],
        &["no format `xml`", "human, concise, json"],
    ),
    (
        &["check", "--format", "json", "--format", "human"],
        2,
        &[],
        &["two formats on stdout"],
    ),
    (
        &["check", "--rules", "builtin:layerd"],
        2,
        &[],
        &["did you mean `builtin:layered`"],
    ),
    (&["check", "--rules", "nowhere.toml"], 2, &[], &["nowhere.toml"]),
    (&["check", "--today", "yesterday"], 2, &[], &["yesterday"]),
    (&["check", "nowhere"], 2, &[], &["nowhere"]),
    (
        &["check", "rules.toml"],
        2,
        &[],
        &["nothing that is checked lies at rules.toml"],
    ),
    (&["check", "--level", "fatal"], 2, &[], &["fatal"]),
    (
        &["explain", "shop/api/orders.py"],
        0,
        &[
            "layer          presentation",
            "decided by",
            "should call    application",
        ],
        &[],
    ),
    (
        &["explain", "shop.services"],
        0,
        &["is depended on by:", "shop.api.orders"],
        &[],
    ),
    (&["explain", "domain"], 0, &["pattern", "files          2"], &[]),
    (
        &["explain", "SHOP-002"],
        0,
        &["a page talks to the database", "findings now: 1"],
        &[],
    ),
    (
        &["explain", "missing-module"],
        0,
        &["leads nowhere", "findings now: none"],
        &[],
    ),
    (&["explain", "shop.servics"], 2, &[], &["did you mean `shop.services`?"]),
    (&["graph"], 0, &["digraph", "\"presentation\" -> \"application\""], &[]),
    (&["graph", "--format", "mermaid"], 0, &["flowchart TD"], &[]),
    (
        &["graph", "--level", "module", "--format", "json"],
        0,
        &["python:.:shop.api.orders"],
        &[],
    ),
    (
        &["graph", "--level", "item"],
        0,
        &["\"kind\": \"import\"", "\"end_column\""],
        &[],
    ),
    (&["graph", "--level", "item", "--format", "dot"], 2, &[], &["json"]),
    (&["graph", "--focus", "nothing"], 2, &[], &["no module `nothing`"]),
    (&["schema", "config"], 0, &["max_file_bytes"], &[]),
    (&["schema", "rules"], 0, &["must_not_call"], &[]),
    (&["schema", "report"], 0, &["schema_version"], &[]),
    (&["frobnicate"], 2, &[], &["frobnicate"]),
];

#[test]
fn commands_end_and_say_as_the_table_has_it() {
    for (arguments, code, out, err) in TABLE {
        let output = wiremap(&shop(), arguments);
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}\n{stdout}\n{stderr}");
        for words in *out {
            assert!(stdout.contains(words), "{arguments:?}: no `{words}` in\n{stdout}");
        }
        for words in *err {
            assert!(stderr.contains(words), "{arguments:?}: no `{words}` in\n{stderr}");
        }
        assert_eq!(
            stdout.is_empty(),
            out.is_empty(),
            "{arguments:?}: results alone go to stdout\n{stdout}"
        );
        assert_eq!(
            stderr.is_empty(),
            err.is_empty(),
            "{arguments:?}: all else goes to stderr\n{stderr}"
        );
    }
}

#[test]
fn members_are_checked_under_their_own_rules_with_paths_of_the_whole() {
    let output = wiremap(Path::new(env!("CARGO_MANIFEST_DIR")), &["check", "--format", "concise"]);
    assert!(text(&output.stdout).contains("fixtures/shop/shop/api/orders.py:19:5: warning[SHOP-002]"));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn reports_go_to_files_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.json");
    let argument = format!("json={}", file.display());
    let output = wiremap(&shop(), &["check", "--format", &argument, "--format", "concise"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&file).expect("a report")).expect("JSON");
    assert_eq!(report["summary"]["warnings"], 2);
    assert_eq!(
        fs::read_dir(folder.path()).expect("a folder").count(),
        1,
        "nothing is left beside the report"
    );
    let nowhere = format!("json={}", folder.path().join("no/such/folder.json").display());
    let output = wiremap(&shop(), &["check", "--format", &nowhere]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("cannot write"));
}

#[cfg(unix)]
#[test]
fn a_report_replaces_no_link_and_no_device() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let (file, link) = (folder.path().join("report.json"), folder.path().join("latest.json"));
    fs::write(&file, "old").expect("a file");
    symlink(&file, &link).expect("a link");
    wiremap(&shop(), &["check", "--format", &format!("json={}", link.display())]);
    assert!(link.is_symlink());
    assert!(fs::read_to_string(&file).expect("a report").starts_with('{'));
    let output = wiremap(&shop(), &["check", "--format", "json=/dev/stdout"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with('{'));
    let output = wiremap(
        &shop(),
        &["check", "--format", &format!("json={}", folder.path().display())],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("cannot write"));
}

#[test]
fn without_a_project_file_the_user_is_told_what_to_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = wiremap(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("rules = [\"builtin:layered\"]"));
    let output = wiremap(folder.path(), &["check", "--rules", "builtin:layered"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("looked at no source"));
}

#[test]
fn every_shipped_rules_file_is_right_in_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, _) in wiremap::rules::load::BUILTIN {
        let output = wiremap(folder.path(), &["check", "--rules", &format!("builtin:{name}")]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", text(&output.stderr));
    }
    let shipped = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"))
        .expect("rules")
        .filter(|file| file.as_ref().is_ok_and(|file| file.file_name() != "self.toml"))
        .count();
    assert_eq!(
        shipped,
        wiremap::rules::load::BUILTIN.len(),
        "every file of rules/ but wiremap's own is shipped"
    );
}
