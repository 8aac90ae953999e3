//! The C compiler of the target, for files that need only be correct.

use std::io::Write as _;
use std::process::Stdio;

/// Whether `source` compiles for the target; if not, what the compiler said.
pub fn check(source: &str) -> Result<(), String> {
    let compiler = cc::Build::new()
        .target(env!("SYSV_SYS_TARGET"))
        .host(env!("SYSV_SYS_HOST"))
        .opt_level(0)
        .debug(false)
        .cargo_metadata(false)
        .cargo_warnings(false)
        .out_dir(env!("CARGO_TARGET_TMPDIR"))
        .try_get_compiler()
        .map_err(|error| error.to_string())?;
    let mut compiler = compiler
        .to_command()
        .args(["-std=gnu11", "-D_GNU_SOURCE", "-fsyntax-only"])
        .args(["-Werror=implicit-function-declaration", "-x", "c", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut stdin = compiler.stdin.take().expect("it is piped");
    // A compiler that does not read to the end has an error to tell.
    let _ = stdin.write_all(source.as_bytes());
    drop(stdin);
    let output = compiler.wait_with_output().unwrap();
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Whether there is a compiler that can include the headers. Where there is none, the bundled file
/// was taken without asking them, and a test can do no better; it says so.
pub fn is_there(test: &str) -> bool {
    match check(&super::c::headers()) {
        Ok(()) => true,
        Err(error) => {
            super::skipped(test, &format!("no C compiler has the headers: {error}"));
            false
        }
    }
}
