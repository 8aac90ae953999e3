//! Completions: the scripts for the shells, and the words that they ask this program for.
//!
//! A script runs `sysvipc` with the variable [`VARIABLE`] and the words of the command line, and offers what it prints.
//! Options and kinds come from the definition of the command line; objects, users and processes from the system.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Display;
use std::io::{self, Write};

use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory, ValueEnum, ValueHint};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{Bash, CompleteEnv, EnvCompleter, Fish, Zsh};
use sysv_wrapper::{Entry, Kind, Pid, Process, ShmStatus, Status};

use crate::cli::{Cli, KINDS, KindName, Shell};
use crate::format::{Names, printable};
use crate::object::describe;
use crate::table::columns::COLUMNS;

/// The variable that makes this program print completions.
const VARIABLE: &str = "SYSVIPC_COMPLETE";

/// Prints completions if a script of a shell asks for them. Returns whether it did.
pub(crate) fn answer() -> clap::error::Result<bool> {
    let directory = env::current_dir().ok();
    CompleteEnv::with_factory(|| with_candidates(Cli::command()))
        .var(VARIABLE)
        .try_complete(env::args_os(), directory.as_deref())
}

/// Writes the script for a shell.
pub(crate) fn write_script(shell: Shell, out: &mut impl Write) -> io::Result<()> {
    const NAME: &str = "sysvipc";
    let script: &dyn EnvCompleter = match shell {
        Shell::Bash => &Bash,
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
    };
    script.write_registration(VARIABLE, NAME, NAME, NAME, out)?;
    if let Shell::Zsh = shell {
        // zsh loads a file when the first word is to be completed, and expects that word from it.
        writeln!(
            out,
            "[[ ${{funcstack[1]-}} != _{NAME} ]] || _clap_dynamic_completer_{NAME} \"$@\""
        )?;
    }
    Ok(())
}

/// Adds dynamic completions to the arguments of a command and its subcommands.
fn with_candidates(command: Command) -> Command {
    let kinds: &'static [Kind] = match command.get_name() {
        // Its keys are new ones.
        "create" => return command,
        "send" | "receive" => &[Kind::MessageQueue],
        "read" | "write" => &[Kind::SharedMemory],
        "lock" => &[Kind::SemaphoreSet],
        _ => &KINDS,
    };
    let is_show = command.get_name() == "show";
    let add = |argument: Arg| {
        let candidates = match argument.get_id().as_str() {
            "columns" => ArgValueCandidates::new(|| columns().chain([candidate("all")]).collect()),
            "sort" => ArgValueCandidates::new(|| columns().collect()),
            "id" | "ids" => ArgValueCandidates::new(|| ids(kinds)),
            "key" => ArgValueCandidates::new(|| keys(kinds)),
            // The kind or the id; elsewhere the kinds come from the definition.
            "kind" if is_show => ArgValueCandidates::new(|| {
                let names = KindName::value_variants().iter();
                let names = names.filter_map(ValueEnum::to_possible_value);
                let names = names.map(|kind| candidate(kind.get_name()));
                names.chain(ids(kinds)).collect()
            }),
            "owner" => ArgValueCandidates::new(owners),
            "creator_pid" => ArgValueCandidates::new(|| processes(creator)),
            "last_pid" => ArgValueCandidates::new(|| processes(last_users)),
            "command" => return argument.value_hint(ValueHint::AnyPath),
            _ => return argument,
        };
        argument.add(candidates)
    };
    command.mut_args(add).mut_subcommands(with_candidates)
}

fn candidate(word: impl Display) -> CompletionCandidate {
    CompletionCandidate::new(word.to_string())
}

/// Returns the kinds that the command line names, or all of these.
fn named(kinds: &[Kind]) -> Vec<Kind> {
    let words = env::args().skip_while(|word| word != "--");
    let mut named = words.filter_map(|word| KindName::from_str(&word, false).ok());
    let named = named.next().filter(|_| kinds.len() > 1);
    named.map_or_else(|| kinds.to_vec(), |kind| vec![kind.into()])
}

/// Returns the objects of these kinds, of those that the command line names.
fn objects(kinds: &[Kind]) -> impl Iterator<Item = Entry> {
    let listings = named(kinds).into_iter().map(Entry::list);
    // Kinds that cannot be listed are not offered.
    listings.filter_map(Result::ok).flatten()
}

fn columns() -> impl Iterator<Item = CompletionCandidate> {
    let kinds = named(&KINDS);
    let columns = COLUMNS.iter();
    let columns = columns.filter(move |column| kinds.iter().any(|kind| column.has(*kind)));
    columns.map(|column| candidate(column.name))
}

/// Returns a word for an object, with a description of the object.
fn described(word: impl Display, object: &Entry, names: &mut Names) -> CompletionCandidate {
    let kind = object.kind().short_name();
    let help = format!("{kind}, {}", describe(object, names));
    candidate(word).help(Some(StyledStr::from(help)))
}

fn ids(kinds: &[Kind]) -> Vec<CompletionCandidate> {
    let names = &mut Names::default();
    objects(kinds)
        .map(|object| described(object.raw_id(), &object, names))
        .collect()
}

fn keys(kinds: &[Kind]) -> Vec<CompletionCandidate> {
    let names = &mut Names::default();
    objects(kinds)
        .filter(|object| !object.key().is_private())
        .map(|object| described(object.key(), &object, names))
        .collect()
}

/// Returns the users who own objects.
fn owners() -> Vec<CompletionCandidate> {
    let uids: BTreeSet<_> = objects(&KINDS)
        .map(|object| object.status().uid())
        .collect();
    let names = &mut Names::default();
    let users = uids.into_iter().map(|uid| names.user_or_uid(uid));
    users.map(candidate).collect()
}

/// Returns processes that the kernel recorded, each with its command line.
fn processes(recorded: fn(&Status) -> Vec<Pid>) -> Vec<CompletionCandidate> {
    let pids: BTreeSet<_> = objects(&KINDS)
        .flat_map(|object| recorded(object.status()))
        .collect();
    let offered = pids.into_iter().map(|pid| {
        let command = Process::find(pid).map(|process| printable(process.command()));
        candidate(pid).help(command.map(StyledStr::from))
    });
    offered.collect()
}

fn creator(status: &Status) -> Vec<Pid> {
    let segment = status.as_shm();
    segment
        .and_then(ShmStatus::creator_pid)
        .into_iter()
        .collect()
}

/// Returns the last processes to use a segment or a queue. Those of a set take calls for each semaphore.
fn last_users(status: &Status) -> Vec<Pid> {
    match status {
        Status::Shm(status) => status.last_pid().into_iter().collect(),
        Status::Sem(_) => Vec::new(),
        Status::Msg(status) => {
            let pids = [status.last_send_pid(), status.last_receive_pid()];
            pids.into_iter().flatten().collect()
        }
    }
}
