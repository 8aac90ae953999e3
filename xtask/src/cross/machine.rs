//! Linkers and emulators for programs of other targets on an `x86_64` machine with Linux.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::compiler;
use crate::task::Failure;

/// The tools to link and run one target's programs.
pub(super) struct Machine {
    pub(super) triple: &'static str,
    /// Debian's cross compiler; if `None`, Zig's C compiler.
    gcc: Option<&'static str>,
    /// Additional compiler flags.
    flags: &'static str,
    /// The emulator and the directory of the target's libraries; `None` if the kernel runs the programs itself.
    emulator: Option<[&'static str; 2]>,
    /// Debian's packages with these tools.
    packages: &'static str,
}

/// Every target whose programs run here.
const MACHINES: &[Machine] = &[
    Machine {
        triple: "x86_64-unknown-linux-musl",
        gcc: None,
        flags: "-Clink-self-contained=no -Ctarget-feature=+crt-static",
        emulator: None,
        packages: "",
    },
    Machine {
        triple: "i686-unknown-linux-gnu",
        gcc: Some("/usr/bin/i686-linux-gnu-gcc"),
        flags: "-Ctarget-feature=+crt-static",
        emulator: None,
        packages: "gcc-i686-linux-gnu libc6-dev-i386-cross",
    },
    Machine {
        triple: "armv7-unknown-linux-gnueabihf",
        gcc: Some("/usr/bin/arm-linux-gnueabihf-gcc"),
        flags: "",
        emulator: Some(["/usr/bin/qemu-arm", "/usr/arm-linux-gnueabihf"]),
        packages: "gcc-arm-linux-gnueabihf libc6-dev-armhf-cross qemu-user",
    },
    Machine {
        triple: "aarch64-unknown-linux-gnu",
        gcc: Some("/usr/bin/aarch64-linux-gnu-gcc"),
        flags: "",
        emulator: Some(["/usr/bin/qemu-aarch64", "/usr/aarch64-linux-gnu"]),
        packages: "gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user",
    },
    Machine {
        triple: "s390x-unknown-linux-gnu",
        gcc: Some("/usr/bin/s390x-linux-gnu-gcc"),
        flags: "",
        emulator: Some(["/usr/bin/qemu-s390x", "/usr/s390x-linux-gnu"]),
        packages: "gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user",
    },
];

impl Machine {
    /// Returns the tools for a target, if its programs run here.
    pub(super) fn of(triple: &str) -> Option<&'static Self> {
        let runs = cfg!(all(target_os = "linux", target_arch = "x86_64"));
        let mut machines = MACHINES.iter();
        machines.find(|machine| runs && machine.triple == triple)
    }

    /// Returns the packages that must be installed first, if any.
    pub(super) fn missing(&self) -> Option<String> {
        let emulator = self.emulator.into_iter().flatten();
        let files: Vec<_> = emulator.chain(self.gcc).collect();
        let nextest = Command::new("cargo-nextest").arg("--version").output();
        let nextest = nextest.err().map(|error| {
            format!("cargo-nextest: {error}; `cargo install --locked cargo-nextest` gets it")
        });
        nextest.or_else(|| compiler::missing_of(&files, self.packages))
    }

    /// Sets the linker, C compiler and runner of a command for the target.
    pub(super) fn set(&self, command: &mut Command, zig: &Path, name: &str) -> Result<(), Failure> {
        let triple = self.triple.replace('-', "_");
        let compiler = if let Some(program) = self.gcc {
            PathBuf::from(program)
        } else {
            let script = zig_script(zig, name)?;
            command.env(format!("CC_{triple}"), &script);
            script
        };
        let variable = |name| format!("CARGO_TARGET_{}_{name}", triple.to_uppercase());
        command.env(variable("LINKER"), compiler);
        command.env(variable("RUSTFLAGS"), self.flags);
        if let Some([emulator, libraries]) = self.emulator {
            let runner = format!("{emulator} -L {libraries}");
            let built = compiler::folder().join("build").join(self.triple);
            let command_line = format!(
                "exec {runner} {} \"$@\"\n",
                quoted(&built.join("debug/sysvipc"))
            );
            let sysvipc = script(&format!("sysvipc-{}", self.triple), &command_line)?;
            // The factor for the tests' time limits; the command that tests run; and the runner of a test's own binary.
            command.env("SYSV_TEST_PATIENCE", "10");
            command.env("SYSV_TEST_SYSVIPC", sysvipc);
            command.env("SYSV_TEST_RUNNER", &runner);
            command.env(variable("RUNNER"), runner);
        }
        Ok(())
    }
}

/// Writes a wrapper of Zig's C compiler for a single target. It drops a target that callers pass in clang's spelling,
/// which Zig rejects. It replaces `-fsyntax-only`, with which Zig fails since no object exists, by compiling to a
/// temporary object.
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

/// Writes a shell script into this task's directory.
fn script(name: &str, text: &str) -> Result<PathBuf, Failure> {
    let folder = compiler::folder().join("bin");
    let path = folder.join(name);
    let because = || format!("cannot write {}", path.display());
    let text = format!("#!/bin/sh\n{text}");
    // Written only if it differs: cargo checks the modification time of a linker.
    if fs::read_to_string(&path).is_ok_and(|present| present == text) {
        return Ok(path);
    }
    fs::create_dir_all(&folder).map_err(Failure::because(because()))?;
    fs::write(&path, text).map_err(Failure::because(because()))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
        .map_err(Failure::because(because()))?;
    Ok(path)
}

/// Quotes a path as one word for the shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}
