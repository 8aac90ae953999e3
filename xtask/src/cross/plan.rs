//! What each check needs, looks at, and does.

use std::path::{Path, PathBuf};

use super::cache;
use super::check::{Check, Kind};
use super::kept::Kept;
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
    "xtask/src/cross/headers.rs",
];
/// What rustc compiles.
const SOURCES: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "sysv-sys",
    "sysv-ipc",
    "sysv-wrapper",
    "sysvipc",
    "demos",
    "xtask/src/cross/compiler.rs",
];
/// What the tests look at besides: how they are run, and what is known of emulators.
const RUNNING: &str = "xtask/src/cross";

/// The means for all checks.
pub(super) struct Plan {
    /// Where they are needed.
    zig: Option<Zig>,
    bindings: PathBuf,
    compiler_version: Option<String>,
    /// Whether test binaries that came to what they should need not run again.
    keeps: bool,
}

/// The headers of all platforms, and the C compiler that comes with them.
struct Zig {
    headers: Headers,
    program: PathBuf,
    version: String,
}

impl Plan {
    /// With the declarations of all targets in a folder; and with the headers of all platforms, if the checks
    /// are such as need them.
    pub(super) fn new(
        headers: Option<Headers>,
        bindings: PathBuf,
        keeps: bool,
    ) -> Result<Self, Failure> {
        Ok(Self {
            keeps,
            zig: headers.map(Zig::of).transpose()?,
            bindings,
            compiler_version: compiler::version(),
        })
    }

    /// Whether a check needs the headers of all platforms, or the compiler that comes with them.
    pub(super) fn needs_zig(kind: Kind) -> bool {
        kind != Kind::Types
    }

    fn zig(&self) -> Result<&Zig, Failure> {
        let zig = self.zig.as_ref();
        zig.ok_or_else(|| Failure::new("a check of headers without the headers"))
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
        let mut words = vec![triple.to_owned(), kind.name().to_owned()];
        if Self::needs_zig(kind) {
            words.push(self.zig()?.version.clone());
        }
        let paths = match kind {
            Kind::Headers => HEADERS.to_vec(),
            Kind::Types => SOURCES.to_vec(),
            Kind::Tests => [SOURCES, &[RUNNING]].concat(),
        };
        if kind != Kind::Headers {
            words.extend(self.compiler_version.clone());
        }
        if kind == Kind::Tests {
            words.extend(Machine::of(triple).into_iter().flat_map(Machine::versions));
        }
        cache::inputs(&workspace_root(), &paths, &words)
    }

    /// Makes a check.
    pub(super) fn make(
        &self,
        target: &Target,
        kind: Kind,
        tell: &dyn Fn(&str),
    ) -> Result<Check, Failure> {
        match kind {
            Kind::Headers => headers::check(&self.zig()?.headers, &self.bindings, target),
            Kind::Types => typecheck::check(target.triple),
            Kind::Tests => match Machine::of(target.triple) {
                Some(machine) => {
                    let folder = compiler::folder().join("passed").join(machine.triple);
                    let kept = Kept::at(self.keeps.then_some(folder));
                    suite::check(machine, &self.zig()?.program, &kept, tell)
                }
                None => Ok(Check::skipped("its programs do not run here")),
            },
        }
    }

    /// What these checks use, each in its own words.
    pub(super) fn tools(&self, kinds: &[Kind]) -> Vec<String> {
        let mut tools: Vec<String> = self.zig.iter().map(|zig| zig.version.clone()).collect();
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

impl Zig {
    fn of(headers: Headers) -> Result<Self, Failure> {
        let program = headers.folder.join("zig");
        let version = compiler::first_line(&program, &["version"])
            .ok_or_else(|| Failure::new(format!("{} does not run", program.display())))?;
        Ok(Self {
            headers,
            program,
            version: format!("zig {version}"),
        })
    }
}

/// The release of the kernel that the tests run on, without what a distribution adds.
fn kernel() -> Option<String> {
    let text = std::fs::read_to_string(Path::new("/proc/sys/kernel/osrelease")).ok()?;
    let release = text.trim().split(['-', '+']).next()?;
    Some(format!("Linux {release}"))
}
