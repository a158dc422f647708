//! Explanations: where a file stands and why, what it may call and what it calls; what a rule says and what it finds.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::crossings;
use super::locate::Locator;
use super::prose::write_finding;
use crate::analysis::{Analysis, circumstances};
use crate::finding::{self, Finding, Place};
use crate::graph::{Edge, EdgeKind, ModuleId, Target};
use crate::rules::{Layer, LayerId, LayerList, RuleShape};
use crate::source::At;

/// What an explanation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// A module, and so its file.
    Module(ModuleId),
    /// A layer.
    Layer(LayerId),
    /// A rule or a built-in finding, by id or code.
    Rule(String),
}

/// Finds what a word names: a rule, a layer, a file or a module of the project.
pub fn topic(analysis: &Analysis, word: &str) -> Option<Topic> {
    let known_rule = analysis.rules.edge_rules.iter().any(|rule| rule.code == word);
    if known_rule || finding::code(word).is_some() {
        return Some(Topic::Rule(word.to_owned()));
    }
    if let Some(layer) = analysis.rules.layer_named(word) {
        return Some(Topic::Layer(layer));
    }
    let path = word.trim_start_matches("./");
    let below = path.strip_prefix(&analysis.prefix).unwrap_or(path);
    let names = |id: &ModuleId| {
        let module = analysis.graph.module(*id);
        *analysis.source_of(*id).path == *below || *module.name == *word || *module.id == *word
    };
    let exact = analysis.graph.ids().find(names);
    // Findings call modules by short names.
    let mut short = analysis.graph.ids().filter(|id| analysis.short_name(*id) == word);
    let only = || short.next().filter(|_| short.next().is_none());
    exact.or_else(only).map(Topic::Module)
}

/// Everything that [`topic`] could find, for a suggestion.
pub fn known(analysis: &Analysis) -> impl Iterator<Item = &str> {
    let modules = analysis.graph.modules.iter().map(|module| &*module.name);
    let files = analysis.sources.iter().map(|source| &*source.path);
    let layers = analysis.rules.layers.iter().map(|layer| layer.id.as_str());
    let rules = analysis.rules.edge_rules.iter().map(|rule| rule.code.as_str());
    modules
        .chain(files)
        .chain(layers)
        .chain(rules)
        .chain(finding::CODES.iter().map(|code| code.name))
}

/// Writes an explanation.
///
/// # Errors
///
/// Where writing fails.
pub fn explain(
    analysis: &Analysis,
    locator: &Locator<'_>,
    topic: &Topic,
    color: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = Explainer {
        analysis,
        locator,
        color,
    };
    match topic {
        Topic::Module(module) => text.module(*module, out),
        Topic::Layer(layer) => text.layer(*layer, out),
        Topic::Rule(code) => text.rule(code, out),
    }
}

struct Explainer<'a> {
    analysis: &'a Analysis,
    locator: &'a Locator<'a>,
    color: bool,
}

impl Explainer<'_> {
    fn at(&self, at: At) -> String {
        let spot = self.locator.spot(&Place::Rules(at));
        format!("{}:{}", spot.path, spot.start.line)
    }

    fn list(&self, list: Option<&LayerList>) -> String {
        match list {
            None => "anything (no list)".to_owned(),
            Some(list) if list.layers.is_empty() => "nothing".to_owned(),
            Some(list) => {
                let names: Vec<&str> = list
                    .layers
                    .iter()
                    .map(|(id, _)| self.analysis.rules.layer(*id).id.as_str())
                    .collect();
                names.join(", ")
            }
        }
    }

    fn contract(&self, layer: &Layer, out: &mut dyn Write) -> io::Result<()> {
        if let Some(contract) = &layer.contract {
            writeln!(out, "  contract       {contract}")?;
        }
        writeln!(out, "  should call    {}", self.list(layer.should_call.as_ref()))?;
        let forbidden = layer.must_not_call.as_ref();
        writeln!(
            out,
            "  must not call  {}",
            forbidden.map_or_else(|| "nothing named".to_owned(), |list| self.list(Some(list)))
        )?;
        writeln!(out, "  called by      {}", self.list(layer.called_by.as_ref()))
    }

    /// The rules that may speak of a layer's modules, or of one module.
    fn rules_of(&self, layer: Option<LayerId>, module: Option<ModuleId>, out: &mut dyn Write) -> io::Result<()> {
        let of_layer = |rule: &crate::rules::EdgeRule| {
            let layers = rule.from.layers.as_ref();
            layers.is_none_or(|layers| layer.is_some_and(|layer| layers.contains(&layer)))
        };
        let speaks = |rule: &&crate::rules::EdgeRule| {
            let of_module = || match module {
                // What depends on the other end is left open.
                Some(module) if !rule.from.is_relative() => rule.from.holds(self.analysis.subject(module), None),
                _ => of_layer(rule),
            };
            rule.shape == RuleShape::Rule && of_module()
        };
        for rule in self.analysis.rules.edge_rules.iter().filter(speaks) {
            let message = rule.message.as_deref().unwrap_or_default();
            writeln!(
                out,
                "  rule           {} ({}) {message}",
                rule.code,
                self.at(rule.origin.at)
            )?;
        }
        Ok(())
    }

    fn module(&self, module: ModuleId, out: &mut dyn Write) -> io::Result<()> {
        let analysis = self.analysis;
        let placement = analysis.placement(module);
        writeln!(out, "{}{}", analysis.prefix, analysis.source_of(module).path)?;
        writeln!(out, "  module         {}", analysis.graph.module(module).id)?;
        let file = analysis.graph.module(module).file;
        let others = analysis
            .graph
            .ids()
            .filter(|id| *id != module && analysis.graph.module(*id).file == file);
        for other in others {
            writeln!(out, "  also           {}", analysis.graph.module(other).id)?;
        }
        match (
            placement.layer.map(|layer| analysis.rules.layer(layer)),
            &placement.decided_by,
        ) {
            (Some(layer), Some((pattern, at))) => {
                let domain = placement
                    .domain
                    .as_ref()
                    .map_or_else(String::new, |domain| format!(", domain {domain}"));
                writeln!(out, "  layer          {}{domain}", titled(layer))?;
                writeln!(out, "  decided by     `{pattern}` at {}", self.at(*at))?;
                self.contract(layer, out)?;
            }
            _ => writeln!(out, "  layer          none: no pattern claims {}", placement.path)?,
        }
        self.rules_of(placement.layer, Some(module), out)?;
        self.calls(module, out)?;
        self.callers(module, out)?;
        let crossings = crossings::out_of(analysis, self.locator, module);
        groups("calls other layers", crossings, out)?;
        let crossings = crossings::into(analysis, self.locator, module);
        groups("is called by other layers", crossings, out)?;
        let own = |finding: &&Finding| matches!(finding.place, Place::File(at, _) if at == file);
        self.findings(analysis.findings.iter().filter(own), out)
    }

    fn calls(&self, module: ModuleId, out: &mut dyn Write) -> io::Result<()> {
        let edges: Vec<(String, String)> = self
            .analysis
            .graph
            .edges_from(module)
            .iter()
            .filter(|edge| edge.to != Target::Module(module) && !is_call(edge))
            .map(|edge| self.outgoing(edge))
            .collect();
        grouped("depends now on", edges, out)
    }

    fn outgoing(&self, edge: &Edge) -> (String, String) {
        let analysis = self.analysis;
        let group = match edge.to {
            Target::Module(to) => analysis.layer_id(to).unwrap_or("no layer").to_owned(),
            Target::External(_) => "outside".to_owned(),
            Target::Missing(_) => "missing".to_owned(),
            Target::Unknown(_) => "unknown".to_owned(),
        };
        let file = analysis.graph.module(edge.from).file;
        let line = self.locator.spot(&Place::File(file, edge.site)).start.line;
        let behind: Vec<String> = edge.ends.iter().map(|end| analysis.describe(end.to)).collect();
        let behind = if behind.is_empty() {
            String::new()
        } else {
            format!(", and so {}", behind.join(", "))
        };
        let name = analysis.graph.target_name(edge.to);
        (
            group,
            format!(
                "{name}{behind}: {} at line {line}{}",
                edge.kind.name(),
                circumstances(edge.when)
            ),
        )
    }

    fn callers(&self, module: ModuleId, out: &mut dyn Write) -> io::Result<()> {
        let analysis = self.analysis;
        let reaches = |edge: &&Edge| {
            let to = Target::Module(module);
            edge.from != module && !is_call(edge) && (edge.to == to || edge.ends.iter().any(|end| end.to == to))
        };
        let mut callers: BTreeMap<ModuleId, u32> = BTreeMap::new();
        for edge in analysis.graph.edges.iter().filter(reaches) {
            *callers.entry(edge.from).or_default() += 1;
        }
        let edges = callers.into_iter().map(|(from, count)| {
            let layer = analysis.layer_id(from).unwrap_or("no layer").to_owned();
            let times = if count == 1 {
                String::new()
            } else {
                format!(" ({count} times)")
            };
            (layer, format!("{}{times}", analysis.graph.module(from).name))
        });
        grouped("is depended on by", edges.collect(), out)
    }

    fn layer(&self, id: LayerId, out: &mut dyn Write) -> io::Result<()> {
        let analysis = self.analysis;
        let layer = analysis.rules.layer(id);
        writeln!(out, "{}, defined at {}", titled(layer), self.at(layer.origin.at))?;
        if let Some(extended) = layer.origin.extended {
            writeln!(out, "  extended       {}", self.at(extended))?;
        }
        for path in &layer.paths {
            writeln!(out, "  pattern        `{}`", path.pattern.text())?;
        }
        self.contract(layer, out)?;
        self.rules_of(Some(id), None, out)?;
        let members: Vec<ModuleId> = analysis
            .graph
            .ids()
            .filter(|module| analysis.placement(*module).layer == Some(id))
            .collect();
        writeln!(out, "  files          {}", members.len())?;
        let mut out_of: BTreeMap<&str, u32> = BTreeMap::new();
        let mut into: BTreeMap<&str, u32> = BTreeMap::new();
        for edge in &analysis.graph.edges {
            let Target::Module(to) = edge.to else { continue };
            if is_call(edge) {
                continue;
            }
            let (from_layer, to_layer) = (analysis.placement(edge.from).layer, analysis.placement(to).layer);
            if from_layer == Some(id) && to_layer != Some(id) {
                *out_of.entry(analysis.layer_id(to).unwrap_or("no layer")).or_default() += 1;
            }
            if to_layer == Some(id) && from_layer != Some(id) {
                *into
                    .entry(analysis.layer_id(edge.from).unwrap_or("no layer"))
                    .or_default() += 1;
            }
        }
        for (title, counts) in [("depends now on", out_of), ("is depended on by", into)] {
            let counts: Vec<String> = counts
                .iter()
                .map(|(layer, count)| format!("{layer} ({count})"))
                .collect();
            writeln!(
                out,
                "  {title}: {}",
                if counts.is_empty() {
                    "nothing".to_owned()
                } else {
                    counts.join(", ")
                }
            )?;
        }
        Ok(())
    }

    fn rule(&self, code: &str, out: &mut dyn Write) -> io::Result<()> {
        let analysis = self.analysis;
        if let Some(code) = finding::code(code) {
            let level = analysis.rules.levels.get(code.name).copied().unwrap_or(code.level);
            writeln!(out, "{} ({})\n  {}", code.name, level.name(), code.meaning)?;
        }
        for rule in analysis
            .rules
            .edge_rules
            .iter()
            .filter(|rule| rule.code == code && rule.shape == RuleShape::Rule)
        {
            writeln!(
                out,
                "{} ({}), at {}",
                rule.code,
                rule.level.name(),
                self.at(rule.origin.at)
            )?;
            if let Some(at) = rule.origin.extended {
                writeln!(out, "  extended       {}", self.at(at))?;
            }
            if let Some(message) = &rule.message {
                writeln!(out, "  says           {message}")?;
            }
            if let Some(fix) = &rule.fix {
                writeln!(out, "  fix            {fix}")?;
            }
            let text = self
                .locator
                .spot(&Place::Rules(rule.origin.at))
                .page
                .map_or_else(String::new, |page| {
                    entry(&page.text, rule.origin.at.span.start as usize)
                });
            writeln!(out, "{text}")?;
        }
        let own = |finding: &&Finding| finding.code == code || finding.rules.iter().any(|rule| rule.code == code);
        self.findings(analysis.findings.iter().filter(own), out)
    }

    fn findings<'f>(&self, findings: impl Iterator<Item = &'f Finding>, out: &mut dyn Write) -> io::Result<()> {
        let findings: Vec<&Finding> = findings.collect();
        writeln!(
            out,
            "  findings now: {}\n",
            if findings.is_empty() {
                "none".to_owned()
            } else {
                findings.len().to_string()
            }
        )?;
        for finding in findings {
            write_finding(self.locator, finding, self.color, out)?;
        }
        Ok(())
    }
}

fn grouped(title: &str, edges: Vec<(String, String)>, out: &mut dyn Write) -> io::Result<()> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (group, text) in edges {
        groups.entry(group).or_default().push(text);
    }
    self::groups(title, groups, out)
}

/// Calls are told apart, where they cross layers.
fn is_call(edge: &Edge) -> bool {
    matches!(edge.kind, EdgeKind::Call | EdgeKind::Reference)
}

fn groups(title: &str, groups: BTreeMap<String, Vec<String>>, out: &mut dyn Write) -> io::Result<()> {
    if groups.is_empty() {
        return writeln!(out, "  {title}: nothing");
    }
    writeln!(out, "  {title}:")?;
    for (group, texts) in groups {
        writeln!(out, "    {group}")?;
        let mut texts = texts;
        texts.dedup();
        for text in texts {
            writeln!(out, "      {text}")?;
        }
    }
    Ok(())
}

/// The table entry of a rules file that holds an offset, indented: from its header to the next one.
fn entry(text: &str, offset: usize) -> String {
    let start = text
        .get(..offset)
        .and_then(|before| before.rfind("\n[[").map(|at| at + 1))
        .unwrap_or(0);
    let rest = text.get(start..).unwrap_or_default();
    let end = rest
        .get(1..)
        .and_then(|inner| inner.find("\n["))
        .map_or(rest.len(), |at| at + 1);
    let lines = rest[..end]
        .trim_end()
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    lines.map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// A layer's id, with its title where that says more.
fn titled(layer: &Layer) -> String {
    if layer.title.eq_ignore_ascii_case(&layer.id) {
        layer.id.clone()
    } else {
        format!("{} ({})", layer.id, layer.title)
    }
}
