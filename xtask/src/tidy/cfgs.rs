//! Rule 6: conditional compilation that asks for the platform by name.
//!
//! What a program may need to know about any platform is free: `target_has_atomic`,
//! `target_endian`, `target_pointer_width`, and everything that has nothing to do with the target.

use super::checks::Finding;
use super::source::Source;
use super::tokens::Tokens;

/// Properties of a target that are no name of it.
const FREE: [&str; 3] = ["target_has_atomic", "target_endian", "target_pointer_width"];

/// Every predicate that names a platform in `#[cfg]`, `#[cfg_attr]`, `cfg!` and `cfg_select!`.
pub(crate) fn find(source: &Source, _: &[Source]) -> Vec<Finding> {
    let tokens = &source.tokens;
    let mut found = Vec::new();
    for i in 0..tokens.len() {
        if let Some(open) = tokens.attribute(i) {
            attribute(tokens, open, &mut found);
        } else if tokens.reads(i, &["cfg", "!"]) {
            predicate(tokens, i, i + 2, &mut found);
        } else if tokens.reads(i, &["cfg_select", "!"]) {
            arms(tokens, i + 2, &mut found);
        }
    }
    found
}

/// Looks at the predicates in the attribute whose bracket is at `open`, but not in what it says to
/// rustdoc: `doc(cfg(unix))` decides nothing.
fn attribute(tokens: &Tokens, open: usize, found: &mut Vec<Finding>) {
    let mut i = open + 1;
    while i < tokens.close(open) {
        match (tokens.text(i), tokens.text(i + 1)) {
            ("doc", "(") => i = tokens.close(i + 1),
            ("cfg" | "cfg_attr", "(") => predicate(tokens, i, i + 1, found),
            _ => {}
        }
        i += 1;
    }
}

/// Looks at the predicate of the `cfg` or `cfg_attr` at `word`, whose bracket is at `open`. Of a
/// `cfg_attr` the predicate is what comes before the first comma.
fn predicate(tokens: &Tokens, word: usize, open: usize, found: &mut Vec<Finding>) {
    let conditional = tokens.text(word) == "cfg_attr";
    let mut inner = open + 1;
    for i in open + 1..tokens.close(open) {
        if i >= inner {
            if conditional && tokens.text(i) == "," {
                return;
            }
            inner = tokens.close(i);
        }
        judge(tokens, i, found);
    }
}

/// Looks at the predicates before each `=>` of `cfg_select! { predicate => { … } … }`.
fn arms(tokens: &Tokens, open: usize, found: &mut Vec<Finding>) {
    let mut i = open + 1;
    while i < tokens.close(open) {
        if tokens.text(i) == "{" {
            i = tokens.close(i);
        } else {
            judge(tokens, i, found);
        }
        i += 1;
    }
}

/// Adds a finding if the word at `i` is the name of a platform or of a set of platforms.
fn judge(tokens: &Tokens, i: usize, found: &mut Vec<Finding>) {
    let word = tokens.text(i);
    let by_name = word == "unix" || word == "windows" || word.starts_with("target_");
    if by_name && !FREE.contains(&word) {
        found.push(Finding::new(
            tokens.line(i),
            format!("asks for the platform by name (`cfg({word})`)"),
        ));
    }
}
