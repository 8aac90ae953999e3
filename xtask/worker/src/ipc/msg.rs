//! Rows of queues through `sysv-ipc`. What is sent comes back at once.

use std::hint::black_box;

use sysv_ipc::{
    Key, Mode, MsgBuf, MsgGetFlags, MsgId, MsgRcvFlags, MsgSndFlags, msgctl_rmid, msgctl_stat,
    msgget, msgrcv, msgrcv_vec, msgsnd, msgsnd_bytes,
};

use super::{Removed, litter, unique};
use crate::place::keep_apart;
use crate::{Prepared, repeat};

const SEND: MsgSndFlags = MsgSndFlags::empty();
const RECEIVE: MsgRcvFlags = MsgRcvFlags::empty();

pub fn prepare(what: &str, first: usize) -> Prepared {
    let made = Removed {
        id: create(Key::PRIVATE)?,
        remove: msgctl_rmid,
    };
    let id = move || {
        let made = &made;
        made.id
    };
    Ok(Some(match what {
        "in-place" => {
            let mut message = MsgBuf::new(1, &vec![b'm'; first]);
            repeat(move || {
                msgsnd(id(), &message, SEND).unwrap();
                msgrcv(id(), &mut message, 0, RECEIVE).unwrap();
            })
        }
        "copied" => {
            let text = vec![b't'; first];
            let apart = keep_apart(first);
            let room = first.max(4096);
            repeat(move || {
                black_box(&apart);
                msgsnd_bytes(id(), 1, &text, SEND).unwrap();
                black_box(msgrcv_vec(id(), room, 0, RECEIVE).unwrap());
            })
        }
        "status" => repeat(move || {
            msgctl_stat(id()).unwrap();
        }),
        "create-remove" => repeat(|| msgctl_rmid(create(Key::PRIVATE).unwrap()).unwrap()),
        "unique" => {
            let present = litter(first, create, msgctl_rmid)?;
            repeat(move || {
                let _present = &present;
                msgctl_rmid(unique(create).unwrap()).unwrap();
            })
        }
        _ => return Ok(None),
    }))
}

fn create(key: Key) -> sysv_ipc::Result<MsgId> {
    msgget(key, MsgGetFlags::CREAT | MsgGetFlags::EXCL, Mode::OWNER)
}
