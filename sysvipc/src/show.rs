//! `sysvipc show`: everything about one object, as people read it. What is asked for, `details` knows.

use std::io::Write;

use anstyle::Style;
use clap::Args;
use serde::Serialize;
use sysv_wrapper::{Judge, Kind, Pid, Process};

use super::details::Details;
use super::exit::{Outcome, complain};
use super::found::{Found, verdict};
use super::moment::{self, Moment};
use super::names::Names;
use super::output::{DIM, HEADING, Output};
use super::record::Record;
use super::table::{Head, KEPT, Table, cut, printable};
use super::target::Target;
use super::values::KindName;

/// What `show` is told.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Which kind of object
    #[arg(value_enum)]
    kind: KindName,
    #[command(flatten)]
    target: Target,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// All of it in JSON.
#[derive(Debug, Serialize)]
struct Document {
    #[serde(flatten)]
    record: Record,
    #[serde(flatten)]
    details: Details,
    notes: Vec<String>,
}

/// Shows one object.
pub(crate) fn run(args: &ShowArgs, mut out: Output) -> Outcome {
    let found = args.target.find(Kind::from(args.kind))?;
    let mut notes = Vec::new();
    let details = Details::of(&found, &mut notes);
    notes.iter().for_each(complain);
    let orphaned = found.orphaned(&mut Judge::new());
    let names = &mut Names::default();
    if args.json {
        return out.json(&Document {
            record: Record::new(&found, orphaned, names),
            details,
            notes,
        });
    }
    let look = out.look();
    let title = match found.kind() {
        Kind::SharedMemory => "Shared memory segment",
        Kind::Semaphores => "Semaphore set",
        Kind::MessageQueue => "Message queue",
    };
    let title = format!("{title} {}", found.id());
    writeln!(out, "{}", look.paint(HEADING, title))?;
    let mut lines = common(&found, names);
    lines.extend(own(&found, &details));
    lines.push(("orphaned", verdict(orphaned).to_owned()));
    for (name, text) in lines {
        let name = look.paint(DIM, format!("{name:<14}"));
        let room = look
            .width
            .map_or(usize::MAX, |width| width.saturating_sub(16));
        writeln!(out, "  {name}{}", cut(&printable(&text), room))?;
    }
    if let Some((title, table)) = table(&details) {
        writeln!(out)?;
        writeln!(out, "{}", look.paint(HEADING, title))?;
        table.write(&mut out, look, usize::MAX)?;
    }
    out.finish()
}

type Line = (&'static str, String);

/// What all kinds have.
fn common(found: &Found, names: &mut Names) -> Vec<Line> {
    let key = match found.key() {
        key if key.is_private() => "none".to_owned(),
        key => format!("{key} ({})", key.as_raw()),
    };
    let mut who = |uid: u32, gid: u32| {
        let (user, group) = (names.user_or_uid(uid), names.group_or_gid(gid));
        format!("{user} ({uid}), group {group} ({gid})")
    };
    vec![
        ("key", key),
        ("owner", who(found.uid(), found.gid())),
        ("creator", who(found.creator_uid(), found.creator_gid())),
        ("mode", found.mode().to_string()),
        ("changed", time(found.change_time())),
    ]
}

/// What only this kind has.
fn own(found: &Found, details: &Details) -> Vec<Line> {
    match found {
        Found::Segment(entry) => {
            let status = entry.status();
            let mut lines = vec![
                ("size", size(status.size() as u64)),
                ("in memory", details.residence()),
                ("created by", process(status.creator_pid())),
                ("last used by", process(status.last_pid())),
                ("attached", time(status.attach_time())),
                ("detached", time(status.detach_time())),
                ("attachments", status.attach_count().to_string()),
            ];
            if status.marked_for_removal() {
                lines.push((
                    "removed",
                    "yes: it goes with the last attachment".to_owned(),
                ));
            }
            if status.locked() {
                lines.push(("locked", "yes: it stays in memory".to_owned()));
            }
            lines
        }
        Found::Set(entry) => {
            let status = entry.status();
            vec![
                ("operated", time(status.operation_time())),
                ("semaphores", status.count().to_string()),
            ]
        }
        Found::Queue(entry) => {
            let status = entry.status();
            vec![
                ("messages", status.messages().to_string()),
                (
                    "bytes",
                    format!("{} of {}", status.bytes(), size(status.max_bytes())),
                ),
                ("sent", time(status.send_time())),
                ("sent by", process(status.last_send_pid())),
                ("received", time(status.receive_time())),
                ("received by", process(status.last_receive_pid())),
            ]
        }
    }
}

fn time(time: Option<std::time::SystemTime>) -> String {
    match time.map(Moment) {
        Some(moment) => format!("{} ({} ago)", moment.local(), moment::short(moment.age())),
        None => "never".to_owned(),
    }
}

fn size(bytes: u64) -> String {
    match moment::bytes(bytes) {
        short if bytes < 1024 => short,
        short => format!("{short} ({bytes})"),
    }
}

/// A process that the kernel recorded, and what has its number now.
fn process(pid: Option<Pid>) -> String {
    let Some(pid) = pid else {
        return "nobody yet, or a process of another pid namespace".to_owned();
    };
    match Process::find(pid) {
        Some(process) => format!("{pid} {}", process.command()),
        None if pid.exists() => pid.to_string(),
        None => format!("{pid}, which is gone"),
    }
}

/// The table of the kind: who is attached, the members, the messages.
fn table(details: &Details) -> Option<(String, Table)> {
    let head = |title: &str, right| Head {
        title: title.to_owned(),
        right,
        rank: KEPT,
    };
    let plain = |text: String| (text, Style::new());
    match details {
        Details::Segment {
            attached: Some(attached),
            ..
        } => {
            let processes = &attached.processes;
            let title = match (processes.len(), attached.complete) {
                (0, true) => return None,
                (_, true) => "Attached by",
                (_, false) => "Attached by, as far as this user can see",
            };
            let mut table = Table::new(vec![
                head("PID", true),
                head("TIMES", true),
                head("COMMAND", false),
            ]);
            for process in processes {
                table.push([
                    plain(process.pid.to_string()),
                    plain(process.attachments.to_string()),
                    plain(process.command.clone()),
                ]);
            }
            Some((title.to_owned(), table))
        }
        Details::Set {
            members: Some(members),
        } => {
            let heads = ["MEMBER", "VALUE", "WAIT-INCREASE", "WAIT-ZERO", "LAST-PID"];
            let mut heads: Vec<_> = heads.into_iter().map(|title| head(title, true)).collect();
            heads.push(head("COMMAND", false));
            let mut table = Table::new(heads);
            for member in members {
                let pid = member
                    .last_pid
                    .map_or_else(|| "-".to_owned(), |pid| pid.to_string());
                table.push([
                    plain(member.number.to_string()),
                    plain(member.value.to_string()),
                    plain(member.waiters_for_increase.to_string()),
                    plain(member.waiters_for_zero.to_string()),
                    plain(pid),
                    plain(member.last_command.clone().unwrap_or_default()),
                ]);
            }
            Some(("Members".to_owned(), table))
        }
        Details::Queue {
            contents: Some(contents),
        } if !contents.types.is_empty() => {
            let heads = ["TYPE", "MESSAGES", "BYTES"];
            let mut table = Table::new(heads.into_iter().map(|title| head(title, true)).collect());
            for count in &contents.types {
                table.push([
                    plain(count.message_type.to_string()),
                    plain(count.messages.to_string()),
                    plain(count.bytes.to_string()),
                ]);
            }
            Some(("Messages by type, none of them taken".to_owned(), table))
        }
        _ => None,
    }
}
