//! Paths as facts keep them: names with `::` between, in which no other colon stands.

/// The first name of a path.
pub(super) fn first(path: &str) -> &str {
    split_first(path).map_or(path, |(first, _)| first)
}

/// The last name of a path.
pub(super) fn last(path: &str) -> &str {
    split_last(path).map_or(path, |(_, last)| last)
}

/// The first name and all that follows it; nothing where the path is a single name.
pub(super) fn split_first(path: &str) -> Option<(&str, &str)> {
    let at = memchr::memchr(b':', path.as_bytes())?;
    Some((&path[..at], path.get(at + 2..)?))
}

/// All that stands before the last name, and the last name; nothing where the path is a single name.
pub(super) fn split_last(path: &str) -> Option<(&str, &str)> {
    let at = memchr::memrchr(b':', path.as_bytes())?;
    Some((path.get(..at.checked_sub(1)?)?, &path[at + 1..]))
}

/// The names of a path; an empty path has one, which is empty.
pub(super) fn parts(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(path);
    std::iter::from_fn(move || {
        let path = rest?;
        let (first, others) = match split_first(path) {
            Some((first, others)) => (first, Some(others)),
            None => (path, None),
        };
        rest = others;
        Some(first)
    })
}

/// Whether a path begins in the standard library.
pub(super) fn is_standard(path: &str) -> bool {
    matches!(first(path), "std" | "core" | "alloc")
}
