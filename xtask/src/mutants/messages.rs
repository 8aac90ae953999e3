//! What cargo and the compiler say, as far as it tells mutants apart.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::build::Binary;

/// A line of cargo's.
#[derive(Deserialize)]
pub(super) struct Message {
    #[serde(rename = "message")]
    pub(super) diagnostic: Option<Diagnostic>,
    target: Option<Target>,
    executable: Option<PathBuf>,
    manifest_path: Option<PathBuf>,
    profile: Option<Profile>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

/// What the compiler says.
#[derive(Deserialize)]
pub(super) struct Diagnostic {
    level: String,
    code: Option<Code>,
    spans: Vec<Span>,
    #[serde(default)]
    pub(super) rendered: String,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    byte_start: usize,
    byte_end: usize,
    is_primary: bool,
    expansion: Option<Box<Expansion>>,
}

#[derive(Deserialize)]
struct Expansion {
    span: Span,
}

impl Message {
    /// An error that is somewhere.
    pub(super) fn error(&self) -> Option<&Diagnostic> {
        let is_error = |d: &&Diagnostic| d.level.starts_with("error") && !d.spans.is_empty();
        self.diagnostic.as_ref().filter(is_error)
    }

    /// The test binary that was built, of the crates in a folder.
    pub(super) fn binary(self, root: &Path) -> Option<Binary> {
        let (target, path) = (self.target?, self.executable?);
        if !self.profile?.test {
            return None;
        }
        let folder = self.manifest_path?.parent().map(Path::to_path_buf)?;
        let chosen = match target.kind.first()?.as_str() {
            "test" => format!("--test={}", target.name),
            "bin" => format!("--bin={}", target.name),
            _ => "--lib".to_owned(),
        };
        let package = folder.strip_prefix(root).ok()?;
        Some(Binary {
            package: package.to_str()?.to_owned(),
            chosen,
            path,
            folder,
        })
    }
}

impl Diagnostic {
    pub(super) fn code(&self) -> &str {
        self.code.as_ref().map_or("", |code| code.code.as_str())
    }

    /// Where it is: the places it is about, or all that it mentions if these are nowhere of interest.
    pub(super) fn places(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        let (first, then): (Vec<_>, Vec<_>) = self.spans.iter().partition(|span| span.is_primary);
        first.into_iter().chain(then).map(Span::written)
    }
}

impl Span {
    /// Where somebody wrote it: macros are called there.
    fn written(&self) -> (&str, Range<usize>) {
        match &self.expansion {
            Some(expansion) => expansion.span.written(),
            None => (&self.file_name, self.byte_start..self.byte_end),
        }
    }
}
