//! The command line: commands, arguments and the help text, from which completions and manual pages are made too.

mod values;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sysv_wrapper::{Key, Kind, MessageType, Mode, Pid};

use crate::exit::EXIT_STATUS;

/// The examples of `sysvipc --help`.
const EXAMPLES: &str = "\
Examples:
  sysvipc list --orphaned
  sysvipc show shm 65538
  sysvipc remove --orphaned --dry-run
  sysvipc limits --warn 80
  sysvipc lock 0x1234 -- make install";

/// List, inspect, create and remove System V IPC objects: shared memory
/// segments, semaphore sets and message queues
#[derive(Debug, Parser)]
#[command(
    name = "sysvipc", version, max_term_width = 80, arg_required_else_help = true,
    disable_help_subcommand = true, after_help = "Try `sysvipc list`, and `sysvipc COMMAND --help` for examples.",
    after_long_help = format!("{EXAMPLES}\n\n{EXIT_STATUS}")
)]
pub(crate) struct Cli {
    /// When to use colours: always, never or auto (on a terminal, unless
    /// `NO_COLOR` is set)
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
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List objects: all, or those that match filters
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
    /// Show everything about one object: status, users and contents
    #[command(after_help = "\
Examples:
  sysvipc show shm 65538             # with the processes that have it attached
  sysvipc show 65538                 # if no object of another kind has this id
  sysvipc show sem --key 0x2a        # with its values and waiters
  sysvipc show msg 3 --json          # with its contents by type, none taken")]
    Show(ShowArgs),
    /// Create a segment, a set or a queue, and print its id and key
    #[command(after_help = "\
Examples:
  sysvipc create shm --size 4M
  sysvipc create sem --values 1,0,5 --mode 0660
  sysvipc create msg --key 0x2a --json")]
    Create(CreateArgs),
    /// Remove objects: by id, by key, or those that match filters
    ///
    /// Immediately before each removal, `remove` compares the object with the listed
    /// one (key, creator's user and group, time of the last change, for segments the
    /// creating process), and applies the filters again; an object that changed
    /// stays. The kernel has no conditional removal: a change between this
    /// comparison and the removal goes unnoticed.
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
    /// Show each limit of the system, and its use
    #[command(after_help = "\
Examples:
  sysvipc limits
  sysvipc limits shm --json
  sysvipc limits --warn 80           # exit status 6 if a limit is nearly reached")]
    Limits(LimitsArgs),
    /// Print objects, bytes, limits and verdicts for a monitoring system
    ///
    /// The format is `OpenMetrics` text. Each kind is listed once. A verdict on a
    /// set takes calls for each semaphore, and one on a queue a search of all
    /// processes: --verdicts includes them.
    #[command(after_help = "\
Examples:
  sysvipc metrics
  sysvipc metrics > sysvipc.prom.new && mv sysvipc.prom.new sysvipc.prom")]
    Metrics(MetricsArgs),
    /// Show the list again and again, with the objects that came, went or changed
    ///
    /// On a terminal, redraws a screen until `q` or Ctrl-C. Otherwise, and with
    /// --json, prints a line for each change.
    #[command(after_help = "\
Examples:
  sysvipc watch shm --sort size --reverse
  sysvipc watch -n 500ms --json >> changes.jsonl")]
    Watch(WatchArgs),
    /// Run a command under a lock, which lasts exactly as long as its process
    ///
    /// The lock is a semaphore set of one semaphore. If no set has the key, `lock`
    /// creates the set with the value 1; the set stays afterwards. `lock` acquires
    /// it with undo, and then executes COMMAND in the same process: the kernel
    /// releases the lock when COMMAND's process ends, even by SIGKILL. Background
    /// processes that COMMAND leaves behind do not hold the lock. A COMMAND that
    /// leaves the ipc namespace loses the lock.
    ///
    /// Without --shared, `lock` rejects a set that another user (except root) owns
    /// or may alter. Without --timeout, it waits as long as another process holds
    /// the lock.
    ///
    /// With --remove, COMMAND runs in a child process, which holds the lock in the
    /// same way. The parent waits for the child, forwards signals to it (except
    /// those that stop a process), and then removes the set if no other process
    /// holds the lock. Processes that wait for the lock recreate the set.
    #[command(after_help = "\
Examples:
  sysvipc lock 0x1234 -- make install
  sysvipc lock 0x1234 --timeout 30s -- ./backup.sh || echo \"status $?\"
  sysvipc lock 0x1234 --remove       # remove the set once the lock is free

Exit status: COMMAND's own; 124 if the wait timed out, 125 if locking failed,
126 if COMMAND cannot be run, 127 if it does not exist.")]
    Lock(LockArgs),
    /// Send a message to a queue
    #[command(after_help = "\
Examples:
  sysvipc send 3 --type 1 'Four hours to bury a cat?'
  tar c notes | sysvipc send --key 0x2a --type 7 -")]
    Send(SendArgs),
    /// Receive a message from a queue, and write it to standard output
    #[command(after_help = "\
Examples:
  sysvipc receive 3 --type 1
  sysvipc receive --key 0x2a --timeout 5s > message
  sysvipc receive 3 --no-wait --json")]
    Receive(ReceiveArgs),
    /// Write the contents of a segment to standard output
    #[command(after_help = "\
Examples:
  sysvipc read 65538 | xxd | head
  sysvipc read --key 0x2a --offset 4K --length 16 --json")]
    Read(ReadArgs),
    /// Write standard input into a segment
    ///
    /// Input that does not fit is an error; nothing is written then.
    #[command(after_help = "\
Examples:
  echo hello | sysvipc write 65538
  head -c 4K /dev/zero | sysvipc write --key 0x2a --offset 4K")]
    Write(WriteArgs),
    /// Print the completions for a shell: options, kinds, columns, ids, keys,
    /// users and processes
    #[command(after_help = "\
Examples:
  source <(sysvipc completions bash)
  sysvipc completions zsh > ~/.zfunc/_sysvipc
  sysvipc completions fish > ~/.config/fish/completions/sysvipc.fish")]
    Completions(CompletionsArgs),
    /// Write the manual pages
    #[command(after_help = "\
Examples:
  sysvipc man | man -l -
  sysvipc man /usr/local/share/man/man1")]
    Man(ManArgs),
    /// Install the manual pages and the completions of bash, zsh and fish
    ///
    /// They go into the directories `share/man/man1`,
    /// `share/bash-completion/completions`, `share/zsh/site-functions` and
    /// `share/fish/vendor_completions.d`. The paths of the files are printed.
    #[command(after_help = "\
Examples:
  sysvipc install-docs
  sysvipc install-docs --prefix ~/.local")]
    InstallDocs(InstallDocsArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print rows alone, without titles and headings
    #[arg(long, visible_alias = "noheadings", conflicts_with = "json")]
    pub(crate) no_headings: bool,
    /// Print one space between columns, times in RFC 3339 and sizes in bytes;
    /// a space within a value is `\x20`
    #[arg(long, conflicts_with = "json")]
    pub(crate) raw: bool,
    /// Print one JSON document instead of tables: all fields, or those of
    /// --columns; unsorted unless --sort is given
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) view: View,
}

/// The arguments that `list` and `watch` share.
#[derive(Debug, Clone, Args)]
pub(crate) struct View {
    /// Only this kind
    #[arg(value_enum)]
    pub(crate) kind: Option<KindName>,
    /// Show these columns, separated by commas; `all` shows all
    ///
    /// For all kinds: id, key, owner, group, uid, gid, creator, creator-group,
    /// creator-uid, creator-gid, mode, changed, last-use, last-use-time,
    /// verdict, kind, key-decimal, age. For segments: size, attached,
    /// creator-pid, creator-command, last-pid, attach-time, detach-time,
    /// status, removed, locked. For sets: semaphores, operation-time. For
    /// queues: messages, bytes, max-bytes, send-pid, receive-pid, send-time,
    /// receive-time.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Show sizes as numbers of bytes
    #[arg(short, long)]
    pub(crate) bytes: bool,
    /// Sort by this column, shown or not
    #[arg(long, value_name = "COLUMN")]
    pub(crate) sort: Option<String>,
    /// Reverse the order
    #[arg(short, long, requires = "sort")]
    pub(crate) reverse: bool,
    // The last one: its heading would cover the arguments behind it.
    #[command(flatten)]
    pub(crate) filter: Filter,
}

/// The filters that `list`, `remove` and `watch` share.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Filters (an object has to match all)")]
pub(crate) struct Filter {
    /// Objects that this user owns, by name or number; +N is always a number
    #[arg(long, value_name = "USER", value_parser = values::user)]
    pub(crate) owner: Option<u32>,

    /// Segments that this process created; the kernel does not record it for
    /// sets and queues
    #[arg(long, value_name = "PID", value_parser = values::pid)]
    pub(crate) creator_pid: Option<Pid>,

    /// Objects that this process was the last to use: to attach or detach, to
    /// operate on a semaphore, to send or receive
    #[arg(long, value_name = "PID", value_parser = values::pid)]
    pub(crate) last_pid: Option<Pid>,

    /// Objects with this key, in hexadecimal (0x2a) or decimal; 0 matches
    /// objects without a key
    #[arg(long, value_name = "KEY", allow_negative_numbers = true)]
    pub(crate) key: Option<Key>,

    /// Objects that were not used for this time (30m, 2h, 3d): since the latest
    /// of all the times that the kernel records, which are those of changes,
    /// attaching and detaching, operations, sending and receiving. The column
    /// `last-use` has the time and its event
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    pub(crate) older_than: Option<Duration>,

    /// Orphaned segments: they were attached, are not attached any more, and
    /// every process that the kernel recorded is gone. Sets and queues are
    /// never orphaned: the kernel records only their last users
    #[arg(long, conflicts_with = "idle")]
    pub(crate) orphaned: bool,

    /// Idle objects: every recorded process is gone and none is seen waiting,
    /// but other processes may rely on them. `remove` wants --older-than too
    #[arg(long)]
    pub(crate) idle: bool,

    /// Segments without attachments, queues without messages
    #[arg(long)]
    pub(crate) empty: bool,
}

#[derive(Debug, Args)]
#[command(override_usage = "sysvipc show [KIND] <ID|--key <KEY>> [OPTIONS]")]
pub(crate) struct ShowArgs {
    /// The kind of the object; needed if objects of several kinds have the id or
    /// the key
    #[arg(value_name = "KIND", value_parser = values::KindOrIdParser, allow_negative_numbers = true)]
    pub(crate) kind: Option<KindOrId>,
    /// The object's id
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub(crate) id: Option<i32>,
    /// The object's key instead, in hexadecimal (0x2a) or decimal
    #[arg(long, value_name = "KEY", value_parser = values::public_key, allow_negative_numbers = true)]
    pub(crate) key: Option<Key>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// One object, by id or key.
#[derive(Debug, Args)]
#[group(id = "target", required = true, multiple = false)]
pub(crate) struct Target {
    /// The object's id
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub(crate) id: Option<i32>,
    /// The object's key instead, in hexadecimal (0x2a) or decimal
    #[arg(long, value_name = "KEY", value_parser = values::public_key, allow_negative_numbers = true)]
    pub(crate) key: Option<Key>,
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    #[command(subcommand)]
    pub(crate) kind: CreateKind,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CreateKind {
    /// A shared memory segment
    #[command(
        visible_alias = "segment",
        after_help = "Examples:
  sysvipc create shm --size 4M --key 0x2a --mode 0660
  id=$(sysvipc create shm --size 1G --private --quiet)"
    )]
    Shm {
        /// The size in bytes, or with a unit (4K, 1M); one page if not given
        #[arg(long, value_name = "SIZE", value_parser = values::length)]
        size: Option<usize>,
        /// Set every byte to this number before other processes can open the
        /// segment
        #[arg(long, value_name = "BYTE")]
        fill: Option<u8>,
        #[command(flatten)]
        common: CreateCommon,
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
        /// Create this many semaphores, each with the one value of --values
        #[arg(long, value_name = "N")]
        count: Option<u16>,
        #[command(flatten)]
        common: CreateCommon,
    },
    /// A message queue
    #[command(
        visible_alias = "queue",
        after_help = "Examples:
  sysvipc create msg --mode 0622          # a mailbox: all users may send
  sysvipc create msg --max-bytes 4K --path /etc/hosts --project 1"
    )]
    Msg {
        /// The most bytes that all its messages together may have; the system's
        /// limit MSGMNB if not given
        #[arg(long, value_name = "SIZE", value_parser = values::size)]
        max_bytes: Option<u64>,
        #[command(flatten)]
        common: CreateCommon,
    },
}

/// The arguments of `create` for all kinds.
#[derive(Debug, Args)]
pub(crate) struct CreateCommon {
    /// Permission bits, in octal; the umask does not apply
    #[arg(long, value_name = "MODE", value_parser = values::mode, default_value = "0600")]
    pub(crate) mode: Mode,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// Print JSON
    #[arg(long, conflicts_with = "quiet")]
    pub(crate) json: bool,
    /// Print the id and nothing else
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// The key of a new object: one of these, and the project with the path.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct KeyArgs {
    /// A free key, drawn at random; the default
    #[arg(long, group = "new_key")]
    pub(crate) unique: bool,
    /// This key, in hexadecimal (0x2a) or decimal, which must be free
    #[arg(
        long, value_name = "KEY", group = "new_key", value_parser = values::public_key,
        allow_negative_numbers = true
    )]
    pub(crate) key: Option<Key>,
    /// No key: other processes find the object by its id only
    #[arg(long, group = "new_key")]
    pub(crate) private: bool,
    /// The key that ftok(3) makes of this file, with --project
    #[arg(long, value_name = "PATH", group = "new_key", requires = "project")]
    pub(crate) path: Option<PathBuf>,
    /// The number for --path, from 1 to 255
    #[arg(
        long, value_name = "N", requires = "path",
        value_parser = clap::value_parser!(i32).range(1..=255)
    )]
    pub(crate) project: Option<i32>,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// The kind; needed with ids, otherwise all kinds if not given
    #[arg(value_enum)]
    pub(crate) kind: Option<KindName>,
    /// The ids of the objects
    #[arg(value_name = "ID", allow_negative_numbers = true, requires = "kind")]
    pub(crate) ids: Vec<i32>,
    /// Print the objects that would be removed, and remove none
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Do not ask before more than one object is removed
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) filter: Filter,
}

#[derive(Debug, Args)]
pub(crate) struct LimitsArgs {
    /// Only the limits on this kind
    #[arg(value_enum)]
    pub(crate) kind: Option<KindName>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit with 6 if so many percent of a limit are used, or more
    #[arg(long, value_name = "PERCENT", value_parser = values::percent)]
    pub(crate) warn: Option<f64>,
}

#[derive(Debug, Args)]
pub(crate) struct MetricsArgs {
    /// Only this kind
    #[arg(value_enum)]
    pub(crate) kind: Option<KindName>,
    /// Include the verdicts on sets and queues
    #[arg(long)]
    pub(crate) verdicts: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// The time between two listings, as `-n` of watch(1)
    #[arg(short = 'n', short_alias = 'i', long, value_name = "TIME", value_parser = values::interval, default_value = "2s")]
    pub(crate) interval: Duration,
    /// End after this many listings
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    /// Print each change as a line of JSON
    #[arg(long, conflicts_with = "columns")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) view: View,
}

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option")]
pub(crate) struct LockArgs {
    /// The key of the lock, in hexadecimal (0x2a) or decimal
    #[arg(value_name = "KEY", value_parser = values::public_key, allow_negative_numbers = true)]
    pub(crate) key: Key,
    /// Wait for the lock for at most this time (1s, 500ms, 2m; 0 does not
    /// wait), and then exit with 124
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    pub(crate) timeout: Option<Duration>,
    /// Remove the lock's set afterwards, unless another process holds the
    /// lock by then; without COMMAND, as soon as the lock is free
    #[arg(long)]
    pub(crate) remove: bool,
    /// Permission bits of a new set, in octal; the umask does not apply
    #[arg(long, value_name = "MODE", value_parser = values::mode, default_value = "0600")]
    pub(crate) mode: Mode,
    /// Accept a set that other users may alter, a set of several semaphores
    /// (the first one is the lock), and a value above 1 (so many at a time)
    #[arg(long)]
    pub(crate) shared: bool,
    /// Remove a set that no process initialised or waits for in one second,
    /// and create a new one. A creator that is stopped between semget and
    /// its first semctl loses its set
    #[arg(long)]
    pub(crate) reclaim: bool,
    /// A signal that the parent process blocked
    #[arg(long, hide = true, value_name = "SIGNAL")]
    pub(crate) unblock: Vec<i32>,
    /// The parent process was started with SIGPIPE ignored
    #[arg(long, hide = true)]
    pub(crate) ignore_sigpipe: bool,
    /// Acquire the semaphore with this id, and exit
    #[arg(long, hide = true, value_name = "ID")]
    pub(crate) undo_probe: Option<i32>,
    /// The command to run under the lock
    #[arg(
        last = true,
        value_name = "COMMAND",
        required_unless_present_any = ["remove", "undo_probe"]
    )]
    pub(crate) command: Vec<OsString>,
}

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
    #[arg(long, value_name = "KEY", value_parser = values::public_key, allow_negative_numbers = true)]
    pub(crate) key: Option<Key>,
    /// The type of the message, from 1 on
    #[arg(long = "type", value_name = "N", value_parser = values::message_type, allow_negative_numbers = true)]
    pub(crate) message_type: MessageType,
    #[command(flatten)]
    pub(crate) wait: WaitArgs,
}

/// How long to wait.
#[derive(Debug, Args)]
pub(crate) struct WaitArgs {
    /// Do not wait; exit with 7 instead
    #[arg(long, conflicts_with = "timeout")]
    pub(crate) no_wait: bool,
    /// Wait for at most this time (1s, 500ms, 2m), and then exit with 124
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    pub(crate) timeout: Option<Duration>,
}

#[derive(Debug, Args)]
pub(crate) struct ReceiveArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) selector: SelectorArgs,
    #[command(flatten)]
    pub(crate) wait: WaitArgs,
    /// Print JSON: type, length and contents
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which message to receive.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct SelectorArgs {
    /// The first message of this type; the first of all by default
    #[arg(long = "type", value_name = "N", value_parser = values::message_type, allow_negative_numbers = true)]
    pub(crate) exact: Option<MessageType>,
    /// The first message of the lowest type, if that is at most this one
    #[arg(long, value_name = "N", value_parser = values::message_type)]
    pub(crate) up_to: Option<MessageType>,
    /// The first message of any other type
    #[arg(long, value_name = "N", value_parser = values::message_type)]
    pub(crate) except: Option<MessageType>,
}

#[derive(Debug, Args)]
pub(crate) struct ReadArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Where to begin, in bytes or with a unit
    #[arg(long, value_name = "N", value_parser = values::length, default_value = "0")]
    pub(crate) offset: usize,
    /// How many bytes to read at most; up to the end if not given
    #[arg(long, value_name = "N", value_parser = values::length)]
    pub(crate) length: Option<usize>,
    /// Print JSON: offset, length and contents
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WriteArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Where to begin, in bytes or with a unit
    #[arg(long, value_name = "N", value_parser = values::length, default_value = "0")]
    pub(crate) offset: usize,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// A shell with completions.
#[derive(Debug, Copy, Clone, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write the pages of all commands into this directory, instead of the
    /// first one to standard output
    #[arg(value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct InstallDocsArgs {
    /// The directory that has the directory share
    #[arg(long, value_name = "DIR", default_value = "/usr/local")]
    pub(crate) prefix: PathBuf,
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

/// A kind of objects on the command line.
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

/// The first word of `show`: the kind, or the id if the kind is left out.
#[derive(Debug, Copy, Clone)]
pub(crate) enum KindOrId {
    Kind(KindName),
    Id(i32),
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

/// All kinds, in the order of the output.
pub(crate) const KINDS: [Kind; 3] = [Kind::SharedMemory, Kind::SemaphoreSet, Kind::MessageQueue];

/// Returns the kind that was named, or all.
pub(crate) fn kinds(kind: Option<KindName>) -> Vec<Kind> {
    kind.map_or_else(|| KINDS.to_vec(), |kind| vec![kind.into()])
}

/// Returns the noun for one object of the kind.
pub(crate) const fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::SharedMemory => "segment",
        Kind::SemaphoreSet => "set",
        Kind::MessageQueue => "queue",
    }
}
