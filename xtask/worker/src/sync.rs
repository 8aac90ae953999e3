//! The rows of `sysv_wrapper::sync`, and their references: std's mutex, robust mutexes of pthread, semaphores, futexes,
//! messages, bare spinning, bare copies. The reference takes the place of C.
#![expect(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "pthread and futex are unsafe to call"
)]

use std::env;
use std::hint::{black_box, spin_loop};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::thread;

use sysv_ipc::{SemBuf, SemFlags, semop};
use sysv_wrapper::sync::{Area, Capacity, MaxSize};
use sysv_wrapper::{
    Attachment, MessageBuffer, MessageQueue, Object as _, RemoveOnDrop, Selector, SemaphoreSet,
    SharedMemory,
};

use crate::{Prepared, Run};

/// Passes the ids of the objects to the other processes of a row.
const CREW: &str = "BENCH_CREW";
/// Words of the segment: the round, its number of operations, who is done, whose turn it is, a mutex.
const ROUND: usize = 0;
const TIMES: usize = 8;
const DONE: usize = 16;
const TURN: usize = 64;
const MUTEX: usize = 128;
const COUNTER: usize = 256;

/// The state that the processes of a row share.
struct Shared {
    memory: Rc<Attachment>,
    set: SemaphoreSet,
    queue: MessageQueue,
    area: Area,
    what: String,
    number: usize,
    is_reference: bool,
}

type Error = Box<dyn std::error::Error>;

/// Prepares the work of a row, and starts the other processes of the row.
pub fn prepare(layer: &str, what: &str, number: usize) -> Prepared {
    let others = match what {
        "contended-robust" | "contended-semop" => number - 1,
        "lock-std" | "lock-semop" | "latest" => 0,
        "parked-futex" | "parked-message" | "spin" | "sole" | "any" => 1,
        _ => return Ok(None),
    };
    let memory = RemoveOnDrop::new(SharedMemory::builder().size(4096).create_private()?);
    let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1]).create_private()?);
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
    let size = u32::try_from(number.max(8))?;
    let (capacity, size) = (Capacity((1 << 20) / size.max(1024)), MaxSize(size));
    let mut builder = Area::builder().mutex("lock").latest::<[u64; 8]>("latest");
    for name in ["there", "back"] {
        builder = builder.channel(name, capacity, size);
        if what == "sole" || what == "spin" {
            builder = builder.sole_sender(name).sole_receiver(name);
        }
    }
    let area = RemoveOnDrop::new(builder.create_private()?);
    if layer == "reference" && what == "contended-robust" {
        make_robust_mutex(&memory.attach()?)?;
    }
    let ids = [
        memory.raw_id(),
        set.raw_id(),
        queue.raw_id(),
        area.id().as_raw(),
    ];
    let ids = ids.map(|id| id.to_string()).join(" ");
    let mut crew = Vec::new();
    for _ in 0..others {
        let mut command = Command::new(env::current_exe()?);
        let command = command.args([layer, &format!("sync/{what}"), &number.to_string(), "0"]);
        crew.push(Crew(command.env(CREW, &ids).stdin(Stdio::null()).spawn()?));
    }
    let shared = Shared::open(layer, what, number, &ids)?;
    let control = shared.memory.clone();
    let mut part = shared.part(false)?;
    let run: Run = Box::new(move |times| {
        let word = |at| control.atomic_u64(at).unwrap();
        word(DONE).store(0, Relaxed);
        word(TIMES).store(times, Relaxed);
        word(ROUND).fetch_add(1, SeqCst);
        part(times);
        while word(DONE).load(Acquire) < others as u64 {
            thread::yield_now();
        }
    });
    Ok(Some((run, Box::new((crew, memory, set, queue, area)))))
}

/// Another process of a row, which ends by a signal.
struct Crew(Child);

impl Drop for Crew {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// Runs the part of another process, if this process was started as one.
pub fn crew(layer: &str, what: &str, number: usize) -> Result<bool, Error> {
    let Ok(ids) = env::var(CREW) else {
        return Ok(false);
    };
    let shared = Shared::open(layer, what, number, &ids)?;
    let control = shared.memory.clone();
    let mut part = shared.part(true)?;
    let word = |at| control.atomic_u64(at).unwrap();
    let mut round = 0;
    loop {
        while word(ROUND).load(Acquire) == round {
            thread::yield_now();
        }
        round = word(ROUND).load(Acquire);
        part(word(TIMES).load(Relaxed));
        word(DONE).fetch_add(1, Release);
    }
}

impl Shared {
    fn open(layer: &str, what: &str, number: usize, ids: &str) -> Result<Shared, Error> {
        let ids: Vec<i32> = ids.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let &[memory, set, queue, area] = ids.as_slice() else {
            return Err("four ids are wanted".into());
        };
        Ok(Shared {
            memory: Rc::new(SharedMemory::from_id(memory)?.attach()?),
            set: SemaphoreSet::from_id(set)?,
            queue: MessageQueue::from_id(queue)?,
            area: Area::from_id(area)?,
            what: what.to_owned(),
            number,
            is_reference: layer == "reference",
        })
    }

    /// Returns a function that repeats the work of one process.
    #[expect(
        clippy::too_many_lines,
        reason = "the works of the rows, one after the other"
    )]
    fn part(self, is_crew: bool) -> Result<Run, Error> {
        let what = self.what.clone();
        match (what.as_str(), self.is_reference) {
            ("lock-std", true) => {
                let mutex = std::sync::Mutex::new(0_u64);
                Ok(repeat(move || *black_box(&mutex).lock().unwrap() += 1))
            }
            ("contended-robust", true) => {
                let mutex = self.memory.atomic_u64(MUTEX)?.as_ptr().cast();
                let memory = self.memory.clone();
                Ok(repeat(move || {
                    // SAFETY: the mutex was initialised, and stays while `memory` is attached.
                    assert_eq!(unsafe { libc::pthread_mutex_lock(mutex) }, 0);
                    count(&memory);
                    // SAFETY: as above; this thread has it.
                    assert_eq!(unsafe { libc::pthread_mutex_unlock(mutex) }, 0);
                }))
            }
            ("lock-semop" | "contended-semop", true) => {
                let step = |op| [SemBuf::new(0, op, SemFlags::UNDO)];
                let id = self.set.id();
                Ok(repeat(move || {
                    semop(id, &step(-1)).unwrap();
                    count(&self.memory);
                    semop(id, &step(1)).unwrap();
                }))
            }
            ("lock-std" | "lock-semop" | "contended-robust" | "contended-semop", false) => {
                let mutex = self.area.mutex("lock")?;
                Ok(repeat(move || {
                    let _guard = mutex.lock().unwrap();
                    count(&self.memory);
                }))
            }
            ("latest", true) => {
                let place: *const [u64; 8] = self.memory.atomic_u64(TURN)?.as_ptr().cast();
                let memory = self.memory.clone();
                // A call that the compiler cannot see through, as in sysv-ipc.
                let memcpy: unsafe extern "C" fn(_, _, _) -> _ = black_box(libc::memcpy);
                Ok(repeat(move || {
                    let mut copy = [0_u64; 8];
                    // SAFETY: 64 bytes at `place` are part of `memory`.
                    unsafe { memcpy(copy.as_mut_ptr().cast(), black_box(place).cast(), 64) };
                    black_box((&copy, &memory));
                }))
            }
            ("latest", false) => {
                let latest = self.area.latest::<[u64; 8]>("latest")?;
                self.area.publisher("latest")?.publish(&[7_u64; 8])?;
                let mut copy = [0_u64; 8];
                Ok(repeat(move || {
                    latest.read_into(&mut copy).unwrap();
                    black_box(&copy);
                }))
            }
            ("spin" | "parked-futex", true) => {
                let memory = self.memory.clone();
                let parks = what == "parked-futex";
                let turn = move |mine: u32| {
                    let turn = memory.atomic_u32(TURN).unwrap();
                    if is_crew {
                        await_turn(turn, mine, parks);
                    }
                    turn.store(1 - mine, SeqCst);
                    if parks {
                        futex(turn, libc::FUTEX_WAKE, 1);
                    }
                    if !is_crew {
                        await_turn(turn, mine, parks);
                    }
                };
                Ok(repeat(move || turn(u32::from(is_crew))))
            }
            ("parked-message" | "sole" | "any", true) => {
                let mut message = MessageBuffer::new(1, &vec![b'm'; self.number.max(8)]);
                let queue = self.queue;
                let is_ping_pong = what == "parked-message";
                Ok(repeat(move || match (is_crew, is_ping_pong) {
                    (false, true) => {
                        queue.send_buffer(&message).unwrap();
                        queue
                            .receive_buffer(&mut message, Selector::Exact(2))
                            .unwrap();
                        message.set_message_type(1);
                    }
                    (true, true) => {
                        queue
                            .receive_buffer(&mut message, Selector::Exact(1))
                            .unwrap();
                        message.set_message_type(2);
                        queue.send_buffer(&message).unwrap();
                    }
                    (false, false) => queue.send_buffer(&message).unwrap(),
                    (true, false) => {
                        queue.receive_buffer(&mut message, Selector::Any).unwrap();
                    }
                }))
            }
            _ => {
                let [to, from] = if is_crew {
                    ["back", "there"]
                } else {
                    ["there", "back"]
                };
                let (area, size) = (&self.area, self.number.max(8));
                if what == "sole" || what == "spin" {
                    let (mut sender, mut receiver) =
                        (area.sole_sender(to)?, area.sole_receiver(from)?);
                    let send = move |text: &[u8]| sender.send(text).unwrap();
                    let receive = move |room: &mut [u8]| receiver.receive(room).unwrap();
                    Ok(messages(is_crew, what == "spin", size, send, receive))
                } else {
                    let (sender, receiver) = (area.sender(to)?, area.receiver(from)?);
                    let send = move |text: &[u8]| sender.send(text).unwrap();
                    let receive = move |room: &mut [u8]| receiver.receive(room).unwrap();
                    Ok(messages(is_crew, what != "any", size, send, receive))
                }
            }
        }
    }
}

/// Returns a function that repeats one process's part of an exchange of messages: ask or answer; send or receive.
fn messages(
    is_crew: bool,
    is_ping_pong: bool,
    size: usize,
    mut send: impl FnMut(&[u8]) + 'static,
    mut receive: impl FnMut(&mut [u8]) -> usize + 'static,
) -> Run {
    let text = vec![b'm'; size];
    let mut room = text.clone();
    match (is_crew, is_ping_pong) {
        (false, true) => repeat(move || {
            send(&text);
            receive(&mut room);
        }),
        (true, true) => repeat(move || {
            receive(&mut room);
            send(&text);
        }),
        (false, false) => repeat(move || send(&text)),
        (true, false) => repeat(move || {
            receive(&mut room);
        }),
    }
}

fn repeat(mut step: impl FnMut() + 'static) -> Run {
    Box::new(move |times| (0..times).for_each(|_| step()))
}

/// Increments the protected number without atomics.
fn count(memory: &Attachment) {
    let counter: &AtomicU64 = memory.atomic_u64(COUNTER).unwrap();
    counter.store(counter.load(Relaxed) + 1, Relaxed);
}

fn await_turn(turn: &AtomicU32, mine: u32, parks: bool) {
    while turn.load(Acquire) != mine {
        if parks {
            futex(turn, libc::FUTEX_WAIT, 1 - mine);
        } else {
            spin_loop();
        }
    }
}

fn futex(word: &AtomicU32, operation: i32, value: u32) {
    // SAFETY: the word is there for the time of the call, which takes no other pointer.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), operation, value, 0_usize) };
}

fn make_robust_mutex(memory: &Attachment) -> Result<(), Error> {
    const { assert!(size_of::<libc::pthread_mutex_t>() <= COUNTER - MUTEX) };
    let mutex = memory.atomic_u64(MUTEX)?.as_ptr().cast();
    // SAFETY: the attributes are written before they are read, and there is room for the mutex.
    let failed = unsafe {
        let mut attributes = std::mem::zeroed();
        libc::pthread_mutexattr_init(&raw mut attributes)
            | libc::pthread_mutexattr_setpshared(&raw mut attributes, libc::PTHREAD_PROCESS_SHARED)
            | libc::pthread_mutexattr_setrobust(&raw mut attributes, libc::PTHREAD_MUTEX_ROBUST)
            | libc::pthread_mutex_init(mutex, &raw const attributes)
    };
    if failed == 0 {
        Ok(())
    } else {
        Err("no robust mutex".into())
    }
}
