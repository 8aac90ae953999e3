//! The instrumented tree, built: which mutants compile, which are compiled at all, and what came out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use std::process::Command;

use super::bodies::{Body, bodies};
use super::list::{Mutant, PACKAGES};
use super::messages::{Diagnostic, Message};
use super::schema::{self, Function, OPENING, SWITCH, Written};
use super::tree::Tree;
use super::verdict::{Kept, Verdict};
use crate::task::Failure;

/// The copy with the mutants.
const COPY: &str = "tree";

/// How a mutant can be looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fate {
    /// It is in the instrumented tree.
    Ready,
    /// It does not compile.
    Unviable,
    /// This system does not compile its code.
    Elsewhere,
    /// It cannot be one of two bodies: in no function, or in one whose type depends on its body.
    Alone,
}

/// A test binary, or the library's and the command's own tests.
#[derive(Clone, Debug)]
pub(super) struct Binary {
    /// `sysv-ipc`.
    pub(super) package: String,
    /// How cargo is told to build it: `--test=semop`, `--lib`.
    pub(super) chosen: String,
    pub(super) path: PathBuf,
    /// Where cargo would run it.
    pub(super) folder: PathBuf,
}

/// What was built.
pub(super) struct Built {
    /// By the number of the mutant.
    pub(super) fates: Vec<Fate>,
    /// The function of each mutant, by their numbers.
    pub(super) functions: Vec<Option<usize>>,
    /// Which functions the compiler may run.
    pub(super) may_be_const: BTreeSet<usize>,
    pub(super) binaries: Vec<Binary>,
}

/// One body with its mutants, by their numbers.
struct Site {
    file: String,
    body: Body,
    mutants: Vec<usize>,
}

impl Built {
    /// Builds until only mutants are left that compile.
    pub(super) fn make(tree: &Tree, all: &[Mutant], kept: &mut Kept) -> Result<Self, Failure> {
        let sites = sites(tree, all)?;
        let mut functions = vec![None; all.len()];
        let mut fates = vec![Fate::Alone; all.len()];
        for (number, site) in sites.iter().enumerate() {
            for mutant in &site.mutants {
                functions[*mutant] = Some(number);
                if !all[*mutant].is_opaque {
                    fates[*mutant] = Fate::Ready;
                }
            }
        }
        for mutant in all {
            if kept.is_unviable(mutant) {
                fates[mutant.number] = Fate::Unviable;
            }
        }
        let mut all_tests = false;
        let (messages, sources) = loop {
            let sources = write(tree, all, &sites, &fates)?;
            let messages = cargo(tree, all_tests)?;
            let errors: Vec<_> = messages.iter().filter_map(Message::error).collect();
            if !errors.is_empty() {
                let before = fates.clone();
                blame(&errors, &sources, &sites, &mut fates)?;
                for (mutant, (before, after)) in all.iter().zip(before.iter().zip(&fates)) {
                    if (before, after) == (&Fate::Ready, &Fate::Unviable) {
                        kept.put(mutant, Verdict::Unviable)?;
                    }
                }
                let unviable = fates.iter().filter(|fate| **fate == Fate::Unviable);
                eprintln!("{} mutants do not compile", unviable.count());
            } else if all_tests {
                break (messages, sources);
            } else {
                all_tests = true;
            }
        };
        let compiled = compiled(&messages, &sources);
        for (number, fate) in fates.iter_mut().enumerate() {
            let is_here = functions[number].is_none_or(|site| compiled.contains(&site));
            if *fate != Fate::Unviable && !is_here {
                *fate = Fate::Elsewhere;
            }
        }
        let may_be_const = sites.iter().enumerate();
        let may_be_const = may_be_const.filter(|(_, site)| site.body.is_const);
        let binaries = messages
            .into_iter()
            .filter_map(|m| m.binary(&tree.place(COPY)))
            .collect();
        Ok(Self {
            fates,
            functions,
            may_be_const: may_be_const.map(|(number, _)| number).collect(),
            binaries,
        })
    }
}

/// The bodies that have mutants, each with those that are in no inner one.
fn sites(tree: &Tree, all: &[Mutant]) -> Result<Vec<Site>, Failure> {
    let mut sites: Vec<Site> = Vec::new();
    let files: BTreeSet<&String> = all.iter().map(|mutant| &mutant.file).collect();
    for file in files {
        let found = bodies(tree.text(file)?).map_err(Failure::because(file))?;
        let first = sites.len();
        sites.extend(found.into_iter().map(|body| Site {
            file: file.clone(),
            body,
            mutants: Vec::new(),
        }));
        for mutant in all.iter().filter(|mutant| mutant.file == *file) {
            let around = |site: &&mut Site| {
                let range = &site.body.range;
                range.start < mutant.span.start && mutant.span.end < range.end
            };
            // Inner ones come later.
            if let Some(site) = sites[first..].iter_mut().rfind(around) {
                site.mutants.push(mutant.number);
            }
        }
    }
    sites.retain(|site| !site.mutants.is_empty());
    Ok(sites)
}

/// Writes the instrumented tree, and tells what is where in its sources.
fn write(
    tree: &Tree,
    all: &[Mutant],
    sites: &[Site],
    fates: &[Fate],
) -> Result<BTreeMap<String, Written>, Failure> {
    let mut by_file: BTreeMap<String, Vec<Function>> = BTreeMap::new();
    for package in PACKAGES {
        for root in tree.roots(package) {
            by_file.insert(root, Vec::new());
        }
    }
    for (number, site) in sites.iter().enumerate() {
        let ready = site.mutants.iter().filter(|m| fates[**m] == Fate::Ready);
        by_file
            .entry(site.file.clone())
            .or_default()
            .push(Function {
                number,
                body: site.body.clone(),
                mutants: ready.map(|m| all[*m].clone()).collect(),
            });
    }
    let roots: BTreeSet<String> = PACKAGES.iter().flat_map(|p| tree.roots(p)).collect();
    let mut sources = BTreeMap::new();
    for (file, functions) in by_file {
        let is_root = roots.contains(&file);
        let opening = if is_root { OPENING } else { "" };
        let mut written = schema::write(tree.text(&file)?, &functions, opening);
        if is_root {
            let count = sites.len();
            let functions = format!("const FUNCTIONS: usize = {count};");
            let module = [
                "\n#[allow(warnings)]\nmod mutant {\n",
                SWITCH,
                &functions,
                "\n}\n",
            ];
            written.text += &module.concat();
        }
        sources.insert(file, written);
    }
    let texts = sources
        .iter()
        .map(|(file, written)| (file.clone(), written.text.clone()))
        .collect();
    tree.write(COPY, &texts)?;
    Ok(sources)
}

/// Has cargo check the crates, or build them with all tests.
fn cargo(tree: &Tree, all_tests: bool) -> Result<Vec<Message>, Failure> {
    let mut command = Command::new("cargo");
    if all_tests {
        command.args(["test", "--no-run", "--tests"]);
    } else {
        command.args(["check", "--keep-going"]);
    }
    command.args([
        "--lib",
        "--bins",
        "--all-features",
        "--quiet",
        "--message-format=json",
    ]);
    for package in PACKAGES {
        command.args(["-p", package]);
    }
    settings(&mut command, tree, "build");
    command
        .current_dir(tree.place(COPY))
        .env("RUSTFLAGS", "--cap-lints=warn")
        // The crates' own names: dependencies would take it for a nightly compiler.
        .env("RUSTC_BOOTSTRAP", "sysv_ipc,sysv_wrapper,sysvipc");
    let told = command
        .output()
        .map_err(Failure::because("cannot start cargo"))?;
    let text = String::from_utf8_lossy(&told.stdout);
    let messages: Vec<Message> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    if !told.status.success() && !messages.iter().any(|m| m.error().is_some()) {
        return Err(Failure::new(format!(
            "the instrumented tree cannot be built\n{}",
            String::from_utf8_lossy(&told.stderr)
        )));
    }
    Ok(messages)
}

/// What every build of a copy has: a target folder of its own, and no debugging information.
pub(super) fn settings(command: &mut Command, tree: &Tree, target: &str) {
    command
        .env("CARGO_TARGET_DIR", tree.place(target))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_PROFILE_TEST_DEBUG", "0")
        .env("CARGO_TERM_COLOR", "never");
}

/// Finds whom each error is about, and takes them out of the tree.
fn blame(
    errors: &[&Diagnostic],
    sources: &BTreeMap<String, Written>,
    sites: &[Site],
    fates: &mut [Fate],
) -> Result<(), Failure> {
    let before = fates.iter().filter(|fate| **fate == Fate::Ready).count();
    for error in errors {
        let places: Vec<_> = error.places().collect();
        let mut copies = places
            .iter()
            .filter_map(|(file, place)| find(&sources.get(*file)?.copies, place));
        if let Some(mutant) = copies.next() {
            fates[mutant] = Fate::Unviable;
            continue;
        }
        // The original, then: its type is not that of a copy of it.
        let functions = places
            .iter()
            .filter_map(|(file, place)| find(&sources.get(*file)?.functions, place));
        for function in functions {
            for mutant in &sites[function].mutants {
                if fates[*mutant] == Fate::Ready {
                    fates[*mutant] = Fate::Alone;
                }
            }
        }
    }
    let after = fates.iter().filter(|fate| **fate == Fate::Ready).count();
    if before == after {
        let texts: Vec<_> = errors.iter().map(|e| e.rendered.as_str()).collect();
        return Err(Failure::new(format!(
            "the instrumented tree does not compile, for no reason that a mutant has\n{}",
            texts.join("\n")
        )));
    }
    Ok(())
}

/// Which of these the place is in; the innermost, since inner ones are written first.
fn find(regions: &[(Range<usize>, usize)], place: &Range<usize>) -> Option<usize> {
    let is_around = |region: &Range<usize>| region.start <= place.start && place.end <= region.end;
    regions
        .iter()
        .find(|(region, _)| is_around(region))
        .map(|(_, number)| *number)
}

/// The functions whose questions the compiler has seen.
fn compiled(messages: &[Message], sources: &BTreeMap<String, Written>) -> BTreeSet<usize> {
    messages
        .iter()
        .filter_map(|message| message.diagnostic.as_ref())
        .filter(|diagnostic| diagnostic.code() == "deprecated")
        .flat_map(Diagnostic::places)
        .filter_map(|(file, place)| find(&sources.get(file)?.functions, &place))
        .collect()
}
