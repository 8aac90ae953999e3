//! Which function takes back what a dead peer held in an object of which kind.

use crate::sync::error::Result;
use crate::sync::layout::{Object, ObjectKind};
use crate::sync::peer::{Dead, Peer};
use crate::sync::{channel, latest, mutex};

/// Takes back what a dead peer held in an object: each word that names it is changed by an exchange from exactly the value
/// that was read before [`Dead::is`], and waiters are woken.
pub(crate) fn object(peer: &Peer, object: &Object, dead: &Dead<'_>) -> Result<()> {
    match object.kind {
        ObjectKind::Mutex => mutex::sweep(peer, object, dead),
        ObjectKind::Latest => latest::sweep(peer, object, dead),
        ObjectKind::Channel => channel::sweep(peer, object, dead),
        // An event names no process.
        ObjectKind::Event | ObjectKind::Unknown(_) => Ok(()),
    }
}
