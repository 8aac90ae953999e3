//! Who takes part.

use std::fmt;

/// The two who talk.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum Role {
    /// Mrs. Premise, who begins.
    Premise,
    /// Mrs. Conclusion, who answers.
    Conclusion,
}

impl Role {
    /// Both, in the order in which they talk.
    pub const BOTH: [Role; 2] = [Role::Premise, Role::Conclusion];

    /// The other one.
    #[must_use]
    pub const fn peer(self) -> Role {
        match self {
            Role::Premise => Role::Conclusion,
            Role::Conclusion => Role::Premise,
        }
    }

    /// 0 or 1: the place in an array of both.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The word for her on a command line.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Premise => "premise",
            Role::Conclusion => "conclusion",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Premise => "Mrs. Premise",
            Role::Conclusion => "Mrs. Conclusion",
        })
    }
}

/// A process that has to do with the conversation.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum Party {
    /// The one that started both, where they do not run by hand.
    Supervisor,
    /// One of the two.
    Side(Role),
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Supervisor => f.write_str("the supervisor"),
            Party::Side(role) => role.fmt(f),
        }
    }
}
