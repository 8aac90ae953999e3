//! `sysvipc show`: everything about one object.

use std::fmt::Display;
use std::io::Write;
use std::time::SystemTime;

use anstyle::Style;
use serde::Serialize;
use sysv_wrapper::{self as wrapper, Entry, Kind, Pid, Process, Status};

use crate::cli::ShowArgs;
use crate::exit::{Result, message, warn};
use crate::format::{self, Names, Time};
use crate::object::{Record, raw_pid, word};
use crate::stdio::{DIM, HEADING, Output};
use crate::table::{Head, KEPT, Table, cut, printable};

/// The JSON document.
#[derive(Debug, Serialize)]
struct Document {
    #[serde(flatten)]
    record: Record,
    #[serde(flatten)]
    details: Details,
    notes: Vec<String>,
}

/// Prints one object.
pub(crate) fn run(args: &ShowArgs, mut out: Output) -> Result {
    let object = args.target.find(Kind::from(args.kind))?;
    let mut notes = Vec::new();
    let details = Details::of(&object, &mut notes);
    notes.iter().for_each(warn);
    let verdict = object.verdict();
    let names = &mut Names::default();
    if args.json {
        return out.json(&Document {
            record: Record::new(&object, verdict, names),
            details,
            notes,
        });
    }
    let look = out.look();
    let title = match object.kind() {
        Kind::SharedMemory => "Shared memory segment",
        Kind::SemaphoreSet => "Semaphore set",
        Kind::MessageQueue => "Message queue",
    };
    let title = format!("{title} {}", object.raw_id());
    writeln!(out, "{}", look.paint(HEADING, title))?;
    let mut lines = common_lines(&object, names);
    lines.extend(kind_lines(&object, &details));
    lines.push(("verdict", word(verdict).to_owned()));
    for (name, text) in lines {
        let name = look.paint(DIM, format!("{name:<14}"));
        let room = look
            .width
            .map_or(usize::MAX, |width| width.saturating_sub(16));
        writeln!(out, "  {name}{}", cut(&printable(&text), room))?;
    }
    if let Some((title, table)) = details.table() {
        writeln!(out)?;
        writeln!(out, "{}", look.paint(HEADING, title))?;
        table.write(&mut out, look, usize::MAX)?;
    }
    out.finish()
}

type Line = (&'static str, String);

/// Returns the lines that all kinds have.
fn common_lines(object: &Entry, names: &mut Names) -> Vec<Line> {
    let status = object.status();
    let key = match object.key() {
        key if key.is_private() => "none".to_owned(),
        key => format!("{key} ({})", key.as_raw()),
    };
    let mut owner = |uid: u32, gid: u32| {
        let (user, group) = (names.user_or_uid(uid), names.group_or_gid(gid));
        format!("{user} ({uid}), group {group} ({gid})")
    };
    vec![
        ("key", key),
        ("owner", owner(status.uid(), status.gid())),
        ("creator", owner(status.creator_uid(), status.creator_gid())),
        ("mode", status.mode().to_string()),
        ("changed", time(status.change_time())),
    ]
}

/// Returns the lines that only this kind has.
fn kind_lines(object: &Entry, details: &Details) -> Vec<Line> {
    match object.status() {
        Status::Shm(status) => {
            let mut lines = vec![
                ("size", size(status.size() as u64)),
                ("in memory", details.memory_usage()),
                (
                    "created by",
                    process(object, status.creator_pid(), OTHER_NAMESPACE),
                ),
                ("last used by", process(object, status.last_pid(), NONE_YET)),
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
        Status::Sem(status) => vec![
            ("operated", time(status.operation_time())),
            ("semaphores", status.count().to_string()),
        ],
        Status::Msg(status) => vec![
            ("messages", status.messages().to_string()),
            (
                "bytes",
                format!("{} of {}", status.bytes(), size(status.max_bytes())),
            ),
            ("sent", time(status.send_time())),
            ("sent by", process(object, status.last_send_pid(), NONE_YET)),
            ("received", time(status.receive_time())),
            (
                "received by",
                process(object, status.last_receive_pid(), NONE_YET),
            ),
        ],
    }
}

fn time(time: Option<SystemTime>) -> String {
    match time.map(Time) {
        Some(time) => format!("{} ({} ago)", time.local(), format::age(time.age())),
        None => "never".to_owned(),
    }
}

fn size(bytes: u64) -> String {
    match format::bytes(bytes) {
        short if bytes < 1024 => short,
        short => format!("{short} ({bytes})"),
    }
}

/// What a missing pid means for a creator, which every segment has.
const OTHER_NAMESPACE: &str = "a process of another pid namespace";
/// What a missing pid means for the last process to use an object.
const NONE_YET: &str = "none yet, or a process of another pid namespace";

/// Formats a process that the kernel recorded with the object, and its command.
fn process(object: &Entry, pid: Option<Pid>, none: &str) -> String {
    let Some(pid) = pid else {
        return none.to_owned();
    };
    if object.is_gone(pid) {
        return format!("{pid}, which is gone");
    }
    match Process::find(pid) {
        Some(process) => format!("{pid} {}", process.command()),
        None => pid.to_string(),
    }
}

/// What `show` reads in addition to the status. `None` stands for an answer that the system refused; a note has the
/// reason.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Details {
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

/// The processes that have a segment attached.
#[derive(Debug, Serialize)]
struct Attached {
    processes: Vec<AttachedProcess>,
    #[serde(rename = "unseen_processes")]
    inaccessible_processes: u64,
    complete: bool,
}

#[derive(Debug, Serialize)]
struct AttachedProcess {
    pid: i32,
    name: String,
    command: String,
    attachments: u64,
}

/// A semaphore of a set.
#[derive(Debug, Serialize)]
struct Member {
    number: u16,
    value: u32,
    waiters_for_increase: u32,
    waiters_for_zero: u32,
    last_pid: Option<i32>,
    last_command: Option<String>,
}

/// The messages of a queue.
#[derive(Debug, Serialize)]
struct Contents {
    types: Vec<TypeCount>,
    complete: bool,
}

/// The messages of one type.
#[derive(Debug, Serialize)]
struct TypeCount {
    #[serde(rename = "type")]
    message_type: i64,
    messages: u64,
    bytes: u64,
}

impl Details {
    /// Reads the details. A refusal becomes a note.
    fn of(object: &Entry, notes: &mut Vec<String>) -> Details {
        match object.kind() {
            Kind::SharedMemory => {
                let segment = object.shared_memory();
                let usage = segment
                    .as_ref()
                    .and_then(|segment| or_note(segment.memory_usage(), notes));
                let attached = segment
                    .as_ref()
                    .and_then(|segment| or_note(segment.attached_processes(), notes));
                let attached = attached.map(|attached| {
                    let (complete, inaccessible) =
                        (attached.is_complete(), attached.inaccessible());
                    notes.extend(incomplete_note(complete, inaccessible));
                    Attached {
                        processes: attached.processes().iter().map(attached_process).collect(),
                        inaccessible_processes: inaccessible,
                        complete,
                    }
                });
                Details::Segment {
                    resident_bytes: usage.map(|usage| usage.resident_bytes()),
                    swapped_bytes: usage.map(|usage| usage.swapped_bytes()),
                    attached,
                }
            }
            Kind::SemaphoreSet => {
                let set = object.semaphore_set();
                let members = set.and_then(|set| or_note(set.members(), notes));
                Details::Set {
                    members: members.map(|members| {
                        let members = members.iter();
                        members.map(|semaphore| member(object, semaphore)).collect()
                    }),
                }
            }
            Kind::MessageQueue => {
                let queue = object.message_queue();
                let contents = queue.and_then(|queue| or_note(queue.count_by_type(), notes));
                Details::Queue {
                    contents: contents.map(|contents| Contents {
                        types: contents.types().iter().map(type_count).collect(),
                        complete: contents.is_complete(),
                    }),
                }
            }
        }
    }

    /// Formats how much of a segment is in memory.
    fn memory_usage(&self) -> String {
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

    /// Returns the table of attached processes, semaphores or messages, with its title.
    fn table(&self) -> Option<(&'static str, Table)> {
        match self {
            Details::Segment { attached, .. } => attached.as_ref()?.table(),
            Details::Set { members } => Some(("Members", members_table(members.as_ref()?))),
            Details::Queue { contents } => {
                let types = &contents.as_ref()?.types;
                let title = "Messages by type, none of them taken";
                (!types.is_empty()).then(|| (title, types_table(types)))
            }
        }
    }
}

impl Attached {
    fn table(&self) -> Option<(&'static str, Table)> {
        let title = match (self.processes.len(), self.complete) {
            (0, true) => return None,
            (_, true) => "Attached by",
            (_, false) => "Attached by, as far as this user can see",
        };
        let mut table = Table::new(vec![
            head("PID", true),
            head("TIMES", true),
            head("COMMAND", false),
        ]);
        for process in &self.processes {
            table.push([
                plain(process.pid),
                plain(process.attachments),
                plain(&process.command),
            ]);
        }
        Some((title, table))
    }
}

fn members_table(members: &[Member]) -> Table {
    let heads = ["MEMBER", "VALUE", "WAIT-INCREASE", "WAIT-ZERO", "LAST-PID"];
    let mut heads: Vec<_> = heads.into_iter().map(|title| head(title, true)).collect();
    heads.push(head("COMMAND", false));
    let mut table = Table::new(heads);
    for member in members {
        let pid = member.last_pid;
        table.push([
            plain(member.number),
            plain(member.value),
            plain(member.waiters_for_increase),
            plain(member.waiters_for_zero),
            plain(pid.map_or_else(|| "-".to_owned(), |pid| pid.to_string())),
            plain(member.last_command.as_deref().unwrap_or_default()),
        ]);
    }
    table
}

fn types_table(types: &[TypeCount]) -> Table {
    let heads = ["TYPE", "MESSAGES", "BYTES"];
    let mut table = Table::new(heads.into_iter().map(|title| head(title, true)).collect());
    for count in types {
        table.push([
            plain(count.message_type),
            plain(count.messages),
            plain(count.bytes),
        ]);
    }
    table
}

/// A column that stays on narrow terminals.
fn head(title: &str, right: bool) -> Head {
    Head {
        title: title.to_owned(),
        right,
        rank: KEPT,
    }
}

/// A cell without colour.
fn plain(value: impl Display) -> (String, Style) {
    (format!("{value}"), Style::new())
}

/// Returns a note about attachments whose processes are not shown.
fn incomplete_note(complete: bool, inaccessible: u64) -> Option<String> {
    if complete {
        return None;
    }
    let processes = match inaccessible {
        0 => {
            return Some(
                "not all processes that have it attached are visible here: some are of another pid namespace, or hidden"
                    .to_owned(),
            );
        }
        1 => "1 process".to_owned(),
        number => format!("{number} processes"),
    };
    Some(format!(
        "no permission to look into {processes}, which may have it attached"
    ))
}

fn attached_process(attached: &wrapper::AttachedProcess) -> AttachedProcess {
    let process = attached.process();
    AttachedProcess {
        pid: process.pid().as_raw(),
        name: process.name().to_owned(),
        command: process.command().to_owned(),
        attachments: attached.attachments(),
    }
}

fn member(object: &Entry, member: &wrapper::SemaphoreInfo) -> Member {
    let pid = member.last_pid().filter(|pid| !object.is_gone(*pid));
    let process = pid.and_then(Process::find);
    Member {
        number: member.number(),
        value: member.value(),
        waiters_for_increase: member.waiters_for_increase(),
        waiters_for_zero: member.waiters_for_zero(),
        last_pid: raw_pid(member.last_pid()),
        last_command: process.map(|process| process.command().to_owned()),
    }
}

#[allow(
    clippy::useless_conversion,
    reason = "C's long is narrower on some platforms"
)]
fn type_count(count: &wrapper::TypeCount) -> TypeCount {
    TypeCount {
        message_type: count.message_type().into(),
        messages: count.messages(),
        bytes: count.bytes(),
    }
}

/// Returns the answer; an error becomes a note.
fn or_note<T>(answer: wrapper::Result<T>, notes: &mut Vec<String>) -> Option<T> {
    answer.map_err(|error| notes.push(message(&error))).ok()
}

#[cfg(test)]
mod tests {
    //! Rare answers.

    use super::{Details, incomplete_note};

    fn usage(resident_bytes: Option<u64>, swapped_bytes: Option<u64>) -> String {
        let attached = None;
        Details::Segment {
            resident_bytes,
            swapped_bytes,
            attached,
        }
        .memory_usage()
    }

    #[test]
    fn residence_is_both_numbers_or_unknown() {
        assert_eq!(usage(Some(4096), Some(0)), "4.0 KiB, and 0 B swapped out");
        assert_eq!(usage(Some(4096), None), "unknown");
        assert_eq!(usage(None, Some(0)), "unknown");
        assert_eq!(Details::Set { members: None }.memory_usage(), "unknown");
    }

    #[test]
    fn processes_that_were_not_seen_are_told_where_they_may_have_it() {
        let note = incomplete_note(false, 3).unwrap();
        assert!(
            note.starts_with("no permission to look into 3 processes"),
            "{note}"
        );
        assert!(incomplete_note(false, 1).unwrap().contains("1 process,"));
        // Without them all attachments were found; or some were not found, and no process is left that may have them.
        assert_eq!(incomplete_note(true, 3), None);
        // No process is inaccessible, and attachments are missing.
        let note = incomplete_note(false, 0).unwrap();
        assert!(note.contains("another pid namespace"), "{note}");
    }
}
