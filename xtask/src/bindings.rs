//! `cargo xtask bindings`: makes the files in `sysv-sys/bindings` from each platform's own headers.
//!
//! bindgen's settings and the questions that give the facts are those of `sysv-sys`'s build script, included
//! from there: what a build would generate on the target itself and what is bundled for it come out of one
//! place. Here stands where the headers are, target by target. Nothing is installed from here.

pub(crate) mod targets;

#[path = "../../sysv-sys/build/facts.rs"]
#[allow(dead_code, reason = "the build script uses the rest")]
mod facts;
#[path = "../../sysv-sys/build/generate.rs"]
mod generate;

use std::fmt::Write as _;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::{env, fs, thread};

use self::facts::Facts;
use self::targets::Target;
use crate::task::{self, Failure, Outcome, WRONG};

/// Makes the bundled declarations of sysv-sys from the headers in the `ziglang` package.
///
/// It needs `pip install ziglang` (0.16 or newer), which carries the headers of every platform, and a libclang.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  cargo xtask bindings\n  \
                        cargo xtask bindings --check --target x86_64-unknown-linux-musl")]
pub(crate) struct Args {
    /// Write nothing; compare with the files that are there, and exit with 1 on any difference.
    #[arg(long)]
    check: bool,
    /// One target only (default: all that have a file, or can have one).
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Where the `ziglang` package is (default: where python3 finds it).
    #[arg(long, value_name = "DIR")]
    ziglang: Option<PathBuf>,
    /// Print the text for the one target, and nothing else.
    #[arg(long, hide = true, requires = "target")]
    worker: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let wanted = targets::chosen(args.target.as_deref())?;
    clang_sys::load().map_err(Failure::because("libclang cannot be loaded"))?;
    let headers = Headers::find(args.ziglang.as_deref())?;
    if args.worker {
        task::print(&headers.bindings(wanted[0])?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut differing = 0;
    let at_once = thread::available_parallelism().map_or(1, NonZero::get);
    for targets in wanted.chunks(at_once) {
        let workers: Vec<_> = targets
            .iter()
            .map(|target| Ok((*target, headers.start_worker(target)?)))
            .collect::<Result<_, Failure>>()?;
        for (target, worker) in workers {
            differing += u32::from(settle(target, worker, args.check)?);
        }
    }
    Ok(if differing == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(WRONG)
    })
}

/// Takes a worker's text, and compares or writes it: true if it differs from what is there and may not be
/// written.
fn settle(target: &Target, worker: Child, check: bool) -> Result<bool, Failure> {
    let done = worker
        .wait_with_output()
        .map_err(Failure::because(target.triple))?;
    if !done.status.success() {
        let complaint = String::from_utf8_lossy(&done.stderr);
        return Err(Failure::new(format!("{}: {complaint}", target.triple)));
    }
    let path = crate_folder().join(format!("bindings/{}.rs", target.triple));
    let same = fs::read(&path).is_ok_and(|present| present == done.stdout);
    if !same && !check {
        fs::write(&path, done.stdout)
            .map_err(Failure::because(format!("cannot write {}", path.display())))?;
    }
    let state = match (same, check) {
        (true, _) => "unchanged",
        (false, true) => "DIFFERS",
        (false, false) => "written",
    };
    task::print(&format!("{:<34} {state}\n", target.triple))?;
    Ok(!same && check)
}

/// The folder of the crate that the files are for.
pub(crate) fn crate_folder() -> PathBuf {
    task::workspace_root().join("sysv-sys")
}

/// The headers of all platforms.
pub(crate) struct Headers {
    pub(crate) folder: PathBuf,
    version: String,
}

impl Headers {
    pub(crate) fn find(given: Option<&Path>) -> Result<Headers, Failure> {
        let folder = match given {
            Some(folder) => folder.to_owned(),
            None => ask_python("import ziglang, os; print(os.path.dirname(ziglang.__file__))")
                .map(PathBuf::from)
                .ok_or_else(|| {
                    Failure::new(
                        "python3 finds no package `ziglang`; `pip install ziglang` gets it",
                    )
                })?,
        };
        if !folder.join("lib/libc/include").is_dir() {
            return Err(Failure::new(format!(
                "{} has no lib/libc/include: it is not the ziglang package",
                folder.display()
            )));
        }
        let version = version_beside(&folder).unwrap_or_else(|| "of unknown version".to_owned());
        Ok(Headers { folder, version })
    }

    /// Starts this program for one target: side by side, and with the complaints of libclang, of which the
    /// questions for the facts provoke many, kept out of sight.
    fn start_worker(&self, target: &Target) -> Result<Child, Failure> {
        let own = env::current_exe().map_err(Failure::because("this program"))?;
        Command::new(own)
            .args([
                "bindings",
                "--worker",
                "--target",
                target.triple,
                "--ziglang",
            ])
            .arg(&self.folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(Failure::because("cannot start a worker"))
    }

    /// The text of a target's file.
    fn bindings(&self, target: &Target) -> Result<String, Failure> {
        let arguments = self.clang_arguments(target);
        let label = format!("{}, from ziglang {}", target.headers, self.version);
        let facts = Facts::ask(|source| compiles(source, &arguments), label).ok_or_else(|| {
            Failure::new(format!("{}: the headers cannot be included", target.triple))
        })?;
        let wrapper = crate_folder().join("wrapper.h");
        let text = generate::declarations(&wrapper, &arguments, !facts.union_semun)
            .map_err(Failure::because(target.triple))?;
        let mut file = format!(
            "// Declarations of System V IPC for {}, made by `cargo xtask bindings`. Not to be edited.\n",
            target.triple
        );
        // Writing to a String cannot fail.
        let _ = write!(file, "{}{text}", facts.to_lines());
        Ok(file)
    }

    fn clang_arguments(&self, target: &Target) -> Vec<String> {
        let library = self.folder.join("lib");
        let mut arguments = vec![
            format!("--target={}", target.clang),
            "-nostdinc".to_owned(),
            "-D_GNU_SOURCE".to_owned(),
            format!("-isystem{}", library.join("include").display()),
        ];
        for folder in target.folders {
            let folder = library.join("libc/include").join(folder);
            arguments.push(format!("-isystem{}", folder.display()));
        }
        arguments.extend(target.defines.iter().map(|define| format!("-D{define}")));
        arguments
    }
}

/// Whether libclang takes a C source without an error.
fn compiles(source: &str, arguments: &[String]) -> bool {
    bindgen::Builder::default()
        .header_contents("probe.h", source)
        .clang_args(arguments)
        .clang_arg("-Werror=implicit-function-declaration")
        .allowlist_function("probe")
        .formatter(bindgen::Formatter::None)
        .generate()
        .is_ok()
}

fn ask_python(question: &str) -> Option<String> {
    let python = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let output = Command::new(python).args(["-c", question]).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !answer.is_empty()).then_some(answer)
}

/// The version in the name of the package's metadata folder: `ziglang-0.16.0.dist-info`.
fn version_beside(package: &Path) -> Option<String> {
    fs::read_dir(package.parent()?).ok()?.find_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        let version = name.strip_prefix("ziglang-")?.strip_suffix(".dist-info")?;
        Some(version.to_owned())
    })
}
