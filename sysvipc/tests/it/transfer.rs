//! `sysvipc send`, `receive`, `read` and `write`, from shell scripts and with any bytes.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use crate::cli::{self, Running, create, run, run_with, shell};
use crate::support::{self, Process, in_namespace, role};
use serde_json::json;
use sysv_ipc::{Key, Mode, ShmGetFlags};
use sysv_wrapper::{MessageQueue, Selector};

/// Every byte, in a row.
fn every_byte() -> Vec<u8> {
    (0..=u8::MAX).cycle().take(4000).collect()
}

/// Rows N11, P18.
#[test]
fn messages_go_through_as_they_are() {
    in_namespace("messages_go_through_as_they_are", || {
        let id = create("msg --key 0x2a");
        run(&format!("send {id} --type 3 hello")).text();
        run("send --key 42 --type 4 by-key").text();
        run_with(&format!("send {id} --type 5 -"), &every_byte()).text();
        run_with("send --key 42 --type 6", b"").text();
        let raw = [
            OsStr::new("send"),
            OsStr::new("--key"),
            OsStr::new("42"),
            OsStr::new("--type=7"),
        ];
        let ran = cli::command(raw)
            .arg(OsStr::from_bytes(b"\xff\xfe"))
            .output()
            .unwrap();
        assert!(ran.status.success());

        let received = run("receive --key 42 --type 5");
        assert_eq!(
            (received.stdout, received.stderr.as_str()),
            (every_byte(), "")
        );
        assert_eq!(run(&format!("receive {id}")).text(), "hello");
        assert_eq!(run(&format!("receive {id} --up-to 6")).text(), "by-key");
        let told = run(&format!("receive {id} --except 6 --json")).json();
        assert_eq!(
            told,
            json!({"type": 7, "length": 2, "text": null, "hex": "fffe"})
        );
        let told = run(&format!("receive {id} --json")).json();
        assert_eq!(told, json!({"type": 6, "length": 0, "text": "", "hex": ""}));

        let text = run(&format!("receive {id} --no-wait")).complaint(7);
        assert!(text.contains("would have to wait"), "{text}");
        run(&format!("receive {id} --type 3 --timeout 10ms")).complaint(124);
        run("receive --key 43").complaint(3);
        run("send 99 --type 1 text").complaint(3);
        let too_long = run_with(&format!("send {id} --type 1"), &vec![b'x'; 100_000]).complaint(6);
        assert!(too_long.contains("8192"), "{too_long}");
    });
}

/// Row N11: what people see on a terminal ends with its line, and with no empty one.
#[test]
fn a_message_on_a_terminal_has_a_line_of_its_own() {
    const TEST: &str = test_name!("a_message_on_a_terminal_has_a_line_of_its_own");
    if !shell("command -v script", &[]).status.success() {
        return support::skipped(TEST, "there is no script here");
    }
    in_namespace(TEST, || {
        let id = create("msg");
        for text in ["hello", "hello\n"] {
            run_with(&format!("send {id} --type 1"), text.as_bytes()).text();
            let line = "script -qec \"$1 receive $2\" /dev/null";
            assert_eq!(shell(line, &[&id]).text(), "hello\r\n", "{text:?}");
        }
    });
}

/// Row N11: the process that should have initialised the object died.
#[test]
fn what_is_half_made_can_be_removed_and_that_is_said() {
    const TEST: &str = test_name!("what_is_half_made_can_be_removed_and_that_is_said");
    if role(TEST).is_some() {
        // As segments are that are not filled yet.
        let making = ShmGetFlags::CREAT | ShmGetFlags::EXCL;
        let mode = Mode::from_bits(0o610).unwrap();
        sysv_ipc::shmget(Key::from(0x2a), 100, making, mode).unwrap();
        return;
    }
    in_namespace(TEST, || {
        Process::start(TEST, &[]).finish();
        let text = run("read --key 0x2a").complaint(5);
        assert!(text.contains("; `sysvipc remove` takes it away"), "{text}");
        run("remove --key 0x2a").text();
        let text = run("read --key 0x2a").complaint(3);
        assert!(!text.contains("sysvipc remove"), "{text}");
    });
}

/// Rows N3, N11.
#[test]
fn waiting_ends_with_a_message_or_in_time() {
    in_namespace("waiting_ends_with_a_message_or_in_time", || {
        let id = create("msg --max-bytes 10");
        let receiver = Running::start(&format!("receive {id} --type 2 --timeout 60s"));
        run(&format!("send {id} --type 2 come")).text();
        assert_eq!(receiver.end().text(), "come");

        run(&format!("send {id} --type 1 0123456789")).text();
        run(&format!("send {id} --type 1 more --no-wait")).complaint(7);
        run(&format!("send {id} --type 1 more --timeout 0.02")).complaint(124);
        let sender = Running::start(&format!("send {id} --type 1 more"));
        assert_eq!(run(&format!("receive {id}")).text(), "0123456789");
        sender.end().text();
        // A removal ends a wait.
        let queue = MessageQueue::from_id(id).unwrap();
        assert_eq!(queue.receive(Selector::Any).unwrap().bytes, b"more");
        let receiver = Running::start(&format!("receive {id}"));
        let mut asleep = || {
            let state = std::fs::read_to_string(format!("/proc/{}/wchan", receiver.pid()));
            state.is_ok_and(|place| place.contains("msgrcv"))
        };
        // Where the kernel does not say where it sleeps, it may find nothing instead.
        support::poll(Duration::from_secs(1), &mut asleep);
        queue.remove().unwrap();
        receiver.end().complaint(3);
    });
}

/// Rows N11, P16.
#[test]
fn segments_are_read_and_written_within_their_bounds() {
    in_namespace("segments_are_read_and_written_within_their_bounds", || {
        let id = create("shm --size 200K --key 7");
        run_with(&format!("write {id} --offset 1K"), &every_byte()).text();
        let read = run("read --key 7 --offset 1024 --length 4000");
        assert_eq!((read.stdout, read.stderr.as_str()), (every_byte(), ""));
        assert_eq!(run(&format!("read {id}")).stdout.len(), 200 << 10);
        let told = run("read --key 7 --offset 1024 --length 4000 --json").json();
        let digits = told["hex"].as_str().unwrap().as_bytes().chunks(2);
        let bytes = digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16));
        assert_eq!(bytes.collect::<Result<Vec<_>, _>>().unwrap(), every_byte());
        // Reading ends with the segment, and does not begin beyond it.
        assert_eq!(
            run(&format!("read {id} --offset 204798 --length 9")).stdout,
            [0, 0]
        );
        let text = run(&format!("read {id} --offset 200K")).complaint(2);
        assert!(text.contains("204800"), "{text}");
        let told = run(&format!("read {id} --offset 1089 --length 3 --json")).json();
        assert_eq!(
            told,
            json!({"offset": 1089, "length": 3, "text": "ABC", "hex": "414243"})
        );

        // What does not fit moves no byte.
        let text = run_with(&format!("write {id} --offset 204797"), b"abcd").complaint(2);
        assert!(text.contains("nothing was written"), "{text}");
        assert_eq!(run(&format!("read {id} --offset 204797")).stdout, [0, 0, 0]);
        run_with(&format!("write {id} --offset 204797"), b"abc").text();
        assert_eq!(run(&format!("read {id} --offset 204797")).stdout, b"abc");
        run_with(&format!("write {id} --offset 300K"), b"a").complaint(2);
        run_with("write 99", b"a").complaint(3);
        run("read --key 8").complaint(3);
    });
}

/// Row N11.
#[test]
fn a_shell_script_goes_all_the_way() {
    in_namespace("a_shell_script_goes_all_the_way", || {
        let file = tempfile::NamedTempFile::new().unwrap();
        let ran = shell(
            "set -e
             shm=$(\"$1\" create shm --size 5M --quiet)
             head -c 5M /dev/urandom > \"$2\"
             \"$1\" write $shm < \"$2\"
             \"$1\" read $shm | cmp - \"$2\"
             \"$1\" remove shm $shm",
            &[&file.path().display()],
        );
        assert_eq!(ran.text().lines().count(), 1);
    });
}

/// Row P18: a message has a limit, and standard input has none.
#[test]
fn input_beyond_the_limit_on_messages_is_not_read() {
    let id = create("msg");
    let sent = shell(&format!("yes | \"$1\" send {id} --type 1 -"), &[]);
    assert_eq!(sent.status.code(), Some(6), "{sent:?}");
    assert!(sent.stderr.contains("MSGMAX"), "{sent:?}");
    let most = fs::read_to_string("/proc/sys/kernel/msgmax").unwrap();
    let most: usize = most.trim().parse().unwrap();
    run_with(&format!("send {id} --type 1"), &vec![b'x'; most]).text();
    let received = run(&format!("receive {id}"));
    assert_eq!(received.stdout.len(), most);
    run(&format!("remove msg {id}")).text();
}

/// Row N11: a segment of 4 MiB as JSON, in an address space that has room for its mapping, one copy, and 2 MiB more.
#[test]
fn json_of_a_segment_takes_one_copy_of_it() {
    const TEST: &str = test_name!("json_of_a_segment_takes_one_copy_of_it");
    const MIB: u64 = 1 << 20;
    in_namespace(TEST, || {
        let id = create("shm --size 4M --fill 120");
        let confined = |mib: u64, words: &str| {
            let limit = mib * MIB / 1024;
            let ran = shell(&format!("ulimit -v {limit}; \"$1\" {words} | wc -c"), &[]);
            // A program that does not fit writes nothing.
            String::from_utf8(ran.stdout)
                .unwrap()
                .trim()
                .parse::<u64>()
                .unwrap()
        };
        let Some(least) = (4..64).find(|mib| confined(*mib, "--version") != 0) else {
            return support::skipped(TEST, "programs need more address space here");
        };
        // Each byte is a character of text, and two digits.
        let characters = confined(least + 4 + 4 + 2, &format!("read {id} --json"));
        assert!(characters > 3 * 4 * MIB, "{characters}");
    });
}
