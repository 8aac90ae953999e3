//! Situations that any program may meet. Each prints the library's results, which the cases compare.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, io, ptr, thread};

use sysv_wrapper::{
    Deadline, HugePages, KeyFile, MessageQueue, MessageType, Mode, RemoveOnDrop, Result, Selector,
    Semaphore, SharedMemory,
};

use crate::{argument, report};

pub fn run(name: &str) -> Result<()> {
    match name {
        "removed-under-waiter" => removed_under_waiter(),
        "children-end" => children_end(),
        "daemon" => daemon(),
        "signals" => signals(),
        "too-small" => too_small(),
        "attach-and-remove" => attach_and_remove(),
        "types" => types(),
        "bounds" => bounds(),
        "killed-holder" => killed_holder(),
        "hold" => hold(),
        "mode-0" => mode_0(),
        "huge-pages" => huge_pages(),
        "large" => large(),
        "undo" => undo(),
        "key-file" => key_file(),
        _ => {
            eprintln!("world: no program {name}");
            std::process::exit(2)
        }
    }
}

/// Another process removes the set while one thread waits and another holds the lock.
fn removed_under_waiter() -> Result<()> {
    let semaphore = Semaphore::builder().create_unique()?;
    let guard = semaphore.lock()?;
    let waiter = thread::spawn({
        let semaphore = semaphore.clone();
        move || semaphore.lock().map(drop)
    });
    while semaphore.waiters_for_increase()? == 0 {
        thread::yield_now();
    }
    semaphore.remove()?;
    report("waiter", waiter.join().unwrap_or(Ok(())));
    report("holder", guard.release());
    report("later", semaphore.try_acquire());
    Ok(())
}

/// Children that fail to execute their program, or end with copies of their parent's objects.
fn children_end() -> Result<()> {
    let semaphore = RemoveOnDrop::new(Semaphore::builder().create_private()?);
    let guard = semaphore.lock()?;
    let _ = Command::new("/nonexistent").spawn();
    // SAFETY: the process has one thread.
    match unsafe { libc::fork() } {
        0 => {
            drop((guard, semaphore));
            std::process::exit(0)
        }
        // SAFETY: a null pointer requests no status.
        child => unsafe { libc::waitpid(child, ptr::null_mut(), 0) },
    };
    println!("held: {}", semaphore.value()?);
    drop(guard);
    println!("released: {}", semaphore.value()?);
    Ok(())
}

/// A daemon takes over its parent's objects, and the parent ends.
fn daemon() -> Result<()> {
    let mut semaphore = RemoveOnDrop::new(Semaphore::builder().create(0xdae)?);
    // SAFETY: the process has one thread.
    if unsafe { libc::fork() } > 0 {
        // SAFETY: ends the process at once, as a daemon's parent does.
        unsafe { libc::_exit(0) }
    }
    semaphore.adopt();
    println!("daemon: {}", semaphore.value()?);
    drop(semaphore);
    println!("left behind: {}", Semaphore::exists(0xdae)?);
    Ok(())
}

/// Handled signals, 1,000 a second, while a thread waits.
fn signals() -> Result<()> {
    extern "C" fn ignore(_: libc::c_int) {}
    // SAFETY: zeroes are a valid `sigaction`.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = ignore as extern "C" fn(libc::c_int) as usize;
    // SAFETY: the handler does nothing, and the old action is not requested.
    unsafe { libc::sigaction(libc::SIGUSR1, &raw const action, ptr::null_mut()) };
    let semaphore = RemoveOnDrop::new(Semaphore::builder().value(0).create_private()?);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                // SAFETY: sends this process a signal that it handles.
                unsafe { libc::kill(libc::getpid(), libc::SIGUSR1) };
                thread::sleep(Duration::from_millis(1));
            }
        });
        let time = Duration::from_millis(300);
        report("timed", semaphore.acquire_timeout(time));
        report(
            "interruptible",
            semaphore.acquire_timeout(Deadline::never().interruptible()),
        );
        over.store(true, Ordering::Relaxed);
    });
    Ok(())
}

/// A segment that is smaller than its user expects.
fn too_small() -> Result<()> {
    let segment = RemoveOnDrop::new(SharedMemory::builder().size(16).create(0x6b00)?);
    let larger = || SharedMemory::builder().size(1 << 20);
    report("open", larger().open(0x6b00));
    report("create_or_open", larger().create_or_open(0x6b00));
    let attachment = segment.attach()?;
    report("write", attachment.write_at(&[1; 32], 0));
    report("read", attachment.read_value::<[u64; 4]>(0));
    Ok(())
}

/// A segment is removed right after the first attachment, so that a crash leaves nothing behind; then the key is
/// reused.
fn attach_and_remove() -> Result<()> {
    let first = SharedMemory::builder().size(64).create(0x6b01)?;
    let attached = first.attach()?;
    first.remove()?;
    let second = RemoveOnDrop::new(SharedMemory::builder().size(128).create(0x6b01)?);
    attached.write_at(b"old", 0)?;
    println!("first: {:?}", attached.read_to_vec(..3)?);
    println!("second: {:?}", second.attach()?.read_to_vec(..3)?);
    Ok(())
}

/// Messages by type, and messages that do not fit.
fn types() -> Result<()> {
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
    for message_type in [4, 3, 2, 1, MessageType::MAX] {
        queue.send(message_type, b"")?;
    }
    for _ in 0..3 {
        println!(
            "up to 3: {}",
            queue.receive(Selector::UpTo(3))?.message_type
        );
    }
    report("up to 3", queue.try_receive(Selector::UpTo(3)));
    queue.receive(Selector::Exact(4))?;
    let greatest = queue
        .receive(Selector::UpTo(MessageType::MAX))?
        .message_type;
    println!("greatest: {}", greatest == MessageType::MAX);
    queue.send(1, b"0123456789")?;
    let mut buffer = [0; 4];
    report(
        "short buffer",
        queue.receive_into(&mut buffer, Selector::Any),
    );
    report(
        "truncated",
        queue.receive_truncated(&mut buffer, Selector::Any),
    );
    report("too long", queue.send(1, &[0; 9000]));
    report("type 0", queue.send(0, b""));
    Ok(())
}

/// The private key as a key, and values beyond the maximum.
fn bounds() -> Result<()> {
    report("create 0", Semaphore::builder().create(0));
    report(
        "create_or_open 0",
        MessageQueue::builder().create_or_open(0),
    );
    report("open 0", SharedMemory::open(0));
    println!("exists 0: {}", MessageQueue::exists(0)?);
    let semaphore = RemoveOnDrop::new(Semaphore::builder().value(32767).create_private()?);
    report("release", semaphore.release());
    report("set_value", semaphore.set_value(1 << 31));
    Ok(())
}

/// A process that holds a lock is killed.
fn killed_holder() -> Result<()> {
    let semaphore = RemoveOnDrop::new(Semaphore::builder().create_private()?);
    let failed = |error: io::Error| println!("child: {error}");
    let child = env::current_exe().and_then(|program| {
        let mut command = Command::new(program);
        command.arg("hold").arg(semaphore.id().as_raw().to_string());
        command.stdout(Stdio::piped()).spawn()
    });
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return Ok(failed(error)),
    };
    let mut line = String::new();
    let output = child.stdout.take().map(BufReader::new);
    if let Some(Err(error)) = output.map(|mut output| output.read_line(&mut line)) {
        failed(error);
    }
    println!("{}: {}", line.trim_end(), semaphore.value()?);
    if let Err(error) = child.kill() {
        failed(error);
    }
    report("next", semaphore.lock_timeout(Duration::from_secs(30)));
    let _ = child.wait();
    Ok(())
}

/// `hold ID`: locks a semaphore until the process is killed.
fn hold() -> Result<()> {
    let _guard = Semaphore::from_id(argument::<i32>(2))?.lock()?;
    println!("held");
    loop {
        thread::park();
    }
}

/// A segment that its owner may not attach.
fn mode_0() -> Result<()> {
    let segment = RemoveOnDrop::new(SharedMemory::builder().mode(Mode::NONE).create_private()?);
    report("attach", segment.attach());
    report("from_id", SharedMemory::from_id(segment.id()));
    report("set_mode", segment.set_mode(Mode::OWNER));
    report("attach again", segment.attach());
    Ok(())
}

fn huge_pages() -> Result<()> {
    let builder = SharedMemory::builder()
        .size(2 << 20)
        .huge_pages(HugePages::Default);
    report(
        "huge pages",
        builder.create_private().map(RemoveOnDrop::new),
    );
    Ok(())
}

/// More bytes than a 32-bit number can count.
fn large() -> Result<()> {
    let builder = SharedMemory::builder().size(5 << 30).no_reserve(true);
    let segment = RemoveOnDrop::new(builder.create_private()?);
    let attachment = segment.attach()?;
    attachment.write_at(b"end", (5 << 30) - 3)?;
    println!("size: {}", segment.size()?);
    println!("end: {:?}", attachment.read_to_vec((5 << 30) - 3..)?);
    Ok(())
}

/// The maximum undo adjustment, and many locks at the same time.
fn undo() -> Result<()> {
    let builder = Semaphore::builder().value(32767).undo(true);
    let semaphore = RemoveOnDrop::new(builder.create_private()?);
    report("all", semaphore.acquire_by(32767));
    semaphore.clone().with_undo(false).release_by(10)?;
    report("more", semaphore.acquire_by(5));
    let sets: Result<Vec<_>> = (0..500)
        .map(|_| Semaphore::builder().create_private().map(RemoveOnDrop::new))
        .collect();
    let sets = sets?;
    let guards: Result<Vec<_>> = sets.iter().map(|set| set.lock()).collect();
    drop(guards?);
    let free = sets
        .iter()
        .filter(|set| set.value().is_ok_and(|value| value == 1));
    println!("free: {}", free.count());
    Ok(())
}

/// A key file and its segment, both of which are removed at the end.
fn key_file() -> Result<()> {
    let segment = RemoveOnDrop::new(SharedMemory::builder().create_unique()?);
    report(
        "publish",
        KeyFile::publish(argument::<std::path::PathBuf>(2), &*segment),
    );
    Ok(())
}
