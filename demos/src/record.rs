//! The message: a digest, repeated so that a torn copy shows.

use rand::distr::{Alphanumeric, SampleString};

/// Hexadecimal digits of an MD5.
const DIGITS: usize = 32;
const COPIES: usize = 8;

/// The 32 hexadecimal digits of an MD5, eight times.
///
/// No machine moves 256 bytes in one instruction, so a process that reads them while another writes can see a part of
/// the old and a part of the new record. Copies that differ reveal it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record(pub [u8; Record::LENGTH]);

impl Record {
    /// The length in bytes.
    pub const LENGTH: usize = DIGITS * COPIES;

    /// The content of the segment before the first message.
    pub const BLANK: Record = Record([b' '; Record::LENGTH]);

    /// Returns the MD5 of a random string.
    pub fn random() -> Record {
        let text = Alphanumeric.sample_string(&mut rand::rng(), DIGITS);
        Record::of(text.as_bytes())
    }

    /// Returns the MD5 of the digits: the answer to this record.
    #[must_use]
    pub fn answer(&self) -> Record {
        Record::of(&self.0[..DIGITS])
    }

    /// Returns the MD5 of a text.
    pub fn of(text: &[u8]) -> Record {
        Record::copies(format!("{:x}", md5::compute(text)).as_bytes())
    }

    fn copies(digits: &[u8]) -> Record {
        let mut bytes = [0; Record::LENGTH];
        for copy in bytes.chunks_exact_mut(DIGITS) {
            copy.copy_from_slice(digits);
        }
        Record(bytes)
    }

    /// Checks that this is the answer to `said` or, before the first message, eight equal copies. The error tells how much of
    /// the record is correct.
    #[allow(clippy::missing_errors_doc, reason = "in the first paragraph")]
    pub fn check(&self, said: Option<&Record>) -> Result<(), String> {
        let first = || Record::copies(&self.0[..DIGITS]);
        let expected = said.map_or_else(first, Record::answer);
        if *self == expected {
            return Ok(());
        }
        let pairs = self.0.iter().zip(&expected.0);
        let right = pairs.filter(|(heard, expected)| heard == expected).count();
        Err(format!("{right} of {} bytes are right", Record::LENGTH))
    }
}
