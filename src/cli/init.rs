//! `wiremap init --reference`: the reference implementation as a starting point; and what it is unpacked from.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

use clap::Args;
use flate2::read::GzDecoder;

use super::{Global, Outcome, Stop};
use crate::discover::plain;
use crate::project::Failure;

/// The reference implementation, `fixtures/integrations/`, as it is shipped.
const REFERENCE: &[u8] = include_bytes!("../../fixtures/integrations.tar.gz");

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Writes the reference implementation into this folder, which must be empty or not there.
    #[arg(long, value_name = "DIR")]
    reference: PathBuf,
}

pub(super) fn run(global: &Global, args: &InitArgs) -> Result<Outcome, Stop> {
    let folder = &args.reference;
    let refuse = |why: String| Failure::Usage(format!("{}: {why}", folder.display()));
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(refuse("this folder is not empty: name a new one".to_owned()).into());
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(refuse(plain(&error)).into()),
    }
    let count = unpack(folder).map_err(|error| refuse(plain(&error)))?;
    if !global.quiet {
        let shown = folder.display();
        writeln!(
            io::stdout(),
            "wrote {count} files to {shown}\n\n  cd {shown}\n  wiremap verify     # its layers, gaps and documents, and that its rules catch what they forbid\n  cargo run          # the service; README.md there says how to call it"
        )?;
    }
    Ok(Outcome::Passed)
}

/// The reference implementation in a folder that goes when it is dropped.
pub(super) struct Unpacked(PathBuf);

impl Unpacked {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Unpacks the reference implementation into a folder of its own.
pub(super) fn unpacked() -> Result<Unpacked, Failure> {
    let folder = std::env::temp_dir().join(format!("wiremap-reference-{}", std::process::id()));
    let unpacked = Unpacked(folder);
    unpack(unpacked.path()).map_err(|error| {
        let why = plain(&error);
        Failure::Usage(format!(
            "cannot unpack the reference implementation to {}: {why}",
            unpacked.path().display()
        ))
    })?;
    Ok(unpacked)
}

fn unpack(folder: &Path) -> io::Result<usize> {
    let mut archive = tar::Archive::new(GzDecoder::new(REFERENCE));
    let mut count = 0;
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(io::Error::other("the archive names a file outside its folder"));
        }
        let target = folder.join(path);
        if let Some(above) = target.parent() {
            fs::create_dir_all(above)?;
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        fs::write(target, bytes)?;
        count += 1;
    }
    Ok(count)
}
