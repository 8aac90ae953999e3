//! What is said: a digest, written out often enough that it can tear.

use std::fmt;

use md5::{Digest, Md5};
use rand::distr::{Alphanumeric, SampleString};

/// Hexadecimal digits of an MD5.
const DIGITS: usize = 32;
/// How often they are repeated.
const COPIES: usize = 8;

/// A message: the 32 hexadecimal digits of an MD5, eight times over.
///
/// No machine moves 256 bytes in one instruction, so whoever reads them while they are written can see a part
/// of the old and a part of the new, and tells by the copies that differ.
#[derive(Clone, PartialEq, Eq)]
pub struct Record([u8; Record::LENGTH]);

impl Record {
    /// Its length in bytes.
    pub const LENGTH: usize = DIGITS * COPIES;

    /// What stands in the segment before anything was said.
    pub const BLANK: Record = Record([b' '; Record::LENGTH]);

    /// The MD5 of a random string: how the conversation begins.
    pub fn seed() -> Record {
        Record::of(
            Alphanumeric
                .sample_string(&mut rand::rng(), DIGITS)
                .as_bytes(),
        )
    }

    /// The MD5 of the digits: what is answered to this.
    #[must_use]
    pub fn answer(&self) -> Record {
        Record::of(self.digits())
    }

    fn of(text: &[u8]) -> Record {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut bytes = [0; Record::LENGTH];
        let (first, rest) = bytes.split_at_mut(DIGITS);
        for (byte, digits) in Md5::digest(text).iter().zip(first.chunks_exact_mut(2)) {
            digits[0] = HEX[usize::from(byte >> 4)];
            digits[1] = HEX[usize::from(byte & 0xf)];
        }
        for copy in rest.chunks_exact_mut(DIGITS) {
            copy.copy_from_slice(first);
        }
        Record(bytes)
    }

    /// Whether it is one digest, the same in all copies.
    pub fn is_whole(&self) -> bool {
        let hex = |digit: &u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        self.digits().iter().all(hex)
            && self
                .0
                .chunks_exact(DIGITS)
                .all(|copy| copy == self.digits())
    }

    fn digits(&self) -> &[u8] {
        &self.0[..DIGITS]
    }

    /// All bytes.
    pub fn bytes(&self) -> &[u8; Record::LENGTH] {
        &self.0
    }

    /// All bytes, to be overwritten.
    pub fn bytes_mut(&mut self) -> &mut [u8; Record::LENGTH] {
        &mut self.0
    }
}

impl fmt::Display for Record {
    /// The digits of the first copy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.digits().escape_ascii())
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_the_md5_of_the_digits() {
        let record = Record::of(b"Four hours to bury a cat?");
        assert!(record.is_whole());
        assert_eq!(record.answer(), Record::of(record.to_string().as_bytes()));
        // RFC 1321, appendix A.5.
        let known = Record::of(b"message digest");
        assert_eq!(known.to_string(), "f96b697d7cb7938d525a2f31aaf161d0");
    }

    #[test]
    fn a_torn_record_is_not_whole() {
        let old = Record::seed();
        let mut torn = old.answer();
        torn.bytes_mut()[88..].copy_from_slice(&old.bytes()[88..]);
        assert!(!torn.is_whole());
        assert!(!Record::BLANK.is_whole());
    }
}
