//! How the two sides find each other.
//!
//! Mrs. Premise creates the objects and removes them at the end; Mrs. Conclusion does so if Mrs. Premise is gone. By
//! hand they meet through a key file; a supervisor reads the id of the segment from Mrs. Premise's stdout, and passes it
//! on to Mrs. Conclusion.

use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use sysv_wrapper::{KeyFile, SharedMemory};

use crate::channel::{Channel, Plan, SLICE};
use crate::console::{print, warn};
use crate::end::{End, Role, catch_signals, check_signals};
use crate::side::Side;

/// How a side finds the other.
#[derive(Debug)]
pub struct Meeting {
    /// The file with the id of the segment, by hand.
    pub key_file: Option<PathBuf>,
    /// The process that started both, otherwise.
    pub supervisor: Option<u32>,
    /// The id of the segment, which that process passes to Mrs. Conclusion.
    pub segment: Option<i32>,
    /// The time limit for waiting for the other side.
    pub wait: Duration,
    /// Whether to print nothing but the last line, and errors.
    pub quiet: bool,
}

impl Meeting {
    /// Plays Mrs. Premise, if the terms are given, otherwise Mrs. Conclusion, and returns the exit status.
    pub fn attend<C: Channel>(&self, terms: Option<Plan>) -> u8 {
        let role = terms.map_or(Role::Conclusion, |_| Role::Premise);
        self.try_attend::<C>(role, terms).unwrap_or_else(|end| {
            warn(role, &end);
            end.status()
        })
    }

    fn try_attend<C: Channel>(&self, role: Role, terms: Option<Plan>) -> Result<u8, End> {
        let caught = catch_signals()?;
        if let (Some(path), false) = (&self.key_file, self.quiet) {
            let (pid, path) = (process::id(), path.display());
            print(format_args!("{role} is process {pid}; the id is in {path}"));
        }
        let mut file = None;
        let mut channel: C = match (terms, &self.key_file) {
            (Some(plan), _) => C::create(plan)?,
            (None, Some(path)) => self.find(path, &caught)?,
            (None, None) => C::open(self.segment.unwrap_or(-1))?,
        };
        if let (Role::Premise, Some(path)) = (role, &self.key_file) {
            remove_left_over::<C>(path)?;
            let memory = SharedMemory::from_id(channel.plan().segment)?;
            file = Some(KeyFile::publish_id(path, &memory)?);
        }
        // A supervisor reads this line of Mrs. Premise, whether it is quiet or not.
        let by_hand = self.supervisor.is_none();
        if by_hand && !self.quiet || !by_hand && role == Role::Premise {
            print(channel.plan());
        }
        let status = Side::new(&mut channel, role, self, &caught).take_part();
        drop(file);
        status
    }

    /// Waits for the key file, and opens the objects that it names.
    fn find<C: Channel>(&self, path: &Path, caught: &AtomicUsize) -> Result<C, End> {
        let begun = Instant::now();
        loop {
            check_signals(caught)?;
            let left = self.wait.saturating_sub(begun.elapsed());
            match KeyFile::wait_id::<SharedMemory>(path, left.min(SLICE)) {
                Ok(memory) => return C::open(memory.id().as_raw()),
                Err(error) if !error.is_timed_out() => return Err(error.into()),
                Err(_) if left.is_zero() => return Err(self.missed(Role::Premise)),
                Err(_) => {}
            }
        }
    }

    /// Returns the end of a side whose peer did not come.
    pub fn missed(&self, peer: Role) -> End {
        let seconds = self.wait.as_secs();
        End::Failed(format!("{peer} did not come within {seconds} s"))
    }
}

/// Removes the objects of an earlier Mrs. Premise, who was killed before Mrs. Conclusion came: only her file, which is
/// about to be replaced, names them. A Mrs. Premise who lives has the segment attached.
fn remove_left_over<C: Channel>(path: &Path) -> Result<(), End> {
    if let Ok(memory) = KeyFile::wait_id::<SharedMemory>(path, Duration::ZERO) {
        let status = memory.status();
        if status.is_ok_and(|status| status.attach_count() == 0) {
            C::open(memory.id().as_raw())?.adopt();
        }
    }
    Ok(())
}
