//! The demonstrations, run as real processes.

#[macro_use]
extern crate test_attribute;

#[path = "../support/mod.rs"]
mod support;

mod arguments;
mod by_hand;
mod conversation;
mod corruption;
mod examples;
mod interrupted;
mod killed;
mod limits;
mod real_programs;
mod record;
