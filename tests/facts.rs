//! Facts are a pure function of a file's text, and survive being written down: they can be cached by content.

use serde::Serialize;
use serde_json::{from_str, to_string};
use wiremap::facts::FileFacts;
use wiremap::lang::front_end::{FrontEnd, SourceText};
use wiremap::lang::python::Python;
use wiremap::lang::rust::Rust;

const PYTHON: &str = r#"# Layer: L5
from __future__ import annotations
import a.b.c as d
from . import e, f as g
from .h import *
__all__ = ["g", *d.__all__]
name = d.Thing
try:
    import fast
except ImportError:
    fast = None

class Child(d.Base["x"]):
    def method(self):
        import importlib
        return importlib.import_module(".late", __package__)

def __getattr__(asked):
    if asked == "Lazy":
        from .lazy import Lazy
        return Lazy
"#;

const RUST: &str = r#"// Layer: L5
#![cfg(test)]
use std::fmt::{self, Display as Show};
pub(crate) use crate::a::*;
extern crate alloc as heap;
#[path = "other.rs"]
mod file;
include!("more.rs");
mod inner {
    pub enum Kind { One, Two }
    pub type Alias = super::file::Thing;
}
#[macro_export]
macro_rules! make { () => { $crate::a::b() } }
impl<T: crate::a::Bound> fmt::Debug for inner::Kind {
    fn fmt(&self) -> crate::a::Out { vec![crate::a::b()]; make!() }
}
"#;

/// Text, extension: facts equal those that are written down and read back.
fn written_and_read<F>(front_end: &F, text: &str, extension: &str)
where
    F: FrontEnd,
    F::Facts: Serialize,
    F::Body: Serialize,
{
    let source = SourceText {
        text,
        extension,
        outline: false,
    };
    let first = front_end.parse(source);
    let second = front_end.parse(source);
    let (facts, own, body) = (
        to_string(&first.facts).expect("JSON"),
        to_string(&first.own).expect("JSON"),
        to_string(&first.body).expect("JSON"),
    );
    assert_eq!(facts, to_string(&second.facts).expect("JSON"));
    assert_eq!(own, to_string(&second.own).expect("JSON"));
    assert_eq!(body, to_string(&second.body).expect("JSON"));
    let read: FileFacts = from_str(&facts).expect("facts");
    assert_eq!(facts, to_string(&read).expect("JSON"));
    let read: F::Facts = from_str(&own).expect("facts");
    assert_eq!(own, to_string(&read).expect("JSON"));
    let read: F::Body = from_str(&body).expect("facts");
    assert_eq!(body, to_string(&read).expect("JSON"));
    assert!(!first.facts.items.is_empty() && !first.facts.imports.is_empty());
}

#[test]
fn facts_are_written_and_read_back_without_loss() {
    written_and_read(&Python, PYTHON, "py");
    written_and_read(&Rust, RUST, "rs");
}

#[test]
fn shared_facts_hold_no_path() {
    let source = SourceText {
        text: PYTHON,
        extension: "py",
        outline: false,
    };
    let facts = to_string(&FrontEnd::parse(&Python, source).facts).expect("JSON");
    assert!(!facts.contains('/'), "no path stands in facts: {facts}");
}
