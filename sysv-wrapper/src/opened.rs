//! What `create_or_open` did.

/// A handle, and whether its object was made by this call or was there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened<H> {
    /// This call made the object.
    Created(H),
    /// The object was there.
    Existing(H),
}

impl<H> Opened<H> {
    /// The handle, whichever it was.
    pub fn into_inner(self) -> H {
        match self {
            Opened::Created(handle) | Opened::Existing(handle) => handle,
        }
    }

    /// The handle, whichever it was.
    pub fn handle(&self) -> &H {
        match self {
            Opened::Created(handle) | Opened::Existing(handle) => handle,
        }
    }

    /// Whether this call made the object.
    pub fn is_created(&self) -> bool {
        matches!(self, Opened::Created(_))
    }
}
