//! `sysvipc show`: everything about one object, as people read it. What is asked for, `details` knows.

use std::io::Write;

use anstyle::Style;
use serde::Serialize;
use sysv_wrapper::{Judge, Kind, Pid, Process, Result};

use crate::cli::ShowArgs;
use crate::exit::{Outcome, complain, explain};
use crate::format::{self, Time, Names};
use crate::object::{Found, Record, number, verdict};
use crate::stdio::{DIM, HEADING, Output};
use crate::table::{Head, KEPT, Table, cut, printable};

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
    match time.map(Time) {
        Some(moment) => format!("{} ({} ago)", moment.local(), format::age(moment.age())),
        None => "never".to_owned(),
    }
}

fn size(bytes: u64) -> String {
    match format::bytes(bytes) {
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

/// What is known of an object beyond its status; `None` for what cannot be known, and then a note says why.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Details {
    Segment {
        resident_bytes: Option<u64>,
        swapped_bytes: Option<u64>,
        attached: Option<Attached>,
    },
    Set {
        members: Option<Vec<Member>>,
    },
    Queue {
        contents: Option<Contents>,
    },
}

/// Who has a segment attached.
#[derive(Debug, Serialize)]
pub(crate) struct Attached {
    pub(crate) processes: Vec<AttachedProcess>,
    pub(crate) unseen_processes: u64,
    pub(crate) complete: bool,
}

/// One who has.
#[derive(Debug, Serialize)]
pub(crate) struct AttachedProcess {
    pub(crate) pid: i32,
    pub(crate) name: String,
    pub(crate) command: String,
    pub(crate) attachments: u64,
}

/// A semaphore of a set.
#[derive(Debug, Serialize)]
pub(crate) struct Member {
    pub(crate) number: u16,
    pub(crate) value: u32,
    pub(crate) waiters_for_increase: u32,
    pub(crate) waiters_for_zero: u32,
    pub(crate) last_pid: Option<i32>,
    pub(crate) last_command: Option<String>,
}

/// What is on a queue.
#[derive(Debug, Serialize)]
pub(crate) struct Contents {
    pub(crate) types: Vec<TypeCount>,
    pub(crate) complete: bool,
}

/// The messages of a type.
#[derive(Debug, Serialize)]
pub(crate) struct TypeCount {
    #[serde(rename = "type")]
    pub(crate) message_type: i64,
    pub(crate) messages: u64,
    pub(crate) bytes: u64,
}

impl Details {
    /// Asks; what is refused becomes a note.
    pub(crate) fn of(found: &Found, notes: &mut Vec<String>) -> Details {
        match found {
            Found::Segment(entry) => {
                let segment = entry.handle();
                let residence = noted(segment.residence(), notes);
                let attached = noted(segment.attached_processes(), notes).map(|attached| {
                    let (complete, unseen_processes) = (attached.is_complete(), attached.unseen());
                    notes.extend(gap(complete, unseen_processes));
                    Attached {
                        processes: attached.processes().iter().map(attached_process).collect(),
                        unseen_processes,
                        complete,
                    }
                });
                Details::Segment {
                    resident_bytes: residence.map(|residence| residence.resident_bytes()),
                    swapped_bytes: residence.map(|residence| residence.swapped_bytes()),
                    attached,
                }
            }
            Found::Set(entry) => {
                let members = noted(entry.handle().members(), notes);
                Details::Set {
                    members: members.map(|members| members.iter().map(member).collect()),
                }
            }
            Found::Queue(entry) => {
                let contents = noted(entry.handle().contents(), notes);
                Details::Queue {
                    contents: contents.map(|contents| Contents {
                        types: contents.types().iter().map(type_count).collect(),
                        complete: contents.is_complete(),
                    }),
                }
            }
        }
    }

    /// How much of a segment is in memory, for people.
    pub(crate) fn residence(&self) -> String {
        match self {
            Details::Segment {
                resident_bytes: Some(resident),
                swapped_bytes: Some(swapped),
                ..
            } => {
                let (resident, swapped) = (format::bytes(*resident), format::bytes(*swapped));
                format!("{resident}, and {swapped} swapped out")
            }
            _ => "unknown".to_owned(),
        }
    }
}

/// Says that there are processes that could not be looked into, where attachments are missing that they may have.
fn gap(complete: bool, unseen: u64) -> Option<String> {
    (!complete && unseen > 0).then(|| {
        format!("{unseen} processes could not be looked into: some of them may have it attached")
    })
}

fn attached_process(attached: &sysv_wrapper::AttachedProcess) -> AttachedProcess {
    let process = attached.process();
    AttachedProcess {
        pid: process.pid().as_raw(),
        name: process.name().to_owned(),
        command: process.command().to_owned(),
        attachments: attached.attachments(),
    }
}

fn member(member: &sysv_wrapper::Member) -> Member {
    let process = member.last_pid().and_then(Process::find);
    Member {
        number: member.number(),
        value: member.value(),
        waiters_for_increase: member.waiters_for_increase(),
        waiters_for_zero: member.waiters_for_zero(),
        last_pid: number(member.last_pid()),
        last_command: process.map(|process| process.command().to_owned()),
    }
}

#[allow(
    clippy::useless_conversion,
    reason = "C's long is narrower on some platforms"
)]
fn type_count(count: &sysv_wrapper::TypeCount) -> TypeCount {
    TypeCount {
        message_type: count.message_type().into(),
        messages: count.messages(),
        bytes: count.bytes(),
    }
}

/// What was answered; a refusal goes to the notes.
fn noted<T>(answer: Result<T>, notes: &mut Vec<String>) -> Option<T> {
    answer.map_err(|error| notes.push(explain(&error))).ok()
}

#[cfg(test)]
mod tests {
    //! How the rare answers read.

    use super::{Details, gap};

    fn residence(resident_bytes: Option<u64>, swapped_bytes: Option<u64>) -> String {
        let attached = None;
        Details::Segment {
            resident_bytes,
            swapped_bytes,
            attached,
        }
        .residence()
    }

    #[test]
    fn residence_is_both_numbers_or_unknown() {
        assert_eq!(
            residence(Some(4096), Some(0)),
            "4.0 KiB, and 0 B swapped out"
        );
        assert_eq!(residence(Some(4096), None), "unknown");
        assert_eq!(residence(None, Some(0)), "unknown");
        assert_eq!(Details::Set { members: None }.residence(), "unknown");
    }

    #[test]
    fn processes_that_were_not_seen_are_told_where_they_may_have_it() {
        let told = gap(false, 3).unwrap();
        assert!(
            told.starts_with("3 processes could not be looked into"),
            "{told}"
        );
        // All attachments were found without them; or some were not, and nobody is left who may have them.
        assert_eq!((gap(true, 3), gap(false, 0)), (None, None));
    }
}
