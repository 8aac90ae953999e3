//! The records of the conversation.

use demos::Record;

#[test]
fn an_answer_is_the_md5_of_the_digits() {
    // RFC 1321, appendix A.5.
    let known = Record::of(b"message digest");
    assert_eq!(&known.0[224..], b"f96b697d7cb7938d525a2f31aaf161d0");
    assert_eq!(known.answer(), Record::of(&known.0[..32]));
}

#[test]
fn a_torn_record_is_detected() {
    let said = Record::random();
    let mut heard = said.answer();
    assert_eq!(heard.check(Some(&said)), Ok(()));
    assert_eq!(heard.check(None), Ok(()));
    heard.0[88..].copy_from_slice(&said.0[88..]);
    let text = heard.check(Some(&said)).unwrap_err();
    assert!(text.ends_with(" of 256 bytes are right"), "{text}");
    assert!(heard.check(None).is_err());
}
