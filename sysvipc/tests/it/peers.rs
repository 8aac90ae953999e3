//! `sysvipc list --json` against `lsipc --json` and `ipcs`, field by field, over objects that C's calls, ipcmk and
//! this crate made.

use std::collections::BTreeMap;
use std::process::Command;

use crate::cli;
use crate::support::{self, in_namespace, mode, skipped};
use serde_json::Value;
use sysv_wrapper::*;

/// What `lsipc` prints of one kind, by id; `None` without the program.
fn lsipc(kind: &str, columns: &str) -> Option<BTreeMap<String, Value>> {
    let columns = format!("ID,KEY,PERMS,UID,USER,GID,GROUP,CUID,CUSER,CGID,CGROUP,CTIME,{columns}");
    let words = [kind, "--json", "--bytes", "--time-format", "iso", "-o"];
    let run = Command::new("lsipc")
        .args(words)
        .arg(columns)
        .env("TZ", "UTC")
        .output()
        .ok()?;
    assert!(run.status.success(), "{run:?}");
    let told: Value = serde_json::from_slice(&run.stdout).unwrap();
    let lines = told.as_object()?.values().next()?.as_array()?.clone();
    Some(
        lines
            .into_iter()
            .map(|line| (line["id"].as_str().unwrap().to_owned(), line))
            .collect(),
    )
}

/// The lines of a table of `ipcs`, each as words; `None` without the program.
fn ipcs(words: &str) -> Option<Vec<Vec<String>>> {
    let run = Command::new("ipcs").args(words.split(' ')).output().ok()?;
    let text = String::from_utf8(run.stdout).unwrap();
    let words = text
        .lines()
        .map(|line| line.split_whitespace().map(str::to_owned).collect());
    Some(
        words
            .filter(|line: &Vec<String>| line.iter().any(|word| word.parse::<i64>().is_ok()))
            .collect(),
    )
}

/// A field as `lsipc` writes it: numbers as text, pids that are not there as 0, nothing for never.
fn as_lsipc(ours: &Value, column: &str) -> String {
    match ours {
        Value::String(text)
            if column.ends_with("time")
                || ["attach", "detach", "send", "recv"].contains(&column) =>
        {
            text.replace('Z', "+00:00")
        }
        Value::String(octal) if column == "perms" => symbolic(octal),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "dest".to_owned(),
        Value::Null if column.ends_with("pid") => "0".to_owned(),
        Value::Null | Value::Bool(false) => String::new(),
        number => number.to_string(),
    }
}

/// `rw-r-----`. (In numbers, lsipc has none for queues.)
fn symbolic(octal: &str) -> String {
    let bits = u32::from_str_radix(octal, 8).unwrap();
    let letter = |(place, letter): (u32, char)| match bits & (0o400 >> place) {
        0 => '-',
        _ => letter,
    };
    (0..).zip("rwxrwxrwx".chars()).map(letter).collect()
}

/// What the field of ours is called that is this column of lsipc's.
const COMMON: [(&str, &str); 11] = [
    ("key", "key_hex"),
    ("perms", "mode"),
    ("uid", "uid"),
    ("user", "user"),
    ("gid", "gid"),
    ("group", "group"),
    ("cuid", "creator_uid"),
    ("cuser", "creator_user"),
    ("cgid", "creator_gid"),
    ("cgroup", "creator_group"),
    ("ctime", "change_time"),
];

/// Columns of lsipc, and the fields that they are.
type Fields = &'static [(&'static str, &'static str)];

/// The same for the columns that one kind has.
const OWN: [(&str, &str, Fields); 3] = [
    (
        "shm",
        "-m",
        &[
            ("size", "size"),
            ("nattch", "attach_count"),
            ("status", "marked_for_removal"),
            ("attach", "attach_time"),
            ("detach", "detach_time"),
            ("cpid", "creator_pid"),
            ("lpid", "last_pid"),
        ],
    ),
    (
        "sem",
        "-s",
        &[("nsems", "semaphores"), ("otime", "operation_time")],
    ),
    (
        "msg",
        "-q",
        &[
            ("usedbytes", "bytes"),
            ("msgs", "messages"),
            ("send", "send_time"),
            ("recv", "receive_time"),
            ("lspid", "last_send_pid"),
            ("lrpid", "last_receive_pid"),
        ],
    ),
];

/// Objects of each kind, in all states that show: what is returned keeps them in these states.
fn make() -> (Vec<support::Attached>, Vec<support::Sem>) {
    let ipcmk = |words: &str| {
        let made = Command::new("ipcmk").args(words.split(' ')).output();
        assert!(made.unwrap().status.success());
    };
    ipcmk("-M 5000 -p 0640");
    ipcmk("-S 3 -p 0666");
    ipcmk("-Q");

    let attached = support::Shm::with_key(100).1;
    let mut mappings = vec![attached.attach(), attached.attach()];
    std::mem::forget(attached);
    let removed = support::Shm::with_key(100).1;
    mappings.push(removed.attach());
    removed.remove();
    let sets = vec![
        support::Sem::with_values(&[1, 2, 3]),
        support::Sem::private(1),
    ];

    let segment = SharedMemory::builder()
        .size(1 << 20)
        .fill(1)
        .create_unique()
        .unwrap();
    SharedMemory::builder().create(Key::from(-3)).unwrap();
    SemaphoreSet::builder()
        .values([5; 7])
        .create_unique()
        .unwrap()
        .operation()
        .acquire(6, 5)
        .run()
        .unwrap();
    let queue = MessageQueue::builder()
        .mode(mode(0o622))
        .create_unique()
        .unwrap();
    for text in ["one", "two", "three"] {
        queue.send(3, text.as_bytes()).unwrap();
    }
    queue.receive(Selector::Any).unwrap();
    if support::is_root() {
        segment.set_owner(12345, 12346).unwrap();
        queue.set_owner(65534, 12346).unwrap();
    }
    (mappings, sets)
}

fn number(ours: &Value) -> String {
    as_lsipc(ours, "pid")
}

/// Rows C10, N8, N11.
#[test]
fn every_field_is_that_of_lsipc_and_ipcs() {
    const TEST: &str = test_name!("every_field_is_that_of_lsipc_and_ipcs");
    if ["ipcmk", "lsipc", "ipcs"]
        .iter()
        .any(|tool| Command::new(tool).arg("--version").output().is_err())
    {
        return skipped(TEST, "there is no ipcmk, lsipc or ipcs here");
    }
    in_namespace(TEST, || {
        let _kept = make();
        for (kind, flag, own) in OWN {
            let columns: Vec<_> = own
                .iter()
                .map(|(column, _)| column.to_uppercase())
                .collect();
            let tables = || {
                let told = lsipc(flag, &columns.join(",")).unwrap();
                let ipcs = ["", " -c", " -p"].map(|table| ipcs(&format!("{flag}{table}")).unwrap());
                (told, ipcs)
            };
            let (objects, (mut told, ipcs)) = undisturbed(|| cli::list(kind), tables);
            assert_eq!(objects.len(), told.len());
            for object in &objects {
                assert_eq!(object["kind"], kind);
                let line = told.remove(&object["id"].to_string()).unwrap();
                for (column, field) in COMMON.iter().chain(own) {
                    let theirs = line[*column].as_str().unwrap_or("").trim_end_matches('B');
                    let ours = as_lsipc(&object[*field], column);
                    assert_eq!(
                        theirs, ours,
                        "{kind}: {column} and {field}, {line} and {object}"
                    );
                }
            }
            compare_with_ipcs(kind, ipcs, &objects);
        }
    });
}

/// Returns what `ours` and `theirs` read of the same state. A child that another test forks has this process's
/// attachments too, until it calls exec.
fn undisturbed<O: PartialEq, T>(ours: impl Fn() -> O, theirs: impl Fn() -> T) -> (O, T) {
    for _ in 0..100 {
        let (before, read) = (ours(), theirs());
        if ours() == before {
            return (before, read);
        }
    }
    panic!("the objects change all the time");
}

/// Compares with the tables of `ipcs`: the usual one, the owners and the pids.
fn compare_with_ipcs(kind: &str, [usual, owners, pids]: [Vec<Vec<String>>; 3], objects: &[Value]) {
    let find = |id: &str| {
        objects
            .iter()
            .find(|object| number(&object["id"]) == id)
            .unwrap()
    };
    assert_eq!(usual.len(), objects.len());
    for line in usual {
        let object = find(&line[1]);
        assert_eq!(line[0], object["key_hex"]);
        assert_eq!(format!("{:0>4}", line[3]), object["mode"], "{line:?}");
        let rest = match kind {
            "shm" => vec![number(&object["size"]), number(&object["attach_count"])],
            "sem" => vec![number(&object["semaphores"])],
            _ => vec![number(&object["bytes"]), number(&object["messages"])],
        };
        assert_eq!(line[4..4 + rest.len()], rest);
        assert_eq!(
            line.last().unwrap() == "dest",
            object["marked_for_removal"] == true
        );
    }
    for line in owners {
        let object = find(&line[0]);
        let name = |field: &str| as_lsipc(&object[field], "user");
        for (place, field, fallback) in [
            (2, "creator_user", "creator_uid"),
            (3, "creator_group", "creator_gid"),
            (4, "user", "uid"),
            (5, "group", "gid"),
        ] {
            let expected = match name(field) {
                none if none.is_empty() => number(&object[fallback]),
                name => name,
            };
            // Long names are cut there.
            assert!(expected.starts_with(&line[place]), "{line:?} {field}");
        }
    }
    let fields = match kind {
        "shm" => ["creator_pid", "last_pid"],
        "msg" => ["last_send_pid", "last_receive_pid"],
        _ => return,
    };
    for line in pids {
        let object = find(&line[0]);
        let pids: Vec<_> = fields.iter().map(|field| number(&object[*field])).collect();
        assert_eq!(line[2..4], pids);
    }
}

/// Row C10: docs/sysvipc.md says of each option and each column of util-linux what is there instead.
#[test]
fn every_option_of_util_linux_has_its_line() {
    const TEST: &str = test_name!("every_option_of_util_linux_has_its_line");
    const PROGRAMS: [&str; 4] = ["ipcs", "lsipc", "ipcrm", "ipcmk"];
    let page = include_str!("../../../docs/sysvipc.md");
    let (_, section) = page.split_once("\n## Beside `ipcs`").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
    let cells: Vec<_> = rows.filter_map(|row| row.split(" | ").next()).collect();
    let words = |text: &str| -> Vec<String> {
        let ends = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '%';
        text.split(ends).map(str::to_owned).collect()
    };
    let asked = |program: &str, option: &str| {
        let output = Command::new(program)
            .arg(option)
            .env("LC_ALL", "C")
            .output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    for program in PROGRAMS {
        let version = asked(program, "--version").unwrap_or_default();
        if !version.contains(" 2.38") {
            skipped(
                TEST,
                &format!("the table is about {program} of util-linux 2.38"),
            );
            continue;
        }
        // Rows about this program, or about all.
        let is_about = |cell: &&&str| {
            let named: Vec<_> = PROGRAMS
                .iter()
                .filter(|name| cell.contains(*name))
                .collect();
            named.is_empty() || named.contains(&&program)
        };
        let known: Vec<String> = cells
            .iter()
            .filter(is_about)
            .flat_map(|cell| words(cell))
            .collect();
        let mut found = 0;
        for line in asked(program, "--help").unwrap().lines() {
            let (what, _) = line.trim().split_once("  ").unwrap_or((line.trim(), ""));
            let names: Vec<String> = if what.starts_with('-') {
                words(what)
                    .into_iter()
                    .filter(|word| word.starts_with('-'))
                    .collect()
            } else if what.len() > 1
                && line.starts_with("   ")
                && what.chars().all(|c| c.is_ascii_uppercase() || c == '%')
            {
                vec![what.to_owned()]
            } else {
                continue;
            };
            assert!(
                names.iter().any(|name| known.contains(name)),
                "{program}: {line}"
            );
            found += 1;
        }
        assert!(found >= 6, "{program}: {found}");
    }
}
