//! `wiremap explain`: a file, a module, a layer or a rule.

use std::io::{self, BufWriter, Write};

use clap::Args;

use super::{Global, Outcome, Stop, today};
use crate::project::Failure;
use crate::report::explain::{explain, known, topic};
use crate::report::locate::Locator;
use crate::rules::text::nearest;
use crate::texts::Texts;

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A file's path, a module's name, a layer's id, or a rule's id or code.
    #[arg(value_name = "FILE|MODULE|LAYER|RULE")]
    what: String,
}

pub(super) fn run(global: &Global, args: &ExplainArgs) -> Result<Outcome, Stop> {
    let project = global.locate(None)?;
    let analyses = global.analyze(&project, today())?;
    let here = project.focus.clone();
    // A path may be meant from where the user stands.
    let words = [args.what.clone(), format!("{here}/{}", args.what)];
    for analysis in &analyses {
        if let Some(topic) = words.iter().find_map(|word| topic(analysis, word)) {
            let root = project.root.join(&analysis.prefix);
            let locator = Locator::new(analysis, Texts::new(&root, analysis.config.max_file_bytes));
            let mut out = BufWriter::new(io::stdout().lock());
            explain(analysis, &locator, &topic, global.color_on(&io::stdout()), &mut out)?;
            out.flush()?;
            return Ok(Outcome::Passed);
        }
    }
    let suggestion = nearest(&args.what, analyses.iter().flat_map(known));
    let help = suggestion.map_or_else(
        || "name a file, a module, a layer, or a rule of this project".to_owned(),
        |right| format!("did you mean `{right}`?"),
    );
    Err(Failure::Usage(format!("there is no `{}` here: {help}", args.what)).into())
}
