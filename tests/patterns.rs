//! The law of path patterns: what a pattern matches is what matching it component by component gives, whichever shorter
//! way it takes.

use proptest::prelude::*;
use wiremap::rules::pattern::Pattern;

/// Whether a pattern's components match a path's: `**` any number of them, at its end at least one.
fn components(pattern: &[&str], path: &[&str]) -> bool {
    match pattern {
        [] => path.is_empty(),
        ["**"] => !path.is_empty(),
        ["**", rest @ ..] => (0..=path.len()).any(|taken| components(rest, &path[taken..])),
        [first, rest @ ..] => path
            .split_first()
            .is_some_and(|(name, below)| text(first, name) && components(rest, below)),
    }
}

/// Whether a component matches a name.
fn text(pattern: &str, name: &str) -> bool {
    if let Some((before, rest)) = pattern.split_once('{') {
        let (inside, after) = rest.split_once('}').expect("braces are closed");
        if inside.contains(',') {
            return inside
                .split(',')
                .any(|choice| text(&format!("{before}{choice}{after}"), name));
        }
        // A capture takes one character at least.
        return text(&format!("{before}?*{after}"), name);
    }
    let mut rest = pattern.chars();
    let mut left = name.chars();
    match rest.next() {
        None => name.is_empty(),
        Some('*') => (0..=name.chars().count()).any(|taken| text(rest.as_str(), &skip(name, taken))),
        Some('?') => left.next().is_some() && text(rest.as_str(), left.as_str()),
        Some(sign) => left.next() == Some(sign) && text(rest.as_str(), left.as_str()),
    }
}

fn skip(name: &str, count: usize) -> String {
    name.chars().skip(count).collect()
}

fn agrees(pattern: &str, path: &str) {
    let compiled = Pattern::new(pattern).expect("a pattern");
    let parts: Vec<&str> = pattern.split('/').collect();
    let names: Vec<&str> = path.split('/').collect();
    assert_eq!(
        compiled.matches(path),
        components(&parts, &names),
        "{pattern} on {path:?}"
    );
}

#[test]
fn the_shorter_ways_match_what_the_expression_does() {
    let patterns = [
        "a",
        "a.b",
        "a/b",
        "a/**",
        "a/b/**",
        "**",
        "**/a",
        "**/a/**",
        "a/**/b",
        "**/a*",
        "**/*a.b",
        "a{b,c}/**",
        "{d}/a",
        "a?/**",
    ];
    let paths = [
        "a", "ab", "ab/a", "a/b", "a/b/a", "b/a", "b/a/b", "a.b", "b/aa.b", "a/\n", "a/b\nb/a", "axb", "é/a", "aé/b",
    ];
    for pattern in patterns {
        for path in paths {
            agrees(pattern, path);
        }
    }
}

proptest! {
    #[test]
    fn patterns_match_component_by_component(
        pattern in prop::collection::vec(
            prop::sample::select(vec!["a", "b", "ab", "a.b", "*", "?", "**", "a*", "*b", "*a*", "{a,b}", "x{ab,*b}", "a?", "é"]),
            1..5,
        ),
        path in prop::collection::vec(
            prop::sample::select(vec!["a", "b", "ab", "ba", "aab", "a.b", "xab", "xb", "a\n", "é", "aé"]),
            1..6,
        ),
    ) {
        let mut pattern = pattern;
        pattern.dedup_by(|next, before| *next == "**" && *before == "**");
        agrees(&pattern.join("/"), &path.join("/"));
    }
}
