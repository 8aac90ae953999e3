//! Comparison of a platform's headers with the bundled declarations by a C compiler.
//!
//! The bundled file contains sizes and offsets in assertions, and constants. Each is converted to an assertion in C. A
//! C compiler for the target, other than the libclang that generated the file, compiles them with the headers.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Check, compiler};
use crate::bindings::targets::Target;
use crate::bindings::{self, Headers, crate_folder};
use crate::task::Failure;

/// Compares one target's declarations in `folder` with the headers.
pub(super) fn check(headers: &Headers, folder: &Path, target: &Target) -> Result<Check, Failure> {
    let bundled = bindings::bundled_in(folder, target)?;
    let claims = claims(&bundled);
    if claims.is_empty() {
        return Ok(Check::Failed(format!(
            "the declarations for {} claim nothing that could be compared",
            target.triple
        )));
    }
    let folder = compiler::folder().join("headers");
    fs::create_dir_all(&folder).map_err(Failure::because(format!(
        "cannot make {}",
        folder.display()
    )))?;
    let source = folder.join(format!("{}.c", target.triple));
    fs::write(&source, program(&bundled, &claims))
        .map_err(Failure::because("cannot write the assertions"))?;
    compile(headers, target, &source, claims.len())
}

fn compile(
    headers: &Headers,
    target: &Target,
    source: &Path,
    claims: usize,
) -> Result<Check, Failure> {
    let compiler = headers.folder.join("zig");
    let output = Command::new(&compiler)
        .args(["cc", "-target", target.zig])
        .args(["-D_GNU_SOURCE", "-ferror-limit=0", "-c", "-o"])
        .arg(source.with_extension("o"))
        .arg(source)
        .stdin(Stdio::null())
        .output()
        .map_err(Failure::because(format!(
            "cannot start {}",
            compiler.display()
        )))?;
    if output.status.success() {
        return Ok(Check::Passed(claims.to_string()));
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let errors: Vec<&str> = complaint
        .lines()
        .filter(|line| line.contains("error:") || line.contains("evaluates to"))
        .collect();
    Ok(Check::Failed(if errors.is_empty() {
        complaint.into_owned()
    } else {
        errors.join("\n")
    }))
}

/// One fact of the bundled file, as a condition in C.
struct Claim(String);

/// Returns all sizes, offsets and constants of the bundled file.
fn claims(bundled: &str) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (intro, is_size) in [("\"Size of ", true), ("\"Offset of field: ", false)] {
        for part in bundled.split(intro).skip(1) {
            let Some((name, rest)) = part.split_once('"') else {
                continue;
            };
            let Some(number) = asserted(rest) else {
                continue;
            };
            // Anonymous types have no name in C; their members are checked as part of the containing type.
            if name.contains("__bindgen") {
                continue;
            }
            let condition = match name.split_once("::") {
                None if is_size => format!("sizeof({}) == {number}", c_type(bundled, name)),
                Some((name, member)) if !is_size && !member.contains("__bindgen") => {
                    let owner = c_type(bundled, name);
                    format!("offsetof({owner}, {member}) == {number}")
                }
                _ => continue,
            };
            claims.push(Claim(condition));
        }
    }
    for line in bundled.lines() {
        let constant = line.strip_prefix("pub const ").and_then(|rest| {
            let (name, rest) = rest.split_once(": ")?;
            let (_, value) = rest.split_once(" = ")?;
            Some((name, value.strip_suffix(';')?))
        });
        if let Some((name, value)) = constant {
            claims.push(Claim(format!("{name} == {value}")));
        }
    }
    claims
}

/// Returns the number in `][… - 48usize]`.
fn asserted(rest: &str) -> Option<u64> {
    let end = rest.find("usize]")?;
    let (_, number) = rest[..end].rsplit_once("- ")?;
    number.trim().parse().ok()
}

/// Returns the name of a type in C: a structure or a union.
fn c_type(bundled: &str, name: &str) -> String {
    if bundled.contains(&format!("pub union {name} {{")) {
        format!("union {name}")
    } else {
        format!("struct {name}")
    }
}

/// Returns the C source of the assertions, with the headers that the declarations were generated from.
fn program(bundled: &str, claims: &[Claim]) -> String {
    let mut text = String::new();
    if bundled.contains("// fact union_semun = false") {
        text.push_str("#define SYSV_SYS_DEFINE_SEMUN\n");
    }
    let wrapper = crate_folder().join("wrapper.h");
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "#include <stddef.h>\n#include \"{}\"",
        wrapper.display()
    );
    for Claim(condition) in claims {
        let _ = writeln!(text, "_Static_assert({condition}, \"{condition}\");");
    }
    text
}
