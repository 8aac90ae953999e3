//! Mrs. Premise and Mrs. Conclusion: what they say, how they take turns, and how each of them notices that
//! the conversation is over.
//!
//! Mrs. Premise begins with the hash of a random string. Whoever hears something checks that it is the MD5 of
//! what she said herself, and answers with the MD5 of what she heard. What is said goes through a
//! [`Channel`]; [`layout`] is the memory that both have in common.

mod channel;
mod corruption;
mod end;
pub mod layout;
mod line;
mod meeting;
mod plan;
mod record;
mod role;
mod side;
mod stop;
mod watch;

pub mod by_hand;
pub mod supervisor;

pub use channel::{Channel, Ids, Place, Presence, Trouble};
pub use end::{End, Status};
pub use plan::{Flow, Plan};
pub use record::Record;
pub use role::{Party, Role};
pub use side::{Account, Company, take_part};
