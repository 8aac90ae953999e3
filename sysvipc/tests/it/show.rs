//! `sysvipc show`: every line that people read, of one object of each kind.

use std::process::Command;

use crate::cli::{self, create, run, sees_messages};
use crate::support::{self, Process, in_namespace, role};
use serde_json::Value;
use sysv_wrapper::*;

/// The text of `show`, in which each time that the JSON has too reads `TIME`, and an age of some seconds `AGE`.
#[track_caller]
fn shown(words: &str) -> String {
    let told = run(&format!("show {words} --json")).json();
    let printed = run(&format!("show {words}")).text();
    let mut text = printed.clone();
    for (name, value) in told.as_object().unwrap() {
        let (true, Some(time)) = (name.ends_with("_time"), value.as_str()) else {
            continue;
        };
        let local = time.replace('T', " ").replace('Z', "");
        assert!(
            printed.contains(&local),
            "{name} {local} is missing in\n{printed}"
        );
        text = text.replace(&local, "TIME");
    }
    text.lines().map(|line| ageless(line) + "\n").collect()
}

/// `(3s ago)` becomes `(AGE ago)`; anything older has not been made by this test.
fn ageless(line: &str) -> String {
    let Some((before, age)) = line.split_once("TIME (") else {
        return line.to_owned();
    };
    let seconds = age.strip_suffix("s ago)").unwrap();
    assert!(seconds.parse::<u8>().unwrap() < 60, "{line}");
    format!("{before}TIME (AGE ago)")
}

/// The pid of a process that has ended, as JSON has it.
fn pid(told: &Value, name: &str) -> u64 {
    told[name].as_u64().unwrap()
}

/// Rows N8, S11.
#[test]
fn a_segment_in_words() {
    in_namespace("a_segment_in_words", || {
        let id = create("shm --size 3000 --mode 0640 --key 0x2a");
        let told = run(&format!("show shm {id} --json")).json();
        let creator = pid(&told, "creator_pid");
        assert_eq!(
            shown(&format!("shm {id}")),
            format!(
                "Shared memory segment {id}
  key           0x0000002a (42)
  owner         root (0), group root (0)
  creator       root (0), group root (0)
  mode          0640
  changed       TIME (AGE ago)
  size          2.9 KiB (3000)
  in memory     0 B, and 0 B swapped out
  created by    {creator}, which is gone
  last used by  none yet, or a process of another pid namespace
  attached      never
  detached      never
  attachments   0
  verdict       idle
"
            )
        );
        // 1,023 bytes need no second form, 1,024 do.
        let id = create("shm --size 1023 --private");
        assert!(shown(&format!("shm {id}")).contains("\n  size          1023 B\n"));
        let id = create("shm --size 1024 --private");
        assert!(shown(&format!("shm {id}")).contains("\n  size          1.0 KiB (1024)\n"));
    });
}

/// Row N8.
#[test]
fn a_segment_in_use() {
    const TEST: &str = test_name!("a_segment_in_use");
    if let Some(words) = role(TEST) {
        let segment = SharedMemory::from_id(words[0].parse::<ShmId>().unwrap()).unwrap();
        let _attached = segment.attach().unwrap();
        segment.remove().unwrap();
        loop {
            std::thread::park();
        }
    }
    in_namespace(TEST, || {
        let made = support::Shm::private(5000);
        let mut user = Process::start(TEST, &[&made.id]);
        let segment = SharedMemory::from_id(made.id).unwrap();
        user.wait_until("it is attached and removed", || {
            segment.status().unwrap().marked_for_removal()
        });
        let text = shown(&format!("shm {}", made.id));
        let own = std::process::id();
        let (head, users) = text.split_once("\n\nAttached by\n").unwrap();
        assert!(head.contains("\n  key           none\n"), "{text}");
        let creator = format!("  created by    {own} ");
        let creator = head.lines().find_map(|line| line.strip_prefix(&creator));
        assert!(creator.is_some_and(|it| it.contains("/it-")), "{text}");
        assert!(
            head.contains("\n  removed       yes: it goes with the last attachment\n"),
            "{text}"
        );
        assert!(head.ends_with("\n  verdict       in use"), "{text}");
        let (heads, user_line) = users.split_once('\n').unwrap();
        assert_eq!(
            heads.split_whitespace().collect::<Vec<_>>(),
            ["PID", "TIMES", "COMMAND"]
        );
        let mut words = user_line.split_whitespace();
        assert_eq!(words.next(), Some(&*user.pid().to_string()));
        assert_eq!(words.next(), Some("1"));
        assert!(words.next().unwrap().contains("/it-"), "{text}");
    });
}

/// Rows N8, S14.
#[test]
fn a_set_in_words() {
    in_namespace("a_set_in_words", || {
        let id = create("sem --values 1,0,5 --private");
        let told = run(&format!("show sem {id} --json")).json();
        let last = pid(&told["members"][0], "last_pid");
        assert_eq!(
            shown(&format!("sem {id}")),
            format!(
                "Semaphore set {id}
  key           none
  owner         root (0), group root (0)
  creator       root (0), group root (0)
  mode          0600
  changed       TIME (AGE ago)
  operated      TIME (AGE ago)
  semaphores    3
  verdict       idle

Members
MEMBER  VALUE  WAIT-INCREASE  WAIT-ZERO  {:>w$}  COMMAND
     0      1              0          0  {last:>w$}
     1      0              0          0  {last:>w$}
     2      5              0          0  {last:>w$}
",
                "LAST-PID",
                w = 8
            )
        );
    });
}

/// Rows N8, P19.
#[test]
fn a_queue_in_words() {
    in_namespace("a_queue_in_words", || {
        if !sees_messages(test_name!("a_queue_in_words")) {
            return;
        }
        let id = create("msg --max-bytes 4K --private");
        let empty = shown(&format!("msg {id}"));
        assert!(!empty.contains("Messages by type"), "{empty}");
        for (of, text) in [(7, "hello"), (7, "you"), (9, "x")] {
            assert_eq!(run(&format!("send {id} --type {of} {text}")).text(), "");
        }
        let told = run(&format!("show msg {id} --json")).json();
        let sender = pid(&told, "last_send_pid");
        // Where not every process can be looked into, one may wait for the queue.
        let text =
            shown(&format!("msg {id}")).replace("verdict       unknown", "verdict       idle");
        let (head, contents) = text.split_once("\n\n").unwrap_or((&text, ""));
        assert_eq!(
            head.trim_end(),
            format!(
                "Message queue {id}
  key           none
  owner         root (0), group root (0)
  creator       root (0), group root (0)
  mode          0600
  changed       TIME (AGE ago)
  messages      3
  bytes         9 of 4.0 KiB (4096)
  sent          TIME (AGE ago)
  sent by       {sender}, which is gone
  received      never
  received by   none yet, or a process of another pid namespace
  verdict       idle"
            )
        );
        assert_eq!(
            contents,
            "Messages by type, none of them taken
TYPE  MESSAGES  BYTES
   7         2      8
   9         1      1
"
        );
    });
}

/// Row N8: what `/proc` tells beside the status is missing without it, and no more.
#[test]
fn numbers_stand_for_processes_where_their_names_are_not_told() {
    const TEST: &str = test_name!("numbers_stand_for_processes_where_their_names_are_not_told");
    let without_proc = |line: &str| {
        let line = format!("mount -t tmpfs none /proc && {line}");
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &line, cli::SYSVIPC]);
        cli::Ran::from(command.output().unwrap())
    };
    if !without_proc("true").status.success() {
        return support::skipped(TEST, "/proc cannot be hidden here");
    }
    in_namespace(TEST, || {
        let made = support::Shm::private(5000);
        let own = std::process::id();
        let ran = without_proc(&format!("\"$0\" show shm {}", made.id));
        assert!(ran.status.success(), "{ran:?}");
        let text = String::from_utf8(ran.stdout).unwrap();
        assert!(
            text.contains(&format!("\n  created by    {own}\n")),
            "{text}"
        );
        assert!(text.contains("\n  in memory     unknown\n"), "{text}");
        assert!(ran.stderr.lines().count() > 0, "{text}");
        let text = without_proc("\"$0\" list sem").text();
        assert_eq!(text, "Semaphore sets: none\n");
    });
}

/// Row C3: a user with a name, a group without one.
#[test]
fn users_and_groups() {
    in_namespace("users_and_groups", || {
        let made = Command::new("setpriv")
            .args(["--reuid=65534", "--regid=12345", "--clear-groups"])
            .arg(cli::SYSVIPC)
            .args(["create", "shm", "--private", "--quiet"])
            .output()
            .unwrap();
        let id = String::from_utf8(made.stdout).unwrap();
        let id = id.trim();
        let text = shown(&format!("shm {id}"));
        for who in ["owner  ", "creator"] {
            let line = format!("\n  {who}       nobody (65534), group 12345 (12345)\n");
            assert!(text.contains(&line), "{text}");
        }
        let segment = SharedMemory::from_id(id.parse::<ShmId>().unwrap()).unwrap();
        segment.set_owner(0, 0).unwrap();
        let text = shown(&format!("shm {id}"));
        assert!(
            text.contains("\n  owner         root (0), group root (0)\n"),
            "{text}"
        );
        assert!(
            text.contains("\n  creator       nobody (65534), group 12345 (12345)\n"),
            "{text}"
        );
    });
}

/// Row N11: times are those that `date` prints in the same zone; where the zone is not known they are in UTC, and say
/// so.
#[test]
fn times_are_in_the_zone_of_the_user() {
    in_namespace(test_name!("times_are_in_the_zone_of_the_user"), || {
        let id = create("shm");
        let words = ["list", "shm", "--columns", "changed"];
        let response = run(&format!("show shm {id} --json")).json();
        let utc = response["change_time"].as_str().unwrap();
        let shown = |zone: &str| -> String {
            let output = cli::command(words).env("TZ", zone).output().unwrap();
            let text = cli::Ran::from(output).text();
            text.lines().nth(2).unwrap().to_owned()
        };
        for zone in ["Asia/Kolkata", "America/St_Johns", "UTC"] {
            if !std::path::Path::new("/usr/share/zoneinfo")
                .join(zone)
                .exists()
            {
                support::skipped(zone, "this system has no file for the zone");
                continue;
            }
            let mut date = Command::new("date");
            let date = date.args(["-d", utc, "+%Y-%m-%d %H:%M:%S"]).env("TZ", zone);
            let date = String::from_utf8(date.output().unwrap().stdout).unwrap();
            assert_eq!(shown(zone), date.trim_end(), "{zone}");
        }
        let plain = utc.replace('T', " ").replace('Z', "");
        assert_ne!(shown("IST-5:30"), plain);
        assert_eq!(shown("No/Such_Zone"), format!("{plain} UTC"));
    });
}

/// Row N8.
#[test]
fn the_kind_may_be_left_out_where_it_is_clear() {
    in_namespace("the_kind_may_be_left_out_where_it_is_clear", || {
        let id = create("shm --key 42");
        for words in [format!("show {id}"), "show --key 42".to_owned()] {
            let text = run(&words).text();
            assert!(text.starts_with(&format!("Shared memory segment {id}\n")));
            assert_eq!(run(&format!("{words} --json")).json()["kind"], "shm");
        }
        assert_eq!(create("sem --key 42"), id);
        for (words, name) in [
            (format!("show {id}"), format!("id {id}")),
            (
                "show --key 42 --json".to_owned(),
                "key 0x0000002a".to_owned(),
            ),
        ] {
            let text = run(&words).complaint(2);
            assert!(
                text.contains(&format!("several objects have {name}: shm {id}, sem {id};")),
                "{text}"
            );
        }
        assert_eq!(run(&format!("show sem {id} --json")).json()["kind"], "sem");
        for words in ["show 77", "show --key 77", "show -5"] {
            let text = run(words).complaint(3);
            assert!(text.contains("`sysvipc list`"), "{text}");
        }
        run("show 0 1").complaint(2);
        run("show").failed(2);
    });
}

/// Row N8: a process of an outer pid namespace has the segment attached.
#[test]
fn attachments_that_are_not_found_are_counted_and_a_reason_is_given() {
    const TEST: &str =
        test_name!("attachments_that_are_not_found_are_counted_and_a_reason_is_given");
    let inside = |words: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["--pid", "--fork", "--mount-proc", cli::SYSVIPC])
            .args(words.split(' '));
        cli::Ran::from(command.output().unwrap())
    };
    if !inside("--version").status.success() {
        return support::skipped(TEST, "no pid namespace can be made here");
    }
    in_namespace(TEST, || {
        let made = support::Shm::private(5000);
        let _mapping = made.attach();
        let id = made.id;
        let ran = inside(&format!("show shm {id} --json"));
        let response: Value = serde_json::from_slice(&ran.stdout).unwrap();
        let note = response["notes"][0].as_str().unwrap();
        assert!(
            note.contains("processes outside of this pid namespace"),
            "{note}"
        );
        assert_eq!(response["complete"], false);
        assert_eq!(response["attached"]["complete"], false);
        let ran = inside(&format!("show shm {id}"));
        assert_eq!(ran.stderr, format!("sysvipc: {note}\n"));
        let text = String::from_utf8(ran.stdout).unwrap();
        // Children of other tests may inherit the mapping for a moment.
        let (_, end) = text
            .rsplit_once("\nAttached by, as far as this user can see\n(0 of ")
            .unwrap();
        assert!(
            end.ends_with(" found)\n") && end.lines().count() == 1,
            "{text}"
        );
    });
}

/// Row N8: the kernel gives the number of an ended process to a later one.
#[test]
fn a_later_process_with_the_number_of_the_creator_is_not_shown_as_the_creator() {
    const TEST: &str =
        test_name!("a_later_process_with_the_number_of_the_creator_is_not_shown_as_the_creator");
    // A number counts as given away once its process is more than two seconds younger than the segment.
    let script = r#"
        "$1" create shm --key 9 --quiet > /dev/null
        pid=$("$1" list shm --json | sed -n 's/.*"creator_pid":\([0-9]*\).*/\1/p')
        echo $pid > /proc/sys/kernel/ns_last_pid || exit 77
        SECONDS=0
        while [ $SECONDS -lt 60 ]; do
            echo $((pid - 1)) > /proc/sys/kernel/ns_last_pid
            sleep 100 & later=$!
            if [ $later = $pid ]; then
                line=$("$1" show shm --key 9 | grep 'created by')
                case $line in *"$pid, which is gone") echo "$line"; kill $later; exit 0;; esac
            fi
            kill $later; wait $later 2> /dev/null
            sleep 0.2
        done
        echo "$line"; exit 1"#;
    let mut command = Command::new("unshare");
    command.args([
        "--ipc",
        "--pid",
        "--fork",
        "--mount-proc",
        "bash",
        "-c",
        script,
        "bash",
    ]);
    let output = command.arg(cli::SYSVIPC).output().unwrap();
    let ran = cli::Ran::from(output);
    if ran.status.code() == Some(77) || ran.stderr.contains("unshare") {
        return support::skipped(TEST, "numbers of processes cannot be chosen here");
    }
    assert!(ran.status.success(), "{ran:?}");
}

/// Row N8: looking at a queue takes a bounded time.
#[test]
fn messages_beyond_a_bound_are_not_counted_and_that_is_said() {
    const TEST: &str = test_name!("messages_beyond_a_bound_are_not_counted_and_that_is_said");
    in_namespace(TEST, || {
        if !sees_messages(TEST) {
            return;
        }
        let queue = MessageQueue::builder().create_private().unwrap();
        for _ in 0..9000 {
            queue.try_send(5, b"").unwrap();
        }
        let id = queue.id();
        let ran = run(&format!("show msg {id} --json"));
        let response: Value = serde_json::from_slice(&ran.stdout).unwrap();
        assert_eq!(response["contents"]["complete"], false);
        assert_eq!(response["complete"], false);
        let note = "counted the first 8192 of 9000";
        assert!(ran.stderr.contains(note), "{ran:?}");
        let ran = run(&format!("show msg {id}"));
        let text = String::from_utf8(ran.stdout).unwrap();
        assert!(text.ends_with(&format!("\n({note})\n")), "{text}");
    });
}

/// Row N11. Where `/proc` shows all processes, no reason is given for one that is not found.
#[test]
fn processes_that_are_seen_are_not_said_to_be_hidden() {
    const TEST: &str = test_name!("processes_that_are_seen_are_not_said_to_be_hidden");
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    let hides = |line: &str| line.split(' ').nth(1) == Some("/proc") && line.contains("hidepid=");
    if mounts.lines().any(hides) {
        return support::skipped(TEST, "/proc hides processes");
    }
    in_namespace(TEST, || {
        let id = create("shm --mode 0666");
        let segment = SharedMemory::from_id(ShmId::from_raw(id)).unwrap();
        let attached = segment.attach().unwrap();
        if let Some(ran) = cli::run_as_nobody(TEST, &format!("show shm {id}")) {
            let note = &ran.stderr;
            assert!(note.contains("no permission to look into"), "{ran:?}");
            assert!(!note.contains("hidepid"), "{ran:?}");
        }
        drop(attached);
    });
}

/// Row N11. Who may see all processes is not told that `/proc` hides some.
#[test]
fn hidden_processes_are_a_reason_for_users_only() {
    const TEST: &str = test_name!("hidden_processes_are_a_reason_for_users_only");
    if !support::is_root() {
        return support::skipped(TEST, "needs root, to mount /proc");
    }
    in_namespace(TEST, || {
        let id = create("shm --mode 0666");
        let segment = SharedMemory::from_id(ShmId::from_raw(id)).unwrap();
        let attached = segment.attach().unwrap();
        let nobody = support::process::NOBODY;
        for (user, is_reason) in [(0, false), (nobody, true)] {
            // The process that is attached is outside of the new namespace.
            let script = "mount -t proc -o hidepid=2 proc /proc || exit 77
                exec setpriv --reuid=$2 --clear-groups \"$1\" show shm $3";
            let mut command = std::process::Command::new("unshare");
            command.args(["--mount", "--pid", "--fork", "sh", "-c", script, "sh"]);
            command.args([cli::SYSVIPC, &user.to_string(), &id.to_string()]);
            let ran = cli::Ran::from(command.output().unwrap());
            if !ran.status.success() {
                return support::skipped(TEST, "/proc cannot be mounted, or nobody may not run it");
            }
            assert!(ran.stderr.contains("outside of this pid"), "{ran:?}");
            assert_eq!(ran.stderr.contains("hidepid"), is_reason, "{ran:?}");
        }
        drop(attached);
    });
}
