//! Documents to the byte. Every folder of `fixtures/documents/` is a test: of the documents that `wiremap docs` writes for
//! it, those that stand in its `expected/` must be equal to them. `fixtures/hoc-v1` and `fixtures/hoc-v2` are tests of the
//! same kind: one document of each is given.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::from_args();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut trials = Vec::new();
    for entry in fs::read_dir(root.join("fixtures/documents"))? {
        let folder = entry?.path();
        if folder.join("wiremap.toml").is_file() {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            trials.push(Trial::test(name, move || case(&folder).map_err(Failed::from)));
        }
    }
    for (fixture, document, expected) in GIVEN {
        let folder = root.join("fixtures").join(fixture);
        trials.push(Trial::test(format!("{fixture} to the byte"), move || {
            given(&folder, document, expected).map_err(Failed::from)
        }));
    }
    trials.push(Trial::test("own documents have not drifted", move || {
        let output = wiremap(&root, &["docs", "--check"]);
        ended(&output, 0).map_err(Failed::from)
    }));
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&arguments, trials).exit()
}

/// A fixture, the document it is there for, and the text that document must have.
const GIVEN: [(&str, &str, &str); 2] = [
    (
        "hoc-v1",
        "09_integrations/L6_drivers.md",
        "INTEGRATIONS_L6_DRIVERS.expected.md",
    ),
    (
        "hoc-v2",
        "09_integrations/DOMAIN_WIRING_MAP.md",
        "INTEGRATIONS_WIRING_MAP.expected.md",
    ),
];

fn wiremap(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wiremap"));
    command.args(arguments).current_dir(folder);
    command.output().expect("wiremap runs")
}

fn ended(output: &Output, code: i32) -> Result<(), String> {
    if output.status.code() == Some(code) {
        return Ok(());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Err(format!(
        "ended with {:?}, not {code}\n{}{}",
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr)
    ))
}

/// Writes a folder's documents elsewhere, on so many threads.
fn written(folder: &Path, threads: &str) -> Result<tempfile::TempDir, String> {
    let out = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = out.path().join("documents");
    let arguments = ["docs", "--threads", threads, "--out", &path.to_string_lossy()];
    let output = wiremap(folder, &arguments);
    // A case may hold a source that does not parse: the analysis is then incomplete, and the documents are written.
    if output.status.code() != Some(3) {
        ended(&output, 0)?;
    }
    Ok(out)
}

fn case(folder: &Path) -> Result<(), String> {
    let out = written(folder, "2")?;
    let expected = folder.join("expected");
    let mut compared = 0;
    for path in files(&expected) {
        let inner = path.strip_prefix(&expected).map_err(|error| error.to_string())?;
        same(&path, &out.path().join("documents").join(inner))?;
        compared += 1;
    }
    if compared == 0 {
        return Err("nothing is expected of this case".to_owned());
    }
    Ok(())
}

fn given(folder: &Path, document: &str, expected: &str) -> Result<(), String> {
    for threads in ["1", "4"] {
        let out = written(folder, threads)?;
        same(&folder.join(expected), &out.path().join("documents").join(document))?;
    }
    Ok(())
}

/// Compares two files byte for byte.
fn same(expected: &Path, actual: &Path) -> Result<(), String> {
    let read = |path: &Path| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let (wanted, found) = (read(expected)?, read(actual)?);
    if wanted == found {
        return Ok(());
    }
    let (wanted, found) = (String::from_utf8_lossy(&wanted), String::from_utf8_lossy(&found));
    let diff = similar::TextDiff::from_lines(&*wanted, &*found);
    Err(diff
        .unified_diff()
        .header(&expected.to_string_lossy(), "generated")
        .to_string())
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_path_buf()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
