//! What the demonstrations share. The programs themselves are in `src/bin`, a page each.
//!
//! The main one is `conversation`: Mrs. Premise and Mrs. Conclusion, two processes that exchange hashes through
//! shared memory, each checking that the other has read what it wrote. They can be had on either layer:
//! [`thin`] speaks to the kernel through `sysv-ipc`, [`wrapped`] through `sysv-wrapper`, and everything in
//! [`conversation`] works with both through one trait, [`Channel`](conversation::Channel).
//!
//! The small ones, each about one thing, play on a [`stage`].

pub mod accounts;
pub mod console;
pub mod conversation;
pub mod keys;
pub mod options;
pub mod plot;
pub mod progress;
pub mod stage;
pub mod thin;
pub mod wrapped;

mod key_path;
mod signals;
