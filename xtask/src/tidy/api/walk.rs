//! Where rustdoc's JSON has something of `libc` or `sysv_sys`.
//!
//! Its form changes with nightly, so little of it is relied on: `index` has the items that users reach;
//! an item has a `span`, and in `inner` all that is its signature; whatever is meant there has an `id`;
//! `paths` says of an id which crate it is from, and `external_crates` how that is called. Neither docs
//! nor links are in `inner`. What is private does not get into the JSON at all.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};

use crate::tidy::names::LOW;
use crate::tidy::report::{Rule, Violation};

/// Why.
const RULE: Rule = Rule {
    number: 1,
    reason: "who uses the safe layer must not depend on libc, nor on its version",
};

/// Where an item is reported that has no place of its own.
const NOWHERE: &str = "sysv-wrapper/src/lib.rs";

/// Every item of the crate that shows something of a low crate; nothing if this is no such JSON.
pub(crate) fn find(document: &Value, root: &Path) -> Option<Vec<Violation>> {
    let api = Api {
        index: document["index"].as_object()?,
        paths: document["paths"].as_object()?,
        crates: document["external_crates"].as_object()?,
    };
    let items = api.index.values().filter(|item| api.is_own(item));
    let found = items.flat_map(|item| {
        let (file, line) = place(item, root);
        let what = describe(item);
        let mut names = BTreeSet::new();
        api.collect(&item["inner"], &mut names);
        names.into_iter().map(move |name| {
            let message = format!("{what} shows `{name}` to users");
            Violation::new(RULE, &file, line, message)
        })
    });
    Some(found.collect())
}

/// The parts of the JSON.
struct Api<'a> {
    /// The items, by id.
    index: &'a Map<String, Value>,
    /// What else is named, by id.
    paths: &'a Map<String, Value>,
    /// The other crates, by their number.
    crates: &'a Map<String, Value>,
}

impl Api<'_> {
    /// Whether the crate itself wrote the item. Others wrote the traits that are shown with it, and
    /// the implementations that it has because of what it is: for all types, or automatically.
    fn is_own(&self, item: &Value) -> bool {
        let node = &item["inner"]["impl"];
        !self.crates.contains_key(&key(&item["crate_id"]))
            && node["blanket_impl"].is_null()
            && node["is_synthetic"] != true
    }

    /// Adds what is named in a signature, or a part of one, and is of a low crate.
    fn collect(&self, part: &Value, names: &mut BTreeSet<String>) {
        match part {
            Value::Array(parts) => parts.iter().for_each(|part| self.collect(part, names)),
            Value::Object(parts) => {
                names.extend(self.named(parts));
                names.extend(parts.get("extern_crate").and_then(named_crate));
                parts.values().for_each(|part| self.collect(part, names));
            }
            _ => {}
        }
    }

    /// What a node with an `id` names, if it is of a low crate. What rustdoc knows no path of is
    /// judged as it is written.
    fn named(&self, node: &Map<String, Value>) -> Option<String> {
        let id = key(node.get("id")?);
        if let Some(known) = self.paths.get(&id) {
            let of = self.crates.get(&key(&known["crate_id"]))?["name"].as_str()?;
            let path = known["path"].as_array().map_or(&[][..], Vec::as_slice);
            let last = path.iter().skip(1).next_back().and_then(Value::as_str);
            let name = last.map_or_else(|| of.to_owned(), |last| format!("{of}::{last}"));
            return LOW.contains(&of).then_some(name);
        }
        if self.index.contains_key(&id) {
            return None;
        }
        let mut written = ["source", "path", "name"].iter().map(|key| node.get(*key));
        let written = written.find_map(|value| value.and_then(Value::as_str))?;
        let written = written.trim_start_matches("::");
        let of = written.split("::").next()?;
        LOW.contains(&of).then(|| written.to_owned())
    }
}

/// The low crate that an `extern crate` item names. Which of its two words is the crate, and which is
/// what it is called here, is not told apart: nightlies differ.
fn named_crate(node: &Value) -> Option<String> {
    let mut words = [&node["name"], &node["rename"]].into_iter();
    let low = words.find_map(|word| word.as_str().filter(|word| LOW.contains(word)));
    low.map(str::to_owned)
}

/// An id or the number of a crate, as it is written where it is a key.
fn key(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

/// The file, relative to the root, and the line where the item begins.
fn place(item: &Value, root: &Path) -> (String, usize) {
    let span = &item["span"];
    let Some(file) = span["filename"].as_str() else {
        return (NOWHERE.to_owned(), 1);
    };
    let below = Path::new(file).strip_prefix(root).ok();
    let file = below.and_then(Path::to_str).unwrap_or(file);
    let line = span["begin"][0].as_u64();
    let line = line.and_then(|line| usize::try_from(line).ok());
    (file.to_owned(), line.unwrap_or(1))
}

/// What the item is called in a report: "public function `attach`", "public impl `From` for `Key`".
fn describe(item: &Value) -> String {
    let inner = item["inner"].as_object();
    let (kind, node) = match inner.and_then(|inner| inner.iter().next()) {
        Some((kind, node)) => (kind.as_str(), node),
        None => ("item", &Value::Null),
    };
    let kind = match kind {
        "use" | "extern_crate" => "re-export".to_owned(),
        _ => kind.replace("assoc_", "associated ").replace('_', " "),
    };
    let name = item["name"].as_str().or_else(|| node["name"].as_str());
    let of = ["path", "name"].map(|key| node["trait"][key].as_str());
    let of = of.into_iter().flatten().next();
    let ty = &node["for"]["resolved_path"];
    let ty = ["path", "name"].map(|key| ty[key].as_str());
    let ty = ty.into_iter().flatten().next().unwrap_or("_");
    match (name, of) {
        (Some(name), _) => format!("public {kind} `{name}`"),
        (None, Some(of)) => format!("public {kind} `{of}` for `{ty}`"),
        (None, None) => format!("public {kind} of `{ty}`"),
    }
}
