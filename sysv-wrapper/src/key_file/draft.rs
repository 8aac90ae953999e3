//! A file on its way to publication: complete, and under a name that nobody knows.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sysv_ipc::Mode;

use super::identity::Identity;
use crate::key::Key;

/// A file that has all its contents, and a random name beside the one that it is to have. It goes when this is
/// dropped; what was published stays, being another name of the same file.
pub(super) struct Draft {
    path: PathBuf,
    file: File,
}

impl Draft {
    pub(super) fn write(beside: &Path, text: &str, mode: Mode) -> io::Result<Draft> {
        let path = beside.with_file_name(unknown_name());
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        // From here on, dropping the draft deletes the file.
        let mut draft = Draft { path, file };
        draft.file.write_all(text.as_bytes())?;
        // Unlike the mode for creating, this is not subject to the umask.
        draft
            .file
            .set_permissions(Permissions::from_mode(mode.bits()))?;
        Ok(draft)
    }

    /// Gives it its name in one step, which fails if the name is taken.
    pub(super) fn publish(&self, path: &Path) -> io::Result<()> {
        fs::hard_link(&self.path, path)
    }

    /// Gives it its name in one step, instead of the file that has it.
    pub(super) fn publish_over(&self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)
    }

    /// The same file, open, with what tells it from others.
    pub(super) fn file(&self) -> io::Result<(File, Identity)> {
        let identity = Identity::of(&self.file.metadata()?);
        Ok((self.file.try_clone()?, identity))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Where it was published over another file, the name is gone already.
        let _ = fs::remove_file(&self.path);
    }
}

/// A name that nobody uses, and of which nobody knows before.
fn unknown_name() -> String {
    let [a, b] = [Key::random().as_raw(), Key::random().as_raw()];
    format!(".sysvipc-{a:08x}{b:08x}")
}

#[cfg(test)]
mod tests {
    //! Several who publish at the same place, or have died while they did.

    use std::fs;

    use sysv_ipc::Mode;

    use super::Draft;

    #[test]
    fn drafts_are_hidden_from_listings_and_not_in_each_others_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agreed.key");
        let drafts = ["one", "other"].map(|text| Draft::write(&path, text, Mode::OWNER).unwrap());
        for (draft, text) in drafts.iter().zip(["one", "other"]) {
            assert_eq!(fs::read_to_string(&draft.path).unwrap(), text);
            assert_eq!(draft.path.parent(), Some(folder.path()));
            let name = draft.path.file_name().unwrap().to_str().unwrap();
            assert!(name.starts_with('.'), "{name}");
        }
        drop(drafts);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
