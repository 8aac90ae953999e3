//! Converts declarations to C code that compiles only if the headers declare the same.

use std::fmt::Write as _;

use super::declarations::{Declarations, Function, Record};

/// Returns a C file of assertions about `declarations`, after the headers that bindgen reads. With `lenient`, it skips
/// items that the headers lack, since they may be older than a bundled file.
pub fn assertions(declarations: &Declarations, lenient: bool) -> String {
    let mut c = headers();
    for (name, value) in &declarations.constants {
        if lenient {
            let _ = writeln!(c, "#ifdef {name}");
        }
        assert_c(&mut c, &format!("({name}) == ({value})"), name);
        if lenient {
            c += "#endif\n";
        }
    }
    for name in declarations.aliases.keys() {
        // An alias of a structure represents a macro, not a type.
        if !declarations
            .records
            .contains_key(declarations.resolved(name))
        {
            assert_type(&mut c, name, &c_type(declarations, name), name);
        }
    }
    for (name, record) in &declarations.records {
        assert_record(&mut c, declarations, name, record);
    }
    for (name, function) in &declarations.functions {
        let kind = function_type(declarations, function);
        assert_type(&mut c, &format!("__typeof__({name})"), &kind, name);
    }
    c
}

/// Returns the headers that bindgen reads.
pub fn headers() -> String {
    let semun = if sysv_sys::HAVE_UNION_SEMUN {
        ""
    } else {
        "#define SYSV_SYS_DEFINE_SEMUN\n"
    };
    let wrapper = concat!(env!("CARGO_MANIFEST_DIR"), "/wrapper.h");
    format!("{semun}#include \"{wrapper}\"\n#include <stddef.h>\n#include <stdint.h>\n")
}

fn assert_record(c: &mut String, declarations: &Declarations, name: &str, record: &Record) {
    let tag = tagged(name, record);
    if let Some(size) = record.size {
        assert_c(c, &format!("sizeof({tag}) == {size}"), name);
    }
    if let Some(alignment) = record.alignment {
        assert_c(c, &format!("_Alignof({tag}) == {alignment}"), name);
    }
    // Unnamed bit fields only pad, and have no offset.
    let members = record.members.iter().filter(|member| !member.is_bits());
    for member in members {
        let path = format!("{name}.{}", member.name);
        if let Some(offset) = member.offset {
            assert_c(
                c,
                &format!("offsetof({tag}, {}) == {offset}", member.name),
                &path,
            );
        }
        let of = format!("__typeof__((({tag} *)0)->{})", member.name);
        assert_type(c, &of, &c_type(declarations, &member.kind), &path);
    }
}

fn assert_c(c: &mut String, condition: &str, what: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(c, "_Static_assert({condition}, \"{what}: {condition}\");");
}

fn assert_type(c: &mut String, one: &str, other: &str, what: &str) {
    assert_c(
        c,
        &format!("__builtin_types_compatible_p({one}, {other})"),
        what,
    );
}

fn tagged(name: &str, record: &Record) -> String {
    let keyword = if record.is_union { "union" } else { "struct" };
    format!("{keyword} {name}")
}

fn function_type(declarations: &Declarations, function: &Function) -> String {
    let mut parameters: Vec<String> = function
        .parameters
        .iter()
        .map(|kind| c_type(declarations, kind))
        .collect();
    if function.is_variadic {
        parameters.push("...".to_owned());
    }
    format!(
        "{}({})",
        c_type(declarations, &function.returns),
        parameters.join(", ")
    )
}

/// Returns the C spelling of a Rust type, with aliases resolved.
fn c_type(declarations: &Declarations, kind: &str) -> String {
    let kind = declarations.resolved(kind);
    if let Some(target) = kind.strip_prefix("*mut ") {
        return format!("{} *", c_type(declarations, target));
    }
    if let Some(target) = kind.strip_prefix("*const ") {
        return format!("{} const *", c_type(declarations, target));
    }
    if let Some((element, count)) = kind
        .strip_prefix('[')
        .and_then(|array| array.split_once(';'))
    {
        let count = count.trim_end_matches("usize]");
        return format!("{}[{count}]", c_type(declarations, element));
    }
    if let Some(record) = declarations.records.get(kind) {
        return tagged(kind, record);
    }
    let name = kind.strip_prefix("::core::ffi::").unwrap_or(kind);
    let spelled = match name {
        "()" | "c_void" => "void",
        "c_char" => "char",
        "c_schar" => "signed char",
        "c_uchar" => "unsigned char",
        "c_short" => "short",
        "c_ushort" => "unsigned short",
        "c_int" => "int",
        "c_uint" => "unsigned int",
        "c_long" => "long",
        "c_ulong" => "unsigned long",
        "c_longlong" => "long long",
        "c_ulonglong" => "unsigned long long",
        "usize" => "size_t",
        "isize" => "ssize_t",
        "u8" => "uint8_t",
        "i8" => "int8_t",
        "u16" => "uint16_t",
        "i16" => "int16_t",
        "u32" => "uint32_t",
        "i32" => "int32_t",
        "u64" => "uint64_t",
        "i64" => "int64_t",
        other => panic!("unknown type: {other}"),
    };
    spelled.to_owned()
}
