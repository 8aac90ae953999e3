//! Two accounts in shared memory, for the critical section: what is in them, and who is at them.
//!
//! Nothing here locks. Moving money reads both balances, takes a moment, and writes both, so that two who do it
//! at once undo each other's work; and everyone who comes in counts who is inside.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use sysv_wrapper::zerocopy::{FromBytes, Immutable, IntoBytes};
use sysv_wrapper::{Attachment, RemoveOnDrop, Result, SharedMemory, ShmId};

/// What both accounts have in the beginning.
pub const BEGINNING: i64 = 1000;

/// How long whoever is inside stays there.
const MOMENT: Duration = Duration::from_micros(200);

/// What is in the two accounts.
#[derive(Debug, Copy, Clone, PartialEq, Eq, FromBytes, IntoBytes, Immutable)]
#[zerocopy(crate = "sysv_wrapper::zerocopy")]
#[repr(C)]
pub struct Balances(pub [i64; 2]);

/// Where in the segment things are.
const BALANCES: usize = 0;
const INSIDE: usize = 64;
const OVERLAPS: usize = 128;
const SIZE: usize = 192;

/// The accounts, attached.
#[derive(Debug)]
pub struct Accounts {
    memory: Attachment,
}

impl Accounts {
    /// Makes the segment.
    ///
    /// # Errors
    ///
    /// Those of creating segments.
    pub fn create() -> Result<RemoveOnDrop<SharedMemory>> {
        let open = |memory: &Attachment| {
            memory.write_value(&Balances([BEGINNING; 2]), BALANCES)?;
            Ok(())
        };
        let memory = SharedMemory::builder().size(SIZE).init_with(open);
        memory.create_private().map(RemoveOnDrop::new)
    }

    /// Attaches the segment with this id.
    ///
    /// # Errors
    ///
    /// Those of attaching.
    pub fn attach(id: ShmId) -> Result<Accounts> {
        let memory = SharedMemory::from_id(id)?.attach()?;
        Ok(Accounts { memory })
    }

    /// What is in them now.
    ///
    /// # Errors
    ///
    /// None for a segment that was made by [`create`](Self::create); that of another may be too short.
    pub fn balances(&self) -> Result<Balances> {
        self.memory.read_value(BALANCES)
    }

    /// How often somebody came in while another was inside.
    ///
    /// # Errors
    ///
    /// As [`balances`](Self::balances).
    pub fn overlaps(&self) -> Result<u32> {
        Ok(self.memory.atomic_u32(OVERLAPS)?.load(SeqCst))
    }

    /// Moves 1 from one account to the other, and says how many others were inside when it came in.
    ///
    /// # Errors
    ///
    /// As [`balances`](Self::balances).
    pub fn transfer(&self, from: usize, to: usize) -> Result<u32> {
        let inside = Inside::enter(self)?;
        if inside.others > 0 {
            self.memory.atomic_u32(OVERLAPS)?.fetch_add(1, SeqCst);
        }
        let Balances(mut balances) = self.balances()?;
        thread::sleep(MOMENT);
        balances[from] -= 1;
        balances[to] += 1;
        self.memory.write_value(&Balances(balances), BALANCES)?;
        Ok(inside.others)
    }
}

/// That somebody is inside, until it is dropped.
struct Inside<'a> {
    count: &'a AtomicU32,
    others: u32,
}

impl Inside<'_> {
    fn enter(accounts: &Accounts) -> Result<Inside<'_>> {
        let count = accounts.memory.atomic_u32(INSIDE)?;
        let others = count.fetch_add(1, SeqCst);
        Ok(Inside { count, others })
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, SeqCst);
    }
}
