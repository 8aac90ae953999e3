//! A tokeniser for the subset of Rust that bindgen writes.

/// Returns words with their path, numbers with their suffix, strings with quotes, and single punctuation marks; omits
/// comments.
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '"' {
            // bindgen's strings contain no quotes.
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

/// Returns the length up to a single colon, which separates a name from its type; paths have pairs of colons.
fn before_lone_colon(word: &str) -> usize {
    if word.ends_with(':') && !word.ends_with("::") {
        word.len() - 1
    } else {
        word.len()
    }
}
