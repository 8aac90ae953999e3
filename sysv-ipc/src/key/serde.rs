//! Keys in serde's formats: the text of [`Display`](core::fmt::Display) in human-readable formats, a 64-bit number in
//! others, so that platforms with keys of different widths can exchange them.

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{Key, RawKey};

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(i64::from(self.0))
        }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(KeyVisitor)
        } else {
            let number = i64::deserialize(deserializer)?;
            let key = RawKey::try_from(number).map(Key);
            key.map_err(|_| Error::invalid_value(Unexpected::Signed(number), &"a key"))
        }
    }
}

/// Parses the text by [`FromStr`](core::str::FromStr).
struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("a key, such as \"0x0000002a\" or \"42\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Key, E> {
        text.parse().map_err(E::custom)
    }
}
