//! Threads that sleep in a call, and signals for them.

use std::os::unix::thread::JoinHandleExt as _;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::thread::JoinHandle;

/// A thread that makes one call which waits.
pub struct Sleeper<T> {
    thread: JoinHandle<()>,
    tid: Arc<AtomicI32>,
    result: Arc<Mutex<Option<T>>>,
}

impl<T: Send + 'static> Sleeper<T> {
    /// Starts a thread that does nothing but `call`.
    pub fn start(call: impl FnOnce() -> T + Send + 'static) -> Sleeper<T> {
        let result = Arc::new(Mutex::new(None));
        let own = Arc::clone(&result);
        // Starting a thread is much code, of which there is one copy for each type.
        let (thread, tid) = start(Box::new(move || {
            let result = call();
            *own.lock().unwrap() = Some(result);
        }));
        Sleeper {
            thread,
            tid,
            result,
        }
    }

    /// Returns whether the call has returned.
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// Returns the kernel's id of the thread, once it has started.
    pub fn tid(&self) -> i32 {
        super::wait_until("a thread that starts", || {
            self.tid.load(Ordering::Acquire) != 0
        });
        self.tid.load(Ordering::Acquire)
    }

    /// Waits until the kernel shows the thread asleep. The closure must not lock or allocate before its call, so that
    /// the thread can sleep only in the call.
    #[cfg(target_os = "linux")]
    pub fn wait_until_asleep(&self) {
        let tid = self.tid();
        super::wait_until("a thread that sleeps", || {
            assert!(!self.is_finished(), "the call returned before it slept");
            state(tid) == Some('S')
        });
    }

    /// Waits for the call, and returns its result.
    #[track_caller]
    pub fn join(self) -> T {
        super::wait_until("a thread that ends", || self.thread.is_finished());
        self.thread.join().unwrap();
        self.result.lock().unwrap().take().unwrap()
    }
}

/// Starts a thread, which tells its id before `work`.
fn start(work: Box<dyn FnOnce() + Send>) -> (JoinHandle<()>, Arc<AtomicI32>) {
    let tid = Arc::new(AtomicI32::new(0));
    let own = Arc::clone(&tid);
    let thread = std::thread::spawn(move || {
        own.store(own_tid(), Ordering::Release);
        work();
    });
    (thread, tid)
}

#[cfg(target_os = "linux")]
fn own_tid() -> i32 {
    // SAFETY: takes nothing, and cannot fail.
    unsafe { libc::gettid() }
}

#[cfg(not(target_os = "linux"))]
fn own_tid() -> i32 {
    1
}

/// Returns the state of a thread of this process: `S` is interruptible sleep.
#[cfg(target_os = "linux")]
fn state(tid: i32) -> Option<char> {
    let text = std::fs::read_to_string(format!("/proc/self/task/{tid}/stat")).ok()?;
    // The name before it is in parentheses, and may contain parentheses.
    text.rsplit_once(") ")?.1.chars().next()
}

static HANDLED: AtomicUsize = AtomicUsize::new(0);

extern "C" fn handler(_: libc::c_int) {
    HANDLED.fetch_add(1, Ordering::Relaxed);
}

/// Returns the number of signals that the handler of [`interrupt_until`] has counted, in all threads.
pub fn signals_handled() -> usize {
    HANDLED.load(Ordering::Relaxed)
}

/// Sends signals with a handler to `sleeper` until its call has returned. A signal before the call is harmless, since
/// another one follows.
pub fn interrupt_until<T: Send + 'static>(sleeper: Sleeper<T>) -> T {
    super::wait_until("a call that is interrupted", || {
        sleeper.signal();
        sleeper.is_finished()
    });
    sleeper.join()
}

fn install_handler() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let handler = handler as extern "C" fn(libc::c_int);
        // SAFETY: the handler only adds to an atomic.
        let old = unsafe { libc::signal(libc::SIGUSR1, handler as libc::sighandler_t) };
        assert_ne!(old, libc::SIG_ERR);
    });
}

impl<T> Sleeper<T> {
    /// Sends a signal to the thread, which the handler counts.
    pub fn signal(&self) {
        install_handler();
        signal(&self.thread, libc::SIGUSR1);
    }
}

/// Sends a signal to a thread.
pub fn signal<T>(thread: &JoinHandle<T>, signal: libc::c_int) {
    #[allow(
        clippy::unnecessary_cast,
        reason = "std has an integer, and musl's type is a pointer"
    )]
    let thread = thread.as_pthread_t() as libc::pthread_t;
    // SAFETY: the thread was not joined, so its handle is valid.
    unsafe { libc::pthread_kill(thread, signal) };
}
