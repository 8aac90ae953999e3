//! What only `/proc` tells: processes by name, the memory of a segment, and one setting.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};

use sysv_ipc::{Pid, ShmId};

use crate::discover::process::Process;
use crate::discover::residence::Residence;
use crate::process;

const LIST: &str = "/proc/sysvipc/shm";

/// `kernel.shm_rmid_forced`, of this thread's ipc namespace.
pub(super) fn shm_rmid_forced() -> Option<bool> {
    let text = fs::read_to_string("/proc/sys/kernel/shm_rmid_forced").ok()?;
    Some(text.trim() != "0")
}

/// Name and command line of a process.
pub(in crate::discover) fn process(pid: Pid) -> Option<Process> {
    if !process::proc_is_ours() {
        return None;
    }
    let name = fs::read(format!("/proc/{pid}/comm")).ok()?;
    let name = String::from_utf8_lossy(&name)
        .trim_end_matches('\n')
        .to_owned();
    // Kernel threads and processes that have ended have none.
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    Some(Process {
        pid,
        command: command_line(&words).unwrap_or_else(|| format!("[{name}]")),
        name,
    })
}

/// The words as one line; each ends with a nul byte.
fn command_line(words: &[u8]) -> Option<String> {
    let words = String::from_utf8_lossy(words);
    let words = words.trim_end_matches('\0');
    (!words.is_empty()).then(|| words.replace('\0', " "))
}

/// How much of a segment is in memory; `None` if the list does not have it.
pub(in crate::discover) fn residence(id: ShmId) -> Result<Option<Residence>, String> {
    let list = File::open(LIST).map_err(|error| unreadable(&error))?;
    residence_in(BufReader::new(list), id)
}

fn unreadable(error: &io::Error) -> String {
    format!("{LIST} cannot be read: {error}")
}

/// The same, in a list like that.
fn residence_in(list: impl BufRead, id: ShmId) -> Result<Option<Residence>, String> {
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
            return Ok(Some(Residence {
                resident_bytes: number(resident_at).unwrap_or(0),
                swapped_bytes: number(swapped_at).unwrap_or(0),
            }));
        }
    }
    Ok(None)
}

/// The place of a column, by its name.
fn column(header: &str, name: &str) -> Option<usize> {
    header
        .split_ascii_whitespace()
        .position(|word| word == name)
}

#[cfg(test)]
mod tests {
    //! The shapes of command lines, and lists that are not to be had here.

    use sysv_ipc::ShmId;

    use super::{command_line, residence_in};

    #[test]
    fn words_become_a_line() {
        assert_eq!(command_line(b"sleep\0 1\0"), Some("sleep  1".to_owned()));
        // Programs that write their title over it leave no or many nul bytes.
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
        // Only text can be read by lines.
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
