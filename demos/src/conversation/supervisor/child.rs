//! What the started process does: takes part, and says why if it ends early.

use crate::console::complain;
use crate::conversation::{
    Account, Channel, Company, End, Place, Role, Status, Trouble, take_part,
};
use crate::progress::Progress;
use crate::signals::Signals;

/// Takes part as this role, through the segment with this id, for the process with this number.
pub fn side<C: Channel>(role: Role, segment: i32, supervisor: u32) -> Status {
    match try_side::<C>(role, segment, supervisor) {
        Ok(account) => {
            let status = account.status();
            // That the time is over, the supervisor says for both.
            if status != Status::TimeOver {
                account.complain(role);
            }
            status
        }
        Err(end) => {
            complain(role, &end);
            end.status()
        }
    }
}

fn try_side<C: Channel>(role: Role, segment: i32, supervisor: u32) -> Result<Account, End> {
    let signals = Signals::catch().map_err(Trouble::start)?;
    let mut channel = C::open(Place::Id(segment))?;
    let company = Company {
        supervisor: Some(supervisor),
        patience: None,
        signals: &signals,
        progress: &mut Progress::hidden(),
    };
    Ok(take_part(&mut channel, role, company))
}
