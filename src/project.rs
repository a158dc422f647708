//! A project on disk: where its file lies, what it says, which rules it names, which members it has.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Config, FILE_NAME};
use crate::discover::{Tree, plain};
use crate::rules::Rules;
use crate::rules::load::{BUILTIN_PREFIX, Mistakes, builtin, load};
use crate::rules::text::{Mistake, Placed, RulesText};
use crate::source::At;

/// Why nothing was analysed: exit code 2.
#[derive(Debug, Clone)]
pub enum Failure {
    /// The command line, or what it names.
    Usage(String),
    /// The project file or the rules files.
    Mistakes(Mistakes),
}

/// What a command line says of the project.
#[derive(Debug, Clone, Default)]
pub struct Location {
    /// The path to check, from which the project file is looked for upwards.
    pub path: PathBuf,
    /// The project file, in place of the one that is found.
    pub config: Option<PathBuf>,
    /// Rules files or `builtin:NAME`, in place of those that the project file names.
    pub rules: Vec<String>,
}

/// A project, its configuration and rules checked.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its folder.
    pub root: PathBuf,
    /// What stands before its paths where they are shown: empty, or the member's folder and `/`.
    pub prefix: String,
    /// The part of it that was asked for, relative to the folder; empty for all of it.
    pub focus: String,
    /// Its project file.
    pub config: Config,
    /// Its rules.
    pub rules: Rules,
    overlay: BTreeMap<String, Option<Arc<str>>>,
}

impl Project {
    /// Finds and loads the project that a path belongs to.
    ///
    /// # Errors
    ///
    /// Where there is none, or its files are wrong.
    pub fn locate(location: &Location) -> Result<Self, Failure> {
        let path = absolute(&location.path)?;
        let (root, file) = match &location.config {
            Some(config) => {
                let file = absolute(config)?;
                (parent(&file), Some(file))
            }
            None => match find_upwards(&path) {
                Some(file) => (parent(&file), Some(file)),
                None if location.rules.is_empty() => return Err(Failure::Usage(no_project(&location.path))),
                None => (if path.is_dir() { path.clone() } else { parent(&path) }, None),
            },
        };
        let focus = path.strip_prefix(&root).map_err(|_| {
            Failure::Usage(format!(
                "{} does not lie in the project at {}",
                location.path.display(),
                root.display()
            ))
        })?;
        let focus = focus
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect::<Vec<_>>()
            .join("/");
        let mut project = load_project(&root, file.as_deref(), "", &location.rules)?;
        project.focus = focus;
        Ok(project)
    }

    /// The same project with texts put before those on disk; `None` takes a file away.
    #[must_use]
    pub fn with_overlay(mut self, overlay: impl IntoIterator<Item = (String, Option<Arc<str>>)>) -> Self {
        self.overlay.extend(overlay);
        self
    }

    /// Its files.
    pub fn tree(&self) -> Tree {
        Tree::new(self.root.clone()).with_overlay(self.overlay.clone())
    }

    /// The project and its members, each under its own rules.
    ///
    /// # Errors
    ///
    /// Where a member is none, or its files are wrong.
    pub fn with_members(&self) -> Result<Vec<Self>, Failure> {
        let mut all = vec![self.clone()];
        for member in &self.config.members {
            let root = self.root.join(&member.value);
            let file = root.join(FILE_NAME);
            if !file.is_file() {
                let message = format!("the member `{}` has no {FILE_NAME}", member.value);
                return Err(self.mistake(
                    member.at,
                    message,
                    format!("write {}/{FILE_NAME}, or take it off the list", member.value),
                ));
            }
            if fs::canonicalize(&root).is_ok_and(|root| self.root.starts_with(root)) {
                let message = format!("the member `{}` is this project itself, or holds it", member.value);
                return Err(self.mistake(member.at, message, "name a folder below this one"));
            }
            let prefix = format!("{}{}/", self.prefix, member.value);
            let member = load_project(&root, Some(&file), &prefix, &[])?;
            all.extend(member.with_members()?);
        }
        Ok(all)
    }

    /// Makes sure that every source root and import root is a folder.
    ///
    /// # Errors
    ///
    /// Where one is not.
    pub fn require_sources(&self, tree: &Tree) -> Result<(), Failure> {
        let sources = self.config.sources.iter().map(|source| ("source", source));
        let roots = self.config.roots.values().flatten().map(|root| ("import", root));
        for (kind, folder) in sources.chain(roots) {
            if !tree.root().join(&folder.value).is_dir() {
                let message = format!("the {kind} root `{}` is no folder", folder.value);
                return Err(self.mistake(folder.at, message, "name folders relative to this file's own"));
            }
        }
        Ok(())
    }

    fn mistake(&self, at: At, message: String, help: impl Into<String>) -> Failure {
        Failure::Mistakes(Mistakes {
            files: self.rules.files.clone(),
            mistakes: vec![Mistake::new(at, message, help)],
        })
    }
}

fn no_project(path: &Path) -> String {
    format!(
        "no {FILE_NAME} in {} or above it: write one that names the rules (`rules = [\"{BUILTIN_PREFIX}layered\"]`), or give `--rules`",
        path.display()
    )
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    fs::canonicalize(path).map_err(|error| Failure::Usage(format!("{}: {}", path.display(), plain(&error))))
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

fn find_upwards(path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .map(|folder| folder.join(FILE_NAME))
        .find(|file| file.is_file())
}

fn read_text(path: &Path) -> Result<String, String> {
    let bytes = fs::read(path).map_err(|error| plain(&error))?;
    String::from_utf8(bytes).map_err(|error| format!("not valid UTF-8 at byte {}", error.utf8_error().valid_up_to()))
}

fn load_project(root: &Path, file: Option<&Path>, prefix: &str, given: &[String]) -> Result<Project, Failure> {
    let (name, text) = match file {
        Some(file) => {
            let name = file
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let text = read_text(file).map_err(|why| Failure::Usage(format!("{}: {why}", file.display())))?;
            (format!("{prefix}{name}"), text)
        }
        None => (FILE_NAME.to_owned(), String::new()),
    };
    let mut files = vec![RulesText { name, text }];
    let config = match Config::parse(&files[0].text) {
        Ok(config) => config,
        Err(mistakes) => return Err(Failure::Mistakes(Mistakes { files, mistakes })),
    };
    if given.is_empty() {
        let mut mistakes = Vec::new();
        for rules in &config.rules {
            match named(root, prefix, rules) {
                Ok(text) => files.push(text),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        if config.rules.is_empty() && !config.sources.is_empty() {
            let help = format!("add `rules = [\"{BUILTIN_PREFIX}layered\"]`, or the path of your own rules file");
            mistakes.push(Mistake::new(At::default(), "this project file names no rules", help));
        }
        if !mistakes.is_empty() {
            return Err(Failure::Mistakes(Mistakes { files, mistakes }));
        }
    } else {
        for rules in given {
            files.push(from_command_line(rules)?);
        }
    }
    let rules = load(files).map_err(Failure::Mistakes)?;
    Ok(Project {
        root: root.to_path_buf(),
        prefix: prefix.to_owned(),
        focus: String::new(),
        config,
        rules,
        overlay: BTreeMap::new(),
    })
}

/// A rules file as the project file names it.
fn named(root: &Path, prefix: &str, rules: &Placed<String>) -> Result<RulesText, Mistake> {
    if let Some(name) = rules.strip_prefix(BUILTIN_PREFIX) {
        let text =
            builtin(name).map_err(|help| Mistake::new(rules.at, format!("there is no `{}`", rules.value), help))?;
        return Ok(RulesText {
            name: rules.value.clone(),
            text: text.to_owned(),
        });
    }
    let text = read_text(&root.join(&rules.value)).map_err(|why| {
        let help = format!("name a file relative to this one's folder, or a shipped one as `{BUILTIN_PREFIX}NAME`");
        Mistake::new(
            rules.at,
            format!("the rules file `{}` cannot be read: {why}", rules.value),
            help,
        )
    })?;
    Ok(RulesText {
        name: format!("{prefix}{}", rules.value),
        text,
    })
}

fn from_command_line(rules: &str) -> Result<RulesText, Failure> {
    let text = match rules.strip_prefix(BUILTIN_PREFIX) {
        Some(name) => builtin(name)
            .map(str::to_owned)
            .map_err(|help| format!("there is no `{rules}`: {help}")),
        None => read_text(Path::new(rules)).map_err(|why| format!("{rules}: {why}")),
    };
    Ok(RulesText {
        name: rules.to_owned(),
        text: text.map_err(|why| Failure::Usage(format!("--rules {why}")))?,
    })
}
