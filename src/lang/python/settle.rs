//! Puts a file's lists into the order in which they are searched.

use rustc_hash::{FxHashMap, FxHashSet};

use super::code::{Code, Shapes, Sites};
use super::{Binding, first_name};
use crate::facts::{FileFacts, Name, Names, name_hash};
use crate::source::{Index, to_u32};

/// Sorts what is called and handed over by place.
pub(super) fn calls(facts: &mut FileFacts, sites: &mut Sites) {
    sites.handed.sort_by_key(|handed| handed.span);
    if facts.calls.is_sorted_by_key(|call| call.span) {
        return;
    }
    let mut both: Vec<_> = facts.calls.iter().copied().zip(sites.called.iter().copied()).collect();
    both.sort_by_key(|(call, _)| call.span);
    for (at, (call, called)) in both.into_iter().enumerate() {
        (facts.calls[at], sites.called[at]) = (call, called);
    }
}

/// The order of bindings by the hashes and texts of their names, and the hashes.
pub(super) fn by_name(bindings: &[Binding], names: &Names) -> (Vec<u32>, Vec<u32>) {
    let text = |at: u32| names.get(bindings[at as usize].name);
    let keyed = |at: u32| (u64::from(name_hash(text(at))) << 32) | u64::from(at);
    let mut keys: Vec<u64> = (0..to_u32(bindings.len())).map(keyed).collect();
    keys.sort_unstable();
    let mut order: Vec<u32> = keys.iter().map(|&key| low(key)).collect();
    let hashes: Vec<u32> = keys.iter().map(|&key| low(key >> 32)).collect();
    // Hardly ever do two names have one hash.
    let mut rest = &mut order[..];
    for alike in hashes.chunk_by(|a, b| a == b) {
        let (run, further) = rest.split_at_mut(alike.len());
        run.sort_by_key(|&at| text(at));
        rest = further;
    }
    (order, hashes)
}

/// The order of bindings by the numbers of their names, and where those of each name start in it.
pub(super) fn by_number(bindings: &[Binding]) -> (Vec<u32>, Vec<u32>) {
    let most = bindings.iter().map(|binding| binding.name.at()).max();
    let mut starts = vec![0; most.map_or(0, |most| most + 2)];
    for binding in bindings {
        starts[binding.name.at() + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut order = vec![0; bindings.len()];
    for (at, binding) in (0..).zip(bindings) {
        let place = &mut next[binding.name.at()];
        order[*place as usize] = at;
        *place += 1;
    }
    (order, starts)
}

/// The lower half of a number.
fn low(number: u64) -> u32 {
    u32::try_from(number & u64::from(u32::MAX)).unwrap_or_default()
}

/// The hashes of the first names of absolute imports, each once.
pub(super) fn firsts(facts: &FileFacts) -> Vec<u32> {
    let absolute = facts.imports.iter().filter(|import| import.level == 0);
    let mut modules: Vec<Name> = absolute.map(|import| import.module).collect();
    modules.dedup();
    let first = |module: Name| name_hash(first_name(facts.names.get(module)));
    let mut firsts: Vec<u32> = modules.into_iter().map(first).collect();
    firsts.sort_unstable();
    firsts.dedup();
    firsts.shrink_to_fit();
    firsts
}

/// Where the entries of each of so many owners start in a list that is ordered by them.
fn starts<T>(list: &[T], owners: usize, owner: impl Fn(&T) -> u32) -> impl Iterator<Item = u32> {
    let mut next = 0;
    (0..to_u32(owners)).map(move |at| {
        let start = to_u32(next);
        next += list[next..].iter().take_while(|entry| owner(entry) == at).count();
        start
    })
}

/// Puts lists into the order in which they are searched.
pub(super) fn code(code: &mut Code, items: usize) {
    code.locals
        .sort_by_cached_key(|local| (local.frame, local.name, local.from));
    let starts_of_frames = starts(&code.locals, code.frames.len(), |local| local.frame);
    for (frame, start) in code.frames.iter_mut().zip(starts_of_frames) {
        frame.locals = start;
    }
    code.held.sort_by_key(|held| (held.item, held.how));
    code.starts.extend(starts(&code.held, items, |held| held.item));
    code.decorated.sort_by_key(|(item, _)| *item);
    code.bases.sort_by_key(|(class, _)| *class);
}

/// The same for functions and members; a row of overloads is joined.
pub(super) fn shapes(shapes: &mut Shapes, facts: &FileFacts, generators: &FxHashSet<u32>) {
    for function in &mut shapes.functions {
        function.is_generator = generators.contains(&function.item);
    }
    shapes.functions.sort_by_key(|function| function.item);
    if shapes.functions.iter().any(|function| function.is_overload) {
        let mut firsts: FxHashMap<(Option<u32>, Name), u32> = FxHashMap::default();
        for function in &mut shapes.functions {
            let item = &facts.items[function.item as usize];
            let key = (item.parent, item.name);
            if function.is_overload {
                function.first = *firsts.entry(key).or_insert(function.item);
            } else {
                // The one that is run ends the row.
                function.first = firsts.remove(&key).unwrap_or(function.item);
            }
        }
    }
    shapes.places.resize(facts.items.len(), None);
    for (at, function) in (0..).zip(&shapes.functions) {
        shapes.places[function.item as usize] = Some(Index::from(at));
    }
    shapes
        .members
        .sort_by_key(|member| (member.class, member.hash, facts.names.get(member.name)));
}
