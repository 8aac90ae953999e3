//! Programs that list many objects: `ipcs`, `lsipc` and `sysvipc`.

use std::env;
use std::process::{Command, Stdio};

use sysv_ipc::{
    Key, Mode, MsgGetFlags, MsgSndFlags, SemGetFlags, ShmGetFlags, msgget, msgsnd_bytes, semget,
    shmget,
};

use crate::Prepared;

/// The arguments of `ipcs`, `lsipc` and `sysvipc`. The first object of each kind has the id 0.
fn calls(what: &str) -> Option<[&'static str; 3]> {
    Some(match what {
        "list" => ["ipcs -a", "lsipc -m; lsipc -q; lsipc -s", "sysvipc list"],
        "sets" => ["ipcs -s", "lsipc -s", "sysvipc list sem"],
        "show" => ["ipcs -m -i 0", "lsipc -m -i 0", "sysvipc show shm 0"],
        "messages" => ["ipcs -q -i 0", "lsipc -q -i 0", "sysvipc show msg 0"],
        "limits" => ["ipcs -l; ipcs -u", "lsipc -g", "sysvipc limits"],
        "metrics" => ["ipcs -u", "", "sysvipc metrics"],
        "watch" => ["ipcs -a", "", "sysvipc watch --count 1"],
        _ => return None,
    })
}

/// The work of a row, for one of the programs, in an ipc namespace of its own, which removes the objects as it ends.
pub fn prepare(program: &str, what: &str, number: usize) -> Prepared {
    let calls = calls(what).ok_or("no such work")?;
    let which = ["ipcs", "lsipc", "sysvipc"].map(|name| name == program);
    let call = calls.into_iter().zip(which).find(|(_, is_it)| *is_it);
    let Some((call, _)) = call.filter(|(call, _)| !call.is_empty()) else {
        return Ok(None);
    };
    match what {
        "sets" => (0..60).try_for_each(|_| set(number))?,
        "messages" => {
            let id = msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER)?;
            (0..number).try_for_each(|_| msgsnd_bytes(id, 1, b"text", MsgSndFlags::NOWAIT))?;
        }
        _ => {
            // The limit on segments is larger than the others.
            let segments = if number == 32_000 { 32_768 } else { number };
            for _ in 0..segments {
                shmget(Key::PRIVATE, 4096, ShmGetFlags::CREAT, Mode::OWNER)?;
            }
            (0..number).try_for_each(|_| set(1))?;
            for _ in 0..number {
                msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER)?;
            }
        }
    }
    let here = env::current_exe()?.with_file_name("");
    let path = env::var("PATH")?;
    let mut command = Command::new("sh");
    command.args(["-ec", call]);
    // `show` notes there that it counts a part of the messages.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.env("PATH", format!("{}:{path}", here.display()));
    let run = move |times| (0..times).for_each(|_| assert!(command.status().unwrap().success()));
    Ok(Some((Box::new(run), Box::new(()))))
}

fn set(members: usize) -> sysv_ipc::Result<()> {
    semget(Key::PRIVATE, members, SemGetFlags::CREAT, Mode::OWNER).map(drop)
}
