//! Measuring: passes over the rows, with fresh workers for each, and rounds in which the workers take turns.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use indicatif::ProgressBar;

use super::rows::Row;
use crate::task::{self, Failure};

/// The contenders. The first is the baseline, the second a copy of the baseline, whose difference is noise.
pub(crate) const LINEUP: [&str; 5] = ["c", "c", "sysv-ipc", "sysv-wrapper", "python"];

/// Nanoseconds per operation in each round, for each request of the row, in the order of [`LINEUP`]. Empty for a contender
/// that does not support the work.
pub(crate) type Figures = [[Vec<f64>; 2]; LINEUP.len()];

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

/// A shell script that describes the machine.
const FACTS: &str = r#"
version='import sysv_ipc, sys; print(sys.version.split()[0], "with sysv_ipc", sysv_ipc.VERSION)'
echo "processor: $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)"
echo "system: $(uname -srm)"
echo "C library: $(getconf GNU_LIBC_VERSION)"
echo "C compiler: $("${CC:-cc}" --version | head -n 1)"
echo "Rust: $(rustc --version)"
echo "Python: $("${PYTHON:-python3}" -c "$version")"
"#;

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
    /// The position in [`LINEUP`], and the command.
    commands: Vec<(usize, [OsString; 2])>,
    /// The same of rows about programs.
    programs: Vec<(usize, [OsString; 2])>,
    /// The same of rows about `sync`.
    sync: Vec<(usize, [OsString; 2])>,
    run: String,
    /// The same without a processor to be on.
    run_anywhere: String,
    pub(crate) have_namespaces: bool,
    pub(crate) machine: BTreeMap<String, String>,
}

impl Workers {
    /// Builds the contenders that the rows need, and looks for the installed ones.
    pub(crate) fn find(rows: &[Row]) -> Result<Workers, Failure> {
        let works = |words: &str| task::succeeds("sh", &["-c", &format!("{words} true")]);
        let pin = Some(PIN).filter(|pin| works(pin)).unwrap_or_default();
        let ways = WAYS.map(|way| format!("{way} sh -c '{RAISE}' sh"));
        let way = ways.into_iter().find(|way| works(way));
        // Otherwise it is chance whether glibc gives memory back to the system with each `free`.
        let keep = "MALLOC_TRIM_THRESHOLD_=67108864";
        let output = Command::new("sh").args(["-c", FACTS]).output();
        let output = output.map_err(Failure::because("cannot run a shell"))?;
        let mut machine = BTreeMap::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            if let Some((name, fact)) = line.split_once(": ").filter(|(_, fact)| !fact.is_empty()) {
                machine.insert(name.to_owned(), fact.to_owned());
            }
        }

        let folder = task::workspace_root().join("xtask/src/bench");
        let rust = task::release("bench-worker", "bench-worker")?;
        let rust = rust.ok_or_else(|| Failure::new("the worker in Rust does not build"))?;
        let c = rust.with_file_name("bench-worker-c");
        let mut compile = Command::new(env::var_os("CC").unwrap_or("cc".into()));
        compile.args(["-O2", "-Wall", "-o"]).arg(&c);
        let compiled = compile.arg(folder.join("worker.c")).status();
        if !compiled.is_ok_and(|status| status.success()) {
            return Err(Failure::new("the worker in C does not compile"));
        }
        if rows.iter().any(|row| row.topic() == "scale") {
            task::release("sysvipc", "sysvipc")?;
        }
        let [c, rust, script] = [c, rust, folder.join("worker.py")].map(OsString::from);
        let programs =
            ["ipcs", "ipcs", "lsipc", "sysvipc"].map(|program| [rust.clone(), program.into()]);
        let sync = [(0, "reference"), (1, "reference"), (3, "sysv-wrapper")]
            .map(|(who, layer)| (who, [rust.clone(), layer.into()]))
            .into();
        let mut commands = vec![
            (0, ["env".into(), c.clone()]),
            (1, ["env".into(), c]),
            (2, [rust.clone(), "sysv-ipc".into()]),
            (3, [rust, "sysv-wrapper".into()]),
        ];
        if machine.contains_key("Python") {
            let python = env::var_os("PYTHON").unwrap_or("python3".into());
            commands.push((4, [python, script]));
        }
        let have_namespaces = way.is_some();
        let way = way.unwrap_or_default();
        Ok(Workers {
            commands,
            programs: (0..).zip(programs).collect(),
            sync,
            have_namespaces,
            run: format!("{keep} exec {pin} {way} \"$@\""),
            run_anywhere: format!("{keep} exec {way} \"$@\""),
            machine,
        })
    }

    /// Starts a worker for each request of a row. Omits contenders that do not support the work.
    fn start(&self, row: &Row) -> Result<Vec<([usize; 2], Worker)>, Failure> {
        let mut workers = Vec::new();
        let commands = match row.topic() {
            "scale" => &self.programs,
            "sync" => &self.sync,
            _ => &self.commands,
        };
        let run = if row.is_parallel() {
            &self.run_anywhere
        } else {
            &self.run
        };
        for (who, command) in commands {
            for (which, request) in row.requests().iter().enumerate() {
                if let Some(worker) = Worker::start(run, command, request)? {
                    workers.push(([*who, which], worker));
                }
            }
        }
        Ok(workers)
    }

    /// Measures rows. Rows that need a namespace have no figures if none can be created.
    pub(crate) fn measure(&self, rows: &[Row], plan: &Plan) -> Result<Vec<Figures>, Failure> {
        let mut figures = vec![Figures::default(); rows.len()];
        let progress = ProgressBar::new((plan.passes * rows.len()) as u64);
        for pass in 0..plan.passes {
            for (row, figures) in rows.iter().zip(&mut figures) {
                progress.inc(1);
                if !row.needs_namespace() || self.have_namespaces {
                    self.pass(row, plan, pass, figures)?;
                }
            }
        }
        progress.finish_and_clear();
        Ok(figures)
    }

    fn pass(&self, row: &Row, plan: &Plan, pass: usize, into: &mut Figures) -> Result<(), Failure> {
        let mut workers = self.start(row)?;
        let mut often = Vec::new();
        for (_, worker) in &mut workers {
            often.push(worker.calibrate(plan.chunk)?);
        }
        for round in pass..pass + row.rounds(plan.rounds) {
            if row.is_anew() {
                workers.clear();
                workers = self.start(row)?;
                for (_, worker) in &mut workers {
                    worker.run(1.0)?;
                }
            }
            // Another one begins, and every other round goes backwards.
            let mut order: Vec<_> = (0..workers.len()).collect();
            order.rotate_left(round / 2 % workers.len());
            if round % 2 == 1 {
                order.reverse();
            }
            for turn in order {
                let ([who, which], worker) = &mut workers[turn];
                let times = often[turn];
                into[*who][*which].push(worker.run(times)? / times);
            }
        }
        Ok(())
    }
}

/// A process that does the work of one row. Dropping it ends the process, which removes its objects, and waits for it.
struct Worker {
    process: Child,
    requests: Box<dyn Write>,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    /// `None` if it cannot do such work.
    fn start(
        run: &str,
        command: &[OsString],
        request: &[String],
    ) -> Result<Option<Worker>, Failure> {
        let mut start = Command::new("sh");
        start.args(["-c", run, "sh"]).args(command).args(request);
        start.stdin(Stdio::piped()).stdout(Stdio::piped());
        let process = start.spawn();
        let mut process = process.map_err(Failure::because("cannot start a worker"))?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        let (requests, answers) = pipes.ok_or_else(|| Failure::new("a worker has no pipes"))?;
        let mut worker = Worker {
            process,
            requests: Box::new(requests),
            answers: BufReader::new(answers),
        };
        Ok((worker.answer()? == "ready").then_some(worker))
    }

    fn answer(&mut self) -> Result<String, Failure> {
        let mut answer = String::new();
        match self.answers.read_line(&mut answer) {
            Ok(1..) => Ok(answer.trim_end().to_owned()),
            _ => Err(Failure::new("a worker ended")),
        }
    }

    /// Makes the worker repeat the work so many times, and returns the time in nanoseconds.
    fn run(&mut self, times: f64) -> Result<f64, Failure> {
        let asked = writeln!(self.requests, "{times}");
        asked.map_err(Failure::because("a worker ended"))?;
        let answer = self.answer()?;
        answer.parse().map_err(Failure::because(answer))
    }

    /// Returns the number of repetitions in about this time. The calibration also warms up the worker.
    fn calibrate(&mut self, nanoseconds: f64) -> Result<f64, Failure> {
        const MOST: f64 = (1 << 24) as f64;
        let mut times = 1.0;
        loop {
            let taken = self.run(times)?;
            if taken >= nanoseconds / 2.0 || times >= MOST {
                return Ok((times * nanoseconds / taken).floor().clamp(1.0, MOST));
            }
            times *= 2.0;
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // The end of its input ends the worker.
        self.requests = Box::new(io::sink());
        let _ = self.process.wait();
    }
}
