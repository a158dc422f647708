//! Rules files as texts: where each value stands, and mistakes that point at it.

use std::cell::Cell;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::source::{At, Span};

/// A rules file or project file.
#[derive(Debug, Clone)]
pub struct RulesText {
    /// Its name as a user knows it: a path relative to the project, or `builtin:NAME`.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// Something wrong in itself with a rules file: no tree is needed to see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub at: At,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Mistake {
    /// A mistake at a place, with what to write instead.
    pub fn new(at: At, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
            help: Some(help.into()),
        }
    }
}

thread_local! {
    /// The file that [`parse`] reads: serde hands no state down to the values, and each must know its place.
    static FILE: Cell<u16> = const { Cell::new(0) };
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub at: At,
}

impl<T> Deref for Placed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = toml::Spanned::<T>::deserialize(deserializer)?;
        let at = At {
            file: FILE.get(),
            span: Span::of(&spanned.span()),
        };
        Ok(Self {
            value: spanned.into_inner(),
            at,
        })
    }
}

impl<T: JsonSchema> JsonSchema for Placed<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

/// One string or a list of strings, each with its place.
#[derive(Debug, Clone, Default)]
pub struct Strings(pub Vec<Placed<String>>);

impl<'de> Deserialize<'de> for Strings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany(Result<String, Vec<Placed<String>>>);
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = OneOrMany;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a string or a list of strings")
            }

            fn visit_str<E>(self, one: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(Ok(one.to_owned())))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany, A::Error> {
                let mut many = Vec::new();
                while let Some(one) = list.next_element()? {
                    many.push(one);
                }
                Ok(OneOrMany(Err(many)))
            }
        }
        impl<'de> Deserialize<'de> for OneOrMany {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Visitor)
            }
        }
        let Placed { value, at } = Placed::<OneOrMany>::deserialize(deserializer)?;
        Ok(Self(match value.0 {
            Ok(one) => vec![Placed { value: one, at }],
            Err(many) => many,
        }))
    }
}

impl JsonSchema for Strings {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Strings".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
        })
    }
}

/// Parses a file; `file` is the number that its values' places carry.
///
/// # Errors
///
/// One mistake, where the text is no TOML or not of the shape of `T`.
pub fn parse<T: DeserializeOwned>(file: u16, text: &str) -> Result<T, Mistake> {
    FILE.set(file);
    toml::from_str(text).map_err(|error| {
        let span = error.span().map_or_else(Span::default, |range| Span::of(&range));
        let message = error.message().trim().replace('\n', "; ");
        let (message, help) = explain(&message);
        Mistake {
            at: At { file, span },
            message,
            help,
        }
    })
}

/// Turns serde's "unknown field `x`, expected one of …" into the mistake and the nearest right word.
fn explain(message: &str) -> (String, Option<String>) {
    let kinds = [("unknown field", "unknown key"), ("unknown variant", "unknown word")];
    for (theirs, ours) in kinds {
        let Some(rest) = message.strip_prefix(theirs) else {
            continue;
        };
        let mut quoted = rest.split('`').skip(1).step_by(2);
        let Some(wrong) = quoted.next() else { continue };
        let known: Vec<&str> = quoted.collect();
        let help = match nearest(wrong, known.iter().copied()) {
            Some(right) => format!("did you mean `{right}`?"),
            None if known.is_empty() => "leave it out".to_owned(),
            None => format!("write one of: {}", known.join(", ")),
        };
        return (format!("{ours} `{wrong}`"), Some(help));
    }
    if let Some(key) = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'))
    {
        return (format!("the key `{key}` is missing"), Some(format!("add `{key} = …`")));
    }
    (message.to_owned(), None)
}

/// The known word most like `wrong`, if one is like it at all.
pub fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const ALIKE: f64 = 0.75;
    known
        .map(|word| (strsim::jaro_winkler(wrong, word), word))
        .filter(|(likeness, _)| *likeness > ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, word)| word)
}
