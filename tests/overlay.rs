//! "What if" through the pipeline: texts in memory stand before those on disk, and a file may be taken away.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::date;
use wiremap::analysis::Analysis;
use wiremap::pipeline::{Options, run};
use wiremap::project::{Location, Project};

type Change = (&'static str, Option<&'static str>);

fn analyse(changes: &[Change]) -> Analysis {
    let location = Location {
        path: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop"),
        ..Location::default()
    };
    let project = Project::locate(&location).expect("the sample project");
    let overlay = changes
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.map(Arc::from)));
    let options = Options {
        today: date(2026, 1, 15),
        threads: 2,
        outlines: false,
        is_last: false,
    };
    let mut analyses = run(&project.with_overlay(overlay), &options, &|_| {}).expect("an analysis");
    analyses.remove(0)
}

fn codes(analysis: &Analysis) -> Vec<&str> {
    analysis.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn nothing_changes_nothing() {
    assert_eq!(codes(&analyse(&[])), ["SHOP-002", "unclassified"]);
}

#[test]
fn a_text_in_memory_stands_before_the_one_on_disk() {
    let changed = analyse(&[(
        "shop/domain/order.py",
        Some("import sqlalchemy\nfrom shop.api import orders\n"),
    )]);
    assert_eq!(
        codes(&changed),
        ["cycle", "SHOP-002", "PURE-001", "must-not-call", "unclassified"]
    );
}

#[test]
fn a_file_in_memory_alone_is_a_source() {
    let added = analyse(&[("shop/db/new.py", Some("from shop import api\n"))]);
    assert!(codes(&added).contains(&"must-not-call"));
    assert_eq!(added.sources.len(), 13);
}

#[test]
fn a_file_taken_away_is_missed_by_those_who_import_it() {
    let without = analyse(&[("shop/db/connection.py", None)]);
    assert_eq!(codes(&without), ["missing-module", "missing-module", "unclassified"]);
}
