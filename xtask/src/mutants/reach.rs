//! Which test enters which functions, and how long it takes: each runs once, by itself, without any mutant.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::build::Built;
use super::cannot;
use super::progress::Progress;
use super::sandbox::{End, Sandbox};
use super::suite::Suite;
use super::tree::Tree;
use crate::task::Failure;

/// A test that takes longer does not count.
const LONGEST: Duration = Duration::from_secs(300);

/// What is known of the tests that pass.
#[derive(Default)]
pub(super) struct Reach {
    /// By the number of the test.
    pub(super) visits: BTreeMap<usize, Visit>,
    /// Tests that do not pass, by name.
    pub(super) unfit: Vec<String>,
}

/// One test that passed.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Visit {
    pub(super) took: Duration,
    pub(super) functions: BTreeSet<usize>,
}

/// By the name of the test; nothing if it did not pass.
#[derive(Default, Deserialize, Serialize)]
struct Recorded {
    /// The sources that it is about.
    state: String,
    visits: BTreeMap<String, Option<Visit>>,
}

/// Runs the tests, those that no earlier run has recorded on the same sources.
pub(super) fn record(
    tree: &Tree,
    built: &Built,
    suite: &Suite,
    jobs: usize,
) -> Result<Reach, Failure> {
    let path = tree.place("recorded.json");
    let state = format!("{} {}", tree.state(&[""]), built.functions.len());
    let known: Recorded = fs::read(&path)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let mut visits = if known.state == state {
        known.visits
    } else {
        BTreeMap::new()
    };
    let missing: Vec<usize> = (0..suite.tests.len())
        .filter(|test| !visits.contains_key(&suite.tests[*test].title()))
        .collect();
    let progress = Progress::new("tests recorded", missing.len());
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = |job: usize| -> Result<(), Failure> {
        let sandbox = Sandbox::new(job)?;
        while let Some(test) = missing.get(next.fetch_add(1, Ordering::Relaxed)) {
            let visit = visit(&sandbox, suite, *test)?;
            if let Ok(mut found) = found.lock() {
                found.push((suite.tests[*test].title(), visit));
            }
            progress.step("");
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs)
            .map(|job| scope.spawn(move || work(job)))
            .collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err(Failure::new("a thread that records tests panicked")))
        })
    })?;
    progress.end();
    visits.extend(found.into_inner().unwrap_or_default());
    let recorded = Recorded { state, visits };
    let text = serde_json::to_vec(&recorded).map_err(Failure::because("cannot keep the record"))?;
    fs::write(&path, text).map_err(cannot("write", &path))?;
    let mut reach = Reach::default();
    for (number, test) in suite.tests.iter().enumerate() {
        match recorded.visits.get(&test.title()).cloned().flatten() {
            Some(visit) => {
                reach.visits.insert(number, visit);
            }
            None => reach.unfit.push(test.title()),
        }
    }
    Ok(reach)
}

/// Runs one test; nothing is known of it if it does not pass.
fn visit(sandbox: &Sandbox, suite: &Suite, test: usize) -> Result<Option<Visit>, Failure> {
    let path = sandbox.file()?;
    let variable = ("MUTANTS_RECORD", path.to_str().unwrap_or_default());
    let (end, took) = sandbox.run(&[&suite.tests[test]], variable, LONGEST)?;
    let told = fs::read_to_string(&path).map_err(cannot("read", &path))?;
    let functions = told.lines().filter_map(|line| line.parse().ok()).collect();
    Ok((end == End::Passed).then_some(Visit { took, functions }))
}
