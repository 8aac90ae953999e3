//! The measured rows, and the bar of each.

/// The allowed excess over C: a factor or a number of nanoseconds, whichever is more.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct Bar {
    pub(crate) ratio: f64,
    pub(crate) or_nanoseconds: f64,
}

/// The bars of `sysv-ipc` and of `sysv-wrapper`, by the name of both.
fn bars(name: &str) -> [Option<Bar>; 2] {
    let bars = match name {
        "call" => [(1.02, 5.0), (1.03, 10.0)],
        // Three calls, like C. A fourth would take a third more.
        "open" => [(1.3, 10.0); 2],
        "guard" => [(1.02, 5.0), (1.05, 15.0)],
        "message" => [(1.02, 5.0), (1.05, 0.0)],
        "copy" => [(1.03, 3.0); 2],
        "small" => [(1.0, 2.0); 2],
        "growth" => [(1.15, 0.0); 2],
        "list" => return [None, Some(bar(1.0, 0.0))],
        "sets" => return [None, Some(bar(2.0, 0.0))],
        "second" => return [None, Some(bar(0.0, 1e9))],
        _ => return [None; 2],
    };
    bars.map(|(ratio, or_nanoseconds)| Some(bar(ratio, or_nanoseconds)))
}

fn bar(ratio: f64, or_nanoseconds: f64) -> Bar {
    Bar {
        ratio,
        or_nanoseconds,
    }
}

/// Names of rows, behind that of their bars. A number is the size of what is copied or sent, or of other objects. The rows of
/// `scale` are about programs, `ipcs` in the place of C and `lsipc` and `sysvipc` in those of the crates.
const ROWS: &str = "
    call semaphore/acquire-release semaphore/undo semaphore/timeout semaphore/value semaphore/set-value
    call semaphore/status semaphore/create-remove
    open semaphore/create-or-open
    guard semaphore/lock
    none semaphore/create-drop semaphore/ping-pong
    call segment/status segment/create-remove segment/get segment/shmat-shmdt
    none segment/open segment/attach-detach segment/create-drop segment/ping-pong
    call queue/status queue/create-remove
    none queue/create-drop queue/ping-pong-64
    message queue/in-place-64 queue/in-place-4096 queue/in-place-65536
    message queue/copied-64 queue/copied-4096 queue/copied-65536
    growth semaphore/unique-30000 segment/unique-30000 queue/unique-30000
    small copy/read-u32 copy/read-u64 copy/write-u32 copy/write-u64 copy/load-u32 copy/load-u64
    small copy/store-u32 copy/store-u64 copy/add-u32 copy/add-u64
    list scale/list-10000 scale/list-32000
    sets scale/sets-16000
    second scale/messages-262144
    none scale/show-32000 scale/limits-32000 scale/metrics-32000 scale/watch-32000
";

/// The rows of `sysv_wrapper::sync`, each with its bar: how much of the time of what it is named for it may take, as a ratio,
/// or by how many nanoseconds more.
const SYNC: [(&str, f64, f64); 16] = [
    ("lock-std", 1.15, 3.0),
    ("lock-semop", 1.0 / 20.0, 0.0),
    ("contended-robust-2", 0.8, 0.0),
    ("contended-robust-4", 0.8, 0.0),
    ("contended-semop-2", 1.0 / 25.0, 0.0),
    ("contended-semop-4", 1.0 / 25.0, 0.0),
    ("parked-futex", 1.25, 0.0),
    ("parked-message", 1.15, 0.0),
    ("spin", 2.5, 0.0),
    ("sole-8", 1.0 / 18.0, 0.0),
    ("sole-64", 1.0 / 12.0, 0.0),
    ("any-8", 1.0 / 9.0, 0.0),
    ("any-64", 1.0 / 8.0, 0.0),
    ("any-1024", 1.0 / 3.5, 0.0),
    ("any-65536", 1.0 / 1.6, 0.0),
    ("latest", 2.0, 8.0),
];

/// Sizes of copies, as powers of two.
const SIZES: [u32; 10] = [0, 3, 6, 8, 10, 12, 16, 20, 24, 26];

/// One kind of work.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) bars: [Option<Bar>; 2],
}

impl Row {
    fn number(&self) -> Option<usize> {
        self.name.split('-').find_map(|word| word.parse().ok())
    }

    /// The work and its two numbers; and the same with no other objects, where what counts is how much longer the work
    /// takes among them.
    pub(crate) fn requests(&self) -> Vec<[String; 3]> {
        let words = self.name.split('-');
        let is_number = |word: &str| word.parse::<usize>().is_ok();
        let work = words.filter(|word| !is_number(word) && !["aligned", "odd"].contains(word));
        let work = work.collect::<Vec<_>>().join("-");
        let offset = u8::from(self.name.ends_with("-odd")).to_string();
        let request = |number: usize| [work.clone(), number.to_string(), offset.clone()];
        let mut requests = vec![request(self.number().unwrap_or(0))];
        requests.extend(work.ends_with("/unique").then(|| request(0)));
        requests
    }

    /// Returns the subject of the row: the first part of its name.
    pub(crate) fn topic(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// Returns whether its processes run at the same time, and on more than one processor.
    pub(crate) fn is_parallel(&self) -> bool {
        let work = self.name.strip_prefix("sync/").unwrap_or_default();
        ["contended", "spin", "sole", "any"]
            .iter()
            .any(|start| work.starts_with(start))
    }

    /// Returns the number of rounds of a pass. Rounds of programs are long, so that they need fewer.
    pub(crate) fn rounds(&self, rounds: usize) -> usize {
        if self.topic() == "scale" {
            rounds.div_ceil(6)
        } else {
            rounds
        }
    }

    /// Returns whether it needs an ipc namespace of its own, with other limits than the system's.
    pub(crate) fn needs_namespace(&self) -> bool {
        let is_large = self.topic() != "copy" && self.number() > Some(8192);
        is_large
            || ["sole", "any"]
                .iter()
                .any(|work| self.name.starts_with(&format!("sync/{work}")))
    }

    /// Returns whether all contenders prepare the work again for each round. Larger copies reach main memory, where the pages
    /// that a process was given make a difference.
    pub(crate) fn is_anew(&self) -> bool {
        self.topic() == "copy" && self.number() >= Some(16 << 20)
    }
}

/// Every row, in the order in which they are shown.
pub(crate) fn all() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |name: &str, bars_name| {
        rows.push(Row {
            name: name.to_owned(),
            bars: bars(bars_name),
        });
    };
    for line in ROWS.trim().lines() {
        let mut words = line.split_whitespace();
        let bars = words.next().unwrap_or_default();
        words.for_each(|name| add(name, bars));
    }
    for what in ["read", "write", "fill"] {
        for power in SIZES {
            let is_small = what == "fill" && power <= 12;
            for place in ["aligned", "odd"] {
                let name = format!("copy/{what}-{}-{place}", 1 << power);
                add(&name, if is_small { "small" } else { "copy" });
            }
        }
    }
    for (name, ratio, or_nanoseconds) in SYNC {
        let bars = [None, Some(bar(ratio, or_nanoseconds))];
        let name = format!("sync/{name}");
        rows.push(Row { name, bars });
    }
    rows
}
