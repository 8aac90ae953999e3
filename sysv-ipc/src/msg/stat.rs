//! What the kernel tells of queues: `msqid_ds` and the two readings of `msginfo`.

use core::fmt;
use std::time::SystemTime;

use crate::perm::stat_result;
use crate::stat::{self, Pid};

/// The state of a queue: C's `struct msqid_ds`.
///
/// The default is all zeros: for [`msgctl_set`](crate::msgctl_set) by a user who may change a queue but not
/// read it, after owner, group, mode and room were all set.
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
    /// How many messages are on the queue.
    #[doc(alias("msg_qnum", "current_messages"))]
    pub fn qnum(&self) -> u64 {
        stat::count(self.0.msg_qnum)
    }

    /// How many bytes of text are on the queue.
    #[doc(alias("msg_cbytes", "__msg_cbytes"))]
    pub fn cbytes(&self) -> u64 {
        self.0.cbytes()
    }

    /// How many bytes of text may be on the queue.
    #[doc(alias("msg_qbytes", "max_size"))]
    pub fn qbytes(&self) -> u64 {
        stat::count(self.0.msg_qbytes)
    }

    /// Puts another number of bytes into this structure; the queue's changes with the next `msgctl_set`.
    #[doc(alias = "max_size")]
    #[allow(clippy::useless_conversion, reason = "msglen_t differs per platform")]
    pub fn set_qbytes(&mut self, qbytes: u64) {
        // A number beyond the platform's type is beyond every limit as well.
        self.0.msg_qbytes = qbytes.try_into().unwrap_or(sysv_sys::msglen_t::MAX);
    }

    /// When someone last sent; `None` before the first time.
    #[doc(alias("msg_stime", "last_send_time"))]
    pub fn stime(&self) -> Option<SystemTime> {
        stat::time(self.0.msg_stime)
    }

    /// When someone last received; `None` before the first time.
    #[doc(alias("msg_rtime", "last_receive_time"))]
    pub fn rtime(&self) -> Option<SystemTime> {
        stat::time(self.0.msg_rtime)
    }

    /// When it was made, or last changed by `IPC_SET`.
    #[doc(alias("msg_ctime", "last_change_time"))]
    pub fn ctime(&self) -> Option<SystemTime> {
        stat::time(self.0.msg_ctime)
    }

    /// Who last sent; `None` before the first time.
    #[doc(alias("msg_lspid", "last_send_pid"))]
    pub fn lspid(&self) -> Option<Pid> {
        Pid::from_raw(self.0.msg_lspid)
    }

    /// Who last received; `None` before the first time.
    ///
    /// Where a message was handed to a thread that already waited for it, Linux has the number of that
    /// thread here, not its process's: with the thread, it is gone.
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
    /// The most queues that there may be.
    pub fn msgmni(&self) -> u64 {
        stat::count(self.0.msgmni)
    }

    /// The most bytes of text that one message may have.
    pub fn msgmax(&self) -> u64 {
        stat::count(self.0.msgmax)
    }

    /// The bytes of text that a new queue may hold.
    pub fn msgmnb(&self) -> u64 {
        stat::count(self.0.msgmnb)
    }
}

/// What all queues hold together: C's `struct msginfo`, as `MSG_INFO` fills it.
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
    /// How many queues there are.
    #[doc(alias = "msgpool")]
    pub fn used_ids(&self) -> u64 {
        stat::count(self.0.msgpool)
    }

    /// How many messages are on all queues.
    #[doc(alias = "msgmap")]
    pub fn messages(&self) -> u64 {
        stat::count(self.0.msgmap)
    }

    /// How many bytes of text are on all queues.
    #[doc(alias = "msgtql")]
    pub fn bytes(&self) -> u64 {
        stat::count(self.0.msgtql)
    }
}
