//! Every folder of `fixtures/cases/` is a test: the findings that the binary reports must be the ones written in the
//! sources, each beside its line, and no others.
//!
//! - `# finding: CODE[, CODE]` at a line's end: findings on that line,
//! - `# finding@LINE: CODE`: findings on another line of the same file,
//! - `# finding-in PATH:LINE: CODE`: findings in a file that cannot hold comments,
//! - `# mistake: WORDS` in a TOML file: a mistake at that line whose message or help has these words (exit code 2),
//! - `# exit: N` and `# today: DATE` in the case's `wiremap.toml`,
//! - `# call: NAME -> WHERE[, NAME -> WHERE]` at a line's end: what is called by that name on that line, and
//!   `# reference: NAME -> WHERE` what is handed over by it. WHERE is `PATH:LINE` of the definition, `outside` with or
//!   without the name of what lies there, `ambiguous`, `?` for a callee that is not known, or `none` where that name is
//!   no such edge at all. Names that no mark speaks of are not judged; of a name that one does, every edge on its line is.
//!   Another mark may follow on the same line.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Arguments, Failed, Trial};

/// The day on which cases are judged unless they name another.
const TODAY: &str = "2026-01-15";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let mut trials = Vec::new();
    for entry in fs::read_dir(root)? {
        let folder = entry?.path();
        if folder.join("wiremap.toml").is_file() {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            trials.push(Trial::test(name, move || run(&folder).map_err(Failed::from)));
        }
    }
    trials.push(Trial::test("every-code-has-a-case", || {
        every_code().map_err(Failed::from)
    }));
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&arguments, trials).exit()
}

/// A code without a case is a check that nothing holds to its word.
fn every_code() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let mut marked = Vec::new();
    for entry in fs::read_dir(root).map_err(|error| error.to_string())? {
        let folder = entry.map_err(|error| error.to_string())?.path();
        if folder.is_dir() {
            marked.extend(expectations(&folder)?.findings.into_iter().map(|(_, _, code)| code));
        }
    }
    let missing: Vec<&str> = wiremap::finding::CODES
        .iter()
        .map(|code| code.name)
        .filter(|name| !marked.iter().any(|code| code == name))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("no case marks {}", missing.join(", ")))
    }
}

/// Code by path and line, sorted.
type Found = Vec<(String, u32, String)>;

/// What a mark says of the edges of one name on one line.
struct Mark {
    path: String,
    line: u32,
    /// `call` or `reference`.
    kind: &'static str,
    name: String,
    /// Where the edge leads, or `none`.
    to: String,
}

#[derive(Default)]
struct Expected {
    findings: Found,
    marks: Vec<Mark>,
    mistakes: Vec<(String, u32, String)>,
    exit: Option<i32>,
    today: Option<String>,
}

fn run(folder: &Path) -> Result<(), String> {
    let expected = expectations(folder)?;
    let today = expected.today.as_deref().unwrap_or(TODAY);
    let output = Command::new(env!("CARGO_BIN_EXE_wiremap"))
        .args(["check", "--format", "json", "--color", "never", "--today", today])
        .current_dir(folder)
        .output()
        .map_err(|error| error.to_string())?;
    let code = output.status.code().ok_or("the program was ended by a signal")?;
    if !expected.mistakes.is_empty() {
        return mistakes(&expected, code, &output);
    }
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|error| {
        format!(
            "no report ({error}), exit code {code}\n{}",
            String::from_utf8_lossy(&output.stderr)
        )
    })?;
    let (found, errors) = findings(&report)?;
    compare(&expected.findings, &found)?;
    let wanted = expected.exit.unwrap_or(i32::from(errors));
    if code != wanted {
        return Err(format!("exit code {code}, expected {wanted}"));
    }
    if expected.marks.is_empty() {
        return Ok(());
    }
    judge(folder, &expected.marks)
}

/// Compares the marks of calls and references with the graph at its finest level.
fn judge(folder: &Path, marks: &[Mark]) -> Result<(), String> {
    let output = Command::new(env!("CARGO_BIN_EXE_wiremap"))
        .args(["graph", "--level", "item", "--format", "json"])
        .current_dir(folder)
        .output()
        .map_err(|error| error.to_string())?;
    let graph: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("no graph ({error})\n{}", String::from_utf8_lossy(&output.stderr)))?;
    let mut texts: BTreeMap<&str, Vec<Vec<char>>> = BTreeMap::new();
    let mut found: BTreeMap<(&str, u64, &str, String), Vec<String>> = BTreeMap::new();
    for edge in graph["edges"].as_array().ok_or("a graph without edges")? {
        let (path, kind) = (edge["path"].as_str().unwrap_or_default(), edge["kind"].as_str());
        if !marks.iter().any(|mark| mark.path == path) {
            continue;
        }
        let lines = texts.entry(path).or_insert_with(|| lines_of(&folder.join(path)));
        let number = |key: &str| edge[key].as_u64().unwrap_or_default();
        let column = |key: &str| usize::try_from(number(key)).unwrap_or_default().saturating_sub(1);
        let line = usize::try_from(number("line")).unwrap_or_default().saturating_sub(1);
        let name = lines
            .get(line)
            .and_then(|line| line.get(column("column")..column("end_column")));
        let name = name.into_iter().flatten().collect();
        let edges = found.entry((path, number("line"), kind.unwrap_or_default(), name));
        edges.or_default().push(leads_to(edge));
    }
    let mut wrong = Vec::new();
    for mark in marks {
        let key = (mark.path.as_str(), u64::from(mark.line), mark.kind, mark.name.clone());
        let edges = found.get(&key).map_or(&[][..], Vec::as_slice);
        let told: Vec<&str> = marks
            .iter()
            .filter(|other| {
                (&other.path, other.line, other.kind, &other.name) == (&mark.path, mark.line, mark.kind, &mark.name)
            })
            .map(|other| other.to.as_str())
            .collect();
        let fits = |edge: &String, to: &str| edge == to || (to == "outside" && edge.starts_with("outside "));
        let holds = if mark.to == "none" {
            edges.is_empty()
        } else {
            edges.iter().any(|edge| fits(edge, &mark.to))
                && edges.iter().all(|edge| told.iter().any(|to| fits(edge, to)))
        };
        if !holds {
            let Mark {
                path,
                line,
                kind,
                name,
                to,
            } = mark;
            let edges = if edges.is_empty() {
                "none".to_owned()
            } else {
                edges.join(", ")
            };
            wrong.push(format!("{path}:{line}: {kind} of {name}: expected {to}, found {edges}"));
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n"))
    }
}

fn lines_of(path: &Path) -> Vec<Vec<char>> {
    let text = fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let text = text.unwrap_or_default().replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').map(|line| line.chars().collect()).collect()
}

/// Where an edge of the graph leads, as a mark says it.
fn leads_to(edge: &serde_json::Value) -> String {
    if let Some(path) = edge["to"]["path"].as_str() {
        return format!("{path}:{}", edge["to"]["line"]);
    }
    if let Some(outside) = edge["outside"].as_str() {
        return format!("outside {outside}");
    }
    let several = edge["candidates"].as_array().is_some_and(|all| !all.is_empty());
    if several { "ambiguous" } else { "?" }.to_owned()
}

fn findings(report: &serde_json::Value) -> Result<(Found, bool), String> {
    let mut found = Found::new();
    let mut errors = false;
    let projects = report["projects"].as_array().ok_or("a report without projects")?;
    for finding in projects
        .iter()
        .flat_map(|project| project["findings"].as_array().into_iter().flatten())
    {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        // What a shipped rules file says of itself is not the case's to mark.
        if text("path").starts_with("builtin:") {
            continue;
        }
        let line = finding["line"]
            .as_u64()
            .and_then(|line| u32::try_from(line).ok())
            .unwrap_or_default();
        found.push((text("path"), line, text("code")));
        errors |= finding["level"] == "error";
    }
    found.sort();
    Ok((found, errors))
}

fn compare(expected: &Found, found: &Found) -> Result<(), String> {
    let mut difference: Vec<String> = Vec::new();
    let mut counts: BTreeMap<&(String, u32, String), i32> = BTreeMap::new();
    for finding in expected {
        *counts.entry(finding).or_default() -= 1;
    }
    for finding in found {
        *counts.entry(finding).or_default() += 1;
    }
    for ((path, line, code), count) in counts {
        let words = match count.signum() {
            1 => "unexpected",
            -1 => "missing",
            _ => continue,
        };
        difference.push(format!("{words}: {path}:{line}: {code}"));
    }
    if difference.is_empty() {
        Ok(())
    } else {
        Err(difference.join("\n"))
    }
}

/// Mistakes are told on stderr as code frames, `[path:line:column]`.
fn mistakes(expected: &Expected, code: i32, output: &Output) -> Result<(), String> {
    let told = String::from_utf8_lossy(&output.stderr);
    for (path, line, words) in &expected.mistakes {
        let frames = told.split("error: ").skip(1);
        let place = format!("[{path}:{line}:");
        if !frames
            .into_iter()
            .any(|frame| frame.contains(&place) && frame.contains(words.as_str()))
        {
            return Err(format!("no mistake at {path}:{line} with `{words}`; told was:\n{told}"));
        }
    }
    let count = told.matches("error: ").count();
    if count != expected.mistakes.len() {
        return Err(format!(
            "{count} mistakes told, {} expected:\n{told}",
            expected.mistakes.len()
        ));
    }
    if code != 2 || !output.stdout.is_empty() {
        return Err(format!("exit code {code} instead of 2, or something on stdout"));
    }
    Ok(())
}

fn expectations(folder: &Path) -> Result<Expected, String> {
    let mut expected = Expected::default();
    let mut files = Vec::new();
    list(folder, &mut files).map_err(|error| error.to_string())?;
    files.sort();
    for file in files {
        let path = file.strip_prefix(folder).map_err(|error| error.to_string())?;
        let path = path.to_string_lossy().replace('\\', "/");
        let is_marked = ["py", "pyi", "toml", "rs"]
            .iter()
            .any(|end| path.ends_with(&format!(".{end}")));
        if is_marked {
            let bytes = fs::read(&file).map_err(|error| error.to_string())?;
            markers(&path, &String::from_utf8_lossy(&bytes), &mut expected)?;
        }
    }
    expected.findings.sort();
    Ok(expected)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.is_symlink() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn markers(path: &str, text: &str, expected: &mut Expected) -> Result<(), String> {
    let number = |text: &str| text.parse::<u32>().map_err(|_| format!("{path}: `{text}` is no line"));
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for (line, text) in (1..).zip(text.split('\n')) {
        let after = |sign: &str| text.split_once(sign).map(|(_, rest)| rest.trim());
        if let Some(codes) = after("# finding: ").or_else(|| after("// finding: ")) {
            expected.findings.extend(
                codes
                    .split(',')
                    .map(|code| (path.to_owned(), line, code.trim().to_owned())),
            );
        }
        if let Some(rest) = after("# finding@").or_else(|| after("// finding@")) {
            let (at, codes) = rest.split_once(':').ok_or("a marker without a colon")?;
            let at = number(at)?;
            expected.findings.extend(
                codes
                    .split(',')
                    .map(|code| (path.to_owned(), at, code.trim().to_owned())),
            );
        }
        if let Some(rest) = after("# finding-in ") {
            let mut parts = rest.splitn(3, ':');
            let (Some(file), Some(at), Some(codes)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(format!("{path}: a marker that is not PATH:LINE: CODE"));
            };
            let at = number(at)?;
            expected.findings.extend(
                codes
                    .split(',')
                    .map(|code| (file.to_owned(), at, code.trim().to_owned())),
            );
        }
        for (kind, signs) in [
            ("call", ["# call: ", "// call: "]),
            ("reference", ["# reference: ", "// reference: "]),
        ] {
            let Some(rest) = signs.into_iter().find_map(after) else {
                continue;
            };
            let rest = rest.split(" # ").next().unwrap_or(rest);
            let rest = rest.split(" // ").next().unwrap_or(rest);
            for mark in rest.split(',') {
                let (name, to) = mark
                    .split_once(" -> ")
                    .ok_or_else(|| format!("{path}:{line}: a mark that is not NAME -> WHERE"))?;
                expected.marks.push(Mark {
                    path: path.to_owned(),
                    line,
                    kind,
                    name: name.trim().to_owned(),
                    to: to.trim().to_owned(),
                });
            }
        }
        if let Some(words) = after("# mistake: ") {
            expected.mistakes.push((path.to_owned(), line, words.to_owned()));
        }
        if path == "wiremap.toml" {
            if let Some(code) = after("# exit: ") {
                expected.exit = code.parse().ok();
            }
            if let Some(day) = after("# today: ") {
                expected.today = Some(day.to_owned());
            }
        }
    }
    Ok(())
}
