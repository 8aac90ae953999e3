//! What `leak` measures from time to time, and how it is judged.
//!
//! Each number is that of this process alone, so that nobody else's doing counts. The first quarter of the run is for
//! warming up; the second is compared with the last.

use std::time::Instant;

use serde_json::{Value, json};
use sysv_wrapper::{MessageQueue, SemaphoreSet, SharedMemory};

use crate::cycle::Ids;
use crate::holdings::{descriptors, mappings};
use crate::resident::resident;
use crate::stage::End;

/// By how many bytes the memory may grow from the second quarter to the last one: the allocator's own business.
/// A leak of 12 bytes per cycle is beyond it after 10,000 cycles.
const ALLOWANCE: u64 = 32 * 1024;

/// What was measured.
#[derive(Debug)]
pub struct Measured {
    begun: Instant,
    /// The memory of this process, in bytes, from time to time.
    pub memory: Vec<u64>,
    /// How many objects outlived their cycle, as often.
    pub objects: Vec<u64>,
    /// Open files and mappings, as often, where the system tells.
    descriptors: Vec<u64>,
    mappings: Vec<u64>,
    /// The cycles whose objects are still to be looked for.
    open: Vec<Ids>,
    /// How many objects were made.
    made: u64,
}

impl Default for Measured {
    fn default() -> Measured {
        Measured {
            begun: Instant::now(),
            memory: Vec::new(),
            objects: Vec::new(),
            descriptors: Vec::new(),
            mappings: Vec::new(),
            open: Vec::new(),
            made: 0,
        }
    }
}

impl Measured {
    /// A cycle has begun, which has these objects.
    pub fn begin(&mut self, ids: Ids) {
        self.open.push(ids);
        self.made += ids.count();
    }

    /// Measures everything.
    ///
    /// # Errors
    ///
    /// If nobody tells how much memory there is.
    pub fn measure(&mut self) -> Result<(), End> {
        self.open.retain(|ids| ids.left() > 0);
        self.objects.push(self.open.iter().map(Ids::left).sum());
        self.descriptors.extend(descriptors());
        self.mappings.extend(mappings());
        self.memory.push(resident()?);
        Ok(())
    }

    /// How many objects were made.
    pub fn made(&self) -> u64 {
        self.made
    }

    /// How many of them outlived their cycles.
    pub fn left(&self) -> u64 {
        self.objects.last().copied().unwrap_or(0)
    }

    /// By how many bytes the memory has grown since everything was warm: from the middle of the second quarter's
    /// numbers to that of the last one's. Fewer than four measurements tell nothing.
    pub fn growth(&self) -> u64 {
        let [early, late] = quarters(&self.memory).map(median);
        early
            .zip(late)
            .map_or(0, |(early, late)| late.saturating_sub(early))
    }

    /// What has leaked: nothing, if there is no text. The memory may be somebody else's to judge.
    pub fn leaks(&self, ignore_memory: bool) -> Vec<String> {
        let mut leaks = Vec::new();
        if self.left() > 0 {
            leaks.push(format!("{} objects left", self.left()));
        }
        if self.growth() > ALLOWANCE && !ignore_memory {
            leaks.push(format!("memory grew by {} kB", self.growth() / 1024));
        }
        for (what, numbers) in [
            ("open files", &self.descriptors),
            ("mappings", &self.mappings),
        ] {
            if let Some((from, to)) = risen(numbers) {
                leaks.push(format!("{what} grew from {from} to {to}"));
            }
        }
        leaks
    }

    /// All of it, for programs.
    pub fn to_json(&self, ignore_memory: bool) -> Value {
        json!({
            "objects_made": self.made,
            "objects_left": self.left(),
            "objects_there": objects_there(),
            "seconds": self.begun.elapsed().as_secs_f64(),
            "memory": self.memory,
            "memory_growth": self.growth(),
            "memory_allowance": ALLOWANCE,
            "descriptors": self.descriptors,
            "mappings": self.mappings,
            "objects": self.objects,
            "leaks": self.leaks(ignore_memory),
        })
    }
}

/// How many objects there are now, whoever made them, where the system tells.
fn objects_there() -> Option<usize> {
    let segments = SharedMemory::list().ok()?.count();
    let sets = SemaphoreSet::list().ok()?.count();
    let queues = MessageQueue::list().ok()?.count();
    Some(segments + sets + queues)
}

/// The numbers of the second quarter, and of the last.
fn quarters(numbers: &[u64]) -> [&[u64]; 2] {
    let quarter = numbers.len() / 4;
    [&numbers[quarter..2 * quarter], &numbers[3 * quarter..]]
}

/// The middle one, if there is any.
fn median(numbers: &[u64]) -> Option<u64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}

/// From which number to which, if even the least of the last quarter is beyond the greatest of the second.
fn risen(numbers: &[u64]) -> Option<(u64, u64)> {
    let [early, late] = quarters(numbers);
    let (from, to) = (*early.iter().max()?, *late.iter().min()?);
    (to > from).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_what_comes_after_the_first_quarter() {
        let mut measured = Measured {
            memory: vec![0, 900, 1000, 1000, 1000, 1000, 1000, 1000],
            ..Measured::default()
        };
        assert_eq!(measured.growth(), 0);
        assert!(measured.leaks(false).is_empty());
        measured.memory[6..].fill(1001 + ALLOWANCE);
        assert_eq!(measured.growth(), ALLOWANCE + 1);
        assert_eq!(measured.leaks(false), ["memory grew by 32 kB"]);
        assert!(measured.leaks(true).is_empty());
    }

    #[test]
    fn what_goes_up_and_down_has_not_risen() {
        assert_eq!(risen(&[3, 3, 4, 5, 6, 9, 5, 9]), None);
        assert_eq!(risen(&[3, 3, 4, 5, 6, 9, 6, 9]), Some((5, 6)));
        assert_eq!(risen(&[]), None);
    }

    #[test]
    fn whatever_was_measured_can_be_judged() {
        let mut measured = Measured::default();
        assert!(measured.leaks(false).is_empty());
        measured.measure().unwrap();
        assert!(measured.leaks(false).is_empty());
        measured.objects.push(2);
        measured.descriptors = vec![3, 3, 3, 3, 3, 3, 7, 7];
        measured.mappings = vec![1, 2, 3, 4, 5, 6, 7, 8];
        let leaks = measured.leaks(false);
        assert_eq!(
            leaks,
            [
                "2 objects left",
                "open files grew from 3 to 7",
                "mappings grew from 4 to 7",
            ]
        );
        assert_eq!(measured.to_json(false)["leaks"], json!(leaks));
    }
}
