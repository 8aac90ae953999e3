//! bindgen's settings, for the build and for `cargo xtask`.

use std::path::Path;

use bindgen::callbacks::{ItemInfo, ParseCallbacks};

use super::parts;

/// Every call of System V IPC.
const FUNCTIONS: &str = "ftok|shm(get|at|dt|ctl)|sem(get|op|timedop|ctl)|msg(get|snd|rcv|ctl)";
/// Every structure that a call fills or reads, and those that FreeBSD's and NetBSD's sysctl fill. bindgen adds the types
/// of their members.
const TYPES: &str = "ipc_perm|(shm|sem|msq)id_kernel|(shm|sem|msg)_sysctl_info|\
                     (shm|sem|msq)id_ds|__(shm|sem|msq)id_ds_new|shminfo|shm_info|seminfo|msginfo|\
                     sembuf|semun|key_t|pid_t|uid_t|gid_t|mode_t|time_t|timespec";
/// Every flag and command.
const CONSTANTS: &str = "(IPC|SHM|SEM|MSG)_[A-Z0-9_]+|GET(PID|VAL|ALL|NCNT|ZCNT)|SET(VAL|ALL)|\
                         HUGETLB_FLAG_ENCODE_(SHIFT|MASK)|CTL_KERN|KERN_SYSVIPC|KERN_SYSVIPC_INFO|\
                         KERN_SYSVIPC_(SHM|SEM|MSG)_INFO|sysv_sys_IPC_PRIVATE";

/// Restores the names that C programs use: for the constants of `wrapper.h` those of the macros that they represent, and
/// for macOS's structures those that are macros there (`#define shmid_ds __shmid_ds_new`).
#[derive(Debug)]
struct MacroNames;

impl ParseCallbacks for MacroNames {
    fn item_name(&self, item: ItemInfo<'_>) -> Option<String> {
        let renamed = || item.name.strip_prefix("__")?.strip_suffix("_new");
        let name = item.name.strip_prefix("sysv_sys_").or_else(renamed)?;
        Some(name.to_owned())
    }
}

/// Generates the declarations of `wrapper` under `clang_args`, formatted, with layout assertions.
///
/// libclang must be loadable; bindgen panics otherwise.
pub fn declarations(
    wrapper: &Path,
    clang_args: &[String],
    define_semun: bool,
) -> Result<String, String> {
    let mut builder = bindgen::Builder::default()
        .header(wrapper.to_string_lossy())
        .clang_arg("-D_GNU_SOURCE")
        .clang_args(clang_args)
        .allowlist_function(FUNCTIONS)
        .allowlist_type(TYPES)
        .allowlist_var(CONSTANTS)
        .default_macro_constant_type(bindgen::MacroTypeVariation::Signed)
        .derive_default(true)
        .generate_comments(false)
        .layout_tests(true)
        .disable_header_comment()
        .use_core()
        .ctypes_prefix("::core::ffi")
        .formatter(bindgen::Formatter::Prettyplease)
        .rust_edition(bindgen::RustEdition::Edition2024)
        .parse_callbacks(Box::new(MacroNames));
    if define_semun {
        builder = builder.clang_arg("-DSYSV_SYS_DEFINE_SEMUN");
    }
    match bindgen::RustTarget::stable(85, 0) {
        Ok(target) => builder = builder.rust_target(target),
        Err(error) => return Err(error.to_string()),
    }
    let bindings = builder.generate().map_err(|error| error.to_string())?;
    Ok(without_padding_bits(without_replaced(bindings.to_string())))
}

/// Replaces bit fields that only pad by bytes. 32-bit musl has unnamed ones in `timespec`, for which bindgen generates
/// several hundred lines of accessors. Returns the text unchanged if any bit field has a name.
fn without_padding_bits(text: String) -> String {
    const UNIT: &str = "__BindgenBitfieldUnit<";
    let mut makers = text.split("pub fn new_bitfield_").skip(1);
    let named = makers.any(|maker| {
        maker
            .split_once('(')
            .is_some_and(|(_, rest)| !rest.starts_with(')'))
    });
    if named || !text.contains(UNIT) {
        return text;
    }
    let member = |line: &str| match line.split_once(UNIT) {
        Some((start, kind)) => format!("{start}{}", kind.replace(">,", ",")),
        None => line.to_owned(),
    };
    parts::items(&text)
        .into_iter()
        .filter(|item| {
            !item.contains("pub fn new_bitfield_")
                && !item.contains("__BindgenBitfieldUnit<Storage>")
                && !item.starts_with("impl<const N: usize> __BindgenBitfieldUnit")
        })
        .flat_map(|item| item.split_inclusive('\n').map(member))
        .collect()
}

/// Removes declarations that the headers replace by later ones. 32-bit musl declares `semtimedop` for a timespec of two
/// longs, and again, under another symbol, for its current timespec. bindgen declares both, and appends a 1 to the name
/// of the second one, which C calls.
fn without_replaced(mut text: String) -> String {
    let mut replaced = Vec::new();
    for (at, start) in text.match_indices("pub fn ") {
        let name = text[at + start.len()..].split('(').next();
        let is_renamed = text[..at].trim_end().ends_with("\"]");
        if let Some(name) = name
            .and_then(|name| name.strip_suffix('1'))
            .filter(|_| is_renamed)
        {
            replaced.push(name.to_owned());
        }
    }
    for name in replaced {
        let block = format!("unsafe extern \"C\" {{\n    pub fn {name}(");
        let Some(start) = text.find(&block) else {
            continue;
        };
        let end = text[start..]
            .find("\n}\n")
            .map_or(text.len(), |length| start + length + 3);
        text.replace_range(start..end, "");
        text = text.replace(&format!("pub fn {name}1("), &format!("pub fn {name}("));
    }
    text
}
