//! Detects facts by compiling tiny C files for the target. It runs none of them, so that cross compiling works.

use std::path::PathBuf;
use std::process::Stdio;
use std::{env, fs};

use crate::facts::{Facts, HEADERS};

/// The C compiler that `cc` finds for cargo's target, and the folder for its files.
pub struct Compiler {
    tool: cc::Tool,
    folder: PathBuf,
}

impl Compiler {
    /// Finds the compiler by the rules that `cc` documents (`CC`, `CC_<target>`, …).
    pub fn for_target() -> Result<Compiler, String> {
        let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
        let tool = cc::Build::new()
            .cargo_metadata(false)
            .cargo_warnings(false)
            .try_get_compiler()
            .map_err(|error| error.to_string())?;
        Ok(Compiler { tool, folder })
    }

    /// Returns whether `source` compiles.
    fn accepts(&self, source: &str) -> bool {
        let file = self.folder.join("probe.c");
        if fs::write(&file, source).is_err() {
            return false;
        }
        self.tool
            .to_command()
            .args(["-D_GNU_SOURCE", "-c", "-o"])
            .arg(self.folder.join("probe.o"))
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Returns the output of the preprocessor for `source`.
    fn preprocess(&self, source: &str) -> Option<String> {
        let file = self.folder.join("probe.c");
        fs::write(&file, source).ok()?;
        let mut command = self.tool.to_command();
        let output = command
            .args(["-D_GNU_SOURCE", "-E", "-P"])
            .arg(&file)
            .output();
        let output = output.ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()
    }

    /// Returns the folder of the compiler's own headers (`stddef.h`), which some packages of libclang lack.
    #[cfg(feature = "buildtime-bindgen")]
    pub fn own_headers(&self) -> Option<String> {
        let mut command = self.tool.to_command();
        let output = command.arg("-print-file-name=include").output().ok()?;
        let path = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        PathBuf::from(&path).is_absolute().then_some(path)
    }
}

/// Detects all facts; `None` if the target's headers cannot be included.
pub fn facts(compiler: &Compiler) -> Option<Facts> {
    if !is_for_target(compiler) {
        return None;
    }
    Facts::detect(|source| compiler.accepts(source), headers(compiler))
}

/// Returns whether the compiler is for the target's system and C library. For some targets, `cc` falls back to this
/// machine's compiler, which would include this machine's headers.
fn is_for_target(compiler: &Compiler) -> bool {
    let system = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let own = match system.as_str() {
        "linux" => "__linux__",
        "macos" => "__APPLE__",
        "freebsd" => "__FreeBSD__",
        "netbsd" => "__NetBSD__",
        "openbsd" => "__OpenBSD__",
        _ => return true,
    };
    let environment = env::var("CARGO_CFG_TARGET_ENV").unwrap_or_default();
    let library = match environment.as_str() {
        "gnu" => "#ifndef __GLIBC__",
        "musl" => "#ifdef __GLIBC__",
        _ => "#if 0",
    };
    compiler.accepts(&format!(
        "#ifndef {own}\n#error another system\n#endif\n\
         #include <sys/types.h>\n{library}\n#error another C library\n#endif\n"
    ))
}

/// Returns the name and version of the headers, as far as they define them.
fn headers(compiler: &Compiler) -> String {
    let source = format!(
        "{HEADERS}\nglibc __GLIBC__.__GLIBC_MINOR__\nFreeBSD __FreeBSD_version\n\
         NetBSD __NetBSD_Version__\nOpenBSD OpenBSD\nmacOS __MAC_OS_X_VERSION_MAX_ALLOWED\n"
    );
    let text = compiler.preprocess(&source).unwrap_or_default();
    ["glibc", "FreeBSD", "NetBSD", "OpenBSD", "macOS"]
        .into_iter()
        .find_map(|system| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(system)?.strip_prefix(' '))?;
            let version: String = line.split_whitespace().collect();
            version
                .starts_with(|c: char| c.is_ascii_digit())
                .then(|| format!("{system} {version}"))
        })
        .unwrap_or_else(|| "of the target, without a version".to_owned())
}
