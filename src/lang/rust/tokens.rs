//! The tokens of macros and attributes: the paths that stand in them, and the items that a macro's body may hold.

use proc_macro2::{Delimiter, Ident, Literal, Spacing, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Item, Pat, Token};

/// What is found among tokens.
pub(super) enum Found {
    /// A path of two names or more.
    Path(Path),
    /// A macro's path, before its `!`.
    Macro(Path),
    /// A name alone.
    Name(Ident),
    /// A literal.
    Literal(Literal),
}

/// A path among tokens.
pub(super) struct Path {
    pub(super) names: Vec<Ident>,
    /// It begins with `::`.
    pub(super) rooted: bool,
    /// It begins with `$crate`.
    pub(super) of_definition: bool,
}

/// Reads tokens for paths, those in groups included.
pub(super) fn scan(tokens: TokenStream, found: &mut impl FnMut(Found)) {
    let mut reader = Reader::default();
    for token in tokens {
        match token {
            TokenTree::Group(_) if std::mem::take(&mut reader.quoting) => {}
            TokenTree::Group(group) => {
                reader.flush(false, found);
                let inner = group.stream();
                // The group's own hold on the tokens would make them be copied.
                drop(group);
                scan(inner, found);
            }
            TokenTree::Ident(ident) => reader.ident(ident, found),
            TokenTree::Punct(sign) => reader.sign(sign.as_char(), sign.spacing() == Spacing::Joint, found),
            TokenTree::Literal(literal) => {
                reader.flush(false, found);
                found(Found::Literal(literal));
            }
        }
    }
    reader.flush(false, found);
}

#[derive(Default)]
struct Reader {
    names: Vec<Ident>,
    rooted: bool,
    of_definition: bool,
    /// The colons of a `::` that have been read: 0, 1 or 2.
    colons: u8,
    before: Before,
    /// The tokens of the macro just invoked are text, or code of another place.
    quoting: bool,
}

/// What stands before the next token, where that matters.
#[derive(Default, PartialEq)]
enum Before {
    /// `.`: the next name is a field or a method.
    Dot,
    /// `'`: the next name is a lifetime.
    Foreign,
    /// `$`
    Dollar,
    #[default]
    Other,
}

impl Reader {
    fn ident(&mut self, ident: Ident, found: &mut impl FnMut(Found)) {
        let before = std::mem::take(&mut self.before);
        if matches!(before, Before::Dot | Before::Foreign) {
            self.flush(false, found);
            return;
        }
        if self.colons == 2 && (self.rooted || !self.names.is_empty()) {
            self.names.push(ident);
            self.colons = 0;
            return;
        }
        self.flush(false, found);
        if before == Before::Dollar {
            if ident == "crate" {
                self.of_definition = true;
                self.names.push(ident);
            }
            return;
        }
        self.names.push(ident);
    }

    fn sign(&mut self, sign: char, joint: bool, found: &mut impl FnMut(Found)) {
        match (sign, self.colons) {
            (':', 0) if joint => self.colons = 1,
            (':', 1) => {
                self.colons = 2;
                if self.names.is_empty() {
                    self.rooted = true;
                }
            }
            ('!', 0) if !joint => self.flush(true, found),
            _ => {
                let after_dot = self.before == Before::Dot;
                self.flush(false, found);
                self.before = match sign {
                    // `..` begins another expression.
                    '.' if !after_dot => Before::Dot,
                    '\'' => Before::Foreign,
                    '$' => Before::Dollar,
                    _ => Before::Other,
                };
            }
        }
    }

    fn flush(&mut self, invoked: bool, found: &mut impl FnMut(Found)) {
        let names = std::mem::take(&mut self.names);
        let (rooted, of_definition) = (self.rooted, self.of_definition);
        *self = Self::default();
        let mut path = Path {
            names,
            rooted,
            of_definition,
        };
        match path.names.len() {
            0 => {}
            _ if invoked => {
                self.quoting = path.names.last().is_some_and(|name| is_quoting(&plain(name)));
                found(Found::Macro(path));
            }
            1 if !rooted => found(Found::Name(path.names.remove(0))),
            _ => found(Found::Path(path)),
        }
    }
}

/// The items that a macro's body reads as, if all of it does.
pub(super) fn items(tokens: TokenStream) -> Option<Vec<Item>> {
    let all = |input: ParseStream<'_>| {
        // `feature! { #![…] … }`
        input.call(syn::Attribute::parse_inner)?;
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(input.parse()?);
        }
        Ok(items)
    };
    Parser::parse2(all, tokens).ok()
}

/// What a macro takes.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) expressions: Vec<Expr>,
    /// `vec![x; n]`
    pub(super) repeated: bool,
    /// `matches!(x, pattern if guard)`
    pub(super) pattern: Option<Pat>,
    pub(super) guard: Option<Expr>,
}

/// A macro's body as expressions between commas, if all of it reads as such; `vec![x; n]` too.
pub(super) fn expressions(tokens: TokenStream) -> Option<Taken> {
    let all = |input: ParseStream<'_>| {
        let mut taken = Taken::default();
        while !input.is_empty() {
            taken.expressions.push(input.parse()?);
            if input.parse::<Option<Token![;]>>()?.is_some() {
                taken.repeated = true;
            } else if input.parse::<Option<Token![,]>>()?.is_none() {
                break;
            }
        }
        Ok(taken)
    };
    Parser::parse2(all, tokens).ok()
}

/// The body of `matches!(x, pattern if guard)`.
pub(super) fn matching(tokens: TokenStream) -> Option<Taken> {
    let all = |input: ParseStream<'_>| {
        let mut taken = Taken::default();
        taken.expressions.push(input.parse()?);
        input.parse::<Token![,]>()?;
        taken.pattern = Some(Pat::parse_multi_with_leading_vert(input)?);
        if input.parse::<Option<Token![if]>>()?.is_some() {
            taken.guard = Some(input.parse()?);
        }
        input.parse::<Option<Token![,]>>()?;
        Ok(taken)
    };
    Parser::parse2(all, tokens).ok()
}

/// A part of a macro's body that does not read as items.
pub(super) enum Part {
    /// The content of braces.
    Braces(TokenStream),
    /// Other tokens.
    Tokens(TokenStream),
    /// A name after `struct`, `fn` and the like: the macro may well define it.
    Named { keyword: &'static str, name: Ident },
}

/// Keywords that names of items follow.
const KEYWORDS: [&str; 9] = [
    "struct", "enum", "union", "trait", "type", "fn", "const", "static", "mod",
];

/// Takes apart a macro's body: braced groups, the rest, and the names that seem to be defined.
pub(super) fn parts(tokens: TokenStream) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest: Vec<TokenTree> = Vec::new();
    let mut keyword = None;
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                parts.push(Part::Braces(group.stream()));
                keyword = None;
            }
            TokenTree::Ident(ident) => {
                let known = KEYWORDS.into_iter().find(|known| ident == known);
                match (keyword, known) {
                    (_, Some(known)) => keyword = Some(known),
                    // `static ref NAME`, `static mut NAME`
                    (Some(_), None) if ident == "ref" || ident == "mut" => {}
                    (Some(keyword_before), None) => {
                        parts.push(Part::Named {
                            keyword: keyword_before,
                            name: ident.clone(),
                        });
                        keyword = None;
                    }
                    (None, None) => {}
                }
                rest.push(TokenTree::Ident(ident));
            }
            token => {
                keyword = None;
                rest.push(token);
            }
        }
    }
    parts.push(Part::Tokens(rest.into_iter().collect()));
    parts
}

/// Macros whose tokens are text, or code of another place.
pub(super) fn is_quoting(name: &str) -> bool {
    matches!(
        name,
        "quote" | "quote_spanned" | "parse_quote" | "parse_quote_spanned" | "stringify"
    )
}

/// A name without `r#`.
pub(super) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}
