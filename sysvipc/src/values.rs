//! The values on the command line: kinds, sizes, spans of time, modes, users and processes.

use std::time::Duration;

use clap::ValueEnum;
use jiff::{Span, SpanRelativeTo};
use nix::unistd::User;
use sysv_wrapper::{Key, Kind, MessageType, Mode, Pid};

/// A kind of objects, as people name it.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
pub(crate) enum KindName {
    /// Shared memory segments.
    #[value(aliases = ["segment", "segments", "memory"])]
    Shm,
    /// Semaphore sets.
    #[value(aliases = ["set", "sets", "semaphore", "semaphores"])]
    Sem,
    /// Message queues.
    #[value(aliases = ["queue", "queues", "messages"])]
    Msg,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Kind {
        match name {
            KindName::Shm => Kind::SharedMemory,
            KindName::Sem => Kind::Semaphores,
            KindName::Msg => Kind::MessageQueue,
        }
    }
}

/// All kinds, in the order in which they are shown.
pub(crate) const KINDS: [Kind; 3] = [Kind::SharedMemory, Kind::Semaphores, Kind::MessageQueue];

/// What several of a kind are called.
pub(crate) const fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::SharedMemory => "segments",
        Kind::Semaphores => "sets",
        Kind::MessageQueue => "queues",
    }
}

/// Units of size, each with what it multiplies by.
const UNITS: [(&str, u64); 14] = [
    ("", 1),
    ("B", 1),
    ("K", 1 << 10),
    ("KiB", 1 << 10),
    ("KB", 1_000),
    ("M", 1 << 20),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("G", 1 << 30),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("T", 1 << 40),
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
];

/// A number of bytes: `4096`, `4K`, `1M`, `1MiB`, `1MB`.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text[digits.len()..].trim_start();
    let factor = UNITS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))
        .map(|(_, factor)| *factor);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("expected a number of bytes, such as 4096, 4K or 1M".to_owned());
    }
    let Some(factor) = factor else {
        return Err(format!(
            "`{unit}` is no unit of size; there are K, M, G and T (1024 of each other), and KB, MB, GB and TB \
             (1000)"
        ));
    };
    let bytes = digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor));
    bytes.ok_or_else(|| "that is more bytes than can be counted".to_owned())
}

/// A size or an offset in this process's memory.
pub(crate) fn length(text: &str) -> Result<usize, String> {
    let bytes = size(text)?;
    usize::try_from(bytes).map_err(|_| "that is more than memory can have".to_owned())
}

/// A span of time: `90` (seconds), `500ms`, `2h`, `1h 30m`, `3d`.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds)
            .map_err(|_| "expected a time of 0 or more, such as 90, 500ms or 2h".to_owned());
    }
    let span: Span = text
        .parse()
        .map_err(|_| "expected a time such as 90 (seconds), 500ms, 2h or 3d".to_owned())?;
    let duration = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| "months and years have no fixed length; say it in days".to_owned())?;
    Duration::try_from(duration).map_err(|_| "expected a time of 0 or more".to_owned())
}

/// A span of time that is not zero.
pub(crate) fn interval(text: &str) -> Result<Duration, String> {
    match span(text)? {
        Duration::ZERO => Err("expected a time of more than 0".to_owned()),
        time => Ok(time),
    }
}

/// Permission bits, in octal.
pub(crate) fn mode(text: &str) -> Result<Mode, String> {
    let digits = text.strip_prefix("0o").unwrap_or(text);
    // The parser would take a sign.
    let bits = u32::from_str_radix(digits, 8)
        .ok()
        .filter(|_| !digits.starts_with('+'));
    bits.and_then(Mode::from_bits)
        .ok_or_else(|| "expected permission bits in octal, from 0 to 0777, such as 0640".to_owned())
}

/// A user, by name or number.
pub(crate) fn user(text: &str) -> Result<u32, String> {
    if let Ok(uid) = text.parse() {
        return Ok(uid);
    }
    match User::from_name(text) {
        Ok(Some(user)) => Ok(user.uid.as_raw()),
        Ok(None) => Err("this system has no user of that name".to_owned()),
        Err(error) => Err(format!("users cannot be looked up: {}", error.desc())),
    }
}

/// A process.
pub(crate) fn pid(text: &str) -> Result<Pid, String> {
    let number = text.parse::<u32>().ok();
    let number = number.and_then(|number| i32::try_from(number).ok());
    number
        .and_then(Pid::from_raw)
        .ok_or_else(|| "expected the number of a process, from 1 on".to_owned())
}

/// A key that can be found: not that of private objects.
pub(crate) fn public_key(text: &str) -> Result<Key, String> {
    let key: Key = text
        .parse()
        .map_err(|error: sysv_wrapper::ParseKeyError| error.to_string())?;
    if key.is_private() {
        return Err("0 stands for objects without a key, which only their ids name".to_owned());
    }
    Ok(key)
}

/// The type of a message.
pub(crate) fn message_type(text: &str) -> Result<MessageType, String> {
    text.parse()
        .ok()
        .filter(|number| *number >= 1)
        .ok_or_else(|| {
            format!(
                "expected the type of a message, from 1 to {}",
                MessageType::MAX
            )
        })
}

#[cfg(test)]
mod tests {
    //! What is a number, and what people are told where it is none.

    use super::{Pid, pid, size};

    #[test]
    fn sizes_are_digits_and_a_unit() {
        assert_eq!(size("4096"), Ok(4096));
        assert_eq!(size("4K"), Ok(4096));
        assert_eq!(size("4 kib"), Ok(4096));
        assert_eq!(size("4kB"), Ok(4000));
        assert_eq!(size("16777215T"), Ok(16_777_215 << 40));
        for (power, [letter, binary, decimal]) in [
            (1, ["K", "KiB", "KB"]),
            (2, ["M", "MiB", "MB"]),
            (3, ["G", "GiB", "GB"]),
            (4, ["T", "TiB", "TB"]),
        ] {
            assert_eq!(size(&format!("3{letter}")), Ok(3 * 1024_u64.pow(power)));
            assert_eq!(size(&format!("3{binary}")), Ok(3 * 1024_u64.pow(power)));
            assert_eq!(size(&format!("3{decimal}")), Ok(3 * 1000_u64.pow(power)));
        }
        for (text, complaint) in [
            ("", "expected a number of bytes"),
            ("K", "expected a number of bytes"),
            ("+4", "expected a number of bytes"),
            ("-4", "expected a number of bytes"),
            ("1.5K", "expected a number of bytes"),
            ("4X", "`X` is no unit of size"),
            ("16777216T", "that is more bytes than can be counted"),
            (
                "18446744073709551616",
                "that is more bytes than can be counted",
            ),
        ] {
            let told = size(text).unwrap_err();
            assert!(told.starts_with(complaint), "{text}: {told}");
        }
    }

    #[test]
    fn processes_are_numbered_from_1_on() {
        assert_eq!(pid("1"), Ok(Pid::from_raw(1).unwrap()));
        assert_eq!(pid("2147483647"), Ok(Pid::from_raw(i32::MAX).unwrap()));
        for text in ["0", "-1", "2147483648", "", "one"] {
            let told = pid(text).unwrap_err();
            assert!(told.starts_with("expected the number"), "{text}: {told}");
        }
    }
}
