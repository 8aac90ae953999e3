//! The command line: every call, what it is told, and the help text, which completions and manual pages are made
//! from too.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::{Span, SpanRelativeTo};
use nix::unistd::User;
use sysv_wrapper::{Key, Kind, MessageType, Mode, Pid};

use crate::exit::EXIT_STATUS;

/// Shared memory segments, semaphore sets and message queues of System V: what
/// is on this machine, whose it is, and what can go
#[derive(Debug, Parser)]
#[command(
    name = "sysvipc", version, max_term_width = 80, arg_required_else_help = true,
    disable_help_subcommand = true, after_help = "Try `sysvipc list`, and `sysvipc COMMAND --help` for examples.",
    after_long_help = EXIT_STATUS
)]
pub(crate) struct Cli {
    /// Colours: always, never or auto, which is on a terminal unless `NO_COLOR`
    /// is set
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "auto",
        value_name = "WHEN",
        hide_possible_values = true,
        hide_default_value = true,
        display_order = 900
    )]
    pub(crate) color: Colour,
    #[command(subcommand)]
    pub(crate) call: Call,
}

/// The calls.
#[derive(Debug, Subcommand)]
pub(crate) enum Call {
    /// List objects: all, or those that filters leave
    #[command(
        visible_alias = "ls",
        after_help = "\
Examples:
  sysvipc list
  sysvipc list shm --owner postgres --sort size --reverse
  sysvipc list --orphaned
  sysvipc list --older-than 2h --json | jq '.objects[].id'
  sysvipc list msg --columns id,key,messages,last-use"
    )]
    List(ListArgs),
    /// Show everything about one object: status, who uses it, what is in it
    #[command(after_help = "\
Examples:
  sysvipc show shm 65538             # with the processes that have it attached
  sysvipc show sem --key 0x2a        # with its values, and who waits
  sysvipc show msg 3 --json          # with its contents by type, none taken")]
    Show(ShowArgs),
    /// Make a segment, a set or a queue, and print its id and key
    #[command(after_help = "\
Examples:
  sysvipc create shm --size 4M
  sysvipc create sem --values 1,0,5 --mode 0660
  sysvipc create msg --key 0x2a --json")]
    Create(CreateArgs),
    /// Remove objects: by id, by key, or those that filters leave
    ///
    /// Right before each removal the object is compared with what was listed (key,
    /// creator's user and group, time of the last change, of segments the creating
    /// process), and put to the filters once more; what has changed stays. The
    /// kernel has no removal under a condition: what happens in the moment between
    /// that look and the removal goes unnoticed.
    #[command(
        visible_alias = "rm",
        after_help = "\
Examples:
  sysvipc remove shm 65538 65540
  sysvipc remove --key 0x2a
  sysvipc remove --orphaned --dry-run
  sysvipc remove msg --owner alice --older-than 3d --yes"
    )]
    Remove(RemoveArgs),
    /// Show each limit of the system, and how much of it is used
    #[command(after_help = "\
Examples:
  sysvipc limits
  sysvipc limits shm --json")]
    Limits(LimitsArgs),
    /// Show the list again and again, with what came and went
    #[command(after_help = "\
Examples:
  sysvipc watch shm --sort size --reverse
  sysvipc watch --interval 500ms --json >> changes.jsonl")]
    Watch(WatchArgs),
    /// Run a command under a lock, which lasts exactly as long as its process
    ///
    /// The lock is a semaphore set of one, which is made with the value 1 and the
    /// mode 0600 if there is none, and which stays. It is acquired with undo, and
    /// then this process becomes COMMAND: so the kernel gives it back when COMMAND's
    /// process ends, by SIGKILL too. What COMMAND started in the background and left
    /// behind runs on without the lock.
    ///
    /// With --remove, COMMAND runs in a child, which holds the lock just so; this
    /// process waits for it, hands signals on to it, and then removes the set if
    /// nobody else has the lock. Others who wait for it start anew.
    #[command(after_help = "\
Examples:
  sysvipc lock 0x1234 -- make install
  sysvipc lock 0x1234 --timeout 30s -- ./backup.sh || echo \"status $?\"
  sysvipc lock 0x1234 --remove       # take the set away once the lock is free

Exit status: COMMAND's own; 124 if the time is over, 125 if locking fails, 126
if COMMAND cannot be run, 127 if it does not exist.")]
    Lock(LockArgs),
    /// Send a message to a queue
    #[command(after_help = "\
Examples:
  sysvipc send 3 --type 1 'Four hours to bury a cat?'
  tar c notes | sysvipc send --key 0x2a --type 7 -")]
    Send(SendArgs),
    /// Take a message off a queue, and write it to standard output
    #[command(after_help = "\
Examples:
  sysvipc receive 3 --type 1
  sysvipc receive --key 0x2a --timeout 5s > message
  sysvipc receive 3 --no-wait --json")]
    Receive(ReceiveArgs),
    /// Write what is in a segment to standard output
    #[command(after_help = "\
Examples:
  sysvipc read 65538 | xxd | head
  sysvipc read --key 0x2a --offset 4K --length 16 --json")]
    Read(ReadArgs),
    /// Write standard input into a segment
    ///
    /// What does not fit is an error, and then nothing is written.
    #[command(after_help = "\
Examples:
  echo hello | sysvipc write 65538
  head -c 4K /dev/zero | sysvipc write --key 0x2a --offset 4K")]
    Write(WriteArgs),
    /// Print the completions for a shell
    #[command(after_help = "\
Examples:
  sysvipc completions bash > /etc/bash_completion.d/sysvipc
  sysvipc completions zsh > ~/.zfunc/_sysvipc
  sysvipc completions fish > ~/.config/fish/completions/sysvipc.fish")]
    Completions(CompletionsArgs),
    /// Write the manual pages
    #[command(after_help = "\
Examples:
  sysvipc man | man -l -
  sysvipc man /usr/local/share/man/man1")]
    Man(ManArgs),
}

/// What `list` is told.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print JSON, one document instead of tables: all fields, not sorted unless
    /// --sort says so
    #[arg(long, conflicts_with = "columns")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) view: View,
}

/// Which objects are shown, and how: shared with `watch`.
#[derive(Debug, Clone, Args)]
pub(crate) struct View {
    /// Only this kind
    #[arg(value_enum)]
    pub(crate) kind: Option<KindName>,
    /// Show these columns, separated by commas; `all` shows all
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Sort by this column, whether it is shown or not
    #[arg(long, value_name = "COLUMN")]
    pub(crate) sort: Option<String>,
    /// Sort the other way round
    #[arg(short, long, requires = "sort")]
    pub(crate) reverse: bool,
    // Last: what follows would stand under its heading.
    #[command(flatten)]
    pub(crate) filter: Filter,
}

/// What `show` is told.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Which kind of object
    #[arg(value_enum)]
    pub(crate) kind: KindName,
    #[command(flatten)]
    pub(crate) target: Target,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `create` is told.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    #[command(subcommand)]
    pub(crate) what: What,
}

/// What is to be made.
#[derive(Debug, Subcommand)]
pub(crate) enum What {
    /// A shared memory segment
    #[command(
        visible_alias = "segment",
        after_help = "Examples:
  sysvipc create shm --size 4M --key 0x2a --mode 0660
  id=$(sysvipc create shm --size 1G --private --quiet)"
    )]
    Shm {
        /// The size in bytes, or with a unit (4K, 1M); one page if not given
        #[arg(long, value_name = "SIZE", value_parser = length)]
        size: Option<usize>,
        /// Set every byte to this number before anyone else can see it
        #[arg(long, value_name = "BYTE")]
        fill: Option<u8>,
        #[command(flatten)]
        common: Common,
    },
    /// A set of semaphores
    #[command(
        visible_alias = "set",
        after_help = "Examples:
  sysvipc create sem                      # one, with the value 1: a lock
  sysvipc create sem --values 1,0,5 --key 0x2a
  sysvipc create sem --values 0 --count 100"
    )]
    Sem {
        /// The values, one for each semaphore, separated by commas
        #[arg(
            long,
            value_name = "VALUES",
            value_delimiter = ',',
            default_value = "1"
        )]
        values: Vec<u16>,
        /// That many semaphores, each with the one value of --values
        #[arg(long, value_name = "N")]
        count: Option<u16>,
        #[command(flatten)]
        common: Common,
    },
    /// A message queue
    #[command(
        visible_alias = "queue",
        after_help = "Examples:
  sysvipc create msg --mode 0622          # a mailbox: everyone may send
  sysvipc create msg --max-bytes 4K --path /etc/hosts --project 1"
    )]
    Msg {
        /// How many bytes all its messages together may have; the system's
        /// limit MSGMNB if not given
        #[arg(long, value_name = "SIZE", value_parser = size)]
        max_bytes: Option<u64>,
        #[command(flatten)]
        common: Common,
    },
}

/// What all kinds have.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Permission bits, in octal; the umask does not count
    #[arg(long, value_name = "MODE", value_parser = mode, default_value = "0600")]
    pub(crate) mode: Mode,
    #[command(flatten)]
    pub(crate) place: Place,
    /// Print JSON
    #[arg(long, conflicts_with = "quiet")]
    pub(crate) json: bool,
    /// Print the id and nothing else
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Which key: one of these. The project belongs to the path.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Place {
    /// A free key, drawn at random; this is what happens if nothing is said
    #[arg(long, group = "place")]
    pub(crate) unique: bool,
    /// This key, in hexadecimal (0x2a) or decimal, which must be free
    #[arg(
        long, value_name = "KEY", group = "place", value_parser = public_key,
        allow_negative_numbers = true
    )]
    pub(crate) key: Option<Key>,
    /// No key: others find it by its id only
    #[arg(long, group = "place")]
    pub(crate) private: bool,
    /// The key that ftok(3) makes of this file, with --project
    #[arg(long, value_name = "PATH", group = "place", requires = "project")]
    pub(crate) path: Option<PathBuf>,
    /// The number for --path, from 1 to 255
    #[arg(
        long, value_name = "N", requires = "path",
        value_parser = clap::value_parser!(i32).range(1..=255)
    )]
    pub(crate) project: Option<i32>,
}

/// What `remove` is told.
#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Which kind; needed with ids, and else all kinds if not given
    #[arg(value_enum)]
    pub(crate) kind: Option<KindName>,
    /// The ids of the objects
    #[arg(value_name = "ID", allow_negative_numbers = true, requires = "kind")]
    pub(crate) ids: Vec<i32>,
    /// Only say what would be removed
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Do not ask before more than one is removed
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) filter: Filter,
}

/// What `limits` is told.
#[derive(Debug, Args)]
pub(crate) struct LimitsArgs {
    /// Only those of this kind
    #[arg(value_enum)]
    pub(crate) kind: Option<KindName>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `watch` is told.
#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// How long to wait between two looks
    #[arg(short = 'i', long, value_name = "TIME", value_parser = interval, default_value = "2s")]
    pub(crate) interval: Duration,
    /// Look this many times, and then end
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    /// Print each change as a line of JSON
    #[arg(long, conflicts_with = "columns")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) view: View,
}

/// What `lock` is told.
#[derive(Debug, Args)]
pub(crate) struct LockArgs {
    /// The key of the lock, in hexadecimal (0x2a) or decimal
    #[arg(value_name = "KEY", value_parser = public_key, allow_negative_numbers = true)]
    pub(crate) key: Key,
    /// Wait for the lock for at most this time (1s, 500ms, 2m; 0 does not
    /// wait), and then exit with 124
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub(crate) timeout: Option<Duration>,
    /// Take the lock's set away afterwards, if nobody else has the lock by
    /// then; without COMMAND, as soon as the lock is free
    #[arg(long)]
    pub(crate) remove: bool,
    /// What the process in front of this one has held back
    #[arg(long, hide = true, value_name = "SIGNAL")]
    pub(crate) let_through: Vec<i32>,
    /// What to run under the lock
    #[arg(
        last = true,
        value_name = "COMMAND",
        required_unless_present = "remove"
    )]
    pub(crate) command: Vec<OsString>,
}

/// What `send` is told.
#[derive(Debug, Args)]
#[command(override_usage = "sysvipc send <ID|--key <KEY>> --type <N> [OPTIONS] [TEXT|-]")]
pub(crate) struct SendArgs {
    /// The queue's id; not with --key
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub(crate) id: Option<OsString>,
    /// The message; standard input if it is `-` or not given
    #[arg(value_name = "TEXT")]
    pub(crate) text: Option<OsString>,
    /// The queue's key instead of its id, in hexadecimal (0x2a) or decimal
    #[arg(long, value_name = "KEY", value_parser = public_key, allow_negative_numbers = true)]
    pub(crate) key: Option<Key>,
    /// The type of the message, from 1 on
    #[arg(long = "type", value_name = "N", value_parser = message_type, allow_negative_numbers = true)]
    pub(crate) message_type: MessageType,
    #[command(flatten)]
    pub(crate) patience: Patience,
}

/// How long to wait.
#[derive(Debug, Args)]
pub(crate) struct Patience {
    /// Do not wait; exit with 7 if that would be needed
    #[arg(long, conflicts_with = "timeout")]
    pub(crate) no_wait: bool,
    /// Wait for at most this time (1s, 500ms, 2m), and then exit with 124
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub(crate) timeout: Option<Duration>,
}

/// What `receive` is told.
#[derive(Debug, Args)]
pub(crate) struct ReceiveArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) patience: Patience,
    /// Print JSON: type, length and contents
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which message.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Which {
    /// The first message of this type; the first of all if nothing is said
    #[arg(long = "type", value_name = "N", value_parser = message_type, allow_negative_numbers = true)]
    pub(crate) exact: Option<MessageType>,
    /// Of the types up to this one, the first message of the lowest
    #[arg(long, value_name = "N", value_parser = message_type)]
    pub(crate) up_to: Option<MessageType>,
    /// The first message of any other type
    #[arg(long, value_name = "N", value_parser = message_type)]
    pub(crate) except: Option<MessageType>,
}

/// What `read` is told.
#[derive(Debug, Args)]
pub(crate) struct ReadArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    /// From where on, in bytes or with a unit
    #[arg(long, value_name = "N", value_parser = length, default_value = "0")]
    pub(crate) offset: usize,
    /// How much, at most; up to the end if not given
    #[arg(long, value_name = "N", value_parser = length)]
    pub(crate) length: Option<usize>,
    /// Print JSON: offset, length and contents
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `write` is told.
#[derive(Debug, Args)]
pub(crate) struct WriteArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    /// From where on, in bytes or with a unit
    #[arg(long, value_name = "N", value_parser = length, default_value = "0")]
    pub(crate) offset: usize,
}

/// Which objects. All that are given have to hold.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Filters (all that are given have to hold)")]
pub(crate) struct Filter {
    /// Those that this user owns, by name or number
    #[arg(long, value_name = "USER", value_parser = user)]
    pub(crate) owner: Option<u32>,

    /// Segments that this process made; the kernel does not record it for
    /// sets and queues
    #[arg(long, value_name = "PID", value_parser = pid)]
    pub(crate) creator_pid: Option<Pid>,

    /// Those that this process was the last to use: attached or detached,
    /// operated on a member, sent or received
    #[arg(long, value_name = "PID", value_parser = pid)]
    pub(crate) last_pid: Option<Pid>,

    /// Those with this key, in hexadecimal (0x2a) or decimal; 0 is for those
    /// without one
    #[arg(long, value_name = "KEY", allow_negative_numbers = true)]
    pub(crate) key: Option<Key>,

    /// Those that nothing has happened to for this time (30m, 2h, 3d): since
    /// the last of all the times that the kernel records, which are those of
    /// changes, attaching and detaching, operations, sending and receiving.
    /// The column `last-use` says which it was
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub(crate) older_than: Option<Duration>,

    /// Orphans: nobody attached or waiting, at least one process recorded,
    /// and every recorded process gone. What cannot be judged is not one
    #[arg(long)]
    pub(crate) orphaned: bool,

    /// Segments that nobody has attached, queues without messages
    #[arg(long)]
    pub(crate) empty: bool,
}

/// One object.
#[derive(Debug, Args)]
#[group(id = "target", required = true, multiple = false)]
pub(crate) struct Target {
    /// The object's id
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub(crate) id: Option<i32>,
    /// The object's key instead, in hexadecimal (0x2a) or decimal
    #[arg(long, value_name = "KEY", value_parser = public_key, allow_negative_numbers = true)]
    pub(crate) key: Option<Key>,
}

/// When to use colours.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What `completions` is told.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Which shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// The shells that there are completions for.
#[derive(Debug, Copy, Clone, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// What `man` is told.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write the pages of all commands into this directory; else the first one
    /// goes to standard output
    #[arg(value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,
}

/// A kind of objects, as people name it.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
pub(crate) enum KindName {
    /// Shared memory segments.
    #[value(aliases = ["segment", "segments", "memory"])]
    Shm,
    /// Semaphore sets.
    #[value(aliases = ["set", "sets", "semaphore", "semaphores"])]
    Sem,
    /// Message queues.
    #[value(aliases = ["queue", "queues", "messages"])]
    Msg,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Kind {
        match name {
            KindName::Shm => Kind::SharedMemory,
            KindName::Sem => Kind::SemaphoreSet,
            KindName::Msg => Kind::MessageQueue,
        }
    }
}

/// All kinds, in the order in which they are shown.
pub(crate) const KINDS: [Kind; 3] = [Kind::SharedMemory, Kind::SemaphoreSet, Kind::MessageQueue];

/// What several of a kind are called.
pub(crate) const fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::SharedMemory => "segments",
        Kind::SemaphoreSet => "sets",
        Kind::MessageQueue => "queues",
    }
}

/// Units of size, each with what it multiplies by.
const UNITS: [(&str, u64); 14] = [
    ("", 1),
    ("B", 1),
    ("K", 1 << 10),
    ("KiB", 1 << 10),
    ("KB", 1_000),
    ("M", 1 << 20),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("G", 1 << 30),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("T", 1 << 40),
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
];

/// A number of bytes: `4096`, `4K`, `1M`, `1MiB`, `1MB`.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text[digits.len()..].trim_start();
    let factor = UNITS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))
        .map(|(_, factor)| *factor);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("expected a number of bytes, such as 4096, 4K or 1M".to_owned());
    }
    let Some(factor) = factor else {
        return Err(format!(
            "`{unit}` is no unit of size; there are K, M, G and T (1024 of each other), and KB, MB, GB and TB \
             (1000)"
        ));
    };
    let bytes = digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor));
    bytes.ok_or_else(|| "that is more bytes than can be counted".to_owned())
}

/// A size or an offset in this process's memory.
pub(crate) fn length(text: &str) -> Result<usize, String> {
    let bytes = size(text)?;
    usize::try_from(bytes).map_err(|_| "that is more than memory can have".to_owned())
}

/// A span of time: `90` (seconds), `500ms`, `2h`, `1h 30m`, `3d`.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds)
            .map_err(|_| "expected a time of 0 or more, such as 90, 500ms or 2h".to_owned());
    }
    let span: Span = text
        .parse()
        .map_err(|_| "expected a time such as 90 (seconds), 500ms, 2h or 3d".to_owned())?;
    let duration = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| "months and years have no fixed length; say it in days".to_owned())?;
    Duration::try_from(duration).map_err(|_| "expected a time of 0 or more".to_owned())
}

/// A span of time that is not zero.
pub(crate) fn interval(text: &str) -> Result<Duration, String> {
    match span(text)? {
        Duration::ZERO => Err("expected a time of more than 0".to_owned()),
        time => Ok(time),
    }
}

/// Permission bits, in octal.
pub(crate) fn mode(text: &str) -> Result<Mode, String> {
    let digits = text.strip_prefix("0o").unwrap_or(text);
    // The parser would take a sign.
    let bits = u32::from_str_radix(digits, 8)
        .ok()
        .filter(|_| !digits.starts_with('+'));
    bits.and_then(Mode::from_bits)
        .ok_or_else(|| "expected permission bits in octal, from 0 to 0777, such as 0640".to_owned())
}

/// A user, by name or number.
pub(crate) fn user(text: &str) -> Result<u32, String> {
    if let Ok(uid) = text.parse() {
        return Ok(uid);
    }
    match User::from_name(text) {
        Ok(Some(user)) => Ok(user.uid.as_raw()),
        Ok(None) => Err("this system has no user of that name".to_owned()),
        Err(error) => Err(format!("users cannot be looked up: {}", error.desc())),
    }
}

/// A process.
pub(crate) fn pid(text: &str) -> Result<Pid, String> {
    let number = text.parse::<u32>().ok();
    let number = number.and_then(|number| i32::try_from(number).ok());
    number
        .and_then(Pid::from_raw)
        .ok_or_else(|| "expected the number of a process, from 1 on".to_owned())
}

/// A key that can be found: not that of private objects.
pub(crate) fn public_key(text: &str) -> Result<Key, String> {
    let key: Key = text
        .parse()
        .map_err(|error: sysv_wrapper::ParseKeyError| error.to_string())?;
    if key.is_private() {
        return Err("0 stands for objects without a key, which only their ids name".to_owned());
    }
    Ok(key)
}

/// The type of a message.
pub(crate) fn message_type(text: &str) -> Result<MessageType, String> {
    text.parse()
        .ok()
        .filter(|number| *number >= 1)
        .ok_or_else(|| {
            format!(
                "expected the type of a message, from 1 to {}",
                MessageType::MAX
            )
        })
}

#[cfg(test)]
mod tests {
    //! What is a number, and what people are told where it is none.

    use super::{Pid, pid, size};

    #[test]
    fn sizes_are_digits_and_a_unit() {
        assert_eq!(size("4096"), Ok(4096));
        assert_eq!(size("4K"), Ok(4096));
        assert_eq!(size("4 kib"), Ok(4096));
        assert_eq!(size("4kB"), Ok(4000));
        assert_eq!(size("16777215T"), Ok(16_777_215 << 40));
        for (power, [letter, binary, decimal]) in [
            (1, ["K", "KiB", "KB"]),
            (2, ["M", "MiB", "MB"]),
            (3, ["G", "GiB", "GB"]),
            (4, ["T", "TiB", "TB"]),
        ] {
            assert_eq!(size(&format!("3{letter}")), Ok(3 * 1024_u64.pow(power)));
            assert_eq!(size(&format!("3{binary}")), Ok(3 * 1024_u64.pow(power)));
            assert_eq!(size(&format!("3{decimal}")), Ok(3 * 1000_u64.pow(power)));
        }
        for (text, complaint) in [
            ("", "expected a number of bytes"),
            ("K", "expected a number of bytes"),
            ("+4", "expected a number of bytes"),
            ("-4", "expected a number of bytes"),
            ("1.5K", "expected a number of bytes"),
            ("4X", "`X` is no unit of size"),
            ("16777216T", "that is more bytes than can be counted"),
            (
                "18446744073709551616",
                "that is more bytes than can be counted",
            ),
        ] {
            let told = size(text).unwrap_err();
            assert!(told.starts_with(complaint), "{text}: {told}");
        }
    }

    #[test]
    fn processes_are_numbered_from_1_on() {
        assert_eq!(pid("1"), Ok(Pid::from_raw(1).unwrap()));
        assert_eq!(pid("2147483647"), Ok(Pid::from_raw(i32::MAX).unwrap()));
        for text in ["0", "-1", "2147483648", "", "one"] {
            let told = pid(text).unwrap_err();
            assert!(told.starts_with("expected the number"), "{text}: {told}");
        }
    }
}
