//! The flags of `msgget`, `msgsnd` and `msgrcv`.

use core::ffi::c_int;

bitflags::bitflags! {
    /// Flags of [`msgget`](crate::msgget). Bits without a name here are passed on.
    #[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
    pub struct MsgGetFlags: c_int {
        /// Make the queue if nobody has the key.
        #[doc(alias = "IPC_CREAT")]
        const CREAT = sysv_sys::IPC_CREAT;
        /// With `CREAT`: fail if somebody has the key.
        #[doc(alias = "IPC_EXCL")]
        const EXCL = sysv_sys::IPC_EXCL;
        const _ = !0;
    }

    /// Flags of [`msgsnd`](crate::msgsnd). Bits without a name here are passed on.
    #[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
    pub struct MsgSndFlags: c_int {
        /// Fail with `EAGAIN` rather than wait for room.
        #[doc(alias = "IPC_NOWAIT")]
        const NOWAIT = sysv_sys::IPC_NOWAIT;
        const _ = !0;
    }

    /// Flags of [`msgrcv`](crate::msgrcv). Bits without a name here are passed on.
    #[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
    pub struct MsgRcvFlags: c_int {
        /// Fail with `ENOMSG` rather than wait for a message.
        #[doc(alias = "IPC_NOWAIT")]
        const NOWAIT = sysv_sys::IPC_NOWAIT;
        /// Cut off what does not fit the buffer. It is lost.
        #[doc(alias = "MSG_NOERROR")]
        const NOERROR = sysv_sys::MSG_NOERROR;
        /// With a positive type: the first message of any other type. The kernel ignores it for 0, and
        /// for a negative type takes it for something else.
        #[doc(alias = "MSG_EXCEPT")]
        #[cfg(sysv = "MSG_EXCEPT")]
        const EXCEPT = sysv_sys::MSG_EXCEPT;
        /// Copy the message at the position that `msgtyp` gives, counted from 0, and leave it on the
        /// queue. Goes with `NOWAIT` only, not with `EXCEPT`, and wants room for MSGMAX bytes.
        #[doc(alias = "MSG_COPY")]
        #[cfg(sysv = "MSG_COPY")]
        const COPY = sysv_sys::MSG_COPY;
        const _ = !0;
    }
}
