//! Atomics in segments, and cursors over them.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use sysv_wrapper::*;

fn attached(size: usize) -> Attachment {
    let memory = SharedMemory::builder().size(size).create_private().unwrap();
    RemoveOnDrop::new(memory).attach().unwrap()
}

macro_rules! number {
    ($borrow:ident, $load:ident, $value:ty) => {{
        let memory = attached(64);
        let size = size_of::<$value>();
        for offset in (0..64).step_by(size) {
            let number = memory.$borrow(offset).unwrap();
            number.store(17, Ordering::Release);
            assert_eq!(number.fetch_sub(20, Ordering::SeqCst), 17);
            let expected = (17 as $value).wrapping_sub(20);
            for ordering in [Ordering::Relaxed, Ordering::Acquire, Ordering::SeqCst] {
                assert_eq!(memory.$load(offset, ordering).unwrap(), expected);
            }
            assert_eq!(memory.read_value::<$value>(offset).unwrap(), expected);
        }
        for offset in [64, 65 - size, 128, usize::MAX, usize::MAX - size + 1] {
            let errors = [
                memory.$borrow(offset).unwrap_err(),
                memory.$load(offset, Ordering::SeqCst).unwrap_err(),
            ];
            for error in errors {
                assert!(error.is_invalid_argument(), "{error}");
                let said =
                    format!("offset {offset} and length {size} do not fit into its 64 bytes");
                assert!(error.to_string().contains(&said), "{error}");
            }
        }
        for offset in 1..size {
            for error in [
                memory.$borrow(offset).unwrap_err(),
                memory.$load(offset, Ordering::SeqCst).unwrap_err(),
            ] {
                assert!(error.is_invalid_argument(), "{error}");
                let said = format!("offset {offset} is not a multiple of {size}");
                assert!(error.to_string().contains(&said), "{error}");
            }
        }
        for ordering in [Ordering::Release, Ordering::AcqRel] {
            let error = memory.$load(0, ordering).unwrap_err();
            assert!(error.is_invalid_argument(), "{error}");
            assert!(error.to_string().contains("Acquire"), "{error}");
        }
    }};
}

/// Rows P15, N5.
#[test]
fn atomics_of_every_size_have_bounds_alignment_and_orderings() {
    number!(atomic_u8, load_u8, u8);
    number!(atomic_i8, load_i8, i8);
    number!(atomic_u16, load_u16, u16);
    number!(atomic_i16, load_i16, i16);
    number!(atomic_u32, load_u32, u32);
    number!(atomic_i32, load_i32, i32);
    number!(atomic_usize, load_usize, usize);
    number!(atomic_isize, load_isize, isize);
    #[cfg(all(target_has_atomic = "64", target_pointer_width = "64"))]
    {
        number!(atomic_u64, load_u64, u64);
        number!(atomic_i64, load_i64, i64);
    }
    // Targets without a load of that size from read-only memory have the reference.
    #[cfg(target_has_atomic = "64")]
    assert_eq!(
        attached(64).atomic_u64(8).unwrap().load(Ordering::SeqCst),
        0
    );
}

/// Rows P15, P16: a read-only attachment loads the values that another process's writable one stores.
#[test]
fn a_read_only_attachment_loads_what_others_store() {
    let memory = RemoveOnDrop::new(SharedMemory::builder().size(8).create_private().unwrap());
    let writable = memory.attach().unwrap();
    let read_only = memory.attach_read_only().unwrap();
    writable.atomic_u32(4).unwrap().store(7, Ordering::Release);
    assert_eq!(read_only.load_u32(4, Ordering::Acquire).unwrap(), 7);
}

/// Row P15.
#[test]
fn a_cursor_reads_writes_and_seeks() {
    let memory = attached(16);
    let mut cursor = memory.cursor();
    cursor.write_all(b"0123456789abcdef").unwrap();
    cursor.flush().unwrap();
    assert_eq!(cursor.position(), 16);
    assert_eq!(cursor.write(b"x").unwrap(), 0);
    assert_eq!(
        cursor.write_all(b"x").unwrap_err().kind(),
        io::ErrorKind::WriteZero
    );

    let mut bytes = [0; 4];
    assert_eq!(cursor.read(&mut bytes).unwrap(), 0);
    assert_eq!(cursor.seek(SeekFrom::Start(3)).unwrap(), 3);
    cursor.read_exact(&mut bytes).unwrap();
    assert_eq!(&bytes, b"3456");
    assert_eq!(cursor.seek(SeekFrom::Current(-2)).unwrap(), 5);
    assert_eq!(cursor.seek(SeekFrom::End(-3)).unwrap(), 13);
    let mut rest = Vec::new();
    cursor.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"def");
    cursor.seek(SeekFrom::End(-2)).unwrap();
    let error = cursor.read_exact(&mut bytes).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(cursor.stream_position().unwrap(), 16);
}

/// Rows P15, P16.
#[test]
fn a_cursor_stops_at_the_end_and_may_stand_beyond() {
    let memory = attached(8);
    let mut cursor = memory.cursor();
    cursor.seek(SeekFrom::Start(6)).unwrap();
    assert_eq!(cursor.write(b"xyz").unwrap(), 2);
    assert_eq!(memory.read_to_vec(..).unwrap(), b"\0\0\0\0\0\0xy");
    for beyond in [
        SeekFrom::Start(9),
        SeekFrom::End(100),
        SeekFrom::Start(u64::MAX),
    ] {
        cursor.seek(beyond).unwrap();
        assert_eq!(cursor.read(&mut [0; 2]).unwrap(), 0);
        assert_eq!(cursor.write(b"no").unwrap(), 0);
    }
    let places = [
        SeekFrom::End(-9),
        SeekFrom::End(i64::MIN),
        SeekFrom::Current(1), // beyond u64::MAX
    ];
    for nowhere in places {
        let error = cursor.seek(nowhere).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{nowhere:?}");
        assert_eq!(
            cursor.position(),
            u64::MAX,
            "a failed seek does not move the cursor"
        );
    }
    cursor.rewind().unwrap();
    let error = cursor.seek(SeekFrom::Current(-1)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

/// Row P15: a cursor can own what it reads, or share it.
#[test]
fn a_cursor_takes_attachments_and_what_points_to_them() {
    fn writes(cursor: &mut (impl Read + Write + Seek)) {
        cursor.rewind().unwrap();
        cursor.write_all(b"parrot").unwrap();
        reads(cursor);
    }
    fn reads(cursor: &mut (impl Read + Seek)) {
        let mut bytes = [0; 6];
        cursor.rewind().unwrap();
        cursor.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"parrot");
    }
    writes(&mut Cursor::new(attached(8)));
    writes(&mut Cursor::new(Box::new(attached(8))));
    writes(&mut Cursor::new(Rc::new(attached(8))));
    let shared = Arc::new(attached(8));
    writes(&mut Cursor::new(Arc::clone(&shared)));
    reads(&mut shared.read_cursor());
    reads(&mut Cursor::new(shared.as_ref()).clone());
    let owned = Cursor::new(shared).into_inner();
    assert_eq!(owned.read_to_vec(..6).unwrap(), b"parrot");

    let memory = SharedMemory::builder().init(|bytes| bytes[..6].copy_from_slice(b"parrot"));
    let memory = RemoveOnDrop::new(memory.create_private().unwrap());
    reads(&mut Cursor::new(memory.attach_read_only().unwrap()));
}
