//! A source as one flat list of words and signs, for checks that look for a few of them in a row.
//!
//! Unlike text it has no comments and no strings; unlike the syntax tree it has the inside of every
//! macro. Which words matter is for the checks.

use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// One word or sign.
struct Token {
    /// The word, the sign (`::` is one sign), a bracket, or `"` for any literal.
    text: String,
    /// The line, from 1.
    line: usize,
    /// Where the bracket that this one opens is closed; the token's own place otherwise.
    close: usize,
    /// Whether it is part of a `use` or `extern crate` item.
    import: bool,
}

/// The tokens of a file in reading order.
pub(crate) struct Tokens(Vec<Token>);

impl Tokens {
    /// Flattens a stream.
    pub(crate) fn new(stream: TokenStream) -> Self {
        let mut tokens = Self(Vec::new());
        tokens.flatten(stream);
        tokens.mark_imports();
        tokens
    }

    /// How many tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The text of token `i`; empty before the first and after the last.
    pub(crate) fn text(&self, i: usize) -> &str {
        self.0.get(i).map_or("", |t| &t.text)
    }

    /// The text of the token before `i`.
    pub(crate) fn before(&self, i: usize) -> &str {
        i.checked_sub(1).map_or("", |i| self.text(i))
    }

    /// The line of token `i`; 1 where there is none.
    pub(crate) fn line(&self, i: usize) -> usize {
        self.0.get(i).map_or(1, |t| t.line)
    }

    /// Where the bracket at `i` is closed.
    pub(crate) fn close(&self, i: usize) -> usize {
        self.0.get(i).map_or(i, |t| t.close)
    }

    /// Whether token `i` is part of a `use` or `extern crate` item.
    pub(crate) fn is_import(&self, i: usize) -> bool {
        self.0.get(i).is_some_and(|t| t.import)
    }

    /// Whether the tokens from `i` on read `words`.
    pub(crate) fn reads(&self, i: usize, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(n, word)| self.text(i + n) == *word)
    }

    /// The place of the `[` of the attribute that starts at `i` (`#[…]` or `#![…]`).
    pub(crate) fn attribute(&self, i: usize) -> Option<usize> {
        let open = if self.reads(i, &["#", "!", "["]) {
            i + 2
        } else {
            i + 1
        };
        (self.text(i) == "#" && self.text(open) == "[").then_some(open)
    }

    /// The lines of items under `#[cfg(test)]` or `#[cfg(all(test, …))]`.
    pub(crate) fn test_lines(&self) -> Vec<RangeInclusive<usize>> {
        let attributes = (0..self.len()).filter(|&i| {
            self.reads(i, &["#", "[", "cfg", "(", "test", ")"])
                || self.reads(i, &["#", "[", "cfg", "(", "all", "(", "test", ","])
        });
        attributes
            .map(|i| self.line(i)..=self.line(self.end_of_item(i)))
            .collect()
    }

    /// The last token of the item whose first attribute is at `i`: its `;`, or the end of its body.
    fn end_of_item(&self, mut i: usize) -> usize {
        while i < self.len() {
            match self.text(i) {
                ";" => return i,
                "{" => return self.close(i),
                _ => i = self.close(i) + 1,
            }
        }
        self.len().saturating_sub(1)
    }

    /// Appends the tokens of `stream`.
    fn flatten(&mut self, stream: TokenStream) {
        let mut joined = false;
        for tree in stream {
            let line = tree.span().start().line;
            match tree {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    let start = self.len();
                    self.push(open.to_owned(), line);
                    self.flatten(group.stream());
                    self.push(close.to_owned(), group.span_close().start().line);
                    self.0[start].close = self.len() - 1;
                    joined = false;
                }
                TokenTree::Punct(punct) => {
                    let colon = punct.as_char() == ':';
                    match self.0.last_mut() {
                        Some(last) if joined && colon => last.text.push(':'),
                        _ => self.push(punct.as_char().to_string(), line),
                    }
                    joined = colon && !joined && punct.spacing() == Spacing::Joint;
                }
                TokenTree::Ident(word) => {
                    self.push(word.to_string(), line);
                    joined = false;
                }
                TokenTree::Literal(_) => {
                    self.push("\"".to_owned(), line);
                    joined = false;
                }
            }
        }
    }

    /// Appends one token.
    fn push(&mut self, text: String, line: usize) {
        let close = self.len();
        self.0.push(Token {
            text,
            line,
            close,
            import: false,
        });
    }

    /// Marks the tokens of `use …;` (not of `impl Trait + use<'a>`) and `extern crate …;`.
    fn mark_imports(&mut self) {
        let mut import = false;
        for i in 0..self.len() {
            let starts = self.text(i) == "use" && self.text(i + 1) != "<"
                || self.reads(i, &["extern", "crate"]);
            import = (import || starts) && self.text(i) != ";";
            self.0[i].import = import;
        }
    }
}
