//! Rule 1, first half: who names `sysv_sys` or `libc` at all.
//!
//! Found as words of the source, so macro bodies count too. What public signatures name is for
//! `signatures.rs`.

use super::checks::Finding;
use super::source::Source;
use super::tokens::Tokens;

/// The crates whose names stay in one layer.
pub(crate) const LOW: [&str; 2] = ["libc", "sysv_sys"];

/// Every path that goes through one of them, and every import of one.
pub(crate) fn find(source: &Source, _: &[Source]) -> Vec<Finding> {
    let tokens = &source.tokens;
    (0..tokens.len())
        .filter(|&i| LOW.contains(&tokens.text(i)) && is_path(tokens, i))
        .map(|i| Finding::new(tokens.line(i), format!("names `{}`", tokens.text(i))))
        .collect()
}

/// Whether the word at `i` is a part of a path: one with a single word, a variable or field for
/// instance, is somebody's own business.
fn is_path(tokens: &Tokens, i: usize) -> bool {
    tokens.text(i + 1) == "::" || tokens.is_import(i)
}
