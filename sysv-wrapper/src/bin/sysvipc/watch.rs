//! `sysvipc watch`: the list, again and again, with what came and went.
//!
//! On a terminal it is a screen that is drawn anew; elsewhere, and with --json, each change is a line.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use clap::Args;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use sysv_wrapper::Kind;

use super::changes::{Change, Event, Seen};
use super::clock::{self, Deadline};
use super::columns::Row;
use super::exit::{Failure, Outcome, Status};
use super::job;
use super::list::View;
use super::moment::Moment;
use super::names::Names;
use super::output::{BAD, DIM, GOOD, HEADING, Look, Output};
use super::screen::Screen;
use super::table::cut;
use super::values;

/// How many changes the screen remembers.
const REMEMBERED: usize = 100;

/// What `watch` is told.
#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// How long to wait between two looks
    #[arg(short = 'i', long, value_name = "TIME", value_parser = values::interval, default_value = "2s")]
    interval: Duration,
    /// Look this many times, and then end
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Print each change as a line of JSON
    #[arg(long, conflicts_with = "columns")]
    json: bool,
    #[command(flatten)]
    view: View,
}

/// Watches, until it is interrupted or has looked often enough.
pub(crate) fn run(args: &WatchArgs, mut out: Output) -> Outcome {
    args.view.check()?;
    let signals = signals()
        .map_err(|error| Failure::new(Status::Failed, format!("cannot catch signals: {error}")))?;
    let ended = if out.is_terminal() && !args.json {
        on_screen(args, Screen::new(&mut out), &signals)?
    } else {
        in_lines(args, &mut out, &signals)?
    };
    if let Some(signal) = ended {
        // The terminal is as it was: now this process ends as if it had not caught anything.
        let _ = emulate_default_handler(signal);
        std::process::exit(128 + signal);
    }
    out.finish()
}

/// The signals that have come, from a thread that takes them.
fn signals() -> std::io::Result<Receiver<i32>> {
    let (send, receive) = mpsc::channel();
    // Before any thread is started, since each has to hold it back.
    job::hold(send.clone())?;
    let mut caught = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCONT, SIGWINCH])?;
    thread::spawn(move || {
        for signal in caught.forever() {
            if send.send(signal).is_err() {
                return;
            }
        }
    });
    Ok(receive)
}

/// Everything that is there, kind by kind.
fn look(args: &WatchArgs, names: &mut Names) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for kind in args.view.kinds() {
        rows.extend(args.view.rows(kind, names)?.0);
    }
    Ok(rows)
}

/// Whether this look was the last one.
fn is_last(args: &WatchArgs, looks: &mut u64) -> bool {
    *looks += 1;
    args.count.is_some_and(|count| *looks >= count)
}

/// Writes each change as a line; gives the signal that ended it.
fn in_lines(args: &WatchArgs, out: &mut Output, signals: &Receiver<i32>) -> Outcome<Option<i32>> {
    let (mut seen, mut looks) = (Seen::default(), 0);
    loop {
        // Names may change while this runs.
        let names = &mut Names::default();
        let end = Deadline::after(Some(args.interval));
        for change in seen.update(&look(args, names)?) {
            if args.json {
                serde_json::to_writer(&mut *out, &change.document(names))?;
                writeln!(out)?;
            } else {
                writeln!(out, "{} {}", change.time, change.text(names))?;
            }
        }
        out.flush()?;
        if is_last(args, &mut looks) {
            return Ok(None);
        }
        while let Some(signal) = clock::receive(signals, end) {
            match signal {
                SIGCONT | SIGWINCH => {}
                SIGTSTP => job::stop(),
                _ => return Ok(Some(signal)),
            }
        }
    }
}

/// Draws the screen again and again, as long as the terminal is for this job to draw on; gives the signal that ended
/// it.
fn on_screen(
    args: &WatchArgs,
    mut screen: Screen<'_>,
    signals: &Receiver<i32>,
) -> Outcome<Option<i32>> {
    let (mut seen, mut looks) = (Seen::default(), 0);
    let mut history = VecDeque::new();
    loop {
        let names = &mut Names::default();
        let end = Deadline::after(Some(args.interval));
        let rows = look(args, names)?;
        for change in seen.update(&rows) {
            history.push_front(change);
        }
        history.truncate(REMEMBERED);
        screen.draw(&frame(
            args,
            &rows,
            &history,
            screen.output().look(),
            names,
        )?)?;
        if is_last(args, &mut looks) {
            return Ok(None);
        }
        while let Some(signal) = clock::receive(signals, end) {
            match signal {
                SIGWINCH => {}
                SIGTSTP => {
                    screen.leave()?;
                    job::stop();
                }
                // Others had the terminal meanwhile, also where this process could not give it back before.
                SIGCONT => screen.take_anew(),
                _ => return Ok(Some(signal)),
            }
            screen.draw(&frame(
                args,
                &rows,
                &history,
                screen.output().look(),
                names,
            )?)?;
        }
    }
}

/// The lines of the screen, as many as there is room for.
fn frame(
    args: &WatchArgs,
    rows: &[Row],
    history: &VecDeque<Change>,
    look: Look,
    names: &mut Names,
) -> Outcome<Vec<String>> {
    let height = look.height.unwrap_or(24).max(4);
    let width = look.width.unwrap_or(80);
    let interval = args.interval.as_secs_f64();
    let title = format!(
        "sysvipc watch, every {interval} s, {}",
        Moment::now().local()
    );
    let mut lines = vec![look.paint(HEADING, cut(&title, width))];
    let log = log(history, look, width, height / 3, names);
    let kinds = args.view.kinds();
    let room = height.saturating_sub(lines.len() + log.len());
    let of = |kind| {
        rows.iter()
            .filter(move |row| row.found.kind() == kind)
            .cloned()
    };
    let by_kind: Vec<(Kind, Vec<Row>)> = kinds
        .iter()
        .map(|kind| (*kind, of(*kind).collect()))
        .collect();
    let needs: Vec<_> = by_kind.iter().map(|(_, rows)| needed(rows.len())).collect();
    for ((kind, rows), share) in by_kind.iter().zip(shares(&needs, room)) {
        let most = share.saturating_sub(AROUND);
        let mut text = Vec::new();
        args.view.write(&mut text, look, *kind, rows, most, names)?;
        let mut block: Vec<String> = String::from_utf8_lossy(&text)
            .lines()
            .map(str::to_owned)
            .collect();
        if rows.len() > most {
            let more = format!("… and {} more", rows.len() - most);
            block.push(look.paint(DIM, cut(&more, width)));
        }
        block.truncate(share);
        lines.extend(block);
    }
    lines.extend(log);
    Ok(lines)
}

/// The lines of a table beside those of the objects: a title, a heading, a note about columns that there is no room
/// for, and one about objects.
const AROUND: usize = 4;

/// How many lines a table of so many objects takes at most.
fn needed(objects: usize) -> usize {
    if objects == 0 { 1 } else { objects + AROUND }
}

/// How many lines each gets of those that there are: what it needs, or as much as the others who need more.
fn shares(needs: &[usize], mut room: usize) -> Vec<usize> {
    let mut shares = vec![0; needs.len()];
    let mut order: Vec<_> = (0..needs.len()).collect();
    order.sort_by_key(|&i| needs[i]);
    for (place, &i) in order.iter().enumerate() {
        shares[i] = needs[i].min(room / (needs.len() - place));
        room -= shares[i];
    }
    shares
}

/// The last changes, the newest first.
fn log(
    history: &VecDeque<Change>,
    look: Look,
    width: usize,
    most: usize,
    names: &mut Names,
) -> Vec<String> {
    if history.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![look.paint(HEADING, "Came and went")];
    for change in history.iter().take(most.saturating_sub(1)) {
        let style = match change.event {
            Event::Came => GOOD,
            Event::Went => BAD,
        };
        let text = format!("{} {}", change.time.local(), change.text(names));
        lines.push(look.paint(style, cut(&text, width)));
    }
    lines
}

#[cfg(test)]
mod tests {
    //! How lines are shared out.

    use super::shares;

    #[test]
    fn who_needs_little_leaves_the_rest_to_others() {
        assert_eq!(shares(&[5, 1, 5], 20), [5, 1, 5]);
        assert_eq!(shares(&[50, 1, 50], 21), [10, 1, 10]);
        assert_eq!(shares(&[50, 4, 7], 20), [9, 4, 7]);
        assert_eq!(shares(&[5, 5, 5], 2), [0, 1, 1]);
    }
}
