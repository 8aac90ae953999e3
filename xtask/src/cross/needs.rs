//! What the checks need installed: whether it is there, which package has it, and installing that for who says so.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use super::compiler::{self, CARGO, SOURCES};
use super::machine::Machine;
use crate::bindings::Headers;
use crate::task::{self, Failure};

/// Debian's packages with the compiler and the sources of the standard library.
const COMPILER: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
/// Packages of Python, by versions that are known to work: the headers of all platforms with a C compiler, and
/// a libclang for `cargo xtask bindings`.
const WHEELS: [&str; 2] = ["ziglang==0.17.0", "libclang==18.1.1"];

/// Something that is missing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Missing {
    /// What was looked for in vain.
    things: Vec<String>,
    /// Debian's packages that have it.
    packages: Vec<&'static str>,
}

impl Missing {
    /// Nothing is.
    pub(crate) fn is_nothing(&self) -> bool {
        self.things.is_empty()
    }

    /// What there is to do about it.
    pub(crate) fn help(&self) -> String {
        format!(
            "missing: {}; `cargo xtask cross --install` gets it, as does\n\
             apt-get install --no-install-recommends {}",
            self.things.join(", "),
            self.packages.join(" ")
        )
    }

    fn look(&mut self, thing: &str, packages: &[&'static str]) {
        if Path::new(thing).exists() {
            return;
        }
        self.things.push(thing.to_owned());
        for package in packages {
            if !self.packages.contains(package) {
                self.packages.push(package);
            }
        }
    }
}

/// What type checks lack.
pub(crate) fn for_types() -> Missing {
    let mut missing = Missing::default();
    missing.look(CARGO, &COMPILER);
    missing.look(SOURCES, &COMPILER);
    missing
}

/// What running a target's tests lacks.
pub(super) fn for_tests(machine: &Machine) -> Missing {
    let mut missing = for_types();
    for program in machine.programs() {
        missing.look(program, machine.packages);
    }
    if let ["-L", folder] = machine.emulator.get(1..).unwrap_or_default() {
        missing.look(folder, machine.packages);
    }
    missing
}

/// The headers of all platforms: where `given` says, where an earlier `--install` has put them, or where Python
/// finds them.
pub(super) fn headers(given: Option<&Path>) -> Result<Headers, Failure> {
    let own = own_wheel();
    Headers::find(given.or(own.as_deref())).map_err(|failure| {
        Failure::new(format!(
            "{failure}, and so does `cargo xtask cross --install`"
        ))
    })
}

/// Where `--install` keeps packages of Python.
fn own_python() -> PathBuf {
    compiler::folder().join("python")
}

fn own_wheel() -> Option<PathBuf> {
    let versions = fs::read_dir(own_python().join("lib")).ok()?;
    let mut folders = versions.filter_map(|entry| {
        let folder = entry.ok()?.path().join("site-packages/ziglang");
        folder.is_dir().then_some(folder)
    });
    folders.next()
}

/// Installs what is missing for these machines, and says what it does. Where Python finds the headers already, none
/// are fetched.
pub(super) fn install(
    machines: &[&Machine],
    with_compiler: bool,
    ziglang: Option<&Path>,
) -> Result<(), Failure> {
    let mut packages = Vec::new();
    if with_compiler {
        packages = for_types().packages;
    }
    for machine in machines {
        packages.extend(for_tests(machine).packages);
    }
    packages.sort_unstable();
    packages.dedup();
    let python = own_python();
    let fetch = headers(ziglang).is_err();
    // To make a place of its own, Debian's Python needs a package more.
    let venv = Path::new("/usr/lib/python3/dist-packages").is_dir();
    if fetch && venv && !task::succeeds("python3", &["-c", "import ensurepip"]) {
        packages.push("python3-venv");
    }
    if packages.is_empty() && !fetch {
        eprintln!("nothing is missing");
        return Ok(());
    }
    if !packages.is_empty() {
        if !task::succeeds("apt-get", &["--version"]) {
            return Err(Failure::new(format!(
                "there is no apt-get, which could install {}",
                packages.join(" ")
            )));
        }
        let apt = |words: &[&str]| {
            let root = fs::metadata("/proc/self").is_ok_and(|own| is_root(&own));
            let mut all = if root {
                vec!["apt-get"]
            } else {
                vec!["sudo", "apt-get"]
            };
            all.extend(words);
            run(&all)
        };
        apt(&["update"])?;
        let mut words = vec!["install", "--yes", "--no-install-recommends"];
        words.extend(&packages);
        apt(&words)?;
    }
    if fetch {
        let interpreter = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let folder = python.to_string_lossy().into_owned();
        run(&[&interpreter, "-m", "venv", &folder])?;
        let pip = python.join("bin/pip").to_string_lossy().into_owned();
        let mut words = vec![pip.as_str(), "install", "--disable-pip-version-check"];
        words.extend(WHEELS);
        run(&words)?;
        eprintln!("`cargo xtask bindings` finds them with PYTHON={folder}/bin/python");
    }
    Ok(())
}

/// Whether a process whose folder in /proc this is belongs to root.
fn is_root(own: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    own.uid() == 0
}

fn run(words: &[&str]) -> Result<(), Failure> {
    let line = words.join(" ");
    eprintln!("+ {line}");
    let status = Command::new(words[0])
        .args(&words[1..])
        .stdin(Stdio::null())
        // Standard output is for the table alone.
        .stdout(std::io::stderr())
        .status()
        .map_err(Failure::because(format!("cannot start {}", words[0])))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("`{line}` failed, {status}")))
    }
}

#[cfg(test)]
mod tests {
    use super::Missing;

    #[test]
    fn what_is_missing_is_named_with_its_package() {
        let mut missing = Missing::default();
        missing.look("/", &["base-files"]);
        assert!(missing.is_nothing());
        missing.look("/no/such/program", &["a", "b"]);
        missing.look("/no/such/folder", &["b", "c"]);
        assert!(!missing.is_nothing());
        let help = missing.help();
        assert!(help.contains("/no/such/program, /no/such/folder"), "{help}");
        assert!(help.ends_with("--no-install-recommends a b c"), "{help}");
        assert!(help.contains("cross --install"), "{help}");
    }
}
