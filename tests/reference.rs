//! The reference implementation as it is shipped: the archive in the binary holds `fixtures/integrations/`, file by file.
//!
//! After a change there, `WIREMAP_ARCHIVE=write cargo test --test reference` packs it anew.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What a folder ships: everything but what building and running leave there.
fn shipped(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut left = vec![folder.to_path_buf()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(&next).expect("a folder").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let made = name == "target" || name.starts_with("integrations.db") || name == "integrations-files";
            if path.is_dir() && !made {
                left.push(path);
            } else if path.is_file() && !made {
                let inner = path.strip_prefix(folder).expect("a path below");
                let inner = inner.to_string_lossy().replace('\\', "/");
                files.insert(inner, fs::read(&path).expect("a file"));
            }
        }
    }
    files
}

fn packed(archive: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(archive).expect("the archive")));
    let mut files = BTreeMap::new();
    for entry in archive.entries().expect("entries") {
        let mut entry = entry.expect("an entry");
        let path = entry.path().expect("a path").to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its bytes");
        files.insert(path, bytes);
    }
    files
}

/// Packs files in order, without times, owners or rights of this machine.
fn pack(files: &BTreeMap<String, Vec<u8>>, archive: &Path) {
    let encoder = GzEncoder::new(File::create(archive).expect("the archive"), Compression::best());
    let mut builder = tar::Builder::new(encoder);
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_cksum();
        builder
            .append_data(&mut header, path, bytes.as_slice())
            .expect("an entry");
    }
    builder.into_inner().expect("the archive").finish().expect("its end");
}

#[test]
fn the_archive_holds_the_folder() {
    let files = shipped(&root().join("fixtures/integrations"));
    let archive = root().join("fixtures/integrations.tar.gz");
    if std::env::var("WIREMAP_ARCHIVE").is_ok_and(|asked| asked == "write") {
        pack(&files, &archive);
    }
    let packed = packed(&archive);
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&packed), names(&files), "WIREMAP_ARCHIVE=write packs it anew");
    for (path, bytes) in &files {
        assert!(
            packed[path] == *bytes,
            "{path} differs: WIREMAP_ARCHIVE=write packs it anew"
        );
    }
    assert!(files.contains_key("Cargo.lock"), "it builds on its own");
}

#[test]
fn it_is_written_out_as_a_starting_point() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("service");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wiremap"));
        command
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("wiremap runs")
    };
    let first = run(&["init", "--reference", "service"]);
    assert_eq!(
        first.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&first.stderr)
    );
    assert!(shipped(&target) == shipped(&root().join("fixtures/integrations")));
    let manifest = fs::read_to_string(target.join("Cargo.toml")).expect("a manifest");
    assert!(!manifest.contains("workspace = true"), "it inherits nothing");
    let check = run(&["check", "service", "--level", "note"]);
    assert_eq!(
        check.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&check.stdout)
    );
    let second = run(&["init", "--reference", "service"]);
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("not empty"));
}
