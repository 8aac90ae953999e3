//! Asking sysctl: for a number, and for a table of whatever length.

#[cfg(any(target_os = "macos", target_os = "freebsd"))]
use std::ffi::CStr;

use sysv_ipc::Errno;

/// How often to ask for a table that has grown while it was asked for.
#[cfg(any(target_os = "freebsd", target_os = "netbsd", test))]
const TRIES: usize = 4;

/// The number that the kernel has under this name.
#[cfg(any(target_os = "macos", target_os = "freebsd"))]
pub(super) fn number(name: &CStr) -> sysv_ipc::Result<u64> {
    number_from(|answer| sysv_ipc::sysctl_by_name(name, answer))
}

/// The number in the answer, which is an `int` or a `long`. A limit is not negative.
#[cfg(any(target_os = "macos", target_os = "freebsd", test))]
fn number_from(ask: impl FnOnce(&mut [u8]) -> sysv_ipc::Result<usize>) -> sysv_ipc::Result<u64> {
    let mut answer = [0; 8];
    match ask(&mut answer).map_err(unknown)? {
        8 => Ok(u64::from_ne_bytes(answer)),
        4 => {
            let [a, b, c, d, ..] = answer;
            Ok(u32::from_ne_bytes([a, b, c, d]).into())
        }
        _ => Err(Errno::ENOSYS),
    }
}

/// All that the kernel answers. Asked with nothing to write to, it says how much that is.
#[cfg(any(target_os = "freebsd", target_os = "netbsd", test))]
pub(super) fn table(
    ask: impl Fn(&mut [u8]) -> sysv_ipc::Result<usize>,
) -> sysv_ipc::Result<Vec<u8>> {
    for _ in 0..TRIES {
        let mut answer = vec![0; ask(&mut []).map_err(unknown)?];
        match ask(&mut answer) {
            // Somebody has raised a limit meanwhile.
            Err(Errno::ENOMEM) => {}
            written => {
                answer.truncate(written.map_err(unknown)?);
                return Ok(answer);
            }
        }
    }
    Err(Errno::ENOMEM)
}

/// A kernel without the name is one without these objects, or one that does not tell.
pub(super) fn unknown(errno: Errno) -> Errno {
    match errno {
        Errno::ENOENT | Errno::EINVAL => Errno::ENOSYS,
        errno => errno,
    }
}

#[cfg(test)]
mod tests {
    //! Kernels as functions.

    use std::cell::Cell;

    use super::{Errno, TRIES, number_from, table};

    /// A kernel that answers with these bytes.
    fn says(bytes: &[u8]) -> impl Fn(&mut [u8]) -> sysv_ipc::Result<usize> {
        move |answer| {
            if answer.is_empty() {
                return Ok(bytes.len());
            }
            let place = answer.get_mut(..bytes.len()).ok_or(Errno::ENOMEM)?;
            place.copy_from_slice(bytes);
            Ok(bytes.len())
        }
    }

    #[test]
    fn a_number_has_four_bytes_or_eight() {
        assert_eq!(number_from(says(&128_i32.to_ne_bytes())), Ok(128));
        assert_eq!(number_from(says(&(1_u64 << 40).to_ne_bytes())), Ok(1 << 40));
        assert_eq!(number_from(says(&[1, 2])), Err(Errno::ENOSYS));
        assert_eq!(number_from(says(&[0; 12])), Err(Errno::ENOMEM));
    }

    #[test]
    fn a_name_that_the_kernel_does_not_know_is_unsupported() {
        for errno in [Errno::ENOENT, Errno::EINVAL] {
            assert_eq!(number_from(|_| Err(errno)), Err(Errno::ENOSYS));
            assert_eq!(table(|_| Err(errno)), Err(Errno::ENOSYS));
        }
        assert_eq!(table(|_| Err(Errno::EPERM)), Err(Errno::EPERM));
    }

    #[test]
    fn a_table_is_read_whole_although_it_grows_and_shrinks() {
        assert_eq!(table(says(&[1, 2, 3])), Ok(vec![1, 2, 3]));
        assert_eq!(table(says(&[])), Ok(vec![]));
        // It has a byte more at the third question than at the first.
        let asked = Cell::new(0);
        let grows = |answer: &mut [u8]| {
            asked.set(asked.get() + 1);
            says(&[7; 3][..if asked.get() == 1 { 2 } else { 3 }])(answer)
        };
        assert_eq!(table(grows), Ok(vec![7; 3]));
        let shrinks = |answer: &mut [u8]| Ok(if answer.is_empty() { 3 } else { 2 });
        assert_eq!(table(shrinks), Ok(vec![0; 2]));
    }

    #[test]
    fn a_table_that_never_fits_is_given_up() {
        let asked = Cell::new(0);
        let endless = |answer: &mut [u8]| {
            asked.set(asked.get() + 1);
            if answer.is_empty() {
                Ok(1)
            } else {
                Err(Errno::ENOMEM)
            }
        };
        assert_eq!(table(endless), Err(Errno::ENOMEM));
        assert_eq!(asked.get(), 2 * TRIES);
    }
}
