//! Extracts common declarations: converts the declarations of all targets to shared parts and the rest of each target.
//!
//! A part belongs to a family of targets. It contains items that all of them declare, at least three quarters of them
//! identically; the others override the item in a more particular part or in their own file. sysv-sys's
//! `build/parts.rs` recombines the parts.

use std::collections::HashMap;

use super::parts;

/// A family of targets: the part's name, a description, and a predicate on triples.
type Family = (&'static str, &'static str, fn(&str) -> bool);

/// From the general to the particular: a later one overrides an earlier one.
const FAMILIES: [Family; 14] = [
    ("unix", "all targets", |_| true),
    ("bsd", "the systems that descend from BSD", is_bsd),
    ("bsd-free", "FreeBSD, NetBSD and OpenBSD", |t| {
        is_bsd(t) && !is_darwin(t)
    }),
    ("linux", "Linux targets", is_linux),
    ("linux-64", "64-bit Linux targets", |t| {
        is_linux(t) && is_64(t)
    }),
    ("linux-32", "32-bit Linux targets", |t| {
        is_linux(t) && !is_64(t)
    }),
    ("linux-gnu", "Linux targets with glibc", is_gnu),
    ("linux-gnu-64", "64-bit Linux targets with glibc", |t| {
        is_gnu(t) && is_64(t)
    }),
    ("linux-gnu-32", "32-bit Linux targets with glibc", |t| {
        is_gnu(t) && !is_64(t)
    }),
    ("linux-musl", "Linux targets with musl", is_musl),
    ("linux-musl-64", "64-bit Linux targets with musl", |t| {
        is_musl(t) && is_64(t)
    }),
    ("linux-musl-32", "32-bit Linux targets with musl", |t| {
        is_musl(t) && !is_64(t)
    }),
    ("darwin", "macOS's targets", is_darwin),
    ("freebsd", "FreeBSD's targets", |t| t.ends_with("-freebsd")),
];

fn is_linux(triple: &str) -> bool {
    triple.contains("-linux-")
}

fn is_bsd(triple: &str) -> bool {
    !is_linux(triple)
}

fn is_darwin(triple: &str) -> bool {
    triple.ends_with("-darwin")
}

fn is_gnu(triple: &str) -> bool {
    triple.contains("-linux-gnu")
}

fn is_musl(triple: &str) -> bool {
    triple.contains("-linux-musl")
}

fn is_64(triple: &str) -> bool {
    !triple.starts_with("i686-") && !triple.starts_with("armv7-")
}

/// The declarations of one target.
pub(super) struct Declared {
    triple: &'static str,
    /// The comments at the top.
    head: String,
    /// The declared names and their items, in the order of the headers.
    items: Vec<(String, String)>,
}

impl Declared {
    /// Parses a complete text.
    pub(super) fn new(triple: &'static str, whole: &str) -> Self {
        let comments = whole.lines().take_while(|line| line.starts_with("//"));
        let items = parts::items(whole);
        Self {
            triple,
            head: comments.flat_map(|line| [line, "\n"]).collect(),
            items: items
                .into_iter()
                .map(|item| (parts::declares(item), item.to_owned()))
                .collect(),
        }
    }

    /// Returns whether two texts have the same items, in any order.
    pub(super) fn says_what(&self, other: &Self) -> bool {
        let by_name = |declared: &Self| declared.items.iter().cloned().collect::<HashMap<_, _>>();
        self.head == other.head && by_name(self) == by_name(other)
    }

    fn item(&self, name: &str) -> Option<&str> {
        let (_, item) = self.items.iter().find(|(known, _)| known == name)?;
        Some(item)
    }
}

/// Returns the files of all targets and of their parts, by their path in the directory.
pub(super) fn files(all: &[Declared]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    // The items of the parts so far per target, and the names of these parts.
    let mut said: Vec<HashMap<&str, &str>> = vec![HashMap::new(); all.len()];
    let mut parts: Vec<Vec<&str>> = vec![Vec::new(); all.len()];
    for (part, who, is_member) in FAMILIES {
        let members: Vec<usize> = (0..all.len())
            .filter(|at| is_member(all[*at].triple))
            .collect();
        let shared = shared(all, &members, &said);
        if shared.is_empty() {
            continue;
        }
        let mut text = format!(
            "// What {who} declare alike, made by `cargo xtask bindings`. Not to be edited.\n"
        );
        for (name, item) in shared {
            text += item;
            for member in &members {
                said[*member].insert(name, item);
            }
        }
        files.push((format!("parts/{part}.rs"), text));
        for member in members {
            parts[member].push(part);
        }
    }
    for (at, declared) in all.iter().enumerate() {
        let names = parts[at].join(", ");
        let mut text = format!("{}{}{names}\n", declared.head, parts::LINE);
        let own = declared
            .items
            .iter()
            .filter(|(name, item)| said[at].get(name.as_str()) != Some(&item.as_str()));
        text.extend(own.map(|(_, item)| item.as_str()));
        files.push((format!("{}.rs", declared.triple), text));
    }
    files
}

/// Returns the names and items of a family's part, beyond those of earlier parts.
fn shared<'a>(
    all: &'a [Declared],
    members: &[usize],
    said: &[HashMap<&str, &str>],
) -> Vec<(&'a str, &'a str)> {
    let Some(first) = members.first() else {
        return Vec::new();
    };
    let candidates = all[*first].items.iter();
    candidates
        .filter_map(|(name, _)| {
            let items: Vec<&str> = members
                .iter()
                .map(|member| all[*member].item(name))
                .collect::<Option<_>>()?;
            let alike = |item: &str| items.iter().filter(|other| **other == item).count();
            let common = *items.iter().max_by_key(|item| alike(item))?;
            let is_said = |member: usize, item| said[member].get(name.as_str()) == Some(&item);
            let (mut gain, mut loss) = (0, 0);
            for (member, item) in members.iter().zip(&items) {
                gain += usize::from(*item == common && !is_said(*member, item));
                loss += usize::from(*item != common && is_said(*member, item));
            }
            let is_common = alike(common) * 4 >= members.len() * 3;
            (is_common && gain > 1 && gain > loss).then_some((name.as_str(), common))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Five targets: all have `A`, four of them with one value; one lacks `B`; `C` is another everywhere.
    const TARGETS: [(&str, &str); 5] = [
        ("x86_64-unknown-linux-gnu", "A=1 B=1 C=1"),
        ("aarch64-unknown-linux-gnu", "A=1 B=1 C=2"),
        ("riscv64gc-unknown-linux-gnu", "A=1 B=1 C=3"),
        ("s390x-unknown-linux-gnu", "A=1 C=4"),
        ("powerpc64le-unknown-linux-gnu", "A=2 B=1 C=5"),
    ];

    fn declared() -> Vec<Declared> {
        let item = |word: &str| {
            let (name, value) = word.split_once('=').unwrap();
            format!("pub const {name}: i32 = {value};\n")
        };
        let whole = |words: &str| words.split(' ').map(item).collect::<String>();
        TARGETS
            .iter()
            .map(|(triple, words)| Declared::new(triple, &format!("// {triple}\n{}", whole(words))))
            .collect()
    }

    #[test]
    fn what_most_declare_alike_stands_once() {
        let files: HashMap<_, _> = files(&declared()).into_iter().collect();
        let (_, shared) = files["parts/unix.rs"].split_once('\n').unwrap();
        assert_eq!(shared, "pub const A: i32 = 1;\n");
        assert_eq!(
            files["powerpc64le-unknown-linux-gnu.rs"],
            "// powerpc64le-unknown-linux-gnu\n// parts: unix\npub const A: i32 = 2;\n\
             pub const B: i32 = 1;\npub const C: i32 = 5;\n"
        );
        assert_eq!(
            files["s390x-unknown-linux-gnu.rs"],
            "// s390x-unknown-linux-gnu\n// parts: unix\npub const C: i32 = 4;\n"
        );
        assert_eq!(files.len(), 6);
    }

    #[test]
    fn put_together_again_it_is_what_it_was() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("parts")).unwrap();
        for (name, text) in files(&declared()) {
            fs::write(folder.path().join(name), text).unwrap();
        }
        for before in declared() {
            let path = folder.path().join(format!("{}.rs", before.triple));
            let after = Declared::new(before.triple, &parts::whole(&path).unwrap());
            assert!(after.says_what(&before), "{}", before.triple);
        }
    }
}
