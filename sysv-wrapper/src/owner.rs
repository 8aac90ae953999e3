//! Whose an object is, and who may use it: what the status of each kind tells alike.

/// Gives a status that wraps a stat result the accessors that all have.
macro_rules! accessors {
    ($status:ident) => {
        /// Whose it is, and who may use it.
        impl $status {
            /// The permission bits.
            #[doc(alias("perm", "permissions"))]
            pub fn mode(&self) -> crate::Mode {
                self.0.perm().mode()
            }

            /// The owner's user id.
            pub fn uid(&self) -> u32 {
                self.0.perm().uid()
            }

            /// The owner's group id.
            pub fn gid(&self) -> u32 {
                self.0.perm().gid()
            }

            /// The creator's user id.
            #[doc(alias = "cuid")]
            pub fn creator_uid(&self) -> u32 {
                self.0.perm().cuid()
            }

            /// The creator's group id.
            #[doc(alias = "cgid")]
            pub fn creator_gid(&self) -> u32 {
                self.0.perm().cgid()
            }
        }
    };
}
pub(crate) use accessors;
