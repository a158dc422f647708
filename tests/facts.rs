//! Facts are a pure function of a file's text, and survive being written down: they can be cached by content.

use serde_json::{from_str, to_string};
use wiremap::facts::FileFacts;
use wiremap::lang::front_end::{FrontEnd, SourceText};
use wiremap::lang::python::{Python, PythonFacts};

const TEXT: &str = r#"# Layer: L5
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

#[test]
fn facts_are_written_and_read_back_without_loss() {
    let source = SourceText {
        text: TEXT,
        extension: "py",
    };
    let first = FrontEnd::parse(&Python, source);
    let second = FrontEnd::parse(&Python, source);
    let (facts, own) = (
        to_string(&first.facts).expect("JSON"),
        to_string(&first.own).expect("JSON"),
    );
    assert_eq!(facts, to_string(&second.facts).expect("JSON"));
    assert_eq!(own, to_string(&second.own).expect("JSON"));
    let read: FileFacts = from_str(&facts).expect("facts");
    assert_eq!(facts, to_string(&read).expect("JSON"));
    let read: PythonFacts = from_str(&own).expect("facts");
    assert_eq!(own, to_string(&read).expect("JSON"));
    assert!(!facts.contains('/'), "no path stands in facts: {facts}");
}
