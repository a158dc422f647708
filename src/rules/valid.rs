//! Raw becomes valid once: ids are joined across files, names become numbers, patterns are compiled.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::join::Joined;
use super::lists::list_rules;
use super::pattern::{BadPattern, NamePattern, Pattern, word};
use super::raw::{
    CalledBy, Calls, DateText, OtherDomains, PathOrSelector, RawCodeException, RawException, RawInterface, RawKind,
    RawLayer, RawRule, RawRules, RawSelector, RawWhen, Through, Unclassified,
};
use super::selector::{CallSelector, DomainSelector, Selector};
use super::text::{Mistake, Placed, RulesText, Strings, nearest};
use super::{
    Cycles, EdgeRule, Excepted, Exception, Interface, Layer, LayerId, LayerList, LayerPattern, Origin, RuleShape,
    Rules, WhenFilter, vacuous,
};
use crate::facts::When;
use crate::finding::{CALLED_BY, CODES, Level, MISSING_MODULE, MUST_NOT_CALL, NOT_LISTED};
use crate::graph::EdgeKind;
use crate::source::At;

/// Joins and checks rules files, given in the order in which each extends those before.
///
/// # Errors
///
/// All mistakes found.
pub(super) fn check(files: Vec<RulesText>, raws: Vec<RawRules>) -> Result<Rules, Vec<Mistake>> {
    let mut checker = Checker::default();
    let raw = Joined::new(raws, &mut checker.mistakes);
    let rules = checker.rules(files, raw);
    if checker.mistakes.is_empty() {
        Ok(rules)
    } else {
        checker.mistakes.sort_by_key(|mistake| mistake.at);
        Err(checker.mistakes)
    }
}

/// Checks raw rules, and gathers the mistakes.
#[derive(Default)]
pub(super) struct Checker {
    mistakes: Vec<Mistake>,
    layer_ids: Vec<String>,
    exceptions: Vec<Exception>,
}

impl Checker {
    pub(super) fn mistake(&mut self, at: At, message: impl Into<String>, help: impl Into<String>) {
        self.mistakes.push(Mistake::new(at, message, help));
    }

    fn rules(&mut self, files: Vec<RulesText>, mut joined: Joined) -> Rules {
        let layers = std::mem::take(&mut joined.layers);
        let rules = std::mem::take(&mut joined.rules);
        self.layer_ids = layers.iter().map(|(layer, _)| layer.id.value.clone()).collect();
        let layers: Vec<Layer> = layers
            .into_iter()
            .map(|(raw, origin)| self.layer(raw, origin))
            .collect();
        let wanted = self.wanted(&mut joined, &layers);
        let base = joined.base;
        let topology = base.topology;
        let closed = topology.closed.as_deref().copied().unwrap_or_default();
        let enforced = topology.called_by.as_deref() == Some(&CalledBy::Enforce);
        let mut edge_rules: Vec<EdgeRule> = Vec::new();
        for (raw, origin) in rules {
            edge_rules.extend(self.rule(raw, origin, &layers));
        }
        edge_rules.extend(list_rules(&layers, closed, enforced));
        let interfaces = base
            .interface
            .into_iter()
            .map(|raw| self.interface(raw.value))
            .collect();
        for raw in base.exception {
            self.code_exception(raw, &edge_rules);
        }
        let levels = self.levels(base.levels);
        let cycle =
            |level: Option<Placed<Level>>| level.map_or((Level::Off, At::default()), |level| (level.value, level.at));
        Rules {
            files,
            name: topology.name.map(|name| one_line(&name)),
            reference: topology.reference.map(|reference| one_line(&reference)),
            closed,
            unclassified: topology.unclassified.map_or((Level::Off, At::default()), |level| {
                let value = match level.value {
                    Unclassified::Ignore => Level::Off,
                    Unclassified::Note => Level::Note,
                    Unclassified::Warning => Level::Warning,
                    Unclassified::Error => Level::Error,
                };
                (value, level.at)
            }),
            unclassified_except: self.patterns(topology.unclassified_except.unwrap_or_default()),
            header: topology.header.and_then(|header| self.header(&header)),
            domains: base
                .domains
                .order
                .into_iter()
                .flatten()
                .map(|domain| domain.value)
                .collect(),
            other_domains: base.domains.others.map_or(OtherDomains::Append, |others| others.value),
            layers,
            edge_rules,
            exceptions: std::mem::take(&mut self.exceptions),
            interfaces,
            cycles: Cycles {
                layers: cycle(base.cycles.layers),
                domains: cycle(base.cycles.domains),
                modules: cycle(base.cycles.modules),
                when: when(base.cycles.when),
            },
            levels,
            expectations: wanted.expectations,
            classification: wanted.classification,
            map: wanted.map,
        }
    }

    fn header(&mut self, header: &Placed<String>) -> Option<(String, String, At)> {
        let Some((before, after)) = header.split_once("{level}") else {
            self.mistake(
                header.at,
                "a header without `{level}`",
                "write the comment as it stands in files, `# Layer: {level}`",
            );
            return None;
        };
        Some((before.to_owned(), after.to_owned(), header.at))
    }

    fn levels(&mut self, raw: BTreeMap<String, Placed<Level>>) -> BTreeMap<String, Level> {
        let known = || CODES.iter().map(|code| code.name);
        for (code, level) in &raw {
            if !known().any(|name| name == code) {
                let help = nearest(code, known()).map_or_else(
                    || "name a built-in finding; a rule's level stands in its `[[rule]]`".to_owned(),
                    |right| format!("did you mean `{right}`?"),
                );
                self.mistake(level.at, format!("unknown finding `{code}`"), help);
            }
        }
        raw.into_iter().map(|(code, level)| (code, level.value)).collect()
    }

    fn bad_pattern(&mut self, at: At, bad: BadPattern) {
        self.mistake(at, bad.message, bad.help);
    }

    fn pattern(&mut self, text: &Placed<String>) -> Option<Pattern> {
        Pattern::new(text).map_err(|bad| self.bad_pattern(text.at, bad)).ok()
    }

    fn patterns(&mut self, texts: Vec<Placed<String>>) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        for text in texts {
            match Pattern::selecting(&text) {
                Ok(pattern) => patterns.push(pattern),
                Err(bad) => self.bad_pattern(text.at, bad),
            }
        }
        patterns
    }

    fn names(
        &mut self,
        texts: &Strings,
        compile: impl Fn(&str) -> Result<NamePattern, BadPattern>,
    ) -> Vec<NamePattern> {
        let mut names = Vec::new();
        for text in &texts.0 {
            match compile(text) {
                Ok(name) => names.push(name),
                Err(bad) => self.bad_pattern(text.at, bad),
            }
        }
        names
    }

    pub(super) fn layer_id(&mut self, id: &Placed<String>) -> Option<LayerId> {
        let found = (0..)
            .map(LayerId)
            .zip(&self.layer_ids)
            .find_map(|(at, known)| (*known == **id).then_some(at));
        if found.is_none() {
            self.unknown_layer(id);
        }
        found
    }

    fn unknown_layer(&mut self, id: &Placed<String>) {
        let known = self.layer_ids.iter().map(String::as_str);
        let help = match nearest(id, known) {
            Some(right) => format!("did you mean `{right}`?"),
            None if self.layer_ids.is_empty() => "no layer is defined; add a `[[layer]]`".to_owned(),
            None => format!("the layers are: {}", self.layer_ids.join(", ")),
        };
        self.mistake(id.at, format!("unknown layer `{}`", id.value), help);
    }

    fn layer(&mut self, raw: RawLayer, origin: Origin) -> Layer {
        let id = raw.id.value;
        let outside = raw.outside.as_deref().copied().unwrap_or_default();
        match (&raw.paths, outside) {
            (None, false) => {
                let help = "give its `paths`, or write `outside = true` for a layer that has no files here";
                self.mistake(origin.at, format!("the layer `{id}` has no `paths`"), help);
            }
            (Some(paths), true) if !paths.is_empty() => {
                self.mistake(
                    paths[0].at,
                    format!("the layer `{id}` is outside, and has `paths`"),
                    "leave one of the two out",
                );
            }
            _ => {}
        }
        let mut paths = Vec::new();
        for text in raw.paths.iter().flatten() {
            if let Some(pattern) = self.pattern(text) {
                paths.push(LayerPattern { pattern, at: text.at });
            }
        }
        if let Some(domain) = &raw.domain {
            self.layer_domain(domain, &paths);
        }
        self.id(&id, origin.at);
        self.captures(&paths, raw.domain.as_ref());
        let mut list = |list: Option<Vec<Placed<String>>>| {
            list.map(|list| LayerList {
                at: list.first().map_or(origin.at, |first| first.at),
                layers: list.iter().filter_map(|id| Some((self.layer_id(id)?, id.at))).collect(),
            })
        };
        let (level, rest) = id.split_once('_').unwrap_or((&id, ""));
        Layer {
            title: raw.title.map_or_else(|| title(level, rest), |title| title.value),
            level: raw.level.map_or_else(|| level.to_owned(), |level| level.value),
            paths,
            domain: raw.domain.map(|domain| domain.value),
            outside,
            document: raw.document.map_or_else(|| id.clone(), |document| document.value),
            contract: raw.contract.map(|contract| one_line(&contract)),
            should_call: list(raw.should_call),
            must_not_call: list(raw.must_not_call),
            called_by: list(raw.called_by),
            origin,
            id,
        }
    }

    pub(super) fn id(&mut self, id: &str, at: At) {
        if id.is_empty() || id.contains(|sign: char| sign.is_whitespace() || sign.is_control()) {
            self.mistake(
                at,
                "an id that is empty or has spaces in it",
                "write one word, such as `L5_engines` or `SQL-001`",
            );
        }
    }

    /// A capture that nothing uses is a slip: only `{domain}` has a meaning of its own.
    fn captures(&mut self, paths: &[LayerPattern], domain: Option<&Placed<String>>) {
        for path in paths {
            for capture in path.pattern.captures().iter().filter(|capture| *capture != "domain") {
                if !domain.is_some_and(|domain| domain.contains(&format!("{{{capture}}}"))) {
                    let help = match nearest(capture, std::iter::once("domain")) {
                        Some(_) => "did you mean `{domain}`?".to_owned(),
                        None => format!("write `*`, or use it: `domain = \"{{{capture}}}\"`"),
                    };
                    self.mistake(path.at, format!("the capture `{{{capture}}}` is used by nothing"), help);
                }
            }
        }
    }

    /// A layer's `domain` may use what its patterns capture.
    fn layer_domain(&mut self, domain: &Placed<String>, paths: &[LayerPattern]) {
        let mut rest = domain.as_str();
        while let Some((_, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                self.mistake(domain.at, "`{` without `}`", "close the brace");
                return;
            };
            let unbound = paths
                .iter()
                .find(|path| !path.pattern.captures().iter().any(|capture| capture == name));
            if let Some(path) = unbound {
                let message = format!(
                    "the capture `{{{name}}}` is not bound by the pattern `{}`",
                    path.pattern.text()
                );
                self.mistake(
                    domain.at,
                    message,
                    format!("write `{{{name}}}` in every pattern of the layer, or a fixed domain"),
                );
            }
            rest = after;
        }
    }

    fn rule(&mut self, raw: RawRule, origin: Origin, layers: &[Layer]) -> Option<EdgeRule> {
        let id = raw.id.value;
        self.id(&id, origin.at);
        let from = raw
            .from
            .map_or_else(Selector::default, |from| self.selector(&from.value, from.at));
        let Some(to) = raw.to else {
            self.mistake(
                origin.at,
                format!("the rule `{id}` has no `to`"),
                "say what must not be reached: `to = { layer = \"…\" }`",
            );
            return None;
        };
        let at = to.at;
        let to = self.selector(&to.value, at);
        if to.precision == 0 {
            self.mistake(
                at,
                "a `to` that selects everything",
                "give at least one key, such as `layer`, `path` or `external`",
            );
        }
        let calls_listed = raw.kinds.as_ref().is_none_or(|kinds| kinds.contains(&RawKind::Call));
        if let Some(calls) = &raw.calls
            && !calls_listed
        {
            self.mistake(
                calls.at,
                "`calls` in a rule whose `kinds` leave calls out",
                "add \"call\" to `kinds`, or leave `calls` out",
            );
        }
        let first_exception = self.exceptions.len();
        for exception in raw.except.into_iter().flatten() {
            let at = exception.at;
            let RawException {
                from,
                to,
                reason,
                until,
            } = exception.value;
            self.exception(Excepted::Rule, from, to, &reason, until, at);
        }
        let kinds = raw.kinds.map_or_else(
            || EdgeKind::ALL.to_vec(),
            |kinds| kinds.value.into_iter().map(kind).collect(),
        );
        let mut rule = EdgeRule {
            code: id,
            shape: RuleShape::Rule,
            from,
            to,
            kinds,
            when: when(raw.when),
            calls: raw.calls.map_or(Calls::Name, |calls| calls.value),
            through: raw.through.map_or(Through::Definition, |through| through.value),
            level: raw.level.map_or(Level::Error, |level| level.value),
            message: raw.message.map(|message| message.value),
            fix: raw.fix.map(|fix| fix.value),
            except: (first_exception..self.exceptions.len()).collect(),
            origin,
            vacuous: None,
        };
        rule.vacuous = vacuous::why(&rule, layers);
        Some(rule)
    }

    fn selector(&mut self, raw: &RawSelector, at: At) -> Selector {
        let mut selector = Selector::default();
        if let Some(ids) = &raw.layer {
            let mut layers = Vec::new();
            for id in &ids.0 {
                let glob = id.contains(['*', '?']);
                layers.extend(if glob {
                    self.layers_like(id)
                } else {
                    self.layer_id(id).into_iter().collect()
                });
            }
            selector.precision += if layers.len() == 1 { 2 } else { 1 };
            selector.layers = Some(layers);
        }
        if let Some(domains) = &raw.domain {
            selector.precision += 4;
            let domain = |name: &Placed<String>| match name.as_str() {
                "same" => DomainSelector::Same,
                "other" => DomainSelector::Other,
                name => DomainSelector::Named(name.to_owned()),
            };
            selector.domains = Some(domains.0.iter().map(domain).collect());
        }
        if let Some(paths) = &raw.path {
            selector.precision += 8;
            let place = |text: &Placed<String>| Placed {
                value: text.value.clone(),
                at: if text.at == At::default() { at } else { text.at },
            };
            selector.paths = Some(self.patterns(paths.0.iter().map(place).collect()));
        }
        if let Some(modules) = &raw.module {
            selector.precision += 8;
            selector.modules = Some(self.names(modules, NamePattern::new));
        }
        if let Some(externals) = &raw.external {
            selector.precision += 8;
            selector.externals = Some(self.names(externals, NamePattern::of_packages));
        }
        if let Some(calls) = &raw.call {
            selector.precision += 8;
            let receivers = raw.receiver.as_ref().map(|of| self.names(of, NamePattern::new));
            selector.calls = Some(CallSelector {
                names: self.names(calls, NamePattern::new),
                receivers,
            });
        }
        if let Some(receivers) = &raw.receiver
            && raw.call.is_none()
        {
            self.mistake(
                receivers.0.first().map_or(at, |first| first.at),
                "`receiver` without `call`",
                "name the call: `call = \"*.commit\"`",
            );
        }
        if let Some(not) = &raw.not {
            selector.precision += 1;
            selector.not = Some(Box::new(self.selector(not, at)));
        }
        selector
    }

    fn layers_like(&mut self, id: &Placed<String>) -> Vec<LayerId> {
        match word(id) {
            Ok(matches) => {
                let found: Vec<LayerId> = (0..)
                    .map(LayerId)
                    .zip(&self.layer_ids)
                    .filter_map(|(at, known)| matches(known).then_some(at))
                    .collect();
                if found.is_empty() {
                    self.unknown_layer(id);
                }
                found
            }
            Err(bad) => {
                self.bad_pattern(id.at, bad);
                Vec::new()
            }
        }
    }

    fn exception(
        &mut self,
        from_what: Excepted,
        from: Option<Placed<PathOrSelector>>,
        to: Option<Placed<PathOrSelector>>,
        reason: &Placed<String>,
        until: Option<Placed<DateText>>,
        at: At,
    ) {
        if reason.trim().is_empty() {
            self.mistake(
                reason.at,
                "an exception without a reason",
                "say why it is right here, or remove it",
            );
        }
        let until = until.and_then(|until| {
            if let Ok(date) = until.0.parse::<Date>() {
                Some(date)
            } else {
                self.mistake(
                    until.at,
                    format!("`{}` is no date", until.0),
                    "write it as `2027-03-01`",
                );
                None
            }
        });
        let from = from.map(|end| self.selector(&end.value.0, end.at));
        let to = to.map(|end| self.selector(&end.value.0, end.at));
        self.exceptions.push(Exception {
            from_what,
            from,
            to,
            reason: reason.value.clone(),
            until,
            at,
        });
    }

    fn code_exception(&mut self, raw: Placed<RawCodeException>, rules: &[EdgeRule]) {
        let at = raw.at;
        let RawCodeException {
            code,
            from,
            to,
            reason,
            until,
        } = raw.value;
        let known = || {
            CODES
                .iter()
                .map(|code| code.name)
                .chain(rules.iter().map(|rule| rule.code.as_str()))
        };
        if !known().any(|name| name == *code) {
            let help = nearest(&code, known()).map_or_else(
                || "name a built-in finding or the id of a rule".to_owned(),
                |right| format!("did you mean `{right}`?"),
            );
            self.mistake(code.at, format!("unknown finding `{}`", code.value), help);
        }
        let of_edges = rules.iter().any(|rule| rule.code == *code)
            || [MUST_NOT_CALL, CALLED_BY, NOT_LISTED, MISSING_MODULE]
                .iter()
                .any(|known| known.name == *code);
        if let Some(to) = to.as_ref().filter(|_| !of_edges) {
            let message = format!(
                "`to` in an exception from `{}`: such findings have no other end",
                code.value
            );
            self.mistake(to.at, message, "name the file by `from` alone");
        }
        self.exception(Excepted::Code(code.value), from, to, &reason, until, at);
    }

    fn interface(&mut self, raw: RawInterface) -> Interface {
        Interface {
            at: raw.module.at,
            module: raw.module.value,
            names: raw.names.into_iter().map(|name| (name.value, name.at)).collect(),
            layers: raw
                .layers
                .map(|layers| layers.iter().filter_map(|id| self.layer_id(id)).collect()),
        }
    }
}

fn when(raw: Option<RawWhen>) -> WhenFilter {
    let raw = raw.unwrap_or_default();
    let counted = [
        (When::DEFERRED, raw.deferred.unwrap_or(true)),
        (When::GUARDED, raw.guarded.unwrap_or(true)),
        (When::TYPE_ONLY, raw.type_only.unwrap_or(false)),
        (When::TEST, raw.test.unwrap_or(false)),
    ];
    let all = counted.into_iter().map(|(one, counts)| one.only_if(counts));
    WhenFilter::new(all.fold(When::LOADED, When::with))
}

fn kind(raw: RawKind) -> EdgeKind {
    match raw {
        RawKind::Import => EdgeKind::Import,
        RawKind::ReExport => EdgeKind::ReExport,
        RawKind::Call => EdgeKind::Call,
        RawKind::Inherit => EdgeKind::Inherit,
        RawKind::Dynamic => EdgeKind::Dynamic,
        RawKind::Reference => EdgeKind::Reference,
    }
}

/// A text on one line, as documents show it.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `L5_engines` → `L5 Engines`.
pub(super) fn title(level: &str, rest: &str) -> String {
    let words = std::iter::once(level)
        .chain(rest.split('_'))
        .filter(|word| !word.is_empty());
    let capital = |word: &str| -> String {
        let mut letters = word.chars();
        letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .chain(letters)
            .collect()
    };
    words.map(capital).collect::<Vec<_>>().join(" ")
}
