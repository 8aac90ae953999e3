//! `sysvipc create`, `show` and `limits`.

use crate::cli::{create, list, run, sees_messages};
use crate::support::namespace::set_sysctl;
use crate::support::{self, Process, in_namespace, role, wait_until};
use serde_json::{Value, json};
use sysv_wrapper::*;

/// Rows C10, S1, W1.
#[test]
fn create_makes_what_it_is_told() {
    in_namespace("create_makes_what_it_is_told", || {
        let made = run("create shm --size 4M --mode 0640 --key 0x2a --fill 65 --json").json();
        assert_eq!(
            made,
            json!({"kind": "shm", "id": 0, "key": 42, "key_hex": "0x0000002a"})
        );
        let memory = SharedMemory::open(Key::from(42)).unwrap();
        assert_eq!(memory.size().unwrap(), 4 << 20);
        assert_eq!(memory.mode().unwrap().bits(), 0o640);
        assert_eq!(memory.attach().unwrap().read_to_vec(..3).unwrap(), b"AAA");
        let text = run("create shm").text();
        let id = text.strip_prefix("shm 1 key 0x").unwrap();
        assert_ne!(id, "00000000\n");
        assert_eq!(list("shm")[1]["size"], page_size());
        assert_eq!(run("create shm --private").text(), "shm 2 private\n");

        let set = SemaphoreSet::from_id(create("sem --values 1,0,5")).unwrap();
        assert_eq!(set.values().unwrap(), [1, 0, 5]);
        let set = SemaphoreSet::from_id(create("sem --values 3 --count 4")).unwrap();
        assert_eq!(set.values().unwrap(), [3; 4]);
        let set = SemaphoreSet::from_id(create("sem --key -5")).unwrap();
        assert_eq!(
            (set.values().unwrap(), set.key()),
            (vec![1], Some(Key::from(-5)))
        );
        assert!(set.status().unwrap().operation_time().is_some());

        let queue = create("msg --max-bytes 4K --path / --project 7");
        let queue = MessageQueue::from_id(queue).unwrap();
        assert_eq!(queue.key(), Some(Key::from_path("/", 7).unwrap()));
        assert_eq!(queue.status().unwrap().max_bytes(), 4096);

        let text = run("create shm --key 42").complaint(5);
        assert!(
            text.contains("EEXIST") && text.contains("sysvipc show"),
            "{text}"
        );
        let text = run("create msg --path /no/such/file --project 1").complaint(3);
        // No object is missing, and no list of objects helps.
        assert!(!text.contains("sysvipc list"), "{text}");
        run("create sem --values 65535").complaint(6);
        assert_eq!(list("sem").len(), 3);
    });
}

/// Row N7.
#[test]
fn limits_tell_how_much_is_used_and_errors_point_there() {
    in_namespace(
        "limits_tell_how_much_is_used_and_errors_point_there",
        || {
            set_sysctl("shmmni", 2);
            let limit = |name: &str| {
                let told = run("limits --json").json();
                let limits = told["limits"].as_array().unwrap().clone();
                limits
                    .into_iter()
                    .find(|limit| limit["name"] == name)
                    .unwrap()
            };
            assert_eq!(limit("SHMMNI")["percent"], 0.0);
            create("shm");
            create("shm");
            let text = run("create shm").complaint(6);
            assert!(
                text.contains("the limit on segments (SHMMNI = 2) is reached"),
                "{text}"
            );
            assert!(text.contains("`sysvipc limits`"), "{text}");
            assert!(text.contains("`sysctl kernel.shmmni`"), "{text}");
            assert_eq!(limit("SHMMNI")["sysctl"], "kernel.shmmni");
            assert_eq!(limit("SEMOPM")["sysctl"], "kernel.sem");
            assert_eq!(limit("SEMVMX")["sysctl"], Value::Null);
            let text = run("limits").text();
            assert!(text.contains("  kernel.msgmnb\n"), "{text}");
            assert!(
                text.contains("`sysctl -w kernel.shmmni=VALUE` sets a limit"),
                "{text}"
            );
            let text = run("limits sem").text();
            assert!(
                text.contains("kernel.sem='SEMMSL SEMMNS SEMOPM SEMMNI'"),
                "{text}"
            );
            let shmmni = limit("SHMMNI");
            assert_eq!((&shmmni["used"], &shmmni["limit"]), (&json!(2), &json!(2)));
            assert_eq!(shmmni["percent"], 100.0);
            let text = run("limits").text();
            let line = text
                .lines()
                .find(|line| line.starts_with("SHMMNI"))
                .unwrap();
            let words: Vec<_> = line.split_whitespace().collect();
            assert_eq!(words[..5], ["SHMMNI", "2", "2", "100", "%"]);
            // A limit that was lowered since is more than used up.
            set_sysctl("shmmni", 1);
            assert_eq!(limit("SHMMNI")["percent"], 200.0);

            assert_eq!(run("limits --json").json()["shm_rmid_forced"], false);
            set_sysctl("shm_rmid_forced", 1);
            // The segment would be gone with the process that creates it.
            set_sysctl("shmmni", 100);
            for words in ["create shm", "create shm --fill 7"] {
                let text = run(words).complaint(8);
                assert!(text.contains("kernel.shm_rmid_forced"), "{text}");
            }
            assert_eq!(run("limits shm --json").json()["shm_rmid_forced"], true);
            assert!(run("limits").text().contains("shm_rmid_forced is 1"));
            assert_eq!(
                run("limits msg --json").json()["limits"]
                    .as_array()
                    .unwrap()
                    .len(),
                3
            );
            assert_eq!(run("limits --json").json()["page_size"], page_size());
            let all = run("limits --json").json()["limits"]
                .as_array()
                .unwrap()
                .len();
            assert_eq!(all, Limits::all().unwrap().iter().count());
        },
    );
}

/// Row N8.
#[test]
fn show_tells_who_has_a_segment_attached() {
    const TEST: &str = test_name!("show_tells_who_has_a_segment_attached");
    if let Some(words) = role(TEST) {
        let segment = SharedMemory::from_id(words[0].parse::<ShmId>().unwrap()).unwrap();
        let _attached = [segment.attach().unwrap(), segment.attach().unwrap()];
        loop {
            std::thread::park();
        }
    }
    in_namespace(TEST, || {
        let segment = support::Shm::private(5000);
        let id = segment.id;
        let mut user = Process::start(TEST, &[&id]);
        let user_pid = user.pid();
        // While it attaches, not all attachments are found, and that is said.
        let show = || -> Value {
            let ran = run(&format!("show shm {id} --json"));
            serde_json::from_slice(&ran.stdout).unwrap()
        };
        // Of this process, other threads may have other segments with this id, in namespaces of their own.
        let entry = || {
            let told = show();
            let processes = told["attached"]["processes"].as_array().unwrap();
            processes
                .iter()
                .find(|process| process["pid"] == user_pid)
                .cloned()
        };
        user.wait_until("it has attached twice", || {
            entry().is_some_and(|process| process["attachments"] == 2)
        });
        let (told, process) = (show(), entry().unwrap());
        assert!(process["command"].as_str().unwrap().contains("/it-"));
        assert_eq!(told["attached"]["complete"], true);
        assert_eq!(told["size"], 5000);
        let text = run(&format!("show shm {id}")).text();
        assert!(text.contains("5000") && text.contains("/it-"), "{text}");
        // The same id in another namespace has other users.
        in_namespace(TEST, || {
            let twin = support::Shm::private(1);
            assert_eq!(twin.id, id);
            let told = run(&format!("show shm {id} --json")).json();
            let users = told["attached"]["processes"].as_array().unwrap();
            assert!(
                users.iter().all(|process| process["pid"] != user_pid),
                "{told}"
            );
        });
    });
}

/// Rows N8, S14.
#[test]
fn show_tells_values_and_who_waits() {
    in_namespace("show_tells_values_and_who_waits", || {
        let set = SemaphoreSet::builder()
            .values([0, 3])
            .create(Key::from(9))
            .unwrap();
        let id = set.id();
        std::thread::scope(|scope| {
            // A thread that this one starts is in the same namespace.
            let waiting = scope.spawn(|| set.get(0).unwrap().acquire());
            let waiters = || set.get(0).unwrap().waiters_for_increase().unwrap();
            wait_until("a process waits", || waiters() == 1);
            let told = run("show sem --key 9 --json").json();
            assert_eq!(told["id"], id.as_raw());
            let [first, second] = &told["members"].as_array().unwrap()[..] else {
                panic!("{told}");
            };
            assert_eq!(
                (&first["value"], &first["waiters_for_increase"]),
                (&json!(0), &json!(1))
            );
            assert_eq!(
                (&second["value"], &second["waiters_for_zero"]),
                (&json!(3), &json!(0))
            );
            assert_eq!(second["last_pid"], std::process::id());
            assert!(
                run(&format!("show sem {id}"))
                    .text()
                    .contains("WAIT-INCREASE")
            );
            set.get(0).unwrap().release().unwrap();
            waiting.join().unwrap().unwrap();
        });
    });
}

/// Rows N8, C10.
#[test]
fn show_counts_messages_and_takes_none() {
    const TEST: &str = test_name!("show_counts_messages_and_takes_none");
    in_namespace(TEST, || {
        if !sees_messages(TEST) {
            return;
        }
        let queue = MessageQueue::builder().create_private().unwrap();
        for (of, text) in [(7, "Four hours"), (1, "Yes"), (7, "to bury a cat?")] {
            queue.send(of, text.as_bytes()).unwrap();
        }
        let before = list("msg");
        let told = run(&format!("show msg {} --json", queue.id())).json();
        assert_eq!(
            told["contents"],
            json!({"types": [
                {"type": 1, "messages": 1, "bytes": 3},
                {"type": 7, "messages": 2, "bytes": 24},
            ], "complete": true})
        );
        let text = run(&format!("show msg {}", queue.id())).text();
        assert!(text.contains("\n   7         2     24\n"), "{text}");
        assert_eq!(list("msg"), before);
        assert_eq!(queue.status().unwrap().messages(), 3);
    });
}

/// Row N8.
#[test]
fn show_finds_what_is_not_there() {
    in_namespace("show_finds_what_is_not_there", || {
        for kind in ["shm", "sem", "msg"] {
            let text = run(&format!("show {kind} 77")).complaint(3);
            assert!(text.contains("no object has this id"), "{text}");
            assert!(text.contains("`sysvipc list`"), "{text}");
            let text = run(&format!("show {kind} --key 0x77")).complaint(3);
            assert!(text.contains("no object has this key"), "{text}");
            run(&format!("show {kind} -5")).complaint(3);
        }
        // A segment that is removed and attached has no key any more, and says so.
        let segment = support::Shm::with_key(100).1;
        let _mapping = segment.attach();
        let id = segment.remove();
        let told = run(&format!("show shm {id} --json")).json();
        assert_eq!(
            (&told["marked_for_removal"], &told["key"]),
            (&json!(true), &json!(0))
        );
        assert!(
            run(&format!("show shm {id}"))
                .text()
                .contains("goes with the last attachment")
        );
    });
}
