//! Formats the facts as a table of labels and values, within 80 columns.
//!
//! A fact without a label is shown by its own name. `detect.rs` reads the facts.

use serde_json::{Map, Value};

/// The width of the table.
const WIDTH: usize = 80;

/// The key and the label of each fact, in the order of the table; two of them have lines of their own.
const LABELS: [(&str, &str); 11] = [
    ("target", "target"),
    ("host", "host"),
    ("headers", "headers"),
    ("key_member", "key member of ipc_perm"),
    ("union_semun", "union semun declared"),
    ("semtimedop", "semtimedop declared"),
    ("extensions", "extensions"),
    ("facts_source", "facts from"),
    ("bindings_source", "bindings"),
    ("bindings_path", "bindings from"),
    ("bindings_reason", "because"),
];

/// Returns the table.
pub(crate) fn render(facts: &Map<String, Value>) -> String {
    let mut lines: Vec<(String, String)> = Vec::new();
    for (key, label) in LABELS {
        match facts.get(key) {
            None | Some(Value::Null) => {}
            Some(Value::Object(extensions)) => {
                for (wanted, state) in [(true, "present"), (false, "absent")] {
                    let names = extensions.iter().filter(|(_, has)| **has == wanted);
                    let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
                    if !names.is_empty() {
                        lines.push((format!("{label} {state}"), names.join(", ")));
                    }
                }
            }
            Some(fact) => lines.push((label.to_owned(), plain(fact))),
        }
    }
    let known = |key: &str| LABELS.iter().any(|(known, _)| *known == key);
    let unknown = facts.iter().filter(|(key, _)| !known(key));
    lines.extend(unknown.map(|(key, fact)| (key.clone(), plain(fact))));

    let column = lines
        .iter()
        .map(|(label, _)| label.chars().count())
        .max()
        .unwrap_or(0)
        + 2;
    let mut out = String::new();
    for (label, text) in lines {
        let mut label = label.as_str();
        for part in wrap(&text, WIDTH.saturating_sub(column).max(20)) {
            out.push_str(format!("{label:column$}{part}").trim_end());
            out.push('\n');
            label = "";
        }
    }
    out
}

/// Formats a fact as text.
fn plain(fact: &Value) -> String {
    match fact {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Breaks a text into lines after spaces; breaks a word that is too long (a path) after a `/`, or anywhere if it has
/// none.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in text
        .split_inclusive([' ', '/'])
        .flat_map(|piece| chunks(piece, width))
    {
        let last = lines.len() - 1;
        let length = lines[last].chars().count() + piece.trim_end().chars().count();
        if length > width {
            lines.push(piece);
        } else {
            lines[last].push_str(&piece);
        }
    }
    lines
}

/// Splits a piece into chunks of at most `width`.
fn chunks(piece: &str, width: usize) -> Vec<String> {
    let letters: Vec<char> = piece.chars().collect();
    letters
        .chunks(width)
        .map(|letters| letters.iter().collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{WIDTH, render};

    #[test]
    fn a_table_is_aligned_and_fits() {
        let facts = json!({
            "target": "x86_64-unknown-linux-gnu",
            "host": "x86_64-unknown-linux-gnu",
            "key_member": "__key",
            "union_semun": false,
            "semtimedop": true,
            "extensions": {"SHM_STAT_ANY": true, "MSG_COPY": true, "SHM_REMAP": true,
                "SHM_HUGETLB": true, "SHM_NORESERVE": true, "SEM_STAT_ANY": true, "OTHER": false},
            "bindings_source": "generated",
            "bindings_path": format!("/workspace/{}/bindings.rs", "directory/".repeat(12)),
            "bindings_reason": "libclang was found, and nothing asked for the bundled bindings",
            "facts_source": "probe",
            "headers": "glibc 2.36",
            "something_new": "x".repeat(100),
        });
        let table = render(facts.as_object().unwrap());
        assert!(
            table.lines().all(|line| line.chars().count() <= WIDTH),
            "{table}"
        );
        assert!(table.contains("union semun declared    no\n"), "{table}");
        assert!(table.contains("extensions absent       OTHER\n"), "{table}");
        assert!(table.contains("\nsomething_new           xxxx"), "{table}");
        assert_eq!(
            table.lines().next(),
            Some("target                  x86_64-unknown-linux-gnu")
        );
    }
}
