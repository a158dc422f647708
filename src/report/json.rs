//! `json`: the whole report for machines. It only grows within a major version, and no byte of it depends on the clock
//! or on the number of threads.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::locate::{Locator, Spot};
use super::reporter::{Reporter, Run, SCHEMA_VERSION};
use crate::analysis::{Analysis, Calls};
use crate::facts::When;
use crate::finding::{Finding, Level, Place};
use crate::gap::Gap;
use crate::graph::{EdgeKind, ModuleId, Reason, Target};

pub(super) struct Json;

/// A report.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "wiremap report")]
pub struct Report {
    /// The version of this shape.
    schema_version: &'static str,
    /// The program and its version.
    tool: Tool,
    /// All projects together.
    summary: Summary,
    /// The projects, the one that was asked for first, then its members.
    projects: Vec<Project>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Summary {
    errors: usize,
    warnings: usize,
    notes: usize,
    /// Something was not understood, and no exception covers it.
    incomplete: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Project {
    /// Its folder, relative to the one that was asked for; empty for that itself.
    path: String,
    /// The rules files, in the order in which each extends those before.
    rules: Vec<String>,
    summary: Summary,
    /// Folders left out because they are projects of their own; members among them are reported as such.
    nested: Vec<String>,
    coverage: CoverageReport,
    findings: Vec<FindingReport>,
    /// What must be there and is not, in the order of the rules.
    gaps: Vec<GapReport>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct GapReport {
    /// The id of the expectation.
    #[serde(rename = "type")]
    kind: String,
    /// The domain; empty where files belong to none.
    domain: String,
    description: String,
    action: String,
    /// The files that ask for what is missing.
    files: Vec<String>,
    /// The expectation in the rules.
    rule: RuleReport,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CoverageReport {
    files: u32,
    lines: u64,
    modules: usize,
    /// Files that stand in a layer.
    placed: u32,
    /// Sources and folders that were not read or not understood in full.
    unparsed: u32,
    /// Edges by kind.
    edges: std::collections::BTreeMap<&'static str, u32>,
    imports: Imports,
    calls: CallsReport,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CallsReport {
    /// Calls by a name that is imported or qualified where it stands.
    by_name: CallShare,
    /// Calls on a value.
    on_values: CallShare,
    /// Calls of what has no name: a result, an element, an anonymous function.
    nameless: u32,
    /// Why callees are not known.
    reasons: std::collections::BTreeMap<&'static str, u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CallShare {
    /// Their callee is the project's.
    internal: u32,
    /// Their callee is outside.
    external: u32,
    /// Their callee is not known.
    unknown: u32,
    /// The share that resolves.
    resolved: f64,
}

impl From<Calls> for CallShare {
    fn from(calls: Calls) -> Self {
        Self {
            internal: calls.internal,
            external: calls.external,
            unknown: calls.unknown,
            resolved: calls.resolved(),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct Imports {
    /// Lead to a module of the project.
    internal: u32,
    /// Lead out of it.
    external: u32,
    /// Name the project's own tree and lead nowhere.
    missing: u32,
    /// Have a name that is computed when the program runs.
    computed: u32,
    /// Begin with a name that nothing explains: a macro may have made it.
    unknown: u32,
    /// The share that resolves, 0 to 1.
    resolved: f64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FindingReport {
    /// A built-in code or the id of a rule.
    code: String,
    level: Level,
    message: String,
    /// What stands at the place.
    label: String,
    #[serde(flatten)]
    place: PlaceReport,
    /// The rules that it breaks, the most specific first.
    rules: Vec<RuleReport>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    /// The dependency that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    dependency: Option<DependencyReport>,
    /// Further places that belong to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<RelatedReport>,
}

/// Lines and columns count from 1, columns in characters; bytes count from 0 in the decoded text.
#[derive(Debug, Serialize, JsonSchema)]
struct PlaceReport {
    path: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    start_byte: u32,
    end_byte: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RuleReport {
    code: String,
    path: String,
    line: u32,
    /// The later entry that extended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    extended: Option<RulePlace>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RulePlace {
    path: String,
    line: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DependencyReport {
    kind: &'static str,
    when: When,
    confidence: &'static str,
    from: EndReport,
    /// What the source names.
    names: EndReport,
    /// The end that is at fault: what the source names, or a definition behind it.
    to: EndReport,
    /// The modules that hand the name on, from the one the source names to the last before the definition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    chain: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct EndReport {
    /// `module`, `external` or `missing`.
    kind: &'static str,
    /// The stable id of a module.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RelatedReport {
    #[serde(flatten)]
    place: PlaceReport,
    message: String,
}

impl Reporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn report(&self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        let report = Report {
            schema_version: SCHEMA_VERSION,
            tool: Tool {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
            },
            summary: Summary {
                errors: run.count(Level::Error),
                warnings: run.count(Level::Warning),
                notes: run.count(Level::Note),
                incomplete: run.projects.iter().any(|(analysis, _)| analysis.is_incomplete()),
            },
            projects: run
                .projects
                .iter()
                .map(|(analysis, locator)| project(analysis, locator))
                .collect(),
        };
        serde_json::to_writer_pretty(&mut *out, &report)?;
        writeln!(out)
    }
}

fn project(analysis: &Analysis, locator: &Locator<'_>) -> Project {
    let coverage = &analysis.coverage;
    Project {
        path: analysis.prefix.trim_end_matches('/').to_owned(),
        rules: analysis
            .rules
            .files
            .iter()
            .skip(1)
            .map(|file| file.name.clone())
            .collect(),
        summary: Summary {
            errors: analysis.count(Level::Error),
            warnings: analysis.count(Level::Warning),
            notes: analysis.count(Level::Note),
            incomplete: analysis.is_incomplete(),
        },
        nested: analysis
            .nested
            .iter()
            .map(|folder| format!("{}{folder}", analysis.prefix))
            .collect(),
        coverage: CoverageReport {
            files: coverage.files,
            lines: coverage.lines,
            modules: analysis.graph.modules.len(),
            placed: coverage.placed,
            unparsed: coverage.unparsed,
            edges: EdgeKind::ALL
                .iter()
                .map(|kind| kind.name())
                .zip(coverage.edges)
                .collect(),
            imports: Imports {
                internal: coverage.internal,
                external: coverage.external,
                missing: coverage.missing,
                computed: coverage.computed,
                unknown: coverage.unknown,
                resolved: coverage.resolved(),
            },
            calls: CallsReport {
                by_name: coverage.by_name.into(),
                on_values: coverage.on_values.into(),
                nameless: coverage.nameless,
                reasons: Reason::ALL
                    .iter()
                    .map(|reason| reason.name())
                    .zip(coverage.reasons)
                    .collect(),
            },
        },
        findings: analysis
            .findings
            .iter()
            .map(|finding| report(analysis, locator, finding))
            .collect(),
        gaps: analysis.gaps.iter().map(|gap| gap_report(locator, gap)).collect(),
    }
}

fn gap_report(locator: &Locator<'_>, gap: &Gap) -> GapReport {
    let spot = locator.spot(&Place::Rules(gap.at));
    GapReport {
        kind: gap.kind.clone(),
        domain: gap.domain.clone(),
        description: gap.description.clone(),
        action: gap.action.clone(),
        files: gap.files.iter().map(ToString::to_string).collect(),
        rule: RuleReport {
            code: gap.kind.clone(),
            path: spot.path,
            line: spot.start.line,
            extended: None,
        },
    }
}

fn report(analysis: &Analysis, locator: &Locator<'_>, finding: &Finding) -> FindingReport {
    let rules = finding.rules.iter().map(|rule| {
        let spot = locator.spot(&Place::Rules(rule.at));
        let extended = rule.extended.map(|at| locator.spot(&Place::Rules(at)));
        RuleReport {
            code: rule.code.clone(),
            path: spot.path,
            line: spot.start.line,
            extended: extended.map(|spot| RulePlace {
                path: spot.path,
                line: spot.start.line,
            }),
        }
    });
    let related = finding.related.iter().map(|related| RelatedReport {
        place: place(locator.spot(&related.place)),
        message: related.message.clone(),
    });
    FindingReport {
        code: finding.code.clone(),
        level: finding.level,
        message: finding.message.clone(),
        label: finding.label.clone(),
        place: place(locator.spot(&finding.place)),
        rules: rules.collect(),
        fix: finding.fix.clone(),
        dependency: finding.dependency.map(|dependency| {
            let edge = &analysis.graph.edges[dependency.edge as usize];
            let behind = edge
                .ends
                .iter()
                .find(|end| end.to == dependency.to && edge.to != dependency.to);
            let name = |hop: &ModuleId| analysis.graph.module(*hop).name.to_string();
            DependencyReport {
                kind: edge.kind.name(),
                when: edge.when,
                confidence: edge.confidence.name(),
                from: end(analysis, Target::Module(edge.from)),
                names: end(analysis, edge.to),
                to: end(analysis, dependency.to),
                chain: behind.map_or_else(Vec::new, |end| end.chain.iter().map(name).collect()),
            }
        }),
        related: related.collect(),
    }
}

fn place(spot: Spot) -> PlaceReport {
    PlaceReport {
        path: spot.path,
        line: spot.start.line,
        column: spot.start.column,
        end_line: spot.end.line,
        end_column: spot.end.column,
        start_byte: spot.span.start,
        end_byte: spot.span.end,
    }
}

fn end(analysis: &Analysis, target: Target) -> EndReport {
    let name = analysis.graph.target_name(target).to_owned();
    let kind = match target {
        Target::Module(id) => {
            let placement = analysis.placement(id);
            return EndReport {
                kind: "module",
                id: Some(analysis.graph.module(id).id.to_string()),
                name,
                path: Some(format!("{}{}", analysis.prefix, analysis.source_of(id).path)),
                layer: analysis.layer_id(id).map(str::to_owned),
                domain: placement.domain.as_deref().map(str::to_owned),
            };
        }
        Target::External(_) => "external",
        Target::Missing(_) => "missing",
        Target::Unknown(_) => "unknown",
    };
    EndReport {
        kind,
        id: None,
        name,
        path: None,
        layer: None,
        domain: None,
    }
}
