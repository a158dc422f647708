//! What a text shows at a glance, before it is walked.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Input, MatchKind};

/// What a text shows at a glance.
#[derive(Default)]
pub(super) struct Signs {
    /// A call may import.
    pub(super) imports_by_call: bool,
    /// Names may be made at run time.
    pub(super) open_namespace: bool,
}

const IMPORTS: &[&str] = &["import_module", "__import__"];
const NAMESPACE: &[&str] = &["globals()", "sys.modules", "__path__", "vars()", "locals()", "exec("];

impl Signs {
    pub(super) fn of(text: &str) -> Self {
        /// All at once: that takes less than a vectorised search for each, which this kind of matches has too.
        static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostFirst)
                .build([IMPORTS, NAMESPACE].concat());
            automaton.expect("a few words are not too many")
        });
        let mut signs = Self::default();
        let mut from = 0;
        while let Some(found) = WORDS.find(Input::new(text).range(from..)) {
            let is_import = found.pattern().as_usize() < IMPORTS.len();
            signs.imports_by_call |= is_import;
            signs.open_namespace |= !is_import;
            if signs.imports_by_call && signs.open_namespace {
                break;
            }
            // The end of one may be the beginning of another.
            from = found.start() + 1;
        }
        signs
    }
}
