//! The command line: every call, what it is told, and the help text, which completions and manual pages are made
//! from too.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::create::CreateArgs;
use super::exit::EXIT_STATUS;
use super::limits::LimitsArgs;
use super::list::ListArgs;
use super::lock::LockArgs;
use super::output::Colour;
use super::remove::RemoveArgs;
use super::show::ShowArgs;
use super::transfer::{ReadArgs, ReceiveArgs, SendArgs, WriteArgs};
use super::watch::WatchArgs;

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
