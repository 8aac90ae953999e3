//! Copies out of and into segments: bounds, ranges, values, and their errors.

use std::ops::Bound;

use sysv_wrapper::zerocopy::{FromBytes, Immutable, IntoBytes};
use sysv_wrapper::*;

/// Returns the attachment of a new segment, which is removed with it.
fn attached(size: usize, byte: u8) -> Attachment {
    let memory = SharedMemory::builder()
        .size(size)
        .fill(byte)
        .create_private()
        .unwrap();
    let attachment = RemoveOnDrop::new(memory).attach().unwrap();
    assert_eq!(attachment.len(), size);
    assert!(!attachment.is_empty());
    attachment
}

fn all(memory: &ReadOnlyAttachment) -> Vec<u8> {
    memory.read_to_vec(..).unwrap()
}

/// Rows S9, W4.
#[test]
fn what_is_written_is_read() {
    let memory = attached(100, b'.');
    memory.write_at(b"Mrs. Premise", 13).unwrap();
    let mut bytes = [0; 14];
    memory.read_at(&mut bytes, 12).unwrap();
    assert_eq!(&bytes, b".Mrs. Premise.");
    memory.write_at(b"x", 99).unwrap();
    memory.write_at(b"y", 0).unwrap();
    assert_eq!(memory.read_to_vec(98..).unwrap(), b".x");
    assert_eq!(memory.read_to_vec(..2).unwrap(), b"y.");
}

/// Rows W4, P16.
#[test]
fn reading_into_a_vector_takes_every_range_and_stops_at_the_end() {
    let memory = attached(10, 0);
    let whole: Vec<u8> = (0..10).collect();
    memory.write_at(&whole, 0).unwrap();
    let read = |range: (Bound<usize>, Bound<usize>)| memory.read_to_vec(range).unwrap();

    assert_eq!(memory.read_to_vec(..).unwrap(), whole);
    assert_eq!(memory.read_to_vec(0..110).unwrap(), whole);
    assert_eq!(memory.read_to_vec(0..usize::MAX).unwrap(), whole);
    assert_eq!(memory.read_to_vec(0..=usize::MAX).unwrap(), whole);
    assert_eq!(memory.read_to_vec(3..5).unwrap(), [3, 4]);
    assert_eq!(memory.read_to_vec(3..=5).unwrap(), [3, 4, 5]);
    assert_eq!(memory.read_to_vec(8..).unwrap(), [8, 9]);
    assert_eq!(memory.read_to_vec(..=1).unwrap(), [0, 1]);
    assert_eq!(memory.read_to_vec(9..100).unwrap(), [9]);
    assert_eq!(memory.read_to_vec(4..4).unwrap(), Vec::<u8>::new());
    assert_eq!(read((Bound::Excluded(7), Bound::Unbounded)), [8, 9]);
    assert_eq!(read((Bound::Excluded(2), Bound::Included(4))), [3, 4]);
    assert_eq!(read((Bound::Unbounded, Bound::Excluded(1))), [0]);
}

/// Rows W4, P16.
#[test]
fn a_range_that_begins_at_the_end_is_an_argument_error() {
    let memory = attached(10, 0);
    let last = usize::MAX;
    let outside = [
        (Bound::Included(10), Bound::Unbounded, (10, 0)),
        (Bound::Included(10), Bound::Excluded(10), (10, 0)),
        (Bound::Included(11), Bound::Excluded(200), (11, 189)),
        (Bound::Excluded(9), Bound::Unbounded, (10, 0)),
        (Bound::Included(last), Bound::Unbounded, (last, 0)),
        (Bound::Excluded(last), Bound::Unbounded, (last, 0)),
        (Bound::Included(last), Bound::Included(last), (last, 0)),
        (Bound::Excluded(last), Bound::Included(last), (last, 0)),
    ];
    for (start, end, (offset, length)) in outside {
        let range = (start, end);
        let error = memory.read_to_vec(range).unwrap_err();
        assert!(error.is_invalid_argument(), "{range:?}: {error}");
        let said = format!("offset {offset} and length {length} do not fit into its 10 bytes");
        assert!(error.to_string().contains(&said), "{range:?}: {error}");
        assert_eq!(error.errno(), None);
    }
}

/// Rows W4, N6.
#[test]
#[allow(clippy::reversed_empty_ranges, reason = "reversed on purpose")]
fn a_reversed_range_is_an_argument_error() {
    let memory = attached(10, b'.');
    for range in [7..3, 1..0, 200..100, usize::MAX..0] {
        for error in [
            memory.read_to_vec(range.clone()).unwrap_err(),
            memory.fill(range.clone(), b'x').unwrap_err(),
        ] {
            assert!(error.is_invalid_argument(), "{range:?}: {error}");
            let text = error.to_string();
            let said = format!(
                "begins at {} and ends before, at {}",
                range.start, range.end
            );
            assert!(text.contains(&said), "{text}");
        }
    }
    assert_eq!(all(&memory), [b'.'; 10]);
}

/// Rows S9, W4, P16.
#[test]
fn zero_bytes_can_be_read_and_written_everywhere_up_to_the_end() {
    let memory = attached(10, b'.');
    for offset in [0, 5, 10] {
        memory.read_at(&mut [], offset).unwrap();
        memory.write_at(&[], offset).unwrap();
        memory.fill(offset..offset, b'x').unwrap();
    }
    memory.fill(10.., b'x').unwrap();
    for offset in [11, usize::MAX] {
        assert!(
            memory
                .read_at(&mut [], offset)
                .unwrap_err()
                .is_invalid_argument()
        );
        assert!(
            memory
                .write_at(&[], offset)
                .unwrap_err()
                .is_invalid_argument()
        );
        let filled = memory.fill(offset..offset, b'x');
        assert!(filled.unwrap_err().is_invalid_argument());
    }
    assert_eq!(all(&memory), [b'.'; 10]);
}

/// Rows P16, N6: no byte is copied, and the text names offset, length and size.
#[test]
fn what_would_pass_the_end_moves_nothing() {
    let memory = attached(10, b'.');
    let outside = [
        (0, 11),
        (8, 3),
        (10, 1),
        (11, 1),
        (usize::MAX, 1),
        (usize::MAX - 1, 4),
    ];
    for (offset, length) in outside {
        let mut bytes = vec![b'#'; length];
        for error in [
            memory.read_at(&mut bytes, offset).unwrap_err(),
            memory.write_at(&vec![b'x'; length], offset).unwrap_err(),
        ] {
            assert!(error.is_invalid_argument());
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert_eq!(error.id(), Some(memory.id().as_raw()));
            let text = error.to_string();
            let said = format!("offset {offset} and length {length} do not fit into its 10 bytes");
            assert!(text.contains(&said), "{text}");
        }
        assert_eq!(bytes, vec![b'#'; length], "the buffer was changed");
    }
    for range in [0..11, 8..200, 10..11, 9..usize::MAX] {
        let error = memory.fill(range.clone(), b'x').unwrap_err();
        assert!(error.is_invalid_argument(), "{range:?}");
    }
    assert!(
        memory
            .fill(..=usize::MAX, b'x')
            .unwrap_err()
            .is_invalid_argument()
    );
    assert!(memory.fill(11.., b'x').unwrap_err().is_invalid_argument());
    assert_eq!(all(&memory), [b'.'; 10]);
}

/// Rows S9, W1.
#[test]
fn filling_takes_every_range_within_the_segment() {
    let memory = attached(10, b'.');
    memory.fill(2..4, b'a').unwrap();
    memory.fill(6..=7, b'b').unwrap();
    memory.fill(9.., b'c').unwrap();
    memory.fill(..1, b'd').unwrap();
    memory
        .fill((Bound::Excluded(4), Bound::Excluded(6)), b'e')
        .unwrap();
    assert_eq!(all(&memory), b"d.aa.ebb.c");
    memory.fill(.., 0xff).unwrap();
    assert_eq!(all(&memory), [0xff; 10]);
}

#[derive(Debug, Copy, Clone, PartialEq, FromBytes, IntoBytes, Immutable)]
#[zerocopy(crate = "sysv_wrapper::zerocopy")]
#[repr(C)]
struct Record {
    number: u64,
    ratio: f32,
    name: [u8; 4],
}

/// Rows P15, N5.
#[test]
fn values_are_copied_to_and_from_any_offset() {
    let memory = attached(64, 0xee);
    let record = Record {
        number: 0x0102_0304_0506_0708,
        ratio: 0.5,
        name: *b"cats",
    };
    for offset in [0, 1, 3, 7, 16, 64 - size_of::<Record>()] {
        memory.write_value(&record, offset).unwrap();
        assert_eq!(memory.read_value::<Record>(offset).unwrap(), record);
        assert_eq!(
            memory.read_to_vec(offset..offset + 8).unwrap(),
            record.number.to_ne_bytes()
        );
        memory.fill(.., 0xee).unwrap();
    }
    memory.write_value(&[1_u16, 2, 3][..], 1).unwrap();
    assert_eq!(memory.read_value::<[u16; 3]>(1).unwrap(), [1, 2, 3]);
    assert_eq!(memory.read_value::<u8>(63).unwrap(), 0xee);
    memory.write_value("Jean-Paul", 5).unwrap();
    assert_eq!(memory.read_to_vec(5..14).unwrap(), b"Jean-Paul");
    memory.read_value::<()>(64).unwrap();
}

/// Rows P15, N6.
#[test]
fn values_that_would_pass_the_end_are_argument_errors() {
    let memory = attached(64, b'.');
    for offset in [57, 64, 65, usize::MAX, usize::MAX - 7] {
        let read = memory.read_value::<u64>(offset).unwrap_err();
        let written = memory.write_value(&0_u64, offset).unwrap_err();
        for error in [read, written] {
            assert!(error.is_invalid_argument());
            let said = format!("offset {offset} and length 8 do not fit into its 64 bytes");
            assert!(error.to_string().contains(&said), "{error}");
        }
    }
    assert_eq!(all(&memory), [b'.'; 64]);
}

/// Rows P15, N5: references are left to `unsafe` code; the pointers are correct.
#[test]
fn the_pointers_are_those_of_the_mapping() {
    let memory = attached(64, 0);
    assert_eq!(memory.as_ptr(), memory.as_mut_ptr().cast_const());
    assert_eq!(memory.as_ptr().align_offset(page_size()), 0);
    let counter = memory.atomic_u8(5).unwrap();
    assert_eq!(
        std::ptr::from_ref(counter).cast(),
        memory.as_ptr().wrapping_add(5)
    );
}

/// Row N6: an attachment is named like its segment.
#[test]
fn errors_name_the_key() {
    let made = SharedMemory::builder().size(10).create_unique();
    let memory = RemoveOnDrop::new(made.unwrap());
    let error = memory.attach().unwrap().write_at(b"x", 10).unwrap_err();
    assert_eq!(error.object_kind(), Some(Kind::SharedMemory));
    assert_eq!(
        (error.key(), error.id()),
        (memory.key(), Some(memory.id().as_raw()))
    );
}
