//! A semaphore as a lock whose guard gives it back: at the end of a scope, in a panic, and when the kernel does it
//! for a process that was killed.

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use sysv_wrapper::{RemoveOnDrop, Semaphore, SemaphoreSet};

use demos::stage::{End, Pause, Role, Stage, play, statuses};

/// A lock that is given back whatever happens
///
/// `lock()` takes the semaphore and gives a guard. The guard gives the semaphore
/// back at the end of its scope, after an error, and in a panic. If the process is
/// killed with SIGKILL while it holds the lock, the kernel gives it back.
#[derive(Debug, Parser)]
#[command(name = "guard", version, max_term_width = 80)]
#[command(after_help = EXAMPLES, after_long_help = help())]
struct Options {
    #[command(flatten)]
    pause: Pause,

    #[arg(long, hide = true)]
    role: Option<Role>,
}

const EXAMPLES: &str = "\
Examples:
  guard
  guard --pause               and in another terminal: ipcs -s";

fn help() -> String {
    format!("{EXAMPLES}\n\n{}", statuses(None))
}

/// The members of the set: the lock itself, and by what the holder says that it has the lock.
const LOCK: usize = 0;
const HELD: usize = 1;

/// The first process, which makes the lock.
fn first(stage: &Stage, options: &Options) -> Result<(), End> {
    stage.scene("A semaphore of value 1 is a lock")?;
    let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 0]).create_private()?);
    stage.say(format_args!("semaphore set {}", set.id()));
    let lock = set.get(LOCK)?;
    tell_value(stage, "before", &lock)?;

    stage.scene("The guard gives it back at the end of its scope")?;
    {
        let _guard = lock.lock()?;
        tell_value(stage, "in the scope", &lock)?;
        match lock.try_lock() {
            Err(error) if error.is_would_block() => {
                stage.say("nobody else gets it now: try_lock() would have to wait");
            }
            Err(error) => return Err(error.into()),
            Ok(_) => return Err(End::Failed("two hold the lock".to_owned())),
        }
    }
    tell_value(stage, "behind the scope", &lock)?;
    expect(&lock, 1)?;

    stage.scene("... when an error leaves the scope early")?;
    let failed = work_with(&lock, "-1");
    let reason = failed
        .err()
        .map_or_else(String::new, |error| error.to_string());
    stage.say(format_args!("the work failed: {reason}"));
    tell_value(stage, "afterwards", &lock)?;
    expect(&lock, 1)?;

    stage.scene("... and when a panic does")?;
    let usual = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let caught = panic::catch_unwind(AssertUnwindSafe(|| {
        let _guard = lock.lock();
        panic!("nobody expects this");
    }));
    panic::set_hook(usual);
    let message = caught
        .err()
        .and_then(|payload| payload.downcast::<&str>().ok());
    stage.say(format_args!("a panic: {:?}", message.unwrap_or_default()));
    tell_value(stage, "afterwards", &lock)?;
    expect(&lock, 1)?;

    killed(stage, &set, &lock)?;
    stage.pause(options.pause)
}

/// Fails, or not, while it holds the lock.
fn work_with(lock: &Semaphore, number: &str) -> Result<u32, Box<dyn std::error::Error>> {
    let _guard = lock.lock()?;
    Ok(number.parse()?)
}

/// A process holds the lock and is killed, while another one waits for it.
fn killed(stage: &Stage, set: &SemaphoreSet, lock: &Semaphore) -> Result<(), End> {
    stage.scene("The kernel gives it back when the holder is killed with SIGKILL")?;
    let id = set.id().as_raw();
    let held = set.get(HELD)?;
    let mut holder = stage.start("holder", &[id])?;
    holder.wait(stage, |time| held.acquire_timeout(time))?;
    let next = stage.start("next", &[id])?;
    // No guessing how long that takes: the kernel says how many wait.
    stage.watch(|| Ok((lock.waiters_for_increase()? == 1).then_some(())))?;
    tell_value(stage, "one holds it, one waits", lock)?;

    let pid = holder.pid();
    let killed = Instant::now();
    holder.kill()?;
    stage.say(format_args!(
        "process {pid} is dead: no destructor ran in it"
    ));
    next.finish(stage)?;
    stage.say(format_args!(
        "{} ms from the kill to the end of the next one",
        killed.elapsed().as_millis()
    ));
    tell_value(stage, "afterwards", lock)?;
    expect(lock, 1)
}

/// The process that will be killed: it holds the lock and does not let go.
fn holder(stage: &Stage, set: &SemaphoreSet) -> Result<(), End> {
    let lock = set.get(LOCK)?;
    let _guard = stage.wait(|time| lock.lock_timeout(time))?;
    stage.say("has the lock, and will not give it back");
    set.get(HELD)?.release()?;
    stage.watch(|| Ok(None))
}

/// The process that waits for the lock: once and not in slices, so that whoever asks how many wait sees it. The
/// first process kills it if it gives up.
fn next(stage: &Stage, set: &SemaphoreSet) -> Result<(), End> {
    let lock = set.get(LOCK)?;
    stage.say("waits for the lock");
    let _guard = lock.lock()?;
    stage.say("has the lock");
    Ok(())
}

/// Says which value the semaphore has.
fn tell_value(stage: &Stage, when: &str, lock: &Semaphore) -> Result<(), End> {
    stage.say(format_args!("{when}: its value is {}", lock.value()?));
    Ok(())
}

/// Fails if the semaphore has another value.
fn expect(lock: &Semaphore, value: u32) -> Result<(), End> {
    match lock.value()? {
        now if now == value => Ok(()),
        now => Err(End::Failed(format!("the value is {now} and not {value}"))),
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let role = options.role.as_ref();
    play("guard", role, |stage| {
        let Some(role) = role else {
            return first(stage, &options);
        };
        let [id] = role.numbers()?;
        let set = SemaphoreSet::from_id(id)?;
        match role.name() {
            "holder" => holder(stage, &set),
            _ => next(stage, &set),
        }
    })
}
