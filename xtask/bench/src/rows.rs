//! The measured rows, and the bar of each.

use crate::measure::Plan;

/// The allowed excess over C: a factor or a number of nanoseconds, whichever is more.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Bar {
    pub ratio: f64,
    pub or_nanoseconds: f64,
}

/// The rows, each line with the bars of `sysv-ipc` and of `sysv-wrapper`, traits, and names of works. A number in a name is the
/// size of what is copied or sent, or of other objects. Where C does other work, both works are behind the name. The rows of
/// `scale` are about programs, `ipcs` in the place of C and `lsipc` and `sysvipc` in those of the crates.
///
/// Traits: `limits`, it needs an ipc namespace of its own, with other limits than the system's; `two`, its processes are on
/// different processors, where others share one; `growth`, what counts is how much longer the work takes among other objects;
/// `long`, it has fewer rounds; `kill`, each kill is a round, so that rare delays can be seen; `iceoryx2`, it needs that; `anew`,
/// the work is prepared again for each round. A fourth call of `create-or-open` would take a third more.
const ROWS: &str = "
    1.02+5 1.03+10 -             semaphore/acquire-release semaphore/undo semaphore/timeout semaphore/value
    1.02+5 1.03+10 -             semaphore/set-value semaphore/status semaphore/create-remove
    1.3+10 1.3+10  -             semaphore/create-or-open
    1.02+5 1.05+15 -             semaphore/lock
    -      -       -             semaphore/create-drop semaphore/ping-pong
    1.02+5 1.03+10 -             segment/status segment/create-remove segment/get segment/shmat-shmdt
    -      -       -             segment/open segment/attach-detach segment/create-drop segment/ping-pong
    1.02+5 1.03+10 -             queue/status queue/create-remove
    -      -       -             queue/create-drop queue/ping-pong-64
    1.02+5 1.05+0  -             queue/in-place-64 queue/in-place-4096 queue/copied-64 queue/copied-4096
    1.02+5 1.05+0  limits        queue/in-place-65536 queue/copied-65536
    1.15+0 1.15+0  growth,limits semaphore/unique-30000 segment/unique-30000 queue/unique-30000
    1+2    1+2     -             copy/read-u32 copy/read-u64 copy/write-u32 copy/write-u64 copy/load-u32 copy/load-u64
    1+2    1+2     -             copy/store-u32 copy/store-u64 copy/add-u32 copy/add-u64
    1.03+3 1.03+3  -             copy/read-SIZE copy/write-SIZE copy/fill-SIZE
    -      1+0     long,limits   scale/list-10000 scale/list-32000
    -      2+0     long,limits   scale/sets-16000
    -      0+1e9   long,limits   scale/messages-262144
    -      -       long,limits   scale/show-32000 scale/limits-32000 scale/metrics-32000 scale/watch-32000
    -      1.15+3  -             sync/lock-std=sync/lock,sync/lock
    -      1/20+0  -             sync/lock-semop=semaphore/undo,sync/lock
    -      0.8+0   two           sync/contended-robust-2=segment/contended-2,sync/contended-2
    -      0.8+0   two           sync/contended-robust-4=segment/contended-4,sync/contended-4
    -      1/25+0  two           sync/contended-semop-2=semaphore/contended-2,sync/contended-2
    -      1/25+0  two           sync/contended-semop-4=semaphore/contended-4,sync/contended-4
    -      1.25+0  -             sync/parked-futex=segment/futex,sync/parked
    -      1.15+0  -             sync/parked-message=queue/ping-pong-8,sync/parked
    -      2.5+0   two           sync/spin=segment/spin,sync/spin
    -      1/18+0  two,limits    sync/sole-8=queue/stream-8,sync/sole-8
    -      1/12+0  two,limits    sync/sole-64=queue/stream-64,sync/sole-64
    -      1/9+0   two,limits    sync/any-8=queue/stream-8,sync/any-8
    -      1/8+0   two,limits    sync/any-64=queue/stream-64,sync/any-64
    -      1/3.5+0 two,limits    sync/any-1024=queue/stream-1024,sync/any-1024
    -      1/1.6+0 two,limits    sync/any-65536=queue/stream-65536,sync/any-65536
    -      1/5+0   two,iceoryx2  sync/iceoryx2-8=iceoryx2/stream-8,sync/sole-8
    -      1/5+0   two,iceoryx2  sync/iceoryx2-64=iceoryx2/stream-64,sync/sole-64
    -      2+8     -             sync/latest=copy/read-64,sync/latest
    -      0+1e6   kill          sync/killed-robust=segment/killed,sync/killed
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
#[derive(Clone)]
pub struct Row {
    pub name: String,
    /// The work of C, and that of the others.
    works: [String; 2],
    pub bars: [Option<Bar>; 2],
    traits: &'static str,
}

impl Row {
    pub fn is(&self, what: &str) -> bool {
        self.traits.split(',').any(|one| one == what)
    }

    /// Returns the work of C or of the others, and its two numbers; and the same with no other objects, if growth counts.
    pub fn requests(&self, is_c: bool) -> Vec<[String; 3]> {
        let words = self.works[usize::from(!is_c)].split('-');
        let is_number = |word: &&str| word.parse::<usize>().is_ok();
        let number = words.clone().find(is_number).unwrap_or("0");
        let work = words.filter(|word| !is_number(word) && !["aligned", "odd"].contains(word));
        let work = work.collect::<Vec<_>>().join("-");
        let offset = u8::from(self.name.ends_with("-odd"));
        let request = |number: &str| [work.clone(), number.to_owned(), offset.to_string()];
        let mut requests = vec![request(number)];
        requests.extend(self.is("growth").then(|| request("0")));
        requests
    }

    /// Returns the subject of the row: the first part of its name.
    pub fn topic(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// Returns the rounds of a pass, and the time of one.
    pub fn extent(&self, plan: &Plan) -> (usize, f64) {
        match plan.rounds {
            rounds if self.is("long") => (rounds.div_ceil(6), plan.chunk),
            rounds if self.is("kill") => (rounds * 10, 0.0),
            rounds => (rounds, plan.chunk),
        }
    }
}

/// Returns every row, in the order in which they are shown.
pub fn all() -> Vec<Row> {
    let mut rows = Vec::new();
    for line in ROWS.trim().lines() {
        let mut words = line.split_whitespace();
        let bars = [(); 2].map(|()| words.next().and_then(bar));
        let traits = words.next().unwrap_or_default();
        for word in words {
            let (name, works) = word.split_once('=').unwrap_or((word, word));
            let (c, others) = works.split_once(',').unwrap_or((works, works));
            let works = [c, others].map(str::to_owned);
            let row = Row {
                name: name.to_owned(),
                works,
                bars,
                traits,
            };
            let Some(copy) = name.strip_suffix("SIZE") else {
                rows.push(row);
                continue;
            };
            for size in SIZES {
                let is_small = copy == "copy/fill-" && size <= 4096;
                let bars = if is_small { [bar("1+2"); 2] } else { bars };
                // In main memory, the pages that a process was given make a difference.
                let traits = if size >= 1 << 24 { "anew" } else { traits };
                for name in ["aligned", "odd"].map(|place| format!("{copy}{size}-{place}")) {
                    let works = [name.clone(), name.clone()];
                    rows.push(Row {
                        name,
                        works,
                        bars,
                        traits,
                    });
                }
            }
        }
    }
    rows
}
