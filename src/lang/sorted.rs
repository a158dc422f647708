//! Searching sorted lists.

use std::cmp::Ordering;

/// The entries of a sorted list whose key is `key`.
pub(in crate::lang) fn run<T, K: Ord + Copy>(list: &[T], key: K, of: impl Fn(&T) -> K) -> &[T] {
    run_by(list, |entry| of(entry).cmp(&key))
}

/// The entries of a sorted list that compare as equal to what is looked for.
pub(in crate::lang) fn run_by<T>(list: &[T], compare: impl Fn(&T) -> Ordering) -> &[T] {
    let first = list.partition_point(|entry| compare(entry).is_lt());
    let rest = &list[first..];
    // Most are few: the end is looked for from here, not from the middle of the list.
    let mut most = 1;
    while most < rest.len() && compare(&rest[most]).is_eq() {
        most *= 2;
    }
    let rest = &rest[..most.min(rest.len())];
    &rest[..rest.partition_point(|entry| compare(entry).is_eq())]
}
