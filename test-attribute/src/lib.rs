//! The attribute `#[test]` of the integration tests. It stands in for the standard library's attribute of this name in
//! a whole test binary, so that no test can be without what it adds:
//!
//! ```ignore
//! #[macro_use]
//! extern crate test_attribute;
//! ```

use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// Declares a test as the standard library's `#[test]` does, which first calls `crate::support::isolate` and keeps the
/// returned value until its end.
#[proc_macro_attribute]
pub fn test(_: TokenStream, function: TokenStream) -> TokenStream {
    let mut tokens: TokenStream = quote("#[::core::prelude::v1::test]");
    tokens.extend(function.into_iter().map(|tree| match tree {
        // The only braces outside of all other brackets are those of the body.
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => isolated(&group),
        other => other,
    }));
    tokens
}

/// A body that makes the call, and then has this one as a block.
fn isolated(body: &Group) -> TokenTree {
    let mut statements = quote("let _isolated = crate::support::isolate();");
    statements.extend([TokenTree::from(body.clone())]);
    let mut group = Group::new(Delimiter::Brace, statements);
    group.set_span(body.span());
    group.into()
}

/// The tokens of a text in this file.
fn quote(text: &str) -> TokenStream {
    // Both texts are Rust, which the first test that is compiled shows.
    text.parse().unwrap_or_default()
}
