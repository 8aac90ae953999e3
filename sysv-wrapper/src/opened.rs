//! What `create_or_open` did.

/// A handle, and whether its object was made by this call or was there already.
///
/// ```
/// use sysv_wrapper::{Key, Opened, RemoveOnDrop, Semaphore};
///
/// # let key = Key::random();
/// // Who makes it removes it.
/// let _owned = match Semaphore::builder().value(1).create_or_open(key)? {
///     Opened::Created(semaphore) => Some(RemoveOnDrop::new(semaphore)),
///     Opened::Existing(_) => None,
/// };
/// let again = Semaphore::builder().value(7).create_or_open(key)?;
/// assert!(!again.is_created());
/// // The value is for a new one.
/// assert_eq!(again.into_inner().value()?, 1);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
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
