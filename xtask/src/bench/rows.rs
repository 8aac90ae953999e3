//! What is measured, and the bar of each row.

use super::contenders::Contender::{self, C, Ipc, Perl, Python, Wrapper};

/// How much longer than C something may take: by a factor, or by so many nanoseconds, whichever is more.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub(crate) struct Bar {
    /// The time of C, times this.
    pub(crate) ratio: f64,
    /// The time of C, and so much more.
    pub(crate) or_nanoseconds: f64,
}

const fn bar(ratio: f64, or_nanoseconds: f64) -> Bar {
    Bar {
        ratio,
        or_nanoseconds,
    }
}

/// Any call of `sysv-ipc`.
const CALL: Bar = bar(1.02, 5.0);
/// What `sysv-wrapper` does in one or two calls.
const HANDLE: Bar = bar(1.03, 10.0);
/// A guard.
const GUARD: Bar = bar(1.05, 15.0);
/// Sending and receiving.
const MESSAGE: Bar = bar(1.05, 0.0);
/// Copies.
const COPY: Bar = bar(1.03, 3.0);
/// Values and atomics of 4 and 8 bytes.
const VALUE: Bar = bar(1.0, 2.0);
/// Drawing keys among many objects.
const AMONG_MANY: Bar = bar(1.5, 0.0);

/// How many objects are there when there are many: nearly as many as Linux takes.
const MANY: usize = 30_000;

/// Text lengths of messages.
const LENGTHS: [usize; 3] = [64, 4 << 10, 64 << 10];

/// Sizes of copies.
const SIZES: [usize; 10] = [
    1,
    8,
    64,
    256,
    1 << 10,
    4 << 10,
    64 << 10,
    1 << 20,
    16 << 20,
    64 << 20,
];

/// From this size on it counts which pages of the machine's memory someone was given, since every copy goes there:
/// that is drawn anew for each round.
const BEYOND_CACHES: usize = 16 << 20;

/// One kind of work.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// By which it is asked for.
    pub(crate) name: String,
    /// What is done, for people.
    pub(crate) title: String,
    /// What the workers are asked for.
    pub(crate) request: String,
    /// What the baseline is asked for, if that is not C with the same request but the contender itself with this.
    pub(crate) own_baseline: Option<(Contender, String)>,
    /// Who takes part beside C.
    pub(crate) who: Vec<Contender>,
    /// Who has to stay within which bar.
    pub(crate) bars: Vec<(Contender, Bar)>,
    /// Whether it needs an ipc namespace of its own, with other limits than the system's.
    pub(crate) needs_namespace: bool,
    /// Whether everyone prepares it anew for each round.
    pub(crate) anew: bool,
}

impl Row {
    fn new(name: &str, title: &str, bars: &[(Contender, Bar)]) -> Row {
        Row {
            name: name.to_owned(),
            title: title.to_owned(),
            request: format!("{name} 0 0"),
            own_baseline: None,
            who: vec![Ipc, Wrapper, Python, Perl],
            bars: bars.to_vec(),
            needs_namespace: false,
            anew: false,
        }
    }

    /// The bar of a contender, if it has one here.
    pub(crate) fn bar(&self, of: Contender) -> Option<Bar> {
        let found = self.bars.iter().find(|(who, _)| *who == of);
        found.map(|(_, bar)| *bar)
    }
}

/// Every row, in the order in which they are shown.
pub(crate) fn all() -> Vec<Row> {
    let mut rows = semaphores();
    rows.extend(segments());
    rows.extend(queues());
    rows.extend(among_many());
    rows.extend(copies());
    rows.extend(values());
    rows
}

fn semaphores() -> Vec<Row> {
    let both = [(Ipc, CALL), (Wrapper, HANDLE)];
    let guard = [(Ipc, CALL), (Wrapper, GUARD)];
    [
        ("semaphore/acquire-release", "acquire, release", &both),
        ("semaphore/undo", "acquire, release, with undo", &both),
        (
            "semaphore/timeout",
            "acquire with a timeout, release",
            &both,
        ),
        ("semaphore/lock", "lock, and drop of the guard", &guard),
        ("semaphore/value", "value", &both),
        ("semaphore/set-value", "set value", &both),
        ("semaphore/status", "status of a set", &both),
        (
            "semaphore/create-remove",
            "create a semaphore, remove",
            &both,
        ),
    ]
    .map(|(name, title, bars)| Row::new(name, title, bars))
    .to_vec()
}

fn segments() -> Vec<Row> {
    let both = [(Ipc, CALL), (Wrapper, HANDLE)];
    let thin = [(Ipc, CALL)];
    let bare = vec![Ipc, Perl];
    vec![
        Row::new("segment/status", "status of a segment", &both),
        Row::new("segment/create-remove", "create a segment, remove", &both),
        Row {
            who: bare.clone(),
            ..Row::new("segment/get", "shmget of one that exists", &thin)
        },
        Row {
            who: bare,
            ..Row::new("segment/shmat-shmdt", "shmat, shmdt", &thin)
        },
        Row::new("segment/open", "open, looked at whether it is ready", &[]),
        Row::new(
            "segment/attach-detach",
            "attach, with its size, detach",
            &[],
        ),
    ]
}

fn queues() -> Vec<Row> {
    let both = [(Ipc, CALL), (Wrapper, HANDLE)];
    let mut rows = vec![
        Row::new("queue/status", "status of a queue", &both),
        Row::new("queue/create-remove", "create a queue, remove", &both),
    ];
    let ways = [
        ("in-place", "send and receive a buffer, "),
        ("copied", "send a slice, receive a vector, "),
    ];
    for (way, title) in ways {
        for length in LENGTHS {
            rows.push(Row {
                request: format!("queue/{way} {length} 0"),
                needs_namespace: length > 8192,
                ..Row::new(
                    &format!("queue/{way}-{length}"),
                    &format!("{title}{}", size(length)),
                    &[(Ipc, CALL), (Wrapper, MESSAGE)],
                )
            });
        }
    }
    rows
}

fn among_many() -> Vec<Row> {
    let kinds = [
        ("semaphore", "semaphores"),
        ("segment", "segments"),
        ("queue", "queues"),
    ];
    let row = |(kind, kinds)| Row {
        request: format!("{kind}/unique {MANY} 0"),
        own_baseline: Some((Wrapper, format!("{kind}/unique 0 0"))),
        who: vec![C, Ipc, Wrapper, Python, Perl],
        needs_namespace: true,
        ..Row::new(
            &format!("{kind}/unique-{MANY}"),
            &format!("create with a free key, remove, among 30,000 {kinds}"),
            &[(Wrapper, AMONG_MANY)],
        )
    };
    kinds.map(row).to_vec()
}

fn copies() -> Vec<Row> {
    let mut rows = Vec::new();
    for what in ["read", "write", "fill"] {
        for bytes in SIZES {
            for (offset, place) in [(0, "aligned"), (1, "odd")] {
                rows.push(Row {
                    request: format!("copy/{what} {bytes} {offset}"),
                    anew: bytes >= BEYOND_CACHES,
                    ..Row::new(
                        &format!("copy/{what}-{bytes}-{place}"),
                        &format!("{what} {}, {place}", size(bytes)),
                        &[(Ipc, COPY), (Wrapper, COPY)],
                    )
                });
            }
        }
    }
    rows
}

fn values() -> Vec<Row> {
    let row = |work: &str, title: String| Row {
        request: format!("copy/{work} 8 0"),
        who: vec![Ipc, Wrapper],
        ..Row::new(
            &format!("copy/{work}"),
            &title,
            &[(Ipc, VALUE), (Wrapper, VALUE)],
        )
    };
    let mut rows = Vec::new();
    for (work, title) in [
        ("read", "read a value"),
        ("write", "write a value"),
        ("load", "load atomically"),
        ("store", "store atomically"),
        ("add", "borrow an atomic and add"),
    ] {
        for bits in [32, 64] {
            rows.push(row(
                &format!("{work}-u{bits}"),
                format!("{title}, {} B", bits / 8),
            ));
        }
    }
    rows
}

/// A number of bytes.
fn size(bytes: usize) -> String {
    match bytes {
        0..=0x3ff => format!("{bytes} B"),
        0x400..=0xf_ffff => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}
