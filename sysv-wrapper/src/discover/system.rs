//! Which file knows this system: the one place that decides it by name. Each offers the same functions.
//!
//! A function that a system cannot answer fails with `ENOSYS`, or with words that say why; both become
//! [`Unsupported`](crate::ErrorKind::Unsupported).

#[cfg(not(any(
    target_os = "linux",
    target_os = "macos",
    target_os = "freebsd",
    target_os = "netbsd"
)))]
mod elsewhere;
#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(any(target_os = "macos", target_os = "freebsd", target_os = "netbsd", test))]
mod in_use;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(target_os = "freebsd", target_os = "netbsd"))]
mod listed;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "netbsd")]
mod netbsd;
#[cfg(any(target_os = "macos", target_os = "freebsd", target_os = "netbsd", test))]
mod sysctl;
#[cfg(not(any(
    target_os = "linux",
    target_os = "macos",
    target_os = "freebsd",
    target_os = "netbsd"
)))]
mod unlisted;
#[cfg(not(target_os = "linux"))]
mod untold;
#[cfg(any(target_os = "macos", test))]
mod walked;

#[cfg(not(any(
    target_os = "linux",
    target_os = "macos",
    target_os = "freebsd",
    target_os = "netbsd"
)))]
use elsewhere as here;
#[cfg(target_os = "freebsd")]
use freebsd as here;
#[cfg(target_os = "linux")]
use linux as here;
#[cfg(target_os = "macos")]
use macos as here;
#[cfg(target_os = "netbsd")]
use netbsd as here;

pub use here::Table;
pub(super) use here::*;

/// The limits on one kind of objects that a process is told which is not told all that [`Limits`](crate::Limits) has
/// types for. Every other system tells all, or nothing.
#[cfg(not(target_os = "macos"))]
pub(super) fn limits_without_use(
    _: crate::object::Kind,
) -> sysv_ipc::Result<Vec<super::limit::Limit>> {
    Err(sysv_ipc::Errno::ENOSYS)
}
