//! The structures that `msgctl` fills: `msqid_ds`, and `msginfo` in its two meanings.

use core::fmt;
use std::time::SystemTime;

use crate::perm::stat_result;
use crate::stat::{self, Pid};

/// The state of a queue: C's `struct msqid_ds`, from and to which it converts.
///
/// The default is all zeros, for [`msgctl_set`](crate::msgctl_set) by a user who may change a queue but not read it: set
/// owner, group, mode and `qbytes` first.
///
/// ```
/// use sysv_ipc::*;
///
/// let id = msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER)?;
/// let stat = msgctl_stat(id)?;
/// msgctl_rmid(id)?;
/// assert_eq!((stat.qnum(), stat.stime(), stat.lspid()), (0, None, None));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "msqid_ds")]
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct MsgStat(pub(crate) sysv_sys::msqid_ds);

stat_result!(MsgStat, msqid_ds, msg_perm);

impl MsgStat {
    /// Returns the number of messages on the queue.
    #[doc(alias("msg_qnum", "current_messages"))]
    pub fn qnum(&self) -> u64 {
        stat::count(self.0.msg_qnum)
    }

    /// Returns the number of bytes of text on the queue.
    #[doc(alias("msg_cbytes", "__msg_cbytes"))]
    pub fn cbytes(&self) -> u64 {
        self.0.cbytes()
    }

    /// Returns the maximum number of bytes of text on the queue.
    #[doc(alias("msg_qbytes", "max_size"))]
    pub fn qbytes(&self) -> u64 {
        stat::count(self.0.msg_qbytes)
    }

    /// Sets the maximum number of bytes in this structure; [`msgctl_set`](crate::msgctl_set) applies it to the queue.
    #[doc(alias = "max_size")]
    #[allow(clippy::useless_conversion, reason = "msglen_t differs per platform")]
    pub fn set_qbytes(&mut self, qbytes: u64) {
        // A number beyond the platform's type is beyond every limit too.
        self.0.msg_qbytes = qbytes.try_into().unwrap_or(sysv_sys::msglen_t::MAX);
    }

    /// Returns the time of the last `msgsnd`; `None` before the first.
    #[doc(alias("msg_stime", "last_send_time"))]
    pub fn stime(&self) -> Option<SystemTime> {
        stat::time(self.0.stime())
    }

    /// Returns the time of the last `msgrcv`; `None` before the first.
    #[doc(alias("msg_rtime", "last_receive_time"))]
    pub fn rtime(&self) -> Option<SystemTime> {
        stat::time(self.0.rtime())
    }

    /// Returns the time of the creation, or of the last `IPC_SET`.
    #[doc(alias("msg_ctime", "last_change_time"))]
    pub fn ctime(&self) -> Option<SystemTime> {
        stat::time(self.0.ctime())
    }

    /// Returns the process that last sent; `None` before the first message.
    #[doc(alias("msg_lspid", "last_send_pid"))]
    pub fn lspid(&self) -> Option<Pid> {
        Pid::from_raw(self.0.msg_lspid)
    }

    /// Returns the process that last received; `None` before the first message.
    ///
    /// If a message went to a thread that was already waiting, Linux records the id of the thread, not of its process. The
    /// id becomes invalid when the thread ends.
    #[doc(alias("msg_lrpid", "last_receive_pid"))]
    pub fn lrpid(&self) -> Option<Pid> {
        Pid::from_raw(self.0.msg_lrpid)
    }
}

impl fmt::Debug for MsgStat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MsgStat")
            .field("perm", &self.perm())
            .field("qnum", &self.qnum())
            .field("cbytes", &self.cbytes())
            .field("qbytes", &self.qbytes())
            .field("stime", &self.stime())
            .field("rtime", &self.rtime())
            .field("ctime", &self.ctime())
            .field("lspid", &self.lspid())
            .field("lrpid", &self.lrpid())
            .finish()
    }
}

/// The limits on queues: C's `struct msginfo`, as `IPC_INFO` fills it.
///
/// ```
/// let (_, limits) = sysv_ipc::msgctl_ipc_info()?;
/// assert!(limits.msgmnb() > 0);
/// # Ok::<(), sysv_ipc::Errno>(())
/// ```
#[doc(alias = "msginfo")]
#[cfg(sysv = "limits")]
#[derive(Debug, Copy, Clone)]
#[repr(transparent)]
pub struct MsgLimits(pub(crate) sysv_sys::msginfo);

#[cfg(sysv = "limits")]
impl MsgLimits {
    /// Returns the maximum number of queues.
    pub fn msgmni(&self) -> u64 {
        stat::count(self.0.msgmni)
    }

    /// Returns the maximum number of bytes of text of a message.
    pub fn msgmax(&self) -> u64 {
        stat::count(self.0.msgmax)
    }

    /// Returns the maximum number of bytes of text on a new queue.
    pub fn msgmnb(&self) -> u64 {
        stat::count(self.0.msgmnb)
    }
}

/// The total usage of all queues: C's `struct msginfo`, as `MSG_INFO` fills it.
///
/// ```
/// let (_, usage) = sysv_ipc::msgctl_msg_info()?;
/// println!("{} messages on {} queues", usage.messages(), usage.used_ids());
/// # Ok::<(), sysv_ipc::Errno>(())
/// ```
#[doc(alias("msginfo", "msgpool", "msgmap", "msgtql"))]
#[cfg(sysv = "MSG_INFO")]
#[derive(Debug, Copy, Clone)]
#[repr(transparent)]
pub struct MsgUsage(pub(super) sysv_sys::msginfo);

#[cfg(sysv = "MSG_INFO")]
impl MsgUsage {
    /// Returns the number of queues.
    #[doc(alias = "msgpool")]
    pub fn used_ids(&self) -> u64 {
        stat::count(self.0.msgpool)
    }

    /// Returns the number of messages on all queues.
    #[doc(alias = "msgmap")]
    pub fn messages(&self) -> u64 {
        stat::count(self.0.msgmap)
    }

    /// Returns the number of bytes of text on all queues.
    #[doc(alias = "msgtql")]
    pub fn bytes(&self) -> u64 {
        stat::count(self.0.msgtql)
    }
}
