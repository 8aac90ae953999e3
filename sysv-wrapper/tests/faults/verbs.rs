//! The table of the library's methods for fault injection, each with a check that its reported result is true.

#![allow(
    clippy::items_after_statements,
    clippy::too_many_lines,
    clippy::match_bool,
    clippy::needless_pass_by_value,
    reason = "a table, in which each part names its own types"
)]

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use sysv_wrapper::*;

use crate::support::{mode, unused_key};
use crate::trap::{Plan, chosen, with_plan};

/// The result of a check; an error says what is wrong.
pub type Check = std::result::Result<(), String>;

/// Time limit of methods that wait in vain.
const SHORT: Duration = Duration::from_millis(1);

/// One run of a method, with a fault in its system calls.
pub struct Case {
    pub plan: Plan,
    /// The number of system calls of the method.
    pub calls: Cell<usize>,
}

impl Case {
    /// Calls the method. Only here system calls are counted and fail.
    fn act<T>(&self, verb: impl FnOnce() -> T) -> T {
        let (calls, outcome) = with_plan(self.plan, verb);
        self.calls.set(calls);
        outcome
    }

    fn errno(&self) -> Option<i32> {
        match self.plan {
            Plan::Fails { errno, .. } => Some(errno),
            _ => None,
        }
    }

    fn is(&self, errnos: &[i32]) -> bool {
        self.errno().is_some_and(|errno| errnos.contains(&errno))
    }

    /// Returns whether the check for the meaning of EINVAL fails itself.
    fn is_blind(&self) -> bool {
        let persistently = matches!(
            self.plan,
            Plan::Fails {
                persistently: true,
                ..
            }
        );
        persistently && chosen().1 == Some(libc::IPC_STAT) && self.is(&[libc::EINVAL])
    }

    /// Returns whether the failing call is one of these.
    fn hits(&self, numbers: &[libc::c_long]) -> bool {
        self.errno().is_some() && numbers.contains(&chosen().0)
    }

    /// Checks the error of a method on an existing object.
    fn refused(&self, error: &Error) -> Check {
        let text = format!("{error:#}; {error:?}");
        if self.errno().is_none() {
            return Err(format!("without a fault: {text}"));
        }
        // EIDRM is the kernel's error for a removed object.
        if error.is_removed() && !self.is(&[libc::EIDRM]) && !self.is_blind() {
            return Err("reported as removed, but it exists".to_owned());
        }
        if error.is_not_found() && !self.is(&[libc::ENOENT, libc::EIDRM, libc::EINVAL]) {
            return Err("reported as not found, but it exists".to_owned());
        }
        Ok(())
    }

    /// Checks the error of a method that creates. Objects that remain are detected separately.
    fn not_created(&self, error: &Error) -> Check {
        match self.errno() {
            None => Err(format!("without a fault: {error:?}")),
            Some(_) => Ok(()),
        }
    }
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Check {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: {found:?} instead of {expected:?}"))
    }
}

fn holds(holds: bool, what: &str) -> Check {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

/// A method of the table.
pub struct Verb {
    pub name: String,
    /// Whether it waits without a time limit, so that persistent EINTR or EAGAIN never ends.
    pub waits: bool,
    pub run: Box<dyn Fn(&Case) -> Check>,
}

/// The table during construction.
#[derive(Default)]
pub struct Verbs(pub Vec<Verb>);

impl Verbs {
    fn add(&mut self, name: impl Into<String>, run: impl Fn(&Case) -> Check + 'static) {
        self.0.push(Verb {
            name: name.into(),
            waits: false,
            run: Box::new(run),
        });
    }

    fn add_waiting(&mut self, name: impl Into<String>, run: impl Fn(&Case) -> Check + 'static) {
        self.add(name, run);
        self.0.last_mut().unwrap().waits = true;
    }
}

fn key() -> Key {
    unused_key().into()
}

/// Adds the methods that all handles have under the same names.
macro_rules! common {
    ($verbs:ident, $what:literal, $handle:ident, $builder:expr, $hasty:expr, $check:expr) => {{
        type H = $handle;
        let builder = $builder;
        // The same, with a short time limit for the creator.
        let hasty = move || $hasty(builder());
        let check: fn(&H) -> Check = $check;
        let made = move || RemoveOnDrop::new(builder().create(key()).unwrap());
        let id_of = |handle: &H| handle.raw_id();
        let is_there = |id: i32| H::from_raw_id(id).is_ok();
        let created = move |case: &Case, made: Result<H>| match made {
            Ok(handle) => check(&RemoveOnDrop::new(handle)),
            Err(error) => case.not_created(&error),
        };
        let name = |verb: &str| format!("{}: {verb}", $what);
        $verbs.add(name("create"), move |case| {
            let key = key();
            created(case, case.act(|| builder().create(key)))
        });
        $verbs.add(name("create_unique"), move |case| {
            created(case, case.act(|| builder().create_unique()))
        });
        $verbs.add(name("create_private"), move |case| {
            created(case, case.act(|| builder().create_private()))
        });
        $verbs.add(name("create_or_open, absent"), move |case| {
            let key = key();
            let opened = case.act(|| hasty().create_or_open(key));
            created(case, opened.map(Opened::into_inner))
        });
        $verbs.add(name("create_or_open, present"), move |case| {
            let made = made();
            let key = made.key().unwrap();
            match case.act(|| hasty().create_or_open(key)) {
                Ok(opened) => {
                    holds(
                        !opened.is_created(),
                        "created an object although the key is in use",
                    )?;
                    equal("id", id_of(opened.handle()), id_of(&made))
                }
                Err(error) => case.refused(&error),
            }
        });
        $verbs.add(name("create_replacing"), move |case| {
            let old = made();
            let key = old.key().unwrap();
            let new = case.act(|| builder().create_replacing(key));
            if new.is_ok() {
                holds(!is_there(id_of(&old)), "the old object exists")?;
            }
            created(case, new)
        });
        $verbs.add(name("open, present"), move |case| {
            let made = made();
            let key = made.key().unwrap();
            match case.act(|| hasty().open(key)) {
                Ok(found) => equal("id", id_of(&found), id_of(&made)),
                Err(error) => case.refused(&error),
            }
        });
        $verbs.add(name("open, absent"), move |case| {
            let key = key();
            let opened = case.act(|| H::open(key));
            holds(opened.is_err(), "opened an object that does not exist")
        });
        $verbs.add(name("from_id"), move |case| {
            let made = made();
            match case.act(|| H::from_id(made.id())) {
                Ok(found) => equal("id", id_of(&found), id_of(&made)),
                Err(error) => case.refused(&error),
            }
        });
        $verbs.add(name("exists, present"), move |case| {
            let made = made();
            let key = made.key().unwrap();
            match case.act(|| H::exists(key)) {
                Ok(exists) => holds(exists || case.is(&[libc::ENOENT]), "not seen"),
                Err(error) => case.refused(&error),
            }
        });
        $verbs.add(name("exists, absent"), move |case| {
            let key = key();
            let exists = case.act(|| H::exists(key));
            // EACCES means that the object exists.
            holds(!exists.unwrap_or(false) || case.is(&[libc::EACCES]), "seen")
        });
        $verbs.add(name("status"), move |case| {
            let made = made();
            match case.act(|| made.status()) {
                Ok(status) => equal("mode", status.mode(), made.mode().unwrap()),
                Err(error) => case.refused(&error),
            }
        });
        $verbs.add(name("set_mode"), move |case| {
            let made = made();
            match case.act(|| made.set_mode(mode(0o644))) {
                Ok(()) => equal("mode", made.mode().unwrap(), mode(0o644)),
                Err(error) => case.refused(&error),
            }
        });
        $verbs.add(name("set_owner"), move |case| {
            let made = made();
            match case.act(|| made.set_owner(12, 13)) {
                Ok(()) => equal("owner", made.status().unwrap().uid(), 12),
                Err(error) => case.refused(&error),
            }
        });
        $verbs.add(name("remove"), move |case| {
            let made = made();
            match case.act(|| made.remove()) {
                Ok(()) => holds(!is_there(id_of(&made)), "it exists"),
                Err(error) => case.refused(&error),
            }
        });
        $verbs.add(name("remove_key"), move |case| {
            let made = made();
            let key = made.key().unwrap();
            match case.act(|| H::remove_key(key)) {
                Ok(()) => holds(!is_there(id_of(&made)), "it exists"),
                Err(error) => case.refused(&error),
            }
        });
        $verbs.add(name("inspect"), move |case| {
            let made = made();
            match case.act(|| H::inspect(made.id())) {
                Ok(entry) => equal("id", entry.raw_id(), id_of(&made)),
                Err(error) => case.refused(&error),
            }
        });
        $verbs.add(name("inspect_key"), move |case| {
            let made = made();
            let key = made.key().unwrap();
            match case.act(|| Entry::inspect_key(H::KIND, key)) {
                Ok(entry) => equal("id", entry.raw_id(), id_of(&made)),
                Err(error) => case.refused(&error),
            }
        });
        $verbs.add(name("verdict"), move |case| {
            let made = made();
            let entry = H::inspect(made.id()).unwrap();
            let verdict = case.act(|| entry.verdict());
            let dead = matches!(verdict, Verdict::Orphaned | Verdict::Idle);
            // ESRCH means that the process is gone.
            let gone = case.hits(&[libc::SYS_kill]) && case.is(&[libc::ESRCH]);
            holds(!dead || gone, "its creator is running")
        });
        $verbs.add(name("remove_if_unchanged"), move |case| {
            let made = made();
            let entry = H::inspect(made.id()).unwrap();
            match case.act(|| entry.remove_if_unchanged()) {
                Ok(()) => holds(!is_there(id_of(&made)), "it exists"),
                Err(error) => case.refused(&error),
            }
        });
        $verbs.add(name("list"), move |case| {
            let made = made();
            let listed = case.act(|| {
                let mut listing = H::list()?;
                let found = listing
                    .by_ref()
                    .any(|entry| entry.raw_id() == made.raw_id());
                Ok::<_, Error>(found || listing.inaccessible() > 0)
            });
            match listed {
                Ok(seen) => holds(seen, "neither listed nor counted"),
                Err(error) => case.refused(&error),
            }
        });
    }};
}

fn segments(verbs: &mut Verbs) {
    let zeros = || SharedMemory::builder().size(5000).mode(mode(0o640));
    let contents = |case: &Case, memory: &SharedMemory, byte: u8| {
        equal("mode", memory.mode().unwrap(), mode(0o640))?;
        let attached = memory.status().unwrap().attach_count();
        holds(attached == 0 || case.hits(&[libc::SYS_shmdt]), "attached")?;
        let attached = memory.attach().unwrap();
        equal(
            "contents",
            attached.read_to_vec(..).unwrap(),
            vec![byte; 5000],
        )
    };
    let filled = move || zeros().fill(b'x').wait_for_creator(SHORT);
    common!(
        verbs,
        "segment",
        SharedMemory,
        zeros,
        |builder: SharedMemoryBuilder<'static>| builder.wait_for_creator(SHORT),
        |memory| equal("size", memory.size().unwrap(), 5000)
    );
    for (name, verb) in [("create", true), ("create_or_open", false)] {
        verbs.add(format!("filled segment: {name}"), move |case| {
            let key = key();
            let made = case.act(|| match verb {
                true => filled().create(key),
                false => filled().create_or_open(key).map(Opened::into_inner),
            });
            match made {
                Ok(made) => contents(case, &RemoveOnDrop::new(made), b'x'),
                Err(error) => case.not_created(&error),
            }
        });
    }
    verbs.add("filled segment: create_replacing", move |case| {
        let old = RemoveOnDrop::new(zeros().create(key()).unwrap());
        let key = old.key().unwrap();
        match case.act(|| filled().create_replacing(key)) {
            Ok(made) => contents(case, &RemoveOnDrop::new(made), b'x'),
            Err(error) => case.not_created(&error),
        }
    });
    type Builder = SharedMemoryBuilder<'static>;
    type CreateAttached = fn(Builder, Key) -> Result<(SharedMemory, Attachment)>;
    let attached: [(&str, CreateAttached); 5] = [
        ("create_attached", |builder, key| {
            builder.create_attached(key)
        }),
        ("create_unique_attached", |builder, _| {
            builder.create_unique_attached()
        }),
        ("create_private_attached", |builder, _| {
            builder.create_private_attached()
        }),
        ("create_or_open_attached", |builder, key| {
            Ok(builder.create_or_open_attached(key)?.into_inner())
        }),
        ("create_replacing_attached", |builder, key| {
            builder.create_replacing_attached(key)
        }),
    ];
    for (name, create) in attached {
        for (what, byte) in [("segment", 0), ("filled segment", b'x')] {
            verbs.add(format!("{what}: {name}"), move |case| {
                let builder = if byte == 0 { zeros() } else { filled() };
                let key = key();
                match case.act(|| create(builder, key)) {
                    Ok((memory, attachment)) => {
                        let memory = RemoveOnDrop::new(memory);
                        let bytes = attachment.read_to_vec(..).unwrap();
                        equal("contents", bytes, vec![byte; 5000])?;
                        equal("attached", memory.status().unwrap().attach_count(), 1)?;
                        drop(attachment);
                        contents(case, &memory, byte)
                    }
                    Err(error) => case.not_created(&error),
                }
            });
        }
    }
    verbs.add(
        "filled segment: create_or_open_attached, present",
        move |case| {
            let made = RemoveOnDrop::new(filled().create(key()).unwrap());
            let key = made.key().unwrap();
            match case.act(|| filled().create_or_open_attached(key)) {
                Ok(opened) => {
                    holds(
                        !opened.is_created(),
                        "created an object although the key is in use",
                    )?;
                    let (memory, attachment) = opened.into_inner();
                    equal("id", memory.id(), made.id())?;
                    let bytes = attachment.read_to_vec(..).unwrap();
                    equal("contents", bytes, vec![b'x'; 5000])
                }
                Err(error) => case.refused(&error),
            }
        },
    );
    let made = move || RemoveOnDrop::new(filled().create(key()).unwrap());
    verbs.add("segment: attach", move |case| {
        let made = made();
        match case.act(|| made.attach()?.read_to_vec(..)) {
            Ok(bytes) => equal("contents", bytes, vec![b'x'; 5000]),
            Err(error) => case.refused(&error),
        }
    });
    verbs.add("segment: attach_read_only", move |case| {
        let made = made();
        match case.act(|| made.attach_read_only()?.read_to_vec(..)) {
            Ok(bytes) => equal("contents", bytes, vec![b'x'; 5000]),
            Err(error) => case.refused(&error),
        }
    });
    verbs.add("segment: remove_when_detached", move |case| {
        let made = made();
        let attached = made.attach().unwrap();
        let marked = case.act(|| attached.remove_when_detached());
        drop(attached);
        let is_there = SharedMemory::from_id(made.id()).is_ok();
        match marked {
            Ok(()) => holds(!is_there || case.hits(&[libc::SYS_shmdt]), "it exists"),
            Err(error) => case.refused(&error),
        }
    });
    verbs.add("segment: attached_processes", move |case| {
        let made = made();
        let _attached = made.attach().unwrap();
        match case.act(|| made.attached_processes()) {
            Ok(found) => holds(
                !found.is_complete() || found.processes().len() == 1,
                "complete without this process",
            ),
            Err(error) => case.refused(&error),
        }
    });
    verbs.add("segment: memory_usage", move |case| {
        let made = made();
        match case.act(|| made.memory_usage()) {
            Ok(usage) => holds(
                usage.resident_bytes() >= 5000,
                "fewer values than semaphores",
            ),
            Err(error) => case.refused(&error),
        }
    });
}

fn sets(verbs: &mut Verbs) {
    common!(
        verbs,
        "set",
        SemaphoreSet,
        || SemaphoreSet::builder().values([1, 0, 7]),
        |builder: SemaphoreSetBuilder| builder.wait_for_creator(SHORT),
        |set| equal("values", set.values().unwrap(), vec![1, 0, 7])
    );
    // Too many values for one operation, and a mode that is set afterwards.
    for (name, values, bits) in [
        ("large set", vec![3; 600], 0o600),
        ("read-only set", vec![2], 0o400),
    ] {
        verbs.add(format!("{name}: create"), move |case| {
            let builder = SemaphoreSet::builder().values(values.iter().copied());
            let key = key();
            match case.act(|| builder.mode(mode(bits)).create(key)) {
                Ok(set) => {
                    let set = RemoveOnDrop::new(set);
                    equal("mode", set.mode().unwrap(), mode(bits))?;
                    let touched = set.status().unwrap().operation_time().is_some();
                    // EAGAIN means that another process has operated on it.
                    holds(
                        touched || case.is(&[libc::EAGAIN]),
                        "without an operation time",
                    )?;
                    equal("values", set.values().unwrap(), values.clone())
                }
                Err(error) => case.not_created(&error),
            }
        });
    }
    let made = || {
        let set = SemaphoreSet::builder().values([1, 0, 7]).create_private();
        RemoveOnDrop::new(set.unwrap())
    };
    verbs.add("set: values", move |case| {
        let set = made();
        match case.act(|| set.values()) {
            Ok(values) => equal("values", values, vec![1, 0, 7]),
            Err(error) => case.refused(&error),
        }
    });
    verbs.add("set: members", move |case| {
        let set = made();
        match case.act(|| set.members()) {
            Ok(members) => {
                let values: Vec<_> = members.iter().map(SemaphoreInfo::value).collect();
                equal("values", values, vec![1, 0, 7])
            }
            Err(error) => case.refused(&error),
        }
    });
    verbs.add("set: set_values", move |case| {
        let set = made();
        match case.act(|| set.set_values(&[4, 5, 6])) {
            Ok(()) => equal("values", set.values().unwrap(), vec![4, 5, 6]),
            Err(error) => case.refused(&error),
        }
    });
    let operation = |set: &SemaphoreSet| set.operation().acquire(0, 1).release(1, 2);
    type Run = fn(&Operation) -> Result<()>;
    let runs: [(&str, bool, Run); 3] = [
        ("run", true, Operation::run),
        ("try_run", false, Operation::try_run),
        ("run_timeout", false, |operation| {
            operation.run_timeout(SHORT)
        }),
    ];
    for (name, waits, run) in runs {
        let verb = move |case: &Case| {
            let set = made();
            let operation = operation(&set);
            let done = case.act(|| run(&operation));
            done_or_not(
                case,
                done,
                || set.values().unwrap(),
                &vec![0, 2, 7],
                &vec![1, 0, 7],
            )
        };
        verbs.add(format!("operation: {name}"), verb);
        verbs.0.last_mut().unwrap().waits = waits;
    }
}

/// Checks that a reported success has taken effect, and a reported failure has not.
fn done_or_not<T: PartialEq + std::fmt::Debug>(
    case: &Case,
    done: Result<()>,
    now: impl FnOnce() -> T,
    after: &T,
    before: &T,
) -> Check {
    match done {
        Ok(()) => equal("reported as done", &now(), after),
        Err(error) => {
            equal("reported as not done", &now(), before)?;
            case.refused(&error)
        }
    }
}

fn semaphores(verbs: &mut Verbs) {
    type Use = fn(&Semaphore) -> Result<()>;
    let uses: [(&str, bool, u32, u32, Use); 12] = [
        ("acquire", true, 1, 0, Semaphore::acquire),
        ("try_acquire", false, 1, 0, Semaphore::try_acquire),
        ("acquire_timeout", false, 1, 0, |semaphore| {
            semaphore.acquire_timeout(SHORT)
        }),
        (
            "acquire_timeout, value 0",
            false,
            0,
            0,
            |semaphore| match semaphore.acquire_timeout(SHORT) {
                Err(error) if error.is_timed_out() => Ok(()),
                Ok(()) => panic!("acquired from the value 0"),
                refused => refused,
            },
        ),
        ("acquire_by", true, 3, 1, |semaphore| {
            semaphore.acquire_by(2)
        }),
        ("release", true, 1, 2, Semaphore::release),
        ("release_by", true, 1, 4, |semaphore| {
            semaphore.release_by(3)
        }),
        ("set_value", false, 1, 9, |semaphore| semaphore.set_value(9)),
        ("wait_until_zero", true, 0, 0, Semaphore::wait_until_zero),
        (
            "try_wait_until_zero",
            false,
            0,
            0,
            Semaphore::try_wait_until_zero,
        ),
        ("wait_until_zero_timeout", false, 0, 0, |semaphore| {
            semaphore.wait_until_zero_timeout(SHORT)
        }),
        ("value", false, 7, 7, |semaphore| {
            semaphore.value().map(|value| assert_eq!(value, 7))
        }),
    ];
    for (name, waits, before, after, act) in uses {
        let verb = move |case: &Case| {
            let semaphore = crate::support::sem::semaphore(before);
            let done = case.act(|| act(&semaphore));
            done_or_not(case, done, || semaphore.value().unwrap(), &after, &before)
        };
        verbs.add(format!("semaphore: {name}"), verb);
        verbs.0.last_mut().unwrap().waits = waits;
    }
    type Ask = fn(&Semaphore) -> Result<bool>;
    let questions: [(&str, Ask); 3] = [
        ("waiters_for_increase", |semaphore| {
            Ok(semaphore.waiters_for_increase()? == 0)
        }),
        ("waiters_for_zero", |semaphore| {
            Ok(semaphore.waiters_for_zero()? == 0)
        }),
        ("last_pid", |semaphore| Ok(semaphore.last_pid()?.is_some())),
    ];
    for (name, ask) in questions {
        verbs.add(format!("semaphore: {name}"), move |case| {
            let semaphore = crate::support::sem::semaphore(1);
            match case.act(|| ask(&semaphore)) {
                Ok(answer) => holds(answer, "another answer"),
                Err(error) => case.refused(&error),
            }
        });
    }
    type Lock = fn(&Semaphore) -> Result<SemaphoreGuard>;
    let locks: [(&str, bool, Lock); 3] = [
        ("lock", true, Semaphore::lock),
        ("try_lock", false, Semaphore::try_lock),
        ("lock_timeout", false, |semaphore| {
            semaphore.lock_timeout(SHORT)
        }),
    ];
    for (name, waits, lock) in locks {
        let verb = move |case: &Case| {
            let semaphore = crate::support::sem::semaphore(1);
            let locked = case.act(|| lock(&semaphore));
            let value = semaphore.value().unwrap();
            match locked {
                Ok(guard) => {
                    equal("locked", value, 0)?;
                    guard.release().unwrap();
                    equal("released", semaphore.value().unwrap(), 1)
                }
                Err(error) => {
                    equal("not locked", value, 1)?;
                    case.refused(&error)
                }
            }
        };
        verbs.add(format!("semaphore: {name}"), verb);
        verbs.0.last_mut().unwrap().waits = waits;
    }
    verbs.add_waiting("semaphore: release of a guard", move |case| {
        let semaphore = crate::support::sem::semaphore(1);
        let guard = semaphore.lock().unwrap();
        let released = case.act(|| guard.release());
        done_or_not(case, released, || semaphore.value().unwrap(), &1, &0)
    });
}

fn queues(verbs: &mut Verbs) {
    common!(
        verbs,
        "queue",
        MessageQueue,
        || MessageQueue::builder().max_bytes(1000),
        // A queue is ready as soon as it exists.
        |builder: MessageQueueBuilder| builder,
        |queue| equal("room", queue.status().unwrap().max_bytes(), 1000)
    );
    let made = || RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    verbs.add("queue: set_max_bytes", move |case| {
        let queue = made();
        match case.act(|| queue.set_max_bytes(500)) {
            Ok(()) => equal("room", queue.status().unwrap().max_bytes(), 500),
            Err(error) => case.refused(&error),
        }
    });
    let sends: [(&str, bool, Send); 4] = [
        ("send", true, |queue| queue.send(3, b"hello")),
        ("try_send", false, |queue| queue.try_send(3, b"hello")),
        ("send_timeout", false, |queue| {
            queue.send_timeout(3, b"hello", SHORT)
        }),
        ("send_buffer", true, |queue| {
            queue.send_buffer(&MessageBuffer::new(MessageType::from(3), b"hello"))
        }),
    ];
    add_sends(verbs, sends);
    let receives: [(&str, bool, Receive<Vec<u8>>); 6] = [
        ("receive", true, |queue| {
            Ok(queue.receive(Selector::Any)?.bytes)
        }),
        ("try_receive", false, |queue| {
            Ok(queue.try_receive(Selector::Any)?.bytes)
        }),
        ("receive_timeout", false, |queue| {
            Ok(queue.receive_timeout(Selector::Any, SHORT)?.bytes)
        }),
        ("receive_into", true, |queue| {
            let mut bytes = [0; 5];
            queue.receive_into(&mut bytes, Selector::Any)?;
            Ok(bytes.to_vec())
        }),
        ("receive_truncated", true, |queue| {
            let mut bytes = [0; 5];
            queue.receive_truncated(&mut bytes, Selector::Any)?;
            Ok(bytes.to_vec())
        }),
        ("receive_buffer", true, |queue| {
            let mut buffer = MessageBuffer::with_capacity(100);
            queue.receive_buffer(&mut buffer, Selector::Any)?;
            Ok(buffer.bytes().to_vec())
        }),
    ];
    add_receives(
        verbs,
        |queue| queue.send(3, b"hello").unwrap(),
        b"hello",
        receives,
    );
    #[cfg(feature = "values")]
    values(verbs);
    verbs.add("queue: peek", move |case| {
        let queue = made();
        queue.send(3, b"hello").unwrap();
        match case.act(|| queue.peek(0)) {
            Ok(Some(message)) => equal("bytes", &message.bytes[..], &b"hello"[..]),
            // The kernel's error for no message.
            Ok(None) => holds(case.is(&[libc::ENOMSG]), "not seen"),
            // musl does not declare what it takes.
            Err(error) if cfg!(target_env = "musl") && error.is_unsupported() => Ok(()),
            Err(error) => case.refused(&error),
        }
    });
    verbs.add("queue: count_by_type", move |case| {
        let queue = made();
        queue.send(3, b"hello").unwrap();
        match case.act(|| queue.count_by_type()) {
            Ok(counts) => holds(
                counts.types().len() == 1 || !counts.is_complete() || case.is(&[libc::ENOMSG]),
                "not seen",
            ),
            Err(error) if cfg!(target_env = "musl") && error.is_unsupported() => Ok(()),
            Err(error) => case.refused(&error),
        }
    });
}

/// A method to send or to receive.
type Send = fn(&MessageQueue) -> Result<()>;
type Receive<T> = fn(&MessageQueue) -> Result<T>;

/// Adds methods that send one message, each with its name and whether it waits without a time limit.
fn add_sends<const N: usize>(verbs: &mut Verbs, sends: [(&str, bool, Send); N]) {
    for (name, waits, send) in sends {
        let verb = move |case: &Case| {
            let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
            let count = || queue.status().unwrap().messages();
            let sent = case.act(|| send(&queue));
            done_or_not(case, sent, count, &1, &0)
        };
        verbs.add(format!("queue: {name}"), verb);
        verbs.0.last_mut().unwrap().waits = waits;
    }
}

/// Adds methods that receive the message that `send` sent.
fn add_receives<T, const N: usize>(
    verbs: &mut Verbs,
    send: fn(&MessageQueue),
    expected: &'static [u8],
    receives: [(&str, bool, Receive<T>); N],
) where
    T: AsRef<[u8]> + 'static,
{
    for (name, waits, receive) in receives {
        let verb = move |case: &Case| {
            let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
            let count = || queue.status().unwrap().messages();
            send(&queue);
            match case.act(|| receive(&queue)) {
                Ok(received) => {
                    equal("received", received.as_ref(), expected)?;
                    equal("left after receiving", count(), 0)
                }
                Err(error) => {
                    equal("left without receiving", count(), 1)?;
                    case.refused(&error)
                }
            }
        };
        verbs.add(format!("queue: {name}"), verb);
        verbs.0.last_mut().unwrap().waits = waits;
    }
}

/// Typed payloads, in each form of waiting.
#[cfg(feature = "values")]
fn values(verbs: &mut Verbs) {
    add_sends(
        verbs,
        [
            ("send_value", true, |queue| queue.send_value(3, "hello")),
            ("try_send_value", false, |queue| {
                queue.try_send_value(3, "hello")
            }),
            ("send_value_timeout", false, |queue| {
                queue.send_value_timeout(3, "hello", SHORT)
            }),
        ],
    );
    let receives: [(&str, bool, Receive<String>); 3] = [
        ("receive_value", true, |queue| {
            Ok(queue.receive_value(Selector::Any)?.value)
        }),
        ("try_receive_value", false, |queue| {
            Ok(queue.try_receive_value(Selector::Any)?.value)
        }),
        ("receive_value_timeout", false, |queue| {
            Ok(queue.receive_value_timeout(Selector::Any, SHORT)?.value)
        }),
    ];
    add_receives(
        verbs,
        |queue| queue.send_value(3, "hello").unwrap(),
        b"hello",
        receives,
    );
}

fn limits(verbs: &mut Verbs) {
    verbs.add("limits", |case| {
        let value = |limit: &Limit| (limit.name(), limit.value());
        let all: Vec<_> = Limits::all().unwrap().iter().map(value).collect();
        match case.act(Limits::all) {
            Ok(found) => {
                let is_complete = found.is_complete();
                let found: Vec<_> = found.iter().map(value).collect();
                holds(
                    !is_complete || found.len() == all.len(),
                    "complete, but some are missing",
                )?;
                holds(
                    found.iter().all(|limit| all.contains(limit)),
                    "another value",
                )
            }
            Err(error) => case.refused(&error),
        }
    });
    verbs.add("process", |case| {
        let own = Pid::from_raw(i32::try_from(std::process::id()).unwrap()).unwrap();
        case.act(|| Process::find(own));
        Ok(())
    });
}

/// A directory for the tests, empty at the start of each.
struct Folder(tempfile::TempDir);

impl Folder {
    /// In memory if possible, since each file is synchronised to disk.
    fn new() -> Folder {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        Folder(folder.unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("agreed.key")
    }

    /// Returns the names of the files, and removes them. The companion, always empty, may remain if locking it failed:
    /// without the lock it may belong to another process.
    fn take(&self, case: &Case) -> Vec<String> {
        let files = fs::read_dir(self.0.path()).unwrap();
        let mut names = Vec::new();
        for file in files {
            let file = file.unwrap();
            names.push(file.file_name().into_string().unwrap());
            fs::remove_file(file.path()).unwrap();
        }
        if case.hits(&[
            libc::SYS_flock,
            libc::SYS_statx,
            libc::SYS_fstat,
            libc::SYS_newfstatat,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_lstat,
        ]) {
            names.retain(|name| name != ".agreed.key.lock");
        }
        names.sort();
        names
    }
}

const UNLINKS: &[libc::c_long] = &[
    libc::SYS_unlinkat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_unlink,
];

fn key_files(verbs: &mut Verbs) {
    let memory = || RemoveOnDrop::new(SharedMemory::builder().create(key()).unwrap());
    for over_left_behind in [false, true] {
        let folder = Folder::new();
        let name = if over_left_behind {
            "key file: publish over one that was left behind"
        } else {
            "key file: publish"
        };
        verbs.add(name, move |case| {
            if over_left_behind {
                let gone = memory();
                KeyFile::publish(folder.path(), &*gone).unwrap().keep();
            }
            let memory = memory();
            let path = folder.path();
            let published = case.act(|| KeyFile::publish(&path, &*memory));
            // A file whose removal fails remains.
            let checked = match &published {
                Ok(_) => match KeyFile::wait(&path, Duration::ZERO) {
                    Ok(key) => equal("key", Some(key), memory.key()),
                    Err(error) => Err(format!("published: {error}")),
                },
                Err(error) => case.refused(error),
            };
            let expected: &[&str] = match published.is_ok() || over_left_behind {
                true => &["agreed.key"],
                false => &[],
            };
            let left = folder.take(case);
            let before: Vec<_> = left.iter().map(String::as_str).collect();
            // The file is already gone.
            drop(published);
            folder.take(case);
            checked?;
            holds(
                before == expected || case.hits(UNLINKS),
                &format!("files: {before:?}"),
            )
        });
    }
    let folder = Folder::new();
    verbs.add("key file: drop", move |case| {
        let memory = memory();
        let published = KeyFile::publish(folder.path(), &*memory).unwrap();
        case.act(|| drop(published));
        let left = folder.take(case);
        let is_clean = left.is_empty() || left == ["agreed.key"];
        holds(
            is_clean && (left.is_empty() || case.errno().is_some()) || case.hits(UNLINKS),
            &format!("files: {left:?}"),
        )
    });
    let folder = Folder::new();
    verbs.add("key file: wait", move |case| {
        let memory = memory();
        let _published = KeyFile::publish(folder.path(), &*memory).unwrap();
        match case.act(|| KeyFile::wait(folder.path(), SHORT)) {
            Ok(key) => equal("key", Some(key), memory.key()),
            Err(error) => case.refused(&error),
        }
    });
    let folder = Folder::new();
    verbs.add("key file: wait_id", move |case| {
        let memory = memory();
        let _published = KeyFile::publish_id(folder.path(), &*memory).unwrap();
        match case.act(|| KeyFile::wait_id::<SharedMemory>(folder.path(), SHORT)) {
            Ok(found) => equal("id", found.id(), memory.id()),
            Err(error) => case.refused(&error),
        }
    });
    let folder = Folder::new();
    verbs.add("key file: wait, no file", move |case| {
        let found = case.act(|| KeyFile::wait(folder.path(), SHORT));
        holds(found.is_err(), "read a file that does not exist")
    });
    let folder = Folder::new();
    verbs.add("key file: wait, left behind", move |case| {
        let gone = memory();
        KeyFile::publish(folder.path(), &*gone).unwrap().keep();
        drop(gone);
        let found = case.act(|| KeyFile::wait(folder.path(), SHORT));
        folder.take(case);
        holds(found.is_err(), "accepted a file that was left behind")
    });
}

/// The whole table.
pub fn all() -> Vec<Verb> {
    let mut verbs = Verbs::default();
    segments(&mut verbs);
    sets(&mut verbs);
    semaphores(&mut verbs);
    queues(&mut verbs);
    limits(&mut verbs);
    key_files(&mut verbs);
    verbs.0
}
