//! Rules 3, 4 and 5: what is done in one place only.

use super::workspace::{harmless, planted};

#[test]
fn rule_3_comparisons() {
    let text = "//! A file.
fn f(x: i32, p: *mut u8) -> bool {
    x == -1; // HERE
    -1 != x; // HERE
    x == (-1 as _); // HERE
    x == -1_i32; // HERE
    p == usize::MAX as *mut u8; // HERE
    p == !0 as *mut _; // HERE
    p.addr() == usize::MAX; // HERE
    p == std::ptr::without_provenance_mut(usize::MAX); // HERE
    x.eq(&-1); // HERE
    assert_ne!(x, -1, \"failed\"); // HERE
    assert!(y && x != -1); // HERE
    matches!(x, -1 | 5); // HERE
    match x {
        -1 => true, // HERE
        Some(i32::MIN..=-1) => false, // HERE
        _ => false,
    }
}
macro_rules! checked { ($x:expr) => { if $x == -1 { None } else { Some($x) } } } // HERE
";
    for path in [
        "sysv-ipc/src/a.rs",
        "sysv-wrapper/src/a.rs",
        "demos/src/a.rs",
    ] {
        planted(3, path, text);
    }
    harmless(
        "sysv-ipc/src/a.rs",
        "//! x == -1
// x == -1
/// x == -1
fn f(x: i32) -> bool {
    let s = \"x == -1\";
    call(-1);
    let y = -1;
    x == 1 - 1 && x == y - 1 && x == -10 && x == usize::MAX && x < -1
}
#[cfg(test)]
mod tests { fn f() { assert_eq!(x, -1); } }
",
    );
    harmless(
        "sysv-ipc/tests/a.rs",
        "//! T.\nfn f() { assert_eq!(x, -1); }\n",
    );
}

#[test]
fn rule_3_reads_of_errno() {
    planted(
        3,
        "sysv-wrapper/src/a.rs",
        "//! A file.
fn f() {
    std::io::Error::last_os_error(); // HERE
    __errno_location(); // HERE
    __error(); // HERE
    errno::errno(); // HERE
    sysv_ipc::Errno::last(); // HERE
}
",
    );
    harmless(
        "sysv-wrapper/src/a.rs",
        "//! last_os_error
/// `__errno_location`
fn errno() { error.errno(); Error::errno(&error); list.last(); }
",
    );
}

#[test]
fn rule_4_clocks_and_signals() {
    planted(
        4,
        "sysv-wrapper/src/sem/a.rs",
        "//! A file.
use std::thread::{self, sleep}; // HERE
fn f() {
    std::time::Instant::now(); // HERE
    thread::sleep(d); // HERE
    thread::park_timeout(d); // HERE
    channel.recv_timeout(d); // HERE
    condition.wait_timeout(lock, d); // HERE
    if errno == Errno::EINTR {} // HERE
    match kind { ErrorKind::Interrupted => {} } // HERE
}
",
    );
    harmless(
        "sysv-wrapper/src/a.rs",
        "//! Instant::now, EINTR
/// Not interrupted (`EINTR`); thread::sleep.
fn sleep(until: Instant) { SystemTime::now(); self.sleep(d); e.is_interrupted(); \"EINTR\" }
fn wait_timeout() {}
#[cfg(test)]
mod tests { fn f() { Instant::now(); } }
",
    );
    let text = "//! A file.\nfn f() { Instant::now(); }\n";
    harmless("sysv-wrapper/tests/a.rs", text);
    harmless("demos/src/a.rs", text);
}

#[test]
fn rule_5_no_drop_in_the_thin_layer() {
    planted(
        5,
        "sysv-ipc/src/a.rs",
        "//! A file.
impl Drop for A { fn drop(&mut self) {} } // HERE
impl<T> core::ops::Drop for B<T> { // HERE
    fn drop(&mut self) {}
}
macro_rules! m { ($t:ty) => {
    impl Drop for $t { fn drop(&mut self) {} } // HERE
} }
",
    );
    harmless(
        "sysv-ipc/src/a.rs",
        "//! impl Drop for A\n// impl Drop for A {}\nfn f<T: Drop>() { drop(1) }\n",
    );
    harmless(
        "sysv-wrapper/src/a.rs",
        "//! A.\nimpl Drop for A { fn drop(&mut self) { self.detach(); } }\n",
    );
}

#[test]
fn rule_5_removal_in_a_drop() {
    planted(
        5,
        "sysv-wrapper/src/a.rs",
        "//! A file.
impl Drop for A {
    fn drop(&mut self) {
        let _ = self.handle.remove(); // HERE
        std::fs::remove_file(&self.path); // HERE
        if let Err(e) = sysv_ipc::shmctl_rmid(self.id) {} // HERE
        ids.map(semctl_rmid); // HERE
        log!(\"{:?}\", self.0.remove()); // HERE
    }
}
",
    );
    harmless(
        "sysv-wrapper/src/a.rs",
        "//! A file.
impl A { fn drop(&mut self) { self.handle.remove(); shmctl_rmid(1); } }
impl Drop for B {
    fn drop(&mut self) { /* self.remove() */ if self.remove { \"remove\" } }
}
",
    );
}
