//! The command line: arguments in, text and an exit code out. The only room that prints.

mod check;
mod docs;
mod explain;
mod gaps;
mod graph;
mod init;
mod map;
mod schema;
mod verify;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;

use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::civil::Date;

use crate::analysis::Analysis;
use crate::pipeline::{self, Options, Step};
use crate::project::{Failure, Location, Project};
use crate::report::prose;

/// Architecture linter and wiring-map generator: one policy of layers over the whole import graph.
#[derive(Debug, Parser)]
#[command(name = "wiremap", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Global {
    /// The project file, in place of the wiremap.toml found upwards.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A rules file or builtin:NAME, in place of those the project file names; may be repeated.
    #[arg(long, global = true, value_name = "FILE|builtin:NAME")]
    rules: Vec<String>,
    /// Colours.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,
    /// Worker threads; 0 for as many as there are processors.
    #[arg(long, global = true, default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=256), value_name = "N")]
    threads: u16,
    /// Print results only: no progress, no summary.
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Show notes too.
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The gate: findings, and how much of the code was understood.
    Check(check::CheckArgs),
    /// A file's layer and dependencies, or a module's, a layer's, a rule's.
    Explain(explain::ExplainArgs),
    /// Wiring maps: what each domain has of each layer, what is missing and what must be built.
    Map(map::MapArgs),
    /// Gaps: what the rules say must be there, and is not.
    Gaps(gaps::GapsArgs),
    /// Writes the document set, or checks the one on disk.
    Docs(docs::DocsArgs),
    /// Check, gaps, document drift, and the proof that every rule can fire.
    Verify(verify::VerifyArgs),
    /// Writes the reference implementation out as a starting point.
    Init(init::InitArgs),
    /// The dependency graph.
    Graph(graph::GraphArgs),
    /// The JSON Schema of project files, rules files or reports.
    Schema(schema::SchemaArgs),
}

/// How a command ended: exit codes, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The command line, the configuration or a rules file is wrong.
    Wrong,
    /// A source could not be read or understood in full.
    Incomplete,
    /// Findings at the failing level.
    Failed,
    /// Nothing to object to.
    Passed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Wrong => Self::from(2),
            Outcome::Incomplete => Self::from(3),
            Outcome::Failed => Self::from(1),
            Outcome::Passed => Self::SUCCESS,
        }
    }
}

/// Why a command gave no result.
enum Stop {
    Failure(Failure),
    Io(io::Error),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match &cli.command {
        Command::Check(args) => check::run(&cli.global, args),
        Command::Explain(args) => explain::run(&cli.global, args),
        Command::Map(args) => map::run(&cli.global, args),
        Command::Gaps(args) => gaps::run(&cli.global, args),
        Command::Docs(args) => docs::run(&cli.global, args),
        Command::Verify(args) => verify::run(&cli.global, args),
        Command::Init(args) => init::run(&cli.global, args),
        Command::Graph(args) => graph::run(&cli.global, args),
        Command::Schema(args) => schema::run(args),
    };
    match result {
        Ok(outcome) => outcome.into(),
        // Whoever reads has gone, as `head` does: nothing is left to say, and nothing is wrong.
        Err(Stop::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Passed.into(),
        Err(Stop::Io(error)) => {
            complain(&format!("cannot write: {}", crate::discover::plain(&error)));
            Outcome::Wrong.into()
        }
        Err(Stop::Failure(failure)) => {
            show_failure(&failure, cli.global.color_on(&io::stderr()));
            Outcome::Wrong.into()
        }
    }
}

/// Says on stderr what is wrong; nothing can be done where even that fails.
fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "error: {message}");
}

/// Says on stderr what is worth knowing and wrong with nothing.
fn note(message: &str) {
    let _ = writeln!(io::stderr(), "note: {message}");
}

fn show_failure(failure: &Failure, color: bool) {
    match failure {
        Failure::Usage(message) => complain(message),
        Failure::Mistakes(mistakes) => {
            let _ = prose::write_mistakes(mistakes, color, &mut io::stderr());
        }
    }
}

impl Global {
    fn color_on(&self, stream: &impl IsTerminal) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// Whether the command line names no project, and none lies here or above.
    fn is_outside(&self) -> bool {
        let here = std::env::current_dir().is_ok_and(|here| verify::is_project(&here));
        self.config.is_none() && self.rules.is_empty() && !here
    }

    fn locate(&self, path: Option<&PathBuf>) -> Result<Project, Failure> {
        let here = || {
            self.config
                .as_ref()
                .and_then(|file| file.parent())
                .filter(|folder| !folder.as_os_str().is_empty())
        };
        Project::locate(&Location {
            path: path
                .cloned()
                .unwrap_or_else(|| here().map_or_else(|| PathBuf::from("."), PathBuf::from)),
            config: self.config.clone(),
            rules: self.rules.clone(),
        })
    }

    fn analyze(&self, project: &Project, today: Date) -> Result<Vec<Analysis>, Failure> {
        self.analyze_with(
            project,
            &Options {
                today,
                threads: usize::from(self.threads),
                outlines: false,
                is_last: true,
            },
        )
    }

    /// Documents never read the clock: no exception has expired on the first of days.
    fn analyze_for_documents(
        &self,
        project: &Project,
        outlines: bool,
        is_last: bool,
    ) -> Result<Vec<Analysis>, Failure> {
        self.analyze_with(
            project,
            &Options {
                today: Date::MIN,
                threads: usize::from(self.threads),
                outlines,
                is_last,
            },
        )
    }

    /// Does work on as many threads as the command line says.
    fn in_pool<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
        pipeline::in_pool(usize::from(self.threads), work)
    }

    fn analyze_with(&self, project: &Project, options: &Options) -> Result<Vec<Analysis>, Failure> {
        let bar = self.progress();
        let shared = Mutex::new(&bar);
        let analyses = pipeline::run(project, options, &|step| {
            if let Ok(bar) = shared.lock() {
                bar.set_message(describe(step));
                bar.tick();
            }
        });
        bar.finish_and_clear();
        analyses
    }

    fn progress(&self) -> ProgressBar {
        let shown = !self.quiet && io::stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        if shown {
            bar.enable_steady_tick(std::time::Duration::from_millis(100));
        }
        bar
    }
}

/// How a command ended that shows an analysis.
fn outcome(analyses: &[Analysis], failed: bool) -> Outcome {
    if analyses.iter().any(Analysis::is_incomplete) {
        Outcome::Incomplete
    } else if failed {
        Outcome::Failed
    } else {
        Outcome::Passed
    }
}

fn describe(step: Step) -> String {
    match step {
        Step::Discover => "looking for sources".to_owned(),
        Step::Parse(files) => format!("reading {files} files"),
        Step::Resolve => "resolving names".to_owned(),
        Step::Check => "judging".to_owned(),
    }
}

fn today() -> Date {
    jiff::Zoned::now().date()
}
