//! Bytes that tell whether they are whole: a number, filling that follows from it, and their sum.

/// What is in front of the filling: number and sum.
const HEAD: usize = 16;

/// A record of `length` bytes about a number.
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

/// The number that a record is about; fails if the record is not whole.
#[track_caller]
pub fn number(bytes: &[u8]) -> u64 {
    let word = |at: usize| u64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap());
    let mut copy = bytes.to_vec();
    copy[8..HEAD].fill(0);
    assert_eq!(word(8), sum(&copy), "a record is torn: {bytes:?}");
    word(0)
}

fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
