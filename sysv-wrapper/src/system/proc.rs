//! Facts that only `/proc` provides: names of processes, attachments of a segment, memory usage of a segment, one
//! setting.
//!
//! The kernel shows a mapping of a segment as a file whose inode number is the segment's id, on a file system without a
//! device, under a name derived from the key. Each ipc namespace has its own ids, so the process must be in this
//! thread's namespace.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Resource, getrlimit};
use sysv_ipc::{Errno, Mode, MsgId, Pid, SemId, ShmId};

use crate::deadline;
use crate::kind::Kind;
use crate::system::{AttachedProcess, MemoryUsage, Process, proc_is_ours};

const LIST: &str = "/proc/sysvipc/shm";

/// Returns `kernel.shm_rmid_forced` of this thread's ipc namespace.
pub(crate) fn shm_rmid_forced() -> Option<bool> {
    let text = fs::read_to_string("/proc/sys/kernel/shm_rmid_forced").ok()?;
    Some(text.trim() != "0")
}

/// Returns the id of the boot, which no other boot of any machine has.
pub(crate) fn boot() -> Option<String> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned())
}

/// Returns the same setting, cached by this thread for a second; false if it cannot be read. A creation costs about 3
/// µs, and reading the setting another 1.5 µs.
pub(crate) fn shm_rmid_forced_lately() -> bool {
    thread_local!(static SEEN: Cell<Option<(i64, bool)>> = const { Cell::new(None) });
    SEEN.with(|seen| lately(seen, deadline::second(), shm_rmid_forced))
}

/// Returns the setting as it was seen in this second, or reads it.
fn lately(
    seen: &Cell<Option<(i64, bool)>>,
    second: i64,
    read: impl FnOnce() -> Option<bool>,
) -> bool {
    match seen.get() {
        Some((then, forced)) if then == second => forced,
        _ => {
            let forced = read().unwrap_or(false);
            seen.set(Some((second, forced)));
            forced
        }
    }
}

/// Returns the maximum number of bytes that this process may lock in memory, if limited.
pub(crate) fn memlock_limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Memlock).current
}

/// Returns a text that names the limit that prevents this process from mapping `length` more bytes, if one is reached.
/// Allocates little, since a process that can map nothing more gets no memory either.
pub(crate) fn mapping_limit(length: u64) -> Option<String> {
    let read = |path: &str| fs::read_to_string(path).ok();
    let number = |text: Option<String>| text?.split_ascii_whitespace().next()?.parse::<u64>().ok();
    let (count, max) = (
        count_lines("/proc/self/maps"),
        number(read("/proc/sys/vm/max_map_count")),
    );
    if let (Ok(count), Some(max)) = (count, max) {
        // The kernel's own mappings in the list do not count.
        if count >= max {
            return Some(format!(
                "this process has {count} mappings, and vm.max_map_count allows {max}"
            ));
        }
    }
    let limit = getrlimit(Resource::As).current?;
    let used = number(read("/proc/self/statm"))? * sysv_ipc::page_size() as u64;
    (used.saturating_add(length) > limit).then(|| {
        format!(
            "it has {length} bytes, and this process has mapped {used} of the {limit} that RLIMIT_AS allows"
        )
    })
}

fn count_lines(path: &str) -> io::Result<u64> {
    let (mut file, mut lines, mut buffer) = (File::open(path)?, 0, [0; 4096]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(lines),
            length => {
                let newlines = buffer[..length].iter().filter(|byte| **byte == b'\n');
                lines += newlines.count() as u64;
            }
        }
    }
}

/// Returns whether a user id and a group id read from the kernel stand for ids without a mapping in this user
/// namespace.
///
/// The kernel shows such an id as the overflow id. In a namespace that maps every id, the overflow id is an ordinary
/// id.
pub(crate) fn unmapped(uid: u32, gid: u32) -> (bool, bool) {
    static USER: AtomicU32 = AtomicU32::new(u32::MAX);
    static GROUP: AtomicU32 = AtomicU32::new(u32::MAX);
    let is_overflow = |id, cache, name| id == overflow_id(cache, name);
    (
        is_overflow(uid, &USER, "overflowuid") && !has_every_id("/proc/self/uid_map"),
        is_overflow(gid, &GROUP, "overflowgid") && !has_every_id("/proc/self/gid_map"),
    )
}

/// Returns a setting of the whole machine, which is read once.
fn overflow_id(cache: &AtomicU32, name: &str) -> u32 {
    let known = cache.load(Ordering::Relaxed);
    if known != u32::MAX {
        return known;
    }
    let text = fs::read_to_string(format!("/proc/sys/kernel/{name}"));
    let id = text.ok().and_then(|text| text.trim().parse().ok());
    let id = id.unwrap_or(OVERFLOW_ID);
    cache.store(id, Ordering::Relaxed);
    id
}

/// Returns whether the map contains all ids. Kernels without user namespaces have no such file; any other error proves
/// nothing.
fn has_every_id(map: &str) -> bool {
    match fs::read_to_string(map) {
        Ok(map) => maps_every_id(&map),
        Err(error) => error.kind() == ErrorKind::NotFound && Path::new("/proc/self").exists(),
    }
}

/// The kernel's default for the overflow ids.
const OVERFLOW_ID: u32 = 65534;

/// Returns whether a map contains all ids. It has one line per range: the first id inside, the first id outside, and
/// the length.
fn maps_every_id(map: &str) -> bool {
    let lengths = map
        .lines()
        .filter_map(|line| line.split_ascii_whitespace().nth(2)?.parse::<u64>().ok());
    lengths.sum::<u64>() >= u32::MAX.into()
}

/// Returns whether a thread waits in `msgsnd` or `msgrcv` on this queue, by the system call that `/proc` shows for each
/// thread in this thread's ipc namespace; `None` if a thread that may wait cannot be inspected.
pub(crate) fn waits_for_queue(id: MsgId) -> Option<bool> {
    let own = fs::read_link("/proc/thread-self/ns/ipc").ok()?;
    if !proc_is_ours() {
        return None;
    }
    let mut seen_all = true;
    for process in fs::read_dir("/proc").ok()?.flatten() {
        if !is_number(&process.file_name()) {
            continue;
        }
        let Ok(threads) = fs::read_dir(process.path().join("task")) else {
            // The thread has ended, or is hidden.
            continue;
        };
        for thread in threads.flatten() {
            match waits_in(&thread.path(), id, &own) {
                Ok(true) => return Some(true),
                Ok(false) => {}
                Err(_) => {
                    let stat = fs::read(thread.path().join("stat"));
                    seen_all &= !thread.path().exists() || !has_memory(stat);
                }
            }
        }
    }
    (seen_all && shows_all_processes()).then_some(false)
}

fn waits_in(thread: &Path, id: MsgId, own: &Path) -> io::Result<bool> {
    if fs::read_link(thread.join("ns/ipc"))? != own {
        return Ok(false);
    }
    fs::read_to_string(thread.join("syscall")).map(|call| is_queue_call(&call, id))
}

/// Returns whether this `/proc` shows the processes of all users to this one.
fn shows_all_processes() -> bool {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    shows_all_to(rustix::process::geteuid().is_root(), &mounts)
}

/// Returns whether `/proc` shows the processes of all users, by a list of mounts: not if it was mounted with `hidepid`,
/// but to root.
fn shows_all_to(is_root: bool, mounts: &str) -> bool {
    let proc = mounts.lines().rev().find(|mount| {
        let mut fields = mount.split(' ');
        fields.nth(4) == Some("/proc")
    });
    proc.is_some_and(|mount| !mount.contains("hidepid=") || is_root)
}

fn is_number(name: &std::ffi::OsStr) -> bool {
    name.to_str()
        .is_some_and(|name| name.parse::<u32>().is_ok())
}

/// The system call numbers of `msgsnd` and `msgrcv`, in the 64-bit and the 32-bit interface; and of `ipc`, whose
/// arguments are the call and its arguments.
#[cfg(target_arch = "x86_64")]
const QUEUE_CALLS: &[u64] = &[69, 70, 400, 401];
#[cfg(any(target_arch = "aarch64", target_arch = "riscv64"))]
const QUEUE_CALLS: &[u64] = &[188, 189, 301, 302];
#[cfg(target_arch = "arm")]
const QUEUE_CALLS: &[u64] = &[301, 302];
#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64",
    target_arch = "arm"
)))]
const QUEUE_CALLS: &[u64] = &[400, 401];
const IPC_CALL: u64 = 117;
const IPC_QUEUE_CALLS: [u64; 2] = [11, 12];

/// Returns whether the text shows a thread in a call on this queue: the number of the call, then its arguments in
/// hexadecimal. Another call with the same number in the other interface and an equal argument matches too: in doubt
/// the queue is in use.
fn is_queue_call(text: &str, id: MsgId) -> bool {
    let mut words = text.split_ascii_whitespace();
    let number = words.next().and_then(|word| word.parse::<u64>().ok());
    let mut argument = || {
        let word = words.next()?.strip_prefix("0x")?;
        u64::from_str_radix(word, 16).ok()
    };
    let (first, second) = (argument(), argument());
    let is_id = |argument: Option<u64>| {
        // The argument is an int: only the low half of the register counts.
        argument.is_some_and(|value| {
            value & 0xffff_ffff == u64::from(u32::from_ne_bytes(id.as_raw().to_ne_bytes()))
        })
    };
    match number {
        Some(number) if QUEUE_CALLS.contains(&number) => is_id(first),
        Some(IPC_CALL) => {
            first.is_some_and(|call| IPC_QUEUE_CALLS.contains(&(call & 0xffff))) && is_id(second)
        }
        _ => false,
    }
}

/// Returns the ids of all objects of a kind in `/proc/sysvipc`, which may be readable if the commands with an index are
/// denied.
pub(crate) fn listed_ids(kind: Kind) -> io::Result<Vec<i32>> {
    let (file, column_name) = match kind {
        Kind::SharedMemory => ("shm", "shmid"),
        Kind::SemaphoreSet => ("sem", "semid"),
        Kind::MessageQueue => ("msg", "msqid"),
    };
    let list = fs::read_to_string(format!("/proc/sysvipc/{file}"))?;
    let mut lines = list.lines();
    let at = lines
        .next()
        .and_then(|header| column(header, column_name))
        .unwrap_or(1);
    let id = |line: &str| line.split_ascii_whitespace().nth(at)?.parse().ok();
    Ok(lines.filter_map(id).collect())
}

/// A segment in `/proc/sysvipc/shm`, which needs no permission for the segment.
pub(crate) struct ListedSegment {
    pub(crate) mode: Mode,
    pub(crate) creator: Option<Pid>,
    pub(crate) attach_count: u64,
}

/// Looks up a segment in the list. Returns `ENOSYS` if there is no list, and `EIDRM` if the segment is not in it.
pub(crate) fn listed_segment(id: ShmId) -> sysv_ipc::Result<ListedSegment> {
    let list = fs::read_to_string(LIST).map_err(|_| Errno::ENOSYS)?;
    segment_in(&list, id).ok_or(Errno::EIDRM)
}

fn segment_in(list: &str, id: ShmId) -> Option<ListedSegment> {
    let line = line_of(list, "shmid", id.as_raw())?;
    Some(ListedSegment {
        mode: Mode::from_bits_truncate(u32::from_str_radix(line("perms")?, 8).ok()?),
        creator: line("cpid")?.parse().ok().and_then(Pid::from_raw),
        attach_count: line("nattch")?.parse().ok()?,
    })
}

/// Returns whether an operation was performed on a set, by the list; `None` if there is no list, or the set is not in
/// it.
pub(crate) fn listed_set_was_operated_on(id: SemId) -> Option<bool> {
    was_operated_on_in(&fs::read_to_string("/proc/sysvipc/sem").ok()?, id)
}

fn was_operated_on_in(list: &str, id: SemId) -> Option<bool> {
    let line = line_of(list, "semid", id.as_raw())?;
    Some(line("otime")? != "0")
}

/// Returns a function from the name of a column to the field of the line with this id.
fn line_of<'list>(
    list: &'list str,
    id_column: &str,
    id: i32,
) -> Option<impl Fn(&str) -> Option<&'list str>> {
    let mut lines = list.lines();
    let header = lines.next()?;
    let id_at = column(header, id_column)?;
    let id = id.to_string();
    let line = lines.find(|line| line.split_ascii_whitespace().nth(id_at) == Some(&id))?;
    Some(move |name: &str| line.split_ascii_whitespace().nth(column(header, name)?))
}

/// Returns a setting under `/proc/sys/kernel`: one number, or several.
pub(crate) fn kernel_setting(name: &str) -> Option<Vec<u64>> {
    let text = fs::read_to_string(format!("/proc/sys/kernel/{name}")).ok()?;
    text.split_ascii_whitespace()
        .map(|number| number.parse().ok())
        .collect()
}

/// Returns name and command line of a process.
pub(crate) fn process_info(pid: Pid) -> Option<Process> {
    if !proc_is_ours() {
        return None;
    }
    let name = fs::read(format!("/proc/{pid}/comm")).ok()?;
    let name = String::from_utf8_lossy(&name)
        .trim_end_matches('\n')
        .to_owned();
    // Kernel threads and zombies have none.
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    Some(Process {
        pid,
        command: command_line(&words).unwrap_or_else(|| format!("[{name}]")),
        name,
    })
}

/// Returns the arguments, each of which ends with a nul byte, as one line.
fn command_line(words: &[u8]) -> Option<String> {
    let words = String::from_utf8_lossy(words);
    let words = words.trim_end_matches('\0');
    (!words.is_empty()).then(|| words.replace('\0', " "))
}

/// Returns the memory usage of a segment; `None` if the list does not contain it.
pub(crate) fn memory_usage(id: ShmId) -> Result<Option<MemoryUsage>, String> {
    let list = File::open(LIST).map_err(|error| unreadable(&error))?;
    residence_in(BufReader::new(list), id)
}

fn unreadable(error: &io::Error) -> String {
    format!("{LIST} cannot be read: {error}")
}

/// Returns the memory usage of a segment from a list.
fn residence_in(list: impl BufRead, id: ShmId) -> Result<Option<MemoryUsage>, String> {
    let mut lines = list.lines();
    let header = lines
        .next()
        .transpose()
        .map_err(|error| unreadable(&error))?
        .unwrap_or_default();
    let columns = ["shmid", "rss", "swap"].map(|name| column(&header, name));
    let [Some(id_at), Some(resident_at), Some(swapped_at)] = columns else {
        return Err(format!("{LIST} does not have it in this kernel"));
    };
    let id = id.as_raw().to_string();
    for line in lines {
        let line = line.map_err(|error| unreadable(&error))?;
        let word = |at| line.split_ascii_whitespace().nth(at);
        let number = |at| word(at)?.parse().ok();
        if word(id_at) == Some(&id) {
            return Ok(Some(MemoryUsage {
                resident_bytes: number(resident_at).unwrap_or(0),
                swapped_bytes: number(swapped_at).unwrap_or(0),
            }));
        }
    }
    Ok(None)
}

/// Returns the index of a column.
fn column(header: &str, name: &str) -> Option<usize> {
    header
        .split_ascii_whitespace()
        .position(|word| word == name)
}

/// The index of the size of the address space in `/proc/PID/stat`, counted from the state on.
const VSIZE: usize = 20;

/// Returns the processes that have the segment attached, and the number of processes that could not be inspected.
pub(crate) fn attached(id: ShmId) -> Result<(Vec<AttachedProcess>, u64), String> {
    let fail = |error: io::Error| format!("/proc cannot be read: {error}");
    let own = fs::read_link("/proc/thread-self/ns/ipc").map_err(fail)?;
    if !proc_is_ours() {
        return Err("/proc is that of another pid namespace".to_owned());
    }
    let mut found = Vec::new();
    let mut inaccessible = 0;
    for entry in fs::read_dir("/proc").map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let Some(pid) = Pid::from_raw(pid) else {
            continue;
        };
        match attachments(&entry.path(), id, &own) {
            Ok(0) => {}
            Ok(attachments) => found.push(AttachedProcess {
                process: process_info(pid).unwrap_or_else(|| nameless(pid)),
                attachments,
            }),
            // Access is denied, or the process has ended.
            Err(_) => inaccessible += u64::from(has_memory(fs::read(entry.path().join("stat")))),
        }
    }
    Ok((found, inaccessible))
}

/// Returns a process without a name, which has ended since its mappings were read.
fn nameless(pid: Pid) -> Process {
    Process {
        pid,
        name: String::new(),
        command: String::new(),
    }
}

/// Returns the number of attachments of the segment in the process of this directory of `/proc`.
fn attachments(folder: &Path, id: ShmId, own: &Path) -> io::Result<u64> {
    let mut count = attachments_in(&folder.join("maps"), id)?;
    if count.is_none() {
        // A process whose first thread has ended shows its memory only in its other threads.
        let threads = fs::read_dir(folder.join("task"))?.flatten();
        count = threads.into_iter().find_map(|thread| {
            attachments_in(&thread.path().join("maps"), id)
                .ok()
                .flatten()
        });
    }
    let count = count.unwrap_or(0);
    if count == 0 || is_in_namespace(folder, own)? {
        Ok(count)
    } else {
        Ok(0)
    }
}

/// Returns the number of mappings of the segment in a list; `None` for an empty list.
fn attachments_in(maps: &Path, id: ShmId) -> io::Result<Option<u64>> {
    let mut maps = BufReader::new(File::open(maps)?);
    let mut count = None;
    // File names in the list need not be UTF-8.
    let mut line = Vec::new();
    while maps.read_until(b'\n', &mut line)? > 0 {
        count = Some(count.unwrap_or(0) + u64::from(is_of_segment(&line, id)));
        line.clear();
    }
    Ok(count)
}

/// Returns whether the process or one of its threads is in the ipc namespace `own`. Each thread can have its own.
fn is_in_namespace(folder: &Path, own: &Path) -> io::Result<bool> {
    let mut refused = None;
    let mut any_shown = false;
    for thread in fs::read_dir(folder.join("task"))? {
        // The namespace of a thread that has ended cannot be read, even for the first thread.
        match fs::read_link(thread?.path().join("ns/ipc")) {
            Ok(link) if link == own => return Ok(true),
            Ok(_) => any_shown = true,
            Err(error) => refused = Some(error),
        }
    }
    match refused {
        Some(error) if !any_shown => Err(error),
        _ => Ok(false),
    }
}

/// Returns whether the line is a mapping of this segment: `7f0000000000-7f0000001000 rw-s 00000000 00:01 32769
/// /SYSV00000000 (deleted)`.
fn is_of_segment(line: &[u8], id: ShmId) -> bool {
    // A line that is not UTF-8 names another file.
    let Ok(line) = std::str::from_utf8(line) else {
        return false;
    };
    let mut words = line.split_ascii_whitespace();
    let mut next = || words.next().unwrap_or_default();
    let (_addresses, flags, _offset) = (next(), next(), next());
    let (device, inode, name) = (next(), next(), next());
    flags.ends_with('s')
        && device.starts_with("00:")
        && inode.parse() == Ok(id.as_raw())
        && name
            .strip_prefix("/SYSV")
            .is_some_and(|key| key.len() == 8 && key.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// Returns whether the process with this `stat` can have mappings: kernel threads and zombies have none. Every user may
/// read `stat`, unless `/proc` hides other users' processes.
fn has_memory(stat: io::Result<Vec<u8>>) -> bool {
    match stat {
        Ok(stat) => size_of_memory(&String::from_utf8_lossy(&stat)).is_none_or(|size| size > 0),
        Err(error) => error.kind() == ErrorKind::PermissionDenied,
    }
}

fn size_of_memory(stat: &str) -> Option<u64> {
    // The name before the state is in parentheses, and may contain parentheses.
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split_ascii_whitespace().nth(VSIZE)?.parse().ok()
}

#[cfg(test)]
mod tests {
    mod proc {
        //! Formats of command lines and lists that real processes rarely show.

        use std::cell::Cell;

        #[cfg(target_os = "linux")]
        use sysv_ipc::SemGetFlags;
        use sysv_ipc::{Mode, MsgId, Pid, SemId, ShmId};

        #[cfg(target_os = "linux")]
        use super::super::{
            AtomicU32, OVERFLOW_ID, boot, count_lines, has_every_id, listed_set_was_operated_on,
            overflow_id,
        };
        use super::super::{
            IPC_CALL, QUEUE_CALLS, command_line, is_queue_call, lately, maps_every_id,
            residence_in, segment_in, shows_all_to, was_operated_on_in,
        };

        #[cfg(target_os = "linux")]
        #[test]
        fn the_overflow_id_is_the_kernel_s() {
            let told = std::fs::read_to_string("/proc/sys/kernel/overflowuid");
            let expected = told.map_or(OVERFLOW_ID, |told| told.trim().parse().unwrap());
            let cache = AtomicU32::new(u32::MAX);
            for _ in 0..2 {
                assert_eq!(overflow_id(&cache, "overflowuid"), expected);
            }
            assert_eq!(overflow_id(&AtomicU32::new(5), "overflowuid"), 5);
            assert_eq!(
                overflow_id(&AtomicU32::new(u32::MAX), "no such"),
                OVERFLOW_ID
            );
        }

        #[test]
        fn the_last_mount_of_proc_may_hide_processes() {
            let root = "25 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n";
            let open = "26 25 0:5 / /proc rw shared:14 - proc proc rw\n";
            let hidden = "40 26 0:5 / /proc rw - proc proc rw,hidepid=invisible\n";
            let shows = |mounts: &[&str]| {
                [false, true].map(|is_root| shows_all_to(is_root, &mounts.concat()))
            };
            assert_eq!(shows(&[root, open]), [true, true]);
            assert_eq!(shows(&[root, open, hidden]), [false, true]);
            assert_eq!(shows(&[root, hidden, open]), [true, true]);
            let elsewhere = hidden.replace("/proc rw", "/mnt rw");
            assert_eq!(shows(&[root, open, &elsewhere]), [true, true]);
            // None is seen where there is no such mount.
            assert_eq!(shows(&[root]), [false, false]);
        }

        #[test]
        fn maps_of_all_ids_may_have_several_lines() {
            assert!(maps_every_id("         0          0 4294967295\n"));
            assert!(maps_every_id("0 0 1000\n1000 5000 4294966295\n"));
            assert!(!maps_every_id("0 0 4294967294\n"));
            assert!(!maps_every_id(""));
        }

        #[cfg(target_os = "linux")]
        #[test]
        fn a_boot_has_the_id_that_the_kernel_gave_it() {
            let told = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
            assert_eq!(boot(), told.ok().map(|told| told.trim().to_owned()));
        }

        #[cfg(target_os = "linux")]
        #[test]
        fn a_file_that_is_missing_maps_every_id() {
            assert!(has_every_id("/proc/self/no such map"));
            assert!(!has_every_id("/proc/self"));
            // Beyond one read of the buffer.
            let lines = (0..3000).map(|_| "xyz\n").collect::<String>();
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), lines).unwrap();
            let count = count_lines(file.path().to_str().unwrap());
            assert_eq!(count.unwrap(), 3000);
        }

        const LIST: &str = "\
       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime
         0      65538   600                  4096   123   124      0     0     0     0     0          0
1584332802      98307  1610                 10000  4567     0      1     0     0     0     0          0
";

        #[test]
        fn segments_are_found_in_the_list_of_old_kernels() {
            let find = |id| segment_in(LIST, ShmId::from_raw(id));
            let marked = find(98307).unwrap();
            assert_eq!(marked.mode, Mode::from_bits_truncate(0o610));
            assert_eq!(
                (marked.creator, marked.attach_count),
                (Pid::from_raw(4567), 1)
            );
            assert_eq!(find(65538).unwrap().mode, Mode::OWNER);
            assert!(find(1).is_none());
        }

        #[test]
        fn sets_are_found_in_the_list_of_old_kernels() {
            const LIST: &str = "\
       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime
         0          7   600          1     0     0     0     0          0 1700000000
1584332802          8  1610          4     0     0     0     0 1700000001 1700000000
";
            let find = |id| was_operated_on_in(LIST, SemId::from_raw(id));
            assert_eq!([7, 8, 9].map(find), [Some(false), Some(true), None]);
        }

        #[cfg(target_os = "linux")]
        #[test]
        fn the_list_tells_sets_that_were_operated_on() {
            let id = sysv_ipc::semget(sysv_ipc::Key::PRIVATE, 1, SemGetFlags::CREAT, Mode::OWNER);
            let set = crate::SemaphoreSet::from_id(id.unwrap()).unwrap();
            let set = crate::RemoveOnDrop::new(set);
            assert_eq!(listed_set_was_operated_on(set.id()), Some(false));
            set.get(0).unwrap().release().unwrap();
            assert_eq!(listed_set_was_operated_on(set.id()), Some(true));
        }

        #[test]
        fn a_setting_is_read_once_in_a_second() {
            let seen = Cell::new(None);
            assert!(lately(&seen, 5, || Some(true)));
            assert!(lately(&seen, 5, || Some(false)));
            assert!(!lately(&seen, 6, || Some(false)));
            assert!(!lately(&seen, 6, || Some(true)));
            // The clock was set back.
            assert!(lately(&seen, 5, || Some(true)));
            assert!(!lately(&seen, 7, || None));
        }

        #[test]
        fn a_call_is_on_a_queue_by_its_number_and_its_id() {
            let is = |text: String| is_queue_call(&text, MsgId::from_raw(7));
            for number in QUEUE_CALLS {
                assert!(is(format!("{number} 0x7 0x1000 0x8")));
                assert!(is(format!("{number} 0xabcd00000007 0x1000")));
                assert!(!is(format!("{number} 0x8 0x7")));
            }
            // The kernel takes a version in the upper half of the number of the call.
            for (call, is_one) in [("0xb", true), ("0x1000c", true), ("0xd", false)] {
                assert_eq!(is(format!("{IPC_CALL} {call} 0x7")), is_one, "{call}");
                assert!(!is(format!("{IPC_CALL} {call} 0x8")));
            }
            for other in ["0 0x7", "running", "-1 0x7ffe 0x1", ""] {
                assert!(!is(other.to_owned()), "{other}");
            }
        }

        #[test]
        fn words_become_a_line() {
            assert_eq!(command_line(b"sleep\0 1\0"), Some("sleep  1".to_owned()));
            // Programs that overwrite it with a title leave no or many nul bytes.
            assert_eq!(
                command_line(b"nginx: master"),
                Some("nginx: master".to_owned())
            );
            assert_eq!(command_line(b"title\0\0\0"), Some("title".to_owned()));
            assert_eq!(command_line(b"\xff\0"), Some("\u{fffd}".to_owned()));
            assert_eq!(command_line(b""), None);
            assert_eq!(command_line(b"\0\0"), None);
        }

        #[test]
        fn memory_is_told_in_columns_that_have_their_names() {
            let list = "\
       key      shmid perms       size        rss       swap
         0          3  1600    5242880    1048576    4194304
  20050718          5   640       4096       4096          0
";
            let find = |id| residence_in(list.as_bytes(), ShmId::from_raw(id)).unwrap();
            let sizes = |id| find(id).map(|found| (found.resident_bytes(), found.swapped_bytes()));
            assert_eq!(sizes(3), Some((1 << 20, 4 << 20)));
            assert_eq!(sizes(5), Some((4096, 0)));
            assert_eq!(sizes(4), None);
            // Only valid UTF-8 can be read by lines.
            let told = residence_in(&b"\xff"[..], ShmId::from_raw(3)).unwrap_err();
            assert!(
                told.contains("/proc/sysvipc/shm cannot be read: "),
                "{told}"
            );
            let old = "key shmid perms size\n0 3 1600 5242880\n";
            let told = residence_in(old.as_bytes(), ShmId::from_raw(3));
            assert!(
                told.unwrap_err()
                    .ends_with("does not have it in this kernel")
            );
        }
    }

    mod mappings {
        //! Lines of `/proc` in all relevant formats.

        use std::io::ErrorKind;

        use super::super::{has_memory, is_of_segment};
        use sysv_ipc::ShmId;

        #[test]
        fn mappings_of_a_segment_are_told_from_those_of_files() {
            let id = ShmId::from_raw(32769);
            let of = |line: &str| is_of_segment(line.as_bytes(), id);
            let line = "7f7e80000000-7f7e80001000 rw-s 00000000 00:01 32769                      /SYSV0000162e (deleted)\n";
            assert!(of(line));
            assert!(of(&line.replace("rw-s", "r--s")));
            assert!(
                of(&line.replace("00:01", "00:0f")),
                "huge pages are on another file system"
            );
            assert!(!of(&line.replace("rw-s", "rw-p")), "a copy of its own");
            assert!(!of(&line.replace("32769", "32768")));
            assert!(!of(&line.replace("00:01", "fe:01")), "a file on a disk");
            for name in ["/SYSVinit", "/SYSVinit.log", "/SYSV162e", "/SYSV00000162e"] {
                assert!(!of(&line.replace("/SYSV0000162e", name)), "{name}");
            }
            assert!(!of(&line.replace("/SYSV0000162e", "/memfd:SYSV0000162e")));
            assert!(!of(
                "7ffd1a5f0000-7ffd1a611000 rw-p 00000000 00:00 0          [stack]\n"
            ));
            assert!(!is_of_segment(b"\xff\n", id));
        }

        #[test]
        fn a_kernel_thread_has_no_memory_and_neither_has_who_has_ended() {
            let stat = |size: &str| {
                let mut stat =
                    b"2 (\xff) b) S 0 0 0 0 -1 2129984 0 0 0 0 0 5 0 0 20 0 1 0 12 ".to_vec();
                stat.extend(size.bytes());
                Ok([&stat, &b" 0 0"[..]].concat())
            };
            assert!(!has_memory(stat("0")));
            assert!(has_memory(stat("2752512")));
            assert!(!has_memory(Err(ErrorKind::NotFound.into())));
        }

        #[test]
        fn what_is_not_told_may_have_memory() {
            assert!(has_memory(Ok(Vec::new())));
            assert!(has_memory(Err(ErrorKind::PermissionDenied.into())));
        }
    }
}
