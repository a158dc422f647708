//! wiremap under its own rules: the report is clean, and each wall stops what breaks it, at its line.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::date;
use wiremap::analysis::Analysis;
use wiremap::finding::{Finding, Place};
use wiremap::pipeline::{Options, run};
use wiremap::project::{Location, Project};
use wiremap::source::LineIndex;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn analyse(overlay: Vec<(String, Option<Arc<str>>)>) -> Analysis {
    let location = Location {
        path: root(),
        ..Location::default()
    };
    let project = Project::locate(&location).expect("wiremap's own project file");
    let options = Options {
        today: date(2026, 1, 15),
        threads: 2,
        outlines: false,
        is_last: false,
    };
    run(&project.with_overlay(overlay), &options, &|_| {})
        .expect("an analysis")
        .remove(0)
}

fn lines(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| format!("{}: {}", finding.code, finding.message))
        .collect()
}

#[test]
fn the_program_keeps_its_own_rules() {
    let analysis = analyse(Vec::new());
    assert_eq!(lines(&analysis.findings), [""; 0]);
    assert!(analysis.sources.len() > 80, "all of the source was looked at");
}

#[test]
fn every_rule_is_tried() {
    let rules = analyse(Vec::new()).rules;
    let mut own: Vec<&str> = rules.edge_rules.iter().map(|rule| rule.code.as_str()).collect();
    own.sort_unstable();
    own.dedup();
    let mut tried: Vec<&str> = BREACHES.iter().map(|breach| breach.code).collect();
    tried.sort_unstable();
    assert_eq!(own, tried);
}

#[test]
fn what_layers_may_reach_runs_one_way() {
    let rules = analyse(Vec::new()).rules;
    let open = rules.layers.iter().filter(|layer| layer.should_call.is_none());
    assert_eq!(open.map(|layer| layer.id.as_str()).collect::<Vec<_>>(), ["tests"]);
    let reaches = |layer: usize| rules.layers[layer].should_call.iter().flat_map(|list| &list.layers);
    let mut left: Vec<usize> = (0..rules.layers.len()).collect();
    while !left.is_empty() {
        let before = left.len();
        let rest = left.clone();
        left.retain(|layer| reaches(*layer).any(|(id, _)| rest.contains(&id.index())));
        let ids: Vec<&str> = left.iter().map(|layer| rules.layers[*layer].id.as_str()).collect();
        assert!(
            left.len() < before,
            "these layers may reach each other in a circle: {ids:?}"
        );
    }
}

/// A line that breaks a wall.
struct Breach {
    file: &'static str,
    /// What is added at the end of the file: one line.
    line: &'static str,
    code: &'static str,
    message: &'static str,
    /// The line of rules/self.toml that decides it begins so.
    rule: &'static str,
}

const BREACHES: &[Breach] = &[
    Breach {
        file: "src/graph/mod.rs",
        line: "use crate::rules::Rules as Laws;",
        code: "not-listed",
        message: "graph may not call rules: its `should_call` lists facts, source alone",
        rule: "should_call = [\"facts\", \"source\"]",
    },
    Breach {
        file: "src/lang/rust/parse.rs",
        line: "fn breach(python: crate::lang::python::Python) {}",
        code: "front-ends-apart",
        message: "a front end reaches another language's",
        rule: "id = \"front-ends-apart\"",
    },
    Breach {
        file: "src/check/dormant.rs",
        line: "pub(super) use super::cycle::Cycles as Rings;",
        code: "checks-apart",
        message: "a check reaches another check",
        rule: "id = \"checks-apart\"",
    },
    Breach {
        file: "src/expect/wired.rs",
        line: "fn breach(pair: super::paired::Paired) {}",
        code: "expectations-apart",
        message: "one kind of expectation reaches another",
        rule: "id = \"expectations-apart\"",
    },
    Breach {
        file: "src/gap.rs",
        line: "impl askama::Template for Gap {}",
        code: "one-engine-of-templates",
        message: "documents are rendered or compared outside their room",
        rule: "id = \"one-engine-of-templates\"",
    },
    Breach {
        file: "src/report/json.rs",
        line: "fn breach(human: super::human::Human) {}",
        code: "reporters-apart",
        message: "a reporter reaches another reporter",
        rule: "id = \"reporters-apart\"",
    },
    Breach {
        file: "src/facts.rs",
        line: "fn breach() { let _ = std::fs::read(\"facts\"); }",
        code: "one-reader",
        message: "the disk is read outside discovery",
        rule: "id = \"one-reader\"",
    },
    Breach {
        file: "src/lang/python/project.rs",
        line: "use rayon::prelude::*;",
        code: "one-home-of-threads",
        message: "work is spread over threads outside the pipeline",
        rule: "id = \"one-home-of-threads\"",
    },
    Breach {
        file: "src/lang/rust/resolve/mod.rs",
        line: "fn breach() -> Vec<u8> { vec![syn::Error::new as u8] }",
        code: "resolve-without-syntax",
        message: "names are resolved with syntax at hand",
        rule: "id = \"resolve-without-syntax\"",
    },
    Breach {
        file: "src/check/cycle.rs",
        line: "fn breach(statement: &ruff_python_ast::Stmt) {}",
        code: "one-parser-of-python",
        message: "Python's syntax is known outside its front end",
        rule: "id = \"one-parser-of-python\"",
    },
    Breach {
        file: "src/lang/front_end.rs",
        line: "impl From<syn::Error> for Decoded {}",
        code: "one-parser-of-rust",
        message: "Rust's syntax is known outside its front end",
        rule: "id = \"one-parser-of-rust\"",
    },
    Breach {
        file: "src/classify.rs",
        line: "#[derive(toml::Value)] struct Breach;",
        code: "one-place-of-rules-syntax",
        message: "rules or patterns are parsed outside the rules' room",
        rule: "id = \"one-place-of-rules-syntax\"",
    },
    Breach {
        file: "src/pipeline.rs",
        line: "impl clap::Args for Step {}",
        code: "one-printer",
        message: "the terminal is touched outside the command line",
        rule: "id = \"one-printer\"",
    },
];

#[test]
fn each_wall_stops_what_breaks_it() {
    for breach in BREACHES {
        let text = std::fs::read_to_string(root().join(breach.file)).expect("a source");
        let line = text.lines().count() + 1;
        let broken = format!("{text}{}\n", breach.line);
        let analysis = analyse(vec![(breach.file.to_owned(), Some(Arc::from(broken.as_str())))]);
        assert_eq!(
            lines(&analysis.findings),
            [format!("{}: {}", breach.code, breach.message)],
            "{}: {}",
            breach.file,
            breach.line
        );
        let finding = &analysis.findings[0];
        let Place::File(file, span) = finding.place else {
            panic!("{}: not in a file", breach.file);
        };
        assert_eq!(&*analysis.source(file).path, breach.file);
        assert_eq!(
            LineIndex::new(&broken).line(span.start) as usize,
            line,
            "{}",
            breach.file
        );
        let rule = finding.rules.first().expect("the rule that it breaks").at;
        let rules = analysis.rules.file(rule);
        assert_eq!(Path::new(&rules.name), Path::new("rules/self.toml"));
        let decided = LineIndex::new(&rules.text).line(rule.span.start) as usize;
        let shown = rules.text.lines().nth(decided - 1).unwrap_or_default();
        assert!(shown.starts_with(breach.rule), "{}: decided by `{shown}`", breach.file);
    }
}
