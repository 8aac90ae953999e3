//! How much memory this process has for itself.

use std::fs;
use std::io;
use std::process::{Command, id};

/// What this process itself has allocated and used, in bytes: without the pages of files (its own code, the
/// libraries), which the system takes away and brings back as it likes, where the system tells them apart.
///
/// On Linux exactly, from `/proc/self/smaps_rollup`; or from `/proc/self/statm`, which recent kernels round by some
/// dozens of pages. Elsewhere from `ps`, which knows only the whole.
///
/// # Errors
///
/// If nobody tells.
pub fn resident() -> io::Result<u64> {
    let read = |path| fs::read_to_string(path).ok();
    let told = read("/proc/self/smaps_rollup")
        .and_then(|text| from_rollup(&text))
        .or_else(|| from_statm(&read("/proc/self/statm")?));
    told.map_or_else(from_ps, Ok)
}

/// The anonymous pages in memory and those that were swapped out.
fn from_rollup(text: &str) -> Option<u64> {
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        let number = line.split_whitespace().nth(1)?;
        Some(number.parse::<u64>().ok()? * 1024)
    };
    Some(field("Anonymous:")? + field("Swap:").unwrap_or(0))
}

/// The resident pages less those of files.
fn from_statm(text: &str) -> Option<u64> {
    let mut fields = text.split_whitespace().skip(1).map(str::parse::<u64>);
    let resident = fields.next()?.ok()?;
    let of_files = fields.next()?.ok()?;
    Some(resident.saturating_sub(of_files) * sysv_wrapper::page_size() as u64)
}

fn from_ps() -> io::Result<u64> {
    let pid = id().to_string();
    let output = Command::new("ps")
        .args(["-o", "rss=", "-p", &pid])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let kilobytes = text.trim().parse::<u64>().map_err(io::Error::other)?;
    Ok(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_tells() {
        let rollup = "0-1 ---p 0 00:00 0 [rollup]\nRss: 900 kB\nAnonymous:  300 kB\nSwap:  4 kB\n";
        assert_eq!(from_rollup(rollup), Some(304 * 1024));
        assert_eq!(from_rollup("nothing"), None);
        let page = sysv_wrapper::page_size() as u64;
        assert_eq!(from_statm("900 300 200 1 0 5 0\n"), Some(100 * page));
        assert_eq!(from_statm(""), None);
    }

    #[test]
    fn this_process_has_some_memory() {
        let before = resident().unwrap();
        let more = std::hint::black_box(vec![1_u8; 10_000_000]);
        assert!(resident().unwrap() >= before + 9_000_000);
        drop(more);
    }
}
