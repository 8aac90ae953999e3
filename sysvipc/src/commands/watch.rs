//! `sysvipc watch`: repeated listings, and the objects that were created, removed or changed between them.
//!
//! On a terminal it redraws a screen; elsewhere, and with --json, it prints a line for each change.

mod changes;

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use sysv_wrapper::Kind;

use crate::cli::WatchArgs;
use crate::clock::{self, Deadline};
use crate::exit::{Failure, Result, end_by, gather, warn};
use crate::format::{Names, Time, printable};
use crate::stdio::{BAD, DIM, GOOD, HEADING, Look, Output, WARNING};
use crate::table::columns::{Form, Lookups, Row};
use crate::table::cut;
use crate::terminal::{self, LEAVE_KEY, Screen};
use changes::{Change, Event, LastListing};

/// The number of changes that the screen keeps.
const HISTORY: usize = 100;

/// Watches until a signal or `q` ends it, or --count is reached.
pub(crate) fn run(args: &WatchArgs, mut out: Output) -> Result {
    args.view.check()?;
    let is_screen = out.has_screen() && !args.json;
    let ended = match signals() {
        Ok((signals, send)) if is_screen => {
            terminal::read_keys(send);
            on_screen(args, Screen::new(&mut out), &signals)?
        }
        Ok((signals, _)) => in_lines(args, &mut out, Some(&signals))?,
        // Without the threads that catch signals, a signal would end the process before the terminal is restored.
        Err(error) => {
            if is_screen {
                warn(format!(
                    "cannot start the threads that a screen needs: {error}; each change is a line"
                ));
            }
            in_lines(args, &mut out, None)?
        }
    };
    if let Some(signal) = ended.filter(|signal| *signal != LEAVE_KEY) {
        // The terminal is restored.
        end_by(signal);
    }
    out.finish()
}

/// Grace period between the first termination signal and a forced exit by the next one.
const GRACE: Duration = Duration::from_secs(1);

/// Starts the threads that catch signals, and returns both ends of the channel that they send them to. On failure the
/// signals keep their default actions.
fn signals() -> io::Result<(Receiver<i32>, Sender<i32>)> {
    let (send, receive) = mpsc::channel();
    // Before any other thread is started: each has to block SIGTSTP.
    terminal::hold_ctrl_z(send.clone())?;
    let (registered, wait) = mpsc::channel();
    let for_keys = send.clone();
    let catch = move || {
        // Here, since a handler cannot be removed: without this thread there must be none.
        let caught = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCONT, SIGWINCH]);
        match caught {
            Ok(caught) if registered.send(Ok(())).is_ok() => forward(caught, &send),
            Ok(_) => {}
            // Fails if the main thread panicked.
            Err(error) => drop(registered.send(Err(error))),
        }
    };
    let started = thread::Builder::new().spawn(catch);
    let registered = started.and_then(|_| wait.recv().unwrap_or(Ok(())));
    if registered.is_err() {
        terminal::release_ctrl_z();
    }
    registered.map(|()| (receive, for_keys))
}

/// Sends each signal to the channel, and ends the process by a termination signal behind the grace period.
fn forward(mut caught: Signals, send: &Sender<i32>) {
    let mut grace: Option<Deadline> = None;
    for signal in caught.forever() {
        if [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(&signal) {
            // The main thread may hang in a write to a terminal that takes no more output.
            if is_over(grace) {
                end_by(signal);
            }
            grace.get_or_insert_with(|| Deadline::after(Some(GRACE)));
        }
        if send.send(signal).is_err() {
            return;
        }
    }
}

/// Returns whether the grace period is over.
fn is_over(grace: Option<Deadline>) -> bool {
    grace.is_some_and(|end| end.remaining() == Some(Duration::ZERO))
}

/// Lists the objects, kind by kind. Fails if no kind can be listed.
fn listing(args: &WatchArgs, lookups: &mut Lookups) -> Result<(Vec<Row>, Vec<Failure>)> {
    let rows = |kind| args.view.rows(kind, lookups).map(|(rows, _)| rows);
    let (rows, failures) = gather(&args.view.kinds(), rows)?;
    if args.json {
        // Computes the verdicts now, since the object may be removed before the next listing.
        for row in &rows {
            row.verdict(&mut lookups.judge);
        }
    }
    Ok((rows, failures))
}

/// Counts a listing. Returns whether it was the last one.
fn is_last(args: &WatchArgs, listings: &mut u64) -> bool {
    *listings += 1;
    args.count.is_some_and(|count| *listings >= count)
}

/// Prints a line for each change. Returns the signal that ends the process, or `None` after the last listing.
fn in_lines(
    args: &WatchArgs,
    out: &mut Output,
    signals: Option<&Receiver<i32>>,
) -> Result<Option<i32>> {
    let (mut last, mut listings) = (LastListing::default(), 0);
    loop {
        // A new cache for each listing, since names and processes change.
        let lookups = &mut Lookups::default();
        let end = Deadline::after(Some(args.interval));
        let (rows, failures) = listing(args, lookups)?;
        if listings == 0 {
            for failure in failures {
                failure.report();
            }
        }
        for change in last.update(&rows) {
            if args.json {
                out.compact_json(&change.document(lookups))?;
                writeln!(out)?;
            } else {
                writeln!(out, "{} {}", change.time, change.text(&mut lookups.names))?;
            }
        }
        out.flush()?;
        if is_last(args, &mut listings) {
            return Ok(None);
        }
        let Some(signals) = signals else {
            clock::pause(end);
            continue;
        };
        while let Some(signal) = clock::receive(signals, end) {
            match signal {
                SIGCONT | SIGWINCH => {}
                SIGTSTP => terminal::stop(),
                _ => return Ok(Some(signal)),
            }
        }
    }
}

/// Redraws the screen while this job is in the foreground. Returns as [`in_lines`] does.
fn on_screen(
    args: &WatchArgs,
    mut screen: Screen<'_>,
    signals: &Receiver<i32>,
) -> Result<Option<i32>> {
    let (mut last, mut listings) = (LastListing::default(), 0);
    let mut content = Content::default();
    loop {
        let lookups = &mut Lookups::default();
        let end = Deadline::after(Some(args.interval));
        let (rows, failures) = listing(args, lookups)?;
        let texts = failures.into_iter().filter_map(|failure| failure.text);
        content.notes = texts.collect();
        content.rows = rows;
        for change in last.update(&content.rows) {
            content.history.push_front(change);
        }
        content.history.truncate(HISTORY);
        let look = screen.output().look();
        screen.draw(&frame(args, &content, look, lookups)?)?;
        if is_last(args, &mut listings) {
            return Ok(None);
        }
        while let Some(signal) = clock::receive(signals, end) {
            match signal {
                SIGWINCH => {}
                SIGTSTP => {
                    screen.leave()?;
                    terminal::stop();
                }
                // Another program may have used the terminal, even if this process could not restore it before.
                SIGCONT => screen.set_stale(),
                _ => return Ok(Some(signal)),
            }
            let look = screen.output().look();
            screen.draw(&frame(args, &content, look, lookups)?)?;
        }
    }
}

/// The content of the screen.
#[derive(Debug, Default)]
struct Content {
    rows: Vec<Row>,
    /// The reasons why kinds are missing.
    notes: Vec<String>,
    /// The last changes, the newest first.
    history: VecDeque<Change>,
}

/// Returns the lines of the screen.
fn frame(
    args: &WatchArgs,
    content: &Content,
    look: Look,
    lookups: &mut Lookups,
) -> Result<Vec<String>> {
    let height = look.height.unwrap_or(24).max(4);
    let width = look.width.unwrap_or(80);
    let interval = args.interval.as_secs_f64();
    let title = format!("sysvipc watch, every {interval} s, {}", Time::now().local());
    let mut lines = vec![look.paint(HEADING, cut(&title, width))];
    for note in content.notes.iter().take(height - 1) {
        lines.push(look.paint(WARNING, cut(&printable(note), width)));
    }
    let most = (height / 3).min(height - lines.len());
    let log = log(&content.history, look, width, most, &mut lookups.names);
    let kinds = args.view.kinds();
    let room = height.saturating_sub(lines.len() + log.len());
    let of = |kind| {
        let rows = content.rows.iter();
        rows.filter(move |row| row.object.kind() == kind).cloned()
    };
    let by_kind: Vec<(Kind, Vec<Row>)> = kinds
        .iter()
        .map(|kind| (*kind, of(*kind).collect()))
        .collect();
    let needs: Vec<_> = by_kind.iter().map(|(_, rows)| needed(rows.len())).collect();
    let form = Form {
        bytes: args.view.bytes,
        ..Form::default()
    };
    for ((kind, rows), share) in by_kind.iter().zip(shares(&needs, room)) {
        let most = share.saturating_sub(TABLE_FRAME);
        let mut text = Vec::new();
        args.view
            .write(&mut text, (look, form), *kind, rows, most, lookups)?;
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

/// The lines of a table in addition to its objects: a title, a heading, a note about hidden columns, and one about
/// hidden objects.
const TABLE_FRAME: usize = 4;

/// Returns how many lines a table of that many objects takes at most.
fn needed(objects: usize) -> usize {
    if objects == 0 {
        1
    } else {
        objects + TABLE_FRAME
    }
}

/// Divides the lines among tables: each gets what it needs, or an equal share.
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

/// Returns the lines of the last changes, the newest first.
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
    let mut lines = vec![look.paint(HEADING, "Came, went, changed")];
    for change in history.iter().take(most.saturating_sub(1)) {
        let style = match change.event {
            Event::Came => GOOD,
            Event::Went => BAD,
            Event::Changed(_) => DIM,
        };
        let text = format!("{} {}", change.time.local(), change.text(names));
        lines.push(look.paint(style, cut(&text, width)));
    }
    lines
}

#[cfg(test)]
mod tests {
    //! Screens of any size; the grace period.

    use clap::Parser;

    use super::{
        Change, Content, Deadline, Duration, Event, Look, Lookups, Row, Time, VecDeque, WatchArgs,
    };
    use super::{frame, is_over, needed, shares};
    use crate::commands::watch::changes::tests::{queue, segment, set};

    /// A command line.
    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: WatchArgs,
    }

    /// Returns the lines of a screen of that height, without its title.
    fn screen(height: usize, rows: &[Row], history: &VecDeque<Change>) -> Vec<String> {
        let Line { args } = Line::parse_from(["watch", "--columns", "kind"]);
        let mut look = Look::default();
        look.height = Some(height);
        let content = Content {
            rows: rows.to_vec(),
            notes: Vec::new(),
            history: history.clone(),
        };
        let lines = frame(&args, &content, look, &mut Lookups::default()).unwrap();
        assert!(lines.len() <= height, "{lines:#?}");
        let (title, rest) = lines.split_first().unwrap();
        assert!(title.starts_with("sysvipc watch, every 2 s, "), "{title}");
        rest.to_vec()
    }

    #[test]
    fn each_kind_has_its_own_lines() {
        let rows = [queue(0), segment(1), set(1), queue(0), queue(0), set(1)];
        let expected = [
            "Shared memory segments: 1",
            "KIND",
            "shm",
            "Semaphore sets: 2",
            "KIND",
            "sem",
            "sem",
            "Message queues: 3",
            "KIND",
            "msg",
            "msg",
            "msg",
        ];
        assert_eq!(screen(24, &rows, &VecDeque::new()), expected);
        let none = ["Shared memory segments: none", "Semaphore sets: none"];
        let lines = screen(24, &rows[..1], &VecDeque::new());
        assert_eq!(lines[..2], none);
        assert_eq!(lines[2..], ["Message queues: 1", "KIND", "msg"]);
    }

    #[test]
    fn what_there_is_no_room_for_is_counted() {
        let rows = vec![segment(1); 30];
        let shown = |height| {
            let lines = screen(height, &rows, &VecDeque::new());
            let count = lines.iter().filter(|line| *line == "shm").count();
            let more = lines.iter().find(|line| line.starts_with('…')).cloned();
            (count, more)
        };
        // A title, two empty kinds, and a table with its frame.
        assert_eq!(shown(37), (30, None));
        assert_eq!(shown(36), (29, Some("… and 1 more".to_owned())));
        assert_eq!(shown(20), (13, Some("… and 17 more".to_owned())));
    }

    #[test]
    fn a_third_of_the_screen_is_for_what_came_and_went() {
        let change = Change {
            time: Time::now(),
            event: Event::Came,
            row: segment(1),
        };
        let mut history: VecDeque<_> = vec![change; 50].into();
        let logged = |height, history: &VecDeque<_>| {
            let lines = screen(height, &[], history);
            let title = lines.iter().position(|line| line == "Came, went, changed");
            title.map(|title| {
                assert!(
                    lines[title + 1..]
                        .iter()
                        .all(|line| line.contains("came shm"))
                );
                lines.len() - title
            })
        };
        assert_eq!(logged(20, &history), Some(6));
        assert_eq!(logged(24, &history), Some(8));
        assert_eq!(logged(60, &history), Some(20));
        history.truncate(2);
        assert_eq!(logged(60, &history), Some(3));
        history.clear();
        assert_eq!(logged(60, &history), None);
    }

    #[test]
    fn a_table_needs_lines_around_it_and_none_only_its_title() {
        assert_eq!([0, 1, 2, 30].map(needed), [1, 5, 6, 34]);
    }

    #[test]
    fn who_needs_little_leaves_the_rest_to_others() {
        assert_eq!(shares(&[5, 1, 5], 20), [5, 1, 5]);
        assert_eq!(shares(&[50, 1, 50], 21), [10, 1, 10]);
        assert_eq!(shares(&[50, 4, 7], 20), [9, 4, 7]);
        assert_eq!(shares(&[5, 5, 5], 2), [0, 1, 1]);
    }

    #[test]
    fn who_is_asked_to_end_has_some_time() {
        let ends_in = |seconds| Some(Deadline::after(Some(Duration::from_secs(seconds))));
        assert!(!is_over(None));
        assert!(!is_over(ends_in(3600)));
        assert!(is_over(ends_in(0)));
    }
}
