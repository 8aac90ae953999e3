//! What `show` asks for beyond the status: who is attached, what the members are, what is on the queue.

use serde::Serialize;
use sysv_wrapper::{Process, Result};

use super::exit::explain;
use super::found::Found;
use super::moment;
use super::record::number;

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
                let (resident, swapped) = (moment::bytes(*resident), moment::bytes(*swapped));
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
