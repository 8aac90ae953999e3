//! `cargo xtask bindings`: generates the files in `sysv-sys/bindings` from each platform's own headers.
//!
//! bindgen's settings and the detection of facts are those of `sysv-sys`'s build script, included from there, so that
//! bundled declarations equal those that a build on the target would generate. `ziglang.rs` provides the headers, and
//! `targets.rs` their directories per target; `libclang.rs` calls bindgen; `calls.rs` and `assertions.rs` normalise
//! bindgen's output, and `share.rs` moves common declarations to shared files. This task installs nothing.

mod assertions;
mod calls;
mod libclang;
mod share;
pub(crate) mod targets;
mod ziglang;

#[path = "../../sysv-sys/build/facts.rs"]
#[allow(dead_code, reason = "the build script uses the rest")]
mod facts;
#[path = "../../sysv-sys/build/parts.rs"]
mod parts;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode};
use std::{fs, thread};

use self::share::Declared;
use self::targets::Target;
pub(crate) use self::ziglang::Headers;
use crate::task::{self, Failure, Outcome, WRONG};

/// Generates the bundled declarations of sysv-sys from the headers in the `ziglang` package.
///
/// It needs `pip install ziglang` (0.16 or newer), which contains the headers of every platform, and libclang. Common
/// declarations are in files of their own, so all targets are generated together.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  cargo xtask bindings\n  \
                        cargo xtask bindings --check --target x86_64-unknown-linux-musl")]
pub(crate) struct Args {
    /// Write nothing; compare with the existing files, and exit with 1 on any difference.
    #[arg(long)]
    check: bool,
    /// Check the declarations of one target only.
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Directory of the `ziglang` package (default: where python3 finds it).
    #[arg(long, value_name = "DIR")]
    ziglang: Option<PathBuf>,
    /// Print the text for the one target only.
    #[arg(long, hide = true, requires = "target")]
    worker: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let wanted = targets::chosen(args.target.as_slice())?;
    if !cfg!(feature = "bindgen") {
        let again = std::env::args_os().skip(1);
        return task::cargo_run("xtask", &["--features", "bindgen"], again);
    }
    libclang::load()?;
    let headers = Headers::find(args.ziglang.as_deref())?;
    if args.worker {
        task::print(&headers.bindings(wanted[0])?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let is_alone = args.target.is_some();
    if is_alone && !args.check {
        return Err(Failure::new(
            "what a target shares stands in files of all: `--target` goes with `--check` only",
        ));
    }
    let all = declared(&headers, &wanted)?;
    let differing = match all.as_slice() {
        [alone] if is_alone => differs(wanted[0], alone)?,
        all => settle(share::files(all), args.check)?,
    };
    Ok(if differing {
        ExitCode::from(WRONG)
    } else {
        ExitCode::SUCCESS
    })
}

/// Returns bindgen's output for each target's headers.
fn declared(headers: &Headers, wanted: &[&'static Target]) -> Result<Vec<Declared>, Failure> {
    let mut all = Vec::new();
    let at_once = thread::available_parallelism().map_or(1, NonZero::get);
    for targets in wanted.chunks(at_once) {
        let workers: Vec<_> = targets
            .iter()
            .map(|target| Ok((*target, headers.start_worker(target)?)))
            .collect::<Result<_, Failure>>()?;
        for (target, worker) in workers {
            all.push(Declared::new(target.triple, &text_of(target, worker)?));
        }
    }
    Ok(all)
}

/// Returns a worker's output.
fn text_of(target: &Target, worker: Child) -> Result<String, Failure> {
    let done = worker
        .wait_with_output()
        .map_err(Failure::because(target.triple))?;
    if !done.status.success() {
        let complaint = String::from_utf8_lossy(&done.stderr);
        return Err(Failure::new(format!("{}: {complaint}", target.triple)));
    }
    String::from_utf8(done.stdout).map_err(Failure::because(target.triple))
}

/// Returns whether the target's files differ from its headers.
fn differs(target: &'static Target, generated: &Declared) -> Result<bool, Failure> {
    let present = Declared::new(target.triple, &bundled(target)?);
    let differs = !present.says_what(generated);
    tell(target.triple, if differs { "DIFFERS" } else { "unchanged" })?;
    Ok(differs)
}

/// Compares or writes the files. Returns true if the existing files differ and must not be written.
fn settle(files: Vec<(String, String)>, check: bool) -> Result<bool, Failure> {
    let folder = crate_folder().join("bindings");
    let mut left = present(&folder)?;
    let mut differing = false;
    for (name, text) in files {
        let same = left.remove(&name).is_some_and(|present| present == text);
        if !same && !check {
            let path = folder.join(&name);
            fs::create_dir_all(path.parent().unwrap_or(&folder))
                .and_then(|()| fs::write(&path, text))
                .map_err(Failure::because(format!("cannot write {}", path.display())))?;
        }
        let state = match (same, check) {
            (true, _) => "unchanged",
            (false, true) => "DIFFERS",
            (false, false) => "written",
        };
        tell(&name, state)?;
        differing |= !same && check;
    }
    for name in left.into_keys() {
        if !check {
            let path = folder.join(&name);
            fs::remove_file(&path).map_err(Failure::because(format!(
                "cannot remove {}",
                path.display()
            )))?;
        }
        tell(&name, if check { "NOT MADE HERE" } else { "removed" })?;
        differing |= check;
    }
    Ok(differing)
}

/// Returns the existing files, by their path in the directory.
fn present(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let mut found = BTreeMap::new();
    for below in ["", "parts/"] {
        // A missing directory has no files.
        for entry in fs::read_dir(folder.join(below)).into_iter().flatten() {
            let path = entry.map_err(Failure::because(folder.display()))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path)
                    .map_err(Failure::because(format!("cannot read {}", path.display())))?;
                found.insert(format!("{below}{name}"), text);
            }
        }
    }
    Ok(found)
}

fn tell(name: &str, state: &str) -> Result<(), Failure> {
    task::print(&format!("{name:<38} {state}\n"))
}

/// Reads the bundled declarations of a target, from all files that they consist of.
fn bundled(target: &Target) -> Result<String, Failure> {
    bundled_in(&crate_folder().join("bindings"), target)
}

/// Reads the same from another directory.
pub(crate) fn bundled_in(folder: &Path, target: &Target) -> Result<String, Failure> {
    let path = folder.join(format!("{}.rs", target.triple));
    parts::whole(&path).map_err(Failure::because("cannot read"))
}

/// Returns the directory of the crate that the files belong to.
pub(crate) fn crate_folder() -> PathBuf {
    task::workspace_root().join("sysv-sys")
}

#[cfg(test)]
mod tests {
    use super::facts::Facts;
    use super::{bundled, targets};
    use crate::task::workspace_root;

    /// The page is written by hand. The headers that it names for a target must be those that the target's file
    /// records.
    #[test]
    fn every_target_has_its_row_in_the_page_of_platforms() {
        let page = std::fs::read_to_string(workspace_root().join("docs/platforms.md")).unwrap();
        let yes = |fact| if fact { "yes" } else { "no" };
        for target in targets::chosen(&[]).unwrap() {
            let facts = Facts::recorded_in(&bundled(target).unwrap()).unwrap();
            let headers = facts.headers.split(", from ").next().unwrap_or_default();
            let row = format!(
                "| `{}` | {headers} | `{}` | {} | {} |",
                target.triple,
                facts.key_member,
                yes(facts.union_semun),
                yes(facts.semtimedop)
            );
            assert!(page.contains(&row), "docs/platforms.md has no row {row}");
            let checks = format!("\n| `{}` | ok ", target.triple);
            assert!(
                page.contains(&checks),
                "docs/platforms.md has no checks of {}",
                target.triple
            );
        }
    }
}
