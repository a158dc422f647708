//! `use` trees: each leaf with its whole path.

use proc_macro2::Ident;
use syn::UseTree;

use super::UseForm;
use super::tokens::plain;

/// A leaf of a `use` tree.
pub(super) struct Leaf<'t> {
    /// The names of its path, `self` at the end left out.
    pub(super) names: Vec<String>,
    pub(super) form: UseForm,
    /// The name it is bound to, where `as` says so.
    pub(super) alias: Option<String>,
    /// The last name as written: where the leaf is.
    pub(super) at: At<'t>,
}

pub(super) enum At<'t> {
    Name(&'t Ident),
    Star(&'t syn::token::Star),
}

/// The leaves of a tree, in source order.
pub(super) fn leaves(tree: &UseTree) -> Vec<Leaf<'_>> {
    let mut leaves = Vec::new();
    let mut prefix = Vec::new();
    walk(tree, &mut prefix, &mut leaves);
    leaves
}

fn walk<'t>(tree: &'t UseTree, prefix: &mut Vec<String>, leaves: &mut Vec<Leaf<'t>>) {
    let depth = prefix.len();
    let mut tree = tree;
    // A long path is a deep tree: no recursion for it.
    while let UseTree::Path(path) = tree {
        prefix.push(plain(&path.ident));
        tree = &path.tree;
    }
    match tree {
        UseTree::Path(_) => {}
        UseTree::Name(name) => leaves.push(leaf(&name.ident, None, prefix)),
        UseTree::Rename(rename) => leaves.push(leaf(&rename.ident, Some(plain(&rename.rename)), prefix)),
        UseTree::Glob(glob) => leaves.push(Leaf {
            names: prefix.clone(),
            form: UseForm::Glob,
            alias: None,
            at: At::Star(&glob.star_token),
        }),
        UseTree::Group(group) => {
            for tree in &group.items {
                walk(tree, prefix, leaves);
            }
        }
    }
    prefix.truncate(depth);
}

fn leaf<'t>(ident: &'t Ident, alias: Option<String>, prefix: &[String]) -> Leaf<'t> {
    let mut names = prefix.to_vec();
    let of_self = ident == "self" && !prefix.is_empty();
    if !of_self {
        names.push(plain(ident));
    }
    Leaf {
        names,
        form: if of_self { UseForm::OfSelf } else { UseForm::Name },
        alias,
        at: At::Name(ident),
    }
}
