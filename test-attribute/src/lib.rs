//! The attribute `#[test]` of the integration tests. It replaces the standard library's attribute of this name in a
//! whole test binary, so that no test lacks its additions:
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
        // The only top-level braces are those of the body.
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => isolated(&group),
        other => other,
    }));
    tokens
}

/// Returns a body that makes the call, followed by the original body as a block.
fn isolated(body: &Group) -> TokenTree {
    let mut statements = quote("let _isolated = crate::support::isolate();");
    statements.extend([TokenTree::from(body.clone())]);
    let mut group = Group::new(Delimiter::Brace, statements);
    group.set_span(body.span());
    group.into()
}

/// Parses a text of this file into tokens.
fn quote(text: &str) -> TokenStream {
    // Both texts are valid Rust, as the first compiled test shows.
    text.parse().unwrap_or_default()
}
