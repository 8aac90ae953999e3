//! Records whose completeness can be checked: a number, filler derived from it, and a checksum.

/// The size of number and checksum, which precede the filler.
const HEAD: usize = 16;

/// Returns a record of `length` bytes for a number.
pub fn record(number: u64, length: usize) -> Vec<u8> {
    let mut bytes = number.to_ne_bytes().to_vec();
    bytes.extend([0; 8]);
    let mut state = number;
    while bytes.len() < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        bytes.push(state.to_be_bytes()[0]);
    }
    let sum = sum(&bytes);
    bytes[8..HEAD].copy_from_slice(&sum.to_ne_bytes());
    bytes
}

/// Returns the number of a record; panics if the record is not complete.
#[track_caller]
pub fn number(bytes: &[u8]) -> u64 {
    let word = |at: usize| u64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap());
    let mut copy = bytes.to_vec();
    copy[8..HEAD].fill(0);
    assert_eq!(word(8), sum(&copy), "a record is incomplete: {bytes:?}");
    word(0)
}

fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
