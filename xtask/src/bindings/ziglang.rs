//! The `ziglang` package, which contains the headers of every platform: its location, and bindgen's output for it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use super::facts::Facts;
use super::targets::Target;
use super::{assertions, calls, crate_folder, libclang, parts};
use crate::task::Failure;

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

    /// Starts this program for one target, so that targets run in parallel and the many diagnostics of libclang during
    /// the detection of facts are hidden.
    pub(super) fn start_worker(&self, target: &Target) -> Result<Child, Failure> {
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

    /// Returns all declarations of a target, with the facts.
    pub(super) fn bindings(&self, target: &Target) -> Result<String, Failure> {
        let arguments = self.clang_arguments(target);
        let label = format!("{}, from ziglang {}", target.headers, self.version);
        let facts = Facts::detect(|source| libclang::compiles(source, &arguments), label)
            .ok_or_else(|| {
                Failure::new(format!("{}: the headers cannot be included", target.triple))
            })?;
        let wrapper = crate_folder().join("wrapper.h");
        let text = libclang::declarations(&wrapper, &arguments, !facts.union_semun)
            .map_err(Failure::because(target.triple))?;
        let mut file = format!(
            "// Declarations of System V IPC for {}, made by `cargo xtask bindings`. Not to be edited.\n",
            target.triple
        );
        file += &facts.to_lines();
        let items = parts::items(&text).into_iter();
        file.extend(items.map(|item| assertions::apart(&calls::with_manual_names(item))));
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

fn ask_python(question: &str) -> Option<String> {
    let python = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let output = Command::new(python).args(["-c", question]).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !answer.is_empty()).then_some(answer)
}

/// Returns the version in the name of the package's metadata directory: `ziglang-0.16.0.dist-info`.
fn version_beside(package: &Path) -> Option<String> {
    fs::read_dir(package.parent()?).ok()?.find_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        let version = name.strip_prefix("ziglang-")?.strip_suffix(".dist-info")?;
        Some(version.to_owned())
    })
}
