//! A table's bytes as structures, and the ids of its objects.

use core::ffi::c_int;
#[cfg(any(sysv = "sysvipc_info", test))]
use core::mem::MaybeUninit;
use core::ptr;

/// A structure for which any bytes are a valid value.
///
/// # Safety
///
/// The structure consists of integers, raw pointers and `Plain` structures.
pub(super) unsafe trait Plain: Copy {}

/// Reads the structure at the beginning of `bytes`; `None` if they are too few.
pub(super) fn read<T: Plain>(bytes: &[u8]) -> Option<T> {
    let bytes = bytes.get(..size_of::<T>())?;
    // SAFETY: the slice has that many initialised bytes, and any bytes are a value of a `Plain` type.
    Some(unsafe { ptr::read_unaligned(bytes.as_ptr().cast()) })
}

/// Iterates over every slot of a table, used or not, with its index. Ignores an incomplete slot at the end. An id has
/// 16 bits for the index, which bounds the number of slots.
#[cfg(any(sysv = "shmid_kernel", sysv = "shm_sysctl_info", test))]
pub(super) fn slots<T: Plain>(table: &[u8]) -> impl Iterator<Item = (u16, T)> {
    let slots = table.chunks_exact(size_of::<T>()).filter_map(read);
    (0..=u16::MAX).zip(slots)
}

/// Iterates over [`slots`], and over a last one whose final bytes are missing, at most as many as pad an integer; they
/// are read as zeros.
#[cfg(any(sysv = "sysvipc_info", test))]
pub(super) fn slots_and_rest<T: Plain>(table: &[u8]) -> impl Iterator<Item = (u16, T)> {
    let rest = table.chunks_exact(size_of::<T>()).remainder();
    let is_slot = rest.len() + size_of::<usize>() > size_of::<T>();
    let last = is_slot.then(|| {
        let mut slot = MaybeUninit::<T>::zeroed();
        // SAFETY: the bytes are another object's, and fewer than those of the slot.
        unsafe { ptr::copy_nonoverlapping(rest.as_ptr(), slot.as_mut_ptr().cast(), rest.len()) };
        // SAFETY: every byte is initialised, and any bytes are a value of a `Plain` type.
        unsafe { slot.assume_init() }
    });
    let slots = table.chunks_exact(size_of::<T>()).filter_map(read);
    (0..=u16::MAX).zip(slots.chain(last))
}

/// Returns the id of the object in a slot: the headers' `IXSEQ_TO_IPCID`.
pub(super) fn id(index: u16, seq: u16) -> c_int {
    let bits = u32::from(seq) << 16 | u32::from(index);
    c_int::from_ne_bytes(bits.to_ne_bytes())
}

#[cfg(test)]
mod tests {
    //! Tables of a structure that compiles on every system.

    use super::{Plain, id, read, slots, slots_and_rest};

    #[derive(Debug, Copy, Clone, PartialEq)]
    #[repr(C)]
    struct Slot {
        mode: u16,
        seq: u16,
        size: u32,
    }

    // SAFETY: three integers.
    unsafe impl Plain for Slot {}

    fn table(slots: &[Slot]) -> Vec<u8> {
        let bytes = |slot: &Slot| {
            let mut bytes = Vec::from(slot.mode.to_ne_bytes());
            bytes.extend(slot.seq.to_ne_bytes());
            bytes.extend(slot.size.to_ne_bytes());
            bytes
        };
        slots.iter().flat_map(bytes).collect()
    }

    #[test]
    fn slots_have_their_index_wherever_the_table_begins() {
        let made = [1, 2, 3].map(|n| Slot {
            mode: n,
            seq: n * 10,
            size: u32::from(n) * 100,
        });
        let mut bytes = vec![0];
        bytes.extend(table(&made));
        for start in [0, 1] {
            let shifted = bytes[1 - start..].to_vec();
            let found: Vec<(u16, Slot)> = slots(&shifted[start..]).collect();
            assert_eq!(found, [(0, made[0]), (1, made[1]), (2, made[2])]);
        }
    }

    #[test]
    fn half_a_slot_is_none() {
        let slot = Slot {
            mode: 1,
            seq: 2,
            size: 3,
        };
        let bytes = table(&[slot, slot]);
        assert_eq!(slots::<Slot>(&bytes[..15]).count(), 1);
        assert_eq!(slots::<Slot>(&[]).count(), 0);
        assert_eq!(read::<Slot>(&bytes[..7]), None);
        assert_eq!(read::<Slot>(&bytes), Some(slot));
    }

    #[test]
    fn the_last_slot_may_lack_what_pads_an_integer() {
        let slot = Slot {
            mode: 1,
            seq: 2,
            size: 3,
        };
        let bytes = table(&[slot, slot]);
        let found = |length| {
            let slots: Vec<_> = slots_and_rest::<Slot>(&bytes[..length]).collect();
            slots
        };
        assert_eq!(found(16), [(0, slot), (1, slot)]);
        // Four bytes pad an integer of eight, and none of four.
        let last = (1, Slot { size: 0, ..slot });
        let all = [(0, slot), last];
        let count = if cfg!(target_pointer_width = "64") {
            2
        } else {
            1
        };
        assert_eq!(found(12), all[..count]);
        assert_eq!(found(9).len(), count);
        assert_eq!(found(8), [(0, slot)]);
        assert!(found(0).is_empty());
    }

    #[test]
    fn an_id_has_the_sequence_above_the_index() {
        assert_eq!(id(0, 0), 0);
        assert_eq!(id(3, 1), 0x1_0003);
        assert_eq!(id(0xffff, 0x7fff), i32::MAX);
        assert_eq!(id(0, 0x8000), i32::MIN);
    }
}
