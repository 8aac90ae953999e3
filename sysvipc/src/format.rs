//! Times, ages, sizes and names of users, as JSON has them and as people read them.

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use nix::unistd::{Gid, Group, Uid, User};
use serde::{Serialize, Serializer};

/// A point in time, in whole seconds. `Display` and JSON are RFC 3339, in UTC.
#[derive(Debug, Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(pub(crate) SystemTime);

impl Time {
    pub(crate) fn now() -> Time {
        Time(SystemTime::now())
    }

    fn timestamp(self) -> Timestamp {
        let nanos = Timestamp::try_from(self.0).unwrap_or_default();
        Timestamp::from_second(nanos.as_second()).unwrap_or_default()
    }

    /// Formats the time in the user's zone: `2026-11-21 04:03:12`; in UTC, with `UTC` behind it, if the zone is
    /// unknown.
    pub(crate) fn local(self) -> String {
        let (zone, format) = match user_zone() {
            Some(zone) => (zone.clone(), "%Y-%m-%d %H:%M:%S"),
            None => (TimeZone::UTC, "%Y-%m-%d %H:%M:%S UTC"),
        };
        self.timestamp().to_zoned(zone).strftime(format).to_string()
    }

    /// Returns the time since then; zero for a time in the future.
    pub(crate) fn age(self) -> Duration {
        self.0.elapsed().unwrap_or_default()
    }
}

/// Returns the zone that `TZ` or `/etc/localtime` names; `None` if neither names one, or the system has no data for it.
fn user_zone() -> Option<&'static TimeZone> {
    static ZONE: OnceLock<Option<TimeZone>> = OnceLock::new();
    let zone = ZONE.get_or_init(|| {
        TimeZone::try_system()
            .ok()
            .filter(|zone| !zone.is_unknown())
    });
    zone.as_ref()
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Formats an age in its largest unit: `12s`, `5m`, `47h`, `3d`.
pub(crate) fn age(age: Duration) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let seconds = age.as_secs();
    match seconds {
        0..MINUTE => format!("{seconds}s"),
        MINUTE..HOUR => format!("{}m", seconds / MINUTE),
        HOUR.. if seconds < 2 * DAY => format!("{}h", seconds / HOUR),
        _ => format!("{}d", seconds / DAY),
    }
}

/// Formats a number of bytes in its largest unit: `512 B`, `4.0 KiB`.
#[allow(
    clippy::cast_precision_loss,
    reason = "the result has one digit behind the point"
)]
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64 / 1024.0;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    // 1023.95 would be rounded to 1024.0: the next unit has 1.0 for it.
    while size >= 1023.95 {
        match units.next() {
            Some(next) => {
                unit = Some(next);
                size /= 1024.0;
            }
            None => break,
        }
    }
    format!("{size:.1} {}", unit.unwrap_or(&""))
}

/// Formats a number with its noun: `1 set`, `2 sets`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Returns whether a terminal would not show the character as a character of its own: controls (C0, DEL and C1),
/// bidirectional formatting, line separators, and characters that Unicode has terminals ignore.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Escapes characters that would move the cursor, change colours or stay hidden.
pub(crate) fn printable(text: &str) -> String {
    if text.contains(is_invisible) {
        let escape = |c: char| match c {
            c if is_invisible(c) => c.escape_default().to_string(),
            c => c.to_string(),
        };
        text.chars().map(escape).collect()
    } else {
        text.to_owned()
    }
}

/// The name of a user or group; `None` for a number without a name.
pub(crate) type Name = Option<Rc<str>>;

/// The names of users and groups, each looked up once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    users: HashMap<u32, Name>,
    groups: HashMap<u32, Name>,
}

impl Names {
    /// Returns the user's name; `None` if the system has no name for the number, or the lookup fails.
    pub(crate) fn user(&mut self, uid: u32) -> Name {
        let find = || User::from_uid(Uid::from_raw(uid)).ok().flatten();
        let name = self
            .users
            .entry(uid)
            .or_insert_with(|| find().map(|user| user.name.into()));
        name.clone()
    }

    /// Returns the group's name, as [`Names::user`] does.
    pub(crate) fn group(&mut self, gid: u32) -> Name {
        let find = || Group::from_gid(Gid::from_raw(gid)).ok().flatten();
        let name = self
            .groups
            .entry(gid)
            .or_insert_with(|| find().map(|group| group.name.into()));
        name.clone()
    }

    /// Returns the user's name, or the number.
    pub(crate) fn user_or_uid(&mut self, uid: u32) -> String {
        self.user(uid)
            .map_or_else(|| uid.to_string(), |name| name.to_string())
    }

    /// Returns the group's name, or the number.
    pub(crate) fn group_or_gid(&mut self, gid: u32) -> String {
        self.group(gid)
            .map_or_else(|| gid.to_string(), |name| name.to_string())
    }
}

#[cfg(test)]
mod tests {
    //! Where one unit ends and the next begins; escapes.

    use std::time::{Duration, SystemTime};

    use super::{Time, age, bytes, count, printable};

    #[test]
    fn sizes() {
        let shown = [0, 1023, 1024, 1536, 1_048_575, 1_048_576, u64::MAX].map(bytes);
        assert_eq!(
            shown,
            [
                "0 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 MiB", "1.0 MiB", "16.0 EiB"
            ]
        );
    }

    #[test]
    fn one_has_no_plural() {
        let shown = [0, 1, 2].map(|number| count(number, "set"));
        assert_eq!(shown, ["0 sets", "1 set", "2 sets"]);
    }

    #[test]
    fn ages() {
        let shown = [0, 59, 60, 3599, 3600, 172_799, 172_800].map(|s| age(Duration::from_secs(s)));
        assert_eq!(shown, ["0s", "59s", "1m", "59m", "1h", "47h", "2d"]);
    }

    #[test]
    fn a_moment_is_as_old_as_it_is_long_ago() {
        let hour = Duration::from_secs(3600);
        let of = |moment: SystemTime| Time(moment).age();
        assert!(of(SystemTime::now() - hour) >= hour);
        assert_eq!(of(SystemTime::now() + hour), Duration::ZERO);
    }

    #[test]
    fn moments() {
        let moment = Time(SystemTime::UNIX_EPOCH + Duration::from_millis(1_500));
        assert_eq!(moment.to_string(), "1970-01-01T00:00:01Z");
        // No zone is further than a day from another.
        let local = moment.local();
        assert!(local.ends_with(":01"), "{local}");
        assert!(
            ["1969-12-31 ", "1970-01-01 "]
                .iter()
                .any(|day| local.starts_with(day)),
            "{local}"
        );
    }

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(printable("a\x1b[31mb\n"), "a\\u{1b}[31mb\\n");
        assert_eq!(
            printable("a\u{9b}\u{202e}\u{200b}"),
            "a\\u{9b}\\u{202e}\\u{200b}"
        );
        // Other characters stay.
        assert_eq!(printable("\"déjà\\vu\"\t語"), "\"déjà\\vu\"\\t語");
        assert_eq!(printable("\"déjà\\vu\""), "\"déjà\\vu\"");
    }
}
