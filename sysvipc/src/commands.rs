//! One module per command.

pub(crate) mod create;
pub(crate) mod docs;
pub(crate) mod limits;
pub(crate) mod list;
pub(crate) mod lock;
pub(crate) mod metrics;
pub(crate) mod remove;
pub(crate) mod show;
pub(crate) mod transfer;
pub(crate) mod watch;
