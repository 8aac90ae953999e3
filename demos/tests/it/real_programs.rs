//! The examples that work with other programs, if these programs are installed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use sysv_wrapper::{Key, SharedMemory};

use crate::support::{Run, example, have, run};

/// Reports that a test is skipped, with the reason.
fn skip(test: &str, missing: &str) {
    eprintln!("{test}: skipped, {missing} is not installed");
}

/// Removes the segment of unit 7.
fn remove_clock() {
    let key: Key = "0x4e545037".parse().unwrap();
    SharedMemory::remove_key(key).unwrap();
}

/// A program that is killed when this is dropped.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        // SIGTERM: it removes its lock files then.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// Row R1.
#[test]
fn chronyd_reads_the_clock() {
    if !have("chronyd") {
        return skip("chronyd_reads_the_clock", "chronyd (chrony)");
    }
    if !rustix::process::geteuid().is_root() {
        return skip("chronyd_reads_the_clock", "the right to run chronyd (root)");
    }
    let clock = Run::start(&example("ntp_refclock"), &["7", "100000"]);
    let clock = Peer(clock.child);
    let folder = tempfile::tempdir().unwrap();
    let pid_file = format!("pidfile {}/chronyd.pid", folder.path().display());
    let options = [
        "-u",
        "root",
        "-Q",
        "-t",
        "100",
        "refclock SHM 7 poll 0",
        &pid_file,
    ];
    let ended = run("chronyd", &options);
    drop(clock);
    ended
        .assert_code(0)
        .assert_complaint("System clock wrong by ");
    // Of a clock that is the system clock, chronyd must think so.
    let offset = ended.stderr.split("System clock wrong by ").nth(1).unwrap();
    let offset: f64 = offset.split(' ').next().unwrap().parse().unwrap();
    assert!(offset.abs() < 1.0, "{ended:?}");
    // SIGTERM ended the clock before it removed the segment.
    remove_clock();
}

/// Row R1.
#[test]
fn ntpshmmon_reads_the_clock() {
    if !have("ntpshmmon") {
        return skip("ntpshmmon_reads_the_clock", "ntpshmmon (gpsd-clients)");
    }
    let clock = Run::start(&example("ntp_refclock"), &["7", "100000"]);
    let clock = Peer(clock.child);
    let ended = run("ntpshmmon", &["-n", "3"]);
    drop(clock);
    assert!(
        ended.assert_code(0).stdout.contains("sample NTP7 "),
        "{ended:?}"
    );
    remove_clock();
}

/// Row R2.
#[test]
fn xvfb_gives_the_picture_back() {
    if !have("Xvfb") {
        return skip("xvfb_gives_the_picture_back", "Xvfb (xvfb)");
    }
    let mut server = Command::new("Xvfb");
    server.args([
        "-displayfd",
        "1",
        "-screen",
        "0",
        "640x480x24",
        "-nolisten",
        "tcp",
    ]);
    let server = server.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = Peer(server.spawn().unwrap());
    let mut display = String::new();
    let stdout = server.0.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut display).unwrap();
    let mut client = Command::new(example("x11_shm"));
    let ended = Run::start_command(client.env("DISPLAY", format!(":{}", display.trim()))).end();
    let text = "3072 of 3072 pixels came back equal\n";
    assert_eq!(ended.assert_code(0).stdout, text);
}

/// Row R3.
#[test]
fn php_takes_turns() {
    let check = "exit(function_exists('sem_get') && function_exists('shmop_open') ? 0 : 1);";
    if !have("php") || run("php", &["-r", check]).status.code() != Some(0) {
        return skip("php_takes_turns", "php with sysvsem and shmop (php-cli)");
    }
    let ended = run(&example("php_lock"), &[]);
    let text = "4 scripts and this program, 1000 rounds each: 5000\n";
    assert_eq!(ended.assert_code(0).stdout, text);
    assert_eq!(ended.stderr, "");
}
