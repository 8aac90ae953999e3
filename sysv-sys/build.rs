//! Detects what this target offers, and writes its declarations to where `src/lib.rs` includes them.
//!
//! `build/probe.rs` gets facts from the C compiler, `build/bindings.rs` gets the declarations, `build/report.rs` writes
//! them for cargo, dependents and people.

#[path = "build/bindings.rs"]
mod bindings;
#[path = "build/facts.rs"]
mod facts;
#[cfg(feature = "buildtime-bindgen")]
#[path = "build/generate.rs"]
mod generate;
#[path = "build/parts.rs"]
mod parts;
#[path = "build/probe.rs"]
mod probe;
#[path = "build/report.rs"]
mod report;

fn main() {
    report::inputs();
    let compiler = probe::Compiler::for_target();
    let probed = compiler.as_ref().ok().and_then(probe::facts);
    let found = match bindings::obtain(compiler.as_ref().ok(), probed.as_ref()) {
        Ok(found) => found,
        Err(message) => report::stop(&message),
    };
    let recorded = facts::Facts::recorded_in(&found.text);
    if let (Some(probed), Some(recorded)) = (&probed, &recorded) {
        if let Some(contradiction) = probed.contradiction(recorded) {
            report::stop(&found.contradicted(&contradiction));
        }
    }
    let facts_source = if probed.is_some() {
        "probe"
    } else {
        "bindings"
    };
    match probed.or(recorded) {
        Some(facts) => report::write(&found, &facts.limited_to(&found.text), facts_source),
        None => report::stop(
            "no C compiler could include <sys/ipc.h> for this target, and the declarations record \
             no facts of their own (lines that begin with `// fact`)",
        ),
    }
}
