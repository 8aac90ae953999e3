//! `sysvipc metrics`: objects, bytes, limits and verdicts as `OpenMetrics` text.

use std::io::Write;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use sysv_wrapper::{Entry, Kind, Limits, Status as ObjectStatus, page_size};

use crate::cli::{MetricsArgs, kinds};
use crate::exit::{Failure, Result, Status, message, warn};
use crate::object::json_word;
use crate::stdio::Output;
use crate::table::columns::Lookups;

type Numbers<L> = Family<L, Gauge<u64, AtomicU64>>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfOwner {
    kind: &'static str,
    owner: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WithVerdict {
    kind: &'static str,
    owner: String,
    verdict: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfLimit {
    kind: &'static str,
    limit: &'static str,
    unit: &'static str,
}

/// The families of numbers.
#[derive(Debug, Default)]
struct Families {
    objects: Numbers<OfOwner>,
    bytes: Numbers<OfOwner>,
    attachments: Numbers<OfOwner>,
    semaphores: Numbers<OfOwner>,
    messages: Numbers<OfOwner>,
    verdicts: Numbers<WithVerdict>,
    limits: Numbers<OfLimit>,
    used: Numbers<OfLimit>,
    resident: Numbers<Of>,
    swapped: Numbers<Of>,
    inaccessible: Numbers<Of>,
    listed: Numbers<Of>,
}

/// Prints the numbers. Fails if no kind can be listed.
pub(crate) fn run(args: &MetricsArgs, mut out: Output) -> Result {
    let kinds = kinds(args.kind);
    let families = Families::default();
    let mut lookups = Lookups::default();
    let mut failed = None;
    let mut listed = 0_usize;
    for kind in &kinds {
        let of = Of {
            kind: kind.short_name(),
        };
        let is_listed = match families.count(*kind, args.verdicts, &mut lookups) {
            Ok(inaccessible) => {
                families.inaccessible.get_or_create(&of).set(inaccessible);
                listed += 1;
                true
            }
            Err(failure) => {
                failed = Some(failure.report());
                false
            }
        };
        families.listed.get_or_create(&of).set(is_listed.into());
        families.limits(*kind);
    }
    if let (0, Some(status)) = (listed, failed) {
        return Err(Failure::silent(status));
    }
    let mut text = String::new();
    encode(&mut text, &families.registry())
        .map_err(|error| Failure::new(Status::Failed, format!("cannot format: {error}")))?;
    out.write_all(sorted(&text).as_bytes())?;
    out.finish()
}

/// Sorts the samples of each metric, which the library writes in the order of a hash table.
fn sorted(text: &str) -> String {
    let mut lines: Vec<_> = text.lines().collect();
    let is_comment = |line: &str| line.starts_with('#');
    for samples in lines.chunk_by_mut(|one, next| !is_comment(one) && !is_comment(next)) {
        samples.sort_unstable();
    }
    lines.join("\n") + "\n"
}

impl Families {
    /// Counts the objects of a kind. Returns the number of objects that the user may not read.
    fn count(&self, kind: Kind, verdicts: bool, lookups: &mut Lookups) -> Result<u64> {
        let mut listing = Entry::list(kind)?;
        for object in listing.by_ref() {
            let of = OfOwner {
                kind: kind.short_name(),
                owner: lookups.names.user_or_uid(object.status().uid()),
            };
            let add = |numbers: &Numbers<OfOwner>, number: u64| {
                numbers.get_or_create(&of).inc_by(number);
            };
            add(&self.objects, 1);
            match object.status() {
                ObjectStatus::Shm(status) => {
                    add(&self.bytes, status.size() as u64);
                    add(&self.attachments, status.attach_count());
                }
                ObjectStatus::Sem(status) => add(&self.semaphores, status.count() as u64),
                ObjectStatus::Msg(status) => {
                    add(&self.bytes, status.bytes());
                    add(&self.messages, status.messages());
                }
            }
            if verdicts || kind == Kind::SharedMemory {
                let verdict = json_word(lookups.judge.judge(&object));
                let OfOwner { kind, owner } = of;
                let of = WithVerdict {
                    kind,
                    owner,
                    verdict,
                };
                self.verdicts.get_or_create(&of).inc();
            }
        }
        Ok(listing.inaccessible())
    }

    /// Adds the limits on a kind, as far as the system reports them.
    fn limits(&self, kind: Kind) {
        let limits = match Limits::of(kind) {
            Ok(limits) => limits,
            Err(error) => return warn(message(&error)),
        };
        for limit in &limits {
            let of = OfLimit {
                kind: kind.short_name(),
                limit: limit.name(),
                unit: limit.unit(),
            };
            self.limits.get_or_create(&of).set(limit.value());
            if let Some(used) = limit.used() {
                self.used.get_or_create(&of).set(used);
            }
        }
        if kind == Kind::SharedMemory {
            self.memory();
        }
    }

    /// Adds the memory usage of all segments, as far as the system reports it.
    fn memory(&self) {
        // A failure was reported with the limits.
        let Ok(limits) = Limits::segments() else {
            return;
        };
        let of = Of {
            kind: Kind::SharedMemory.short_name(),
        };
        for (numbers, pages) in [
            (&self.resident, limits.resident_pages()),
            (&self.swapped, limits.swapped_pages()),
        ] {
            if let Some(pages) = pages {
                let bytes = pages.saturating_mul(page_size() as u64);
                numbers.get_or_create(&of).set(bytes);
            }
        }
    }

    fn registry(self) -> Registry {
        let mut registry = Registry::with_prefix("sysvipc");
        registry.register("objects", "Objects", self.objects);
        registry.register_with_unit(
            "size",
            "Sizes of segments, and what is on queues",
            Unit::Bytes,
            self.bytes,
        );
        registry.register("attachments", "Attachments of segments", self.attachments);
        registry.register("semaphores", "Semaphores in sets", self.semaphores);
        registry.register("messages", "Messages on queues", self.messages);
        registry.register(
            "verdicts",
            "Objects by verdict: orphaned, idle, in_use or unknown",
            self.verdicts,
        );
        registry.register("limit", "Limits of the system", self.limits);
        registry.register("limit_used", "Use of the limits", self.used);
        for (name, help, numbers) in [
            (
                "resident",
                "What segments take of the memory",
                self.resident,
            ),
            ("swapped", "What of segments is swapped out", self.swapped),
        ] {
            registry.register_with_unit(name, help, Unit::Bytes, numbers);
        }
        registry.register(
            "inaccessible_objects",
            "Objects that this user may not read, and that are counted nowhere else",
            self.inaccessible,
        );
        registry.register("listed", "Whether the kind could be listed", self.listed);
        registry
    }
}
