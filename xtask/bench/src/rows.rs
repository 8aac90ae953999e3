//! The measured rows, and the bar of each.

use crate::measure::Plan;

/// The allowed excess over C: a factor or a number of nanoseconds, whichever is more.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Bar {
    pub ratio: f64,
    pub or_nanoseconds: f64,
}

/// The rows, each line with the bars of `sysv-ipc` and of `sysv-wrapper`. A number in a name is the size of what is copied or
/// sent, or of other objects. The rows of `scale` are about programs, `ipcs` in the place of C and `lsipc` and `sysvipc` in
/// those of the crates. A fourth call of `create-or-open` would take a third more.
const ROWS: &str = "
    1.02+5 1.03+10 semaphore/acquire-release semaphore/undo semaphore/timeout semaphore/value semaphore/set-value
    1.02+5 1.03+10 semaphore/status semaphore/create-remove
    1.3+10 1.3+10  semaphore/create-or-open
    1.02+5 1.05+15 semaphore/lock
    -      -       semaphore/create-drop semaphore/ping-pong
    1.02+5 1.03+10 segment/status segment/create-remove segment/get segment/shmat-shmdt
    -      -       segment/open segment/attach-detach segment/create-drop segment/ping-pong
    1.02+5 1.03+10 queue/status queue/create-remove
    -      -       queue/create-drop queue/ping-pong-64
    1.02+5 1.05+0  queue/in-place-64 queue/in-place-4096 queue/in-place-65536
    1.02+5 1.05+0  queue/copied-64 queue/copied-4096 queue/copied-65536
    1.15+0 1.15+0  semaphore/unique-30000 segment/unique-30000 queue/unique-30000
    1+2    1+2     copy/read-u32 copy/read-u64 copy/write-u32 copy/write-u64 copy/load-u32 copy/load-u64
    1+2    1+2     copy/store-u32 copy/store-u64 copy/add-u32 copy/add-u64
    1.03+3 1.03+3  copy/read-SIZE copy/write-SIZE copy/fill-SIZE
    -      1+0     scale/list-10000 scale/list-32000
    -      2+0     scale/sets-16000
    -      0+1e9   scale/messages-262144
    -      -       scale/show-32000 scale/limits-32000 scale/metrics-32000 scale/watch-32000
";

/// The rows of `sysv_wrapper::sync`: the bar, the name, what is in the place of C, and the work of `sync`.
const SYNC: &str = "
    1.15+3 lock-std           sync/lock             sync/lock
    1/20+0 lock-semop         semaphore/undo        sync/lock
    0.8+0  contended-robust-2 segment/contended-2   sync/contended-2
    0.8+0  contended-robust-4 segment/contended-4   sync/contended-4
    1/25+0 contended-semop-2  semaphore/contended-2 sync/contended-2
    1/25+0 contended-semop-4  semaphore/contended-4 sync/contended-4
    1.25+0 parked-futex       segment/futex         sync/parked
    1.15+0 parked-message     queue/ping-pong-8     sync/parked
    2.5+0  spin               segment/spin          sync/spin
    1/18+0 sole-8             queue/stream-8        sync/sole-8
    1/12+0 sole-64            queue/stream-64       sync/sole-64
    1/9+0  any-8              queue/stream-8        sync/any-8
    1/8+0  any-64             queue/stream-64       sync/any-64
    1/3.5+0 any-1024          queue/stream-1024     sync/any-1024
    1/1.6+0 any-65536         queue/stream-65536    sync/any-65536
    1/5+0  iceoryx2-8         iceoryx2/stream-8     sync/sole-8
    1/5+0  iceoryx2-64        iceoryx2/stream-64    sync/sole-64
    2+8    latest             copy/read-64          sync/latest
    0+1e6  killed-robust      segment/killed        sync/killed
";

const SIZES: [usize; 10] = [1, 8, 64, 256, 1024, 4096, 65536, 1 << 20, 1 << 24, 1 << 26];

/// Parses a bar. The ratio may be a fraction.
fn bar(text: &str) -> Option<Bar> {
    let (ratio, more) = text.split_once('+')?;
    let (ratio, divisor) = ratio.split_once('/').unwrap_or((ratio, "1"));
    Some(Bar {
        ratio: ratio.parse::<f64>().ok()? / divisor.parse::<f64>().ok()?,
        or_nanoseconds: more.parse().ok()?,
    })
}

/// One kind of work.
pub struct Row {
    pub name: String,
    /// The work of C, and that of the others.
    works: [String; 2],
    pub bars: [Option<Bar>; 2],
}

impl Row {
    fn new(name: &str, works: [&str; 2], bars: [Option<Bar>; 2]) -> Row {
        Row {
            name: name.to_owned(),
            works: works.map(str::to_owned),
            bars,
        }
    }

    fn number(&self) -> usize {
        let number = self.name.split('-').find_map(|word| word.parse().ok());
        number.unwrap_or(0)
    }

    /// Returns the work of C or of the others, and its two numbers; and the same with no other objects, where what counts is
    /// how much longer the work takes among them.
    pub fn requests(&self, is_c: bool) -> Vec<[String; 3]> {
        let words = self.works[usize::from(!is_c)].split('-');
        let is_number = |word: &&str| word.parse::<usize>().is_ok();
        let number = words.clone().find(is_number).unwrap_or("0");
        let work = words.filter(|word| !is_number(word) && !["aligned", "odd"].contains(word));
        let work = work.collect::<Vec<_>>().join("-");
        let offset = u8::from(self.name.ends_with("-odd"));
        let request = |number: &str| [work.clone(), number.to_owned(), offset.to_string()];
        let mut requests = vec![request(number)];
        requests.extend(self.is_growth().then(|| request("0")));
        requests
    }

    pub fn is_growth(&self) -> bool {
        self.name.contains("/unique-")
    }

    /// Returns the subject of the row: the first part of its name.
    pub fn topic(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    pub fn is_beside_iceoryx2(&self) -> bool {
        self.works[0].starts_with("iceoryx2/")
    }

    /// Returns whether its processes are on different processors. Those of other rows share one.
    pub fn is_parallel(&self) -> bool {
        let works = ["contended", "spin", "sole", "any"].map(|work| format!("sync/{work}"));
        works.iter().any(|work| self.works[1].starts_with(work))
    }

    /// Returns the rounds of a pass, and the time of one. Rounds of programs are long, so that they need fewer. Each kill is a
    /// round, so that rare delays can be seen.
    pub fn extent(&self, plan: &Plan) -> (usize, f64) {
        match self.topic() {
            "scale" => (plan.rounds.div_ceil(6), plan.chunk),
            _ if self.name == "sync/killed-robust" => (plan.rounds * 10, 0.0),
            _ => (plan.rounds, plan.chunk),
        }
    }

    /// Returns whether it needs an ipc namespace of its own, with other limits than the system's.
    pub fn needs_namespace(&self) -> bool {
        let is_large = self.topic() != "copy" && self.number() > 8192;
        is_large || self.works[0].starts_with("queue/stream")
    }

    /// Returns whether all contenders prepare the work again for each round. Larger copies reach main memory, where the pages
    /// that a process was given make a difference.
    pub fn is_anew(&self) -> bool {
        self.topic() == "copy" && self.number() >= 16 << 20
    }
}

/// Returns every row, in the order in which they are shown.
pub fn all() -> Vec<Row> {
    let mut rows = Vec::new();
    for line in ROWS.trim().lines() {
        let mut words = line.split_whitespace();
        let bars = [(); 2].map(|()| words.next().and_then(bar));
        for name in words {
            let Some(copy) = name.strip_suffix("SIZE") else {
                rows.push(Row::new(name, [name; 2], bars));
                continue;
            };
            for size in SIZES {
                let is_small = copy == "copy/fill-" && size <= 4096;
                let bars = if is_small { [bar("1+2"); 2] } else { bars };
                for name in ["aligned", "odd"].map(|place| format!("{copy}{size}-{place}")) {
                    rows.push(Row::new(&name, [&name; 2], bars));
                }
            }
        }
    }
    for line in SYNC.trim().lines() {
        if let [limit, name, reference, work] = *line.split_whitespace().collect::<Vec<_>>() {
            let name = format!("sync/{name}");
            rows.push(Row::new(&name, [reference, work], [None, bar(limit)]));
        }
    }
    rows
}
