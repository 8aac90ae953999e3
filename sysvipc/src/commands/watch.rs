//! `sysvipc watch`: the list, again and again, with what came and went.
//!
//! On a terminal it is a screen that is drawn anew; elsewhere, and with --json, each change is a line.

mod changes;

use std::collections::VecDeque;
use std::io::Write;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use sysv_wrapper::Kind;

use crate::cli::WatchArgs;
use crate::clock::{self, Deadline};
use crate::exit::{Failure, Outcome, Status, end_by};
use crate::format::{Time, Names};
use crate::stdio::{BAD, DIM, GOOD, HEADING, Look, Output};
use crate::table::columns::Row;
use crate::table::cut;
use crate::terminal::{self, Screen};
use changes::{Change, Event, Seen};

/// How many changes the screen remembers.
const REMEMBERED: usize = 100;

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
        // The terminal is as it was.
        end_by(signal);
    }
    out.finish()
}

/// How long who is asked to end has to do so in good order.
const UNANSWERED: Duration = Duration::from_secs(1);

/// The signals that have come, from a thread that takes them.
fn signals() -> std::io::Result<Receiver<i32>> {
    let (send, receive) = mpsc::channel();
    // Before any thread is started, since each has to hold it back.
    terminal::hold(send.clone())?;
    let mut caught = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCONT, SIGWINCH])?;
    thread::spawn(move || {
        let mut asked: Option<Deadline> = None;
        for signal in caught.forever() {
            if [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(&signal) {
                // Whoever writes may be stuck, with a terminal that takes nothing: it is not to be taken to an end.
                if is_over(asked) {
                    end_by(signal);
                }
                asked.get_or_insert_with(|| Deadline::after(Some(UNANSWERED)));
            }
            if send.send(signal).is_err() {
                return;
            }
        }
    });
    Ok(receive)
}

/// Whether the time to end in is over for who was asked to.
fn is_over(asked: Option<Deadline>) -> bool {
    asked.is_some_and(|end| end.remaining() == Some(Duration::ZERO))
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
                SIGTSTP => terminal::stop(),
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
                    terminal::stop();
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
        Time::now().local()
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
    //! How lines are shared out, screens of any size, and how long to end takes.

    use clap::Parser;

    use super::{Change, Deadline, Duration, Event, Look, Time, Names, Row, VecDeque, WatchArgs};
    use super::{frame, is_over, needed, shares};
    use crate::commands::watch::changes::tests::{queue, segment, set};

    /// A command line.
    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: WatchArgs,
    }

    /// A screen of so many lines, behind its title.
    fn screen(height: usize, rows: &[Row], history: &VecDeque<Change>) -> Vec<String> {
        let Line { args } = Line::parse_from(["watch", "--columns", "kind"]);
        let mut look = Look::default();
        look.height = Some(height);
        let lines = frame(&args, rows, history, look, &mut Names::default()).unwrap();
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
        // A title, two kinds of which there is nothing, and all with the four lines around it.
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
            let title = lines.iter().position(|line| line == "Came and went");
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
