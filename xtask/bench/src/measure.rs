//! Measuring: passes over the rows, with fresh workers for each, and rounds in which the workers take turns.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use crate::client::Client;
use crate::job::Result;
use crate::rows::Row;

/// The contenders. The first is the baseline, the second a copy of the baseline, whose difference is noise.
pub const LINEUP: [&str; 5] = ["c", "c", "sysv-ipc", "sysv-wrapper", "python"];

/// Nanoseconds per operation in each round, in the order of [`LINEUP`]. Empty for a contender that does not support the work.
pub type Figures = [Vec<f64>; LINEUP.len()];

/// The extent of a measurement.
pub struct Plan {
    /// The number of passes over all rows, each with fresh processes: the memory layout of a process has an effect that more
    /// rounds in the same process do not average out.
    pub passes: usize,
    /// Rounds per row and pass.
    pub rounds: usize,
    /// The working time of a contender in one round, in nanoseconds.
    pub chunk: f64,
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
pub struct Workers {
    /// This program, which has all contenders but these two.
    own: PathBuf,
    iceoryx2: Option<PathBuf>,
    python: Option<PathBuf>,
    /// Shell scripts that run a worker on one processor, and on any.
    pinned: String,
    free: String,
    has_namespace: bool,
    /// Facts, as lines of Markdown.
    pub machine: String,
}

impl Workers {
    /// Builds the contenders that the rows need, and looks for the installed ones.
    pub fn find(rows: &[Row]) -> Result<Workers> {
        let facts = Command::new("sh").args(["-c", FACTS]).output()?;
        let machine = String::from_utf8(facts.stdout)?;
        let python = env::var_os("PYTHON").unwrap_or("python3".into());
        let own = env::current_exe()?;
        if rows.iter().any(|row| row.topic() == "scale") {
            cargo_build(&["--package", "sysvipc"]);
        }
        let target = own.with_file_name("../iceoryx2").display().to_string();
        let manifest = "xtask/iceoryx2/Cargo.toml";
        let iceoryx2 = ["--manifest-path", manifest, "--target-dir", &target];
        let has_iceoryx2 = rows.iter().any(|row| row.is("iceoryx2")) && cargo_build(&iceoryx2);
        let fifo = usable(FIFO.to_owned()).unwrap_or_default();
        let pin = usable(PIN.to_owned()).unwrap_or_default();
        let ways = WAYS.map(|way| format!("{way} sh -c '{RAISE}' sh"));
        let way = ways.into_iter().find_map(usable).unwrap_or_default();
        // Otherwise it is chance whether glibc gives memory back to the system with each `free`.
        let start = format!("MALLOC_TRIM_THRESHOLD_=67108864 exec {fifo}");
        Ok(Workers {
            own,
            iceoryx2: has_iceoryx2.then(|| Path::new(&target).join("release/bench-iceoryx2")),
            python: machine.contains("- Python: ").then_some(python.into()),
            pinned: format!("{start} {pin} {way} \"$@\""),
            free: format!("{start} {way} \"$@\""),
            has_namespace: !way.is_empty(),
            machine,
        })
    }

    /// Returns why a row cannot be measured, if that is so.
    pub fn lacks(&self, row: &Row) -> Option<&'static str> {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        if row.is("limits") && !self.has_namespace {
            Some("needs an ipc namespace of its own, which `unshare` makes for root")
        } else if row.is("two") && processors < 2 {
            Some("needs two processors")
        } else if row.is("iceoryx2") && self.iceoryx2.is_none() {
            Some("needs xtask/iceoryx2, which does not build")
        } else {
            None
        }
    }

    /// Starts a worker for each request of a row. Omits contenders that do not support the work.
    fn start(&self, row: &Row) -> Result<Vec<([usize; 2], Client)>> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/worker.py");
        let run = if row.is("two") {
            &self.free
        } else {
            &self.pinned
        };
        let mut workers = Vec::new();
        for (who, layer) in LINEUP.into_iter().enumerate() {
            let (program, argument) = match layer {
                "python" => (self.python.as_ref(), script.as_path()),
                "c" if row.is("iceoryx2") => (self.iceoryx2.as_ref(), Path::new(layer)),
                _ => (Some(&self.own), Path::new(layer)),
            };
            let Some(program) = program else { continue };
            for (which, request) in row.requests(layer == "c").iter().enumerate() {
                let mut command = Command::new("sh");
                let command = command.args(["-c", run, "sh"]).arg(program).arg(argument);
                let worker = Client::start(command.args(request))?;
                workers.extend(worker.map(|worker| ([who, which], worker)));
            }
        }
        Ok(workers)
    }

    /// Measures rows. Those for which something is lacking have no figures.
    pub fn measure(&self, rows: &[Row], plan: &Plan) -> Result<Vec<Figures>> {
        let mut figures = vec![Figures::default(); rows.len()];
        for pass in 0..plan.passes {
            eprintln!("bench: pass {} of {}", pass + 1, plan.passes);
            for (row, figures) in rows.iter().zip(&mut figures) {
                if self.lacks(row).is_none() {
                    self.pass(row, plan, pass, figures)?;
                }
            }
        }
        Ok(figures)
    }

    fn pass(&self, row: &Row, plan: &Plan, pass: usize, into: &mut Figures) -> Result<()> {
        let (rounds, chunk) = row.extent(plan);
        let mut workers = self.start(row)?;
        let mut often = Vec::new();
        for (_, worker) in &mut workers {
            often.push(calibrate(worker, chunk)?);
        }
        for round in pass..pass + rounds {
            if row.is("anew") {
                workers.clear();
                workers = self.start(row)?;
                for (_, worker) in &mut workers {
                    time(worker, 1.0)?;
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
                taken[*who][*which] = time(worker, often[turn])?;
            }
            // Among other objects, what counts is the growth beside that of C.
            for (into, [among, alone]) in into.iter_mut().zip(taken) {
                into.extend((among > 0.0).then_some(among * taken[0][1] / alone));
            }
        }
        Ok(())
    }
}

/// Returns the beginning of a command, if a command can begin like that.
fn usable(words: String) -> Option<String> {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{words} true")])
        .stderr(Stdio::null());
    let status = command.status();
    status.is_ok_and(|status| status.success()).then_some(words)
}

/// Builds a package in release mode, and returns whether that succeeded. If not, cargo has said why.
fn cargo_build(arguments: &[&str]) -> bool {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    command
        .args(["build", "--release", "--quiet"])
        .args(arguments);
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    command.status().is_ok_and(|status| status.success())
}

/// Makes a worker repeat the work so many times, and returns the nanoseconds that one took.
fn time(worker: &mut Client, times: f64) -> Result<f64> {
    worker.ask(times)?;
    Ok(worker.taken()? / times)
}

/// Returns the number of repetitions in about this time. The calibration also warms up the worker.
fn calibrate(worker: &mut Client, nanoseconds: f64) -> Result<f64> {
    const MOST: f64 = (1 << 24) as f64;
    let mut times = 1.0;
    loop {
        let enough = nanoseconds / time(worker, times)?;
        if enough <= 2.0 * times || times >= MOST {
            return Ok(enough.floor().clamp(1.0, MOST));
        }
        times *= 2.0;
    }
}
