//! A second process: this program once more, with a role, and with the ids of the objects on its command line.

use std::env;
use std::mem;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::{End, Role, SLICE, Stage};

/// A second process that runs. Dropping it kills it, so that nobody is left who uses what will be removed.
#[derive(Debug)]
pub struct Second {
    child: Child,
    name: String,
}

impl Stage {
    /// Starts this program with a role; `numbers` are the ids of the objects, or whatever the role takes.
    ///
    /// # Errors
    ///
    /// If that cannot be done.
    pub fn start(&self, name: &str, numbers: &[i32]) -> Result<Second, End> {
        self.start_with(name, numbers, &[])
    }

    /// [`start`](Self::start), with options that users may give, too.
    ///
    /// # Errors
    ///
    /// If that cannot be done.
    pub fn start_with(&self, name: &str, numbers: &[i32], options: &[&str]) -> Result<Second, End> {
        self.check()?;
        let program = env::current_exe()?;
        let role = Role::new(name, numbers).to_argument();
        let child = Command::new(program)
            .args(["--role", &role])
            .args(options)
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| End::Failed(format!("cannot start the {name}: {error}")))?;
        Ok(Second {
            child,
            name: name.to_owned(),
        })
    }
}

impl Second {
    /// Its number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has done what it had to do.
    ///
    /// # Errors
    ///
    /// If it failed, or was told to stop; those of [`Stage::check`].
    pub fn finish(self, stage: &Stage) -> Result<(), End> {
        Second::finish_all(stage, vec![self])
    }

    /// Waits until all of them have; the first failure of any ends it, and them.
    ///
    /// # Errors
    ///
    /// Those of [`finish`](Self::finish).
    pub fn finish_all(stage: &Stage, mut seconds: Vec<Second>) -> Result<(), End> {
        stage.watch(|| {
            let mut running = Vec::new();
            for mut second in mem::take(&mut seconds) {
                match second.child.try_wait()? {
                    None => running.push(second),
                    Some(status) => {
                        // What ended it, say Ctrl-C, may be for this process too.
                        stage.check()?;
                        second.judge(status)?;
                    }
                }
            }
            seconds = running;
            Ok(seconds.is_empty().then_some(()))
        })
    }

    /// Waits until it has done something, for which `attempt` waits as [`Stage::wait`] says.
    ///
    /// # Errors
    ///
    /// If it ends instead; those of [`Stage::wait`].
    pub fn wait<T>(
        &mut self,
        stage: &Stage,
        mut attempt: impl FnMut(Duration) -> sysv_wrapper::Result<T>,
    ) -> Result<T, End> {
        stage.watch(|| {
            let ended = self.child.try_wait()?;
            // What it did before it ended is there.
            match (attempt(SLICE), ended) {
                (Err(error), None) if error.is_timed_out() => Ok(None),
                (Err(error), Some(status)) if error.is_timed_out() => {
                    stage.check()?;
                    self.judge(status)?;
                    let name = &self.name;
                    Err(End::Failed(format!("the {name} has ended too soon")))
                }
                (done, _) => Ok(Some(done?)),
            }
        })
    }

    /// Kills it with SIGKILL, which no process can catch, and waits until it is dead.
    ///
    /// # Errors
    ///
    /// If it had ended already.
    pub fn kill(mut self) -> Result<(), End> {
        if let Some(status) = self.child.try_wait()? {
            self.judge(status)?;
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn judge(&self, status: ExitStatus) -> Result<(), End> {
        let name = &self.name;
        let pid = self.pid();
        match (status.code().map(u8::try_from), status.signal()) {
            (Some(Ok(0)), _) => Ok(()),
            (Some(Ok(code @ 129..)), _) => Err(End::Interrupted(code - 128)),
            (Some(_), _) => Err(End::Failed(format!(
                "the {name}, process {pid}, has failed"
            ))),
            (None, signal) => {
                let signal = crate::signals::name(signal.unwrap_or_default());
                let text = format!("the {name}, process {pid}, was killed by {signal}");
                Err(End::Failed(text))
            }
        }
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        // Both fail if it has ended and was waited for, and that is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
