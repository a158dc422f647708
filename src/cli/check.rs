//! `wiremap check`: the gate.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use jiff::civil::Date;

use super::{Global, Outcome, Stop, today};
use crate::analysis::Analysis;
use crate::finding::{Level, Place};
use crate::project::Failure;
use crate::report::REPORTERS;
use crate::report::locate::Locator;
use crate::report::reporter::{Reporter, Run};
use crate::texts::Texts;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The project, or a part of it: findings elsewhere are then left out, the analysis stays whole.
    path: Option<PathBuf>,
    /// The report's format, or FORMAT=FILE to write it to a file; may be repeated.
    #[arg(long, value_name = "FORMAT[=FILE]", help = format_help())]
    format: Vec<String>,
    /// The level from which findings fail the gate.
    #[arg(long, value_parser = level, default_value = "error", value_name = "error|warning|note")]
    level: Level,
    /// The day that exceptions are judged by, YYYY-MM-DD; the current one unless given.
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// The most findings to show; reports for machines hold all.
    #[arg(long, value_name = "N")]
    max_findings: Option<usize>,
}

fn format_help() -> String {
    let names: Vec<&str> = REPORTERS.iter().map(|reporter| reporter.name()).collect();
    format!(
        "The report's format ({}), or FORMAT=FILE to write it to a file; may be repeated",
        names.join(", ")
    )
}

fn level(text: &str) -> Result<Level, String> {
    [Level::Error, Level::Warning, Level::Note]
        .into_iter()
        .find(|level| level.name() == text)
        .ok_or_else(|| "write error, warning or note".to_owned())
}

/// A report to write: the format, and the file or stdout.
struct Output {
    reporter: &'static dyn Reporter,
    file: Option<PathBuf>,
}

fn outputs(formats: &[String]) -> Result<Vec<Output>, Failure> {
    let default = [REPORTERS[0].name().to_owned()];
    let formats = if formats.is_empty() { &default } else { formats };
    let parse = |text: &String| {
        let (name, file) = text
            .split_once('=')
            .map_or((text.as_str(), None), |(name, file)| (name, Some(file)));
        let reporter = REPORTERS
            .iter()
            .find(|reporter| reporter.name() == name)
            .ok_or_else(|| {
                let names: Vec<&str> = REPORTERS.iter().map(|reporter| reporter.name()).collect();
                Failure::Usage(format!(
                    "there is no format `{name}`: write one of {}",
                    names.join(", ")
                ))
            })?;
        Ok(Output {
            reporter: *reporter,
            file: file.map(PathBuf::from),
        })
    };
    let outputs: Vec<Output> = formats.iter().map(parse).collect::<Result<_, Failure>>()?;
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        return Err(Failure::Usage(
            "two formats on stdout: write one of them to a file, `--format json=report.json`".to_owned(),
        ));
    }
    Ok(outputs)
}

pub(super) fn run(global: &Global, args: &CheckArgs) -> Result<Outcome, Stop> {
    let started = Instant::now();
    let outputs = outputs(&args.format)?;
    let project = global.locate(args.path.as_ref())?;
    let mut analyses = global.analyze(&project, args.today.unwrap_or_else(today))?;
    if !analyses.iter().any(|analysis| lies_within(analysis, &project.focus)) {
        let what = args
            .path
            .as_ref()
            .map_or_else(String::new, |path| path.display().to_string());
        return Err(Failure::Usage(format!(
            "nothing that is checked lies at {what}: no source of this project does"
        ))
        .into());
    }
    for analysis in &mut analyses {
        focus(analysis, &project.focus);
    }
    let shown = if global.verbose || args.level == Level::Note {
        Level::Note
    } else {
        Level::Warning
    };
    let incomplete = analyses.iter().any(Analysis::is_incomplete);
    let failed = analyses
        .iter()
        .flat_map(|analysis| &analysis.findings)
        .any(|finding| finding.level >= args.level);
    for output in &outputs {
        let run = Run {
            projects: analyses
                .iter()
                .map(|analysis| {
                    let root = project.root.join(&analysis.prefix);
                    (
                        analysis,
                        Locator::new(analysis, Texts::new(&root, analysis.config.max_file_bytes)),
                    )
                })
                .collect(),
            shown,
            max_findings: args.max_findings,
            color: output.file.is_none() && global.color_on(&io::stdout()),
            summary: !global.quiet,
            seconds: started.elapsed().as_secs_f64(),
        };
        write(output, &run)?;
    }
    // The process ends here: giving the graph back piece by piece would only take time.
    std::mem::forget(analyses);
    Ok(if incomplete {
        Outcome::Incomplete
    } else if failed {
        Outcome::Failed
    } else {
        Outcome::Passed
    })
}

/// Writes a report whole or not at all: to a file beside the target first.
fn write(output: &Output, run: &Run<'_>) -> Result<(), Stop> {
    let Some(file) = &output.file else {
        let mut out = BufWriter::new(io::stdout().lock());
        output.reporter.report(run, &mut out)?;
        out.flush()?;
        return Ok(());
    };
    let refuse = |error: io::Error| {
        let why = crate::discover::plain(&error);
        Stop::Failure(Failure::Usage(format!("cannot write {}: {why}", file.display())))
    };
    let report = |target: File| {
        let mut out = BufWriter::new(target);
        output.reporter.report(run, &mut out)?;
        out.flush()
    };
    // A device or a pipe is written to; only a regular file is replaced, behind a link the one it leads to.
    let target = match fs::metadata(file) {
        Ok(known) if !known.is_file() => {
            return OpenOptions::new()
                .write(true)
                .open(file)
                .and_then(report)
                .map_err(refuse);
        }
        Ok(_) => fs::canonicalize(file).map_err(refuse)?,
        Err(_) => file.clone(),
    };
    let mut part = target.clone().into_os_string();
    part.push(format!(".{}.part", std::process::id()));
    let part = PathBuf::from(part);
    let written = File::create(&part).and_then(report);
    written.and_then(|()| fs::rename(&part, &target)).map_err(|error| {
        let _ = fs::remove_file(&part);
        refuse(error)
    })
}

/// Whether a part of the project holds sources, or anything else that was looked at.
fn lies_within(analysis: &Analysis, part: &str) -> bool {
    let shown = |path: &str| format!("{}{path}", analysis.prefix);
    let within = |path: &str| part.is_empty() || path == part || crate::discover::below(part, path).is_some();
    let mut sources = analysis.sources.iter().map(|source| &source.path);
    let mut unread = analysis.unread.iter().map(|(path, _)| path);
    sources.any(|path| within(&shown(path))) || unread.any(|path| within(&shown(path))) || part.is_empty()
}

/// Leaves out findings in sources outside the part that was asked for. What was not understood stays: it may hide
/// anything.
fn focus(analysis: &mut Analysis, part: &str) {
    if part.is_empty() {
        return;
    }
    let sources = &analysis.sources;
    let prefix = &analysis.prefix;
    let mut findings = std::mem::take(&mut analysis.findings);
    findings.retain(|finding| match &finding.place {
        Place::File(file, _) => {
            let path = format!("{prefix}{}", sources[file.index()].path);
            path == part
                || crate::discover::below(part, &path).is_some()
                || finding.code == crate::finding::UNPARSED_SOURCE.name
        }
        Place::Path(..) | Place::Rules(_) => true,
    });
    analysis.findings = findings;
}
