//! What a front end must offer, and what it is given.
//!
//! Must not know which front ends there are.

use std::any::Any;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::facts::{FileFacts, ParseProblem};
use crate::graph::ModuleEdges;
use crate::lang::plant::{Plant, Planted};

/// The text of a file, or as much of it as could be decoded.
#[derive(Debug)]
pub struct Decoded {
    /// The text; what could not be decoded is U+FFFD.
    pub text: String,
    /// Why the bytes are not valid in the encoding they claim.
    pub problem: Option<ParseProblem>,
}

/// A text to parse.
#[derive(Debug, Clone, Copy)]
pub struct SourceText<'a> {
    /// The decoded text.
    pub text: &'a str,
    /// The file name's extension, without the dot.
    pub extension: &'a str,
    /// Whether an outline is wanted too.
    pub outline: bool,
}

/// The facts of one file, with the front end's own.
#[derive(Debug)]
pub struct Parsed<F, B> {
    /// What every language shares.
    pub facts: FileFacts,
    /// What the front end alone needs.
    pub own: F,
    /// What nothing but the file's own edges needs.
    pub body: B,
}

/// A parsed file of a project.
#[derive(Debug)]
pub struct ParsedFile {
    /// Its path, relative to the project, with `/`.
    pub path: Box<str>,
    /// What it says; in a box, as files are moved from list to list.
    pub facts: Box<FileFacts>,
    own: Box<dyn Any + Send + Sync>,
}

impl ParsedFile {
    /// Its path and what it says; what only its front end needs is handed back apart: there is much of it, and nothing
    /// waits for its end.
    pub fn into_parts(self) -> (Box<str>, Box<FileFacts>, Box<dyn Any + Send + Sync>) {
        (self.path, self.facts, self.own)
    }
}

/// What nothing but a file's own edges needs, its type hidden.
#[derive(Debug)]
pub struct AnyBody(Box<dyn Any + Send + Sync>);

/// The files of one language, with the front end's own facts by type.
#[derive(Debug)]
pub struct Files<'a, F> {
    files: &'a [ParsedFile],
    own: PhantomData<fn() -> F>,
}

impl<F> Clone for Files<'_, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for Files<'_, F> {}

impl<'a, F: 'static> Files<'a, F> {
    fn new(files: &'a [ParsedFile]) -> Self {
        Self {
            files,
            own: PhantomData,
        }
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// A file's path, relative to the project.
    pub fn path(&self, at: u32) -> &'a str {
        &self.files[at as usize].path
    }

    /// A file's shared facts.
    pub fn facts(&self, at: u32) -> &'a FileFacts {
        &self.files[at as usize].facts
    }

    /// A file's facts of the front end's own.
    ///
    /// # Panics
    ///
    /// Never within this crate: the files of a language are parsed by its own front end.
    pub fn own(&self, at: u32) -> &'a F {
        self.files[at as usize]
            .own
            .downcast_ref()
            .expect("a language's files are parsed by its own front end")
    }
}

/// What a front end may know about a project besides its sources.
#[derive(Debug, Clone, Copy)]
pub struct ProjectInput<'a> {
    /// Source roots, relative to the project; `""` is the project's own folder.
    pub sources: &'a [String],
    /// The import roots that the project file names for this language.
    pub roots: Option<&'a [String]>,
    /// Paths and texts of the manifests found.
    pub manifests: &'a [(Box<str>, String)],
}

/// What can stand where a module is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Providers {
    /// Extensions of the files, compiled ones too.
    pub extensions: &'static [&'static str],
    /// Only a file of just that name: no folder, and nothing between the name and the extension.
    pub exact: bool,
}

/// A module as its front end names it.
#[derive(Debug, Clone)]
pub struct ModuleName {
    /// The file, by index into the language's files.
    pub file: u32,
    /// The import root or crate that holds it.
    pub root: Box<str>,
    /// The name.
    pub name: Box<str>,
    /// Whether it only holds its package together: documents and counts leave it out.
    pub package: bool,
    /// The module below which alone it can be named; nothing where it can be everywhere.
    pub visible_in: Option<Box<str>>,
    /// Whether the language itself makes it test code, wherever it lies.
    pub test: bool,
}

/// A language's files as modules.
#[derive(Debug)]
pub struct Named<P> {
    /// Its view of the whole project.
    pub project: P,
    /// The modules, in the files' order; a file may be several.
    pub modules: Vec<ModuleName>,
    /// Manifests that could not be understood, and why.
    pub problems: Vec<(Box<str>, ParseProblem)>,
}

/// A language's front end: pure functions from texts to facts to edges. It opens no file.
pub trait FrontEnd: Sync + 'static {
    /// What this language needs of a file beyond [`FileFacts`] to resolve the names of any file.
    type Facts: Serialize + DeserializeOwned + Send + Sync + 'static;
    /// What it needs of a file to resolve the file's own calls: the insides of its functions. No other file asks for it,
    /// and once they are resolved it is dropped: it is half of all that is known of a file.
    type Body: Serialize + DeserializeOwned + Send + Sync + 'static;
    /// Its view of the whole project: import roots and what they hold.
    type Project: Send + Sync + 'static;
    /// What one file adds to what is known beforehand.
    type Study: Send + 'static;

    /// The name, in lower case.
    fn name(&self) -> &'static str;
    /// File name extensions of its sources, without dots.
    fn extensions(&self) -> &'static [&'static str];
    /// File names of the manifests it reads.
    fn manifests(&self) -> &'static [&'static str];
    /// What can provide a module beside its sources.
    fn providers(&self) -> Providers;
    /// Patterns of test code, unless the project file has its own.
    fn tests(&self) -> &'static [&'static str];
    /// The text of a source.
    fn decode(&self, bytes: Vec<u8>) -> Decoded;
    /// The facts of a source. Depends on nothing but its argument.
    fn parse(&self, source: SourceText<'_>) -> Parsed<Self::Facts, Self::Body>;
    /// Names every file's modules.
    fn project(&self, input: ProjectInput<'_>, files: Files<'_, Self::Facts>) -> Named<Self::Project>;
    /// What a file says that resolving others needs to know beforehand. Depends on nothing that other files add, so that
    /// files can be studied in any order.
    fn study(&self, project: &Self::Project, files: Files<'_, Self::Facts>, file: u32) -> Self::Study;
    /// Takes in what all files add, in their order.
    fn learn(&self, project: &mut Self::Project, studies: Vec<Self::Study>);
    /// The edges of one module, given the body of its file.
    fn resolve(
        &self,
        project: &Self::Project,
        files: Files<'_, Self::Facts>,
        body: &Self::Body,
        module: u32,
    ) -> ModuleEdges;
    /// Where a missing module's source could lie: paths without extension, relative to the project.
    fn places(&self, project: &Self::Project, missing: &str) -> Vec<String>;
    /// A statement on one line, without its comments.
    fn one_line(&self, statement: &str) -> String;
    /// Writes an edge, for a proof; nothing where the language has no such way.
    fn plant(&self, plant: &Plant<'_>) -> Option<Planted>;
    /// The file that hands planted names on, given the import root or crate of the depending module, and its root module's
    /// file where it has one; and whether it is a file of its own.
    fn hub(&self, root: &str, root_file: Option<&str>) -> Option<String>;
}

/// A front end's view of a project, its type hidden.
#[derive(Debug)]
pub struct AnyProject(Box<dyn Any + Send + Sync>);

/// What a front end found in one file beforehand, its type hidden.
pub struct AnyStudy(Box<dyn Any + Send>);

/// A [`FrontEnd`] with its own types hidden, so that all stand in one slice.
pub trait Language: Sync {
    /// See [`FrontEnd::name`].
    fn name(&self) -> &'static str;
    /// See [`FrontEnd::extensions`].
    fn extensions(&self) -> &'static [&'static str];
    /// See [`FrontEnd::manifests`].
    fn manifests(&self) -> &'static [&'static str];
    /// See [`FrontEnd::providers`].
    fn providers(&self) -> Providers;
    /// See [`FrontEnd::tests`].
    fn tests(&self) -> &'static [&'static str];
    /// See [`FrontEnd::decode`].
    fn decode(&self, bytes: Vec<u8>) -> Decoded;
    /// See [`FrontEnd::parse`].
    fn parse(&self, path: &str, source: SourceText<'_>) -> (ParsedFile, AnyBody);
    /// See [`FrontEnd::project`].
    fn project(&self, input: ProjectInput<'_>, files: &[ParsedFile]) -> Named<AnyProject>;
    /// See [`FrontEnd::study`].
    fn study(&self, project: &AnyProject, files: &[ParsedFile], file: u32) -> AnyStudy;
    /// See [`FrontEnd::learn`].
    fn learn(&self, project: &mut AnyProject, studies: Vec<AnyStudy>);
    /// See [`FrontEnd::resolve`].
    fn resolve(&self, project: &AnyProject, files: &[ParsedFile], body: &AnyBody, module: u32) -> ModuleEdges;
    /// See [`FrontEnd::places`].
    fn places(&self, project: &AnyProject, missing: &str) -> Vec<String>;
    /// See [`FrontEnd::one_line`].
    fn one_line(&self, statement: &str) -> String;
    /// See [`FrontEnd::plant`].
    fn plant(&self, plant: &Plant<'_>) -> Option<Planted>;
    /// See [`FrontEnd::hub`].
    fn hub(&self, root: &str, root_file: Option<&str>) -> Option<String>;
}

impl<F: FrontEnd> Language for F {
    fn name(&self) -> &'static str {
        FrontEnd::name(self)
    }

    fn extensions(&self) -> &'static [&'static str] {
        FrontEnd::extensions(self)
    }

    fn manifests(&self) -> &'static [&'static str] {
        FrontEnd::manifests(self)
    }

    fn providers(&self) -> Providers {
        FrontEnd::providers(self)
    }

    fn tests(&self) -> &'static [&'static str] {
        FrontEnd::tests(self)
    }

    fn decode(&self, bytes: Vec<u8>) -> Decoded {
        FrontEnd::decode(self, bytes)
    }

    fn parse(&self, path: &str, source: SourceText<'_>) -> (ParsedFile, AnyBody) {
        let Parsed { facts, own, body } = FrontEnd::parse(self, source);
        let file = ParsedFile {
            path: path.into(),
            facts: Box::new(facts),
            own: Box::new(own),
        };
        (file, AnyBody(Box::new(body)))
    }

    fn project(&self, input: ProjectInput<'_>, files: &[ParsedFile]) -> Named<AnyProject> {
        let named = FrontEnd::project(self, input, Files::new(files));
        Named {
            project: AnyProject(Box::new(named.project)),
            modules: named.modules,
            problems: named.problems,
        }
    }

    fn study(&self, project: &AnyProject, files: &[ParsedFile], file: u32) -> AnyStudy {
        let project = own_project::<F>(project);
        AnyStudy(Box::new(FrontEnd::study(self, project, Files::new(files), file)))
    }

    fn learn(&self, project: &mut AnyProject, studies: Vec<AnyStudy>) {
        let own = |study: AnyStudy| study.0.downcast().map(|study| *study).ok();
        let studies = studies.into_iter().filter_map(own).collect();
        let project = project
            .0
            .downcast_mut()
            .expect("a project is studied by the front end that made it");
        FrontEnd::learn(self, project, studies);
    }

    fn resolve(&self, project: &AnyProject, files: &[ParsedFile], body: &AnyBody, module: u32) -> ModuleEdges {
        let (project, body) = (own_project::<F>(project), own_body::<F>(body));
        FrontEnd::resolve(self, project, Files::new(files), body, module)
    }

    fn places(&self, project: &AnyProject, missing: &str) -> Vec<String> {
        FrontEnd::places(self, own_project::<F>(project), missing)
    }

    fn one_line(&self, statement: &str) -> String {
        FrontEnd::one_line(self, statement)
    }

    fn plant(&self, plant: &Plant<'_>) -> Option<Planted> {
        FrontEnd::plant(self, plant)
    }

    fn hub(&self, root: &str, root_file: Option<&str>) -> Option<String> {
        FrontEnd::hub(self, root, root_file)
    }
}

fn own_project<F: FrontEnd>(project: &AnyProject) -> &F::Project {
    project
        .0
        .downcast_ref()
        .expect("a project is resolved by the front end that made it")
}

fn own_body<F: FrontEnd>(body: &AnyBody) -> &F::Body {
    body.0
        .downcast_ref()
        .expect("a file is resolved by the front end that parsed it")
}
