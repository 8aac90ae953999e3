//! The areas that this process has joined. A process has one lease per area, shared by all its handles.
#![expect(unsafe_code, reason = "keeps a value for the rest of the process")]

use std::ptr;
use std::sync::atomic::AtomicPtr;
use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sysv_ipc::fork_generation;

use crate::sync::peer::Peer;

/// The areas of one process. A forked child gets a new registry: it has joined no area, and another thread of its parent may
/// have held the lock.
struct Registry {
    process: usize,
    peers: Mutex<Vec<Weak<Peer>>>,
}

static REGISTRY: AtomicPtr<Registry> = AtomicPtr::new(ptr::null_mut());

impl Registry {
    /// Returns the registry of this process.
    fn here() -> &'static Registry {
        let process = fork_generation();
        loop {
            let known = REGISTRY.load(Acquire);
            // SAFETY: null, or from `Box::into_raw` below and never freed.
            match unsafe { known.as_ref() } {
                Some(registry) if registry.process == process => return registry,
                _ => {}
            }
            let made = Box::into_raw(Box::new(Registry {
                process,
                peers: Mutex::new(Vec::new()),
            }));
            if REGISTRY
                .compare_exchange(known, made, AcqRel, Acquire)
                .is_err()
            {
                // SAFETY: from `Box::into_raw` above, and no other thread has seen it.
                drop(unsafe { Box::from_raw(made) });
            }
        }
    }
}

/// Returns this process's membership of the area that `is_it` recognises, if its lease is valid; otherwise joins.
pub(crate) fn join(
    is_it: impl Fn(&Peer) -> bool,
    join: impl FnOnce() -> crate::Result<Peer>,
) -> crate::Result<Arc<Peer>> {
    let mut peers = Registry::here()
        .peers
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    peers.retain(|peer| peer.strong_count() > 0);
    let mut known = peers.iter().filter_map(Weak::upgrade);
    // The lease may have been cleared, or this thread may be in another ipc namespace.
    if let Some(known) = known.find(|peer| is_it(peer) && peer.look().is_ok()) {
        return Ok(known);
    }
    let joined = Arc::new(join()?);
    peers.push(Arc::downgrade(&joined));
    Ok(joined)
}
