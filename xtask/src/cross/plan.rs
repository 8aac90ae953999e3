//! What each check needs, looks at, and does.

use std::path::{Path, PathBuf};

use super::cache;
use super::check::{Check, Kind};
use super::machine::{MACHINES, Machine};
use super::{compiler, headers, needs, suite, typecheck};
use crate::bindings::Headers;
use crate::bindings::targets::Target;
use crate::task::{Failure, workspace_root};

/// What the C compiler's check looks at.
const HEADERS: &[&str] = &[
    "sysv-sys/bindings",
    "sysv-sys/wrapper.h",
    "sysv-sys/build",
    "xtask/src/cross",
];
/// What rustc's check and the tests look at.
const SOURCES: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "sysv-sys",
    "sysv-ipc",
    "sysv-wrapper",
    "demos",
    "xtask/src/cross",
];

/// The means for all checks.
pub(super) struct Plan {
    headers: Headers,
    zig: PathBuf,
    bindings: PathBuf,
    zig_version: String,
    compiler_version: Option<String>,
}

impl Plan {
    /// With the headers of all platforms, and the declarations of all targets in a folder.
    pub(super) fn new(headers: Headers, bindings: PathBuf) -> Result<Self, Failure> {
        let zig = headers.folder.join("zig");
        let zig_version = compiler::first_line(&zig, &["version"])
            .ok_or_else(|| Failure::new(format!("{} does not run", zig.display())))?;
        Ok(Self {
            headers,
            zig,
            bindings,
            zig_version: format!("zig {zig_version}"),
            compiler_version: compiler::version(),
        })
    }

    /// What a check lacks, and what there is to do about it.
    pub(super) fn missing(triple: &str, kind: Kind) -> Option<String> {
        let missing = match kind {
            Kind::Headers => return None,
            Kind::Types => needs::for_types(),
            Kind::Tests => needs::for_tests(Machine::of(triple)?),
        };
        (!missing.is_nothing()).then(|| missing.help())
    }

    /// A short text that differs when what a check looks at does.
    pub(super) fn inputs(&self, triple: &str, kind: Kind) -> Result<String, Failure> {
        let mut words = vec![
            triple.to_owned(),
            kind.name().to_owned(),
            self.zig_version.clone(),
        ];
        let paths = match kind {
            Kind::Headers => HEADERS,
            Kind::Types | Kind::Tests => SOURCES,
        };
        if kind != Kind::Headers {
            words.extend(self.compiler_version.clone());
        }
        if kind == Kind::Tests {
            words.extend(Machine::of(triple).into_iter().flat_map(Machine::versions));
        }
        cache::inputs(&workspace_root(), paths, &words)
    }

    /// Makes a check.
    pub(super) fn make(
        &self,
        target: &Target,
        kind: Kind,
        tell: &dyn Fn(&str),
    ) -> Result<Check, Failure> {
        match kind {
            Kind::Headers => headers::check(&self.headers, &self.bindings, target),
            Kind::Types => typecheck::check(target.triple),
            Kind::Tests => match Machine::of(target.triple) {
                Some(machine) => suite::check(machine, &self.zig, tell),
                None => Ok(Check::skipped("its programs do not run here")),
            },
        }
    }

    /// What these checks use, each in its own words.
    pub(super) fn tools(&self, kinds: &[Kind]) -> Vec<String> {
        let mut tools = vec![self.zig_version.clone()];
        if kinds != [Kind::Headers] {
            tools.extend(self.compiler_version.clone());
        }
        if kinds.contains(&Kind::Tests) {
            let versions = MACHINES.iter().flat_map(Machine::versions);
            tools.extend(versions.chain(kernel()));
        }
        tools
    }
}

/// The release of the kernel that the tests run on, without what a distribution adds.
fn kernel() -> Option<String> {
    let text = std::fs::read_to_string(Path::new("/proc/sys/kernel/osrelease")).ok()?;
    let release = text.trim().split(['-', '+']).next()?;
    Some(format!("Linux {release}"))
}
