//! Exceptions: which findings they silence, and what is to be said of those that silence nothing or have expired.

use std::sync::atomic::{AtomicBool, Ordering};

use super::context::Context;
use crate::analysis::Analysis;
use crate::finding::{EXPIRED_EXCEPTION, Finding, Level, Place, UNUSED_EXCEPTION};
use crate::rules::load::is_builtin;
use crate::rules::selector::Subject;
use crate::rules::{EdgeRule, Excepted, Exception, RuleShape};

/// Which of the rules' exceptions were used. The set of marks does not depend on the order in which they are made.
#[derive(Debug)]
pub struct Exceptions {
    used: Vec<AtomicBool>,
}

impl Exceptions {
    /// None used yet.
    pub fn new(analysis: &Analysis) -> Self {
        Self {
            used: analysis
                .rules
                .exceptions
                .iter()
                .map(|_| AtomicBool::new(false))
                .collect(),
        }
    }

    /// Whether one of the exceptions `among`, by index, lets the edge pass; it is then marked as used.
    pub fn silences(
        &self,
        analysis: &Analysis,
        among: impl Iterator<Item = usize>,
        from: Subject<'_>,
        to: Option<Subject<'_>>,
    ) -> bool {
        let mut silenced = false;
        for at in among {
            let exception = &analysis.rules.exceptions[at];
            if !is_expired(exception, analysis) && matches(exception, from, to) {
                self.used[at].store(true, Ordering::Relaxed);
                silenced = true;
            }
        }
        silenced
    }

    /// Whether there are exceptions from findings of `code` at all.
    pub fn speak_of(&self, analysis: &Analysis, code: &str) -> bool {
        let of_code =
            |exception: &Exception| matches!(&exception.from_what, Excepted::Code(excepted) if excepted == code);
        analysis.rules.exceptions.iter().any(of_code)
    }

    /// Whether an exception from findings of `code` silences one.
    pub fn silences_code(&self, analysis: &Analysis, code: &str, from: Subject<'_>, to: Option<Subject<'_>>) -> bool {
        let of_code = analysis
            .rules
            .exceptions
            .iter()
            .enumerate()
            .filter_map(|(at, exception)| {
                matches!(&exception.from_what, Excepted::Code(excepted) if excepted == code).then_some(at)
            });
        self.silences(analysis, of_code, from, to)
    }
}

fn is_expired(exception: &Exception, analysis: &Analysis) -> bool {
    exception.until.is_some_and(|until| until < analysis.today)
}

fn matches(exception: &Exception, from: Subject<'_>, to: Option<Subject<'_>>) -> bool {
    let to_domain = to.and_then(|to| to.domain);
    exception
        .from
        .as_ref()
        .is_none_or(|selector| selector.holds(from, to_domain))
        && exception
            .to
            .as_ref()
            .is_none_or(|selector| to.is_some_and(|to| selector.holds(to, from.domain)))
}

/// Findings on exceptions. Those of shipped rules files are nobody's to remove.
pub(super) fn findings(context: &Context<'_>) -> Vec<Finding> {
    let analysis = context.analysis;
    let mut findings = Vec::new();
    for (at, (exception, used)) in analysis
        .rules
        .exceptions
        .iter()
        .zip(&context.exceptions.used)
        .enumerate()
    {
        if is_builtin(&analysis.rules.file(exception.at).name) || !is_judged(analysis, at, exception) {
            continue;
        }
        let place = Place::Rules(exception.at);
        if let Some(until) = exception.until.filter(|_| is_expired(exception, analysis)) {
            let message = format!("this exception ended on {until}");
            let finding = Finding::new(EXPIRED_EXCEPTION, place, message, "it silences nothing any more");
            findings.push(finding.fix("mend what it excepted, or decide anew and write a later date"));
        } else if !used.load(Ordering::Relaxed) {
            let message = "this exception silences nothing";
            let finding = Finding::new(UNUSED_EXCEPTION, place, message, "no finding matches it");
            findings.push(finding.fix("remove it"));
        }
    }
    findings
}

/// Whether anything could have used an exception: not where its rule is off, or vacuous, or its code off.
fn is_judged(analysis: &Analysis, at: usize, exception: &Exception) -> bool {
    let rules = &analysis.rules;
    let judged = |rule: &EdgeRule| rule.level > Level::Off && rule.vacuous.is_none();
    match &exception.from_what {
        Excepted::Rule => rules
            .edge_rules
            .iter()
            .any(|rule| rule.except.contains(&at) && judged(rule)),
        Excepted::Code(code) => {
            let mut own = rules
                .edge_rules
                .iter()
                .filter(|rule| rule.shape == RuleShape::Rule && rule.code == *code)
                .peekable();
            match own.peek() {
                Some(_) => own.any(judged),
                None => rules.levels.get(code) != Some(&Level::Off),
            }
        }
    }
}
