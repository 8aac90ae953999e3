//! Which file knows this system: the one place that decides it by name. Each offers the same functions.
//!
//! A function that a system cannot answer fails with `ENOSYS`, or with words that say why; both become
//! [`Unsupported`](crate::ErrorKind::Unsupported).

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::Table;
#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::*;
#[cfg(target_os = "linux")]
pub use linux::Table;
#[cfg(target_os = "linux")]
pub(super) use linux::*;
