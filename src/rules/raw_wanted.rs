//! The shape of what rules files say of documents and of what must be there, unchecked.

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{Placed, Strings};

/// How `[[expect]]` judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExpectKind {
    /// Every domain that has files of `when_has` has a file of `layer`.
    Present,
    /// Each file of `layer` has its counterpart in `with`.
    Paired,
    /// Each file of `layer` reaches what it is promised and is reached by its callers.
    Wired,
    /// One file of `layer` names every file of `of` in its domain.
    Grouped,
}

/// How a file is found to belong: to its domain, or to its counterpart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// By what its pattern captures; `present` and `grouped`.
    Domain,
    /// By its file name.
    Name,
    /// By an import or call that reaches it; `paired`.
    Evidence,
    /// By name or by evidence; `paired`.
    Either,
}

/// `[[expect]]`: what must be there, and is a gap where it is not.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawExpect {
    /// The gap's type, which later files extend by.
    pub id: Placed<String>,
    /// The type's title; the id in words unless given.
    pub title: Option<Placed<String>>,
    /// How it judges.
    pub kind: Option<Placed<ExpectKind>>,
    /// The layer that it speaks of.
    pub layer: Option<Placed<String>>,
    /// `present`: the layers whose files ask for one.
    pub when_has: Option<Vec<Placed<String>>>,
    /// `paired`: the layer of the counterparts.
    pub with: Option<Placed<String>>,
    /// `grouped`: the layer whose files are to be named.
    pub of: Option<Placed<String>>,
    /// How files belong or pair.
    pub by: Option<Placed<By>>,
    /// `paired`: what is stripped from a file's name before it is looked for, the first that fits.
    pub strip: Option<Strings>,
    /// `paired`: only files that import one of these modules at load can be a gap.
    pub imports: Option<Strings>,
    /// What is missing: a template.
    pub description: Option<Placed<String>>,
    /// What to do: a template.
    pub action: Option<Placed<String>>,
    /// Whether it is looked at; `false` takes an earlier file's expectation away.
    pub enabled: Option<Placed<bool>>,
}

/// `[classification]`: which files the buckets sort, and whose imports tell.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawClassification {
    /// The section's title.
    pub title: Option<Placed<String>>,
    /// The layer whose files are sorted.
    pub layer: Option<Placed<String>>,
    /// The layers whose imports tell which domains use a file.
    pub users: Option<Strings>,
}

/// By how many domains a file is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UsedBy {
    /// By none.
    None,
    /// By one.
    One,
    /// By two or more.
    Many,
    /// By any number.
    Any,
}

/// `[[bucket]]`: a class of files; the first that fits holds a file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBucket {
    /// The id, which later files extend.
    pub id: Placed<String>,
    /// The title.
    pub title: Option<Placed<String>>,
    /// File names without extension; absent: any.
    pub names: Option<Strings>,
    /// By how many domains it is used; absent: any number.
    pub used_by: Option<Placed<UsedBy>>,
    /// What is to be done with its files.
    pub action: Option<Placed<String>>,
}

/// `[map]`: how the wiring map is drawn.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawMap {
    /// The layers from the top; a later file's nodes extend those of the same layer, or follow.
    pub node: Vec<Placed<RawNode>>,
}

/// `[[map.node]]`: one layer of the map.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawNode {
    /// The layer.
    pub layer: Placed<String>,
    /// The column it hangs at; 0 for the first, 2 for the second, then 7 further right each, unless given.
    pub column: Option<Placed<u32>>,
    /// How its files belong to a domain: `domain`, or `name` for one file that the domain's name stands in.
    pub by: Option<Placed<By>>,
    /// Its line where it has files: a template.
    pub found: Option<Placed<String>>,
    /// Its lines where it has none: a template.
    pub missing: Option<Strings>,
    /// Its line in every domain but the layer's own: a template.
    pub elsewhere: Option<Placed<String>>,
    /// How many files are shown, the rest being counted; absent: all.
    pub show: Option<Placed<u32>>,
    /// What stands after each file.
    pub mark: Option<Placed<String>>,
    /// The `paired` expectation that marks the files.
    pub paired: Option<Placed<String>>,
    /// What stands after a file that has its counterpart.
    pub mark_paired: Option<Placed<String>>,
    /// What stands after a file that has none.
    pub mark_unpaired: Option<Placed<String>>,
    /// What stands after a file that only declares, and needs none.
    pub mark_declares: Option<Placed<String>>,
    /// Layers that are counted in a line of their own below the files.
    pub beside: Option<Vec<Placed<RawBeside>>>,
    /// Whether it is drawn; `false` takes an earlier file's node away.
    pub enabled: Option<Placed<bool>>,
}

/// A layer that is counted beside another.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBeside {
    /// The layer.
    pub layer: Placed<String>,
    /// Its line: a template.
    pub text: Placed<String>,
}
