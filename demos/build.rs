//! Turns the target's features, as reported by `sysv-ipc`, into cfgs: `#[cfg(sysv = "semtimedop")]`.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(sysv, values(any()))");
    let have = env::var("DEP_SYSV_IPC_HAVE").unwrap_or_default();
    for value in have.split(',').filter(|value| !value.is_empty()) {
        println!("cargo::rustc-cfg=sysv=\"{value}\"");
    }
}
