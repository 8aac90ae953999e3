//! Which files are looked at: every `.rs` file of the workspace that a person wrote.
//!
//! Left out: `target` and hidden directories, and `sysv-sys/bindings`, which bindgen writes. What is
//! in a file is for `source.rs`.

use std::fs;
use std::path::Path;

use crate::task::Failure;

/// Directories of generated files, relative to the root.
const GENERATED: [&str; 1] = ["sysv-sys/bindings"];

/// The paths of all sources below `root`, relative to it, with `/`, sorted.
pub(crate) fn rust_files(root: &Path) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    walk(root, "", &mut found)?;
    found.sort();
    Ok(found)
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(Failure::because(format_args!(
        "cannot read {}",
        path.display()
    )))
}

/// Adds the sources in the directory `below` (relative, empty for the root itself). Links are not
/// followed: what they lead to is either below the root anyway or none of our business.
fn walk(root: &Path, below: &str, found: &mut Vec<String>) -> Result<(), Failure> {
    let directory = root.join(below);
    let failed = || format!("cannot list {}", directory.display());
    for entry in fs::read_dir(&directory).map_err(Failure::because(failed()))? {
        let entry = entry.map_err(Failure::because(failed()))?;
        let kind = entry.file_type().map_err(Failure::because(failed()))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let path = if below.is_empty() {
            name.to_owned()
        } else {
            format!("{below}/{name}")
        };
        if kind.is_dir() {
            let skipped = name == "target" || name.starts_with('.');
            if !skipped && !GENERATED.contains(&path.as_str()) {
                walk(root, &path, found)?;
            }
        } else if kind.is_file() && Path::new(name).extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    Ok(())
}
