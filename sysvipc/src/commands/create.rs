//! `sysvipc create`: creates an object, and prints its id and key.

use std::io::Write;

use sysv_wrapper::{
    Key, MessageQueue, Object, RemoveOnDrop, SemaphoreSet, SharedMemory, page_size,
};

use crate::cli::{CreateArgs, CreateCommon, CreateKind, KeyArgs};
use crate::exit::{Failure, Result};
use crate::object::Identity;
use crate::stdio::Output;

/// How the new object is named.
enum NewKey {
    Key(Key),
    Unique,
    Private,
}

impl KeyArgs {
    fn new_key(&self) -> Result<NewKey> {
        Ok(match (self.key, &self.path, self.project) {
            (Some(key), ..) => NewKey::Key(key),
            (None, Some(path), Some(project)) => NewKey::Key(Key::from_path(path, project)?),
            _ if self.private => NewKey::Private,
            _ => NewKey::Unique,
        })
    }
}

/// Calls the builder's verb for the key.
macro_rules! create {
    ($builder:expr, $key:expr) => {
        match $key {
            NewKey::Key(key) => $builder.create(key),
            NewKey::Unique => $builder.create_unique(),
            NewKey::Private => $builder.create_private(),
        }
    };
}

/// Creates the object.
pub(crate) fn run(args: &CreateArgs, out: Output) -> Result {
    match &args.kind {
        CreateKind::Shm { size, fill, common } => {
            let builder = SharedMemory::builder()
                .mode(common.mode)
                .size(size.unwrap_or(page_size()));
            let builder = match fill {
                Some(byte) => builder.fill(*byte),
                None => builder,
            };
            print(create!(builder, common.key.new_key()?)?, common, out)
        }
        CreateKind::Sem {
            values,
            count,
            common,
        } => {
            let values = match (count, &values[..]) {
                (None, values) => values.to_vec(),
                (Some(count), [value]) => vec![*value; usize::from(*count)],
                (Some(_), _) => {
                    return Err(Failure::usage(
                        "--count goes with one value, and not with several",
                    ));
                }
            };
            let builder = SemaphoreSet::builder().mode(common.mode).values(values);
            print(create!(builder, common.key.new_key()?)?, common, out)
        }
        CreateKind::Msg { max_bytes, common } => {
            let builder = MessageQueue::builder().mode(common.mode);
            let builder = match max_bytes {
                Some(bytes) => builder.max_bytes(*bytes),
                None => builder,
            };
            print(create!(builder, common.key.new_key()?)?, common, out)
        }
    }
}

/// Prints the id and key. Removes the object if that fails, since its id would be lost.
fn print<H: Object>(object: H, common: &CreateCommon, mut out: Output) -> Result {
    let object = RemoveOnDrop::new(object);
    let id = object.raw_id();
    let key = object.key().unwrap_or(Key::PRIVATE);
    if common.json {
        out.json(&Identity::new(H::KIND, id, key))?;
    } else {
        let kind = H::KIND.short_name();
        if common.quiet {
            writeln!(out, "{id}")?;
        } else if key.is_private() {
            writeln!(out, "{kind} {id} private")?;
        } else {
            writeln!(out, "{kind} {id} key {key}")?;
        }
        out.finish()?;
    }
    object.keep();
    Ok(())
}
