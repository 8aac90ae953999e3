//! Rule 4: who waits on a clock, and who handles an interrupted call.
//!
//! `SystemTime::now` is not waiting: it is how ages are computed.

use super::checks::Finding;
use super::source::Source;
use super::tokens::Tokens;

/// Words that are a timed wait wherever they stand, except as the name in a definition.
const WAITS: [&str; 6] = [
    "park_timeout",
    "recv_deadline",
    "recv_timeout",
    "sleep_until",
    "wait_timeout",
    "wait_timeout_while",
];

/// Words that mean an interrupted call.
const INTERRUPTED: [&str; 2] = ["EINTR", "Interrupted"];

/// Every timed wait, reading of the monotonic clock and mention of `EINTR`.
pub(crate) fn find(source: &Source, _: &[Source]) -> Vec<Finding> {
    let tokens = &source.tokens;
    let found = (0..tokens.len()).filter_map(|i| Some((i, what(tokens, i)?)));
    found
        .map(|(i, what)| Finding::new(tokens.line(i), what))
        .collect()
}

/// What is wrong with the word at `i`.
fn what(tokens: &Tokens, i: usize) -> Option<String> {
    let word = tokens.text(i);
    if INTERRUPTED.contains(&word) {
        Some(format!("handles an interrupted call (`{word}`)"))
    } else if tokens.reads(i, &["Instant", "::", "now"]) {
        Some("reads the clock to wait on (`Instant::now`)".to_owned())
    } else if WAITS.contains(&word) && tokens.before(i) != "fn" || is_sleep(tokens, i) {
        Some(format!("waits on a clock (`{word}`)"))
    } else {
        None
    }
}

/// Whether the word at `i` is `std::thread::sleep`, called or imported.
fn is_sleep(tokens: &Tokens, i: usize) -> bool {
    let words = ["sleep", "sleep_ms"];
    words.contains(&tokens.text(i))
        && (tokens.before(i) == "::" && i >= 2 && tokens.text(i - 2) == "thread"
            || tokens.is_import(i) && imports_from(tokens, i, "thread"))
}

/// Whether the import that the word at `i` belongs to names `module` before it.
fn imports_from(tokens: &Tokens, i: usize, module: &str) -> bool {
    (0..i)
        .rev()
        .take_while(|&j| tokens.is_import(j))
        .any(|j| tokens.text(j) == module)
}
