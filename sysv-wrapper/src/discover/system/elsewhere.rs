//! Systems for which nobody has written the questions yet: everything is unsupported, and says so.

pub use super::unlisted::Table;
pub(in crate::discover) use super::unlisted::*;
pub(in crate::discover) use super::untold::*;
