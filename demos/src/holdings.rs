//! What this process holds beside memory: open files, and mappings.

use std::fs;

/// How many file descriptors are open, where the system tells by `/proc`.
pub fn descriptors() -> Option<u64> {
    // The one that reads the folder is there each time.
    fs::read_dir("/proc/self/fd")
        .ok()
        .map(|all| all.count() as u64)
}

/// How many mappings there are, where the system tells by `/proc`.
pub fn mappings() -> Option<u64> {
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    Some(maps.lines().count() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use sysv_wrapper::SharedMemory;

    #[test]
    fn what_is_held_is_counted() {
        // Other tests may open and close files meanwhile, but not as many.
        let before = descriptors();
        let files: Vec<File> = (0..100).map(|_| File::open("/dev/null").unwrap()).collect();
        let after = descriptors();
        assert!(
            after
                .zip(before)
                .is_none_or(|(after, before)| after >= before + 90)
        );
        drop(files);

        let memory = SharedMemory::builder().create_private().unwrap();
        let first = memory.attach().unwrap();
        first.remove_when_detached().unwrap();
        let before = mappings();
        let more: Vec<_> = (0..100).map(|_| memory.attach().unwrap()).collect();
        let after = mappings();
        assert!(
            after
                .zip(before)
                .is_none_or(|(after, before)| after >= before + 90)
        );
        drop(more);
    }
}
