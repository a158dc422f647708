//! Input that is wrong, broken or hostile: a clear word at the right place, the right exit code, and never a panic.

use std::fs;
use std::path::Path;
use std::process::Command;

const RULES: &str = "[[layer]]\nid = \"low\"\npaths = [\"low/**\"]\nmust_not_call = [\"high\"]\n\n[[layer]]\nid = \"high\"\npaths = [\"high/**\"]\n";

/// Runs `check` over a project with one breach of its own, and one odd file; gives the exit code and the findings.
fn check(odd: impl FnOnce(&Path) -> std::io::Result<()>, config: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let make = || -> std::io::Result<()> {
        fs::create_dir_all(root.join("low"))?;
        fs::create_dir_all(root.join("high"))?;
        fs::write(root.join("high/thing.py"), "value = 1\n")?;
        fs::write(root.join("low/witness.py"), "import high.thing\n")?;
        fs::write(root.join("rules.toml"), RULES)?;
        fs::write(root.join("wiremap.toml"), format!("rules = [\"rules.toml\"]\n{config}"))?;
        odd(root)
    };
    make().expect("a project");
    let output = Command::new(env!("CARGO_BIN_EXE_wiremap"))
        .args(["check", "--format", "concise"])
        .current_dir(root)
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!told.contains("panicked"), "{told}");
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.code() != Some(2) {
        assert!(
            found.contains("low/witness.py:1:1: error[must-not-call]"),
            "the witness is lost:\n{found}{told}"
        );
    }
    (output.status.code(), found + &told)
}

fn file(name: &'static str, bytes: Vec<u8>) -> impl FnOnce(&Path) -> std::io::Result<()> {
    move |root| fs::write(root.join(name), bytes)
}

fn repeated(open: &str, middle: &str, close: &str, times: usize) -> Vec<u8> {
    format!("x = {}{middle}{}\n", open.repeat(times), close.repeat(times)).into_bytes()
}

/// Name, bytes of `low/odd.py`, exit code, what is said of it.
fn sources() -> Vec<(&'static str, Vec<u8>, i32, &'static str)> {
    let breach = "import high.thing";
    vec![
        ("empty", Vec::new(), 1, ""),
        (
            "byte order mark",
            format!("\u{feff}{breach}\n").into_bytes(),
            1,
            "low/odd.py:1:1: error[must-not-call]",
        ),
        (
            "crlf",
            format!("# a\r\n{breach}\r\n").into_bytes(),
            1,
            "low/odd.py:2:1: error[must-not-call]",
        ),
        (
            "cr alone",
            format!("# a\r{breach}\r").into_bytes(),
            1,
            "low/odd.py:2:1: error[must-not-call]",
        ),
        (
            "latin-1 by cookie",
            b"# coding: latin-1\nx = '\xe9'; import high.thing\n".to_vec(),
            1,
            "low/odd.py:2:10: error[must-not-call]",
        ),
        (
            "unknown cookie",
            b"# coding: nonsense\nx = 1\n".to_vec(),
            3,
            "unknown encoding `nonsense`",
        ),
        (
            "ascii cookie, other bytes",
            b"# coding: ascii\nx = '\xe9'\n".to_vec(),
            3,
            "low/odd.py:2:6: error[unparsed-source]",
        ),
        (
            "no utf-8",
            b"x = 1\ny = '\xff'\nimport high.thing\n".to_vec(),
            3,
            "low/odd.py:3:1: error[must-not-call]",
        ),
        ("utf-16", b"\xff\xfei\0m\0p\0o\0r\0t\0".to_vec(), 3, "unparsed-source"),
        ("nul", b"import high.thing\nx = \0\n".to_vec(), 3, "low/odd.py:2:"),
        (
            "half a file",
            b"import high.thing\ndef half(a,\n".to_vec(),
            3,
            "low/odd.py:1:1: error[must-not-call]",
        ),
        (
            "python 2",
            b"import high.thing\nprint 'x'\n".to_vec(),
            3,
            "low/odd.py:2:",
        ),
        (
            "too many brackets",
            repeated("(", "1", ")", 10_000),
            3,
            "nested brackets",
        ),
        // As many as a source holds that is parsed before its brackets are counted, and more.
        ("lists in lists", repeated("[", "1", "]", 24_000), 3, "nested brackets"),
        (
            "lists in lists, long",
            repeated("[", "1", "]", 30_000),
            3,
            "nested brackets",
        ),
        ("calls in calls", repeated("f(", "", ")", 5_000), 3, "nested brackets"),
        ("unary chain", repeated("-", "1", "", 200_000), 3, "levels deep"),
        ("attribute chain", repeated("a.", "b", "", 100_000), 3, "levels deep"),
        ("sum", repeated("1 + ", "1", "", 200_000), 3, "levels deep"),
        (
            "conditions",
            repeated("1 if 2 else ", "3", "", 100_000),
            3,
            "levels deep",
        ),
        ("lambdas", repeated("lambda: ", "3", "", 100_000), 3, "levels deep"),
        ("long flat list", repeated("[", &"1, ".repeat(500_000), "]", 1), 1, ""),
        (
            "long string sum over lines",
            format!("x = (\n{})\n", "    'a'\n".repeat(100_000)).into_bytes(),
            1,
            "",
        ),
        (
            "deep blocks",
            (0..2000)
                .map(|depth| " ".repeat(depth) + "if x:\n")
                .collect::<String>()
                .into_bytes(),
            3,
            "low/odd.py",
        ),
    ]
}

/// Name, bytes of `src/low/odd.rs`, exit code, what is said of it; where nothing is, it is read like any other.
fn rust_sources() -> Vec<(&'static str, Vec<u8>, i32, &'static str)> {
    let breach = "use crate::high::Thing;";
    let within = |text: String| format!("fn f() {{ {text} }}\n").into_bytes();
    vec![
        ("empty", Vec::new(), 1, ""),
        (
            "byte order mark",
            format!("\u{feff}{breach}\n").into_bytes(),
            1,
            "src/low/odd.rs:1:1: error[must-not-call]",
        ),
        (
            "crlf, after letters of more than one byte",
            format!("// жѣлѣзо\r\nconst S: &str = \"ⅨⅨ\"; {breach}\r\n").into_bytes(),
            1,
            "src/low/odd.rs:2:23: error[must-not-call]",
        ),
        (
            "a line for the shell",
            format!("#!/usr/bin/env run\n{breach}\n").into_bytes(),
            1,
            "src/low/odd.rs:2:1: error[must-not-call]",
        ),
        (
            "half an item",
            format!("{breach}\nfn half() {{\n    let x = (1;\n").into_bytes(),
            3,
            "src/low/odd.rs:3:13: error[unparsed-source]",
        ),
        (
            "an open comment",
            b"mod a {}\n/* never closed\n".to_vec(),
            3,
            "src/low/odd.rs:2:",
        ),
        (
            "an open string",
            b"mod a {}\nconst S: &str = \"never closed;\n".to_vec(),
            3,
            "src/low/odd.rs:2:",
        ),
        (
            "a closing bracket too many",
            b"fn f() {}\n}\n".to_vec(),
            3,
            "src/low/odd.rs:2:1: error[unparsed-source]",
        ),
        (
            "nul",
            b"fn f() {}\n\0\n".to_vec(),
            3,
            "src/low/odd.rs:2:1: error[unparsed-source]",
        ),
        (
            "not utf-8",
            b"// \xff\nuse crate::high::Thing;\n".to_vec(),
            3,
            "src/low/odd.rs:1:4: error[unparsed-source]",
        ),
        (
            "not rust",
            b"def f():\n    pass\n".to_vec(),
            3,
            "src/low/odd.rs:1:5: error[unparsed-source]",
        ),
        (
            "parentheses 10,000 deep",
            within("(".repeat(10_000) + "1" + &")".repeat(10_000)),
            3,
            "nested brackets",
        ),
        (
            "brackets 10,000 deep",
            within("[".repeat(10_000) + "1" + &"]".repeat(10_000)),
            3,
            "nested brackets",
        ),
        (
            "blocks 10,000 deep",
            within("{".repeat(10_000) + "1" + &"}".repeat(10_000)),
            3,
            "nested brackets",
        ),
        (
            "parentheses 500 deep",
            within("(".repeat(500) + "1" + &")".repeat(500)),
            1,
            "",
        ),
        (
            "types 100,000 deep",
            format!("type T = {}u8{};", "A<B, ".repeat(100_000), ">".repeat(100_000)).into_bytes(),
            3,
            "nested angle brackets",
        ),
        (
            "types 3,000 deep",
            format!("type T = {}u8{};", "A<B, ".repeat(3_000), ">".repeat(3_000)).into_bytes(),
            1,
            "",
        ),
        (
            "a sum of 100,000 terms",
            within("1 + ".repeat(100_000) + "1;"),
            3,
            "deeper than",
        ),
        ("a sum of 19,000 terms", within("1 + ".repeat(19_000) + "1;"), 1, ""),
        (
            "a chain of 15,000 calls",
            within("x".to_owned() + &".a()".repeat(15_000) + ";"),
            1,
            "",
        ),
        (
            "closures 100,000 deep",
            within("|a, b| ".repeat(100_000) + "1;"),
            3,
            "deeper than",
        ),
        (
            "a long else-if",
            within("if a {} ".to_owned() + &"else if b {} ".repeat(15_000)),
            1,
            "",
        ),
        (
            "a use of 9,000 names",
            format!("use {}z;", "a::".repeat(9_000)).into_bytes(),
            1,
            "",
        ),
        (
            "an array of 400,000 numbers",
            format!("const A: &[u8] = &[{}];", "1, ".repeat(400_000)).into_bytes(),
            1,
            "",
        ),
        (
            "a long line that is not ASCII",
            within("f(\"ж\"); a::b(); ".repeat(20_000)),
            1,
            "",
        ),
        (
            "a module that is itself",
            b"#[path = \"odd.rs\"]\nmod odd;\n".to_vec(),
            1,
            "",
        ),
        (
            "a file that includes itself",
            b"include!(\"odd.rs\");\n".to_vec(),
            1,
            "",
        ),
        (
            "rings of names",
            b"use self::a as b;\nuse self::b as a;\nuse self::*;\ntype C = D;\ntype D = C;\nuse self::C::X;\n".to_vec(),
            1,
            "",
        ),
    ]
}

/// A Rust project with one breach of its own and one odd module.
fn check_rust(odd: &[u8]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let rules = RULES
        .replace("low/**", "src/low/**\", \"src/low.rs")
        .replace("high/**", "src/high.rs");
    let make = || -> std::io::Result<()> {
        fs::create_dir_all(root.join("src/low"))?;
        fs::write(
            root.join("Cargo.toml"),
            "[package]\nname = \"odd\"\nedition = \"2024\"\n",
        )?;
        fs::write(root.join("src/lib.rs"), "mod high;\nmod low;\n")?;
        fs::write(root.join("src/high.rs"), "pub struct Thing;\n")?;
        fs::write(root.join("src/low.rs"), "mod odd;\nuse crate::high::Thing;\n")?;
        fs::write(root.join("src/low/odd.rs"), odd)?;
        fs::write(root.join("rules.toml"), rules)?;
        fs::write(root.join("wiremap.toml"), "rules = [\"rules.toml\"]\n")
    };
    make().expect("a project");
    let output = Command::new(env!("CARGO_BIN_EXE_wiremap"))
        .args(["check", "--format", "concise"])
        .current_dir(root)
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!told.contains("panicked"), "{told}");
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        found.contains("src/low.rs:2:1: error[must-not-call]"),
        "the witness is lost:\n{found}{told}"
    );
    (output.status.code(), found + &told)
}

#[test]
fn odd_rust_sources() {
    for (name, mut bytes, code, told) in rust_sources() {
        let mut told = told.to_owned();
        if told.is_empty() {
            // What is read in full is seen to be: a breach after it is found at its line.
            bytes.extend(b"\nuse crate::high::Thing;\n");
            let line = bytes.split(|byte| *byte == b'\n').count() - 1;
            told = format!("src/low/odd.rs:{line}:1: error[must-not-call]");
        }
        let (exit, said) = check_rust(&bytes);
        assert_eq!(exit, Some(code), "{name}: {said}");
        assert!(said.contains(&told), "{name}: no `{told}` in {said}");
    }
}

#[test]
fn odd_sources() {
    for (name, bytes, code, said) in sources() {
        let (found_code, found) = check(file("low/odd.py", bytes), "");
        assert_eq!(found_code, Some(code), "{name}: {found}");
        assert!(found.contains(said), "{name}: no `{said}` in\n{found}");
    }
}

#[test]
fn a_file_over_the_limit_is_reported_and_not_read() {
    let line = || format!("import high.thing; x = '{}'\n", "a".repeat(20_000)).into_bytes();
    let (code, found) = check(file("low/odd.py", line()), "max_file_bytes = 10000\n");
    assert_eq!(code, Some(3));
    assert!(
        found.contains("low/odd.py:1:1: error[unparsed-source]") && found.contains("max_file_bytes"),
        "{found}"
    );
    let (code, found) = check(file("low/odd.py", line()), "");
    assert_eq!(code, Some(1));
    assert!(found.contains("low/odd.py:1:1: error[must-not-call]"), "{found}");
}

#[cfg(unix)]
#[test]
fn links_pipes_and_folders_that_are_no_sources() {
    use std::os::unix::fs::symlink;
    let (code, found) = check(
        |root| {
            symlink(root.join("low"), root.join("low/loop"))?;
            symlink(root.join("high/thing.py"), root.join("low/link.py"))?;
            fs::create_dir(root.join("low/folder.py"))
        },
        "",
    );
    assert_eq!(code, Some(1), "{found}");
    let (code, found) = check(|root| symlink(root.join("nowhere.py"), root.join("low/broken.py")), "");
    assert_eq!(code, Some(3));
    assert!(
        found.contains("`low/broken.py` was not read: a symbolic link that leads nowhere"),
        "{found}"
    );
    let pipe = |root: &Path| {
        Command::new("mkfifo")
            .arg(root.join("low/pipe.py"))
            .status()
            .map(|_| ())
    };
    let (code, found) = check(pipe, "");
    assert_eq!(code, Some(3));
    assert!(
        found.contains("`low/pipe.py` was not read: not a regular file"),
        "{found}"
    );
}

#[test]
fn rules_files_of_noise() {
    let noise: [&[u8]; 8] = [
        b"\xff\xfe\x00",
        b"[[layer]\n",
        b"[[layer]]\nid = \n",
        b"[[layer]]\nid = \"a\"\npaths = [\"{a\"]\n",
        b"[[rule]]\nid = \"a\"\n",
        b"layer = 3\n",
        b"[topology]\nclosed = \"yes\"\n",
        b"[[rule]]\nid = \"r\"\nto = { layer = \"nowhere\" }\n",
    ];
    for bytes in noise {
        let (code, told) = check(|root| fs::write(root.join("rules.toml"), bytes), "");
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains("rules.toml"), "{told}");
    }
}

#[test]
fn every_half_of_a_rules_file_is_refused_or_read() {
    for end in 0..RULES.len() {
        let (code, told) = check_half(end);
        assert!(matches!(code, Some(0..=2)), "at {end}: {told}");
    }
}

fn check_half(end: usize) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = folder.path().join("half.toml");
    fs::write(&rules, &RULES[..end]).expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_wiremap"))
        .args(["check", "--rules", "half.toml"])
        .current_dir(folder.path())
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!told.contains("panicked"), "{told}");
    (output.status.code(), told)
}
