//! The tests let loose on the mutants: each mutant meets the tests that enter its function, those first that caught
//! its neighbours and then the quickest, until one fails.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::build::{Built, Fate};
use super::explained;
use super::list::Mutant;
use super::progress::Progress;
use super::reach::Reach;
use super::real::{self, Real};
use super::sandbox::{End, Sandbox};
use super::suite::Suite;
use super::tree::Tree;
use super::verdict::{Kept, Verdict};
use crate::task::Failure;

/// A test with a mutant has this time or, if that is more, [`PATIENCE`] times what it takes without.
const SHORTEST: Duration = Duration::from_secs(8);
const PATIENCE: u32 = 5;
/// So many of the likeliest tests run one by one, the others all of a binary at a time.
const LIKELY: usize = 8;
/// So many times longer when it has to prove that it was not the machine that was slow.
const AGAIN: u32 = 3;

/// All that the hunt needs to know.
pub(super) struct Hunt<'a> {
    pub(super) all: &'a [Mutant],
    pub(super) built: &'a Built,
    pub(super) suite: &'a Suite,
    pub(super) reach: &'a Reach,
    pub(super) jobs: usize,
}

/// How many mutants each test has caught, by function and by file.
#[derive(Default)]
struct Catches(BTreeMap<(String, usize), usize>);

impl Catches {
    fn of(&self, place: &str, test: usize) -> usize {
        self.0
            .get(&(place.to_owned(), test))
            .copied()
            .unwrap_or_default()
    }

    fn add(&mut self, place: &str, test: usize) {
        *self.0.entry((place.to_owned(), test)).or_default() += 1;
    }
}

impl Hunt<'_> {
    /// Judges the wanted mutants that have no verdict yet and are in the instrumented tree.
    pub(super) fn run(&self, wanted: &[usize], kept: &mut Kept) -> Result<(), Failure> {
        let mut open = Vec::new();
        for number in wanted {
            let mutant = &self.all[*number];
            let fate = self.built.fates[*number];
            match fate.verdict() {
                _ if kept.has(mutant) => {}
                // Nothing is to be found out.
                _ if fate == Fate::Ready && explained::why(mutant).is_some() => {
                    kept.put(mutant, Verdict::Survived)?;
                }
                Some(verdict) => kept.put(mutant, verdict)?,
                None if fate == Fate::Ready => open.push(*number),
                None => {}
            }
        }
        let progress = Progress::new("mutants judged", open.len());
        let next = AtomicUsize::new(0);
        let kept = Mutex::new(kept);
        let catches = Mutex::new(Catches::default());
        let work = |job: usize| -> Result<(), Failure> {
            let sandbox = Sandbox::new(job)?;
            while let Some(number) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mutant = &self.all[*number];
                let verdict = self.judge(&sandbox, mutant, &catches)?;
                // One the compiler may have run as well: cargo-mutants will tell.
                let is_open = verdict == Verdict::Survived && self.may_be_const(mutant);
                if let (false, Ok(mut kept)) = (is_open, kept.lock()) {
                    kept.put(mutant, verdict)?;
                }
                progress.step(&mutant.name);
            }
            Ok(())
        };
        let work = &work;
        thread::scope(|scope| {
            let threads: Vec<_> = (0..self.jobs)
                .map(|job| scope.spawn(move || work(job)))
                .collect();
            threads.into_iter().try_for_each(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(Failure::new("a thread that runs tests panicked")))
            })
        })?;
        progress.end();
        Ok(())
    }

    fn may_be_const(&self, mutant: &Mutant) -> bool {
        let function = self.built.functions[mutant.number];
        function.is_some_and(|function| self.built.may_be_const.contains(&function))
    }

    /// The tests that enter the function of a mutant, those of its own package first, and among these the likeliest.
    fn tests(&self, mutant: &Mutant, catches: &Mutex<Catches>) -> Vec<usize> {
        let Some(function) = self.built.functions[mutant.number] else {
            return Vec::new();
        };
        let visits = self.reach.visits.iter();
        let mut tests: Vec<_> = visits
            .filter(|(_, visit)| visit.functions.contains(&function))
            .map(|(test, visit)| (*test, visit.took))
            .collect();
        let place = function.to_string();
        let Ok(catches) = catches.lock() else {
            return Vec::new();
        };
        tests.sort_by_key(|(test, took)| {
            (
                self.suite.tests[*test].binary.package != mutant.package,
                Reverse(catches.of(&place, *test)),
                Reverse(catches.of(&mutant.file, *test)),
                *took,
            )
        });
        tests.into_iter().map(|(test, _)| test).collect()
    }

    fn judge(
        &self,
        sandbox: &Sandbox,
        mutant: &Mutant,
        catches: &Mutex<Catches>,
    ) -> Result<Verdict, Failure> {
        let tests = self.tests(mutant, catches);
        let (likely, rest) = tests.split_at(LIKELY.min(tests.len()));
        for test in likely {
            if let Some(verdict) = self.meet(sandbox, mutant, *test, catches)? {
                return Ok(verdict);
            }
        }
        let mut by_binary: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for test in rest {
            let binary = &self.suite.tests[*test].binary;
            let is_other = binary.package != mutant.package;
            let group = by_binary.entry((is_other, &binary.path));
            group.or_default().push(*test);
        }
        for tests in by_binary.values() {
            if self.end(sandbox, mutant, tests, 1)? == End::Passed {
                continue;
            }
            for test in tests {
                if let Some(verdict) = self.meet(sandbox, mutant, *test, catches)? {
                    return Ok(verdict);
                }
            }
        }
        Ok(Verdict::Survived)
    }

    /// Runs tests of one binary on a mutant, for so many times the usual limit.
    fn end(
        &self,
        sandbox: &Sandbox,
        mutant: &Mutant,
        tests: &[usize],
        times: u32,
    ) -> Result<End, Failure> {
        let usual: Duration = tests.iter().map(|test| self.reach.visits[test].took).sum();
        let limit = SHORTEST.max(usual * PATIENCE) * times;
        let tests: Vec<_> = tests.iter().map(|test| &self.suite.tests[*test]).collect();
        let number = mutant.number.to_string();
        Ok(sandbox.run(&tests, ("MUTANTS_ON", &number), limit)?.0)
    }

    /// One test on one mutant: a verdict if it catches it. What fails by chance, or for want of time, does so once.
    fn meet(
        &self,
        sandbox: &Sandbox,
        mutant: &Mutant,
        test: usize,
        catches: &Mutex<Catches>,
    ) -> Result<Option<Verdict>, Failure> {
        if self.end(sandbox, mutant, &[test], 1)? == End::Passed {
            return Ok(None);
        }
        let end = self.end(sandbox, mutant, &[test], AGAIN)?;
        if end == End::Passed {
            return Ok(None);
        }
        if let Ok(mut catches) = catches.lock() {
            let function = self.built.functions[mutant.number].unwrap_or_default();
            catches.add(&function.to_string(), test);
            catches.add(&mutant.file, test);
        }
        let by = self.suite.tests[test].title();
        Ok(Some(match end {
            End::TimedOut => Verdict::Timeout { by },
            _ => Verdict::Caught { by },
        }))
    }

    /// Has cargo-mutants judge the wanted mutants that have no verdict by now.
    pub(super) fn alone(
        &self,
        tree: &Tree,
        wanted: &[usize],
        kept: &mut Kept,
    ) -> Result<(), Failure> {
        let open: Vec<_> = wanted
            .iter()
            .map(|number| &self.all[*number])
            .filter(|mutant| !kept.has(mutant))
            .collect();
        let progress = Progress::new("mutants judged by cargo-mutants", open.len());
        let mut real = Real::new(tree)?;
        for mutant in open {
            eprintln!("by cargo-mutants: {}", mutant.name);
            let verdict = real.judge(mutant, &self.binaries(mutant))?;
            kept.put(mutant, verdict)?;
            progress.step(&mutant.name);
        }
        progress.end();
        Ok(())
    }

    /// The binaries whose tests enter the function of a mutant or, if that is not known, anything in its file; all of
    /// its package if nothing does.
    fn binaries(&self, mutant: &Mutant) -> BTreeSet<String> {
        let own = self.built.functions[mutant.number];
        let is_entered = |only_own: bool| {
            let near: BTreeSet<usize> = self
                .all
                .iter()
                .filter(|other| other.file == mutant.file)
                .filter_map(|other| self.built.functions[other.number])
                .filter(|function| !only_own || Some(*function) == own)
                .collect();
            let visits = self.reach.visits.iter();
            visits
                .filter(|(_, visit)| !visit.functions.is_disjoint(&near))
                .map(|(test, _)| &self.suite.tests[*test].binary)
                .filter(|binary| binary.package == mutant.package)
                .map(|binary| binary.chosen.clone())
                .collect::<BTreeSet<_>>()
        };
        let found = is_entered(true);
        if found.is_empty() {
            is_entered(false)
        } else {
            found
        }
    }

    /// Has cargo-mutants judge some of the mutants too, prints both verdicts, and tells how many differ.
    pub(super) fn compare(
        &self,
        tree: &Tree,
        wanted: &[usize],
        kept: &Kept,
        count: usize,
    ) -> Result<usize, Failure> {
        let judged: Vec<_> = wanted
            .iter()
            .map(|number| &self.all[*number])
            .filter(|mutant| self.built.fates[mutant.number] != Fate::Alone)
            .filter(|mutant| kept.verdict(mutant) != Verdict::Elsewhere)
            .collect();
        let mut real = Real::new(tree)?;
        let mut differing = 0;
        for mutant in real::sample(&judged, count) {
            let here = kept.verdict(mutant);
            let binaries = match &here {
                Verdict::Caught { by } | Verdict::Timeout { by } => by
                    .split(' ')
                    .nth(1)
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
                _ => self.binaries(mutant),
            };
            let there = real.judge(mutant, &binaries)?;
            let agree = here.is_caught() == there.is_caught()
                && (here == Verdict::Unviable) == (there == Verdict::Unviable);
            differing += usize::from(!agree);
            eprintln!(
                "{}: here {}, cargo-mutants {}: {}",
                if agree { "same" } else { "DIFFERENT" },
                here.word(),
                there.word(),
                mutant.name
            );
        }
        Ok(differing)
    }
}
