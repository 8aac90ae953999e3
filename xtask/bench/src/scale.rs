//! Programs that list many objects: `ipcs`, `lsipc` and `sysvipc`, in the places of C and the crates.

use std::env;
use std::process::Command;

use sysv_ipc::*;

use crate::process::{Job, Work, repeat};

/// Returns a function that runs the program, in an ipc namespace of its own, whose first object of each kind has the id 0.
pub fn prepare(job: &Job) -> Work {
    let [ipcs, lsipc, sysvipc] = match job.what.as_str() {
        "list" => ["ipcs -a", "lsipc -m; lsipc -q; lsipc -s", "sysvipc list"],
        "sets" => ["ipcs -s", "lsipc -s", "sysvipc list sem"],
        "show" => ["ipcs -m -i 0", "lsipc -m -i 0", "sysvipc show shm 0"],
        "messages" => ["ipcs -q -i 0", "lsipc -q -i 0", "sysvipc show msg 0"],
        "limits" => ["ipcs -l; ipcs -u", "lsipc -g", "sysvipc limits"],
        "metrics" => ["ipcs -u", "", "sysvipc metrics"],
        "watch" => ["ipcs -a", "", "sysvipc watch --count 1"],
        _ => return Err("no such work".into()),
    };
    let call = match job.layer.as_str() {
        "c" => ipcs,
        "sysv-ipc" if !lsipc.is_empty() => lsipc,
        "sysv-wrapper" => sysvipc,
        _ => return Ok(None),
    };
    let set = |size| semget(Key::PRIVATE, size, SemGetFlags::CREAT, Mode::OWNER);
    let queue = || msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER);
    let segment = || shmget(Key::PRIVATE, 4096, ShmGetFlags::CREAT, Mode::OWNER);
    match (job.what.as_str(), job.number) {
        ("sets", size) => (0..60).try_for_each(|_| set(size).map(drop))?,
        ("messages", number) => {
            let (id, plain) = (queue()?, MsgSndFlags::NOWAIT);
            (0..number).try_for_each(|_| msgsnd_bytes(id, 1, b"text", plain))?;
        }
        (_, number) => {
            // The limit on segments is larger than the others.
            let segments = if number == 32_000 { 32_768 } else { number };
            (0..number).try_for_each(|_| set(1).and(queue()).map(drop))?;
            (0..segments).try_for_each(|_| segment().map(drop))?;
        }
    }
    let mut command = Command::new("sh");
    // `show` notes on the standard error that it counts a part of the messages.
    let script = format!("PATH=${{0%/*}}:$PATH; exec >/dev/null 2>&1; {call}");
    command.args(["-ec", &script]).arg(env::current_exe()?);
    Ok(Some(repeat(move || {
        assert!(command.status().unwrap().success());
    })))
}
