//! A program that writes garbage over the channels of an area, while others use them in all ways, and before they open
//! it: they get errors, and neither crash nor hang.

use std::time::Duration;

use sysv_wrapper::sync::{Area, AreaBuilder, Capacity, MaxSize};
use sysv_wrapper::{Attachment, RemoveOnDrop, SharedMemory, ShmId};

use crate::alone::is_alone;
use crate::support::fork::Forked;
use crate::support::random;
use crate::victims::{Board, SeqCst};

/// What victims and vandals note.
const CALLS: usize = 0;
const REFUSED: usize = 1;
const WRITES: usize = 2;
const STOP: usize = 3;

const BRIEFLY: Duration = Duration::from_micros(200);

fn builder() -> AreaBuilder {
    let builder = Area::builder().peers(12);
    let builder = builder.channel("jobs", Capacity(4), MaxSize(100)).channel(
        "ticks",
        Capacity(4),
        MaxSize(8),
    );
    builder.sole_sender("ticks").sole_receiver("ticks")
}

/// Numbers that words of an area may have, and others.
fn garbage(of: &Attachment) -> u64 {
    let random = random();
    match random % 8 {
        0 => 0,
        1 => u64::MAX,
        2 => random % 4096,
        3 => 1 << (random >> 8 & 63),
        // What stands elsewhere: words of others.
        4 | 5 => {
            let at = usize::try_from(random >> 8).unwrap_or(0) % (of.len() / 8);
            of.read_value::<u64>(at * 8).unwrap()
        }
        // A state of a slot: a near turn, any phase, a likely owner.
        6 => (random >> 8 & 7) << 33 | (random >> 16 & 7) << 30 | (random >> 24 & 0x3_000f),
        _ => random,
    }
}

/// The low half of a number.
fn low(number: u64) -> u32 {
    u32::try_from(number & 0xffff_ffff).unwrap()
}

/// Writes over a word that is chosen at random.
fn vandalise(attachment: &Attachment) {
    let at = usize::try_from(random()).unwrap_or(0) % (attachment.len() / 4) * 4;
    let garbage = garbage(attachment);
    if at % 8 == 0 && garbage % 3 > 0 {
        attachment.write_value(&garbage, at).unwrap();
    } else {
        attachment.write_value(&low(garbage), at).unwrap();
    }
}

/// Uses the channels of an area for a while, and counts the calls that were refused.
fn use_all(id: ShmId, turns: u32, board: &Board) {
    let count = |is_ok: bool| {
        board.number(CALLS).fetch_add(1, SeqCst);
        if !is_ok {
            board.number(REFUSED).fetch_add(1, SeqCst);
        }
    };
    let area = match Area::from_id(id) {
        Ok(area) => area,
        Err(error) => {
            // What it says is made of what it has read.
            let _ = format!("{error:#} {error:?}");
            return count(false);
        }
    };
    let mut message = [0; 100];
    let length = usize::try_from(random() % 120).unwrap();
    let (sender, receiver) = (area.sender("jobs"), area.receiver("jobs"));
    let mut sole_sender = area.sole_sender("ticks");
    let mut sole_receiver = area.sole_receiver("ticks");
    for _ in 0..turns {
        if let Ok(sender) = &sender {
            let payload = vec![7; length];
            count(sender.send_timeout(&payload, BRIEFLY).is_ok());
            if let Ok(mut loan) = sender.try_loan(9) {
                count(loan.write_at(b"x", 8).is_ok());
                if length % 2 == 0 {
                    count(loan.commit().is_ok());
                }
            }
            let _ = (sender.fill(), sender.receivers());
        }
        if let Ok(receiver) = &receiver {
            count(receiver.receive_timeout(&mut message, BRIEFLY).is_ok());
            if let Ok(kept) = receiver.receive_kept_timeout(BRIEFLY) {
                count(kept.to_vec().is_ok());
                if length % 3 == 0 {
                    count(kept.done().is_ok());
                }
            }
            count(receiver.drain(|_| ()).is_ok());
        }
        if let Ok(sender) = &mut sole_sender {
            count(sender.send_timeout(&[1; 8], BRIEFLY).is_ok());
        }
        if let Ok(receiver) = &mut sole_receiver {
            count(receiver.receive_timeout(&mut message, BRIEFLY).is_ok());
            if let Ok(kept) = receiver.try_receive_kept() {
                count(kept.done().is_ok());
            }
        }
    }
    let _ = format!("{area:?} {sender:?} {receiver:?} {sole_sender:?} {sole_receiver:?}");
}

/// Has victims use an area that is written over as many times.
fn written_over(writes: u64) {
    let area = RemoveOnDrop::new(builder().create_private().unwrap());
    let id = area.id();
    let board = Board::new(4);
    let victims: Vec<Forked> = (0..3)
        .map(|_| {
            Forked::start(|| {
                while board.number(STOP).load(SeqCst) == 0 {
                    use_all(id, 20, &board);
                }
                0
            })
        })
        .collect();
    let vandal = Forked::start(|| {
        let attachment = SharedMemory::from_id(id).unwrap().attach().unwrap();
        let mut header = vec![0; attachment.len()];
        attachment.read_at(&mut header, 0).unwrap();
        for write in 0..writes {
            vandalise(&attachment);
            board.number(WRITES).store(write, SeqCst);
            if write % 64 == 0 {
                // Else no victim would get in any more.
                attachment.write_at(&header, 0).unwrap();
                std::thread::yield_now();
            }
        }
        attachment.write_at(&header, 0).unwrap();
        0
    });
    assert_eq!(vandal.end(), 0);
    board.number(STOP).store(1, SeqCst);
    for victim in victims {
        assert_eq!(victim.end(), 0);
    }
    let (calls, refused) = (
        board.number(CALLS).load(SeqCst),
        board.number(REFUSED).load(SeqCst),
    );
    println!("{writes} writes, {calls} calls, {refused} of them refused");
    assert!(calls > refused && refused > 0);
}

/// Opens areas that were written over.
fn opened_after_writes(areas: u32) {
    let mut opened = 0;
    for _ in 0..areas {
        let area = RemoveOnDrop::new(builder().create_private().unwrap());
        let memory = SharedMemory::from_id(area.id()).unwrap();
        let attachment = memory.attach().unwrap();
        let board = Board::new(4);
        let header = usize::try_from(random()).unwrap_or(0) % 8 + 1;
        for _ in 0..header {
            // The header and the tables.
            let at = usize::try_from(random()).unwrap_or(0) % (1000 / 4) * 4;
            let garbage = low(garbage(&attachment));
            attachment.write_value(&garbage, at).unwrap();
        }
        let child = Forked::start(|| {
            use_all(area.id(), 1, &board);
            0
        });
        assert_eq!(child.end(), 0);
        opened += u32::from(board.number(CALLS).load(SeqCst) > 1);
    }
    println!("{areas} areas, {opened} opened");
}

/// Row Q3.
#[test]
fn channels_that_are_written_over_refuse_calls() {
    const TEST: &str = test_name!("channels_that_are_written_over_refuse_calls");
    if is_alone(TEST, &[]) {
        written_over(20_000);
    }
}

#[test]
fn channels_that_were_written_over_are_opened_or_refused() {
    const TEST: &str = test_name!("channels_that_were_written_over_are_opened_or_refused");
    if is_alone(TEST, &[]) {
        opened_after_writes(100);
    }
}

#[test]
#[ignore = "takes minutes"]
fn channels_that_are_written_over_for_long_refuse_calls() {
    const TEST: &str = test_name!("channels_that_are_written_over_for_long_refuse_calls");
    if is_alone(TEST, &[]) {
        written_over(5_000_000);
        opened_after_writes(5_000);
    }
}
