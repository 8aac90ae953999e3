//! Waiting for each other before the first word.
//!
//! Each side says in the header that it is there, and rings the other's semaphore; then it waits for its own to
//! be rung. After that the semaphores are at zero again. So nobody polls, and who comes first does not matter.

use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::time::{Duration, Instant};

use super::channel::Channel;
use super::end::End;
use super::layout::Word;
use super::line::SLICE;
use super::role::Role;
use super::watch::Watch;

/// Takes the role, and waits for the other one; by hand, no longer than `patience`.
pub fn meet<C: Channel>(
    channel: &C,
    role: Role,
    watch: &mut Watch<'_, C>,
    patience: Option<Duration>,
) -> Result<(), End> {
    let arrived = channel.word(Word::Arrived(role))?;
    if let Err(pid) = arrived.compare_exchange(0, std::process::id(), AcqRel, Acquire) {
        return Err(End::Taken(role, pid));
    }
    watch.look()?;
    let end = patience.and_then(|time| Instant::now().checked_add(time).map(|end| (time, end)));
    channel.give_turn(role.peer())?;
    while !channel.take_turn(role, SLICE)? {
        watch.look()?;
        if let Some((time, _)) = end.filter(|(_, end)| Instant::now() >= *end) {
            return Err(End::Missed(role.peer(), time));
        }
    }
    Ok(())
}
