//! One source file as the checks see it: its flat tokens for what is a matter of words, its syntax
//! tree for what is a matter of structure, and which of its lines are test code.
//!
//! Both forms leave comments and strings behind, so that no check can misfire on them; doc comments
//! survive as `doc` attributes, whose text no check reads.

use std::ops::RangeInclusive;

use proc_macro2::TokenStream;

use super::report::{Rule, Violation};
use super::tokens::Tokens;

/// What cannot be parsed breaks a rule before all rules.
const PARSES: Rule = Rule {
    number: 0,
    reason: "what does not parse cannot be judged",
};

/// A parsed source.
pub(crate) struct Source {
    /// The path relative to the root, with `/`.
    pub(crate) path: String,
    /// The tokens in reading order, macro bodies included.
    pub(crate) tokens: Tokens,
    /// The syntax tree; macro bodies are in it as token streams (see `macros.rs`).
    pub(crate) tree: syn::File,
    /// The lines of items under `#[cfg(test)]`.
    test_lines: Vec<RangeInclusive<usize>>,
}

impl Source {
    /// Parses `text`; what does not parse is a breach with the line where parsing stopped.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, Violation> {
        let broken = |line, error: &dyn std::fmt::Display| {
            Violation::new(PARSES, path, line, format!("does not parse: {error}"))
        };
        let stream: TokenStream = text
            .parse()
            .map_err(|e: proc_macro2::LexError| broken(e.span().start().line, &e))?;
        let tokens = Tokens::new(stream.clone());
        let tree: syn::File = syn::parse2(stream).map_err(|e| broken(e.span().start().line, &e))?;
        let test_lines = tokens.test_lines();
        Ok(Self {
            path: path.to_owned(),
            tokens,
            tree,
            test_lines,
        })
    }

    /// Whether `line` belongs to a unit test: an item under `#[cfg(test)]`, or any line of a file
    /// below `src/` that is called `tests.rs` or lies in a folder `tests`.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        let in_tests = self
            .path
            .split_once("/src/")
            .is_some_and(|(_, below)| below.split('/').any(|p| p == "tests" || p == "tests.rs"));
        in_tests || self.test_lines.iter().any(|lines| lines.contains(&line))
    }
}
