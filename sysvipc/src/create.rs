//! `sysvipc create`: makes an object, and prints its id and key.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use sysv_wrapper::{
    Key, MessageQueue, Mode, Object, RemoveOnDrop, SemaphoreSet, SharedMemory, page_size,
};

use super::exit::{Failure, Outcome};
use super::output::Output;
use super::record::Text;
use super::values;

/// What `create` is told.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    #[command(subcommand)]
    what: What,
}

/// What is to be made.
#[derive(Debug, Subcommand)]
enum What {
    /// A shared memory segment
    #[command(
        visible_alias = "segment",
        after_help = "Examples:
  sysvipc create shm --size 4M --key 0x2a --mode 0660
  id=$(sysvipc create shm --size 1G --private --quiet)"
    )]
    Shm {
        /// The size in bytes, or with a unit (4K, 1M); one page if not given
        #[arg(long, value_name = "SIZE", value_parser = values::length)]
        size: Option<usize>,
        /// Set every byte to this number before anyone else can see it
        #[arg(long, value_name = "BYTE")]
        fill: Option<u8>,
        #[command(flatten)]
        common: Common,
    },
    /// A set of semaphores
    #[command(
        visible_alias = "set",
        after_help = "Examples:
  sysvipc create sem                      # one, with the value 1: a lock
  sysvipc create sem --values 1,0,5 --key 0x2a
  sysvipc create sem --values 0 --count 100"
    )]
    Sem {
        /// The values, one for each semaphore, separated by commas
        #[arg(
            long,
            value_name = "VALUES",
            value_delimiter = ',',
            default_value = "1"
        )]
        values: Vec<u16>,
        /// That many semaphores, each with the one value of --values
        #[arg(long, value_name = "N")]
        count: Option<u16>,
        #[command(flatten)]
        common: Common,
    },
    /// A message queue
    #[command(
        visible_alias = "queue",
        after_help = "Examples:
  sysvipc create msg --mode 0622          # a mailbox: everyone may send
  sysvipc create msg --max-bytes 4K --path /etc/hosts --project 1"
    )]
    Msg {
        /// How many bytes all its messages together may have; the system's
        /// limit MSGMNB if not given
        #[arg(long, value_name = "SIZE", value_parser = values::size)]
        max_bytes: Option<u64>,
        #[command(flatten)]
        common: Common,
    },
}

/// What all kinds have.
#[derive(Debug, Args)]
struct Common {
    /// Permission bits, in octal; the umask does not count
    #[arg(long, value_name = "MODE", value_parser = values::mode, default_value = "0600")]
    mode: Mode,
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
    /// Print the id and nothing else
    #[arg(short, long)]
    quiet: bool,
}

/// Which key: one of these. The project belongs to the path.
#[derive(Debug, Args)]
#[group(skip)]
struct Place {
    /// A free key, drawn at random; this is what happens if nothing is said
    #[arg(long, group = "place")]
    unique: bool,
    /// This key, in hexadecimal (0x2a) or decimal, which must be free
    #[arg(
        long, value_name = "KEY", group = "place", value_parser = values::public_key,
        allow_negative_numbers = true
    )]
    key: Option<Key>,
    /// No key: others find it by its id only
    #[arg(long, group = "place")]
    private: bool,
    /// The key that ftok(3) makes of this file, with --project
    #[arg(long, value_name = "PATH", group = "place", requires = "project")]
    path: Option<PathBuf>,
    /// The number for --path, from 1 to 255
    #[arg(
        long, value_name = "N", requires = "path",
        value_parser = clap::value_parser!(i32).range(1..=255)
    )]
    project: Option<i32>,
}

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
