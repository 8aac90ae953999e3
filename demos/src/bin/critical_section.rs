//! A critical section over a set of semaphores: several processes, one at a time, each taking two locks at once.

use std::process::ExitCode;

use clap::{Parser, value_parser};
use sysv_wrapper::{Operation, RemoveOnDrop, SemaphoreSet, ShmId};

use demos::accounts::{Accounts, BEGINNING, Balances};
use demos::stage::{End, Pause, Role, Second, Stage, play, statuses};

/// A critical section that several processes enter in turn
///
/// Two accounts in shared memory, each with a semaphore that locks it. Every process
/// moves money, half of them from the first account to the second, the others
/// back. For that it needs both locks. Taking one after the other, each could hold
/// one and wait for the other for ever; one operation on the set takes both or
/// none. A counter in the shared memory shows whether two were inside at once.
#[derive(Debug, Parser)]
#[command(name = "critical_section", version, max_term_width = 80)]
#[command(after_help = EXAMPLES, after_long_help = help())]
struct Options {
    /// How many processes, from 2 to 100
    #[arg(long, value_name = "N", default_value = "2")]
    #[arg(value_parser = value_parser!(u16).range(2..=100))]
    processes: u16,

    /// How often each of them enters, from 1 to 4294967295
    #[arg(long, value_name = "N", default_value = "100")]
    #[arg(value_parser = value_parser!(u32).range(1..))]
    rounds: u32,

    /// Leave out the locks, and see what happens (with exit status 1)
    #[arg(long)]
    without_lock: bool,

    #[command(flatten)]
    pause: Pause,

    #[arg(long, hide = true)]
    role: Option<Role>,
}

const EXAMPLES: &str = "\
Examples:
  critical_section --processes 5
  critical_section --without-lock";

fn help() -> String {
    format!(
        "{EXAMPLES}\n\n{}",
        statuses(Some(
            "somebody was inside at once with another, or money is lost"
        ))
    )
}

/// The members of the set: a lock per account, and the gate at which all wait for the last one to come.
const LOCKS: [usize; 2] = [0, 1];
const GATE: usize = 2;

/// How many rounds of each process are told one by one.
const TOLD: u32 = 2;

/// The first process, which makes everything and looks at what has become of it.
fn first(stage: &Stage, options: &Options) -> Result<(), End> {
    stage.scene("Two accounts, and a set of semaphores: a lock for each, and a gate")?;
    let set = SemaphoreSet::builder().values([1, 1, options.processes]);
    let set = RemoveOnDrop::new(set.create_private()?);
    let memory = Accounts::create()?;
    stage.say(format_args!(
        "semaphore set {}, segment {}",
        set.id(),
        memory.id()
    ));
    let accounts = Accounts::attach(memory.id())?;
    let Balances([first, second]) = accounts.balances()?;
    stage.say(format_args!("the accounts hold {first} and {second}"));

    let how = if options.without_lock {
        "without the locks"
    } else {
        "with both locks"
    };
    let Options {
        processes, rounds, ..
    } = *options;
    stage.scene(&format!(
        "{processes} processes enter {rounds} times each, {how}"
    ))?;
    let seconds: Vec<Second> = (0..processes)
        .map(|number| start(stage, options, &set, memory.id(), number))
        .collect::<Result<_, _>>()?;
    Second::finish_all(stage, seconds)?;

    stage.scene("What has become of it")?;
    let Balances(balances) = accounts.balances()?;
    let [first, second] = balances;
    stage.say(format_args!("the accounts hold {first} and {second}"));
    // Half of the processes moves money forth, the others back; of an odd number one more moves it forth.
    let moved = i64::from(processes % 2) * i64::from(rounds);
    let right = [BEGINNING - moved, BEGINNING + moved];
    let overlaps = accounts.overlaps()?;
    let entered = u64::from(processes) * u64::from(rounds);
    stage.say(format_args!(
        "{overlaps} of {entered} times another one was inside already"
    ));
    stage.pause(options.pause)?;
    if overlaps > 0 || balances != right {
        let [first, second] = right;
        return Err(End::Found(format!(
            "{overlaps} overlaps; the accounts should hold {first} and {second}"
        )));
    }
    stage.say("no overlap, and no money lost");
    Ok(())
}

fn start(
    stage: &Stage,
    options: &Options,
    set: &SemaphoreSet,
    memory: ShmId,
    number: u16,
) -> Result<Second, End> {
    let numbers = [set.id().as_raw(), memory.as_raw(), number.into()];
    let rounds = options.rounds.to_string();
    let mut passed = vec!["--rounds", &rounds];
    if options.without_lock {
        passed.push("--without-lock");
    }
    stage.start_with("clerk", &numbers, &passed)
}

/// One of those who enter.
fn clerk(stage: &Stage, options: &Options, role: &Role) -> Result<(), End> {
    let [set, memory, number] = role.numbers()?;
    let set = SemaphoreSet::from_id(set)?;
    let accounts = Accounts::attach(ShmId::from_raw(memory))?;
    let (from, to) = if number % 2 == 0 { (0, 1) } else { (1, 0) };

    // Nobody begins before all are there.
    set.get(GATE)?.acquire()?;
    stage.wait(|time| set.get(GATE)?.wait_until_zero_timeout(time))?;

    // Both locks or none; and if this process dies inside, the kernel gives both back.
    let enter = both(&set, |operation, lock| operation.acquire(lock, 1).undo());
    let leave = both(&set, |operation, lock| operation.release(lock, 1).undo());
    for round in 1..=options.rounds {
        stage.check()?;
        if !options.without_lock {
            stage.wait(|time| enter.run_timeout(time))?;
        }
        let others = accounts.transfer(from, to)?;
        if round <= TOLD {
            let company = match others {
                0 => "alone".to_owned(),
                others => format!("and not alone: {others} inside already"),
            };
            stage.say(format_args!(
                "round {round}: in the critical section, {company}"
            ));
        }
        if !options.without_lock {
            leave.run()?;
        }
    }
    Ok(())
}

/// One operation on the locks of both accounts.
fn both(set: &SemaphoreSet, step: impl Fn(Operation, usize) -> Operation) -> Operation {
    LOCKS.into_iter().fold(set.operation(), step)
}

fn main() -> ExitCode {
    let options = Options::parse();
    let role = options.role.as_ref();
    play("critical_section", role, |stage| match role {
        None => first(stage, &options),
        Some(role) => clerk(stage, &options, role),
    })
}
