//! Which mutant is in force in this process, and which functions it has entered: the end of an instrumented crate.
//!
//! It stands in each crate by itself. Nothing is asked of the system but the environment, once; a process that
//! records appends to a file, which it opens for that only, so that no descriptor is held.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Nobody has asked yet.
const UNKNOWN: usize = usize::MAX;
/// No mutant, and nothing to record.
const NONE: usize = usize::MAX - 1;
/// No mutant; functions are recorded.
const RECORDING: usize = usize::MAX - 2;

static IN_FORCE: AtomicUsize = AtomicUsize::new(UNKNOWN);
static ENTERED: [AtomicBool; FUNCTIONS] = [const { AtomicBool::new(false) }; FUNCTIONS];

/// Whether this mutant is in force; never while the compiler runs the function. Deprecated, as is [`reached`], so
/// that the compiler tells of each use which it compiles.
#[deprecated]
pub(crate) const fn on(mutant: usize) -> bool {
    std::intrinsics::const_eval_select((mutant,), not_on, is_on)
}

/// The function of this number is entered.
#[deprecated]
pub(crate) const fn reached(function: usize) {
    std::intrinsics::const_eval_select((function,), ignore, record);
}

const fn not_on(_: usize) -> bool {
    false
}

fn is_on(mutant: usize) -> bool {
    in_force() == mutant
}

const fn ignore(_: usize) {}

fn record(function: usize) {
    if in_force() == RECORDING && !ENTERED[function].swap(true, Ordering::Relaxed) {
        let path = std::env::var_os("MUTANTS_RECORD").unwrap_or_default();
        if let Ok(mut file) = std::fs::OpenOptions::new().append(true).open(path) {
            let _ = file.write_all(format!("{function}\n").as_bytes());
        }
    }
}

fn in_force() -> usize {
    match IN_FORCE.load(Ordering::Relaxed) {
        UNKNOWN => {
            let number = std::env::var("MUTANTS_ON").ok().and_then(|n| n.parse().ok());
            let records = std::env::var_os("MUTANTS_RECORD").is_some();
            let found = number.unwrap_or(if records { RECORDING } else { NONE });
            IN_FORCE.store(found, Ordering::Relaxed);
            found
        }
        known => known,
    }
}
