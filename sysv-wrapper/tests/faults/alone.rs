//! Tests in processes of their own. A child forked in a process with several tests also inherits the attachments of the
//! other tests.

use crate::support::process::child_command;
use crate::support::role;

/// Returns whether this process runs `test` alone. If not, runs the test in a new process, with `environment` added.
#[track_caller]
pub fn is_alone(test: &str, environment: &[(&str, &str)]) -> bool {
    if role(test).is_some() {
        return true;
    }
    let mut command = child_command(test, &[]);
    command.envs(environment.iter().copied());
    // No time limit here: the test has its own deadlines.
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}:\n{text}", output.status);
    assert!(text.contains(": ok. 1 passed;"), "no test was run:\n{text}");
    print!("{text}");
    false
}
