//! `wiremap verify`: check, gaps, document drift, and the proof that every rule can fire.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Global, Outcome, Stop, outcome, today};
use crate::analysis::Analysis;
use crate::finding::Level;
use crate::lang::plant::WAYS;
use crate::pipeline::Options;
use crate::project::Project;
use crate::verify::{Proof, Tally, prove};

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The project; without it, outside of any project, the reference implementation that is shipped.
    path: Option<PathBuf>,
    /// The format.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// What was found out about one project.
struct Verified {
    name: String,
    errors: usize,
    gaps: usize,
    /// Documents that differ from what they should be; nothing where there are none on disk.
    drifted: Option<usize>,
    proof: Proof,
    time: Duration,
}

impl Verified {
    fn holds(&self) -> bool {
        self.errors == 0 && self.drifted.unwrap_or_default() == 0 && self.proof.holds()
    }
}

pub(super) fn run(global: &Global, args: &VerifyArgs) -> Result<Outcome, Stop> {
    let shipped;
    let (project, name) = if args.path.is_none() && global.is_outside() {
        shipped = super::init::unpacked()?;
        if !global.quiet {
            super::note("no project here: this is the reference implementation that is shipped");
        }
        (
            global.locate(Some(&shipped.path().to_path_buf()))?,
            "the shipped reference",
        )
    } else {
        (global.locate(args.path.as_ref())?, ".")
    };
    let analyses = global.analyze_for_documents(&project, true, false)?;
    let mut all = Vec::new();
    for (member, analysis) in project.with_members()?.iter().zip(&analyses) {
        // A project without sources of its own only gathers members.
        if !analysis.config.sources.is_empty() {
            all.push(verified(global, &project, member, analysis, name)?);
        }
    }
    let mut out = io::stdout().lock();
    match args.format {
        Format::Human => all.iter().try_for_each(|one| show(one, global.verbose, &mut out))?,
        Format::Json => {
            let all: Vec<Value> = all.iter().map(report).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&all).unwrap_or_default())?;
        }
    }
    out.flush()?;
    let failed = !all.iter().all(Verified::holds);
    let ended = outcome(&analyses, failed);
    std::mem::forget(analyses);
    Ok(ended)
}

fn verified(
    global: &Global,
    whole: &Project,
    member: &Project,
    analysis: &Analysis,
    name: &str,
) -> Result<Verified, Stop> {
    let started = Instant::now();
    let options = Options {
        today: today(),
        threads: usize::from(global.threads),
        outlines: false,
        is_last: false,
    };
    let shown = member.prefix.trim_end_matches('/');
    Ok(Verified {
        name: if shown.is_empty() {
            name.to_owned()
        } else {
            shown.to_owned()
        },
        errors: analysis.count(Level::Error),
        gaps: analysis.gaps.len(),
        drifted: super::docs::drifted(global, whole, analysis)?,
        proof: prove(member, &options)?,
        time: started.elapsed(),
    })
}

fn show(one: &Verified, verbose: bool, out: &mut impl Write) -> io::Result<()> {
    let drift = match one.drifted {
        None => "no documents on disk".to_owned(),
        Some(0) => "documents without drift".to_owned(),
        Some(count) => format!("{count} documents have drifted (`wiremap docs --check` shows how)"),
    };
    writeln!(out, "{}: {} errors, {} gaps, {drift}\n", one.name, one.errors, one.gaps)?;
    let rows = one.proof.rules.iter().chain(&one.proof.expectations);
    let width = rows.map(|(code, _)| code.chars().count()).max().unwrap_or(4).max(11);
    table("rule", width, &one.proof.rules, out)?;
    if !one.proof.expectations.is_empty() {
        writeln!(out)?;
        table("expectation", width, &one.proof.expectations, out)?;
    }
    writeln!(out)?;
    ways(&one.proof, out)?;
    if verbose {
        for idle in &one.proof.idle {
            writeln!(out, "idle  {idle}")?;
        }
    } else if !one.proof.idle.is_empty() {
        writeln!(
            out,
            "{} rules or layers have nothing to do here (-v shows them)",
            one.proof.idle.len()
        )?;
    }
    for failure in &one.proof.failures {
        writeln!(out, "FAILED  {failure}")?;
    }
    let tried: usize = one
        .proof
        .rules
        .values()
        .chain(one.proof.expectations.values())
        .map(|tally| tally.tried)
        .sum();
    let caught: usize = one
        .proof
        .rules
        .values()
        .chain(one.proof.expectations.values())
        .map(|tally| tally.caught)
        .sum();
    let word = if one.proof.holds() { "proven" } else { "NOT PROVEN" };
    writeln!(
        out,
        "{word}: {caught} of {tried} caught, in {:.2} s\n",
        one.time.as_secs_f64()
    )
}

fn table(
    head: &str,
    width: usize,
    rows: &std::collections::BTreeMap<String, Tally>,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "{head:width$}  ways tried  caught  let through    time")?;
    for (code, tally) in rows {
        if tally.tried + tally.passed == 0 {
            writeln!(out, "{code:width$}         n/a     n/a          n/a")?;
        } else {
            let mark = if tally.tried == tally.caught {
                ""
            } else {
                "  ← not all"
            };
            writeln!(
                out,
                "{code:width$}  {:>10}  {:>6}  {:>11}  {:>5} ms{mark}",
                tally.tried,
                tally.caught,
                tally.passed,
                tally.time.as_millis()
            )?;
        }
    }
    Ok(())
}

fn ways(proof: &Proof, out: &mut impl Write) -> io::Result<()> {
    if proof.languages.is_empty() {
        return Ok(());
    }
    let heads: Vec<String> = proof
        .languages
        .iter()
        .map(|language| format!("{language:>9}"))
        .collect();
    writeln!(out, "{:21}{}", "way", heads.join(""))?;
    for way in WAYS {
        let cells: Vec<String> = proof
            .languages
            .iter()
            .map(|language| cell(proof, way, language))
            .collect();
        writeln!(out, "{way:21}{}", cells.join(""))?;
    }
    writeln!(out)
}

fn cell(proof: &Proof, way: &'static str, language: &'static str) -> String {
    let text = match proof.ways.get(&(way, language)) {
        Some(Some(tally)) if tally.tried > 0 => format!("{}/{}", tally.caught, tally.tried),
        Some(Some(_)) => "let pass".to_owned(),
        Some(None) | None => "n/a".to_owned(),
    };
    format!("{text:>9}")
}

fn report(one: &Verified) -> Value {
    let rows = |rows: &std::collections::BTreeMap<String, Tally>| -> Vec<Value> {
        rows.iter()
            .map(|(code, tally)| {
                json!({ "id": code, "tried": tally.tried, "caught": tally.caught, "let_through": tally.passed })
            })
            .collect()
    };
    let ways: Vec<Value> = one
        .proof
        .ways
        .iter()
        .map(|((way, language), tally)| {
            json!({
                "way": way,
                "language": language,
                "tried": tally.map(|tally| tally.tried),
                "caught": tally.map(|tally| tally.caught),
            })
        })
        .collect();
    json!({
        "project": one.name,
        "holds": one.holds(),
        "errors": one.errors,
        "gaps": one.gaps,
        "drifted": one.drifted,
        "rules": rows(&one.proof.rules),
        "expectations": rows(&one.proof.expectations),
        "ways": ways,
        "idle": one.proof.idle,
        "failures": one.proof.failures,
    })
}

/// Whether a folder holds what a project is told by.
pub(super) fn is_project(folder: &Path) -> bool {
    folder
        .ancestors()
        .any(|above| above.join(crate::config::FILE_NAME).is_file())
}
