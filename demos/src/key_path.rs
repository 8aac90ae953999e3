//! Where Mrs. Premise and Mrs. Conclusion find the key file if nobody says where.

use std::env;
use std::path::PathBuf;

/// A file in the user's runtime directory or, where there is none, one with the user's number in its name in
/// the directory for temporary files.
pub fn default() -> PathBuf {
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    match runtime.filter(|folder| folder.is_absolute() && folder.is_dir()) {
        Some(folder) => folder.join("sysv-conversation.key"),
        None => env::temp_dir().join(format!(
            "sysv-conversation-{}.key",
            rustix::process::geteuid().as_raw()
        )),
    }
}
