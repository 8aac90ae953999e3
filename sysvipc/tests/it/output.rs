//! The command with a closed pipe, a full disk, or a closed standard output.

use std::os::unix::process::CommandExt as _;
use std::process::Stdio;

use crate::cli::{self, create, ids, run, shell, unheard};
use crate::support::{self, in_namespace, role};
use sysv_wrapper::{SharedMemory, ShmId};

/// The calls that print, with an object of each kind there.
const PRINTING: [&str; 14] = [
    "list",
    "list --json",
    "list --json --sort id",
    "show shm 0",
    "show sem 0 --json",
    "limits",
    "limits --json",
    "read 0",
    "read 0 --json",
    "completions bash",
    "man",
    "--help",
    "list --help",
    "--version",
];

/// Row N11.
#[test]
fn a_pipe_that_nobody_reads_ends_it_quietly() {
    in_namespace("a_pipe_that_nobody_reads_ends_it_quietly", || {
        create("shm --size 1M");
        create("sem");
        let _sets: Vec<_> = (0..2000).map(|_| support::Sem::private(1)).collect();
        for words in PRINTING {
            let ran = unheard(words);
            assert_eq!(
                (ran.status.code(), &ran.stderr[..]),
                (Some(0), ""),
                "{words}"
            );
        }
        let ran = shell("\"$1\" list | head -1", &[]);
        assert_eq!(ran.text(), "Shared memory segments: 1\n");
        let ran = shell("\"$1\" list --json | head -c 1", &[]);
        assert_eq!(ran.text(), "{");
    });
}

/// Row N11.
#[test]
fn a_full_disk_and_a_closed_output_are_errors() {
    in_namespace("a_full_disk_and_a_closed_output_are_errors", || {
        create("shm");
        create("sem");
        for words in PRINTING {
            for to in ["> /dev/full", ">&-"] {
                let ran = shell(&format!("\"$1\" {words} {to}"), &[]);
                let text = ran.complaint(1);
                assert!(
                    text.contains("cannot write standard output: "),
                    "{words} {to}: {text}"
                );
            }
        }
        // Without stderr, the failure still shows in the status.
        let ran = shell("\"$1\" list > /dev/full 2>&-", &[]);
        assert_eq!(ran.status.code(), Some(1));
        let ran = shell("\"$1\" nonsense > /dev/full 2>&1", &[]);
        assert_eq!(ran.status.code(), Some(2));
    });
}

/// Row N11.
#[test]
fn nothing_is_done_whose_result_would_be_lost() {
    in_namespace("nothing_is_done_whose_result_would_be_lost", || {
        // Their ids would be lost.
        for kind in ["shm", "sem", "msg"] {
            for to in ["> /dev/full", ">&-"] {
                shell(&format!("\"$1\" create {kind} {to}"), &[]).complaint(1);
            }
            assert_eq!(unheard(&format!("create {kind}")).status.code(), Some(0));
        }
        assert!(ids("").is_empty());
        // A message comes back.
        let queue = create("msg");
        run(&format!("send {queue} --type 7 hello")).text();
        for to in ["> /dev/full", ">&-"] {
            let text = shell(&format!("\"$1\" receive \"$2\" {to}"), &[&queue]).failed(1);
            assert!(!text.contains("lost"), "{text}");
        }
        let text = unheard(&format!("receive {queue}")).complaint(1);
        assert!(text.contains("at the end of the queue"), "{text}");
        assert_eq!(run(&format!("receive {queue}")).text(), "hello");
        // Removals continue without a reader.
        create("shm");
        create("shm");
        assert_eq!(unheard("remove shm --empty --yes").status.code(), Some(0));
        assert!(ids("shm").is_empty());
        let ran = shell("\"$1\" send \"$2\" --type 1 - <&-", &[&queue]);
        assert!(ran.complaint(1).contains("standard input"));
    });
}

/// Row N11.
#[test]
fn colour_is_for_those_who_want_it() {
    in_namespace("colour_is_for_those_who_want_it", || {
        create("shm");
        let is_coloured = |text: String| text.contains('\x1b');
        assert!(!is_coloured(run("list").text()));
        assert!(is_coloured(run("list --color always").text()));
        assert!(!is_coloured(run("--color never list").text()));
        // Objects of a dead creator, of a living creator, and objects without a recorded use.
        let _kept = support::Shm::private(1);
        let _unused = support::Sem::private(1);
        cli::run_with("write 0", b"x").text();
        let text = run("list --columns verdict --color always").text();
        for verdict in [
            "\x1b[31morphaned\x1b[0m\n",
            "\x1b[32min use\x1b[0m\n",
            "\x1b[33munknown\x1b[0m\n",
        ] {
            assert!(text.contains(verdict), "{text:?}");
        }
        // Colours are for verdicts.
        let text = run("list shm --columns kind --color always").text();
        assert!(text.ends_with("\nshm\nshm\n"), "{text:?}");
        // JSON is data.
        assert!(!is_coloured(run("list --json --color always").text()));
        let on_terminal = |line: &str| {
            let line = format!("TERM=xterm script -qec '{line}' /dev/null");
            shell(&line, &[]).text()
        };
        if shell("command -v script", &[]).status.success() {
            let list = format!("{} list", cli::SYSVIPC);
            assert!(is_coloured(on_terminal(&list)));
            assert!(!is_coloured(on_terminal(&format!("NO_COLOR=1 {list}"))));
            assert!(!is_coloured(on_terminal(&format!("{list} --color never"))));
            // On a narrow terminal, columns are omitted and named.
            let narrow = on_terminal(&format!("stty rows 20 cols 50; {list}"));
            assert!(narrow.contains("(no room for"), "{narrow}");
            for line in on_terminal(&format!("stty rows 20 cols 50; {list} --color never")).lines()
            {
                assert!(line.trim_end().chars().count() <= 50, "{line}");
            }
        } else {
            support::skipped("colour_is_for_those_who_want_it", "there is no script here");
        }
    });
}

/// Row N11. No width is 0; on a small one, each value takes three lines at most.
#[test]
fn a_width_is_that_of_columns() {
    in_namespace(test_name!("a_width_is_that_of_columns"), || {
        let id = create("shm");
        let told = |columns: u32, words: &str| {
            let mut command = cli::command(words.split(' '));
            let output = command.env("COLUMNS", columns.to_string()).output();
            cli::Ran::from(output.unwrap()).text()
        };
        let list = "list --columns kind,id,key,size";
        assert_eq!(told(0, list), run(list).text());
        let text = told(26, &format!("show shm {id}"));
        let lines: Vec<&str> = text.lines().collect();
        let is_more = |line: &&str| line.starts_with(&" ".repeat(16)) || line.is_empty();
        assert!(lines.iter().any(is_more), "{text}");
        let is_long = |lines: &[&str]| lines.iter().all(is_more);
        assert!(!lines.windows(3).any(is_long), "{text}");
    });
}

/// Row N11: C1 controls, bidirectional formatting and invisible characters would change what a terminal shows.
#[test]
fn characters_that_change_what_is_seen_are_escaped() {
    const TEST: &str = test_name!("characters_that_change_what_is_seen_are_escaped");
    const NAME: &str = "a\u{9b}31m\u{202e}b\u{200b}\u{2066}c\u{e0041}\u{7f}d";
    if let Some(words) = role(TEST) {
        let segment = SharedMemory::from_id(words[0].parse::<ShmId>().unwrap()).unwrap();
        let _attached = segment.attach().unwrap();
        loop {
            std::thread::park();
        }
    }
    let segment = support::Shm::private(100);
    let id = segment.id;
    let mut child = support::process::child_command(TEST, &[&id])
        .arg0(NAME)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    support::wait_until("it is attached", || {
        assert!(child.try_wait().unwrap().is_none());
        sysv_ipc::shmctl_stat(id).unwrap().nattch() == 1
    });
    let table = run(&format!("show shm {id}")).text();
    let json = run(&format!("show shm {id} --json"));
    child.kill().unwrap();
    child.wait().unwrap();
    let escapes = "a\\u{9b}31m\\u{202e}b\\u{200b}\\u{2066}c\\u{e0041}\\u{7f}d";
    assert!(table.contains(escapes), "{table}");
    let text = std::str::from_utf8(&json.stdout).unwrap();
    let escapes = r"a\u009b31m\u202eb\u200b\u2066c\udb40\udc41\u007fd";
    assert!(text.contains(escapes), "{text}");
    for text in [&table, text] {
        assert!(!text.contains(|c: char| NAME.contains(c) && !c.is_ascii_alphanumeric()));
    }
    let json = json.json();
    let command = json["attached"]["processes"][0]["command"]
        .as_str()
        .unwrap();
    assert!(command.starts_with(NAME), "{command}");
}
