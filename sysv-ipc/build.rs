//! Turns the facts that `sysv-sys` detected about the target into cfgs, and passes them on to dependents.
//!
//! `#[cfg(sysv = "semtimedop")]` is set where the headers declare the function, `#[cfg(sysv = "SHM_STAT_ANY")]` where
//! they define the command, and so on. An ability that platforms provide in different ways has a name of its own:
//! `#[cfg(sysv = "limits")]`.
//!
//! The environment variable `SYSV_IPC_WITHOUT` names facts, such as `semtimedop`, that are to be treated as missing: to test on
//! one system what others do.

use std::env;

/// The facts that `sysv-sys` reports as `true` or `false`: metadata name, cfg value.
const FACTS: [(&str, &str); 26] = [
    ("SEMTIMEDOP", "semtimedop"),
    ("IPC_INFO", "IPC_INFO"),
    ("MSG_COPY", "MSG_COPY"),
    ("MSG_EXCEPT", "MSG_EXCEPT"),
    ("MSG_INFO", "MSG_INFO"),
    ("MSG_STAT", "MSG_STAT"),
    ("MSG_STAT_ANY", "MSG_STAT_ANY"),
    ("SEM_INFO", "SEM_INFO"),
    ("SEM_STAT", "SEM_STAT"),
    ("SEM_STAT_ANY", "SEM_STAT_ANY"),
    ("SHM_DEST", "SHM_DEST"),
    ("SHM_EXEC", "SHM_EXEC"),
    ("SHM_HUGETLB", "SHM_HUGETLB"),
    ("SHM_INFO", "SHM_INFO"),
    ("SHM_LOCK", "SHM_LOCK"),
    ("SHM_LOCKED", "SHM_LOCKED"),
    ("SHM_NORESERVE", "SHM_NORESERVE"),
    ("SHM_REMAP", "SHM_REMAP"),
    ("SHM_STAT", "SHM_STAT"),
    ("SHM_STAT_ANY", "SHM_STAT_ANY"),
    ("SHM_UNLOCK", "SHM_UNLOCK"),
    ("SYSCTLBYNAME", "sysctlbyname"),
    ("SHMID_KERNEL", "shmid_kernel"),
    ("SHM_SYSCTL_INFO", "shm_sysctl_info"),
    ("IPCS_COMMAND", "IPCS_command"),
    ("SYSVIPC_INFO", "sysvipc_info"),
];

/// Abilities, each with the facts of which one is enough.
const ABILITIES: [(&str, &[&str]); 3] = [
    // Reading limits and lists of objects by sysctl.
    ("sysctl", &["sysctlbyname", "sysvipc_info"]),
    // Reading the system's limits.
    (
        "limits",
        &[
            "IPC_INFO",
            "shm_sysctl_info",
            "IPCS_command",
            "sysvipc_info",
        ],
    ),
    // Seeing whether a segment that is still attached was removed.
    (
        "marked_for_removal",
        &[
            "SHM_DEST",
            "shmid_kernel",
            "shm_sysctl_info",
            "IPCS_command",
            "sysvipc_info",
        ],
    ),
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SYSV_IPC_WITHOUT");
    let without = env::var("SYSV_IPC_WITHOUT").unwrap_or_default();
    let is_wanted = |value| without.split(',').all(|missing| missing != value);
    let facts = FACTS.iter().map(|(_, value)| value);
    let abilities = ABILITIES.iter().map(|(value, _)| value);
    let values: Vec<String> = facts.chain(abilities).map(|v| format!("\"{v}\"")).collect();
    println!(
        "cargo::rustc-check-cfg=cfg(sysv, values({}))",
        values.join(", ")
    );
    let mut have = Vec::new();
    for (metadata, value) in FACTS {
        let present =
            env::var(format!("DEP_SYSV_{metadata}")).is_ok_and(|v| v == "true") && is_wanted(value);
        if present {
            have.push(value);
        }
        println!("cargo::metadata={metadata}={present}");
    }
    for (value, ways) in ABILITIES {
        if ways.iter().any(|way| have.contains(way)) {
            have.push(value);
        }
    }
    for value in &have {
        println!("cargo::rustc-cfg=sysv=\"{value}\"");
    }
    println!("cargo::metadata=HAVE={}", have.join(","));
}
