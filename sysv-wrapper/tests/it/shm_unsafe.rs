//! The `unsafe` methods: slices of a segment, and a segment that replaces another mapping.
#![expect(
    unsafe_code,
    reason = "tests the unsafe methods: slices of a segment, replacing a mapping"
)]

use sysv_wrapper::*;

fn segment(byte: u8) -> RemoveOnDrop<SharedMemory> {
    let memory = SharedMemory::builder().size(2 * page_size()).fill(byte);
    RemoveOnDrop::new(memory.create_private().unwrap())
}

/// Rows P15, N5.
#[test]
fn slices_are_the_segments_own_bytes() {
    let memory = segment(b'.');
    let mut attachment = memory.attach().unwrap();
    // SAFETY: the segment is private, no other process knows its id, and nothing else uses the attachment during the
    // borrow.
    let bytes = unsafe { attachment.as_mut_slice() };
    assert_eq!(bytes.len(), 2 * page_size());
    bytes[100..104].copy_from_slice(b"cats");
    assert_eq!(attachment.read_to_vec(99..105).unwrap(), b".cats.");
    let read_only = memory.attach_read_only().unwrap();
    // SAFETY: no other process knows the segment's id, and nothing writes to it before the slice's last use.
    let bytes = unsafe { read_only.as_slice() };
    assert_eq!(&bytes[99..105], b".cats.");
}

/// Rows S8, C8, P6.
#[test]
#[cfg(target_os = "linux")]
fn a_segment_replaces_what_is_mapped_at_its_address() {
    let (first, second) = (segment(1), segment(2));
    let below = first.attach().unwrap();
    let place = below.as_ptr() as usize;
    let at = AttachOptions::new().address(place);
    assert!(second.attach_with(at).unwrap_err().is_invalid_argument());
    assert_eq!(second.status().unwrap().attach_count(), 0);

    // SAFETY: `below`, the only user of the mapping there, is forgotten right after, and not used before.
    let replacing = unsafe { at.replace(true) };
    let above = second.attach_with(replacing).unwrap();
    std::mem::forget(below);
    assert_eq!(above.as_ptr() as usize, place);
    assert_eq!(above.read_to_vec(..3).unwrap(), [2; 3]);
    assert_eq!(
        first.status().unwrap().attach_count(),
        0,
        "its mapping is gone"
    );
    assert_eq!(second.status().unwrap().attach_count(), 1);
    drop(above);
    assert_eq!(second.status().unwrap().attach_count(), 0);
}

/// Rows S8, N6.
#[test]
fn to_replace_takes_an_address() {
    // SAFETY: without an address nothing is attached, and therefore nothing is replaced.
    let nowhere = unsafe { AttachOptions::new().replace(true) };
    let memory = segment(1);
    for error in [
        memory.attach_with(nowhere).unwrap_err(),
        memory
            .attach_read_only_with(nowhere.round_down(true))
            .unwrap_err(),
    ] {
        assert!(error.is_invalid_argument(), "{error}");
        assert!(error.to_string().contains("takes the address"), "{error}");
    }
    let zero = nowhere.address(0);
    assert!(memory.attach_with(zero).unwrap_err().is_invalid_argument());
}
