//! Path and name patterns: `*`, `**`, `?`, `{domain}` captures and `{a,b}` alternatives.
//!
//! One dialect for all: paths are split at `/`, module names at `.` or `::`.

use memchr::memmem::Finder;
use regex::Regex;

/// A compiled path pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    shape: Shape,
    /// What every match starts with.
    prefix: String,
    /// The longest literal in it: every match holds it.
    needle: Finder<'static>,
    regex: Regex,
    /// The same pattern for the folders whose whole content it matches (`a/**` matches `a`).
    folder: Option<Regex>,
    captures: Vec<String>,
    components: u32,
    characters: u32,
    /// Choices without wildcards: groups of the expression whose matched text is literal.
    choices: u32,
}

/// How matches are found.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// By the prefix, which is all of it: `a/b.py`.
    Exact,
    /// By the prefix and that something lies below it: `a/b/**`.
    Below,
    /// By the expression, where prefix and needle are found: that takes longer than looking for those.
    Any,
}

/// How specific a pattern is: compared in this order, the greater places a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Specificity {
    /// Literal components before the first wildcard.
    pub components: u32,
    /// Literal characters in all; of a choice `{a,b}`, those of the alternative that matches.
    pub characters: u32,
}

/// Why a pattern is no pattern: what is wrong, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPattern {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

fn bad<T>(message: impl Into<String>, help: impl Into<String>) -> Result<T, BadPattern> {
    Err(BadPattern {
        message: message.into(),
        help: help.into(),
    })
}

impl Pattern {
    /// Compiles a pattern over paths.
    ///
    /// # Errors
    ///
    /// Where the text is no pattern: an empty or absolute path, unbalanced braces, a capture bound twice.
    pub fn new(text: &str) -> Result<Self, BadPattern> {
        if text.is_empty() {
            return bad("an empty pattern", "write `**` for every file");
        }
        if text.contains('\\') {
            return bad(
                "a backslash in a pattern",
                "separate components with `/`, on every system",
            );
        }
        if text.contains(['[', ']']) {
            return bad(
                "a bracket in a pattern",
                "there are no character classes: write `?` for one character, `{a,b}` for a choice",
            );
        }
        if text.starts_with('/') {
            return bad(
                "an absolute pattern",
                "write it relative to the source root, without the leading `/`",
            );
        }
        if let Some(folder) = text.strip_suffix('/') {
            return bad(
                "a pattern that ends with `/`",
                format!("write `{folder}/**` for everything below the folder"),
            );
        }
        if text.split('/').any(|component| matches!(component, "" | "." | "..")) {
            return bad(
                "an empty, `.` or `..` component",
                "write the path from the source root, component by component",
            );
        }
        let mut compiler = Compiler::default();
        let mut components: Vec<&str> = text.split('/').collect();
        components.dedup_by(|next, before| *next == "**" && *before == "**");
        let mut components = components.into_iter().peekable();
        let mut first = true;
        let mut shape = Shape::Exact;
        while let Some(component) = components.next() {
            let last = components.peek().is_none();
            let is_literal_so_far = !compiler.wild;
            compiler.component(component, first, last)?;
            shape = match component {
                "**" if last && !first && is_literal_so_far => Shape::Below,
                _ if compiler.wild => Shape::Any,
                _ => Shape::Exact,
            };
            first = false;
        }
        let folder = match text.strip_suffix("/**") {
            Some(folder) => Some(Self::new(folder)?.regex),
            None => None,
        };
        Ok(Self {
            text: text.to_owned(),
            shape,
            prefix: compiler.prefix,
            needle: Finder::new(compiler.needle.as_str()).into_owned(),
            regex: regex(&compiler.regex)?,
            folder,
            captures: compiler.captures,
            components: compiler.literal_components,
            characters: compiler.literal_characters,
            choices: compiler.choices,
        })
    }

    /// Compiles a pattern that only selects: captures would bind nothing.
    ///
    /// # Errors
    ///
    /// As [`Pattern::new`], and where it captures.
    pub fn selecting(text: &str) -> Result<Self, BadPattern> {
        let pattern = Self::new(text)?;
        match pattern.captures.first() {
            Some(capture) => bad(
                format!("the capture `{{{capture}}}` is bound by nothing here"),
                "only a layer's `paths` capture: write `*`, and compare domains by `domain = \"same\"` or `\"other\"`",
            ),
            None => Ok(pattern),
        }
    }

    /// The pattern as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names it captures.
    pub fn captures(&self) -> &[String] {
        &self.captures
    }

    /// How specifically it matches a path.
    pub fn specificity(&self, path: &str) -> Specificity {
        let mut characters = self.characters;
        if self.choices > 0
            && let Some(captures) = self.regex.captures(path)
        {
            for choice in 0..self.choices {
                let matched = captures
                    .name(&choice_group(choice))
                    .map_or("", |matched| matched.as_str());
                characters += crate::source::to_u32(matched.chars().count());
            }
        }
        Specificity {
            components: self.components,
            characters,
        }
    }

    /// Whether it matches a path.
    pub fn matches(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix(&self.prefix) else {
            return false;
        };
        match self.shape {
            Shape::Exact => rest.is_empty(),
            Shape::Below => rest.len() > 1 && rest.starts_with('/'),
            Shape::Any => self.needle.find(path.as_bytes()).is_some() && self.regex.is_match(path),
        }
    }

    /// Whether it matches everything below a folder.
    pub fn matches_folder(&self, folder: &str) -> bool {
        self.folder.as_ref().is_some_and(|regex| regex.is_match(folder))
    }

    /// What a named capture holds for a path that matches.
    pub fn capture<'p>(&self, path: &'p str, name: &str) -> Option<&'p str> {
        if !path.starts_with(&self.prefix) || !self.captures.iter().any(|known| known == name) {
            return None;
        }
        Some(self.regex.captures(path)?.name(name)?.as_str())
    }
}

/// A pattern over module names, `app.*.api` or `crate::api::**`; `.` and `::` are one.
#[derive(Debug, Clone)]
pub struct NamePattern {
    text: String,
    pattern: Pattern,
}

impl NamePattern {
    /// Compiles a pattern over names.
    ///
    /// # Errors
    ///
    /// As [`Pattern::new`].
    pub fn new(text: &str) -> Result<Self, BadPattern> {
        if text.contains('/') {
            return bad(
                "a path where a name is wanted",
                format!("write `{}`", text.replace('/', ".")),
            );
        }
        Ok(Self {
            text: text.to_owned(),
            pattern: Pattern::new(&as_path(text))?,
        })
    }

    /// Compiles a pattern over names of packages: `-` and `_` are one sign there, as code cannot write the first.
    ///
    /// # Errors
    ///
    /// As [`Pattern::new`].
    pub fn of_packages(text: &str) -> Result<Self, BadPattern> {
        Ok(Self {
            text: text.to_owned(),
            ..Self::new(&text.replace('-', "_"))?
        })
    }

    /// The pattern as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a name that ends with `last` can match: quick, and never a wrong no.
    pub fn may_end_with(&self, last: &str) -> bool {
        let own = self.text.rsplit(['.', ':']).next().unwrap_or(&self.text);
        own == last || own.contains(['*', '?', '{', '['])
    }

    /// Whether it matches a whole name.
    pub fn matches(&self, name: &str) -> bool {
        self.pattern.matches(&as_path(name))
    }

    /// Whether it matches a name or one that holds it: `google.cloud` covers `google.cloud.storage`.
    pub fn covers(&self, name: &str) -> bool {
        let path = as_path(name);
        let mut end = path.len();
        loop {
            if self.pattern.matches(&path[..end]) {
                return true;
            }
            match path[..end].rfind('/') {
                Some(at) => end = at,
                None => return false,
            }
        }
    }
}

fn as_path(name: &str) -> String {
    name.replace("::", "/").replace('.', "/")
}

/// Whether a pattern of `*` and `?` alone matches a word, such as a layer's id.
///
/// # Errors
///
/// As [`Pattern::new`].
pub fn word(text: &str) -> Result<impl Fn(&str) -> bool, BadPattern> {
    let pattern = Pattern::new(text)?;
    Ok(move |word: &str| pattern.matches(word))
}

fn regex(text: &str) -> Result<Regex, BadPattern> {
    // A file's name may hold a line's end.
    Regex::new(&format!("^(?s:{text})$")).or_else(|_| bad("a pattern too large to compile", "write fewer alternatives"))
}

#[derive(Default)]
struct Compiler {
    regex: String,
    prefix: String,
    /// The longest literal so far within a component, and the one that is read.
    needle: String,
    literal: String,
    /// No literal text can follow in `prefix`.
    wild: bool,
    /// A wildcard has been seen; a choice of literals is none.
    wildcard: bool,
    captures: Vec<String>,
    literal_components: u32,
    literal_characters: u32,
    choices: u32,
}

impl Compiler {
    fn component(&mut self, component: &str, first: bool, last: bool) -> Result<(), BadPattern> {
        if component == "**" {
            self.wild = true;
            self.wildcard = true;
            self.regex.push_str(match (first, last) {
                (true, true) => ".+",
                (true, false) => "(?:.*/)?",
                // The separator before `**` is part of what it matches.
                (false, true) => "/.+",
                (false, false) => "(?:/.*)?",
            });
            return Ok(());
        }
        if component.contains("**") {
            return bad(
                format!("`**` inside the component `{component}`"),
                "`**` stands for whole components; within one, write `*`",
            );
        }
        if !first && !self.regex.ends_with("/)?") {
            self.regex.push('/');
            if !self.wild {
                self.prefix.push('/');
            }
        }
        self.text(component)?;
        self.end_literal();
        if !self.wildcard {
            self.literal_components += 1;
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), BadPattern> {
        let mut rest = text;
        while let Some(sign) = rest.chars().next() {
            match sign {
                '*' => self.wildcard("[^/]*"),
                '?' => self.wildcard("[^/]"),
                '{' => {
                    let Some(end) = rest.find('}') else {
                        return bad(format!("`{{` without `}}` in `{text}`"), "close the brace");
                    };
                    self.braces(&rest[1..end])?;
                    rest = &rest[end + 1..];
                    continue;
                }
                '}' => {
                    return bad(
                        format!("`}}` without `{{` in `{text}`"),
                        "open the brace, or leave it out",
                    );
                }
                literal => self.literal(literal),
            }
            rest = &rest[sign.len_utf8()..];
        }
        Ok(())
    }

    fn wildcard(&mut self, regex: &str) {
        self.end_literal();
        self.wild = true;
        self.wildcard = true;
        self.regex.push_str(regex);
    }

    fn literal(&mut self, sign: char) {
        self.regex.push_str(&regex::escape(sign.encode_utf8(&mut [0; 4])));
        self.literal_characters += 1;
        self.literal.push(sign);
        if !self.wild {
            self.prefix.push(sign);
        }
    }

    fn end_literal(&mut self) {
        if self.literal.len() > self.needle.len() {
            std::mem::swap(&mut self.literal, &mut self.needle);
        }
        self.literal.clear();
    }

    fn braces(&mut self, inside: &str) -> Result<(), BadPattern> {
        self.end_literal();
        self.wild = true;
        if inside.contains('{') {
            return bad("braces within braces", "write the alternatives out");
        }
        if inside.contains(',') {
            self.choice(inside);
            return Ok(());
        }
        let is_name = inside.starts_with(|sign: char| sign.is_ascii_lowercase())
            && inside
                .chars()
                .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_');
        if !is_name {
            return bad(
                format!("`{{{inside}}}` is neither a capture nor a choice"),
                "captures are named in lower case, `{domain}`; alternatives have a comma, `{a,b}`",
            );
        }
        if self.captures.iter().any(|known| known == inside) {
            return bad(
                format!("the capture `{{{inside}}}` stands twice"),
                "write `*` at one of the two places",
            );
        }
        self.wildcard = true;
        self.captures.push(inside.to_owned());
        self.regex.extend(["(?P<", inside, ">[^/]+)"]);
        Ok(())
    }

    fn choice(&mut self, inside: &str) {
        let alternatives: Vec<String> = inside.split(',').map(alternative).collect();
        let alternatives = alternatives.join("|");
        if inside.contains(['*', '?']) {
            self.wildcard = true;
            self.regex.extend(["(?:", &alternatives, ")"]);
        } else {
            let group = choice_group(self.choices);
            self.choices += 1;
            self.regex.extend(["(?P<", &group, ">", &alternatives, ")"]);
        }
    }
}

/// The name of the expression's group for a choice; captures start with a letter.
fn choice_group(choice: u32) -> String {
    format!("_{choice}")
}

fn alternative(text: &str) -> String {
    let mut regex = String::new();
    for sign in text.chars() {
        match sign {
            '*' => regex.push_str("[^/]*"),
            '?' => regex.push_str("[^/]"),
            literal => regex.push_str(&regex::escape(literal.encode_utf8(&mut [0; 4]))),
        }
    }
    regex
}
