//! Mrs. Premise and Mrs. Conclusion: two processes that converse through shared memory.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use demos::{Common, Medium, Meeting, Role, STATUSES, Terms, supervise};

/// Two processes, Mrs. Premise and Mrs. Conclusion, exchange MD5 hashes through
/// shared memory
///
/// This program starts itself twice. Mrs. Premise begins with the hash of a random
/// string; each checks that what she hears is the MD5 of what she said, and answers
/// with the MD5 of what she heard. Two semaphores say whose turn it is. Without
/// them each reads while the other writes: sooner or later one of them sees half of
/// an answer, which is detected and named: try `--no-semaphore --iterations 5000000`.
#[derive(Debug, Parser)]
#[command(name = "conversation", version, max_term_width = 80, after_help = STATUSES)]
struct Options {
    #[command(flatten)]
    terms: Terms,

    /// What the messages go through
    #[arg(
        long,
        value_enum,
        default_value = "memory",
        conflicts_with = "no_semaphore"
    )]
    channel: Medium,

    #[command(flatten)]
    common: Common,

    /// Be one of the two
    #[arg(long, hide = true, requires = "supervisor")]
    side: Option<Role>,
    /// The process that has started it
    #[arg(long, hide = true)]
    supervisor: Option<u32>,
    /// The id of the segment
    #[arg(long, hide = true)]
    segment: Option<i32>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let (terms, common) = (options.terms, options.common);
    let limit = Duration::from_secs(terms.time_limit.into());
    let Some(role) = options.side else {
        return supervise(limit, common.quiet).into();
    };
    let meeting = Meeting {
        key_file: None,
        supervisor: options.supervisor,
        segment: options.segment,
        wait: limit,
        quiet: common.quiet,
    };
    let plan = (role == Role::Premise).then(|| terms.plan(options.channel));
    common.attend(&meeting, plan).into()
}
