//! Findings and mistakes as people read them: a line, a frame of the text, what to do.

use std::io::{self, Write};

use super::frame;
use super::locate::{Locator, Page};
use crate::finding::{Finding, Level, Place};
use crate::rules::load::Mistakes;

/// Writes one finding.
///
/// # Errors
///
/// Where writing fails.
pub fn write_finding(locator: &Locator<'_>, finding: &Finding, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let level = paint(finding.level.name(), finding.level, color);
    writeln!(out, "{level}[{}]: {}", finding.code, finding.message)?;
    let spot = locator.spot(&finding.place);
    match &spot.page {
        Some(page) => writeln!(
            out,
            "{}",
            frame::draw(&spot.path, page, spot.span, spot.start, &finding.label, color)
        )?,
        None => writeln!(out, "   ╭─[{}]", spot.path)?,
    }
    for related in &finding.related {
        let spot = locator.spot(&related.place);
        writeln!(
            out,
            "  {}:{}:{} {}",
            spot.path, spot.start.line, spot.start.column, related.message
        )?;
    }
    let rules: Vec<String> = finding
        .rules
        .iter()
        .map(|rule| {
            let spot = locator.spot(&Place::Rules(rule.at));
            let named = if rule.code == finding.code {
                String::new()
            } else {
                format!(" ({})", rule.code)
            };
            let extended = rule.extended.map(|at| locator.spot(&Place::Rules(at)));
            let extended = extended.map_or_else(String::new, |spot| {
                format!(", extended at {}:{}", spot.path, spot.start.line)
            });
            format!("{}:{}{extended}{named}", spot.path, spot.start.line)
        })
        .collect();
    let fix = finding.fix.as_ref().map(|fix| format!("fix: {fix}"));
    let rule = (!rules.is_empty()).then(|| format!("rule: {}", rules.join("; ")));
    let tail: Vec<String> = rule.into_iter().chain(fix).collect();
    if !tail.is_empty() {
        writeln!(out, "  {}", tail.join("  "))?;
    }
    writeln!(out)
}

pub(super) fn paint(text: &str, level: Level, color: bool) -> String {
    let code = match level {
        Level::Error => "1;31",
        Level::Warning => "1;33",
        Level::Note | Level::Off => "1;36",
    };
    if color {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// Writes mistakes in configuration and rules files.
///
/// # Errors
///
/// Where writing fails.
pub fn write_mistakes(mistakes: &Mistakes, color: bool, out: &mut dyn Write) -> io::Result<()> {
    for mistake in &mistakes.mistakes {
        let Some(file) = mistakes.files.get(usize::from(mistake.at.file)) else {
            continue;
        };
        let page = Page::new(file.text.clone());
        let start = page.lines.position(&page.text, mistake.at.span.start);
        writeln!(out, "{}: {}", paint("error", Level::Error, color), mistake.message)?;
        writeln!(
            out,
            "{}",
            frame::draw(&file.name, &page, mistake.at.span, start, "here", color)
        )?;
        if let Some(help) = &mistake.help {
            writeln!(out, "  help: {help}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
