//! `wiremap map`: wiring maps on stdout.

use std::io::{self, BufWriter, Write};

use clap::{Args, ValueEnum};

use super::{Global, Outcome, Stop, outcome};
use crate::analysis::Analysis;
use crate::document::{Context, Pages};
use crate::project::{Failure, Project};
use crate::rules::text::nearest;
use crate::texts::Texts;

#[derive(Debug, Args)]
pub(super) struct MapArgs {
    /// Domains; all that have files unless given.
    #[arg(value_name = "DOMAIN")]
    domains: Vec<String>,
    /// The format.
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Markdown,
    /// A flowchart that GitHub shows.
    Mermaid,
    /// A list of maps.
    Json,
}

pub(super) fn run(global: &Global, args: &MapArgs) -> Result<Outcome, Stop> {
    let project = global.locate(None)?;
    let analyses = global.analyze_for_documents(&project, false, true)?;
    let texts = readers(&project, &analyses);
    let contexts: Vec<Context<'_>> = analyses
        .iter()
        .zip(&texts)
        .map(|(analysis, texts)| Context::new(analysis, texts))
        .collect();
    let mut maps = Vec::new();
    for (context, domain) in chosen(&contexts, &args.domains)? {
        maps.push(context.map(domain));
    }
    if maps.is_empty() && !global.quiet {
        super::note("no file stands in a domain here: there is nothing to draw");
    }
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Format::Markdown => {
            let pages: Vec<String> = maps.iter().map(crate::document::WiringMap::markdown).collect();
            write!(out, "{}", pages.join("\n"))?;
        }
        Format::Mermaid => {
            let charts: Vec<String> = maps.iter().map(crate::document::WiringMap::mermaid).collect();
            write!(out, "{}", charts.join("\n"))?;
        }
        Format::Json => {
            let maps: Vec<String> = maps.iter().map(|map| map.json().trim_end().to_owned()).collect();
            writeln!(out, "[{}]", maps.join(",\n"))?;
        }
    }
    out.flush()?;
    Ok(outcome(&analyses, false))
}

impl Pages for Texts {
    fn text(&self, path: &str) -> String {
        self.read(path)
    }

    fn one_line(&self, path: &str, statement: &str) -> String {
        Texts::one_line(self, path, statement)
    }
}

/// What reads the texts of each project again.
pub(super) fn readers(project: &Project, analyses: &[Analysis]) -> Vec<Texts> {
    let of = |analysis: &Analysis| Texts::new(&project.root.join(&analysis.prefix), analysis.config.max_file_bytes);
    analyses.iter().map(of).collect()
}

/// The domains that are asked for, or all that have files.
fn chosen<'c, 'a>(contexts: &'c [Context<'a>], wanted: &[String]) -> Result<Vec<(&'c Context<'a>, usize)>, Failure> {
    if wanted.is_empty() {
        let all = contexts.iter().flat_map(|context| {
            let domains = 0..context.inventory.domains.len();
            domains.map(move |domain| (context, domain))
        });
        return Ok(all
            .filter(|(context, domain)| !context.inventory.is_empty(*domain))
            .collect());
    }
    let mut found = Vec::new();
    for name in wanted {
        let own = contexts
            .iter()
            .filter_map(|context| Some((context, context.inventory.domain_named(name)?)));
        let before = found.len();
        found.extend(own);
        if found.len() == before {
            let domains = contexts.iter().flat_map(|context| &context.inventory.domains);
            return Err(no_domain(name, domains.map(|domain| domain.name.as_str())));
        }
    }
    Ok(found)
}

/// Why a name is no domain's.
pub(super) fn no_domain<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone) -> Failure {
    let help = match nearest(name, known.clone()) {
        Some(right) => format!("did you mean `{right}`?"),
        None => format!("the domains are: {}", known.collect::<Vec<_>>().join(", ")),
    };
    Failure::Usage(format!("there is no domain `{name}` here: {help}"))
}
