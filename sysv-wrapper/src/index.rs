//! From an id to its place in the kernel's table: the commands that tell of objects which one may not read
//! take an index.

/// The kernel makes an id from the index, in the low bits, and a sequence number. Linux has fifteen such bits, or
/// twenty-four where the system was started with `ipcmni_extend`.
#[cfg(not(sysv = "IPCS_command"))]
const INDEX_BITS: [u32; 2] = [15, 24];
/// macOS has sixteen.
#[cfg(sysv = "IPCS_command")]
const INDEX_BITS: [u32; 1] = [16];

/// What `stat_any` tells of the object with this id. `stat_any` takes an index, and gives the id of what is
/// there along with the rest; `None` if nothing of this id is found.
pub(crate) fn look_up<T>(
    id: i32,
    stat_any: impl Fn(i32) -> sysv_ipc::Result<(i32, T)>,
) -> Option<T> {
    INDEX_BITS.into_iter().find_map(|bits| {
        let index = id & ((1 << bits) - 1);
        stat_any(index)
            .ok()
            .filter(|(found, _)| *found == id)
            .map(|(_, stat)| stat)
    })
}
