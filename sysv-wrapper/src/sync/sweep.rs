//! Dispatch to the function that reclaims a dead peer's state in an object of each kind.

use crate::sync::error::Result;
use crate::sync::layout::{Object, ObjectKind};
use crate::sync::peer::{Dead, Peer};
use crate::sync::{channel, latest, mutex};

/// Reclaims a dead peer's state in an object: changes each word that names the peer by an exchange from exactly the value read
/// before [`Dead::is`], and wakes waiters.
pub(crate) fn object(peer: &Peer, object: &Object, dead: &Dead<'_>) -> Result<()> {
    match object.kind {
        ObjectKind::Mutex => mutex::sweep(peer, object, dead),
        ObjectKind::Latest => latest::sweep(peer, object, dead),
        ObjectKind::Channel => channel::sweep(peer, object, dead),
        // An event names no process.
        ObjectKind::Event | ObjectKind::Unknown(_) => Ok(()),
    }
}
