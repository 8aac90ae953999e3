//! How often `ftok` gives the same key to different files: counted in directory trees.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, value_parser};

use demos::keys::Keys;
use demos::stage::{play, statuses};

/// Counts the files to which ftok gives the same key
///
/// Programs often make their keys with ftok from the path of a file and a project
/// number, and take it that another file gives another key. This looks at all files
/// and directories of a tree, and counts the keys that several of them share.
/// Nothing is created, and symbolic links are not followed.
#[derive(Debug, Parser)]
#[command(name = "ftok_experiment", version, max_term_width = 80)]
#[command(after_help = EXAMPLES, after_long_help = help())]
struct Options {
    /// The trees to look at
    #[arg(value_name = "DIR", default_value = ".")]
    directories: Vec<PathBuf>,

    /// The project number, from 1 to 255
    #[arg(long, value_name = "N", default_value = "1")]
    #[arg(value_parser = value_parser!(i32).range(1..=255))]
    project: i32,
}

const EXAMPLES: &str = "\
Examples:
  ftok_experiment /usr/lib /usr/share
  ftok_experiment --project 42 ~";

fn help() -> String {
    format!("{EXAMPLES}\n\n{}", statuses(None))
}

/// What it means.
const MEANING: &str =
    "  On most systems the key is made of 8 bits of the project, 8 bits of the device
  number and 16 bits of the inode number. For one project and one file system
  there are 65536 keys, then, however many files there are: where two files share
  a key, programs that use them for their keys get each other's objects. A key
  that is drawn at random until it is free, and told to the others in a file
  (create_unique and KeyFile of sysv-wrapper), has none of that.";

fn main() -> ExitCode {
    let options = Options::parse();
    play("ftok_experiment", None, |stage| {
        for root in &options.directories {
            let project = options.project;
            stage.scene(&format!("{}, project {project}", root.display()))?;
            Keys::count(stage, root, project)?.tell(stage);
        }
        stage.scene("What it means")?;
        demos::console::tell(MEANING);
        Ok(())
    })
}
