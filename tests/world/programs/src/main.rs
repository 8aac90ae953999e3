//! Programs that use the library in situations that the cases prepare. `world NAME ARGUMENT...` prints a line per
//! attempted call.

mod situations;

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::mpsc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fs, thread};

use sysv_ipc::{SemBuf, SemFlags, SemGetFlags};
use sysv_wrapper::{
    Key, KeyFile, MessageQueue, Mode, RemoveOnDrop, Result, Selector, Semaphore, SemaphoreSet,
    SharedMemory,
};

fn main() -> Result<()> {
    let name = argument::<String>(1);
    match name.as_str() {
        "initialised-segments" => initialised_segments(),
        "fill-or-open" => report("create_or_open", filled(0x5e_0003)),
        "set-mode" => set_mode(),
        "timed" => timed()?,
        "publish" => publish()?,
        "read-id" => read_id(),
        "receive" => {
            let queue = MessageQueue::open(argument::<Key>(2))?;
            report("receive", queue.receive(Selector::Any));
        }
        "attach-many" => attach_many()?,
        "lower-max-bytes" => lower_max_bytes()?,
        "times" => times()?,
        _ => situations::run(&name)?,
    }
    Ok(())
}

/// Returns the argument at this position; ends the process if it is missing.
fn argument<T: FromStr>(place: usize) -> T {
    let Some(value) = env::args().nth(place).and_then(|text| text.parse().ok()) else {
        eprintln!("world: argument {place} is missing or wrong");
        std::process::exit(2)
    };
    value
}

/// Prints the attempted call, and `ok` or the error.
fn report<T>(what: &str, result: Result<T>) {
    match result {
        Ok(_) => println!("{what}: ok"),
        Err(error) => println!("{what}: {:?}: {error:#}", error.kind()),
    }
}

fn filled(key: i32) -> Result<SharedMemory> {
    let builder = SharedMemory::builder().size(100).fill(b' ');
    Ok(builder.create_or_open(key)?.into_inner())
}

/// Creates segments by every method that initialises one.
fn initialised_segments() {
    let builder = || SharedMemory::builder().size(100);
    report("fill", builder().fill(b' ').create_unique());
    report("init", builder().init(|bytes| bytes[0] = 1).create_unique());
    report("create_or_open", filled(0x5e_0001));
    report("replacing", builder().fill(1).create_replacing(0x5e_0002));
    report("private", builder().fill(1).create_private());
}

/// `set-mode KIND ID`: changes only the mode of an object.
fn set_mode() {
    let (kind, id, mode) = (
        argument::<String>(2),
        argument::<i32>(3),
        Mode::OWNER | Mode::GROUP,
    );
    let changed = match kind.as_str() {
        "shm" => SharedMemory::from_id(id).and_then(|object| object.set_mode(mode)),
        "sem" => SemaphoreSet::from_id(id).and_then(|object| object.set_mode(mode)),
        _ => MessageQueue::from_id(id).and_then(|object| object.set_mode(mode)),
    };
    report(&kind, changed);
}

/// `timed ID`: waits for a semaphore with the value 0 in each timed form.
fn timed() -> Result<()> {
    let id = argument::<i32>(2);
    let (semaphore, set) = (Semaphore::from_id(id)?, SemaphoreSet::from_id(id)?);
    let time = Duration::from_millis(50);
    report("acquire_timeout", semaphore.acquire_timeout(time));
    report("lock_timeout", semaphore.lock_timeout(time));
    report(
        "run_timeout",
        set.operation().acquire(0, 1).run_timeout(time),
    );
    semaphore.release()?;
    report(
        "wait_until_zero_timeout",
        semaphore.wait_until_zero_timeout(time),
    );
    Ok(())
}

/// `publish PATH`: publishes the id of a new segment, and ends like a killed process: segment and file stay.
fn publish() -> Result<()> {
    let segment = SharedMemory::builder().size(64).create_private()?;
    let published = KeyFile::publish_id(argument::<PathBuf>(2), &segment);
    println!("created: {}", segment.id());
    report("publish", published.map(KeyFile::keep));
    Ok(())
}

/// `read-id PATH [UID]`: opens the published segment; trusts that user too.
fn read_id() {
    let builder = match env::args().nth(3) {
        Some(_) => KeyFile::builder().trust_user(argument(3)),
        None => KeyFile::builder(),
    };
    let path = argument::<PathBuf>(2);
    report(
        "read",
        builder.wait_id::<SharedMemory>(path, Duration::from_millis(100)),
    );
}

/// Attaches one page until the kernel refuses.
fn attach_many() -> Result<()> {
    let segment = RemoveOnDrop::new(SharedMemory::builder().size(4096).create_private()?);
    let mut attachments = Vec::new();
    while attachments.len() < 1_100_000 {
        match segment.attach() {
            Ok(attachment) => attachments.push(attachment),
            Err(error) => return Ok(println!("attach: {:?}: {error:#}", error.kind())),
        }
    }
    println!("attach: never refused");
    Ok(())
}

/// `lower-max-bytes [timed]`: lowers `max_bytes` below the length of a message that a thread waits to send.
fn lower_max_bytes() -> Result<()> {
    const MESSAGE: [u8; 4000] = [0; 4000];
    let has_deadline = env::args().nth(2).is_some();
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
    while queue.try_send(1, &MESSAGE).is_ok() {}
    let (tell_tid, tid) = mpsc::channel();
    let (tell_end, end) = mpsc::channel();
    let sender = queue.clone();
    thread::spawn(move || {
        // SAFETY: the call has no arguments and touches no memory.
        let _ = tell_tid.send(unsafe { libc::gettid() });
        let _ = tell_end.send(if has_deadline {
            sender.send_timeout(1, &MESSAGE, Duration::from_secs(60))
        } else {
            sender.send(1, &MESSAGE)
        });
    });
    if let Ok(tid) = tid.recv() {
        wait_until_it_sleeps(tid);
    }
    queue.set_max_bytes(100)?;
    while queue.try_receive(Selector::Any).is_ok() {}
    let (what, patience) = if has_deadline {
        ("send_timeout", 50)
    } else {
        ("send", 5)
    };
    match end.recv_timeout(Duration::from_secs(patience)) {
        Ok(result) => report(what, result),
        Err(_) => println!("{what}: still waits"),
    }
    Ok(())
}

/// Waits until a thread of this process sleeps, for at most 40 s.
fn wait_until_it_sleeps(tid: libc::pid_t) {
    let path = format!("/proc/self/task/{tid}/stat");
    for _ in 0..40_000 {
        let stat = fs::read_to_string(&path).unwrap_or_default();
        if stat
            .rsplit(") ")
            .next()
            .is_some_and(|rest| rest.starts_with('S'))
        {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Prints the times of a set in seconds since 1970.
fn times() -> Result<()> {
    let tell = |what: &str, time: Option<SystemTime>| {
        let since = time.map(|time| time.duration_since(UNIX_EPOCH));
        println!("{what}: {since:?}");
    };
    let id = sysv_ipc::semget(sysv_ipc::Key::PRIVATE, 1, SemGetFlags::CREAT, Mode::OWNER);
    let times = id.and_then(|id| {
        let operation = SemBuf::new(0, 1, SemFlags::empty());
        sysv_ipc::semop(id, &[operation])?;
        let stat = sysv_ipc::semctl_stat(id);
        sysv_ipc::semctl_rmid(id)?;
        stat
    });
    match times {
        Ok(stat) => {
            tell("operation", stat.otime());
            tell("change", stat.ctime());
        }
        Err(errno) => println!("{}", line(errno)),
    }
    Ok(())
}

/// Formats a failure as a line.
fn line(failure: impl Display) -> String {
    format!("failed: {failure}")
}
