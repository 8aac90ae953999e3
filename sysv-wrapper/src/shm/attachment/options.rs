//! Where and how a segment is to be attached, and what is refused before the kernel is asked.

use std::ffi::c_void;
use std::ptr;

use sysv_ipc::{Errno, ShmAtFlags, ShmId};

use crate::error::{Error, ErrorKind, Result};
use crate::object::Subject;

/// How a segment is to be attached: where, and whether code in it may run.
///
/// ```
/// use sysv_wrapper::{AttachOptions, SharedMemory};
///
/// let memory = SharedMemory::builder().size(4096).create_private()?;
/// let first = memory.attach()?;
/// first.remove_when_detached()?;
/// let place = first.as_mut_ptr();
/// drop(first);
/// // Where one segment was, there is room for another one.
/// let memory = SharedMemory::builder().size(4096).create_private()?;
/// let second = memory.attach_with(AttachOptions::new().address(place as usize))?;
/// second.remove_when_detached()?;
/// assert_eq!(second.as_mut_ptr(), place);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, Default)]
pub struct AttachOptions {
    address: Option<usize>,
    round_down: bool,
    #[cfg_attr(
        not(sysv = "SHM_EXEC"),
        allow(dead_code, reason = "without effect on this system")
    )]
    executable: bool,
    replace: bool,
}

impl AttachOptions {
    /// Anywhere, without code.
    pub fn new() -> AttachOptions {
        AttachOptions::default()
    }

    /// Attach at this address, where nothing is yet. It is a multiple of the page size (on some systems, of
    /// several), and not 0.
    #[must_use]
    pub fn address(self, address: usize) -> AttachOptions {
        AttachOptions {
            address: Some(address),
            ..self
        }
    }

    /// Round the address down to where it fits. It must not become 0.
    #[doc(alias = "SHM_RND")]
    #[must_use]
    pub fn round_down(self, round_down: bool) -> AttachOptions {
        AttachOptions { round_down, ..self }
    }

    /// Allow code in the segment to run. The mode must then let this user execute it too. Linux; without
    /// effect elsewhere.
    #[doc(alias = "SHM_EXEC")]
    #[must_use]
    pub fn executable(self, executable: bool) -> AttachOptions {
        AttachOptions { executable, ..self }
    }

    /// Replace what is mapped at the address. Linux and FreeBSD; elsewhere an address in use is refused.
    ///
    /// # Safety
    ///
    /// From the attaching on, nothing in this process uses what was mapped there before: from the address on,
    /// as many bytes as the segment has, in whole pages. An [`Attachment`](crate::Attachment) uses its
    /// mapping until it is dropped, and by being dropped, unless it is forgotten.
    #[doc(alias = "SHM_REMAP")]
    #[must_use]
    pub unsafe fn replace(self, replace: bool) -> AttachOptions {
        AttachOptions { replace, ..self }
    }

    /// What `shmat` is told about the place.
    pub(super) fn pointer(self) -> *const c_void {
        self.address
            .map_or(ptr::null(), ptr::with_exposed_provenance)
    }

    /// What else `shmat` is told. Refuses what the kernel takes for something else: the address 0 is
    /// "anywhere", and root can map it.
    pub(super) fn checked_flags(self, subject: Subject) -> Result<ShmAtFlags> {
        let mut flags = ShmAtFlags::empty();
        // What it costs to ask for the size of a page is paid only where it matters.
        let address = self.address.map(|address| (address, crate::page_size()));
        match address {
            None if self.replace => {
                let because = "to replace what is mapped takes the address of that";
                return Err(Error::argument("attach", subject, because));
            }
            Some((address, page)) if address < page => return Err(self.rounds_to_zero(subject)),
            Some((address, page)) if address % page != 0 && !self.round_down => {
                let because = format!(
                    "the address is {address:#x}, and must be a multiple of {page:#x}, or be rounded down to one"
                );
                return Err(Error::argument("attach", subject, because));
            }
            _ => {}
        }
        if self.round_down {
            flags |= ShmAtFlags::RND;
        }
        #[cfg(sysv = "SHM_EXEC")]
        if self.executable {
            flags |= ShmAtFlags::EXEC;
        }
        #[cfg(sysv = "SHM_REMAP")]
        if self.replace {
            flags |= ShmAtFlags::REMAP;
        }
        Ok(flags)
    }

    /// The error for an address that is 0, or would be.
    #[cold]
    pub(super) fn rounds_to_zero(self, subject: Subject) -> Error {
        let address = self.address.unwrap_or(0);
        let because = format!(
            "the address is {address:#x}, which is 0 or rounds to it, and nothing is attached at 0"
        );
        Error::argument("attach", subject, because)
    }
}

/// With an address, EINVAL is about that more likely than about a segment that is gone: one more question
/// decides.
#[cold]
pub(super) fn attach_error(subject: Subject, options: AttachOptions, errno: Errno) -> Error {
    let error = Error::on_handle("attach", subject, errno);
    let exists = || {
        let id = subject.id.map(ShmId::from_raw);
        id.is_some_and(|id| sysv_ipc::shmctl_stat(id).is_ok())
    };
    match options.address {
        Some(address) if errno == Errno::EINVAL && exists() => {
            let because = format!(
                "it cannot be at the address {address:#x}: something else is there, or reaches into its \
                 length, or this system attaches at multiples of more than a page"
            );
            error.with_kind(ErrorKind::InvalidArgument).because(because)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    //! Addresses so low that kernels seldom let anybody have them.

    use super::{AttachOptions, ShmAtFlags};
    use crate::object::{Kind, Subject};

    #[test]
    fn the_first_page_alone_is_refused() {
        let subject = Subject::of(Kind::SharedMemory);
        let page = crate::page_size();
        for rounds in [false, true] {
            let at = |address| AttachOptions::new().address(address).round_down(rounds);
            for address in [0, 1, page - 1] {
                let error = at(address).checked_flags(subject).unwrap_err();
                assert!(error.to_string().contains("rounds to it"), "{error}");
            }
            let flags = at(page).checked_flags(subject).unwrap();
            assert_eq!(flags.contains(ShmAtFlags::RND), rounds);
        }
    }
}
