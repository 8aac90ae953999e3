//! C programs under one mutex and on channels with Rust processes, through the header `include/sysv_sync.h`: also of another
//! word size.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sysv_wrapper::sync::{Area, Capacity, Error, MaxSize};
use sysv_wrapper::*;
use tempfile::TempDir;

use crate::support::fork::Forked;
use crate::support::sem::wait_for_waiters;
use crate::support::{DEADLINE, SLOWER, skipped, wait_until};

const PEER: &str = "sync_peer.c";
const RELAY: &str = "sync_relay.c";

/// Compiles the program; says so for `test` where that does not work. A compiler that has no C library for the word size
/// cannot; the header itself has to compile.
fn compiled(test: &str, name: &str, options: &[&str]) -> Option<TempDir> {
    let folder = tempfile::tempdir().unwrap();
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let compile = |source: &Path, options: &[&str]| {
        Command::new(&compiler)
            .args(["-O2", "-Wall", "-Wextra", "-Werror", "-std=gnu99", "-o"])
            .arg(folder.path().join("peer"))
            .arg(source)
            .arg("-pthread")
            .args(options)
            .output()
    };
    let empty = folder.path().join("empty.c");
    std::fs::write(
        &empty,
        "#include <errno.h>\n#include <sys/sem.h>\n#include <pthread.h>\nint main(void) { return 0; }\n",
    )
    .unwrap();
    match compile(&empty, options) {
        Ok(output) if output.status.success() && runs(&folder.path().join("peer")) => {}
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr);
            skipped(
                test,
                &format!("{compiler} {options:?} makes no program: {text}"),
            );
            return None;
        }
        Err(error) => {
            skipped(
                test,
                &format!("there is no C compiler `{compiler}`: {error}"),
            );
            return None;
        }
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it")
        .join(name);
    let output = compile(&source, options).unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    Some(folder)
}

fn runs(program: &Path) -> bool {
    Command::new(program)
        .status()
        .is_ok_and(|status| status.success())
}

fn start(folder: &TempDir, area: &Area, words: &[&str]) -> Child {
    Command::new(folder.path().join("peer"))
        .args([&area.id().to_string(), "number"])
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for a program that ends in order, and returns what it printed.
fn text(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn area() -> RemoveOnDrop<Area> {
    let builder = Area::builder()
        .peers(6)
        .mutex("first")
        .mutex_with::<u64>("number");
    let builder = builder.latest::<u32>("quote").event("bell");
    RemoveOnDrop::new(builder.create_private().unwrap())
}

fn c_and_rust_count_together(test: &str, options: &[&str]) {
    let Some(folder) = compiled(test, PEER, options) else {
        return;
    };
    let times = 50_000 / u64::from(SLOWER);
    let area = area();
    let ours = Forked::start(|| {
        let area = Area::from_id(area.id()).unwrap();
        let mutex = area.mutex_with::<u64>("number").unwrap();
        for _ in 0..times {
            let guard = mutex.lock().unwrap();
            if guard.owner_died() {
                guard.make_consistent();
            }
            guard.store(&(guard.load() + 1));
        }
        0
    });
    let words = times.to_string();
    let theirs = [
        start(&folder, &area, &[&words]),
        start(&folder, &area, &[&words, "fork"]),
        start(&folder, &area, &[&words, "abort"]),
    ];
    let [one, two, dies] = theirs;
    let died = dies.wait_with_output().unwrap();
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&died.status),
        Some(libc::SIGABRT)
    );
    text(one);
    text(two);
    assert_eq!(ours.end(), 0);
    let mutex = area.mutex_with::<u64>("number").unwrap();
    let guard = mutex.lock().unwrap();
    assert_eq!(guard.load(), 4 * times + 1);
    drop(guard);
    let status = area.status().unwrap();
    let living = status.peers().iter().filter(|peer| peer.is_alive());
    assert_eq!(living.count(), 1, "{status:?}");
}

/// Row Q6.
#[test]
fn a_c_program_counts_with_rust() {
    c_and_rust_count_together(test_name!("a_c_program_counts_with_rust"), &[]);
}

/// Row Q6.
#[test]
fn a_c_program_of_32_bits_counts_with_rust() {
    const TEST: &str = test_name!("a_c_program_of_32_bits_counts_with_rust");
    let folder = headers();
    c_and_rust_count_together(TEST, &["-m32", "-idirafter", &folder]);
}

/// Where the headers of the kernel are, if they are in the folder of the compiler's own word size only, as on Debian.
fn headers() -> String {
    let folder = Command::new("cc").arg("-print-multiarch").output();
    let folder = folder.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    format!("/usr/include/{}", folder.unwrap_or_default())
}

/// Row Q6.
/// The deaths of either wake the other one.
#[test]
fn c_and_rust_take_over_from_each_other() {
    let Some(folder) = compiled(
        test_name!("c_and_rust_take_over_from_each_other"),
        PEER,
        &[],
    ) else {
        return;
    };
    let area = area();
    let set = SemaphoreSet::from_id(area.set_id()).unwrap();
    // Six leases, the nonce, the count of departures, and the first mutex.
    let parking = set.get(9).unwrap();
    let mutex = area.mutex_with::<u64>("number").unwrap();

    let mut holder = start(&folder, &area, &["0", "hold"]);
    wait_until("a C holder", || mutex.try_lock().is_err());
    let waiter = Forked::start(|| {
        let area = Area::from_id(area.id()).unwrap();
        let mutex = area.mutex_with::<u64>("number").unwrap();
        let guard = mutex.lock().unwrap();
        i32::from(guard.owner_died())
    });
    wait_for_waiters(&parking, 1);
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert_eq!(waiter.end(), 1);

    let guard = mutex.lock().unwrap();
    assert!(guard.owner_died());
    guard.make_consistent();
    drop(guard);
    let holder = Forked::start(|| {
        let area = Area::from_id(area.id()).unwrap();
        std::mem::forget(area.mutex("number").unwrap().lock().unwrap());
        std::mem::forget(area);
        loop {
            std::thread::park();
        }
    });
    wait_until("a Rust holder", || mutex.try_lock().is_err());
    let waiter = start(&folder, &area, &["2"]);
    wait_for_waiters(&parking, 1);
    drop(holder);
    assert_eq!(text(waiter), "1 died\n");

    // It leaves with the lock.
    let mut leaver = start(&folder, &area, &["0", "hold"]);
    wait_until("a C holder", || mutex.try_lock().is_err());
    drop(leaver.stdin.take());
    assert_eq!(text(leaver), "held\n0 died\n");
    let guard = mutex.lock().unwrap();
    assert!(guard.owner_died());
}

/// Starts a relay, and waits until it takes part.
fn relay(folder: &TempDir, area: &Area) -> Child {
    let mut child = Command::new(folder.path().join("peer"))
        .arg(area.id().to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = [0; 6];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut ready)
        .unwrap();
    assert_eq!(&ready, b"ready\n");
    child
}

fn messages_go_through_c(test: &str, options: &[&str]) {
    let Some(folder) = compiled(test, RELAY, options) else {
        return;
    };
    let times = 20_000 / u64::from(SLOWER);
    let builder = Area::builder().peers(8);
    let builder = builder.channel("jobs", Capacity(4), MaxSize(48));
    let builder = builder.channel("done", Capacity(4), MaxSize(48));
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let sender = area.sender("jobs").unwrap();
    let receiver = area.receiver("done").unwrap();
    let relays = [relay(&folder, &area), relay(&folder, &area)];
    let ours = Forked::start(|| {
        let area = Area::from_id(area.id()).unwrap();
        let (jobs, done) = (area.receiver("jobs").unwrap(), area.sender("done").unwrap());
        let mut message = [0; 48];
        loop {
            match jobs.receive(&mut message) {
                Ok(length) => done.send(&message[..length]).unwrap(),
                Err(error) => return i32::from(error != Error::Disconnected),
            }
        }
    });
    let send = |from: u64, to: u64| {
        for number in from..to {
            let mut message = [0; 48];
            let length = 8 + usize::try_from(number % 41).unwrap();
            message[..8].copy_from_slice(&number.to_ne_bytes());
            message[8..].fill(u8::try_from(number % 251).unwrap());
            sender.send(&message[..length]).unwrap();
        }
    };
    let seen = std::cell::RefCell::new(vec![false; usize::try_from(times).unwrap()]);
    let check = |message: &[u8]| {
        let number = u64::from_ne_bytes(message[..8].try_into().unwrap());
        assert_eq!(message.len(), 8 + usize::try_from(number % 41).unwrap());
        let byte = u8::try_from(number % 251).unwrap();
        assert!(message[8..].iter().all(|found| *found == byte));
        let index = usize::try_from(number).unwrap();
        assert!(
            !std::mem::replace(&mut seen.borrow_mut()[index], true),
            "{number} came twice"
        );
    };
    let mut message = [0; 48];
    std::thread::scope(|scope| {
        scope.spawn(|| send(0, times / 2));
        for _ in 0..times / 2 {
            let length = receiver.receive_timeout(&mut message, DEADLINE).unwrap();
            check(&message[..length]);
        }
    });
    // Relays that are killed: each takes one message along at most.
    let [one, two] = relays;
    let mut killed = 0;
    let mut relays = vec![one, two];
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            send(times / 2, times);
            stop.store(true, std::sync::atomic::Ordering::SeqCst);
        });
        let mut count = 0;
        loop {
            match receiver.receive_timeout(&mut message, Duration::from_millis(200)) {
                Ok(length) => check(&message[..length]),
                Err(Error::TimedOut) if stop.load(std::sync::atomic::Ordering::SeqCst) => break,
                Err(error) => assert_eq!(error, Error::TimedOut),
            }
            count += 1;
            if count % 500 == 0 {
                let mut dies = relays.remove(0);
                dies.kill().unwrap();
                dies.wait().unwrap();
                killed += 1;
                relays.push(relay(&folder, &area));
            }
        }
    });
    let missing = seen.borrow().iter().filter(|seen| !**seen).count();
    println!("{killed} killed, {missing} missing");
    assert!(missing <= killed, "{missing} of {killed}");
    // The last sender goes: all relays end in order.
    drop(sender);
    for relay in relays {
        assert!(text(relay).ends_with(" relayed\n"));
    }
    assert_eq!(ours.end(), 0);
    let error = receiver
        .receive_timeout(&mut message, DEADLINE)
        .unwrap_err();
    assert_eq!(error, Error::Disconnected);
}

/// Row Q6.
#[test]
fn messages_go_through_a_c_program() {
    messages_go_through_c(test_name!("messages_go_through_a_c_program"), &[]);
}

/// Row Q6.
#[test]
fn messages_go_through_a_c_program_of_32_bits() {
    const TEST: &str = test_name!("messages_go_through_a_c_program_of_32_bits");
    let folder = headers();
    messages_go_through_c(TEST, &["-m32", "-idirafter", &folder]);
}
