//! `wiremap gaps`: what must be there and is not.

use std::io::{self, Write};

use clap::{Args, ValueEnum};

use super::map::no_domain;
use super::{Global, Outcome, Stop, outcome};
use crate::document::GapTable;
use crate::gap::Gap;
use crate::inventory::Inventory;
use crate::project::Failure;
use crate::rules::text::nearest;

#[derive(Debug, Args)]
pub(super) struct GapsArgs {
    /// Domains; all unless given.
    #[arg(value_name = "DOMAIN")]
    domains: Vec<String>,
    /// The format.
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// Gaps fail the gate: all, or those of the types that are named.
    #[arg(long, value_name = "TYPE", num_args = 0.., require_equals = true, value_delimiter = ',')]
    fail: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Markdown,
    Json,
}

pub(super) fn run(global: &Global, args: &GapsArgs) -> Result<Outcome, Stop> {
    let project = global.locate(None)?;
    let analyses = global.analyze_for_documents(&project, false, true)?;
    let expectations = || analyses.iter().flat_map(|analysis| &analysis.rules.expectations);
    let types = || expectations().map(|expectation| expectation.id.as_str());
    for kind in args.fail.iter().flatten() {
        if !types().any(|known| known == kind) {
            let help = match nearest(kind, types()) {
                Some(right) => format!("did you mean `{right}`?"),
                None => format!("the types are: {}", types().collect::<Vec<_>>().join(", ")),
            };
            return Err(Failure::Usage(format!("--fail: there is no gap type `{kind}`: {help}")).into());
        }
    }
    let inventories: Vec<Inventory<'_>> = analyses.iter().map(Inventory::new).collect();
    let domains = inventories.iter().flat_map(|inventory| &inventory.domains);
    let domains = domains.map(|domain| domain.name.as_str());
    for domain in &args.domains {
        if !domains.clone().any(|known| known == domain) {
            return Err(no_domain(domain, domains).into());
        }
    }
    let asked = |gap: &&Gap| args.domains.is_empty() || args.domains.contains(&gap.domain);
    let gaps: Vec<&Gap> = analyses
        .iter()
        .flat_map(|analysis| &analysis.gaps)
        .filter(asked)
        .collect();
    if expectations().next().is_none() && !global.quiet {
        super::note("the rules expect nothing, so nothing can be missing: an `[[expect]]` says what must be there");
    }
    let fails = |gap: &&Gap| {
        let named = args.fail.as_ref();
        named.is_some_and(|types| types.is_empty() || types.contains(&gap.kind))
    };
    let failed = gaps.iter().any(fails);
    let table = GapTable::new(gaps);
    let mut out = io::stdout().lock();
    match args.format {
        Format::Markdown => write!(out, "{}", table.markdown())?,
        Format::Json => write!(out, "{}", table.json())?,
    }
    out.flush()?;
    Ok(outcome(&analyses, failed))
}
