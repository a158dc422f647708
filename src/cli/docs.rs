//! `wiremap docs`: writes the document set, or says how the one on disk differs.
//!
//! Files that wiremap did not write are never touched: a manifest in the folder says which it wrote.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::map::readers;
use super::{Global, Outcome, Stop, outcome};
use crate::analysis::Analysis;
use crate::config::DOCUMENTS;
use crate::discover::plain;
use crate::document::Document;
use crate::document::drift::{Drift, MANIFEST, Manifest};
use crate::pipeline;
use crate::project::{Failure, Project};
use crate::texts::Texts;

#[derive(Debug, Args)]
pub(super) struct DocsArgs {
    /// The folder to write to, in place of the one that the project file names; members are then left out.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing, and fail where what is on disk differs.
    #[arg(long)]
    check: bool,
}

/// A document set and where it belongs.
struct Set {
    folder: PathBuf,
    /// The folder as it is shown.
    shown: String,
    documents: Vec<Document>,
    /// What wiremap wrote there before; nothing where the folder is new.
    manifest: Manifest,
    on_disk: BTreeMap<String, Option<String>>,
}

pub(super) fn run(global: &Global, args: &DocsArgs) -> Result<Outcome, Stop> {
    let project = global.locate(None)?;
    let analyses = global.analyze_for_documents(&project, true, true)?;
    let texts = readers(&project, &analyses);
    let mut sets = Vec::new();
    for ((number, analysis), texts) in analyses.iter().enumerate().zip(&texts) {
        let Some((folder, shown)) = target(&project, analysis, number == 0, args) else {
            continue;
        };
        let documents = global.in_pool(|| pipeline::documents(analysis, texts))?;
        sets.push(open(folder, shown, documents, args.check)?);
    }
    let mut out = io::stdout().lock();
    let mut drifted = false;
    for set in &sets {
        let drift = Drift::between(&set.documents, &set.manifest, &set.on_disk);
        if args.check {
            drifted |= !drift.is_empty();
            show(set, &drift, &mut out)?;
        } else {
            write(set, &drift)?;
            if !global.quiet {
                writeln!(
                    out,
                    "{} documents in {}: {} written, {} unchanged, {} taken away",
                    set.documents.len(),
                    set.shown,
                    drift.missing.len() + drift.stale.len(),
                    set.documents.len() - drift.missing.len() - drift.stale.len(),
                    drift.orphaned.len()
                )?;
            }
        }
    }
    out.flush()?;
    let ended = outcome(&analyses, drifted);
    // The process ends here: giving the graph back piece by piece would only take time.
    std::mem::forget(analyses);
    Ok(ended)
}

/// How many documents of a project differ from those on disk; nothing where it has none there.
pub(super) fn drifted(global: &Global, project: &Project, analysis: &Analysis) -> Result<Option<usize>, Failure> {
    let args = DocsArgs { out: None, check: true };
    let Some((folder, shown)) = target(project, analysis, analysis.prefix.is_empty(), &args) else {
        return Ok(None);
    };
    if !folder.join(MANIFEST).is_file() {
        return Ok(None);
    }
    let texts = Texts::new(&project.root.join(&analysis.prefix), analysis.config.max_file_bytes);
    let documents = global.in_pool(|| pipeline::documents(analysis, &texts))?;
    let set = open(folder, shown, documents, true)?;
    let drift = Drift::between(&set.documents, &set.manifest, &set.on_disk);
    Ok(Some(drift.missing.len() + drift.stale.len() + drift.orphaned.len()))
}

/// The folder of a project's documents, and how it is shown. A project that only gathers members has none, unless it
/// asks for one; a member has one where it asks.
fn target(project: &Project, analysis: &Analysis, first: bool, args: &DocsArgs) -> Option<(PathBuf, String)> {
    if let Some(out) = &args.out {
        return first.then(|| (out.clone(), out.display().to_string()));
    }
    let named = analysis.config.documents.as_ref().map(|out| out.value.as_str());
    let implied = first && !analysis.config.sources.is_empty();
    let out = named.or(implied.then_some(DOCUMENTS))?;
    let shown = format!("{}{out}", analysis.prefix);
    Some((project.root.join(&shown), shown))
}

/// Reads what stands in a folder.
fn open(folder: PathBuf, shown: String, documents: Vec<Document>, check: bool) -> Result<Set, Failure> {
    let refuse = |why: String| Failure::Usage(format!("{shown}: {why}"));
    let manifest = match read(&folder.join(MANIFEST)) {
        Ok(Some(text)) => {
            let read = Manifest::read(&text);
            Some(read.map_err(|why| refuse(format!("{MANIFEST} is not wiremap's: {why}")))?)
        }
        Ok(None) => None,
        Err(why) => return Err(refuse(why)),
    };
    let is_foreign = manifest.is_none() && is_taken(&folder).map_err(&refuse)?;
    if is_foreign && check {
        let why =
            format!("this folder is not wiremap's: it has no {MANIFEST}; name a folder of its own, or empty this one");
        return Err(refuse(why));
    }
    let manifest = manifest.unwrap_or_default();
    for document in &documents {
        let above = Path::new(&document.path).ancestors().skip(1);
        for inner in above.filter(|inner| !inner.as_os_str().is_empty()) {
            if folder.join(inner).is_symlink() {
                let why = format!("{} is a link to elsewhere: put a folder in its place", inner.display());
                return Err(refuse(why));
            }
        }
    }
    let mut on_disk = BTreeMap::new();
    let generated = documents.iter().map(|document| &document.path);
    for path in generated.chain(&manifest.files) {
        let text = read(&folder.join(path)).map_err(|why| refuse(format!("{path}: {why}")))?;
        if text.is_some() && !manifest.files.contains(path) {
            let why =
                format!("{path} stands there already, and wiremap did not write it: move it, or name another folder");
            return Err(refuse(why));
        }
        on_disk.insert(path.clone(), text);
    }
    Ok(Set {
        folder,
        shown,
        documents,
        manifest,
        on_disk,
    })
}

/// A file's text; nothing where there is none.
fn read(path: &Path) -> Result<Option<String>, String> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(plain(&error)),
    }
}

/// Whether something stands in a folder.
fn is_taken(folder: &Path) -> Result<bool, String> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(plain(&error)),
    }
}

fn show(set: &Set, drift: &Drift, out: &mut impl Write) -> io::Result<()> {
    if drift.is_empty() {
        return Ok(());
    }
    for path in &drift.missing {
        writeln!(out, "missing: {}/{path}", set.shown)?;
    }
    for path in &drift.orphaned {
        writeln!(out, "no longer generated: {}/{path}", set.shown)?;
    }
    for (path, difference) in &drift.stale {
        writeln!(out, "stale: {}/{path}\n{difference}", set.shown)?;
    }
    writeln!(
        out,
        "{}: {} missing, {} stale, {} no longer generated; `wiremap docs` writes them anew",
        set.shown,
        drift.missing.len(),
        drift.stale.len(),
        drift.orphaned.len()
    )
}

/// Writes what differs, each file whole or not at all. The manifest goes first, so that a run that is cut off leaves no
/// file that nobody owns.
fn write(set: &Set, drift: &Drift) -> Result<(), Failure> {
    let refuse =
        |path: &str, error: &io::Error| Failure::Usage(format!("cannot write {}/{path}: {}", set.shown, plain(error)));
    let manifest = Manifest::of(&set.documents);
    if drift.is_empty() && manifest == set.manifest {
        return Ok(());
    }
    let mut both = manifest.clone();
    both.files.extend(set.manifest.files.iter().cloned());
    let put = |path: &str, text: &str| replace(&set.folder.join(path), text).map_err(|error| refuse(path, &error));
    put(MANIFEST, &both.text())?;
    let stale = drift.stale.iter().map(|(path, _)| path);
    let wanted: Vec<&String> = drift.missing.iter().chain(stale).collect();
    for document in set.documents.iter().filter(|document| wanted.contains(&&document.path)) {
        put(&document.path, &document.text)?;
    }
    for path in &drift.orphaned {
        fs::remove_file(set.folder.join(path)).map_err(|error| refuse(path, &error))?;
        // The folder goes with its last file; one that holds others stays.
        if let Some(above) = Path::new(path).parent().filter(|above| !above.as_os_str().is_empty()) {
            let _ = fs::remove_dir(set.folder.join(above));
        }
    }
    put(MANIFEST, &manifest.text())
}

/// Puts a text where a file is to stand, by way of a file beside it.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut part = file.as_os_str().to_owned();
    part.push(format!(".{}.part", std::process::id()));
    let part = PathBuf::from(part);
    let written = fs::write(&part, text).and_then(|()| fs::rename(&part, file));
    written.inspect_err(|_| {
        let _ = fs::remove_file(&part);
    })
}
