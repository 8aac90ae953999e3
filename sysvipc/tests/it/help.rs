//! The help of the command, and the manual pages made from the same definitions.

use std::fs;

use crate::cli::run;
use crate::support;

/// Every call, and the calls of `create`.
const CALLS: [&str; 17] = [
    "list",
    "show",
    "create",
    "create shm",
    "create sem",
    "create msg",
    "remove",
    "limits",
    "watch",
    "lock",
    "send",
    "receive",
    "read",
    "write",
    "completions",
    "man",
    "install-docs",
];

#[track_caller]
fn assert_fits(text: &str) {
    for line in text.lines() {
        assert!(
            line.chars().count() <= 80,
            "{} columns: {line}",
            line.chars().count()
        );
    }
}

/// Rows N11, C10.
#[test]
fn help_is_readable_in_80_columns_and_has_examples() {
    for how in ["--help", "-h"] {
        let text = run(how).text();
        assert_fits(&text);
        for call in CALLS {
            let text = run(&format!("{call} {how}")).text();
            assert_fits(&text);
            let name = call.split(' ').next().unwrap();
            let example = format!("\n  sysvipc {name}");
            let piped = format!("| sysvipc {name}");
            assert!(text.contains("Examples:"), "{call} {how}:\n{text}");
            assert!(
                text.contains(&example) || text.contains(&piped),
                "{call} {how}:\n{text}"
            );
        }
    }
}

/// Row N11.
#[test]
fn help_tells_the_exit_statuses_and_the_calls() {
    let text = run("--help").text();
    for call in CALLS.iter().filter(|call| !call.contains(' ')) {
        assert!(text.contains(&format!("\n  {call} ")), "{call}:\n{text}");
    }
    for status in [0, 1, 2, 3, 4, 5, 6, 7, 8, 124, 125, 126, 127] {
        assert!(text.contains(&format!("{status}")), "{status}");
    }
    assert!(run("--version").text().starts_with("sysvipc "));
}

/// Row N11.
#[test]
fn a_command_line_without_sense_is_told_in_a_sentence() {
    // Nothing is made; if it were, it would be there.
    support::in_namespace(
        "a_command_line_without_sense_is_told_in_a_sentence",
        nonsense,
    );
}

fn nonsense() {
    for words in [
        "",
        "nonsense",
        "list nonsense",
        "list --key 0x100000000",
        "list --older-than 3months",
        "list --older-than -1",
        "list --owner no-such-user-anywhere",
        "list --last-pid 0",
        "list shm --columns nonsense",
        "list --sort nonsense",
        "list --creator-pid 1",
        "list sem --empty",
        "show shm",
        "show shm 1 --key 2",
        "show shm --key 0",
        "create shm --size 4X",
        "create shm --size 99999999999T",
        "create shm --size",
        "create shm --mode 1777",
        "create shm --mode 0610",
        "create shm --key 1 --unique",
        "create shm --path /",
        "create shm --path / --project 0",
        "create sem --values 1,2 --count 3",
        "create sem --values 65536",
        "remove",
        "remove shm",
        "remove 3",
        "remove shm 3 --orphaned",
        "remove --key 0",
        "watch --interval 0",
        "lock 0x1",
        "lock 0 -- true",
        "lock nonsense -- true",
        "send 0 text",
        "send --type 1",
        "send nonsense --type 1 text",
        "send 0 --key 1 --type 1 text",
        "send 0 --type 0 text",
        "send 0 --type -3 text",
        "receive",
        "receive 0 --type 1 --except 2",
        "receive 0 --no-wait --timeout 1s",
        "read 0 --offset -1",
        "completions nonsense",
    ] {
        let ran = run(words);
        assert!(ran.stdout.is_empty(), "{words}: {ran:?}");
        let text = ran.failed(2);
        assert!(text.starts_with("error: ") || text.starts_with("sysvipc: ") || words.is_empty());
    }
}

/// Row N11.
#[test]
fn manual_pages_are_made_of_the_same_text() {
    let first = run("man").text();
    assert!(
        first.starts_with(".ie") && first.contains(".TH sysvipc 1"),
        "{first}"
    );
    assert!(first.contains("\n.SH \"EXIT STATUS\"\n"), "{first}");
    assert!(first.contains("\n.TP 6\n\\fB124\\fR\n"), "{first}");
    let directory = tempfile::tempdir().unwrap();
    run(&format!("man {}", directory.path().display())).text();
    let mut pages: Vec<_> = fs::read_dir(directory.path())
        .unwrap()
        .map(|page| page.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    for call in CALLS {
        let page = format!("sysvipc-{}.1", call.replace(' ', "-"));
        assert!(pages.contains(&page), "{page}: {pages:?}");
        let text = fs::read_to_string(directory.path().join(&page)).unwrap();
        for section in [
            "NAME",
            "SYNOPSIS",
            "EXAMPLES",
            "\"EXIT STATUS\"",
            "\"SEE ALSO\"",
        ] {
            assert!(text.contains(&format!(".SH {section}\n")), "{page}");
        }
        // The lines of the examples, and no others, stay as they are.
        let (_, examples) = text.split_once(".SH EXAMPLES\n").unwrap();
        let (examples, rest) = examples.split_once("\n.fi\n").unwrap();
        assert!(
            examples.starts_with(".nf\n") && !examples.contains(".SH"),
            "{page}"
        );
        assert!(!rest.contains(".nf") && !rest.contains(".fi"), "{page}");
        // The first page has the synopsis of each.
        let synopsis = format!("\\fBsysvipc {}\\fR", call.replace('-', "\\-"));
        assert!(call == "create" || first.contains(&synopsis), "{call}");
    }
    run("man /nowhere/at/all").complaint(1);
}
