//! Programs that list many objects: `ipcs`, `lsipc` and `sysvipc`, in the places of C and the crates.

use std::env;
use std::process::Command;

use sysv_ipc::{
    Key, Mode, MsgGetFlags, MsgSndFlags, SemGetFlags, ShmGetFlags, msgget, msgsnd_bytes, semget,
    shmget,
};

use crate::job::{Job, Result, Run, repeat};

/// Returns a function that runs the program, in an ipc namespace of its own, which removes the objects as it ends. The first
/// object of each kind has the id 0.
pub fn prepare(job: &Job) -> Result<Option<Run>> {
    let calls = match job.what.as_str() {
        "list" => ["ipcs -a", "lsipc -m; lsipc -q; lsipc -s", "sysvipc list"],
        "sets" => ["ipcs -s", "lsipc -s", "sysvipc list sem"],
        "show" => ["ipcs -m -i 0", "lsipc -m -i 0", "sysvipc show shm 0"],
        "messages" => ["ipcs -q -i 0", "lsipc -q -i 0", "sysvipc show msg 0"],
        "limits" => ["ipcs -l; ipcs -u", "lsipc -g", "sysvipc limits"],
        "metrics" => ["ipcs -u", "", "sysvipc metrics"],
        "watch" => ["ipcs -a", "", "sysvipc watch --count 1"],
        _ => return Err("no such work".into()),
    };
    let layers = ["c", "sysv-ipc", "sysv-wrapper"].into_iter().zip(calls);
    let mut calls = layers.filter(|(layer, call)| *layer == job.layer && !call.is_empty());
    let Some((_, call)) = calls.next() else {
        return Ok(None);
    };
    let set = |size| semget(Key::PRIVATE, size, SemGetFlags::CREAT, Mode::OWNER);
    let queue = || msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER);
    let number = job.numbers[0];
    // The limit on segments is larger than the others.
    let segments = if number == 32_000 { 32_768 } else { number };
    match job.what.as_str() {
        "sets" => (0..60).try_for_each(|_| set(number).map(drop))?,
        "messages" => {
            let id = queue()?;
            (0..number).try_for_each(|_| msgsnd_bytes(id, 1, b"text", MsgSndFlags::NOWAIT))?;
        }
        _ => {
            (0..number).try_for_each(|_| set(1).and(queue()).map(drop))?;
            let segment = || shmget(Key::PRIVATE, 4096, ShmGetFlags::CREAT, Mode::OWNER);
            (0..segments).try_for_each(|_| segment().map(drop))?;
        }
    }
    let here = env::current_exe()?.with_file_name("");
    let mut command = Command::new("sh");
    // `show` notes on the standard error that it counts a part of the messages.
    command.args(["-ec", &format!("exec >/dev/null 2>&1; {call}")]);
    command.env("PATH", format!("{}:{}", here.display(), env::var("PATH")?));
    Ok(Some(repeat(move || {
        let status = command.status().unwrap();
        assert!(status.success());
    })))
}
