//! `sysvipc completions`, `sysvipc man` and `sysvipc install-docs`: the scripts for shells, and the manual pages.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::cli::{CompletionsArgs, InstallDocsArgs, ManArgs, Shell};
use crate::completions::write_script;
use crate::exit::{Failure, Result, Status};
use crate::manual::{Page, pages};
use crate::stdio::Output;

/// Prints the completions for a shell.
pub(crate) fn completions(args: &CompletionsArgs, mut out: Output) -> Result {
    write_script(args.shell, &mut out)?;
    out.finish()
}

/// Writes the manual pages.
pub(crate) fn man(args: &ManArgs, mut out: Output) -> Result {
    let pages = pages()?;
    if let Some(directory) = &args.directory {
        return write_pages(&pages, directory);
    }
    for page in pages.iter().take(1) {
        out.write_all(&page.text)?;
    }
    out.finish()
}

/// Writes the manual pages and the completions to the places where man and the shells look.
pub(crate) fn install(args: &InstallDocsArgs, mut out: Output) -> Result {
    let share = args.prefix.join("share");
    let pages = pages()?;
    let manual = share.join("man/man1");
    create_directory(&manual)?;
    write_pages(&pages, &manual)?;
    for page in &pages {
        writeln!(out, "{}", manual.join(&page.name).display())?;
    }
    for (shell, directory, name) in [
        (Shell::Bash, "bash-completion/completions", "sysvipc"),
        (Shell::Zsh, "zsh/site-functions", "_sysvipc"),
        (Shell::Fish, "fish/vendor_completions.d", "sysvipc.fish"),
    ] {
        let directory = share.join(directory);
        create_directory(&directory)?;
        let mut script = Vec::new();
        write_script(shell, &mut script)?;
        let path = directory.join(name);
        write_file(&path, &script)?;
        writeln!(out, "{}", path.display())?;
    }
    out.finish()
}

fn write_pages(pages: &[Page], directory: &Path) -> Result {
    pages
        .iter()
        .try_for_each(|page| write_file(&directory.join(&page.name), &page.text))
}

fn write_file(path: &Path, text: &[u8]) -> Result {
    fs::write(path, text).map_err(|error| {
        let text = format!("cannot write `{}`: {error}", path.display());
        Failure::new(Status::Failed, text)
    })
}

fn create_directory(path: &Path) -> Result {
    fs::create_dir_all(path).map_err(|error| {
        let text = format!("cannot create the directory `{}`: {error}", path.display());
        Failure::new(Status::Failed, text)
    })
}
