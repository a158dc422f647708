//! `wiremap graph`: the dependency graph.

use std::io::{self, BufWriter, Write};

use clap::{Args, ValueEnum};

use super::{Global, Outcome, Stop, note, today};
use crate::analysis::Analysis;
use crate::project::Failure;
use crate::report::diagram::{Diagram, Focus, Grain, sites};
use crate::report::explain::{Topic, known, topic};
use crate::report::locate::Locator;
use crate::rules::text::nearest;
use crate::texts::Texts;

#[derive(Debug, Args)]
pub(super) struct GraphArgs {
    /// What the nodes stand for; `item` lists every edge at its site, as JSON.
    #[arg(long, value_enum, default_value_t = LevelOf::Layer)]
    level: LevelOf,
    /// Only what is near this module, by name or path.
    #[arg(long, value_name = "MODULE")]
    focus: Option<String>,
    /// How near: steps along edges, in either direction.
    #[arg(long, default_value_t = 1, requires = "focus", value_name = "N")]
    depth: usize,
    /// The format; unless given, `json` at level `item` and `dot` elsewhere.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LevelOf {
    Item,
    Module,
    Layer,
    Domain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Dot,
    Mermaid,
    Json,
}

pub(super) fn run(global: &Global, args: &GraphArgs) -> Result<Outcome, Stop> {
    let project = global.locate(None)?;
    let projects = global.analyze(&project, today())?;
    // Members are projects of their own, with graphs of their own.
    let Some(analysis) = projects.first() else {
        return Ok(Outcome::Passed);
    };
    let focus = args
        .focus
        .as_deref()
        .map(|word| focus(analysis, word, args.depth))
        .transpose()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let grain = match args.level {
        LevelOf::Item => {
            if args.format.is_some_and(|format| format != Format::Json) {
                return Err(Failure::Usage("level `item` is written as `--format json` alone".to_owned()).into());
            }
            let locator = Locator::new(analysis, Texts::new(&project.root, analysis.config.max_file_bytes));
            sites(analysis, &locator, focus, &mut out)?;
            out.flush()?;
            return Ok(outcome(analysis));
        }
        LevelOf::Module => Grain::Module,
        LevelOf::Layer => Grain::Layer,
        LevelOf::Domain => Grain::Domain,
    };
    let diagram = Diagram::new(analysis, grain, focus);
    if diagram.is_empty() && !global.quiet {
        let what = if grain == Grain::Domain { "domain" } else { "layer" };
        note(&format!(
            "no file stands in a {what} here: `--level module` draws modules"
        ));
    }
    match args.format.unwrap_or(Format::Dot) {
        Format::Dot => diagram.dot(&mut out)?,
        Format::Mermaid => diagram.mermaid(&mut out)?,
        Format::Json => diagram.json(&mut out)?,
    }
    out.flush()?;
    Ok(outcome(analysis))
}

/// A graph with sources missing from it is not whole.
fn outcome(analysis: &Analysis) -> Outcome {
    if analysis.is_incomplete() {
        Outcome::Incomplete
    } else {
        Outcome::Passed
    }
}

fn focus(analysis: &Analysis, word: &str, depth: usize) -> Result<Focus, Failure> {
    if let Some(Topic::Module(module)) = topic(analysis, word) {
        Ok(Focus { module, depth })
    } else {
        let help =
            nearest(word, known(analysis)).map_or_else(String::new, |right| format!(": did you mean `{right}`?"));
        Err(Failure::Usage(format!("there is no module `{word}` here{help}")))
    }
}
