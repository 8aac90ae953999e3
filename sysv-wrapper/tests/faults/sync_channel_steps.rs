//! SIGKILL after each single instruction of what processes do with a channel: sending, receiving, taking back, giving back,
//! aborting, waiting, coming and going. After each, the channel has what it must have, and goes on.

use sysv_wrapper::sync::{Area, Capacity, Error, Kept, MaxSize, Receiver, Result, Sender};
use sysv_wrapper::sync::{SoleReceiver, SoleSender};
use sysv_wrapper::{RemoveOnDrop, SemaphoreSet, ShmId};

use crate::alone::is_alone;
use crate::step::{Step, Stepped, stay_on_one_processor};
use crate::support::fork::{Forked, end_at_the_deadline};
use crate::support::sem::wait_for_waiters;
use crate::support::skipped;
use crate::sync_steps::{end, first_of};
use crate::victims::{Board, SeqCst};

const NAME: &str = "jobs";
/// The parking members, behind five leases, the nonce and the count of departures.
const NOT_EMPTY: usize = 7;
const NOT_FULL: usize = 8;

/// What the victim does. The channel has two slots.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Deed {
    /// One message is there.
    Send,
    /// With one that waits for a message.
    SendAndWake,
    /// Two messages are there, and one sender waits beside it.
    SendAfterWaiting,
    Abort,
    /// Two messages are there.
    Receive,
    /// None is there, and one receiver waits beside it.
    ReceiveAfterWaiting,
    /// Two messages are there, the first of which went back.
    TakeBack,
    GiveBack,
    /// It finds a message that a dead receiver had.
    Sweep,
    /// A receiver waits for the last sender.
    Leave,
    SendSole,
    ReceiveSole,
}

const DEEDS: [Deed; 12] = [
    Deed::Send,
    Deed::SendAndWake,
    Deed::Abort,
    Deed::Receive,
    Deed::TakeBack,
    Deed::GiveBack,
    Deed::Sweep,
    Deed::SendSole,
    Deed::ReceiveSole,
    Deed::Leave,
    Deed::SendAfterWaiting,
    Deed::ReceiveAfterWaiting,
];

/// What the victim notes: that it is about to release the message that it has received, and which.
const RELEASED: usize = 0;
/// Whether a send has returned.
const SENT: usize = 1;

fn area(is_sole: bool) -> RemoveOnDrop<Area> {
    let builder = Area::builder().peers(5);
    let mut builder = builder.channel(NAME, Capacity(2), MaxSize(16));
    if is_sole {
        builder = builder.sole_sender(NAME).sole_receiver(NAME);
    }
    RemoveOnDrop::new(builder.create_private().unwrap())
}

fn sender(id: ShmId) -> (Area, Sender) {
    let area = Area::from_id(id).unwrap();
    let sender = area.sender(NAME).unwrap();
    (area, sender)
}

fn receiver(id: ShmId) -> (Area, Receiver) {
    let area = Area::from_id(id).unwrap();
    let receiver = area.receiver(NAME).unwrap();
    (area, receiver)
}

/// The number that a message is.
fn number(kept: &Kept<'_>) -> u64 {
    let bytes = kept.to_vec().unwrap();
    u64::from_ne_bytes(bytes.try_into().unwrap())
}

/// What one run leaves to look at.
struct Run {
    id: ShmId,
    board: Board,
}

impl Run {
    fn victim(&self, deed: Deed) -> Option<Stepped> {
        let id = self.id;
        match deed {
            Deed::Send | Deed::SendAndWake | Deed::SendAfterWaiting => {
                Stepped::start(|| sender(id), |(_area, sender)| self.sends(&sender))
            }
            Deed::Abort => Stepped::start(
                || sender(id),
                |(_area, sender)| {
                    drop(sender.loan(8).unwrap());
                    self.sends(&sender);
                },
            ),
            Deed::Receive | Deed::TakeBack | Deed::ReceiveAfterWaiting => Stepped::start(
                || receiver(id),
                |(_area, receiver)| self.receives(receiver.receive_kept()),
            ),
            Deed::GiveBack => Stepped::start(
                || receiver(id),
                |(_area, receiver)| {
                    drop(receiver.receive_kept().unwrap());
                    end();
                },
            ),
            Deed::Sweep => Stepped::start(
                || receiver(id),
                |(_area, receiver)| {
                    // Two messages are in other hands, one of them in a dead one's.
                    self.receives(receiver.try_receive_kept());
                },
            ),
            Deed::Leave => Stepped::start(
                || sender(id),
                |joined| {
                    drop(joined);
                    end();
                },
            ),
            Deed::SendSole => Stepped::start(
                || {
                    let area = Area::from_id(id).unwrap();
                    let sender = area.sole_sender(NAME).unwrap();
                    (area, sender)
                },
                |(_area, mut sender)| {
                    sender.send(&9_u64.to_ne_bytes()).unwrap();
                    self.board.number(SENT).store(9, SeqCst);
                    end();
                },
            ),
            Deed::ReceiveSole => Stepped::start(
                || {
                    let area = Area::from_id(id).unwrap();
                    let receiver = area.sole_receiver(NAME).unwrap();
                    (area, receiver)
                },
                |(_area, mut receiver)| self.receives(receiver.receive_kept()),
            ),
        }
    }

    fn sends(&self, sender: &Sender) {
        sender.send(&9_u64.to_ne_bytes()).unwrap();
        self.board.number(SENT).store(9, SeqCst);
        end();
    }

    fn receives(&self, kept: Result<Kept<'_>>) {
        let kept = kept.unwrap();
        let number = number(&kept);
        self.board.number(RELEASED).store(number, SeqCst);
        kept.done().unwrap();
        end();
    }

    /// A process that receives one message and tells which; 100 when it is told that no sender is left.
    fn other_receiver(&self) -> Forked {
        Forked::start(|| {
            let (_area, receiver) = receiver(self.id);
            end_at_the_deadline();
            match receiver.receive_kept() {
                Ok(kept) => {
                    let number = number(&kept);
                    kept.done().unwrap();
                    i32::try_from(number).unwrap()
                }
                Err(Error::Disconnected) => 100,
                Err(_) => 101,
            }
        })
    }

    fn other_sender(&self) -> Forked {
        Forked::start(|| {
            let (_area, sender) = sender(self.id);
            end_at_the_deadline();
            sender.send(&8_u64.to_ne_bytes()).unwrap();
            0
        })
    }
}

/// Sends what is there before the victim begins, and returns that.
fn arrange(deed: Deed, run: &Run, own: &mut Own) -> Vec<u64> {
    let mut expected = Vec::new();
    match deed {
        Deed::Send | Deed::SendSole => own.send_all(&mut expected, &[1]),
        Deed::SendAfterWaiting | Deed::Receive | Deed::GiveBack | Deed::ReceiveSole => {
            own.send_all(&mut expected, &[1, 2]);
        }
        Deed::TakeBack => {
            own.send_all(&mut expected, &[1, 2]);
            drop(own.keep().unwrap());
        }
        Deed::Sweep => {
            own.send_all(&mut expected, &[1, 2]);
            let mut dead = Forked::start(|| {
                let (area, receiver) = receiver(run.id);
                std::mem::forget(receiver.receive_kept().unwrap());
                std::mem::forget((area, receiver));
                0
            });
            assert_eq!(dead.code(), Some(0));
            let kept = own.keep().unwrap();
            assert_eq!(number(&kept), 2);
            kept.done().unwrap();
            expected = vec![1];
        }
        Deed::SendAndWake | Deed::ReceiveAfterWaiting | Deed::Leave | Deed::Abort => {}
    }
    expected
}

/// Runs one victim for as many instructions, and looks at what it left. `None` where tracing is not allowed; else whether it
/// came to its end.
fn killed_after(deed: Deed, instructions: usize) -> Option<bool> {
    let is_sole = matches!(deed, Deed::SendSole | Deed::ReceiveSole);
    let area = area(is_sole);
    let run = Run {
        id: area.id(),
        board: Board::new(2),
    };
    let set = SemaphoreSet::from_id(area.set_id()).unwrap();
    let mut own = Own::new(&area, is_sole, deed);
    let (mut expected, mut other) = (arrange(deed, &run, &mut own), None);
    if let (Own::Sole(sender, _), Deed::SendSole) = (&mut own, deed) {
        // The role is the victim's.
        *sender = None;
    }
    let mut victim = run.victim(deed)?;
    let parking = |place: usize| set.get(place).unwrap();
    if matches!(deed, Deed::SendAndWake | Deed::Leave) {
        other = Some(run.other_receiver());
        wait_for_waiters(&parking(NOT_EMPTY), 1);
    }
    let mut has_ended = false;
    for _ in 0..instructions {
        let mut step = victim.step();
        if step == Step::Inside && other.is_none() {
            // It waits, and another one does.
            match deed {
                Deed::SendAfterWaiting => {
                    wait_for_waiters(&parking(NOT_FULL), 1);
                    other = Some(run.other_sender());
                    wait_for_waiters(&parking(NOT_FULL), 2);
                    expected.clear();
                    for number in [1, 2] {
                        assert_eq!(own.receive(), Ok((number, false)));
                    }
                }
                Deed::ReceiveAfterWaiting => {
                    wait_for_waiters(&parking(NOT_EMPTY), 1);
                    other = Some(run.other_receiver());
                    wait_for_waiters(&parking(NOT_EMPTY), 2);
                    own.send_all(&mut expected, &[1, 2]);
                }
                _ => {}
            }
            step = victim.finish();
        }
        if step == Step::Ended {
            has_ended = true;
            break;
        }
    }
    victim.kill();
    if deed == Deed::Leave {
        // Before there is a sender again.
        let told = other.take().map(Forked::end);
        assert_eq!(told, Some(100), "{deed:?} {instructions}");
    }
    own.joins(&area);
    let (released, sent) = (
        run.board.number(RELEASED).load(SeqCst),
        run.board.number(SENT).load(SeqCst),
    );
    if sent != 0 || deed == Deed::SendAndWake {
        expected.push(9);
    }
    let mut found = Vec::new();
    match (deed, other) {
        (Deed::SendAndWake, Some(waiting)) => {
            if sent == 0 {
                // It may have sent, or not: one is woken by a message in either case.
                own.send(9);
            }
            let got = waiting.end();
            assert_eq!(got, 9, "{deed:?} {instructions}");
            found.push(9);
        }
        (Deed::SendAfterWaiting, Some(waiting)) => {
            assert_eq!(waiting.end(), 0, "{deed:?} {instructions}");
            expected.push(8);
        }
        (Deed::ReceiveAfterWaiting, Some(waiting)) => {
            found.push(u64::try_from(waiting.end()).unwrap());
        }
        _ => {}
    }
    let what = format!("{deed:?} {instructions}");
    check(&what, &mut own, found, expected, released);
    Some(has_ended)
}

/// Receives what is left, and compares what was received with what has to be; then the channel goes on.
fn check(what: &str, own: &mut Own, mut found: Vec<u64>, mut expected: Vec<u64>, released: u64) {
    // What is left.
    let mut redelivered = 0;
    loop {
        match own.receive() {
            Ok((number, again)) => {
                found.push(number);
                redelivered += u64::from(again);
            }
            Err(Error::WouldBlock | Error::Disconnected) => break,
            Err(error) => panic!("{what}: {error}"),
        }
    }
    let what = format!(
        "{what}: {found:?}, {redelivered} redelivered, of {expected:?}, released {released}"
    );
    found.sort_unstable();
    expected.sort_unstable();
    let double = found
        .windows(2)
        .any(|pair| pair[0] == pair[1] && pair[0] != 9);
    assert!(!double, "{what}");
    for number in &expected {
        assert!(found.contains(number) || *number == released, "{what}");
    }
    for number in &found {
        // One that was about to be sent may have been.
        assert!(expected.contains(number) || *number == 9, "{what}");
    }
    // And the channel goes on, through some turns.
    for number in 20..30 {
        own.send(number);
        assert_eq!(own.receive(), Ok((number, false)), "{what}");
    }
    own.send(30);
    own.send(31);
    assert_eq!(own.try_send(), Err(Error::WouldBlock), "{what}");
}

/// What this process has of the channel: both sides, unless that is the victim's deed.
enum Own {
    Shared(Option<Sender>, Receiver),
    Sole(Option<Box<SoleSender>>, Option<Box<SoleReceiver>>),
}

impl Own {
    fn new(area: &Area, is_sole: bool, deed: Deed) -> Own {
        if is_sole {
            let sender = Box::new(area.sole_sender(NAME).unwrap());
            let receiver = || Box::new(area.sole_receiver(NAME).unwrap());
            Own::Sole(Some(sender), (deed == Deed::SendSole).then(receiver))
        } else {
            let sender = (deed != Deed::Leave).then(|| area.sender(NAME).unwrap());
            Own::Shared(sender, area.receiver(NAME).unwrap())
        }
    }

    /// Takes what the victim had.
    fn joins(&mut self, area: &Area) {
        match self {
            Own::Shared(sender, _) => *sender = Some(area.sender(NAME).unwrap()),
            Own::Sole(sender, receiver) => {
                if sender.is_none() {
                    *sender = Some(Box::new(area.sole_sender(NAME).unwrap()));
                }
                if receiver.is_none() {
                    *receiver = Some(Box::new(area.sole_receiver(NAME).unwrap()));
                }
            }
        }
    }

    fn send(&mut self, number: u64) {
        let bytes = number.to_ne_bytes();
        match self {
            Own::Shared(sender, _) => sender.as_ref().unwrap().try_send(&bytes).unwrap(),
            Own::Sole(sender, _) => sender.as_mut().unwrap().try_send(&bytes).unwrap(),
        }
    }

    fn send_all(&mut self, sent: &mut Vec<u64>, numbers: &[u64]) {
        for number in numbers {
            self.send(*number);
            sent.push(*number);
        }
    }

    fn try_send(&mut self) -> Result<()> {
        match self {
            Own::Shared(sender, _) => sender.as_ref().unwrap().try_send(b"full"),
            Own::Sole(sender, _) => sender.as_mut().unwrap().try_send(b"full"),
        }
    }

    fn keep(&mut self) -> Result<Kept<'_>> {
        match self {
            Own::Shared(_, receiver) => receiver.try_receive_kept(),
            Own::Sole(_, receiver) => receiver.as_mut().unwrap().try_receive_kept(),
        }
    }

    fn receive(&mut self) -> Result<(u64, bool)> {
        let kept = self.keep()?;
        let found = (number(&kept), kept.is_redelivered());
        kept.done().unwrap();
        Ok(found)
    }
}

/// Kills victims after every `stride`th instruction, until one comes to its end.
fn killed_after_each(test: &str, deed: Deed, stride: usize) {
    for instructions in (first_of(stride)..).step_by(stride) {
        match killed_after(deed, instructions) {
            None => return skipped(test, "this process may not trace another one"),
            Some(false) => {}
            Some(true) => {
                println!("{deed:?}: {instructions} instructions, every {stride}");
                return;
            }
        }
    }
}

/// Row Q3.
#[test]
fn killed_after_some_instructions_of_channels() {
    const TEST: &str = test_name!("killed_after_some_instructions_of_channels");
    if is_alone(TEST, &[]) {
        stay_on_one_processor();
        for deed in DEEDS {
            let waits = matches!(deed, Deed::SendAfterWaiting | Deed::ReceiveAfterWaiting);
            killed_after_each(TEST, deed, if waits { 24_001 } else { 4001 });
        }
    }
}

#[test]
#[ignore = "takes minutes, and many more without optimisation"]
fn killed_after_each_instruction_of_channels() {
    const TEST: &str = test_name!("killed_after_each_instruction_of_channels");
    if is_alone(TEST, &[]) {
        stay_on_one_processor();
        for deed in DEEDS {
            killed_after_each(TEST, deed, 1);
        }
    }
}
