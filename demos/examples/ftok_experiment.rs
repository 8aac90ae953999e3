//! Counts the files in directory trees for which `ftok` returns the same key as for another file.
//!
//! ```text
//! cargo run -p demos --example ftok_experiment -- /usr/lib /usr/share
//! ```

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::{env, fs, io};

use sysv_wrapper::Key;

fn main() -> io::Result<()> {
    let mut trees: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    if trees.is_empty() {
        trees.push(".".into());
    }
    for tree in trees {
        // The files of each key, by device and inode, since a file can have several names.
        let mut keys: HashMap<Key, HashMap<(u64, u64), PathBuf>> = HashMap::new();
        fs::read_dir(&tree)?;
        let mut paths = vec![tree.clone()];
        while let Some(path) = paths.pop() {
            // Skips files that were removed or are inaccessible.
            let Ok(status) = fs::symlink_metadata(&path) else {
                continue;
            };
            if status.is_symlink() {
                continue;
            }
            if let Ok(key) = Key::from_path(&path, 1) {
                let file = (status.dev(), status.ino());
                keys.entry(key).or_default().insert(file, path.clone());
            }
            if let Ok(entries) = fs::read_dir(&path) {
                paths.extend(entries.flatten().map(|entry| entry.path()));
            }
        }
        let files: usize = keys.values().map(HashMap::len).sum();
        let sharing: usize = keys
            .values()
            .map(HashMap::len)
            .filter(|files| *files > 1)
            .sum();
        println!("{}: {files} files, {} keys", tree.display(), keys.len());
        println!("  {sharing} files share their key with another file");
        if let Some((key, files)) = keys.iter().find(|(_, files)| files.len() > 1) {
            println!(
                "  for example {key}: {:?}",
                files.values().take(2).collect::<Vec<_>>()
            );
        }
    }
    println!(
        "A key has 8 bits of the project, 8 of the device and 16 of the inode: 65536 for a file system."
    );
    println!("`create_unique` draws a free key, and a `KeyFile` tells it to other programs.");
    Ok(())
}
