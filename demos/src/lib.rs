//! The conversation of Mrs. Premise and Mrs. Conclusion: two processes that exchange hashes through System V IPC, each
//! checking the other.
//!
//! The programs are in `src/bin`. `thin` calls the kernel through `sysv-ipc`, `wrapped` uses `sysv-wrapper`; all other
//! code works with both through the trait `Channel`. Short examples of one thing each are in `examples/`.

mod channel;
mod console;
mod end;
mod meeting;
mod options;
mod record;
mod side;
mod supervisor;
mod thin;
mod wrapped;

pub use channel::{Medium, Plan, exchanges};
pub use end::Role;
pub use meeting::Meeting;
pub use options::{Common, Layer, Rendezvous, STATUSES, Terms};
pub use record::Record;
pub use supervisor::supervise;
