//! What the figures are from: processor, kernel, versions.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use super::contenders::{self, Contender, Contenders};

/// What a reader wants to know of the machine, by name. What it does not tell is left out.
pub(crate) fn facts(contenders: &Contenders) -> BTreeMap<&'static str, String> {
    let version = |who, arguments: &[&str]| {
        let program = contenders.program(who)?.to_str()?;
        first_line(program, arguments)
    };
    let compiler = contenders::compiler();
    let module =
        "import sysv_ipc, sys; print(sys.version.split()[0], 'with sysv_ipc', sysv_ipc.VERSION)";
    let core = "printf '%vd with IPC::SysV %s', $^V, $IPC::SysV::VERSION";
    [
        ("processor", processor_name()),
        ("system", first_line("uname", &["-srm"])),
        ("C library", first_line("getconf", &["GNU_LIBC_VERSION"])),
        (
            "C compiler",
            compiler
                .to_str()
                .and_then(|cc| first_line(cc, &["--version"])),
        ),
        ("Rust", first_line("rustc", &["--version"])),
        ("Python", version(Contender::Python, &["-c", module])),
        (
            "Perl",
            version(Contender::Perl, &["-MIPC::SysV", "-e", core]),
        ),
    ]
    .into_iter()
    .filter_map(|(name, fact)| fact.map(|fact| (name, fact)))
    .collect()
}

fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

fn processor_name() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    value_of(&text, "model name").map(str::to_owned)
}

/// The last processor that this process may run on, if programs can be put on it.
pub(crate) fn processor() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let allowed = value_of(&status, "Cpus_allowed_list")?;
    let last = allowed.rsplit([',', '-']).next()?.to_owned();
    let pinned = Command::new("taskset")
        .args(["--cpu-list", &last, "true"])
        .output();
    pinned.ok()?.status.success().then_some(last)
}

/// What stands behind a name and a colon.
fn value_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let values = text.lines().filter_map(|line| line.split_once(':'));
    let mut found = values.filter(|(found, _)| found.trim() == name);
    found.next().map(|(_, value)| value.trim())
}
