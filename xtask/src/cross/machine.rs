//! How programs for other targets run on an `x86_64` machine with Linux: which linker, which emulator.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::compiler;
use crate::task::Failure;

/// How one target's programs are linked and run.
pub(super) struct Machine {
    pub(super) triple: &'static str,
    linker: Linker,
    /// Compiler flags beyond the usual.
    flags: &'static str,
    /// The program and the words before the name of the one to run; none where the kernel runs it itself.
    pub(super) emulator: &'static [&'static str],
    /// Debian's packages with all of that.
    pub(super) packages: &'static [&'static str],
}

enum Linker {
    /// Debian's cross compiler.
    Gcc(&'static str),
    /// Zig's C compiler, by its own name of the target.
    Zig(&'static str),
}

/// Every target whose programs run here.
pub(super) const MACHINES: &[Machine] = &[
    Machine {
        triple: "x86_64-unknown-linux-musl",
        linker: Linker::Zig("x86_64-linux-musl"),
        flags: "-Clink-self-contained=no -Ctarget-feature=+crt-static",
        emulator: &[],
        packages: &[],
    },
    Machine {
        triple: "i686-unknown-linux-gnu",
        linker: Linker::Gcc("/usr/bin/i686-linux-gnu-gcc"),
        flags: "-Ctarget-feature=+crt-static",
        emulator: &[],
        packages: &["gcc-i686-linux-gnu", "libc6-dev-i386-cross"],
    },
    Machine {
        triple: "armv7-unknown-linux-gnueabihf",
        linker: Linker::Gcc("/usr/bin/arm-linux-gnueabihf-gcc"),
        flags: "",
        emulator: &["/usr/bin/qemu-arm", "-L", "/usr/arm-linux-gnueabihf"],
        packages: &[
            "gcc-arm-linux-gnueabihf",
            "libc6-dev-armhf-cross",
            "qemu-user",
        ],
    },
    Machine {
        triple: "aarch64-unknown-linux-gnu",
        linker: Linker::Gcc("/usr/bin/aarch64-linux-gnu-gcc"),
        flags: "",
        emulator: &["/usr/bin/qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"],
        packages: &[
            "gcc-aarch64-linux-gnu",
            "libc6-dev-arm64-cross",
            "qemu-user",
        ],
    },
    Machine {
        triple: "s390x-unknown-linux-gnu",
        linker: Linker::Gcc("/usr/bin/s390x-linux-gnu-gcc"),
        flags: "",
        emulator: &["/usr/bin/qemu-s390x", "-L", "/usr/s390x-linux-gnu"],
        packages: &["gcc-s390x-linux-gnu", "libc6-dev-s390x-cross", "qemu-user"],
    },
];

impl Machine {
    /// The one for a target, if its programs run here.
    pub(super) fn of(triple: &str) -> Option<&'static Self> {
        let runs = cfg!(all(target_os = "linux", target_arch = "x86_64"));
        let mut machines = MACHINES.iter();
        machines.find(|machine| runs && machine.triple == triple)
    }

    /// The programs that have to be there, besides Zig's.
    pub(super) fn programs(&self) -> Vec<&'static str> {
        let linker = match self.linker {
            Linker::Gcc(program) => Some(program),
            Linker::Zig(_) => None,
        };
        linker
            .into_iter()
            .chain(self.emulator.first().copied())
            .collect()
    }

    /// Their versions, in one line.
    pub(super) fn versions(&self) -> Vec<String> {
        let programs = self.programs().into_iter();
        programs
            .filter_map(|program| compiler::first_line(program, &["--version"]))
            .collect()
    }

    /// What runs the programs, for people.
    pub(super) fn means(&self) -> &'static str {
        match self.emulator.first() {
            Some(program) => program.rsplit('/').next().unwrap_or(program),
            None => "this machine",
        }
    }

    /// What compiles C for the target, and links. `zig` is the program.
    pub(super) fn compiler(&self, zig: &Path) -> Result<PathBuf, Failure> {
        match self.linker {
            Linker::Gcc(program) => Ok(PathBuf::from(program)),
            Linker::Zig(target) => zig_script(zig, target),
        }
    }

    /// Tells a build for the target, or a test that compiles C for it, what links and compiles.
    pub(super) fn equip(&self, command: &mut Command, zig: &Path) -> Result<(), Failure> {
        let spelled = self.triple.replace('-', "_");
        let compiler = self.compiler(zig)?;
        if let Linker::Zig(_) = self.linker {
            command.env(format!("CC_{spelled}"), &compiler);
        }
        let spelled = spelled.to_uppercase();
        command.env(format!("CARGO_TARGET_{spelled}_LINKER"), compiler);
        command.env(format!("CARGO_TARGET_{spelled}_RUSTFLAGS"), self.flags);
        Ok(())
    }
}

/// A C compiler for one target out of Zig's, which is one for all. Callers that name the target again do so in
/// clang's way, which Zig does not take. With `-fsyntax-only` it looks for the object that was not to be made, and
/// fails.
fn zig_script(zig: &Path, target: &str) -> Result<PathBuf, Failure> {
    let text = format!(
        r#"object=
for word do
    shift
    case $word in
    --target=*) ;;
    -fsyntax-only) object=$0.$$.o && set -- "$@" -c -o "$object" ;;
    *) set -- "$@" "$word" ;;
    esac
done
{zig} cc -target {target} "$@"
status=$?
[ -z "$object" ] || rm -f "$object"
exit $status
"#,
        zig = quoted(zig)
    );
    script(&format!("cc-{target}"), &text)
}

/// Writes a program for the shell into this task's folder.
pub(super) fn script(name: &str, text: &str) -> Result<PathBuf, Failure> {
    let folder = compiler::folder().join("bin");
    let path = folder.join(name);
    let because = || format!("cannot write {}", path.display());
    let text = format!("#!/bin/sh\n{text}");
    // Written only when it differs: cargo looks at the time of a linker.
    if fs::read_to_string(&path).is_ok_and(|present| present == text) {
        return Ok(path);
    }
    fs::create_dir_all(&folder).map_err(Failure::because(because()))?;
    fs::write(&path, text).map_err(Failure::because(because()))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
        .map_err(Failure::because(because()))?;
    Ok(path)
}

/// A path as one word of the shell.
pub(super) fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}
