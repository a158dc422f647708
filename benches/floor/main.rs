//! The floor under `wiremap check`'s time: walk, read and parse, with the same walker, parser and threads, and nothing
//! else. `benches/speed.py` runs it: `cargo build --release --example floor`, then `floor FOLDER`.

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
    let root = std::env::args().nth(1).ok_or("usage: floor FOLDER")?;
    let found: Mutex<Vec<PathBuf>> = Mutex::default();
    WalkBuilder::new(&root).build_parallel().run(|| {
        Box::new(|entry| {
            if let Ok(entry) = entry
                && entry.path().extension().is_some_and(|extension| extension == "py")
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
        .map(|file| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            parse_unchecked_source(&text, PySourceType::Python).syntax().body.len()
        })
        .sum();
    println!("{} files, {statements} statements at module level", files.len());
    Ok(())
}
