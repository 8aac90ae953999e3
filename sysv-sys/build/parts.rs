//! Bindings files that consist of parts: declarations that targets share are in `bindings/parts`, once.
//!
//! A target's file has a line `// parts: unix, linux`, from the general to the particular. If several files declare the
//! same item, the last one counts, and the target's own file comes last. A file without such a line is complete.
//! `cargo xtask` and the tests include this file too.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The beginning of the line that names the parts.
pub const LINE: &str = "// parts: ";

/// The file of a part.
#[must_use]
pub fn file(bindings: &Path, part: &str) -> PathBuf {
    bindings.join("parts").join(format!("{part}.rs"))
}

/// Reads a bindings file and its parts, and returns the declarations of all of them.
///
/// # Errors
///
/// A text for people, if a file cannot be read.
pub fn whole(path: &Path) -> Result<String, String> {
    let own = read(path)?;
    let Some(names) = own.lines().find_map(|line| line.strip_prefix(LINE)) else {
        return Ok(own);
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut texts = Vec::new();
    for name in names.split(", ") {
        texts.push(read(&file(folder, name))?);
    }
    texts.push(own.clone());
    let comments = own
        .lines()
        .take_while(|line| line.starts_with("//"))
        .filter(|line| !line.starts_with(LINE));
    Ok(comments
        .map(|line| format!("{line}\n"))
        .chain(last_of_each(&texts).into_iter().map(str::to_owned))
        .collect())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{} ({error})", path.display()))
}

/// Returns the items of all texts in order, without those that a later item replaces. Assertions come at the end, since
/// they may be about a type that a later part declares.
fn last_of_each(texts: &[String]) -> Vec<&str> {
    let all: Vec<&str> = texts.iter().flat_map(|text| items(text)).collect();
    let mut seen = HashSet::new();
    let mut kept: Vec<&str> = all
        .into_iter()
        .rev()
        .filter(|item| seen.insert(declares(item)))
        .collect();
    kept.reverse();
    kept.sort_by_key(|item| item.starts_with("const _"));
    kept
}

/// Splits formatted source into items, each with its attributes and the end of its last line. Every line without
/// indentation is an attribute, a comment (which is omitted), or the beginning or end of an item.
#[must_use]
pub fn items(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut at) = (Vec::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let ends = line.starts_with('}')
            || (!line.starts_with([' ', '#']) && line.trim_end().ends_with(';'));
        if ends {
            items.push(&text[start..end]);
        }
        if ends || line.starts_with("//") {
            start = end;
        }
        at = end;
    }
    items
}

/// Returns what an item declares: two items with the same result exclude each other. Assertions about a type's size and
/// about its offsets have results of their own, so that targets can share a type and differ in its layout.
#[must_use]
pub fn declares(item: &str) -> String {
    let quoted = |start: &str, end| {
        let (_, rest) = item.split_once(start)?;
        rest.split(end).next()
    };
    let head = item.lines().find(|line| !line.starts_with("#["));
    let head = head.unwrap_or_default();
    if let Some(name) = quoted("\"Size of ", '"') {
        return format!("size of {name}");
    }
    if let Some(name) = quoted("\"Offset of field: ", ':') {
        return format!("offsets of {name}");
    }
    if head.starts_with("unsafe extern") {
        if let Some(name) = quoted("pub fn ", '(') {
            return format!("fn {name}");
        }
    }
    let mut words = head.split([' ', ':', '<', '(']);
    match (words.next(), words.next(), words.next()) {
        (Some("pub"), Some("const"), Some(name)) => format!("const {name}"),
        (Some("pub"), Some("type" | "struct" | "union"), Some(name)) => format!("type {name}"),
        _ => head.to_owned(),
    }
}
