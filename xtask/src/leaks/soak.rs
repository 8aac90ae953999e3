//! The numbers of one kind's cycles, as the demonstration told them, and the table of all kinds.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// One kind's cycles.
pub(super) struct Soak {
    told: Value,
    /// What is wrong: the demonstration's own findings, and objects that are left in the namespace.
    leaks: Vec<String>,
}

impl Soak {
    /// From what the demonstration told; `own` says that nobody else had objects where it ran.
    pub(super) fn new(kind: &str, cycles: u32, mut told: Value, own: bool) -> Soak {
        told["kind"] = json!(kind);
        told["cycles"] = json!(cycles);
        let mut leaks: Vec<String> = texts(&told["leaks"]);
        let there = number(&told["objects_there"]).unwrap_or(0);
        if own && there > 0 {
            leaks.push(format!("{there} objects are left in the namespace"));
        }
        told["leaks"] = json!(leaks);
        Soak { told, leaks }
    }

    /// Whether nothing grew and nothing is left.
    pub(super) fn is_flat(&self) -> bool {
        self.leaks.is_empty()
    }

    pub(super) fn to_json(&self) -> &Value {
        &self.told
    }

    fn line(&self) -> String {
        let told = &self.told;
        let cell =
            |name: &str| number(&told[name]).map_or_else(|| "-".to_owned(), |n| n.to_string());
        let seconds = told["seconds"].as_f64().unwrap_or(0.0);
        format!(
            "{:<11} {:>10} {:>10} {seconds:>8.1} {:>17} {:>9} {:>9} {:>5}  {}\n",
            told["kind"].as_str().unwrap_or_default(),
            cell("cycles"),
            cell("objects_made"),
            course(&told["memory"], 1024, " kB"),
            course(&told["descriptors"], 1, ""),
            course(&told["mappings"], 1, ""),
            cell("objects_left"),
            if self.is_flat() { "flat" } else { "LEAK" },
        )
    }
}

/// The table, with what is wrong below it.
pub(super) fn table(soaks: &[Soak], own: bool) -> String {
    let mut text = format!(
        "{:<11} {:>10} {:>10} {:>8} {:>17} {:>9} {:>9} {:>5}\n",
        "kind", "cycles", "objects", "seconds", "memory", "files", "mappings", "left"
    );
    for soak in soaks {
        text.push_str(&soak.line());
    }
    for soak in soaks {
        for leak in &soak.leaks {
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "  {}: {leak}",
                soak.told["kind"].as_str().unwrap_or_default()
            );
        }
    }
    let made: u64 = soaks
        .iter()
        .filter_map(|soak| number(&soak.told["objects_made"]))
        .sum();
    let leaking = soaks.iter().filter(|soak| !soak.is_flat()).count();
    let place = if own {
        "in an ipc namespace of their own, each kind"
    } else {
        "beside everybody else's: only their own were looked for"
    };
    let _ = writeln!(
        text,
        "{made} objects were made {place}; {leaking} of {} kinds leak",
        soaks.len()
    );
    text
}

/// From the number after the first quarter of a run to the last one: what came before is warming up.
fn course(numbers: &Value, unit: u64, name: &str) -> String {
    let numbers = numbers.as_array().map_or(&[][..], Vec::as_slice);
    let at = |place: Option<&Value>| place.and_then(number);
    match (at(numbers.get(numbers.len() / 4)), at(numbers.last())) {
        (Some(from), Some(to)) => format!("{} → {}{name}", from / unit, to / unit),
        _ => "-".to_owned(),
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64()
}

fn texts(value: &Value) -> Vec<String> {
    let all = value.as_array().into_iter().flatten();
    all.filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}
