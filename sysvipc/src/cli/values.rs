//! Parsers for the values on the command line.

use std::ffi::OsStr;
use std::time::Duration;

use clap::ValueEnum as _;
use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use jiff::{Span, SpanRelativeTo};
use nix::unistd::User;
use sysv_wrapper::{Key, MessageType, Mode, Pid};

use super::{KindName, KindOrId};

/// Units of size, each with its factor.
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

/// Parses a number of bytes: `4096`, `4K`, `1M`, `1MiB`, `1MB`.
pub(super) fn size(text: &str) -> Result<u64, String> {
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
            "`{unit}` is no unit of size; the units are K, M, G and T (powers of 1024), and KB, MB, GB and TB (powers \
             of 1000)"
        ));
    };
    let bytes = digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor));
    bytes.ok_or_else(|| "the number of bytes is too large".to_owned())
}

/// Parses a number of bytes in memory.
pub(super) fn length(text: &str) -> Result<usize, String> {
    let bytes = size(text)?;
    usize::try_from(bytes).map_err(|_| "the number of bytes is too large for memory".to_owned())
}

/// Parses a duration: `90` (seconds), `500ms`, `2h`, `1h 30m`, `3d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds)
            .map_err(|_| "expected a duration of 0 or more, such as 90, 500ms or 2h".to_owned());
    }
    let span: Span = text
        .parse()
        .map_err(|_| "expected a duration such as 90 (seconds), 500ms, 2h or 3d".to_owned())?;
    let duration = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| "months and years have no fixed length; give the number of days".to_owned())?;
    Duration::try_from(duration).map_err(|_| "expected a duration of 0 or more".to_owned())
}

/// Parses a duration that is not zero.
pub(super) fn interval(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("expected a duration of more than 0".to_owned()),
        time => Ok(time),
    }
}

/// Parses a percentage.
pub(super) fn percent(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).parse().ok();
    number
        .filter(|number| (0.0..=100.0).contains(number))
        .ok_or_else(|| "expected a percentage from 0 to 100, such as 80".to_owned())
}

/// Parses permission bits, in octal.
pub(super) fn mode(text: &str) -> Result<Mode, String> {
    let digits = text.strip_prefix("0o").unwrap_or(text);
    // `from_str_radix` accepts a sign.
    let bits = u32::from_str_radix(digits, 8)
        .ok()
        .filter(|_| !digits.starts_with('+'));
    bits.and_then(Mode::from_bits)
        .ok_or_else(|| "expected permission bits in octal, from 0 to 0777, such as 0640".to_owned())
}

/// Parses a user: `+N` is a number; any other text is a name, or, if no user has this name, a number.
pub(super) fn user(text: &str) -> Result<u32, String> {
    let number = |digits: &str| {
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    };
    if let Some(digits) = text.strip_prefix('+') {
        return number(digits).ok_or_else(|| "expected the number of a user".to_owned());
    }
    match User::from_name(text) {
        Ok(Some(user)) => Ok(user.uid.as_raw()),
        Ok(None) => number(text).ok_or_else(|| "no user has this name".to_owned()),
        Err(error) => Err(format!("cannot look up users: {}", error.desc())),
    }
}

/// Parses the id of a process.
pub(super) fn pid(text: &str) -> Result<Pid, String> {
    let number = text.parse::<u32>().ok();
    let number = number.and_then(|number| i32::try_from(number).ok());
    number
        .and_then(Pid::from_raw)
        .ok_or_else(|| "expected the id of a process, a number from 1 on".to_owned())
}

/// Parses a key, but not that of private objects.
pub(super) fn public_key(text: &str) -> Result<Key, String> {
    let key: Key = text
        .parse()
        .map_err(|error: sysv_wrapper::ParseKeyError| error.to_string())?;
    if key.is_private() {
        return Err("0 stands for objects without a key; name them by their ids".to_owned());
    }
    Ok(key)
}

/// Parses a kind or an id. Completions offer the kinds.
#[derive(Debug, Clone)]
pub(super) struct KindOrIdParser;

impl TypedValueParser for KindOrIdParser {
    type Value = KindOrId;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        text: &OsStr,
    ) -> Result<KindOrId, clap::Error> {
        if let Some(id) = text.to_str().and_then(|text| text.parse().ok()) {
            return Ok(KindOrId::Id(id));
        }
        let kind = EnumValueParser::<KindName>::new().parse_ref(command, argument, text)?;
        Ok(KindOrId::Kind(kind))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = KindName::value_variants().iter();
        Some(Box::new(
            names.filter_map(clap::ValueEnum::to_possible_value),
        ))
    }
}

/// Parses the type of a message.
pub(super) fn message_type(text: &str) -> Result<MessageType, String> {
    text.parse()
        .ok()
        .filter(|number| *number >= 1)
        .ok_or_else(|| {
            format!(
                "expected the type of a message, a number from 1 to {}",
                MessageType::MAX
            )
        })
}

#[cfg(test)]
mod tests {
    //! Valid and invalid values.

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
        for (text, expected) in [
            ("", "expected a number of bytes"),
            ("K", "expected a number of bytes"),
            ("+4", "expected a number of bytes"),
            ("-4", "expected a number of bytes"),
            ("1.5K", "expected a number of bytes"),
            ("4X", "`X` is no unit of size"),
            ("16777216T", "the number of bytes is too large"),
            ("18446744073709551616", "the number of bytes is too large"),
        ] {
            let error = size(text).unwrap_err();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }

    #[test]
    fn processes_are_numbered_from_1_on() {
        assert_eq!(pid("1"), Ok(Pid::from_raw(1).unwrap()));
        assert_eq!(pid("2147483647"), Ok(Pid::from_raw(i32::MAX).unwrap()));
        for text in ["0", "-1", "2147483648", "", "one"] {
            let error = pid(text).unwrap_err();
            assert!(
                error.starts_with("expected the id of a process"),
                "{text}: {error}"
            );
        }
    }
}
