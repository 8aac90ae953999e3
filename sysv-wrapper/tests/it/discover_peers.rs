//! Comparison of listings with `lsipc` and `ipcs`, field by field, for objects created in several ways.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fmt::Display;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::{self, in_namespace, mode, skipped, wait_until};
use serde_json::Value;
use sysv_wrapper::*;

/// Returns the output of `lsipc` for one kind, by id; `None` without the program.
fn lsipc(kind: &str, columns: &str) -> Option<BTreeMap<String, Value>> {
    let mut command = Command::new("lsipc");
    command.args([
        kind,
        "--json",
        "--bytes",
        "--time-format",
        "iso",
        "-o",
        columns,
    ]);
    let run = command.env("TZ", "UTC").output().ok()?;
    assert!(run.status.success(), "{run:?}");
    let told: Value = serde_json::from_slice(&run.stdout).unwrap();
    let lines = told
        .as_object()
        .unwrap()
        .values()
        .next()
        .unwrap()
        .as_array()
        .unwrap()
        .clone();
    Some(
        lines
            .into_iter()
            .map(|line| (text(&line, "id"), line))
            .collect(),
    )
}

fn text(line: &Value, column: &str) -> String {
    line[column].as_str().unwrap_or("").to_owned()
}

/// Formats a time as lsipc prints it in UTC; an empty text for `None`.
fn iso(time: Option<SystemTime>) -> String {
    let Some(time) = time else {
        return String::new();
    };
    let seconds = time.duration_since(UNIX_EPOCH).unwrap().as_secs();
    let (mut days, second) = (seconds / 86_400, seconds % 86_400);
    let is_leap = |year: u64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let mut month = 1;
    for length in [
        31,
        28 + u64::from(is_leap(year)),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let day = days + 1;
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00")
}

fn pid(pid: Option<Pid>) -> String {
    pid.map_or(0, Pid::as_raw).to_string()
}

/// Fails unless lsipc prints the same.
#[track_caller]
fn assert_line(line: &Value, expected: &[(&str, String)]) {
    for (column, value) in expected {
        let told = text(line, column);
        // Some versions print the unit of bytes.
        let told = if *column == "usedbytes" {
            told.trim_end_matches('B')
        } else {
            &told
        };
        assert_eq!(told, value, "{column} in {line}");
    }
}

/// Formats a mode like `rw-r-----`.
fn symbolic(mode: Mode) -> String {
    let letter = |(place, letter)| {
        if mode.bits() & (0o400_u32 >> place) == 0 {
            '-'
        } else {
            letter
        }
    };
    "rwxrwxrwx".chars().enumerate().map(letter).collect()
}

fn common(entry: &Entry) -> Vec<(&'static str, String)> {
    let status = entry.status();
    vec![
        ("key", entry.key().to_string()),
        ("perms", symbolic(status.mode())),
        ("uid", status.uid().to_string()),
        ("gid", status.gid().to_string()),
        ("cuid", status.creator_uid().to_string()),
        ("cgid", status.creator_gid().to_string()),
        ("ctime", iso(status.change_time())),
    ]
}

/// Fails unless `lsipc` lists the same objects with the same fields: the common ones, and those of the kind.
fn compare<H: Object>(
    kind: &str,
    columns: &str,
    own: impl Fn(&Status) -> Vec<(&'static str, String)>,
) {
    let columns = format!("ID,KEY,PERMS,UID,GID,CUID,CGID,CTIME,{columns}");
    let Some(mut told) = lsipc(kind, &columns) else {
        return skipped("listings_are_those_of_lsipc", "lsipc is not installed");
    };
    for entry in Entry::list(H::KIND).unwrap() {
        let line = told.remove(&entry.raw_id().to_string()).unwrap();
        assert_line(&line, &common(&entry));
        assert_line(&line, &own(entry.status()));
    }
    assert!(told.is_empty(), "{told:?}");
}

/// Rows C10, N8.
#[test]
fn listings_are_those_of_lsipc() {
    const TEST: &str = test_name!("listings_are_those_of_lsipc");
    in_namespace(TEST, || {
        for words in [["-M", "100"], ["-S", "7"]] {
            if Command::new("ipcmk").args(words).output().is_err() {
                return skipped(TEST, "ipcmk is not installed");
            }
        }
        Command::new("ipcmk")
            .args(["-Q", "-p", "0600"])
            .output()
            .unwrap();
        let attached = support::Shm::with_key(1 << 20).1;
        let mapping = attached.attach();
        let used = SharedMemory::builder()
            .size(1)
            .mode(mode(0o444))
            .create_unique()
            .unwrap();
        used.set_owner(65534, 12).unwrap();
        used.attach_read_only().unwrap();
        let removed = support::Shm::private(8192);
        let last = removed.attach();
        removed.remove();
        Semaphore::builder().value(1).create_unique().unwrap();
        let _never_used = support::Sem::private(3);
        let queue = MessageQueue::builder()
            .mode(mode(0o622))
            .create_unique()
            .unwrap();
        queue.send(1, b"four").unwrap();
        queue.send(1, b"four").unwrap();
        queue.receive(Selector::Any).unwrap();

        compare::<SharedMemory>(
            "-m",
            "SIZE,NATTCH,STATUS,ATTACH,DETACH,CPID,LPID",
            |status| {
                let status = status.as_shm().unwrap();
                let state = if status.marked_for_removal() {
                    "dest"
                } else {
                    ""
                };
                vec![
                    ("size", status.size().to_string()),
                    ("nattch", status.attach_count().to_string()),
                    ("status", state.to_owned()),
                    ("attach", iso(status.attach_time())),
                    ("detach", iso(status.detach_time())),
                    ("cpid", pid(status.creator_pid())),
                    ("lpid", pid(status.last_pid())),
                ]
            },
        );
        compare::<SemaphoreSet>("-s", "NSEMS,OTIME", |status| {
            let status = status.as_sem().unwrap();
            vec![
                ("nsems", status.count().to_string()),
                ("otime", iso(status.operation_time())),
            ]
        });
        compare::<MessageQueue>("-q", "USEDBYTES,MSGS,SEND,RECV,LSPID,LRPID", |status| {
            let status = status.as_msg().unwrap();
            vec![
                ("usedbytes", status.bytes().to_string()),
                ("msgs", status.messages().to_string()),
                ("send", iso(status.send_time())),
                ("recv", iso(status.receive_time())),
                ("lspid", pid(status.last_send_pid())),
                ("lrpid", pid(status.last_receive_pid())),
            ]
        });
        drop((mapping, last));
    });
}

/// Returns the words of each line of `ipcs` that describes an object.
fn ipcs(words: &[&str]) -> Option<Vec<Vec<String>>> {
    let run = Command::new("ipcs").args(words).output().ok()?;
    let printed = String::from_utf8(run.stdout).unwrap();
    let lines = printed.lines().map(|line| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    let is_object = |words: &Vec<String>| {
        words
            .first()
            .is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()))
    };
    Some(lines.filter(is_object).collect())
}

/// Formats an object of root's as `ipcs` does: the common columns, and those of the kind.
fn as_ipcs<const N: usize>(entry: &Entry, own: [&dyn Display; N]) -> Vec<String> {
    let mode = format!("{:o}", entry.status().mode().bits());
    let common = [
        entry.key().to_string(),
        entry.raw_id().to_string(),
        "root".to_owned(),
        mode,
    ];
    common
        .into_iter()
        .chain(own.iter().map(ToString::to_string))
        .collect()
}

/// Row C10.
#[test]
fn listings_are_those_of_ipcs() {
    const TEST: &str = test_name!("listings_are_those_of_ipcs");
    in_namespace(TEST, || {
        let made = SharedMemory::builder()
            .size(77)
            .mode(mode(0o640))
            .create_unique()
            .unwrap();
        let _attached = made.attach().unwrap();
        std::mem::forget(support::Shm::private(1));
        SemaphoreSet::builder()
            .values([1, 2, 3])
            .create_unique()
            .unwrap();
        MessageQueue::builder()
            .create_unique()
            .unwrap()
            .send(9, b"four")
            .unwrap();

        if ipcs(&["-m"]).is_none() {
            return skipped(TEST, "ipcs is not installed");
        }
        let expected = || {
            let expected = SharedMemory::list().unwrap().map(|entry| {
                let status = entry.status().as_shm().unwrap();
                as_ipcs(&entry, [&status.size(), &status.attach_count()])
            });
            Some(expected.collect::<Vec<_>>())
        };
        // A program that is started by a full fork, as under emulators, is also attached until its exec.
        wait_until("the segments of ipcs", || ipcs(&["-m"]) == expected());
        let expected = || {
            let expected = SharedMemory::list().unwrap().map(|entry| {
                let status = entry.status().as_shm().unwrap();
                let (creator, last) = (pid(status.creator_pid()), pid(status.last_pid()));
                vec![entry.raw_id().to_string(), "root".to_owned(), creator, last]
            });
            Some(expected.collect::<Vec<_>>())
        };
        wait_until("the pids of ipcs", || ipcs(&["-m", "-p"]) == expected());
        let expected = SemaphoreSet::list()
            .unwrap()
            .map(|entry| as_ipcs(&entry, [&entry.status().as_sem().unwrap().count()]));
        assert_eq!(ipcs(&["-s"]).unwrap(), expected.collect::<Vec<_>>());
        let expected = MessageQueue::list().unwrap().map(|entry| {
            let status = entry.status().as_msg().unwrap();
            as_ipcs(&entry, [&status.bytes(), &status.messages()])
        });
        assert_eq!(ipcs(&["-q"]).unwrap(), expected.collect::<Vec<_>>());
    });
}
