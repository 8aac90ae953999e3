//! The work in C: work.c, with objects that this file prepares.
#![expect(unsafe_code, reason = "calls C")]

use std::ffi::{CString, c_char, c_int, c_long, c_longlong};
use std::time::Duration;

use sysv_wrapper::{Key, Object as _};

use crate::job::{Job, Result, Run};
use crate::objects::{Objects, kill_holders};

/// The same as in work.c.
#[repr(C)]
#[derive(Clone, Copy)]
struct Given {
    id: c_int,
    key: c_int,
    size: usize,
    offset: usize,
    segment: *mut u8,
    buffer: *mut u8,
    message: *mut c_long,
}

unsafe extern "C" {
    fn bench_work(name: *const c_char, times: c_long, given: *const Given) -> c_longlong;
}

pub fn prepare(objects: &mut Objects, job: &Job) -> Result<Option<Run>> {
    let (id, key) = match job.kind.as_str() {
        "semaphore" if job.what == "ping-pong" => (objects.pair.raw_id(), None),
        "semaphore" => (objects.semaphore.raw_id(), objects.semaphore.key()),
        "queue" => (objects.queue.raw_id(), None),
        _ => (objects.segment.raw_id(), objects.segment.key()),
    };
    let size = objects.buffer.len();
    let message = vec![0; 1 + size.div_ceil(size_of::<c_long>())].leak();
    let given = Given {
        id,
        key: key.map_or(0, Key::as_raw),
        size,
        offset: job.numbers[1],
        segment: objects.memory.as_mut_ptr(),
        buffer: objects.buffer.as_mut_ptr(),
        message: message.as_mut_ptr(),
    };
    let work = format!("{}/{}", job.kind, job.what);
    if job.part > 0 && job.what != "contended" {
        return given.work(work + "-answer");
    }
    if let Some(mut make_robust) = given.work("segment/make-robust".into())? {
        make_robust(job, u64::from(job.part == 0));
    }
    let run = given.work(work)?;
    Ok(match job.what.as_str() {
        "killed" => run.map(kill_holders),
        _ => run,
    })
}

impl Given {
    /// Returns a function that repeats the work, or `None` if it is unknown.
    fn work(self, name: String) -> Result<Option<Run>> {
        let name = CString::new(name)?;
        let call = move |times| {
            // SAFETY: the segment stays attached, and is larger than offset and size together. The buffer and the message have
            // this size, and nothing else uses these.
            unsafe { bench_work(name.as_ptr(), times, &raw const self) }
        };
        let is_known = call(0) >= 0;
        let run: Run = Box::new(move |_, times| {
            let taken = u64::try_from(call(times.try_into().unwrap()));
            Duration::from_nanos(taken.expect("the calls in C succeed"))
        });
        Ok(is_known.then_some(run))
    }
}
