//! Keys: text, range, and `ftok`.

use std::ffi::{CStr, CString};
use std::fs;
use std::os::unix::ffi::OsStringExt as _;

use crate::support::{self, Msg, Sem, Shm, expect_errno};
use sysv_ipc::*;

/// Row P2. The range is that of the platform's type, exactly.
#[test]
fn range_is_the_types() {
    assert_eq!(Key::MIN.as_raw(), RawKey::MIN);
    assert_eq!(Key::MAX.as_raw(), RawKey::MAX);
    assert!(Key::MIN < Key::PRIVATE && Key::PRIVATE < Key::MAX);
    assert_eq!(size_of::<Key>(), size_of::<RawKey>());
}

#[test]
fn private_is_zero_and_nothing_else() {
    assert_eq!(Key::PRIVATE, Key::from_raw(0));
    assert!(Key::PRIVATE.is_private());
    assert!(!Key::MIN.is_private());
    assert!(!Key::from(1).is_private());
    assert_eq!("0x0".parse(), Ok(Key::PRIVATE));
    assert_eq!("0".parse(), Ok(Key::PRIVATE));
}

#[test]
fn raw_values_go_in_and_out() {
    for raw in [RawKey::MIN, -1, 0, 1, 7777, RawKey::MAX] {
        assert_eq!(Key::from_raw(raw).as_raw(), raw);
        assert_eq!(RawKey::from(Key::from(raw)), raw);
    }
}

#[test]
fn display_is_the_bit_pattern_and_parses_again() {
    assert_eq!(Key::from(42).to_string(), "0x0000002a");
    assert_eq!(Key::PRIVATE.to_string(), "0x00000000");
    assert_eq!(
        Key::from(-1).to_string(),
        format!("0x{}", "f".repeat(size_of::<RawKey>() * 2))
    );
    assert_eq!(format!("{:?}", Key::from(42)), "Key(0x0000002a)");

    let mut keys = vec![Key::MIN, Key::MAX, Key::PRIVATE, Key::from(-1)];
    keys.extend((0..1000).map(|_| {
        let bytes = support::random().to_ne_bytes();
        Key::from_raw(RawKey::from_ne_bytes(
            bytes[..size_of::<RawKey>()].try_into().unwrap(),
        ))
    }));
    for key in keys {
        assert_eq!(key.to_string().parse(), Ok(key), "{key}");
        assert_eq!(key.as_raw().to_string().parse(), Ok(key), "{key}");
    }
}

#[test]
fn hexadecimal_is_a_pattern_and_decimal_is_signed() {
    assert_eq!("0x2a".parse(), Ok(Key::from(42)));
    assert_eq!("0X2A".parse(), Ok(Key::from(42)));
    assert_eq!("0x0000000000000000002a".parse(), Ok(Key::from(42)));
    assert_eq!("42".parse(), Ok(Key::from(42)));
    assert_eq!("+42".parse(), Ok(Key::from(42)));
    assert_eq!("-42".parse(), Ok(Key::from(-42)));
    assert_eq!("0042".parse(), Ok(Key::from(42)));
}

/// `ipcmk` creates keys with all 32 bits, and `ipcs` shows them like this.
#[test]
fn a_key_with_the_highest_bit_parses() {
    let key: Key = "0x8b452857".parse().unwrap();
    // On a platform with wider keys the pattern has leading zeros, and is positive.
    let number: i64 = if size_of::<RawKey>() == 4 {
        0x8b45_2857 - (1 << 32)
    } else {
        0x8b45_2857
    };
    assert_eq!(key.as_raw().to_string(), number.to_string());
    assert_eq!(key.to_string(), "0x8b452857");
}

#[test]
fn what_is_beyond_the_range_does_not_parse() {
    let above = i128::from(RawKey::MAX) + 1;
    let below = i128::from(RawKey::MIN) - 1;
    let wide = format!("0x1{}", "0".repeat(size_of::<RawKey>() * 2));
    for text in [above.to_string(), below.to_string(), wide] {
        assert!(text.parse::<Key>().is_err(), "{text}");
    }
    // Python's module truncates this one to 7777.
    if size_of::<RawKey>() == 4 {
        assert!("4294975073".parse::<Key>().is_err());
        assert!("0x100001e61".parse::<Key>().is_err());
    }
    assert!("0x1ffffffffffffffff".parse::<Key>().is_err());
}

#[test]
fn what_is_no_number_does_not_parse() {
    let texts = [
        "", " ", "0x", "0X", "x2a", "2a", "0x+2a", "0x-2a", "0x-0", "0x 2a", " 42", "42 ", "--42",
        "+-42", "0x0x2a", "0xg", "4_2", "0b11", "-0x2a", "+0x2a", "-", "+", "1e3", "4.0", "٤٢",
    ];
    for text in texts {
        let error = text.parse::<Key>().unwrap_err();
        assert!(error.to_string().starts_with("invalid key: "), "{text:?}");
    }
}

#[test]
fn the_error_tells_the_range() {
    let text = "no".parse::<Key>().unwrap_err().to_string();
    assert!(text.contains(&RawKey::MIN.to_string()), "{text}");
    assert!(text.contains(&RawKey::MAX.to_string()), "{text}");
    assert!(text.contains(&Key::from(-1).to_string()), "{text}");
}

/// The kernel returns the key that an object was created with, and each kind has keys of its own.
#[test]
fn objects_carry_their_key() {
    let (key, set) = Sem::with_key(1);
    assert_eq!(semctl_stat(set.id).unwrap().perm().key(), key);
    // The key is still free: it was drawn from two thousand million.
    let segment = shmget(key, 1, ShmGetFlags::CREAT | ShmGetFlags::EXCL, Mode::OWNER);
    let segment = Shm::adopt(segment.unwrap());
    assert_eq!(shmctl_stat(segment.id).unwrap().perm().key(), key);
    let queue = msgget(key, MsgGetFlags::CREAT | MsgGetFlags::EXCL, Mode::OWNER);
    let queue = Msg::adopt(queue.unwrap());
    assert_eq!(msgctl_stat(queue.id).unwrap().perm().key(), key);

    let private = Shm::private(1);
    assert!(shmctl_stat(private.id).unwrap().perm().key().is_private());
}

/// Negative keys are ordinary keys.
#[test]
fn the_extreme_keys_work() {
    for key in [Key::MIN, Key::MAX, Key::from(-1)] {
        let made = shmget(key, 1, ShmGetFlags::CREAT | ShmGetFlags::EXCL, Mode::OWNER);
        let segment = match made {
            Ok(id) => Shm::adopt(id),
            Err(Errno::EEXIST) => {
                support::skipped("the_extreme_keys_work", &format!("{key} is in use"));
                continue;
            }
            Err(error) => panic!("{key}: {error}"),
        };
        assert_eq!(shmctl_stat(segment.id).unwrap().perm().key(), key);
        let found = shmget(key, 0, ShmGetFlags::empty(), Mode::NONE);
        assert_eq!(found, Ok(segment.id));
    }
}

/// A temporary file, which is deleted on drop.
struct File(CString);

impl File {
    fn new(name: &str) -> File {
        let name = format!("{name}-{}-{:x}", std::process::id(), support::random());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, "").unwrap();
        File(CString::new(path.into_os_string().into_vec()).unwrap())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // A test may have removed it.
        let _ = fs::remove_file(self.0.to_str().unwrap());
    }
}

/// Row S3. The key follows from the file and the low eight bits of the number.
#[test]
fn ftok_is_constant_for_a_file_and_a_number() {
    let file = File::new("sysv-ipc-ftok");
    let key = ftok(&file.0, 1).unwrap();
    assert_eq!(ftok(&file.0, 1), Ok(key));
    assert_ne!(ftok(&file.0, 2), Ok(key));
    assert!(!key.is_private());
    // Defined by the C library, the same on all known ones.
    assert_eq!(ftok(&file.0, 257), Ok(key));
}

/// Two files that exist at the same time have different inodes; these two also differ in the bits that count.
#[test]
fn ftok_differs_for_files_whose_inodes_do() {
    let files: Vec<File> = (0..8).map(|_| File::new("sysv-ipc-inode")).collect();
    let mut keys: Vec<Key> = files.iter().map(|file| ftok(&file.0, 1).unwrap()).collect();
    keys.sort_unstable();
    keys.dedup();
    // The inodes of new files may differ much, but not all of them by a multiple of 2^16.
    assert!(keys.len() > 1, "{keys:?}");
}

#[test]
fn ftok_reports_what_stat_does() {
    expect_errno(ftok(c"/no such file or directory", 1), Errno::ENOENT);
    expect_errno(ftok(c"", 1), Errno::ENOENT);
    let enotdir = Errno::from_raw(libc::ENOTDIR).unwrap();
    expect_errno(ftok(c"/dev/null/nothing", 1), enotdir);
    let long = CString::new(vec![b'a'; 5000]).unwrap();
    let enametoolong = Errno::from_raw(libc::ENAMETOOLONG).unwrap();
    expect_errno(ftok(&long, 1), enametoolong);

    let file = File::new("sysv-ipc-removed");
    let path: &CStr = &file.0;
    fs::remove_file(path.to_str().unwrap()).unwrap();
    expect_errno(ftok(path, 1), Errno::ENOENT);
}

/// Both names of a file have the same key.
#[test]
fn ftok_sees_the_file_and_not_its_name() {
    let file = File::new("sysv-ipc-name");
    let link = format!("{}-link", file.0.to_str().unwrap());
    fs::hard_link(file.0.to_str().unwrap(), &link).unwrap();
    let link = File(CString::new(link).unwrap());
    assert_eq!(ftok(&link.0, 1), ftok(&file.0, 1));
}

#[cfg(feature = "serde")]
#[test]
fn another_type_in_place_of_the_text_is_an_error_with_an_example() {
    use serde::de::Deserialize as _;
    use serde::de::value::{BoolDeserializer, Error};

    let error = Key::deserialize(BoolDeserializer::<Error>::new(true)).unwrap_err();
    assert!(error.to_string().contains("0x0000002a"), "{error}");
}
