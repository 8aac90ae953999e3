//! The measured rows, and the bar of each.

use serde_json::json;

use crate::measure::Figures;

/// The allowed excess over C: a factor or a number of nanoseconds, whichever is more.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Bar {
    pub ratio: f64,
    pub or_nanoseconds: f64,
}

/// The rows, each line with the bars of `sysv-ipc` and of `sysv-wrapper`, traits, and names of works, in which braces stand for
/// each of their words. A number in a name is the size of what is copied or sent, or of other objects. Where C does other
/// work, both works are behind the name. The rows of `scale` are about programs, and have fewer rounds.
///
/// Traits: `limits`, it needs an ipc namespace of its own, with other limits than the system's; `two`, its processes are on
/// different processors, where others share one; `growth`, what counts is how much longer the work takes among other objects;
/// `kill`, each kill is a round, so that rare delays can be seen; `iceoryx2`, it needs that; `fresh`, each round has new
/// processes, since their pages of main memory make a difference. A fourth call of `create-or-open` would take a third more.
/// The rows `together` are `parked` on one processor, by the only sender and receiver, or by any.
const ROWS: &str = "
    1.02+5 1.03+10 -             semaphore/{acquire-release,undo,timeout,value,set-value,status,create-remove}
    1.3+10 1.3+10  -             semaphore/create-or-open
    1.02+5 1.05+15 -             semaphore/lock=semaphore/undo,semaphore/lock
    1.02+5 1.03+10 -             segment/{status,create-remove,get,shmat-shmdt}
    -      -       -             segment/{open,attach-detach}
    1.02+5 1.03+10 -             queue/{status,create-remove}
    1.02+5 1.05+0  -             queue/{in-place,copied}-{64,4096}
    1.02+5 1.05+0  limits        queue/{in-place,copied}-65536
    1.15+0 1.15+0  growth,limits {semaphore,segment,queue}/unique-30000
    1+2    1+2     -             copy/{read,write,load,store,add}-{u32,u64}
    1.03+3 1.03+3  -             copy/{read,write}-{1,8,64,256,1024,4096,65536,1048576}-{aligned,odd}
    1.03+3 1.03+3  fresh         copy/{read,write}-{16777216,67108864}-{aligned,odd}
    1+2    1+2     -             copy/fill-{1,8,64,256,1024,4096}-{aligned,odd}
    1.03+3 1.03+3  -             copy/fill-{65536,1048576}-{aligned,odd}
    1.03+3 1.03+3  fresh         copy/fill-{16777216,67108864}-{aligned,odd}
    -      1+0     limits        scale/list-{10000,32000}
    -      2+0     limits        scale/sets-16000
    -      0+1e9   limits        scale/messages-262144
    -      -       limits        scale/{show,limits,metrics,watch}-32000
    -      1.15+3  -             sync/lock-std=sync/lock,sync/lock
    -      1/20+0  -             sync/lock-semop=semaphore/undo,sync/lock
    -      0.8+0   two           sync/contended-robust-2=segment/contended-2,sync/contended-2
    -      0.8+0   two           sync/contended-robust-4=segment/contended-4,sync/contended-4
    -      1/25+0  two           sync/contended-semop-2=semaphore/contended-2,sync/contended-2
    -      1/25+0  two           sync/contended-semop-4=semaphore/contended-4,sync/contended-4
    -      1.25+0  two           sync/parked-futex=segment/futex,sync/parked
    -      1.15+0  two           sync/parked-message=queue/ping-pong-8,sync/parked
    -      1.25+0  -             sync/together-futex=segment/futex,sync/parked-sole
    -      1.15+0  -             sync/together-message=queue/ping-pong-8,sync/parked-sole
    -      -       -             sync/together-any-futex=segment/futex,sync/parked
    -      -       -             sync/together-any-message=queue/ping-pong-8,sync/parked
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

/// Parses a bar. The ratio may be a fraction.
pub fn bar(text: &str) -> Option<Bar> {
    let (ratio, more) = text.split_once('+')?;
    let (ratio, divisor) = ratio.split_once('/').unwrap_or((ratio, "1"));
    Some(Bar {
        ratio: ratio.parse::<f64>().ok()? / divisor.parse::<f64>().ok()?,
        or_nanoseconds: more.parse().ok()?,
    })
}

/// Returns the words that a word with braces stands for.
fn expand(word: &str) -> Vec<String> {
    let Some((before, rest)) = word.split_once('{') else {
        return vec![word.to_owned()];
    };
    let (words, behind) = rest.split_once('}').unwrap_or((rest, ""));
    let words = words.split(',').map(|word| [before, word, behind].concat());
    words.flat_map(|word| expand(&word)).collect()
}

/// One kind of work.
pub struct Row {
    pub name: String,
    /// The work of C, and that of the others.
    works: [String; 2],
    pub bars: [Option<Bar>; 2],
    traits: &'static str,
    pub figures: Figures,
}

impl Row {
    /// Returns every row, in the order in which they are shown.
    pub fn all() -> Vec<Row> {
        let mut rows = Vec::new();
        for line in ROWS.trim().lines() {
            let mut words = line.split_whitespace();
            let bars = [(); 2].map(|()| words.next().and_then(bar));
            let traits = words.next().unwrap_or_default();
            for word in words.flat_map(expand) {
                let (name, both) = word.split_once('=').unwrap_or((&word, &word));
                let (c, others) = both.split_once(',').unwrap_or((both, both));
                rows.push(Row {
                    name: name.to_owned(),
                    works: [c, others].map(str::to_owned),
                    bars,
                    traits,
                    figures: Figures::default(),
                });
            }
        }
        rows
    }

    /// Returns whether the row has a trait, or is about a subject: the first part of its name.
    pub fn is(&self, what: &str) -> bool {
        let mut words = self.traits.split(',').chain(self.name.split('/'));
        words.any(|word| word == what)
    }

    /// Returns the job of a contender, as JSON; and the same without other objects, if growth counts.
    pub fn jobs(&self, layer: &str) -> Vec<String> {
        let work = &self.works[usize::from(layer != "c")];
        let work = work.trim_end_matches("-aligned").trim_end_matches("-odd");
        let (before, number) = work.rsplit_once('-').unwrap_or_default();
        let (work, number) = number
            .parse()
            .map_or((work, 0), |number: u32| (before, number));
        let (kind, what) = work.split_once('/').unwrap_or_default();
        let offset = u8::from(self.name.ends_with("-odd"));
        let job = |number| json!({ "layer": layer, "kind": kind, "what": what, "number": number, "offset": offset });
        let alone = self.is("growth").then(|| job(0));
        let jobs = [Some(job(number)), alone].into_iter().flatten();
        jobs.map(|job| job.to_string()).collect()
    }
}
