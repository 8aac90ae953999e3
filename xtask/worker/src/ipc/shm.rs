//! Rows of segments through `sysv-ipc`, but for the copies.
#![expect(unsafe_code, reason = "measures shmat and shmdt")]

use std::ffi::c_void;
use std::ptr;

use sysv_ipc::{
    Key, Mode, ShmAtFlags, ShmGetFlags, ShmId, shmat, shmctl_rmid, shmctl_stat, shmdt, shmget,
};

use super::{Removed, litter, unique};
use crate::{Prepared, repeat};

pub fn prepare(what: &str, first: usize) -> Prepared {
    let mut key = Key::PRIVATE;
    let made = unique(|drawn| {
        key = drawn;
        create(drawn)
    });
    let made = Removed {
        id: made?,
        remove: shmctl_rmid,
    };
    let id = move || {
        let made = &made;
        made.id
    };
    Ok(Some(match what {
        "status" => repeat(move || {
            shmctl_stat(id()).unwrap();
        }),
        "get" => repeat(move || {
            let _lives = &id;
            find(key);
        }),
        "open" => repeat(move || {
            let _lives = &id;
            shmctl_stat(find(key)).unwrap();
        }),
        "shmat-shmdt" => repeat(move || detach(attach(id()))),
        "attach-detach" => repeat(move || {
            let address = attach(id());
            shmctl_stat(id()).unwrap();
            detach(address);
        }),
        "create-remove" => repeat(|| shmctl_rmid(create(Key::PRIVATE).unwrap()).unwrap()),
        "unique" => {
            let present = litter(first, create, shmctl_rmid)?;
            repeat(move || {
                let _present = &present;
                shmctl_rmid(unique(create).unwrap()).unwrap();
            })
        }
        _ => return Ok(None),
    }))
}

fn find(key: Key) -> ShmId {
    shmget(key, 0, ShmGetFlags::empty(), Mode::NONE).unwrap()
}

fn attach(id: ShmId) -> *mut c_void {
    // SAFETY: the kernel chooses a free place.
    unsafe { shmat(id, ptr::null(), ShmAtFlags::empty()) }.unwrap()
}

/// Detaches what nobody has used.
fn detach(address: *mut c_void) {
    // SAFETY: nobody has used the mapping.
    unsafe { shmdt(address) }.unwrap();
}

fn create(key: Key) -> sysv_ipc::Result<ShmId> {
    shmget(
        key,
        4096,
        ShmGetFlags::CREAT | ShmGetFlags::EXCL,
        Mode::OWNER,
    )
}
