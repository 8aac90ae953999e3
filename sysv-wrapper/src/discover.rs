//! What is on this machine: limits and their use, every object of each kind, who uses it, and what is orphaned.
//!
//! ```
//! use sysv_wrapper::{Judge, Limits, Orphaned, SharedMemory};
//!
//! for limit in Limits::all()? {
//!     println!("{}: {} of {} {}", limit.name(), limit.used().unwrap_or(0), limit.value(), limit.what());
//! }
//!
//! let mut judge = Judge::new();
//! for segment in SharedMemory::list()? {
//!     let orphaned = judge.judge(&segment) == Orphaned::Yes;
//!     println!("{} {} {} bytes {orphaned}", segment.raw_id(), segment.key(), segment.status().size());
//! }
//! # Ok::<(), sysv_wrapper::Error>(())
//! ```
//!
//! What differs per system is below `system`, one file each. Nothing here changes an object, but
//! [`Entry::remove_if_unchanged`].

mod attached;
mod contents;
mod entry;
mod kinds;
mod limit;
mod limits;
mod listing;
mod members;
mod orphans;
mod process;
mod residence;
mod system;

pub use attached::{AttachedProcess, AttachedProcesses};
pub use contents::{Contents, TypeCount};
pub use entry::Entry;
pub use kinds::{Listed, ObjectStatus};
pub use limit::Limit;
pub use limits::{Limits, QueueLimits, SegmentLimits, SemaphoreLimits};
pub use listing::Listing;
pub use members::Member;
pub use orphans::{Judge, Orphaned};
pub use process::Process;
pub use residence::Residence;
