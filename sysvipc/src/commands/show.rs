//! `sysvipc show`: everything about one object.

mod area;

use std::fmt::{self, Display};
use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::time::SystemTime;

use anstyle::Style;
use nix::unistd::geteuid;
use serde::Serialize;
use sysv_wrapper::{self as wrapper, Entry, Key, Kind, OrphanCheck, Pid, Process};

use self::area::Area;
use crate::cli::{KINDS, KindOrId, ShowArgs};
use crate::exit::{Failure, Result, Status, message, warn};
use crate::format::{self, Names, Time, printable};
use crate::object::{Record, no_target, raw_pid, word};
use crate::stdio::{DIM, HEADING, Output};
use crate::table::{Head, KEPT, Table, cut, wrap};

/// The JSON document.
#[derive(Debug, Serialize)]
struct Document {
    #[serde(flatten)]
    record: Record,
    #[serde(flatten)]
    details: Details,
    #[serde(skip_serializing_if = "Option::is_none")]
    area: Option<Area>,
    notes: Vec<String>,
    /// Whether nothing is missing: there is no note.
    complete: bool,
}

/// The number of lines of a value on a narrow terminal.
const MOST_LINES: usize = 3;

/// Joins the last ones of too many lines.
fn few_lines(mut lines: Vec<String>) -> Vec<String> {
    let rest = lines.split_off(lines.len().min(MOST_LINES - 1));
    if !rest.is_empty() {
        lines.push(rest.join(" "));
    }
    lines
}

/// Prints one object.
pub(crate) fn run(args: &ShowArgs, mut out: Output) -> Result {
    let mut notes = Vec::new();
    let object = find(args, &mut notes)?;
    let judge = &mut OrphanCheck::new();
    let details = Details::of(&object, judge, &mut notes);
    let area = Area::of(&object, &mut notes);
    notes.iter().for_each(warn);
    let verdict = judge.judge(&object);
    let names = &mut Names::default();
    if args.json {
        return out.json(&Document {
            record: Record::new(&object, Some(verdict), names),
            details,
            area,
            complete: notes.is_empty(),
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
    lines.extend(kind_lines(&object, &details, judge));
    if let Some(area) = &area {
        lines.push(("area", area.line(object.kind() == Kind::SharedMemory)));
    }
    lines.push(("verdict", word(verdict).to_owned()));
    for (name, text) in lines {
        let name = look.paint(DIM, format!("{name:<14}"));
        let room = look
            .width
            .map_or(usize::MAX, |width| width.saturating_sub(16));
        let parts = few_lines(wrap(&printable(&text), room));
        for (place, part) in parts.iter().enumerate() {
            let part = cut(part, room);
            match place {
                0 => writeln!(out, "  {name}{part}")?,
                _ => writeln!(out, "{:16}{part}", "")?,
            }
        }
    }
    let parts = area.map(|area| area.parts()).into_iter().flatten();
    let parts = [details.part(&object)].into_iter().chain(parts).flatten();
    for Part { title, table, end } in parts {
        writeln!(out)?;
        writeln!(out, "{}", look.paint(HEADING, title))?;
        if let Some(table) = table {
            table.write(&mut out, look, usize::MAX, true)?;
        }
        if let Some(end) = end {
            let end = cut(&end, look.width.unwrap_or(usize::MAX));
            writeln!(out, "{}", look.paint(DIM, end))?;
        }
    }
    out.finish()
}

/// The name of the object on the command line.
#[derive(Debug, Copy, Clone)]
enum Name {
    Id(i32),
    Key(Key),
}

impl Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Id(id) => write!(f, "id {id}"),
            Name::Key(key) => write!(f, "key {key}"),
        }
    }
}

/// Finds the object, without a listing; without a kind, among all kinds.
fn find(args: &ShowArgs, notes: &mut Vec<String>) -> Result<Entry> {
    let (kind, name) = match (args.kind, args.id, args.key) {
        (Some(KindOrId::Kind(kind)), Some(id), None) => (Some(kind), Name::Id(id)),
        (Some(KindOrId::Kind(kind)), None, Some(key)) => (Some(kind), Name::Key(key)),
        (Some(KindOrId::Id(id)), None, None) => (None, Name::Id(id)),
        (None, None, Some(key)) => (None, Name::Key(key)),
        (Some(KindOrId::Id(_)), Some(_), _) => {
            return Err(Failure::usage("show takes one id, behind the kind"));
        }
        (_, Some(_), Some(_)) | (Some(KindOrId::Id(_)), None, Some(_)) => {
            return Err(Failure::usage(
                "name the object by its id or with --key, and not both",
            ));
        }
        (_, None, None) | (None, Some(_), None) => return Err(no_target()),
    };
    let inspect = |kind| match name {
        Name::Id(id) => Entry::inspect(kind, id),
        Name::Key(key) => Entry::inspect_key(kind, key),
    };
    if let Some(kind) = kind {
        return Ok(inspect(kind.into())?);
    }
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for kind in KINDS {
        match inspect(kind) {
            Ok(object) => found.push(object),
            Err(error) if error.is_not_found() || error.is_unsupported() => {}
            Err(error) => failures.push(error),
        }
    }
    match found[..] {
        [object] => {
            notes.extend(failures.iter().map(message));
            Ok(object)
        }
        [] => Err(match failures.pop() {
            Some(error) => error.into(),
            None => Failure::new(
                Status::NotFound,
                format!(
                    "cannot find {name}: no segment, set or queue has it; `sysvipc list` shows what there is"
                ),
            ),
        }),
        [..] => {
            let kinds: Vec<_> = found
                .iter()
                .map(|object| format!("{} {}", object.kind().short_name(), object.raw_id()))
                .collect();
            Err(Failure::usage(format!(
                "several objects have {name}: {}; name the kind",
                kinds.join(", ")
            )))
        }
    }
}

/// The last part of the output: a table between a title and a note on what is missing.
struct Part {
    title: &'static str,
    table: Option<Table>,
    end: Option<String>,
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
fn kind_lines(object: &Entry, details: &Details, judge: &mut OrphanCheck) -> Vec<Line> {
    let mut process = |pid, none| process(object, pid, none, judge);
    match object.status() {
        wrapper::Status::Shm(status) => {
            let mut lines = vec![
                ("size", size(status.size() as u64)),
                ("in memory", details.memory_usage()),
                ("created by", process(status.creator_pid(), OTHER_NAMESPACE)),
                ("last used by", process(status.last_pid(), NONE_YET)),
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
        wrapper::Status::Sem(status) => vec![
            ("operated", time(status.operation_time())),
            ("semaphores", status.count().to_string()),
        ],
        wrapper::Status::Msg(status) => vec![
            ("messages", status.messages().to_string()),
            (
                "bytes",
                format!("{} of {}", status.bytes(), size(status.max_bytes())),
            ),
            ("sent", time(status.send_time())),
            ("sent by", process(status.last_send_pid(), NONE_YET)),
            ("received", time(status.receive_time())),
            ("received by", process(status.last_receive_pid(), NONE_YET)),
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

/// The text for a missing creator pid, which every segment has.
const OTHER_NAMESPACE: &str = "a process of another pid namespace";
/// The text for a missing pid of the last process to use an object.
const NONE_YET: &str = "none yet, or a process of another pid namespace";

/// Formats a recorded process, with its command. A later process with the same pid is a different one.
fn process(object: &Entry, pid: Option<Pid>, none: &str, judge: &mut OrphanCheck) -> String {
    let Some(pid) = pid else {
        return none.to_owned();
    };
    if judge.process_is_gone(object, pid) {
        return format!("{pid}, which is gone");
    }
    match Process::find(pid) {
        Some(process) => format!("{pid} {}", process.command()),
        None => pid.to_string(),
    }
}

/// The details that `show` reads in addition to the status. `None` stands for a failed request; a note has the reason.
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
    /// The kernel's count of attachments.
    #[serde(skip)]
    attach_count: Option<u64>,
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
    /// Reads the details. A failure becomes a note.
    fn of(object: &Entry, judge: &mut OrphanCheck, notes: &mut Vec<String>) -> Details {
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
                    let attached = Attached {
                        processes: attached.processes().iter().map(attached_process).collect(),
                        inaccessible_processes: attached.inaccessible(),
                        complete: attached.is_complete(),
                        attach_count: attached.attach_count(),
                    };
                    notes.extend(attached.note(Blind::of_proc()));
                    attached
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
                        let member = |of| member(object, of, judge);
                        members.iter().map(member).collect()
                    }),
                }
            }
            Kind::MessageQueue => {
                let queue = object.message_queue();
                let contents = queue.and_then(|queue| or_note(queue.count_by_type(), notes));
                let contents = contents.map(|contents| Contents {
                    types: contents.types().iter().map(type_count).collect(),
                    complete: contents.is_complete(),
                });
                let limit = contents
                    .as_ref()
                    .and_then(|contents| contents.limit(object));
                notes.extend(limit.map(|limit| format!("messages by type: {limit}")));
                Details::Queue { contents }
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

    /// Returns the table of attached processes, semaphores or messages.
    fn part(&self, object: &Entry) -> Option<Part> {
        match self {
            Details::Segment { attached, .. } => attached.as_ref()?.part(),
            Details::Set { members } => Some(Part {
                title: "Members",
                table: Some(members_table(members.as_ref()?)),
                end: None,
            }),
            Details::Queue { contents } => {
                let contents = contents.as_ref()?;
                (!contents.types.is_empty()).then(|| Part {
                    title: "Messages by type, none of them taken",
                    table: Some(types_table(&contents.types)),
                    end: contents.limit(object).map(|limit| format!("({limit})")),
                })
            }
        }
    }
}

impl Contents {
    /// Returns a note with the number of counted messages, if not all were counted.
    fn limit(&self, object: &Entry) -> Option<String> {
        let counted: u64 = self.types.iter().map(|of| of.messages).sum();
        let all = object.status().as_msg()?.messages();
        (!self.complete).then(|| format!("counted the first {counted} of {all}"))
    }
}

/// The reasons, besides permissions, why this process cannot see all processes.
#[derive(Debug, Default, Copy, Clone)]
struct Blind {
    /// `/proc` hides the processes of other users.
    hidden: bool,
    /// This pid namespace is not the first one: processes outside are not seen.
    namespace: bool,
}

impl Blind {
    /// Reads the mount options of `/proc`, and the pid namespace.
    fn of_proc() -> Blind {
        /// The inode of the first pid namespace, which the kernel fixes.
        const FIRST: u64 = 0xEFFF_FFFC;
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let namespace = fs::metadata("/proc/self/ns/pid");
        Blind {
            hidden: mounts.lines().any(hides_processes) && !geteuid().is_root(),
            namespace: namespace.is_ok_and(|namespace| namespace.ino() != FIRST),
        }
    }
}

/// Returns whether this line of `/proc/self/mounts` is a `/proc` that hides the processes of other users.
fn hides_processes(mount: &str) -> bool {
    let mut words = mount.split(' ').skip(1);
    let is_proc = words.next() == Some("/proc") && words.next() == Some("proc");
    let options = words.next().unwrap_or_default();
    let hides = |option: &str| {
        let how = option.strip_prefix("hidepid=");
        how.is_some_and(|how| !["0", "off"].contains(&how))
    };
    is_proc && options.split(',').any(hides)
}

impl Attached {
    /// Formats the number of attachments that were found.
    fn found(&self) -> String {
        let found: u64 = self.processes.iter().map(|of| of.attachments).sum();
        match self.attach_count {
            Some(count) => format!("{found} of {} found", format::count(count, "attachment")),
            None => format!("{} found", format::count(found, "attachment")),
        }
    }

    /// Returns a note if attachments were not found: the number of those found, and the possible reasons.
    fn note(&self, blind: Blind) -> Option<String> {
        if self.complete {
            return None;
        }
        let mut reasons = Vec::new();
        if self.inaccessible_processes > 0 {
            let processes = match self.inaccessible_processes {
                1 => "1 process".to_owned(),
                number => format!("{number} processes"),
            };
            reasons.push(format!(
                "no permission to look into {processes}, which may have it attached"
            ));
        }
        if blind.hidden {
            reasons.push("/proc hides the processes of other users (hidepid)".to_owned());
        }
        if blind.namespace {
            reasons.push("processes outside of this pid namespace cannot be seen".to_owned());
        }
        if reasons.is_empty() {
            reasons
                .push("a process that has it attached ended or left the ipc namespace".to_owned());
        }
        Some(format!("{}: {}", self.found(), reasons.join("; ")))
    }

    fn part(&self) -> Option<Part> {
        let end = (!self.complete).then(|| format!("({})", self.found()));
        let title = match (self.processes.len(), self.complete) {
            (0, true) => return None,
            (_, true) => "Attached by",
            (_, false) => "Attached by, as far as this user can see",
        };
        if self.processes.is_empty() {
            return Some(Part {
                title,
                table: None,
                end,
            });
        }
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
        Some(Part {
            title,
            table: Some(table),
            end,
        })
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

fn attached_process(attached: &wrapper::AttachedProcess) -> AttachedProcess {
    let process = attached.process();
    AttachedProcess {
        pid: process.pid().as_raw(),
        name: process.name().to_owned(),
        command: process.command().to_owned(),
        attachments: attached.attachments(),
    }
}

fn member(object: &Entry, member: &wrapper::SemaphoreInfo, judge: &mut OrphanCheck) -> Member {
    let living = member
        .last_pid()
        .filter(|pid| !judge.process_is_gone(object, *pid));
    let process = living.and_then(Process::find);
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
    //! Rare results.

    use super::{Attached, Blind, Details, few_lines, hides_processes};

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
    fn too_many_lines_are_joined() {
        let lines = |text: &str| few_lines(text.chars().map(String::from).collect());
        assert_eq!(lines(""), [""; 0]);
        assert_eq!(lines("a"), ["a"]);
        assert_eq!(lines("abc"), ["a", "b", "c"]);
        assert_eq!(lines("abcde"), ["a", "b", "c d e"]);
    }

    #[test]
    fn a_mount_of_proc_tells_whether_it_hides_processes() {
        for hides in [
            "hidepid=2",
            "rw,hidepid=invisible",
            "hidepid=ptraceable,gid=4",
        ] {
            let mounted = |options: &str| hides_processes(&format!("proc {options} 0 0"));
            assert!(mounted(&format!("/proc proc {hides}")), "{hides}");
            assert!(!mounted(&format!("/mnt proc {hides}")), "{hides}");
            assert!(!mounted(&format!("/proc tmpfs {hides}")), "{hides}");
        }
        for shows in ["rw,nosuid", "hidepid=0", "rw,hidepid=off"] {
            let line = format!("proc /proc proc {shows} 0 0");
            assert!(!hides_processes(&line), "{shows}");
        }
    }

    #[test]
    fn processes_that_were_not_seen_are_told_where_they_may_have_it() {
        let note = |complete, inaccessible, [hidden, namespace]: [bool; 2]| {
            let attached = Attached {
                processes: Vec::new(),
                inaccessible_processes: inaccessible,
                complete,
                attach_count: Some(1),
            };
            attached.note(Blind { hidden, namespace })
        };
        let none = [false, false];
        assert_eq!(
            note(false, 3, none).unwrap(),
            "0 of 1 attachment found: no permission to look into 3 processes, which may have it attached"
        );
        assert!(note(false, 1, none).unwrap().contains("1 process,"));
        assert!(
            note(false, 0, [true, true])
                .unwrap()
                .ends_with("(hidepid); processes outside of this pid namespace cannot be seen")
        );
        // Some were not found, and no process is left that may have them.
        assert!(
            note(false, 0, none)
                .unwrap()
                .ends_with("left the ipc namespace")
        );
        // All attachments were found without them.
        assert_eq!(note(true, 3, [true, true]), None);
    }
}
