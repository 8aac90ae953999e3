//! Rule 2: every use of the keyword `unsafe` that makes or declares unsafe code.
//!
//! The type of an unsafe function (`unsafe fn(i32)`, `unsafe extern "C" fn()`) is not one.

use super::checks::Finding;
use super::source::Source;
use super::tokens::Tokens;

/// Every unsafe block, function, implementation, trait, extern block and attribute.
pub(crate) fn find(source: &Source, _: &[Source]) -> Vec<Finding> {
    let tokens = &source.tokens;
    (0..tokens.len())
        .filter(|&i| tokens.text(i) == "unsafe")
        .filter_map(|i| Some((i, what(tokens, i)?)))
        .map(|(i, what)| Finding::new(tokens.line(i), format!("contains an unsafe {what}")))
        .collect()
}

/// What the `unsafe` at `i` stands before; nothing where it is part of a type.
fn what(tokens: &Tokens, i: usize) -> Option<&'static str> {
    let abi = if tokens.text(i + 2) == "\"" {
        i + 3
    } else {
        i + 2
    };
    Some(match tokens.text(i + 1) {
        "{" => "block",
        "fn" if tokens.text(i + 2) == "(" => return None,
        "extern" if tokens.reads(abi, &["fn", "("]) => return None,
        "extern" if tokens.text(abi) == "{" => "extern block",
        "fn" | "extern" => "fn",
        "impl" => "impl",
        "trait" | "auto" => "trait",
        "(" if ["[", ",", "("].contains(&tokens.before(i)) => "attribute",
        _ => "item",
    })
}
