//! Macro bodies as syntax trees, as far as that goes.
//!
//! To syn a macro is a list of tokens. Most bodies are Rust all the same: the arguments of `assert!`
//! are expressions, and what `macro_rules!` writes becomes Rust once `$name` is a word and each
//! repetition is written once. What is not (`bitflags!`) stays unseen by the checks that look at
//! structure; those that look at words see it.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{Block, Expr, Macro, Pat, Token};

/// How the name of a macro's variable `$name` starts in a tree that is made here.
pub(crate) const VARIABLE: &str = "__";

/// Visits what is inside a macro call, or inside each branch of a `macro_rules!`.
pub(crate) fn visit_inside<V: for<'a> Visit<'a>>(visitor: &mut V, mac: &Macro) {
    let name = mac.path.segments.last().map(|s| s.ident.to_string());
    if is_definition(mac) {
        for branch in branches(mac) {
            visit_stream(visitor, branch);
        }
    } else if name.is_some_and(|name| name.ends_with("matches")) {
        visit_matches(visitor, mac);
    } else {
        visit_stream(visitor, mac.tokens.clone());
    }
}

/// Whether this is a `macro_rules!`.
fn is_definition(mac: &Macro) -> bool {
    mac.path.is_ident("macro_rules")
}

/// What each branch of a `macro_rules!` writes, as Rust.
pub(crate) fn branches(mac: &Macro) -> Vec<TokenStream> {
    let mut groups = mac
        .tokens
        .clone()
        .into_iter()
        .filter_map(|tree| match tree {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        });
    let mut branches = Vec::new();
    while let (Some(matcher), Some(written)) = (groups.next(), groups.next()) {
        let mut kinds = BTreeMap::new();
        read_kinds(matcher, &mut kinds);
        branches.push(substitute(written, &kinds));
    }
    branches
}

/// Visits tokens as items, statements, or expressions between commas: the first of these that they
/// are.
fn visit_stream<V: for<'a> Visit<'a>>(visitor: &mut V, stream: TokenStream) {
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
    if let Ok(file) = syn::parse2::<syn::File>(stream.clone()) {
        for item in &file.items {
            visitor.visit_item(item);
        }
    } else if let Ok(statements) = Block::parse_within.parse2(stream.clone()) {
        for statement in &statements {
            visitor.visit_stmt(statement);
        }
    } else if let Ok(arguments) = arguments.parse2(stream) {
        for argument in &arguments {
            visitor.visit_expr(argument);
        }
    }
}

/// Visits the value, the pattern and the guard of `matches!` and its like.
fn visit_matches<V: for<'a> Visit<'a>>(visitor: &mut V, mac: &Macro) {
    let arguments = mac.parse_body_with(|input: ParseStream<'_>| {
        let value: Expr = input.parse()?;
        input.parse::<Token![,]>()?;
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        let guard: Option<Token![if]> = input.parse()?;
        let guard: Option<Expr> = guard.map(|_| input.parse()).transpose()?;
        // The rest is a message.
        input.parse::<TokenStream>()?;
        Ok((value, pattern, guard))
    });
    if let Ok((value, pattern, guard)) = arguments {
        visitor.visit_expr(&value);
        visitor.visit_pat(&pattern);
        if let Some(guard) = &guard {
            visitor.visit_expr(guard);
        }
    }
}

/// Reads what kind of thing each `$name:kind` of a matcher is.
fn read_kinds(matcher: TokenStream, kinds: &mut BTreeMap<String, String>) {
    let trees: Vec<TokenTree> = matcher.into_iter().collect();
    for (i, tree) in trees.iter().enumerate() {
        match (tree, trees.get(i + 1), trees.get(i + 2), trees.get(i + 3)) {
            (
                TokenTree::Punct(dollar),
                Some(TokenTree::Ident(name)),
                Some(TokenTree::Punct(colon)),
                Some(TokenTree::Ident(kind)),
            ) if dollar.as_char() == '$' && colon.as_char() == ':' => {
                kinds.insert(name.to_string(), kind.to_string());
            }
            (TokenTree::Group(group), ..) => read_kinds(group.stream(), kinds),
            _ => {}
        }
    }
}

/// Writes each variable as a word and each repetition once.
fn substitute(written: TokenStream, kinds: &BTreeMap<String, String>) -> TokenStream {
    let mut out = Vec::new();
    let mut trees = written.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(dollar) if dollar.as_char() == '$' => match trees.next() {
                Some(TokenTree::Ident(name)) => out.extend(variable(&name, kinds)),
                Some(TokenTree::Group(repeated)) => {
                    out.extend(substitute(repeated.stream(), kinds));
                    // The operator, or a separator and the operator.
                    let operator =
                        |t: &TokenTree| ["*", "+", "?"].contains(&t.to_string().as_str());
                    if trees.next().is_some_and(|first| !operator(&first)) {
                        trees.next_if(operator);
                    }
                }
                _ => {}
            },
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), substitute(group.stream(), kinds));
                inner.set_span(group.span());
                out.push(inner.into());
            }
            other => out.push(other),
        }
    }
    out.into_iter().collect()
}

/// What is written for `$name`: something of its kind, at its place.
fn variable(name: &Ident, kinds: &BTreeMap<String, String>) -> Vec<TokenTree> {
    let word = |text: &str| TokenTree::from(Ident::new(text, name.span()));
    let kind = kinds.get(&name.to_string()).map_or("", String::as_str);
    match kind {
        _ if name == "crate" => vec![name.clone().into()],
        "vis" => vec![word("pub")],
        "item" | "stmt" => Vec::new(),
        "block" => vec![Group::new(Delimiter::Brace, TokenStream::new()).into()],
        "literal" => vec![Literal::u8_unsuffixed(0).into()],
        // What is given for `#[$meta]` is the documentation more often than not.
        "meta" => {
            let equals = proc_macro2::Punct::new('=', proc_macro2::Spacing::Alone);
            vec![word("doc"), equals.into(), Literal::string("").into()]
        }
        _ => vec![word(&format!("{VARIABLE}{name}"))],
    }
}
