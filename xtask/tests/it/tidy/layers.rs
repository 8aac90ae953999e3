//! Rules 1, 2 and 6: what each layer may name, contain and ask for.

use super::workspace::{harmless, planted};

#[test]
fn rule_1_names_of_low_crates() {
    let text = "//! A file.
use libc::c_int; // HERE
use libc; // HERE
use {sysv_sys::key_t, std::io}; // HERE
extern crate libc; // HERE
fn f() -> ::libc::c_int { // HERE
    println!(\"{}\", sysv_sys::IPC_CREAT); // HERE
    nix::libc::getpid() // HERE
}
macro_rules! m { () => { libc::fork() }; } // HERE
";
    for path in [
        "sysv-wrapper/src/a.rs",
        "demos/src/bin/a.rs",
        "xtask/src/a.rs",
        "sysv-wrapper/tests/a/b.rs",
    ] {
        planted(1, path, text);
    }
    harmless(
        "sysv-wrapper/src/a.rs",
        "//! Like libc::fork, see `sysv_sys::shmget`.
// libc::c_int
/// As `libc::getpid`:
/// ```
/// use libc::c_int;
/// ```
fn f(libc: u8) -> impl Sized + use<> { let s = \"libc::c_int\"; s.libc = libc; libc }
",
    );
    harmless("sysv-sys/tests/abi.rs", "//! T.\nuse libc::c_int;\n");
}

#[test]
fn rule_1_public_signatures() {
    planted(
        1,
        "sysv-ipc/src/a.rs",
        "//! A file.
use libc::{c_int, c_long as long};
use sysv_sys as sys;
type Alias = libc::size_t;
/// D.
pub fn argument(x: libc::c_int) {} // HERE
/// D.
pub fn returned() -> Option<c_int> { None } // HERE
/// D.
pub fn bound<T: Into<long>>(x: T) {} // HERE
/// D.
pub fn through(x: Alias, y: sys::key_t) {} // HERE
/// D.
pub struct S {
    /// D.
    pub field: libc::c_int, // HERE
    private: libc::c_int,
}
/// D.
pub struct T(pub sysv_sys::key_t); // HERE
/// D.
pub enum E {
    /// D.
    V(libc::c_int), // HERE
}
/// D.
pub type Ty = sysv_sys::key_t; // HERE
/// D.
pub const C: libc::c_int = 1; // HERE
/// D.
pub static ST: libc::c_int = 1; // HERE
/// D.
pub trait Tr {
    /// D.
    fn method(&self) -> libc::c_int; // HERE
}
impl S {
    /// D.
    pub fn method(&self) -> libc::c_int { 0 } // HERE
    fn private(&self) -> libc::c_int { 0 }
}
impl From<libc::c_int> for S { // HERE
    fn from(x: c_int) -> S { S } // HERE
}
pub use sysv_sys::IPC_CREAT; // HERE
macro_rules! id { ($(#[$m:meta])* $vis:vis $name:ident) => {
    $(#[$m])* $vis struct $name(c_int);
    impl $name {
        /// D.
        pub fn raw(self) -> c_int { self.0 } // HERE
    }
} }
",
    );
    harmless(
        "sysv-ipc/src/a.rs",
        "//! A file.
use core::ffi::c_int;
use libc::size_t;
/// D.
pub fn ffi(x: c_int) -> c_int { libc::getpid(); let y: size_t = 1; x }
/// D.
pub const C: c_int = sysv_sys::IPC_CREAT;
pub(crate) fn inside(x: libc::c_int) {}
pub(crate) struct Private(pub libc::c_int);
impl Private { pub fn new(x: size_t) -> Self { Private } }
impl From<libc::c_int> for Private { fn from(x: libc::c_int) -> Self { Private } }
#[cfg(test)]
mod tests { pub fn f(x: libc::c_int) {} }
",
    );
}

#[test]
fn rule_2_unsafe_code() {
    planted(
        2,
        "sysv-wrapper/src/a.rs",
        "//! A file.
fn a() { unsafe { b() } } // HERE
unsafe fn c() {} // HERE
unsafe impl Send for D {} // HERE
unsafe trait E {} // HERE
unsafe extern \"C\" {} // HERE
unsafe extern \"C\" fn f() {} // HERE
#[unsafe(no_mangle)] // HERE
fn g() { println!(\"{}\", unsafe { h() }) } // HERE
macro_rules! m { () => { unsafe { i() } } } // HERE
#[cfg(test)]
mod tests { fn j() { unsafe { k() } } } // HERE
",
    );
    planted(
        2,
        "sysv-wrapper/build.rs",
        "//! B.\nfn main() { unsafe { a() } } // HERE\n",
    );
    planted(
        2,
        "demos/tests/a.rs",
        "//! T.\nfn main() { unsafe { a() } } // HERE\n",
    );
    harmless(
        "sysv-wrapper/src/a.rs",
        "//! Not unsafe { }.
#![forbid(unsafe_code)]
// unsafe { a() }
/* unsafe fn */
/// unsafe { b() }
fn a(f: unsafe fn(u8), g: unsafe extern \"C\" fn()) { let s = \"unsafe { c() }\"; }
#[doc = \"unsafe\"]
struct S { r#unsafe: u8 }
",
    );
}

#[test]
fn rule_6_platforms_by_name() {
    let text = "//! A file.
#![cfg_attr(windows, allow(dead_code))] // HERE
#[cfg(target_os = \"linux\")] // HERE
fn a() {}
#[cfg(all(test, not(unix)))] // HERE
fn b() {}
#[cfg_attr(all(x, target_env = \"musl\"), ignore)] // HERE
fn c() { if cfg!(target_arch = \"x86_64\") {} } // HERE
#[cfg_attr(feature = \"x\", cfg(target_family = \"unix\"))] // HERE
fn d() {
    #[cfg(target_vendor = \"apple\")] // HERE
    let x = 1;
    cfg_select! {
        feature = \"x\" => { unix }
        target_os = \"macos\" => { 1 } // HERE
        _ => {}
    }
    vec![#[cfg(unix)] 1] // HERE
}
macro_rules! m { () => { #[cfg(windows)] fn f() {} } } // HERE
";
    for path in [
        "sysv-ipc/src/a.rs",
        "sysv-wrapper/src/a.rs",
        "demos/src/a.rs",
        "demos/tests/a.rs",
    ] {
        planted(6, path, text);
    }
    harmless("xtask/src/a.rs", &text.replace("HERE", ""));
    harmless("sysv-sys/src/a.rs", &text.replace("HERE", ""));
    harmless(
        "sysv-wrapper/src/system/linux.rs",
        &text.replace("HERE", ""),
    );
    harmless(
        "sysv-wrapper/src/a.rs",
        "//! #[cfg(unix)]
// #[cfg(unix)]
/// #[cfg(unix)]
#[cfg(target_has_atomic = \"64\")]
fn a() { cfg!(target_endian = \"big\"); cfg!(target_pointer_width = \"64\"); }
#[cfg(all(test, feature = \"unix\", have_semtimedop))]
fn b() { use std::os::unix::fs; let unix = \"#[cfg(windows)]\"; cfg(unix); }
#[cfg_attr(docsrs, doc(cfg(unix)), doc(alias = \"windows\"))]
fn c() {}
#[doc(cfg(unix))]
#[cfg_attr(all(feature = \"x\", doc), path(unix))]
fn d() {}
",
    );
}
