//! The options that the small demonstrations share, and the hidden one by which they call themselves.

use std::num::ParseIntError;
use std::str::FromStr;

use clap::Args;

use super::End;

/// Whether to stop before everything is removed.
#[derive(Debug, Copy, Clone, Args)]
pub struct Pause {
    /// Wait for Ctrl-C before the objects are removed, so that you can look at them
    /// with `ipcs` or `sysvipc` in another terminal
    #[arg(long)]
    pub pause: bool,
}

/// What a second process is to do, as its command line says it: a name, the process that started it, and then
/// the ids of the objects and other numbers.
#[derive(Debug, Clone)]
pub struct Role {
    name: String,
    first: u32,
    numbers: Vec<i32>,
}

impl Role {
    /// A role, given by this process.
    pub(super) fn new(name: &str, numbers: &[i32]) -> Role {
        Role {
            name: name.to_owned(),
            first: std::process::id(),
            numbers: numbers.to_vec(),
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The process that started this one.
    pub(super) fn first(&self) -> u32 {
        self.first
    }

    /// The numbers, as many as the role takes.
    ///
    /// # Errors
    ///
    /// If there are not as many: they are the program's own, and not for users to give.
    pub fn numbers<const N: usize>(&self) -> Result<[i32; N], End> {
        <[i32; N]>::try_from(self.numbers.as_slice())
            .map_err(|_| End::Failed(format!("the role {} takes {N} numbers", self.name)))
    }

    /// As [`from_str`](FromStr::from_str) reads it.
    pub(super) fn to_argument(&self) -> String {
        let numbers = self.numbers.iter().map(|number| format!(",{number}"));
        format!(
            "{},{}{}",
            self.name,
            self.first,
            numbers.collect::<String>()
        )
    }
}

impl FromStr for Role {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Role, ParseIntError> {
        let mut words = text.split(',');
        Ok(Role {
            name: words.next().unwrap_or_default().to_owned(),
            first: words.next().unwrap_or_default().parse()?,
            numbers: words.map(str::parse).collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_as_it_was_given() {
        let given = Role::new("writer", &[5, 32768]);
        let read: Role = given.to_argument().parse().unwrap();
        assert_eq!(read.name(), "writer");
        assert_eq!(read.first(), std::process::id());
        assert_eq!(read.numbers().unwrap(), [5, 32768]);
        assert!(read.numbers::<1>().is_err());
        assert!("writer".parse::<Role>().is_err());
        assert!("writer,1,x".parse::<Role>().is_err());
    }
}
