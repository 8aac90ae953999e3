//! A C program, `sync_peer.c`, under one mutex with Rust processes, through the header `include/sysv_sync.h`: also one of
//! another word size.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use sysv_wrapper::sync::Area;
use sysv_wrapper::*;
use tempfile::TempDir;

use crate::support::fork::Forked;
use crate::support::sem::wait_for_waiters;
use crate::support::{SLOWER, skipped, wait_until};

/// Compiles the program; says so for `test` where that does not work. A compiler that has no C library for the word size
/// cannot; the header itself has to compile.
fn compiled(test: &str, options: &[&str]) -> Option<TempDir> {
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
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/sync_peer.c");
    let output = compile(Path::new(source), options).unwrap();
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
    let Some(folder) = compiled(test, options) else {
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

#[test]
fn a_c_program_counts_with_rust() {
    c_and_rust_count_together(test_name!("a_c_program_counts_with_rust"), &[]);
}

#[test]
fn a_c_program_of_32_bits_counts_with_rust() {
    const TEST: &str = test_name!("a_c_program_of_32_bits_counts_with_rust");
    // Where the headers of the kernel are in the folder of the compiler's own word size only, as on Debian.
    let folder = Command::new("cc").arg("-print-multiarch").output();
    let folder = folder.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let folder = format!("/usr/include/{}", folder.unwrap_or_default());
    c_and_rust_count_together(TEST, &["-m32", "-idirafter", &folder]);
}

/// The deaths of either wake the other one.
#[test]
fn c_and_rust_take_over_from_each_other() {
    let Some(folder) = compiled(test_name!("c_and_rust_take_over_from_each_other"), &[]) else {
        return;
    };
    let area = area();
    let set = SemaphoreSet::from_id(area.set_id()).unwrap();
    // Six leases, the nonce, and the first mutex.
    let parking = set.get(8).unwrap();
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
