//! `concise`: one line a finding, `path:line:col: level[code] message`.

use std::io::{self, Write};

use super::reporter::{Reporter, Run};

pub(super) struct Concise;

impl Reporter for Concise {
    fn name(&self) -> &'static str {
        "concise"
    }

    fn report(&self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (findings, _) = run.shown();
        for (project, finding) in findings {
            let spot = run.projects[project].1.spot(&finding.place);
            let (line, column) = (spot.start.line, spot.start.column);
            let (level, code, message) = (finding.level.name(), &finding.code, &finding.message);
            writeln!(out, "{}:{line}:{column}: {level}[{code}] {message}", spot.path)?;
        }
        Ok(())
    }
}
