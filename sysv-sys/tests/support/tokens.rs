//! Rust source as a list of tokens: as much of the language as bindgen writes.

/// Words with their path, numbers with their suffix, strings with quotes, and single punctuation marks;
/// comments are left out.
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '"' {
            // bindgen writes no quote into a string.
            2 + rest[1..].find('"').expect("the string has an end")
        } else if is_word(first) || rest.starts_with("::") {
            rest.find(|c: char| !is_word(c) && c != ':')
                .map_or(rest.len(), |end| before_lone_colon(&rest[..end]))
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        if !token.starts_with("//") {
            tokens.push(token.to_owned());
        }
        rest = after.trim_start();
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A path has its colons in pairs: the one between a name and its type is no part of it.
fn before_lone_colon(word: &str) -> usize {
    if word.ends_with(':') && !word.ends_with("::") {
        word.len() - 1
    } else {
        word.len()
    }
}
