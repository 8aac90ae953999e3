//! The conversation through `sysv-ipc`: one call at a time, with the work of the wrapper done by hand.
//!
//! The only demonstration with `unsafe`: a mapping is an address, to be detached once and not used afterwards. The ids,
//! and all calls with them, are safe.
#![expect(unsafe_code, reason = "attaches a segment through the thin layer")]

use core::ffi::{c_long, c_void};
use std::ptr;
use std::sync::atomic::AtomicU32;
use std::thread;

use sysv_ipc::{
    Errno, Key, Mode, MsgGetFlags, MsgId, MsgRcvFlags, MsgSndFlags, SemBuf, SemFlags, SemGetFlags,
    SemId, ShmAtFlags, ShmGetFlags, ShmId,
};
use sysv_wrapper::zerocopy::{FromZeros, IntoBytes};

use crate::channel::{Channel, Medium, Plan, RECORD, SIZE};
use crate::end::{End, Role};
use crate::record::Record;

/// The objects, attached. Dropping this detaches, and removes the objects if they are `owned`.
#[derive(Debug)]
pub struct Thin {
    plan: Plan,
    /// `SIZE` bytes, for reading and writing, as long as this value lives; null before the segment is attached.
    address: *mut c_void,
    owned: bool,
}

impl Drop for Thin {
    fn drop(&mut self) {
        // SAFETY: this value made the mapping, and all borrows from it have ended.
        let _ = unsafe { sysv_ipc::shmdt(self.address) };
        if self.owned {
            // An id of -1 names no object.
            let _ = sysv_ipc::shmctl_rmid(self.segment());
            let _ = sysv_ipc::semctl_rmid(self.set());
            let _ = sysv_ipc::msgctl_rmid(self.queue());
        }
    }
}

impl Thin {
    fn segment(&self) -> ShmId {
        ShmId::from_raw(self.plan.segment)
    }

    fn set(&self) -> SemId {
        SemId::from_raw(self.plan.set)
    }

    fn queue(&self) -> MsgId {
        MsgId::from_raw(self.plan.queue)
    }

    fn attach(&mut self) -> Result<(), End> {
        let stat = call("shmctl IPC_STAT", sysv_ipc::shmctl_stat(self.segment()))?;
        if stat.segsz() < SIZE {
            return Err(End::Failed("the segment is too short".to_owned()));
        }
        // SAFETY: with a null address the kernel chooses a free one.
        let address = unsafe { sysv_ipc::shmat(self.segment(), ptr::null(), ShmAtFlags::empty()) };
        self.address = call("shmat", address)?;
        Ok(())
    }

    /// Returns the address of `length` bytes at `offset`.
    fn at(&self, offset: usize, length: usize) -> *mut c_void {
        assert!(!self.address.is_null() && offset <= SIZE && length <= SIZE - offset);
        // SAFETY: `SIZE` bytes are mapped at `address`, and the offset is at most that.
        unsafe { self.address.byte_add(offset) }
    }

    fn read(&self, bytes: &mut [u8], offset: usize) {
        let from = self.at(offset, bytes.len());
        // SAFETY: the bytes are within the mapping, and no reference to them exists.
        unsafe { sysv_ipc::copy_out(from, bytes) };
    }

    fn write(&self, bytes: &[u8], offset: usize) {
        let to = self.at(offset, bytes.len());
        // SAFETY: the bytes are within the mapping, which is writable, and no reference to them exists.
        unsafe { sysv_ipc::copy_in(bytes, to) };
    }
}

impl Channel for Thin {
    fn create(plan: Plan) -> Result<Thin, End> {
        if plan.goes_by(Medium::Sync) {
            return Err(End::Failed(
                "--channel sync is of the layer wrapper".to_owned(),
            ));
        }
        // Dropping this removes the created objects if a later creation fails.
        let (address, owned) = (ptr::null_mut(), true);
        let mut thin = Thin {
            plan,
            address,
            owned,
        };
        let set = sysv_ipc::semget(Key::PRIVATE, 2, SemGetFlags::CREAT, Mode::OWNER);
        thin.plan.set = call("semget", set)?.as_raw();
        // POSIX leaves the values of a new set undefined.
        for member in 0..2 {
            let set = sysv_ipc::semctl_setval(thin.set(), member, 0);
            call("semctl SETVAL", set)?;
        }
        if plan.goes_by(Medium::Queue) {
            let queue = sysv_ipc::msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER);
            thin.plan.queue = call("msgget", queue)?.as_raw();
        }
        let segment = sysv_ipc::shmget(Key::PRIVATE, SIZE, ShmGetFlags::CREAT, Mode::OWNER);
        thin.plan.segment = call("shmget", segment)?.as_raw();
        thin.attach()?;
        thin.write(&Record::BLANK.0, RECORD);
        thin.write(thin.plan.as_bytes(), 0);
        Ok(thin)
    }

    fn open(segment: i32) -> Result<Thin, End> {
        let mut plan = Plan::new_zeroed();
        plan.segment = segment;
        let (address, owned) = (ptr::null_mut(), false);
        let mut thin = Thin {
            plan,
            address,
            owned,
        };
        thin.attach()?;
        thin.read(plan.as_mut_bytes(), 0);
        thin.plan = plan.checked()?;
        Ok(thin)
    }

    fn adopt(&mut self) {
        self.owned = true;
    }

    fn plan(&self) -> Plan {
        self.plan
    }

    fn attached(&self) -> Result<u64, End> {
        let stat = sysv_ipc::shmctl_stat(self.segment());
        Ok(call("shmctl IPC_STAT", stat)?.nattch())
    }

    fn word(&self, offset: usize) -> Result<&AtomicU32, End> {
        let address = self.at(offset, size_of::<AtomicU32>()).cast::<u32>();
        assert!(address.is_aligned());
        // SAFETY: the number is aligned, and within the mapping, which lasts as long as the borrow of `self`. All Rust
        // code, here and in the other processes, accesses these bytes by atomics of this size only.
        Ok(unsafe { AtomicU32::from_ptr(address) })
    }

    fn say(&self, to: Role, record: &Record) -> Result<(), End> {
        if self.plan.goes_by(Medium::Queue) {
            let (mtype, flags) = (to as c_long + 1, MsgSndFlags::NOWAIT);
            let sent = sysv_ipc::msgsnd_bytes(self.queue(), mtype, &record.0, flags);
            return call("msgsnd", sent);
        }
        self.write(&record.0, RECORD);
        if self.plan.goes_by(Medium::Memory) {
            let give = [SemBuf::new(to as u16, 1, SemFlags::empty())];
            call("semop", sysv_ipc::semop(self.set(), &give))?;
        }
        Ok(())
    }

    fn listen(&self, role: Role, record: &mut Record) -> Result<bool, End> {
        let heard = if self.plan.goes_by(Medium::Queue) {
            let (mtype, flags) = (role as c_long + 1, MsgRcvFlags::NOWAIT);
            sysv_ipc::msgrcv_bytes(self.queue(), &mut record.0, mtype, flags).map(|_| ())
        } else if self.plan.goes_by(Medium::Memory) {
            take(self.set(), role as u16)
        } else {
            Ok(())
        };
        // There is no message, the slice is over, or a signal has ended it.
        if let Err(Errno::ENOMSG | Errno::EAGAIN | Errno::EINTR) = heard {
            thread::yield_now();
            return Ok(false);
        }
        call("semtimedop or msgrcv", heard)?;
        if !self.plan.goes_by(Medium::Queue) {
            self.read(&mut record.0, RECORD);
        }
        Ok(true)
    }
}

/// Takes one from a semaphore, and waits for at most a slice.
#[cfg(sysv = "semtimedop")]
fn take(set: SemId, member: u16) -> sysv_ipc::Result<()> {
    let take = [SemBuf::new(member, -1, SemFlags::empty())];
    sysv_ipc::semtimedop(set, &take, Some(crate::channel::SLICE))
}

/// Takes one from a semaphore without waiting, since this kernel has no wait with a time limit.
#[cfg(not(sysv = "semtimedop"))]
fn take(set: SemId, member: u16) -> sysv_ipc::Result<()> {
    let take = [SemBuf::new(member, -1, SemFlags::NOWAIT)];
    sysv_ipc::semop(set, &take)
}

/// Adds the name of the call to its error.
fn call<T>(name: &str, result: sysv_ipc::Result<T>) -> Result<T, End> {
    result.map_err(|errno| End::Failed(format!("{name}: {errno}")))
}
