//! Normalises the declarations of calls: parameters get their names in the manual pages.
//!
//! Names of parameters in headers are not a difference between platforms.

use std::fmt::Write as _;

/// The parameters of each call in POSIX and the manual pages; variadic ones have no name.
const PARAMETERS: [(&str, &[&str]); 13] = [
    ("ftok", &["path", "id"]),
    ("shmget", &["key", "size", "shmflg"]),
    ("shmat", &["shmid", "shmaddr", "shmflg"]),
    ("shmdt", &["shmaddr"]),
    ("shmctl", &["shmid", "cmd", "buf"]),
    ("semget", &["key", "nsems", "semflg"]),
    ("semop", &["semid", "sops", "nsops"]),
    ("semtimedop", &["semid", "sops", "nsops", "timeout"]),
    ("semctl", &["semid", "semnum", "cmd"]),
    ("msgget", &["key", "msgflg"]),
    ("msgsnd", &["msqid", "msgp", "msgsz", "msgflg"]),
    ("msgrcv", &["msqid", "msgp", "msgsz", "msgtyp", "msgflg"]),
    ("msgctl", &["msqid", "cmd", "buf"]),
];

/// Returns the declaration of a call with renamed parameters; any other item unchanged.
pub(super) fn with_manual_names(item: &str) -> String {
    renamed(item).unwrap_or_else(|| item.to_owned())
}

fn renamed(item: &str) -> Option<String> {
    let (before, rest) = item.split_once("pub fn ")?;
    let (call, rest) = rest.split_once('(')?;
    let (parameters, after) = rest.split_once(')')?;
    let (_, names) = PARAMETERS.iter().find(|(name, _)| *name == call)?;
    let parameters: Vec<&str> = parameters
        .split(',')
        .map(str::trim)
        .filter(|parameter| !parameter.is_empty())
        .collect();
    let named: Vec<String> = parameters
        .iter()
        .enumerate()
        .map(
            |(at, parameter)| match (names.get(at), parameter.split_once(": ")) {
                (Some(name), Some((_, kind))) => format!("{name}: {kind}"),
                _ => (*parameter).to_owned(),
            },
        )
        .collect();
    let mut text = format!("{before}pub fn {call}({}){after}", named.join(", "));
    if text.lines().any(|line| line.len() > 100) {
        text = format!("{before}pub fn {call}(\n");
        for parameter in named {
            let comma = if parameter == "..." { "" } else { "," };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "        {parameter}{comma}");
        }
        text.extend(["    )", after]);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::with_manual_names;

    #[test]
    fn a_call_has_the_same_text_whatever_its_header_names() {
        let one = "unsafe extern \"C\" {\n    pub fn shmdt(__shmaddr: *const ::core::ffi::c_void) -> \
                   ::core::ffi::c_int;\n}\n";
        let other = one.replace("__shmaddr", "arg1");
        assert_eq!(with_manual_names(one), one.replace("__", ""));
        assert_eq!(with_manual_names(&other), with_manual_names(one));
    }

    #[test]
    fn what_is_long_gets_a_line_per_parameter_and_keeps_its_symbol() {
        let item = "unsafe extern \"C\" {\n    #[link_name = \"\\u{1}__semctl50\"]\n    pub fn semctl(\n        \
                    arg1: ::core::ffi::c_int,\n        arg2: ::core::ffi::c_int,\n        \
                    arg3: ::core::ffi::c_int,\n        ...\n    ) -> ::core::ffi::c_int;\n}\n";
        let named = item.replace("arg1", "semid").replace("arg2", "semnum");
        assert_eq!(with_manual_names(item), named.replace("arg3", "cmd"));
    }

    #[test]
    fn other_items_are_left() {
        let item = "pub const IPC_STAT: i32 = 2;\n";
        assert_eq!(with_manual_names(item), item);
        let unknown = "unsafe extern \"C\" {\n    pub fn other(arg1: i32);\n}\n";
        assert_eq!(with_manual_names(unknown), unknown);
    }
}
