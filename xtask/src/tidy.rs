//! `cargo xtask tidy`: the rules of CONTRIBUTING.md that no compiler, lint or cargo command checks.
//!
//! Reads lines, not syntax: comment lines and everything from `mod tests {` on are skipped, strings are not. The
//! other rules are in `Cargo.toml` (`[workspace.lints]`), `clippy.toml` and `deny.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::task::{Failure, Outcome, WRONG, print, workspace_root};

/// Check the rules that no lint checks: floors, C's names, openings, docs/coverage.md.
///
/// Prints one line per breach: `path:line: what is wrong`. CONTRIBUTING.md lists all rules with the command that
/// checks each.
#[derive(clap::Args)]
#[command(after_help = "Exit status: 0 no rule is broken, 1 some are, 2 the check failed.")]
pub(crate) struct Args {
    /// Write the tests of each row into docs/coverage.md, from the marks in the tests (`/// Rows P22, N1.`)
    #[arg(long)]
    write: bool,
}

/// Words (whole) that only the files starting with `except` may have, of those that start with `below`.
struct Rule {
    words: &'static [&'static str],
    below: &'static [&'static str],
    except: &'static [&'static str],
    reason: &'static str,
}

const WRAPPER: &str = "sysv-wrapper/src/";
const ALL: &[&str] = &["sysv-ipc/src/", WRAPPER, "sysvipc/src/", "demos/src/"];
const RULES: [Rule; 5] = [
    Rule {
        words: &["libc", "sysv_sys"],
        below: &[WRAPPER, "sysvipc/src/", "demos/src/"],
        except: &[],
        reason: "C's names stay in sysv-ipc, so that no dependent has to know the platform",
    },
    Rule {
        words: &["== -1", "!= -1", "-1 =>", "== usize::MAX"],
        below: ALL,
        except: &["sysv-ipc/src/ret.rs"],
        reason: "one file looks at return values: ret.rs",
    },
    Rule {
        words: &["EINTR", "Interrupted"],
        below: &[WRAPPER, "sysvipc/src/"],
        except: &[
            "sysv-wrapper/src/deadline.rs",
            "sysv-wrapper/src/error",         // the kind and its text
            "sysv-wrapper/src/sync/error.rs", // the same
            "sysv-wrapper/src/key_file.rs",   // reports it, retries nothing
        ],
        reason: "one file decides what a signal does to a wait: deadline.rs",
    },
    Rule {
        words: &["Drop for"],
        below: &["sysv-ipc/src/"],
        except: &["sysv-ipc/src/sem/values.rs"], // unmaps the process's own memory
        reason: "sysv-ipc owns no object: its ids are numbers",
    },
    Rule {
        words: &["target_os", "target_env", "target_arch", "unix)"],
        below: ALL,
        except: &[
            "sysv-wrapper/src/system",
            "sysv-wrapper/src/deadline.rs",      // a clock of Linux
            "sysv-wrapper/src/key_file/file.rs", // renames without replacing where rustix can
            "sysv-wrapper/src/limits.rs",        // the names of Linux's settings
            "sysvipc/src/stdio.rs",              // a section's name per format of executables
        ],
        reason: "sysv-sys detects what a platform has: ask `cfg(sysv = \"…\")`",
    },
];

/// The floors of sysv-wrapper/src, from the lowest up.
const FLOORS: [&[&str]; 7] = [
    &["key", "kind", "deadline", "error"],
    &["system"],
    &["identity", "limits"],
    &["handle", "init"],
    &["shm", "sem", "msg"],
    &["key_file", "inspect"],
    &["sync"],
];

/// The rows of docs/coverage.md: each letter, and its highest number.
const ROWS: [(char, u32); 7] = [
    ('S', 17),
    ('W', 8),
    ('P', 24),
    ('C', 11),
    ('N', 12),
    ('Q', 7),
    ('R', 5),
];

/// Checks the workspace and prints what was found.
pub(crate) fn run(args: &Args) -> Outcome {
    let root = workspace_root();
    let mut paths = Vec::new();
    list(&root, "", &mut paths).map_err(Failure::because("cannot list the sources"))?;
    let (mut found, mut excepted) = (Vec::new(), BTreeSet::new());
    for path in &paths {
        check(path, &read(&root.join(path))?, &mut found, &mut excepted);
    }
    let excepts = RULES.iter().flat_map(|rule| rule.except);
    let stale = excepts.filter(|except| !excepted.contains(*except));
    found.extend(stale.map(|except| format!("xtask/src/tidy.rs: {except} needs no exception")));
    let page = root.join("docs/coverage.md");
    let (list, tests) = (read(&page)?, marked(&root, &paths)?);
    let written = coverage(&list, &tests, &mut found);
    if args.write {
        fs::write(&page, &written).map_err(Failure::because(page.display()))?;
    } else if written != list {
        let what = "does not list the marked tests: `cargo xtask tidy --write`";
        found.push(format!("docs/coverage.md: {what}"));
    }
    let code = if found.is_empty() { 0 } else { WRONG };
    found.push(format!(
        "tidy: {} files, {} breaches\n",
        paths.len(),
        found.len()
    ));
    print(&found.join("\n"))?;
    Ok(ExitCode::from(code))
}

/// Adds the violations in one file, and the exceptions that it needs.
fn check(path: &str, text: &str, found: &mut Vec<String>, excepted: &mut BTreeSet<&str>) {
    if !text.starts_with("//!") {
        found.push(format!("{path}:1: does not open with `//!`"));
    }
    let starts = |with: &&&str| path.starts_with(**with);
    let lines = (1..).zip(text.lines());
    for (number, line) in lines.take_while(|(_, line)| *line != "mod tests {") {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for rule in &RULES {
            let word = rule.words.iter().find(|word| has_word(line, word));
            match (word, rule.except.iter().find(starts)) {
                (Some(_), Some(except)) => _ = excepted.insert(except),
                (Some(word), None) if rule.below.iter().any(|below| starts(&below)) => {
                    found.push(format!("{path}:{number}: `{word}`: {}", rule.reason));
                }
                _ => {}
            }
        }
        let climbs = path
            .strip_prefix(WRAPPER)
            .and_then(|file| climbs(file, line));
        found.extend(climbs.map(|what| format!("{path}:{number}: {what}")));
    }
}

/// Returns the violation by a path in a line of `file`, relative to sysv-wrapper/src.
fn climbs(file: &str, line: &str) -> Option<String> {
    let floor = |module| FLOORS.iter().position(|files| files.contains(&module));
    let own = match file.split(['/', '.']).next()? {
        "lib" => FLOORS.len(),
        module => floor(module)?,
    };
    line.match_indices("crate::").find_map(|(at, prefix)| {
        let used = line[at + prefix.len()..].split(|c| !is_word(c)).next()?;
        match floor(used) {
            Some(above) if above > own => Some(format!("uses `{used}` of a higher floor")),
            // The root re-exports items of every floor.
            None if line[..at].ends_with("use ") => {
                Some(format!("imports from no floor: `{used}`"))
            }
            _ => None,
        }
    })
}

/// Returns whether `line` contains `word` as a whole word.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(is_word) && !line[at + word.len()..].starts_with(is_word)
    })
}

/// Returns whether a character belongs to a word.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The tests of each row of docs/coverage.md, by file.
type Tests = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// Collects the tests with a mark, such as `/// Rows P22, N1: …`, above them.
fn marked(root: &Path, sources: &[String]) -> Result<Tests, Failure> {
    const CASES: &str = "tests/world/cases/";
    let mut paths = sources.to_vec();
    let cases = fs::read_dir(root.join(CASES)).map_err(Failure::because(CASES))?;
    let cases = cases.filter_map(|case| Some(CASES.to_owned() + case.ok()?.file_name().to_str()?));
    paths.extend(cases);
    let mut tests = Tests::new();
    for path in &paths {
        // `sysv-ipc/tests/it/shm.rs` is listed as `sysv-ipc shm.rs`.
        let place = path.replace("/tests/it/", " ").replace("/cases/", " ");
        let place = place.replace("/tests/", " ").replace("/src/", " src/");
        let mut rows = Vec::new();
        for line in read(&root.join(path))?.lines() {
            let line = line.trim_start();
            let comment = line.trim_start_matches(['/', '#', ' ']);
            let mark = comment
                .strip_prefix("Rows ")
                .or(comment.strip_prefix("Row "));
            let name = line.split_once("fn ").map_or(line, |(_, name)| name);
            if let Some(mark) = mark.filter(|_| comment != line) {
                let words = mark.split(|c: char| !c.is_alphanumeric());
                let words =
                    words.take_while(|word| *word == "and" || word.is_empty() || is_row(word));
                rows = words
                    .filter(|word| is_row(word))
                    .map(str::to_owned)
                    .collect();
            } else if let Some((name, _)) = name.split_once('(').filter(|_| comment == line) {
                if !rows.is_empty() && name.chars().all(is_word) {
                    for row in rows.drain(..) {
                        let files = tests.entry(row).or_default();
                        files
                            .entry(place.clone())
                            .or_default()
                            .push(name.to_owned());
                    }
                }
            }
        }
    }
    Ok(tests)
}

/// Returns whether a word names a row, such as `N12`.
fn is_row(word: &str) -> bool {
    let number = word.strip_prefix(|c: char| c.is_ascii_uppercase());
    number.is_some_and(|number| number.parse::<u32>().is_ok())
}

/// Returns the list with the tests of each row in its last column, and reports rows that are missing or have no tests.
fn coverage(list: &str, tests: &Tests, found: &mut Vec<String>) -> String {
    let mut missing: BTreeSet<String> = ROWS
        .into_iter()
        .flat_map(|(letter, last)| (1..=last).map(move |number| format!("{letter}{number}")))
        .collect();
    let mut written = String::new();
    for line in list.lines() {
        let cells: Vec<&str> = line.splitn(4, '|').map(str::trim).collect();
        match cells[..] {
            ["", row, item, _] if is_row(row) => {
                missing.remove(row);
                let files = tests.get(row).into_iter().flatten();
                let quoted = |names: &[String]| format!("`{}`", names.join("`, `"));
                let files = files.map(|(place, names)| format!("`{place}`: {}", quoted(names)));
                let files = files.collect::<Vec<_>>().join("; ");
                if files.is_empty() {
                    found.push(format!("docs/coverage.md: row {row} has no marked test"));
                }
                written += &["| ", row, " | ", item, " | ", &files, " |\n"].concat();
            }
            _ => written += &[line, "\n"].concat(),
        }
    }
    found.extend(
        missing
            .iter()
            .map(|row| format!("docs/coverage.md: no row {row}")),
    );
    written
}

/// Adds the sources in `folder`, except generated ones and hidden directories.
fn list(root: &Path, folder: &str, found: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = format!("{folder}{}", entry.file_name().to_string_lossy());
        let skipped =
            path.starts_with('.') || path.ends_with("target") || path == "sysv-sys/bindings";
        if entry.file_type()?.is_dir() && !skipped {
            list(root, &(path + "/"), found)?;
        } else if Path::new(&path).extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(())
}

/// Reads a text file.
fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(Failure::because(path.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{Tests, check, coverage};

    #[test]
    fn planted_faults_are_found() {
        for (path, line, breaches) in [
            ("sysv-wrapper/src/shm.rs", "pub use sysv_ipc::sysv_sys;", 1),
            ("sysvipc/src/exit.rs", "    nix::libc::getpid();", 1),
            ("sysv-ipc/src/shm.rs", "if returned == -1 {", 1),
            ("sysv-wrapper/src/sem.rs", "Err(Errno::EINTR) => {}", 1),
            ("sysv-ipc/src/id.rs", "impl Drop for ShmId {", 1),
            ("sysv-ipc/src/shm.rs", "#[cfg(target_os = \"linux\")]", 1),
            ("demos/src/keys.rs", "#[cfg(all(test, unix))]", 1),
            ("sysv-wrapper/src/system/linux.rs", "use crate::handle;", 1),
            ("sysv-wrapper/src/identity.rs", "crate::inspect::list()", 1),
            ("sysv-wrapper/src/handle.rs", "use crate::{Key, Id};", 1),
            ("sysv-wrapper/src/shm.rs", "    /// As `libc::shmget`.", 0),
            ("sysv-wrapper/src/shm.rs", "let libc_name = is_EINTR;", 0),
            ("sysv-ipc/src/ret.rs", "if returned == -1 {", 0),
            ("sysv-wrapper/src/key_file.rs", "use crate::sem::Set;", 0),
            ("sysv-wrapper/src/handle.rs", "-> crate::Result<()> {", 0),
            ("sysv-ipc/tests/it/shm.rs", "#[cfg(unix)]", 0),
        ] {
            let text = format!("//! A file.\n{line}\nmod tests {{\n    {line}\n}}\n");
            let mut found = Vec::new();
            check(path, &text, &mut found, &mut BTreeSet::new());
            assert_eq!(found.len(), breaches, "{path}: {line} {found:?}");
            let place = format!("{path}:2: ");
            assert!(found.iter().all(|breach| breach.starts_with(&place)));
        }
    }

    #[test]
    fn a_file_without_opening_and_a_missing_row_are_found() {
        let mut found = Vec::new();
        check(
            "demos/src/a.rs",
            "fn f() {}\n",
            &mut found,
            &mut BTreeSet::new(),
        );
        assert_eq!(found.len(), 1);
        let list = include_str!("../../docs/coverage.md");
        let mut tests = Tests::new();
        for line in list.lines().filter_map(|line| line.strip_prefix("| ")) {
            let row = line.split(' ').next().unwrap_or_default().to_owned();
            let files = BTreeMap::from([("a file".to_owned(), vec!["a_test".to_owned()])]);
            tests.insert(row, files);
        }
        tests.remove("N3");
        found.clear();
        let page = coverage(&list.replace("| W7 |", "| W |"), &tests, &mut found);
        let missing = ["row N3 has no marked test", "no row W7"];
        assert_eq!(
            found,
            missing.map(|what| format!("docs/coverage.md: {what}"))
        );
        assert!(page.contains("| N1 | ") && page.contains(" | `a file`: `a_test` |\n"));
    }
}
