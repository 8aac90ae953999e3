//! The names of users and groups, each looked up once.

use std::collections::HashMap;
use std::rc::Rc;

use nix::unistd::{Gid, Group, Uid, User};

/// A name, if the number has one.
pub(crate) type Name = Option<Rc<str>>;

/// What was looked up already.
#[derive(Debug, Default)]
pub(crate) struct Names {
    users: HashMap<u32, Name>,
    groups: HashMap<u32, Name>,
}

impl Names {
    /// The user's name; none if the system does not know one, or cannot look it up.
    pub(crate) fn user(&mut self, uid: u32) -> Name {
        let find = || User::from_uid(Uid::from_raw(uid)).ok().flatten();
        let name = self
            .users
            .entry(uid)
            .or_insert_with(|| find().map(|user| user.name.into()));
        name.clone()
    }

    /// The group's name.
    pub(crate) fn group(&mut self, gid: u32) -> Name {
        let find = || Group::from_gid(Gid::from_raw(gid)).ok().flatten();
        let name = self
            .groups
            .entry(gid)
            .or_insert_with(|| find().map(|group| group.name.into()));
        name.clone()
    }

    /// The user's name, or the number.
    pub(crate) fn user_or_uid(&mut self, uid: u32) -> String {
        self.user(uid)
            .map_or_else(|| uid.to_string(), |name| name.to_string())
    }

    /// The group's name, or the number.
    pub(crate) fn group_or_gid(&mut self, gid: u32) -> String {
        self.group(gid)
            .map_or_else(|| gid.to_string(), |name| name.to_string())
    }
}
