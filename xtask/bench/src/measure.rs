//! Measuring: passes over the rows, with fresh workers for each, and rounds in which the workers take turns.

use std::path::PathBuf;
use std::process::Command;
use std::{env, thread};

use crate::process::{Client, Result};
use crate::rows::Row;

/// The contenders. The first is the baseline, the second a copy of the baseline, whose difference is noise.
pub const LINEUP: [&str; 5] = ["c", "c", "sysv-ipc", "sysv-wrapper", "python"];

/// Nanoseconds per operation in each round, in the order of [`LINEUP`]. Empty for a contender that does not support the work.
pub type Figures = [Vec<f64>; LINEUP.len()];

/// The working time of a contender in one round, in nanoseconds.
pub const CHUNK: f64 = 2e6;

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

/// The work in Python.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/worker.py");

/// Beginnings of the command of a worker: no ordinary process interrupts it; it is on the last usable processor; it is in an
/// ipc namespace of its own, with large limits.
const FIFO: &str = "chrt --fifo 1";
const PIN: &str = "taskset -c $(sed -n 's/^Cpus_allowed_list:.*[^0-9]//p' /proc/self/status)";
const NAMESPACE: &str = r#"unshare --ipc $(unshare --ipc true 2>&- || echo --user --map-root-user) sh -c '
    cd /proc/sys/kernel && echo 65536 >msgmax && echo 1048576 >msgmnb && echo 32768 >msgmni &&
    echo 32768 >shmmni && echo "32000 1024000000 500 32768" >sem && cd "$OLDPWD" && exec "$@"' sh"#;

/// The contenders, and the machine.
pub struct Workers {
    /// This program, which has all contenders but Python and iceoryx2.
    own: PathBuf,
    python: Option<PathBuf>,
    /// Shell scripts that run a worker on one processor, and on any.
    scripts: [String; 2],
    /// Whether there are ipc namespaces, two processors, and iceoryx2.
    has: [bool; 3],
    pub machine: String,
}

impl Workers {
    /// Builds the contenders that the rows need, and looks for the installed ones.
    pub fn find(rows: &[Row]) -> Result<Workers> {
        let facts = Command::new("sh").args(["-c", FACTS]).output()?;
        let machine = String::from_utf8(facts.stdout)?;
        let python = env::var_os("PYTHON").unwrap_or("python3".into());
        let any = |what| rows.iter().any(|row| row.is(what));
        if any("scale") {
            cargo_build("sysvipc", &[]);
        }
        let iceoryx2 = ["--features=iceoryx2", "--bin=bench-iceoryx2"];
        let has_iceoryx2 = any("iceoryx2") && cargo_build("xtask/bench", &iceoryx2);
        let has_two = thread::available_parallelism()?.get() > 1;
        let [fifo, pin, namespace] = [FIFO, PIN, NAMESPACE].map(usable);
        // Otherwise it is chance whether glibc gives memory back to the system with each `free`.
        let start = format!("export MALLOC_TRIM_THRESHOLD_=67108864; exec {fifo}");
        Ok(Workers {
            own: env::current_exe()?,
            python: machine.contains("- Python: ").then(|| python.into()),
            scripts: [pin, ""].map(|pin| format!("{start} {pin} {namespace} \"$@\"")),
            has: [!namespace.is_empty(), has_two, has_iceoryx2],
            machine,
        })
    }

    /// Returns why a row cannot be measured, if that is so.
    pub fn lacks(&self, row: &Row) -> Option<&'static str> {
        let [namespace, two, iceoryx2] = self.has;
        match row {
            row if row.is("limits") && !namespace => Some("needs an ipc namespace of its own"),
            row if row.is("two") && !two => Some("needs two processors"),
            row if row.is("iceoryx2") && !iceoryx2 => Some("needs iceoryx2, which does not build"),
            _ => None,
        }
    }

    /// Measures rows in several passes, each with fresh processes: the memory layout of a process has an effect that more
    /// rounds in the same process do not average out. Rows for which something is lacking have no figures.
    pub fn measure(&self, rows: &mut [Row], passes: usize, rounds: usize) -> Result<()> {
        for pass in 0..passes {
            eprintln!("bench: pass {} of {passes}", pass + 1);
            let mut rows = rows.iter_mut().filter(|row| self.lacks(row).is_none());
            rows.try_for_each(|row| self.pass(row, pass, rounds))?;
        }
        Ok(())
    }

    fn pass(&self, row: &mut Row, pass: usize, rounds: usize) -> Result<()> {
        let rounds = match rounds {
            rounds if row.is("scale") => rounds.div_ceil(6),
            rounds if row.is("kill") => rounds * 10,
            rounds => rounds,
        };
        let mut workers = Vec::new();
        for round in pass..pass + rounds {
            if workers.is_empty() || row.is("fresh") {
                workers.clear();
                workers = self.start(row)?;
            }
            let (mut taken, all) = ([[0.0, 1.0]; LINEUP.len()], workers.len());
            for turn in 0..all {
                // Another one begins, and every other round goes backwards.
                let turn = (turn + round / 2) % all;
                let at = if round % 2 == 1 { all - 1 - turn } else { turn };
                let ([who, which], times, worker) = &mut workers[at];
                taken[*who][*which] = time(worker, *times)?;
            }
            // Among other objects, what counts is the growth beside that of C.
            for (into, [among, alone]) in row.figures.iter_mut().zip(taken) {
                into.extend((among > 0.0).then_some(among * taken[0][1] / alone));
            }
        }
        Ok(())
    }

    /// Starts a worker for each job of a row that it supports, with the number of its repetitions in a round.
    fn start(&self, row: &Row) -> Result<Vec<([usize; 2], f64, Client)>> {
        let iceoryx2 = self.own.with_file_name("../release/bench-iceoryx2");
        let mut workers = Vec::new();
        for (who, layer) in LINEUP.into_iter().enumerate() {
            let (program, script) = match (layer, &self.python) {
                ("python", None) => continue,
                ("python", Some(python)) => (python, Some(SCRIPT)),
                ("c", _) if row.is("iceoryx2") => (&iceoryx2, None),
                _ => (&self.own, None),
            };
            for (which, job) in row.jobs(layer).into_iter().enumerate() {
                let mut command = Command::new("sh");
                command.args(["-c", &self.scripts[usize::from(row.is("two"))], "sh"]);
                command.arg(program).args(script).arg(job);
                if let Some(mut worker) = Client::start(&mut command)? {
                    let times = calibrate(&mut worker, if row.is("kill") { 0.0 } else { CHUNK })?;
                    workers.push(([who, which], times, worker));
                }
            }
        }
        Ok(workers)
    }
}

/// Makes a worker repeat the work so many times, and returns the nanoseconds that one took.
fn time(worker: &mut Client, times: f64) -> Result<f64> {
    worker.ask(times)?;
    Ok(worker.taken()? / times)
}

/// Returns the number of repetitions in about this time. The calibration also warms up the worker.
fn calibrate(worker: &mut Client, nanoseconds: f64) -> Result<f64> {
    const MOST: f64 = (1 << 24) as f64;
    let (mut times, mut enough) = (1.0, nanoseconds / time(worker, 1.0)?);
    while enough > 2.0 * times && times < MOST {
        times *= 2.0;
        enough = nanoseconds / time(worker, times)?;
    }
    Ok(enough.floor().clamp(1.0, MOST))
}

/// Returns the beginning of a command if a command can begin like that, and nothing otherwise.
fn usable(words: &str) -> &str {
    let mut command = Command::new("sh");
    let command = command.arg("-c").arg(format!("exec 2>&-; {words} true"));
    let is_usable = command.status().is_ok_and(|status| status.success());
    if is_usable { words } else { "" }
}

/// Builds a package in release mode, and returns whether that succeeded. If not, cargo has said why.
fn cargo_build(package: &str, options: &[&str]) -> bool {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    command.args(["build", "--release", "--quiet", "--manifest-path"]);
    command.arg(format!("{package}/Cargo.toml")).args(options);
    command.status().is_ok_and(|status| status.success())
}
