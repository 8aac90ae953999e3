//! What the started process does: takes part, and says why if it ends early.

use std::io;
use std::os::unix::process::parent_id;

use crate::console::complain;
use crate::conversation::{
    Account, Channel, Company, End, Party, Place, Role, Status, Trouble, take_part,
};
use crate::progress::Progress;
use crate::signals::Signals;

/// Takes part as this role, for the process with this number, which tells the id of the segment through stdin.
pub fn side<C: Channel>(role: Role, supervisor: u32) -> Status {
    match try_side::<C>(role, supervisor) {
        Ok(Some(account)) => {
            let status = account.status();
            // That the time is over, the supervisor says for both.
            if status != Status::TimeOver {
                account.complain(role);
            }
            status
        }
        // There is nothing to converse through: the supervisor has said why, or is gone.
        Ok(None) => Status::Failure,
        Err(end) => {
            complain(role, &end);
            end.status()
        }
    }
}

fn try_side<C: Channel>(role: Role, supervisor: u32) -> Result<Option<Account>, End> {
    let signals = Signals::catch().map_err(Trouble::start)?;
    let mut line = String::new();
    if io::stdin().read_line(&mut line).map_err(Trouble::start)? == 0 {
        return Ok(None);
    }
    let id = line.trim();
    let id = id
        .parse()
        .map_err(|_| Trouble::new(format!("`{id}` is not the id of a segment")))?;
    let mut channel = C::open(Place::Id(id)).map_err(|trouble| {
        // The other side has seen it first, and has removed everything.
        let orphaned = trouble.is_removed() && parent_id() != supervisor;
        if orphaned {
            End::Gone(Party::Supervisor)
        } else {
            trouble.into()
        }
    })?;
    let company = Company {
        supervisor: Some(supervisor),
        patience: None,
        signals: &signals,
        progress: &mut Progress::hidden(),
    };
    Ok(Some(take_part(&mut channel, role, company)))
}
