//! Who takes part: how each worker is built or found.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::task::{self, Failure};

/// The package of the worker in Rust.
const PACKAGE: &str = "bench-worker";

/// One of those who do the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) enum Contender {
    /// The C library, from C.
    #[serde(rename = "c")]
    C,
    /// The thin layer.
    #[serde(rename = "sysv-ipc")]
    Ipc,
    /// The handles.
    #[serde(rename = "sysv-wrapper")]
    Wrapper,
    /// Python's `sysv_ipc`.
    #[serde(rename = "python")]
    Python,
    /// Perl's own calls and `IPC::SysV`.
    #[serde(rename = "perl")]
    Perl,
}

impl Contender {
    /// Its name in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Contender::C => "C",
            Contender::Ipc => "sysv-ipc",
            Contender::Wrapper => "sysv-wrapper",
            Contender::Python => "Python",
            Contender::Perl => "Perl",
        }
    }
}

/// What to run for each contender that is there, and what to say of the others.
pub(crate) struct Contenders {
    /// The command of each worker, by contender.
    commands: Vec<(Contender, Vec<OsString>)>,
    /// Who is not there, and how to have them there.
    pub(crate) missing: Vec<String>,
}

impl Contenders {
    /// Builds those that are built, and looks for the others.
    pub(crate) fn find() -> Result<Contenders, Failure> {
        let workers = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench/workers");
        let rust = task::release(PACKAGE, PACKAGE)?.ok_or_else(|| {
            Failure::new("the worker in Rust does not build (cargo has said why)")
        })?;
        let c = build_c(&workers.join("c"), &rust.with_file_name("bench-worker-c"))?;
        let mut found = Contenders {
            commands: vec![
                (Contender::C, compiled(&c, None)),
                (Contender::Ipc, compiled(&rust, Some("sysv-ipc"))),
                (Contender::Wrapper, compiled(&rust, Some("sysv-wrapper"))),
            ],
            missing: Vec::new(),
        };
        let python = interpreter("PYTHON", "python3");
        let module = ["-c".into(), "import sysv_ipc".into()];
        found.interpreted(
            (Contender::Python, workers.join("worker.py")),
            (python, module),
            "`pip install sysv_ipc`, and PYTHON names an interpreter that has it",
        );
        let perl = interpreter("PERL", "perl");
        let module = ["-MIPC::SysV=memread".into(), "-e1".into()];
        found.interpreted(
            (Contender::Perl, workers.join("worker.pl")),
            (perl, module),
            "`apt-get install perl` (or `dnf install perl-IPC-SysV`), and PERL names an interpreter that has it",
        );
        Ok(found)
    }

    /// Adds a contender whose interpreter runs, and has the module.
    fn interpreted(
        &mut self,
        (contender, script): (Contender, PathBuf),
        (program, has_module): (OsString, [OsString; 2]),
        get: &str,
    ) {
        let works = Command::new(&program)
            .args(has_module)
            .stdin(Stdio::null())
            .output();
        if works.is_ok_and(|output| output.status.success()) {
            let command = vec![program, script.into()];
            self.commands.push((contender, command));
        } else {
            let name = contender.name();
            let program = Path::new(&program).display();
            self.missing.push(format!(
                "{name} is not measured: {program} or its module is not there; {get}"
            ));
        }
    }

    /// The command of a contender, if it is there.
    pub(crate) fn command(&self, of: Contender) -> Option<&[OsString]> {
        let found = self.commands.iter().find(|(who, _)| *who == of);
        found.map(|(_, command)| command.as_slice())
    }

    /// The interpreter or program of a contender.
    pub(crate) fn program(&self, of: Contender) -> Option<&OsString> {
        self.command(of)?.first()
    }
}

/// The command of a worker in C or Rust. Whether glibc gives memory back to the system with each `free` depends on
/// what happens to lie above it; a program that works with 64 KiB at a time pays for that or does not by chance.
/// It is told not to, in both languages.
fn compiled(program: &Path, argument: Option<&str>) -> Vec<OsString> {
    let keep = ["env", "MALLOC_TRIM_THRESHOLD_=67108864"].map(OsString::from);
    let argument = argument.map(OsString::from);
    keep.into_iter()
        .chain([program.into()])
        .chain(argument)
        .collect()
}

fn interpreter(variable: &str, otherwise: &str) -> OsString {
    env::var_os(variable).unwrap_or_else(|| otherwise.into())
}

/// The C compiler.
pub(crate) fn compiler() -> OsString {
    interpreter("CC", "cc")
}

/// Compiles the worker in C.
fn build_c(sources: &Path, to: &Path) -> Result<PathBuf, Failure> {
    let compiler = compiler();
    let files = [
        "main.c",
        "semaphores.c",
        "segments.c",
        "queues.c",
        "copies.c",
    ];
    let status = Command::new(&compiler)
        .args(["-O2", "-Wall", "-o"])
        .arg(to)
        .args(files.map(|file| sources.join(file)))
        .status()
        .map_err(Failure::because(format_args!(
            "cannot run the C compiler {}",
            Path::new(&compiler).display()
        )))?;
    if status.success() {
        Ok(to.to_path_buf())
    } else {
        Err(Failure::new(
            "the worker in C does not compile (the compiler has said why)",
        ))
    }
}
