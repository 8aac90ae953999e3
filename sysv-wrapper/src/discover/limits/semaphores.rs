//! The limits on sets and semaphores, and what is used of them.

use crate::discover::limit::Limit;
use crate::object::Kind;

/// The limits on sets and semaphores, and their use. Made by [`Limits::semaphores`](crate::Limits::semaphores).
///
/// ```
/// use sysv_wrapper::Limits;
///
/// let limits = Limits::semaphores()?;
/// assert!(limits.sets() <= limits.semaphores());
/// assert_eq!(limits.value_max(), 32_767);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct SemaphoreLimits {
    pub(in crate::discover) sets_max: u64,
    pub(in crate::discover) semaphores_max: u64,
    pub(in crate::discover) set_size_max: u64,
    pub(in crate::discover) operations_max: u64,
    pub(in crate::discover) value_max: u64,
    pub(in crate::discover) undo_max: u64,
    pub(in crate::discover) sets: u64,
    pub(in crate::discover) semaphores: u64,
}

impl SemaphoreLimits {
    /// SEMMNI: the most sets that there may be.
    #[doc(alias = "SEMMNI")]
    pub fn sets_max(&self) -> u64 {
        self.sets_max
    }

    /// SEMMNS: the most semaphores that all sets together may have.
    #[doc(alias = "SEMMNS")]
    pub fn semaphores_max(&self) -> u64 {
        self.semaphores_max
    }

    /// SEMMSL: the most semaphores that one set may have.
    #[doc(alias = "SEMMSL")]
    pub fn set_size_max(&self) -> u64 {
        self.set_size_max
    }

    /// SEMOPM: the most semaphores that one operation may name.
    #[doc(alias = "SEMOPM")]
    pub fn operations_max(&self) -> u64 {
        self.operations_max
    }

    /// SEMVMX: the greatest value of a semaphore.
    #[doc(alias("SEMVMX", "SEMAPHORE_VALUE_MAX"))]
    pub fn value_max(&self) -> u64 {
        self.value_max
    }

    /// SEMAEM: the most that can be noted to be undone when a process ends, for one semaphore.
    #[doc(alias = "SEMAEM")]
    pub fn undo_max(&self) -> u64 {
        self.undo_max
    }

    /// How many sets there are.
    pub fn sets(&self) -> u64 {
        self.sets
    }

    /// How many semaphores they have together.
    pub fn semaphores(&self) -> u64 {
        self.semaphores
    }

    /// The same as a list.
    pub fn list(&self) -> [Limit; 6] {
        const KIND: Kind = Kind::Semaphores;
        let (sets, all) = (self.sets, self.semaphores);
        [
            Limit::used_up("SEMMNI", KIND, "sets", "sets", self.sets_max, sets),
            Limit::used_up(
                "SEMMNS",
                KIND,
                "semaphores",
                "semaphores",
                self.semaphores_max,
                all,
            ),
            Limit::each(
                "SEMMSL",
                KIND,
                "semaphores",
                "semaphores in one set",
                self.set_size_max,
            ),
            Limit::each(
                "SEMOPM",
                KIND,
                "operations",
                "operations in one call",
                self.operations_max,
            ),
            Limit::each(
                "SEMVMX",
                KIND,
                "value",
                "as the value of a semaphore",
                self.value_max,
            ),
            Limit::each(
                "SEMAEM",
                KIND,
                "value",
                "to be undone at a process's end",
                self.undo_max,
            ),
        ]
    }
}
