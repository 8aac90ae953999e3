//! Runs the target's C compiler for a syntax check.

use std::io::Write as _;
use std::process::Stdio;

/// Checks that `source` compiles for the target; the error is the compiler's output.
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
    // A compiler that does not read to the end reports an error.
    let _ = stdin.write_all(source.as_bytes());
    drop(stdin);
    let output = compiler.wait_with_output().unwrap();
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Returns whether a compiler that can include the headers exists. If not, the build did not compare the bundled file
/// either, and this prints that `test` is skipped.
pub fn is_there(test: &str) -> bool {
    match check(&super::c::headers()) {
        Ok(()) => true,
        Err(error) => {
            super::skipped(test, &format!("no C compiler has the headers: {error}"));
            false
        }
    }
}
