//! `sysvipc create`: makes an object, and prints its id and key.

use std::io::Write;

use serde::Serialize;
use sysv_wrapper::{
    Key, MessageQueue, Object, RemoveOnDrop, SemaphoreSet, SharedMemory, page_size,
};

use crate::cli::{Common, CreateArgs, Place, What};
use crate::exit::{Failure, Outcome};
use crate::object::Text;
use crate::stdio::Output;

/// Where an object is to be found.
enum At {
    Key(Key),
    Unique,
    Private,
}

impl Place {
    fn at(&self) -> Outcome<At> {
        Ok(match (self.key, &self.path, self.project) {
            (Some(key), ..) => At::Key(key),
            (None, Some(path), Some(project)) => At::Key(Key::from_path(path, project)?),
            _ if self.private => At::Private,
            _ => At::Unique,
        })
    }
}

/// The verb that makes the object at a place.
macro_rules! make {
    ($builder:expr, $at:expr) => {
        match $at {
            At::Key(key) => $builder.create(key),
            At::Unique => $builder.create_unique(),
            At::Private => $builder.create_private(),
        }
    };
}

/// Creates.
pub(crate) fn run(args: &CreateArgs, out: Output) -> Outcome {
    match &args.what {
        What::Shm { size, fill, common } => {
            let builder = SharedMemory::builder()
                .mode(common.mode)
                .size(size.unwrap_or(page_size()));
            let builder = match fill {
                Some(byte) => builder.fill(*byte),
                None => builder,
            };
            tell(make!(builder, common.place.at()?)?, common, out)
        }
        What::Sem {
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
            tell(make!(builder, common.place.at()?)?, common, out)
        }
        What::Msg { max_bytes, common } => {
            let builder = MessageQueue::builder().mode(common.mode);
            let builder = match max_bytes {
                Some(bytes) => builder.max_bytes(*bytes),
                None => builder,
            };
            tell(make!(builder, common.place.at()?)?, common, out)
        }
    }
}

/// What was made.
#[derive(Debug, Serialize)]
struct Made {
    kind: &'static str,
    id: i32,
    key: i64,
    key_hex: Text<Key>,
}

/// Prints what was made. If that fails nobody knows of the object, and it is removed.
fn tell<H: Object>(object: H, common: &Common, mut out: Output) -> Outcome {
    let object = RemoveOnDrop::new(object);
    let (kind, id) = (H::KIND.short_name(), object.raw_id());
    let key = object.key().unwrap_or(Key::PRIVATE);
    if common.json {
        out.json(&Made {
            kind,
            id,
            key: key.as_raw().into(),
            key_hex: Text(key),
        })?;
    } else {
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
