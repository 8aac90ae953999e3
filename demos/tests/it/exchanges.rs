//! `buffer`, `segment` and `mailbox`: what one process puts somewhere, another one finds.

use crate::support::small::{BUFFER, GUARD, MAILBOX, SEGMENT, Told};
use crate::support::{Run, run, signal};

/// Rows P15 and P23.
#[test]
fn the_buffer_is_seen_by_a_second_process() {
    let ended = run(BUFFER, &["--additions", "20000"]);
    ended.assert_code(0).assert_gone().assert_said(&[
        "the last bytes are \".....NI!\"",
        "writing beyond it: cannot write the shared memory segment",
        "offset 4094 and length 3 do not fit",
        "wrote two lines, and is at byte 35",
        "read \"line 1: Caerbannog\"",
        "wrote a Place of 32 bytes",
        "twice 20000 additions make 40000",
        "the cursor reads \"line 0: Antioch\"",
        "the value is \"Castle Aaargh...\"",
        "the number is 40000",
    ]);
    assert_eq!(ended.stderr, "");
}

/// Rows C11 and P23.
#[test]
fn the_record_is_written_by_one_and_read_by_another() {
    let ended = run(SEGMENT, &["--text=-nobody expects it"]);
    ended.assert_code(0).assert_gone().assert_said(&[
        "nobody could open it before it said id 0",
        "wrote \"-nobody expects it\" with id 7",
        "SHM_RDONLY",
        "read \"-nobody expects it\"",
        "its id is 7",
        "still here: \"-nobody expects it\"",
        "no object has this key",
        "no object has this id",
    ]);
    assert_eq!(ended.stderr, "");
}

#[test]
fn a_text_that_is_too_long_is_refused_before_anything_is_made() {
    let ended = run(SEGMENT, &["--text", &"x".repeat(48)]);
    ended
        .assert_code(2)
        .assert_complaint("segment: the text has 48 bytes, more than 47");
    assert_eq!(ended.stdout, "");
}

/// Rows C11 and P23.
#[test]
fn the_mail_is_read_by_its_types() {
    let ended = run(MAILBOX, &[]);
    ended.assert_code(0).assert_gone().assert_said(&[
        "up to type 2: 1 - the penguin",
        "up to type 2: 2 - kind regards",
        "except type 4: 3 - man turned into a newt",
        "oldest first: 4 - slightly used parrots",
        "oldest first: 4 - shrubberies",
        "answer, by its type: 10",
        "longer than the buffer of 26 bytes",
        "it stayed in the queue: 1 message",
        "Dear Sir, I object strongl\n",
        "cannot receive from the message queue",
        "timed out",
        "full: ",
        "cannot send to the message queue",
        "timed out",
    ]);
    assert_eq!(ended.stderr, "");
}

#[test]
fn interrupted_while_one_looks_at_the_objects() {
    for program in [BUFFER, SEGMENT, MAILBOX, GUARD] {
        for (name, code) in [("INT", 130), ("TERM", 143)] {
            let mut run = Run::start(program, &["--pause"]);
            run.wait_for("Paused: ");
            assert!(Told::all(run.said()).iter().all(|told| !told.gone()));
            signal(name, &format!("-{}", run.pid()));
            run.end()
                .assert_code(code)
                .assert_gone()
                .assert_complaint(&format!(": interrupted by SIG{name}"));
        }
    }
}
