//! Tests in processes of their own. Whoever forks in a process with several tests has a part in the others: children
//! have attached what the others have.

use crate::support::process::child_command;
use crate::support::role;

/// Whether this process is there for `test` alone. If not, plays it in one that is, which has `environment` too.
#[track_caller]
pub fn is_alone(test: &str, environment: &[(&str, &str)]) -> bool {
    if role(test).is_some() {
        return true;
    }
    let mut command = child_command(test, &[]);
    command.envs(environment.iter().copied());
    // However long it takes: it has deadlines itself.
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}:\n{text}", output.status);
    assert!(text.contains(": ok. 1 passed;"), "no test was run:\n{text}");
    print!("{text}");
    false
}
