//! The manual pages, made from the definition of the command line.

use std::io;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::Cli;
use crate::exit::EXIT_STATUS;

/// A manual page.
pub(crate) struct Page {
    /// The name of the file.
    pub(crate) name: String,
    pub(crate) text: Vec<u8>,
}

/// Returns the pages of `sysvipc` and of each command, that of `sysvipc` first.
pub(crate) fn pages() -> io::Result<Vec<Page>> {
    let mut command = Cli::command();
    command.build();
    let mut pages = Vec::new();
    add(&command, &mut pages)?;
    Ok(pages)
}

fn add(command: &Command, pages: &mut Vec<Page>) -> io::Result<()> {
    let page = Man::new(command.clone())
        .source(concat!("sysvipc ", env!("CARGO_PKG_VERSION")))
        .manual("User Commands");
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    synopsis(command).to_writer(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    notes(command).to_writer(&mut text)?;
    see_also(command).to_writer(&mut text)?;
    pages.push(Page {
        name: page.get_filename(),
        text,
    });
    command
        .get_subcommands()
        .try_for_each(|command| add(command, pages))
}

/// Returns how to call the command: each of the commands below it, if there are any.
fn synopsis(command: &Command) -> Roff {
    fn add(command: &Command, roff: &mut Roff) {
        if command.has_subcommands() {
            return command
                .get_subcommands()
                .for_each(|command| add(command, roff));
        }
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ");
        let name = command.get_bin_name().unwrap_or_default();
        let arguments = usage.strip_prefix(name).unwrap_or(usage).to_owned();
        roff.text([bold(name), roman(arguments)]).control("br", []);
    }
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    add(command, &mut roff);
    roff
}

/// Returns the sections of the text behind the options: examples and exit statuses.
fn notes(command: &Command) -> Roff {
    let text = command
        .get_after_long_help()
        .or_else(|| command.get_after_help());
    let mut text = text.map(ToString::to_string).unwrap_or_default();
    if !text.contains("Exit status:") {
        text = format!("{text}\n\n{EXIT_STATUS}");
    }
    let mut roff = Roff::new();
    for section in text.split("\n\n") {
        let Some((title, body)) = section.split_once(':') else {
            continue;
        };
        roff.control("SH", [title.to_uppercase().as_str()]);
        if title == "Examples" {
            roff.control("nf", []);
        }
        for line in body.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.split_once("  ") {
                // A row of the table of statuses.
                Some((status, what)) if status.parse::<u8>().is_ok() => {
                    roff.control("TP", ["6"]);
                    roff.text([bold(status)]).text([roman(what)]);
                }
                _ => {
                    roff.text([roman(line)]);
                }
            }
        }
        if title == "Examples" {
            roff.control("fi", []);
        }
    }
    roff
}

fn see_also(command: &Command) -> Roff {
    const OTHERS: &str = "ipcs(1), lsipc(1), ipcmk(1), ipcrm(1), sysvipc(7)";
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    let first = if command.get_name() == "sysvipc" {
        let names = command.get_subcommands().map(|command| {
            let name = command.get_display_name().unwrap_or_default();
            format!("{name}(1), ")
        });
        names.collect()
    } else {
        "sysvipc(1), ".to_owned()
    };
    roff.text([roman(first + OTHERS)]);
    roff
}
