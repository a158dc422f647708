//! `human`: code frames, the rule that decided, why, and the fix; then what was looked at.

use std::io::{self, Write};

use super::prose::write_finding;
use super::reporter::{Reporter, Run};
use crate::analysis::{Analysis, Coverage};
use crate::finding::Level;
use crate::graph::{EdgeKind, Reason};

/// The format.
pub(super) struct Human;

impl Reporter for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn report(&self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (findings, more) = run.shown();
        for (project, finding) in findings {
            write_finding(&run.projects[project].1, finding, run.color, out)?;
        }
        if more > 0 {
            writeln!(out, "and {more} more (--max-findings sets how many are shown)\n")?;
        }
        if run.summary { summary(run, out) } else { Ok(()) }
    }
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}

fn summary(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let levels = [
        (Level::Error, "error"),
        (Level::Warning, "warning"),
        (Level::Note, "note"),
    ];
    let counts: Vec<String> = levels
        .into_iter()
        .filter(|(level, _)| *level != Level::Note || run.count(Level::Note) > 0)
        .map(|(level, word)| counted(run.count(level), word))
        .collect();
    let hidden = run.count(Level::Note) > 0 && run.shown > Level::Note;
    writeln!(
        out,
        "{}{}",
        counts.join(", "),
        if hidden { " (-v shows notes)" } else { "" }
    )?;
    // A project without sources of its own only gathers members.
    for (analysis, _) in run
        .projects
        .iter()
        .filter(|(analysis, _)| !analysis.config.sources.is_empty())
    {
        if run.projects.len() > 1 {
            let name = analysis.prefix.trim_end_matches('/');
            writeln!(out, "{}:", if name.is_empty() { "." } else { name })?;
        }
        coverage(analysis, &analysis.coverage, out)?;
    }
    writeln!(out, "in {:.2} s", run.seconds)
}

fn coverage(analysis: &Analysis, coverage: &Coverage, out: &mut dyn Write) -> io::Result<()> {
    if coverage.files == 0 {
        return writeln!(out, "looked at no source: nothing lies under the source roots");
    }
    let files = counted(coverage.files as usize, "file");
    writeln!(
        out,
        "looked at {files} ({} lines, {} in a layer), {}",
        coverage.lines,
        coverage.placed,
        counted(analysis.graph.modules.len(), "module")
    )?;
    let edges: Vec<String> = EdgeKind::ALL
        .iter()
        .zip(coverage.edges)
        .map(|(kind, count)| format!("{count} {}", kind.name()))
        .collect();
    writeln!(out, "edges: {}", edges.join(", "))?;
    calls(coverage, out)?;
    writeln!(
        out,
        "imports: {} resolve ({} inside, {} outside); {} lead nowhere, {} have a computed name{}",
        percent(coverage.resolved()),
        coverage.internal,
        coverage.external,
        coverage.missing,
        coverage.computed,
        match coverage.unknown {
            0 => String::new(),
            unknown => format!(", {unknown} begin with a name that only a macro can have made"),
        }
    )?;
    let members = &analysis.config.members;
    let mut left_out = analysis.nested.iter().map(|folder| &**folder);
    let left_out: Vec<&str> = left_out
        .by_ref()
        .filter(|folder| !members.iter().any(|member| member.value == **folder))
        .collect();
    if !left_out.is_empty() {
        writeln!(out, "left out, being projects of their own: {}", left_out.join(", "))?;
    }
    gaps(analysis, out)?;
    if coverage.unparsed > 0 {
        writeln!(
            out,
            "not understood in full: {}",
            counted(coverage.unparsed as usize, "source")
        )?;
    }
    Ok(())
}

/// Gaps in brief, where any are looked for: how many of each type.
fn gaps(analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    let expectations = &analysis.rules.expectations;
    if expectations.is_empty() {
        return Ok(());
    }
    let counts: Vec<String> = expectations
        .iter()
        .map(|expectation| {
            let own = analysis.gaps.iter().filter(|gap| gap.kind == expectation.id);
            (own.count(), &expectation.id)
        })
        .filter(|(count, _)| *count > 0)
        .map(|(count, id)| format!("{count} {id}"))
        .collect();
    let told = if counts.is_empty() {
        String::new()
    } else {
        format!(" ({}; `wiremap gaps` shows them)", counts.join(", "))
    };
    writeln!(out, "{}{told}", counted(analysis.gaps.len(), "gap"))
}

/// A share, rounded down: what is not whole is never said to be.
fn percent(share: f64) -> String {
    format!("{:.1}%", (share * 1000.0).floor() / 10.0)
}

/// How many reasons are named for what is not known.
const MOST_REASONS: usize = 3;

fn calls(coverage: &Coverage, out: &mut dyn Write) -> io::Result<()> {
    let all = coverage.by_name + coverage.on_values;
    if all.all() == 0 {
        return Ok(());
    }
    let mut reasons: Vec<(u32, &str)> = Reason::ALL
        .iter()
        .zip(coverage.reasons)
        .filter(|(_, count)| *count > 0)
        .map(|(reason, count)| (count, reason.phrase()))
        .collect();
    reasons.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let left = reasons.split_off(reasons.len().min(MOST_REASONS));
    let mut told: Vec<String> = reasons
        .iter()
        .map(|(count, phrase)| format!("{count} {phrase}"))
        .collect();
    if !left.is_empty() {
        told.push(format!("{} others", left.iter().map(|(count, _)| count).sum::<u32>()));
    }
    let told = if told.is_empty() {
        String::new()
    } else {
        format!("; not known: {}", told.join(", "))
    };
    writeln!(
        out,
        "calls: {} resolve ({} inside, {} outside): {} of {} by name, {} of {} on values{told}",
        percent(all.resolved()),
        all.internal,
        all.external,
        percent(coverage.by_name.resolved()),
        coverage.by_name.all(),
        percent(coverage.on_values.resolved()),
        coverage.on_values.all(),
    )
}
