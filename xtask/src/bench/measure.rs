//! Measuring: passes over the rows, with fresh workers for each, and rounds in which the workers take turns.

use std::env;
use std::ffi::OsString;
use std::process::Command;
use std::thread;

use indicatif::ProgressBar;

use super::client::Client;
use super::rows::Row;
use crate::task::{self, Failure};

/// The contenders. The first is the baseline, the second a copy of the baseline, whose difference is noise.
pub(crate) const LINEUP: [&str; 5] = ["c", "c", "sysv-ipc", "sysv-wrapper", "python"];

/// Nanoseconds per operation in each round, in the order of [`LINEUP`]. Empty for a contender that does not support the work.
pub(crate) type Figures = [Vec<f64>; LINEUP.len()];

/// The extent of a measurement.
pub(crate) struct Plan {
    /// The number of passes over all rows, each with fresh processes: the memory layout of a process has an effect that more
    /// rounds in the same process do not average out.
    pub(crate) passes: usize,
    /// Rounds per row and pass.
    pub(crate) rounds: usize,
    /// The working time of a contender in one round, in nanoseconds.
    pub(crate) chunk: f64,
}

/// Describes the machine, in lines of Markdown.
const FACTS: &str = r#"
echo "- processor: $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)"
echo "- system: $(uname -srm), $(getconf GNU_LIBC_VERSION)"
echo "- C compiler: $("${CC:-cc}" --version | head -n 1)"
echo "- Rust: $(rustc --version)"
"${PYTHON:-python3}" -c 'import sysv_ipc, platform
print("- Python:", platform.python_version(), "with sysv_ipc", sysv_ipc.VERSION)' 2>/dev/null ||
    echo "- Python is missing: pip install sysv_ipc, or PYTHON=INTERPRETER"
"#;

/// Lets no ordinary process interrupt a worker.
const FIFO: &str = "chrt --fifo 1";

/// Pins a worker to the last usable processor.
const PIN: &str =
    "taskset --cpu-list $(sed -n 's/^Cpus_allowed_list:.*[^0-9]//p' /proc/self/status)";

/// Commands that create an ipc namespace for a worker, and set its limits.
const WAYS: [&str; 2] = ["unshare --ipc", "unshare --user --map-root-user --ipc"];
const RAISE: &str = r#"cd /proc/sys/kernel && echo 65536 >msgmax && echo 1048576 >msgmnb &&
    echo 32768 >msgmni && echo 32768 >shmmni && echo "32000 1024000000 500 32768" >sem &&
    cd "$OLDPWD" && exec "$@""#;

/// The contenders, and the machine.
pub(crate) struct Workers {
    worker: OsString,
    iceoryx2: Option<OsString>,
    python: Option<OsString>,
    fifo: &'static str,
    pin: &'static str,
    /// The command that creates an ipc namespace, if there is one.
    way: Option<String>,
    pub(crate) machine: Vec<String>,
}

impl Workers {
    /// Builds the contenders that the rows need, and looks for the installed ones.
    pub(crate) fn find(rows: &[Row]) -> Result<Workers, Failure> {
        let works = |words: &str| task::succeeds("sh", &["-c", &format!("{words} true")]);
        let ways = WAYS.map(|way| format!("{way} sh -c '{RAISE}' sh"));
        let output = Command::new("sh").args(["-c", FACTS]).output();
        let output = output.map_err(Failure::because("cannot run a shell"))?;
        let machine = String::from_utf8_lossy(&output.stdout);
        let has_python = machine.contains("- Python: ");
        let worker = task::release("bench-worker", &[])?;
        let worker = worker.ok_or_else(|| Failure::new("the worker does not build"))?;
        if rows.iter().any(|row| row.topic() == "scale") {
            task::release("sysvipc", &[])?;
        }
        let mut iceoryx2 = None;
        if rows.iter().any(Row::is_beside_iceoryx2) {
            let manifest = task::workspace_root().join("xtask/iceoryx2/Cargo.toml");
            let target = task::target_folder().join("iceoryx2");
            let [manifest, target] = [manifest, target].map(|path| path.display().to_string());
            let elsewhere = ["--manifest-path", &manifest, "--target-dir", &target];
            iceoryx2 = task::release("bench-iceoryx2", &elsewhere)?.map(OsString::from);
        }
        let python = env::var_os("PYTHON").unwrap_or("python3".into());
        Ok(Workers {
            worker: worker.into(),
            iceoryx2,
            python: has_python.then_some(python),
            fifo: if works(FIFO) { FIFO } else { "" },
            pin: if works(PIN) { PIN } else { "" },
            way: ways.into_iter().find(|way| works(way)),
            machine: machine.lines().map(str::to_owned).collect(),
        })
    }

    /// Returns why a row cannot be measured, if that is so.
    pub(crate) fn lacks(&self, row: &Row) -> Option<&'static str> {
        if row.needs_namespace() && self.way.is_none() {
            Some("needs an ipc namespace of its own, which `unshare` makes for root")
        } else if row.is_parallel() && thread::available_parallelism().map_or(1, usize::from) < 2 {
            Some("needs two processors")
        } else if row.is_beside_iceoryx2() && self.iceoryx2.is_none() {
            Some("needs xtask/iceoryx2, which does not build")
        } else {
            None
        }
    }

    /// Starts a worker for each request of a row. Omits contenders that do not support the work.
    fn start(&self, row: &Row) -> Result<Vec<([usize; 2], Client)>, Failure> {
        let script = task::workspace_root().join("xtask/worker/src/worker.py");
        let script = script.into_os_string();
        let pin = if row.is_parallel() { "" } else { self.pin };
        let way = self.way.as_deref().unwrap_or_default();
        // Otherwise it is chance whether glibc gives memory back to the system with each `free`.
        let run = format!(
            "MALLOC_TRIM_THRESHOLD_=67108864 exec {} {pin} {way} \"$@\"",
            self.fifo
        );
        let mut workers = Vec::new();
        for (who, layer) in LINEUP.iter().enumerate() {
            let (program, argument) = match *layer {
                "python" => (self.python.as_ref(), &script),
                "c" if row.is_beside_iceoryx2() => (self.iceoryx2.as_ref(), &(*layer).into()),
                _ => (Some(&self.worker), &(*layer).into()),
            };
            let Some(program) = program else { continue };
            for (which, request) in row.requests(*layer == "c").iter().enumerate() {
                let mut command = Command::new("sh");
                command
                    .args(["-c", &run, "sh"])
                    .args([program, argument])
                    .args(request);
                let worker = Client::start(&mut command);
                let worker = worker.map_err(Failure::because("a worker ended"))?;
                workers.extend(worker.map(|worker| ([who, which], worker)));
            }
        }
        Ok(workers)
    }

    /// Measures rows. Those for which something is lacking have no figures.
    pub(crate) fn measure(&self, rows: &[Row], plan: &Plan) -> Result<Vec<Figures>, Failure> {
        let mut figures = vec![Figures::default(); rows.len()];
        let progress = ProgressBar::new((plan.passes * rows.len()) as u64);
        for pass in 0..plan.passes {
            for (row, figures) in rows.iter().zip(&mut figures) {
                progress.inc(1);
                if self.lacks(row).is_none() {
                    self.pass(row, plan, pass, figures)?;
                }
            }
        }
        progress.finish_and_clear();
        Ok(figures)
    }

    fn pass(&self, row: &Row, plan: &Plan, pass: usize, into: &mut Figures) -> Result<(), Failure> {
        let (rounds, chunk) = row.extent(plan.rounds, plan.chunk);
        let mut workers = self.start(row)?;
        let mut often = Vec::new();
        for (_, worker) in &mut workers {
            often.push(calibrate(worker, chunk)?);
        }
        for round in pass..pass + rounds {
            if row.is_anew() {
                workers.clear();
                workers = self.start(row)?;
                for (_, worker) in &mut workers {
                    run(worker, 1.0)?;
                }
            }
            // Another one begins, and every other round goes backwards.
            let mut order: Vec<_> = (0..workers.len()).collect();
            order.rotate_left(round / 2 % workers.len());
            if round % 2 == 1 {
                order.reverse();
            }
            let mut taken = [[0.0, 1.0]; LINEUP.len()];
            for turn in order {
                let ([who, which], worker) = &mut workers[turn];
                taken[*who][*which] = run(worker, often[turn])? / often[turn];
            }
            // Among other objects, what counts is the growth beside that of C.
            for (into, [among, alone]) in into.iter_mut().zip(taken) {
                into.extend((among > 0.0).then_some(among * taken[0][1] / alone));
            }
        }
        Ok(())
    }
}

/// Makes a worker repeat the work so many times, and returns the time in nanoseconds.
fn run(worker: &mut Client, times: f64) -> Result<f64, Failure> {
    let taken = worker.ask(times).and_then(|()| worker.taken());
    taken.map_err(Failure::because("a worker ended"))
}

/// Returns the number of repetitions in about this time. The calibration also warms up the worker.
fn calibrate(worker: &mut Client, nanoseconds: f64) -> Result<f64, Failure> {
    const MOST: f64 = (1 << 24) as f64;
    let mut times = 1.0;
    loop {
        let taken = run(worker, times)?;
        if taken >= nanoseconds / 2.0 || times >= MOST {
            return Ok((times * nanoseconds / taken).floor().clamp(1.0, MOST));
        }
        times *= 2.0;
    }
}
