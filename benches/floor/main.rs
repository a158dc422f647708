//! The floor under `wiremap check`'s time: walk, read and parse, with the same walker, parser and threads, and nothing
//! else. `benches/speed.py` and `benches/speed_rust.py` run it: `cargo build --release --example floor`, then
//! `floor FOLDER py` or `floor FOLDER rs`.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use ignore::{WalkBuilder, WalkState};
use rayon::prelude::*;
use ruff_python_ast::PySourceType;
use ruff_python_parser::parse_unchecked_source;

#[expect(
    clippy::print_stdout,
    reason = "the count keeps the work from being optimised away, and shows it was done"
)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (Some(root), Some(language)) = (std::env::args().nth(1), std::env::args().nth(2)) else {
        return Err("usage: floor FOLDER py|rs".into());
    };
    let statements = if language == "rs" { rust } else { python };
    let found: Mutex<Vec<PathBuf>> = Mutex::default();
    WalkBuilder::new(&root).build_parallel().run(|| {
        Box::new(|entry| {
            if let Ok(entry) = entry
                && entry
                    .path()
                    .extension()
                    .is_some_and(|extension| *extension == *language)
            {
                found
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(entry.into_path());
            }
            WalkState::Continue
        })
    });
    let files = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    rayon::ThreadPoolBuilder::new().stack_size(64 << 20).build_global()?;
    let statements: usize = files
        .par_iter()
        .map(|file| statements(&std::fs::read_to_string(file).unwrap_or_default()))
        .sum();
    println!("{} files, {statements} statements at module level", files.len());
    Ok(())
}

fn python(text: &str) -> usize {
    parse_unchecked_source(text, PySourceType::Python).syntax().body.len()
}

fn rust(text: &str) -> usize {
    let items = syn::parse_file(text).map_or(0, |file| file.items.len());
    // Without this, proc-macro2 keeps every text that it has seen.
    proc_macro2::extra::invalidate_current_thread_spans();
    items
}
