//! Whether standard input and output were closed when the program was started.
//!
//! The standard library opens `/dev/null` in their place before `main`, so that output would vanish without a word,
//! and a message would be sent empty. What happened before that, only a function knows that runs earlier still.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

static INPUT: AtomicBool = AtomicBool::new(false);
static OUTPUT: AtomicBool = AtomicBool::new(false);

/// Whether standard input was closed. `false` where that cannot be told.
pub(crate) fn input() -> bool {
    INPUT.load(Ordering::Relaxed)
}

/// Whether standard output was closed. `false` where that cannot be told.
pub(crate) fn output() -> bool {
    OUTPUT.load(Ordering::Relaxed)
}

// The format of executables that Linux and the BSDs have names the functions that run first in this section. The
// attribute is unsafe because what stands in the section is called: it is a function of the right type.
#[cfg(any(
    target_os = "linux",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd"
))]
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

/// Looks, without opening a file: that would get the number of a closed one.
#[cfg_attr(
    not(any(
        target_os = "linux",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd"
    )),
    allow(dead_code, reason = "nothing calls it there")
)]
extern "C" fn look() {
    // Without /proc, what leads there from /dev leads nowhere, and tells nothing.
    let Some(folder) = ["/proc/self/fd", "/dev/fd"]
        .into_iter()
        .find(|path| fs::metadata(path).is_ok())
    else {
        return;
    };
    // What it leads to may be no file at all.
    let is_there = |path: &str| fs::symlink_metadata(path).is_ok();
    INPUT.store(!is_there(&format!("{folder}/0")), Ordering::Relaxed);
    OUTPUT.store(!is_there(&format!("{folder}/1")), Ordering::Relaxed);
}
