//! The flags of `msgget`, `msgsnd` and `msgrcv`.

use core::ffi::c_int;

bitflags::bitflags! {
    /// Flags of [`msgget`](crate::msgget). Bits without a name are passed to the kernel too.
    #[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
    pub struct MsgGetFlags: c_int {
        /// Create the queue if the key is not in use.
        #[doc(alias = "IPC_CREAT")]
        const CREAT = sysv_sys::IPC_CREAT;
        /// With `CREAT`: fail with `EEXIST` if the key is in use.
        #[doc(alias = "IPC_EXCL")]
        const EXCL = sysv_sys::IPC_EXCL;
        const _ = !0;
    }

    /// Flags of [`msgsnd`](crate::msgsnd). Bits without a name are passed to the kernel too.
    #[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
    pub struct MsgSndFlags: c_int {
        /// Fail with `EAGAIN` instead of waiting while the queue is full.
        #[doc(alias = "IPC_NOWAIT")]
        const NOWAIT = sysv_sys::IPC_NOWAIT;
        const _ = !0;
    }

    /// Flags of [`msgrcv`](crate::msgrcv). Bits without a name are passed to the kernel too.
    #[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
    pub struct MsgRcvFlags: c_int {
        /// Fail with `ENOMSG` instead of waiting for a message.
        #[doc(alias = "IPC_NOWAIT")]
        const NOWAIT = sysv_sys::IPC_NOWAIT;
        /// Truncate a text that is longer than the buffer. The rest is lost.
        #[doc(alias = "MSG_NOERROR")]
        const NOERROR = sysv_sys::MSG_NOERROR;
        /// With a positive type: receive the first message of any other type. Not meaningful for other types: the kernel
        /// ignores the flag for 0, and misreads a negative type.
        #[doc(alias = "MSG_EXCEPT")]
        #[cfg(sysv = "MSG_EXCEPT")]
        const EXCEPT = sysv_sys::MSG_EXCEPT;
        /// Copy the message at position `msgtyp`, counted from 0, and leave it on the queue. Requires `NOWAIT`, excludes
        /// `EXCEPT`, and does not truncate: the buffer must have room for the whole text.
        #[doc(alias = "MSG_COPY")]
        #[cfg(sysv = "MSG_COPY")]
        const COPY = sysv_sys::MSG_COPY;
        const _ = !0;
    }
}
