//! Interoperability with Perl, Python's `sysv_ipc`, PHP, Perl's `IPC::ShareLite` and fakeroot. Each creates objects that this
//! library and the command use, and uses objects that they created.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use crate::cli::run;
use crate::support::{in_namespace, skipped, wait_until};
use sysv_wrapper::*;

/// The key that the programs agree on.
const KEY: i32 = 0x0f0_0e16;

/// The number of increments by each side of a lock.
const TIMES: u32 = 300;

/// A program that takes a step for each line of its standard input, and prints a line after it. It is killed when it is
/// dropped.
struct Peer {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Peer {
    /// Starts a program, and waits for its first line.
    #[track_caller]
    fn start(mut command: Command) -> Peer {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut peer = Peer {
            child,
            input,
            lines,
        };
        peer.expect("ready");
        peer
    }

    #[track_caller]
    fn expect(&mut self, line: &str) {
        assert_eq!(self.lines.next().unwrap().unwrap(), line);
    }

    /// Makes the program take its next step.
    fn go(&mut self) {
        self.input.write_all(b"\n").unwrap();
    }

    /// Makes the program take its next step, and waits until it prints the line.
    #[track_caller]
    fn step(&mut self, line: &str) {
        self.go();
        self.expect(line);
    }

    #[track_caller]
    fn finish(mut self) {
        self.go();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn perl(script: &str) -> Command {
    let mut command = Command::new("perl");
    command.args(["-e", script, &KEY.to_string()]);
    command
}

fn python(script: &str) -> Command {
    let mut command = Command::new(env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned()));
    command.args(["-c", script, &KEY.to_string()]);
    command
}

fn php(script: &str, file: &str) -> Command {
    let mut command = Command::new("php");
    command.args(["-r", script, "--", &KEY.to_string(), file]);
    command
}

/// Returns whether the program runs here; if not, says so for the test.
fn is_here(test: &str, name: &str, mut command: Command) -> bool {
    let ran = command.stdin(Stdio::null()).output();
    let is_here = ran.is_ok_and(|output| output.status.success());
    if !is_here {
        skipped(test, &format!("there is no {name} here"));
    }
    is_here
}

/// Runs a program to its end.
#[track_caller]
fn complete(mut command: Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// Fails unless a semaphore that another program initialised, and that no operation was done on, is used at once by the
/// library and the command.
#[track_caller]
fn assert_used_at_once() -> Semaphore {
    let builder = Semaphore::builder().wait_for_creator(Duration::ZERO);
    let opened = builder.clone().create_or_open(KEY).unwrap();
    assert!(matches!(opened, Opened::Existing(_)));
    let semaphore = opened.into_inner();
    let entry = SemaphoreSet::inspect(semaphore.id()).unwrap();
    assert_eq!(entry.status().as_sem().unwrap().operation_time(), None);
    assert_eq!(semaphore.value().unwrap(), 1);
    assert_eq!(
        run(&format!("lock {KEY} -- echo entered")).text(),
        "entered\n"
    );
    assert_eq!(
        builder.create_or_open(KEY).unwrap().into_inner().id(),
        semaphore.id()
    );
    semaphore
}

/// Fails unless a lock that the peer acquires and releases in its next two steps excludes this side in between.
#[track_caller]
fn assert_excludes(peer: &mut Peer, semaphore: &Semaphore) {
    peer.step("taken");
    assert!(semaphore.try_lock().unwrap_err().is_would_block());
    run(&format!("lock {KEY} --timeout 0 -- true")).complaint(124);
    run("remove --orphaned --yes").text();
    assert_eq!(verdict(semaphore), Verdict::InUse);
    peer.step("given");
    let guard = semaphore.try_lock().unwrap();
    // The peer waits for this side.
    peer.go();
    wait_until("the peer waits", || {
        semaphore.waiters_for_increase().unwrap() == 1
    });
    drop(guard);
    peer.expect("taken");
}

fn verdict(semaphore: &Semaphore) -> Verdict {
    SemaphoreSet::inspect(semaphore.id()).unwrap().verdict()
}

/// Row R4.
#[test]
fn perl_and_this_library_share_a_semaphore() {
    const TEST: &str = test_name!("perl_and_this_library_share_a_semaphore");
    const CREATE: &str = r"
        use IPC::SysV qw(IPC_CREAT IPC_EXCL); use IPC::Semaphore;
        my $s = IPC::Semaphore->new($ARGV[0], 1, IPC_CREAT | IPC_EXCL | 0600) or die;
        $s->setval(0, 1) or die;";
    const USE: &str = r#"
        use IPC::SysV qw(SEM_UNDO); use IPC::Semaphore; $| = 1;
        my $s = IPC::Semaphore->new($ARGV[0], 0, 0) or die; print "ready\n";
        <STDIN>; $s->op(0, -1, SEM_UNDO) or die; print "taken\n";
        <STDIN>; $s->op(0, 1, SEM_UNDO) or die; print "given\n";
        <STDIN>; $s->op(0, -1, SEM_UNDO) or die; print "taken\n";
        <STDIN>;"#;
    if !is_here(
        TEST,
        "Perl with IPC::SysV",
        perl("use IPC::SysV; use IPC::Semaphore;"),
    ) {
        return;
    }
    in_namespace(TEST, || {
        complete(perl(CREATE));
        let semaphore = assert_used_at_once();
        let mut peer = Peer::start(perl(USE));
        assert_excludes(&mut peer, &semaphore);
        // Killed with the lock.
        drop(peer);
        assert_eq!(semaphore.value().unwrap(), 1);
        assert_ne!(verdict(&semaphore), Verdict::Orphaned);
        semaphore.remove().unwrap();

        let semaphore = Semaphore::builder().create(KEY).unwrap();
        let mut peer = Peer::start(perl(USE));
        assert_excludes(&mut peer, &semaphore);
        peer.finish();
        assert_eq!(semaphore.value().unwrap(), 1);
    });
}

/// Row R4.
#[test]
fn python_and_this_library_share_objects_of_each_kind() {
    const TEST: &str = test_name!("python_and_this_library_share_objects_of_each_kind");
    const CREATE: &str = r"
import sys, sysv_ipc
key = int(sys.argv[1])
sysv_ipc.Semaphore(key, sysv_ipc.IPC_CREX, 0o600, 1)
sysv_ipc.SharedMemory(key, sysv_ipc.IPC_CREX, 0o600, 64).write(b'from Python')
sysv_ipc.MessageQueue(key, sysv_ipc.IPC_CREX, 0o600).send(b'from Python', type=3)
";
    const USE: &str = r"
import sys, sysv_ipc
key = int(sys.argv[1])
semaphore = sysv_ipc.Semaphore(key)
semaphore.undo = True
memory, queue = sysv_ipc.SharedMemory(key), sysv_ipc.MessageQueue(key)
say = lambda line: print(line, flush=True)
say('ready')
input(); semaphore.acquire(); say('taken')
input(); semaphore.release(); say('given')
input(); semaphore.acquire(); say('taken')
input(); say(memory.read(9).decode()); memory.write(b'read')
input(); say('{} {}'.format(*(lambda text, type: (text.decode(), type))(*queue.receive(type=7))))
queue.send(b'received', type=8)
input()
";
    if !is_here(TEST, "Python with sysv_ipc", python("import sysv_ipc")) {
        return;
    }
    in_namespace(TEST, || {
        for python_creates in [true, false] {
            let semaphore = if python_creates {
                complete(python(CREATE));
                let memory = SharedMemory::open(KEY).unwrap().attach_read_only().unwrap();
                assert_eq!(memory.read_to_vec(..11).unwrap(), b"from Python");
                let queue = MessageQueue::open(KEY).unwrap();
                let message = queue.try_receive(Selector::Exact(3)).unwrap();
                assert_eq!(message.bytes, b"from Python");
                assert_used_at_once()
            } else {
                SharedMemory::builder().size(64).create(KEY).unwrap();
                MessageQueue::builder().create(KEY).unwrap();
                Semaphore::builder().create(KEY).unwrap()
            };
            let (memory, queue) = (
                SharedMemory::open(KEY).unwrap(),
                MessageQueue::open(KEY).unwrap(),
            );
            let attached = memory.attach().unwrap();
            let mut peer = Peer::start(python(USE));
            assert_excludes(&mut peer, &semaphore);
            attached.write_at(b"from Rust", 0).unwrap();
            peer.step("from Rust");
            queue.send(7, b"from Rust").unwrap();
            peer.step("from Rust 7");
            assert_eq!(
                queue.receive(Selector::Exact(8)).unwrap().bytes,
                b"received"
            );
            assert_eq!(attached.read_to_vec(..4).unwrap(), b"read");
            peer.finish();
            assert_eq!(semaphore.value().unwrap(), 1);
            run(&format!("remove --key {KEY} --yes")).text();
        }
    });
}

/// Counts in a file, without anything that makes that safe.
fn count_up(path: &str) {
    let number: u32 = fs::read_to_string(path).unwrap().trim().parse().unwrap();
    fs::write(path, (number + 1).to_string()).unwrap();
}

/// Fails unless the peer, which counts in its next step, and this side count exactly.
#[track_caller]
fn assert_counts(
    mut peer: Peer,
    path: &str,
    lock: impl Fn() -> Operation,
    unlock: impl Fn() -> Operation,
) {
    fs::write(path, "0").unwrap();
    peer.go();
    for _ in 0..TIMES {
        lock().run().unwrap();
        count_up(path);
        unlock().run().unwrap();
    }
    peer.expect("counted");
    assert_eq!(fs::read_to_string(path).unwrap(), (2 * TIMES).to_string());
    peer.finish();
}

/// Row R4.
#[test]
fn locks_of_php_and_operations_count_exactly() {
    const TEST: &str = test_name!("locks_of_php_and_operations_count_exactly");
    const HOLD: &str = r#"
        $lock = sem_get((int)$argv[1], 1, 0600, false); echo "ready\n";
        fgets(STDIN); sem_acquire($lock); echo "taken\n";
        fgets(STDIN); sem_release($lock); echo "given\n";
        fgets(STDIN);"#;
    let count = format!(
        r#"$lock = sem_get((int)$argv[1], 1, 0600, false); echo "ready\n"; fgets(STDIN);
        for ($i = 0; $i < {TIMES}; $i++) {{
            sem_acquire($lock); $n = (int)file_get_contents($argv[2]);
            file_put_contents($argv[2], $n + 1); sem_release($lock);
        }}
        echo "counted\n"; fgets(STDIN);"#
    );
    if !is_here(
        TEST,
        "PHP with sem_get",
        php("exit(function_exists('sem_get') ? 0 : 1);", ""),
    ) {
        return;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    in_namespace(TEST, || {
        for php_creates in [true, false] {
            // PHP's three semaphores: the lock, how many use it, and the lock for setting its value.
            if !php_creates {
                let builder = SemaphoreSet::builder().values([1, 1, 0]);
                builder.create(KEY).unwrap();
            }
            let mut peer = Peer::start(php(HOLD, path));
            let set = SemaphoreSet::open(KEY).unwrap();
            let is_in_use = || {
                run("remove --orphaned --yes").text();
                SemaphoreSet::inspect(set.id()).unwrap().verdict() == Verdict::InUse
            };
            peer.step("taken");
            assert!(is_in_use());
            // The command would take PHP's lock for one of its own.
            run(&format!("lock {KEY} --timeout 0 -- true")).complaint(125);
            assert!(
                set.operation()
                    .acquire(0, 1)
                    .undo()
                    .try_run()
                    .unwrap_err()
                    .is_would_block()
            );
            peer.step("given");
            let lock = || set.operation().acquire(0, 1).undo();
            let unlock = || set.operation().release(0, 1).undo();
            lock().try_run().unwrap();
            unlock().run().unwrap();
            assert_counts(Peer::start(php(&count, path)), path, lock, unlock);
            // Killed with the lock, which the kernel gives back.
            let mut killed = Peer::start(php(HOLD, path));
            killed.step("taken");
            drop((peer, killed));
            assert_eq!(set.get(0).unwrap().value().unwrap(), 1);
            assert_ne!(
                SemaphoreSet::inspect(set.id()).unwrap().verdict(),
                Verdict::Orphaned
            );
            run("remove --orphaned --yes").text();
            set.remove().unwrap();
        }
    });
}

/// Row R4.
#[test]
fn locks_of_sharelite_and_operations_count_exactly() {
    const TEST: &str = test_name!("locks_of_sharelite_and_operations_count_exactly");
    let count = format!(
        r#"use IPC::ShareLite qw(:lock); $| = 1;
        my $share = IPC::ShareLite->new(-key => $ARGV[0], -create => "yes", -destroy => "no") or die;
        $share->store("kept"); print "ready\n"; <STDIN>;
        for (1 .. {TIMES}) {{
            $share->lock(LOCK_EX);
            open my $in, "<", $ENV{{COUNT}} or die; my $n = <$in>; close $in;
            open my $out, ">", $ENV{{COUNT}} or die; print $out $n + 1; close $out;
            $share->unlock;
        }}
        print "counted\n"; <STDIN>;"#
    );
    if !is_here(TEST, "IPC::ShareLite", perl("use IPC::ShareLite;")) {
        return;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    in_namespace(TEST, || {
        let mut command = perl(&count);
        command.env("COUNT", path);
        let peer = Peer::start(command);
        let set = SemaphoreSet::open(KEY).unwrap();
        let memory = SharedMemory::open(KEY).unwrap();
        run("remove --orphaned --yes").text();
        assert_eq!(
            SharedMemory::inspect(memory.id()).unwrap().verdict(),
            Verdict::InUse
        );
        // Readers are counted by the second semaphore, and the one writer by the third.
        let lock = || {
            set.operation()
                .until_zero(1)
                .until_zero(2)
                .release(2, 1)
                .undo()
        };
        let unlock = || set.operation().acquire(2, 1).undo();
        assert_counts(peer, path, lock, unlock);
        assert_eq!(
            SharedMemory::inspect(memory.id()).unwrap().verdict(),
            Verdict::Orphaned
        );
        assert_ne!(
            SemaphoreSet::inspect(set.id()).unwrap().verdict(),
            Verdict::Orphaned
        );
    });
}

/// Row R5.
#[test]
fn fakeroot_keeps_what_it_uses() {
    const TEST: &str = test_name!("fakeroot_keeps_what_it_uses");
    const SCRIPT: &str = r#"
        set -e
        file=$(mktemp); trap 'rm -f "$file"' EXIT; chown 5 "$file"; echo ready
        read -r _; chown 6 "$file"; stat -c %u "$file"
        read -r _"#;
    let fakeroot = |script: &str| {
        let mut command = Command::new("fakeroot-sysv");
        command.args(["sh", "-c", script]);
        command
    };
    let objects = || {
        Entry::list(Kind::MessageQueue).unwrap().count()
            + Entry::list(Kind::SemaphoreSet).unwrap().count()
    };
    in_namespace(TEST, || {
        if !is_here(TEST, "fakeroot-sysv", fakeroot("true")) {
            return;
        }
        // The daemon of this first run removes its objects after the run has ended.
        wait_until("the first run's daemon has ended", || objects() == 0);
        let mut peer = Peer::start(fakeroot(SCRIPT));
        let created = objects();
        assert!(created > 0);
        for kind in [Kind::MessageQueue, Kind::SemaphoreSet] {
            for entry in Entry::list(kind).unwrap() {
                assert_ne!(entry.verdict(), Verdict::Orphaned, "{entry:?}");
            }
        }
        run("remove --orphaned --yes").text();
        assert_eq!(objects(), created);
        peer.step("6");
        // It removes its objects itself.
        peer.finish();
        wait_until("fakeroot has ended", || objects() == 0);

        // The daemon is killed: it is the one that receives. Its client, which ends with its input, asks it nothing more.
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut command = fakeroot("chown 5 \"$FILE\" && echo ready && read -r _");
        command.env("FILE", file.path());
        let peer = Peer::start(command);
        let receivers = |entry: Entry| entry.status().as_msg()?.last_receive_pid();
        for pid in MessageQueue::list().unwrap().filter_map(receivers) {
            let pid = nix::unistd::Pid::from_raw(pid.as_raw());
            // Clients receive as well, and have ended.
            let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
        }
        drop(peer);
        let left: Vec<_> = MessageQueue::list()
            .unwrap()
            .chain(SemaphoreSet::list().unwrap())
            .collect();
        assert_eq!(left.len(), created);
        for entry in left {
            let is_judged = || match entry.refresh().unwrap().verdict() {
                Verdict::InUse => false,
                verdict => {
                    assert_ne!(verdict, Verdict::Orphaned);
                    true
                }
            };
            wait_until("nothing is in use", is_judged);
        }
        run("remove --orphaned --yes").text();
        assert_eq!(objects(), created);
    });
}
