/* The work in C, which the others are measured against: the calls as the C library has them, every return value checked. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct message {
    long type;
    char text[];
} *message;

/* In a segment, for the processes of a row. */
static struct shared {
    uint32_t turn;
    _Alignas(64) uint32_t answer;
    _Alignas(64) pthread_mutex_t mutex;
    volatile uint64_t count;
} *shared;

/* As work.rs prepares them. */
static struct objects {
    int id, key;
    size_t size;
    volatile size_t offset;
    char *segment, *buffer;
} o;

static const char *work;
static enum { SET, SEGMENT, QUEUE } kind;
static jmp_buf failed;

#define OF_KIND(of_set, of_segment, of_queue) (kind == SET ? (of_set) : kind == SEGMENT ? (of_segment) : (of_queue))
#define CHECK(call) check((call), #call)
#define ZERO(call) check((errno = (call)) == 0 ? 0 : -1, #call)
#define ATTACH() ((void *)CHECK((long)shmat(o.id, NULL, 0)))
#define ALLOCATE(bytes) ((void *)CHECK((long)malloc(bytes) ?: -1))

static inline long check(long returned, const char *call)
{
    if (returned == -1) {
        perror(call);
        longjmp(failed, 1);
    }
    return returned;
}

static int create(int wanted)
{
    const int flags = IPC_CREAT | IPC_EXCL | 0600;
    return OF_KIND(semget(wanted, 1, flags), shmget(wanted, 4096, flags), msgget(wanted, flags));
}

/* Creates with a key that no object has: draws until there is one. */
static int create_unique(void)
{
    int object;
    while ((object = create(1 + (int)(random() % 0x7fffffff))) == -1)
        ZERO(errno == EEXIST ? 0 : errno);
    return object;
}

static void destroy(int object)
{
    CHECK(OF_KIND(semctl(object, 0, IPC_RMID), shmctl(object, IPC_RMID, 0), msgctl(object, IPC_RMID, 0)));
}

#define STEP(op, flags) &(struct sembuf){ .sem_op = (op), .sem_flg = (flags) }, 1
#define OPERATE(op, flags) CHECK(semop(o.id, STEP(op, flags)))

/* Makes a set ready for others: sets its value and operates on it once, as Stevens' protocol has it. */
static int ready(int object)
{
    struct sembuf nothing[] = { { 0, -1, IPC_NOWAIT }, { 0, 1, IPC_NOWAIT } };
    CHECK(object);
    if (kind == SET) {
        CHECK(semctl(object, 0, SETVAL, 1));
        CHECK(semop(object, nothing, 2));
    }
    return object;
}

/* Gives when a set was operated on. */
static time_t status(int object)
{
    union { struct semid_ds set; struct shmid_ds segment; struct msqid_ds queue; } found;
    CHECK(OF_KIND(semctl(object, 0, IPC_STAT, &found.set), shmctl(object, IPC_STAT, &found.segment),
                  msgctl(object, IPC_STAT, &found.queue)));
    return OF_KIND(found.set.sem_otime, 0, 0);
}

/* Stevens' protocol where the set exists: wait until its creator has operated on it. */
static void create_or_open(void)
{
    ZERO(create(o.key) == -1 && errno == EEXIST ? 0 : EINVAL);
    int found = (int)CHECK(semget(o.key, 1, 0));
    while (status(found) == 0)
        usleep(1000);
}

/* Processes that take turns by words in the segment. The one that waits repeats something that ends early at worst. */
#define GIVE(word, value) __atomic_store_n(&shared->word, value, __ATOMIC_RELEASE)
#define WAIT_FOR(word, value, idle) while (__atomic_load_n(&shared->word, __ATOMIC_ACQUIRE) != (value)) idle
#define PARK(turn_) syscall(SYS_futex, &shared->turn, 0 /* FUTEX_WAIT */, 1 - (turn_), NULL)
#define UNPARK() CHECK(syscall(SYS_futex, &shared->turn, 1 /* FUTEX_WAKE */, 1))
#if defined(__x86_64__) || defined(__i386__)
#define PAUSE() __builtin_ia32_pause()
#else
#define PAUSE() ((void)0)
#endif

static void make_robust(void)
{
    pthread_mutexattr_t attributes;
    ZERO(pthread_mutexattr_init(&attributes));
    ZERO(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED));
    ZERO(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST));
    ZERO(pthread_mutex_init(&shared->mutex, &attributes));
}

static inline void lock_robust(void)
{
    int found = pthread_mutex_lock(&shared->mutex);
    ZERO(found == EOWNERDEAD ? pthread_mutex_consistent(&shared->mutex) : found);
}

/* The message stays where it is: no copy but the kernel's. */
#define SEND(type_) (message->type = (type_), CHECK(msgsnd(o.id, message, o.size, 0)))
#define RECEIVE(type) CHECK(msgrcv(o.id, message, o.size, type, 0))

/* A text that is somewhere becomes a message, and that a text of just its length. Short ones go over the stack. */
static void send_and_receive_copies(void)
{
    enum { ON_STACK = 4096 };
    static char *volatile text;
    char stack[sizeof(struct message) + ON_STACK] __attribute__((aligned(8)));
    const int is_long = o.size > ON_STACK;
    const size_t length = sizeof(struct message) + o.size;
    struct message *copy = is_long ? ALLOCATE(length) : (struct message *)stack;
    copy->type = 1;
    memcpy(copy->text, o.buffer, o.size);
    CHECK(msgsnd(o.id, copy, o.size, 0));
    if (is_long) {
        free(copy);
        copy = ALLOCATE(length);
    }
    size_t received = (size_t)CHECK(msgrcv(o.id, copy, is_long ? o.size : ON_STACK, 0, 0));
    text = ALLOCATE(received + 1);
    memcpy(text, copy->text, received);
    if (is_long)
        free(copy);
    free(text);
}

/* Copies go through pointers that the compiler cannot see through, as where sizes are known at run time only. */
static void *(*volatile copy)(void *, const void *, size_t) = memcpy;
static void *(*volatile set)(void *, int, size_t) = memset;

#define WORK(name) IF(work, name)
#define WORK_OF_ALL_KINDS(name) IF(strchr(work, '/'), name)
#define IF(what, name) if (strcmp(what, name) == 0) for (is_known = 1; times > 0; times--)

/* Offsets and values that are read go over the stack, as with Rust's black_box: an atomic addition waits for such stores. */
static inline void *place(void)
{
    volatile size_t place = o.offset;
    return o.segment + place;
}

#define WORK_OF_WIDTH(bits) WORK_OF_TYPE(#bits, uint##bits##_t)
#define WORK_OF_TYPE(bits, type)                                                                                       \
    WORK("copy/read-u" bits) { type value; copy(&value, place(), sizeof value); KEEP(type, value); }                   \
    WORK("copy/write-u" bits) { volatile type given = 7; type value = given; copy(place(), &value, sizeof value); }    \
    WORK("copy/load-u" bits) KEEP(type, __atomic_load_n((type *)place(), __ATOMIC_RELAXED));                           \
    WORK("copy/store-u" bits) __atomic_store_n((type *)place(), 7, __ATOMIC_RELAXED);                                  \
    WORK("copy/add-u" bits) __atomic_fetch_add((type *)place(), 1, __ATOMIC_RELAXED);
#define KEEP(type, value) do { volatile type kept = (value); (void)kept; } while (0)

/* Does the work so many times. Gives whether it is known. */
static __attribute__((noinline)) int run(long times)
{
    int is_known = 0;

    WORK("semaphore/acquire-release") { OPERATE(-1, 0); OPERATE(1, 0); }
    WORK("semaphore/undo") { OPERATE(-1, SEM_UNDO); OPERATE(1, SEM_UNDO); }
    WORK("semaphore/contended") { OPERATE(-1, SEM_UNDO); shared->count++; OPERATE(1, SEM_UNDO); }
    WORK("semaphore/timeout") { CHECK(semtimedop(o.id, STEP(-1, 0), &(struct timespec){ .tv_sec = 1 })); OPERATE(1, 0); }
    WORK("semaphore/value") CHECK(semctl(o.id, 0, GETVAL));
    WORK("semaphore/set-value") CHECK(semctl(o.id, 0, SETVAL, 1));
    WORK("semaphore/create-or-open") create_or_open();
    WORK("segment/get") CHECK(shmget(o.key, 0, 0));
    WORK("segment/open") status((int)CHECK(shmget(o.key, 0, 0))); /* Its mode tells whether it is ready. */
    WORK("segment/shmat-shmdt") CHECK(shmdt(ATTACH()));
    WORK("segment/attach-detach") { void *address = ATTACH(); status(o.id); CHECK(shmdt(address)); }
    WORK("segment/spin") { uint32_t next = shared->turn + 1; GIVE(turn, next); WAIT_FOR(answer, next, PAUSE()); }
    WORK("segment/spin-answer") { uint32_t next = shared->answer + 1; WAIT_FOR(turn, next, PAUSE()); GIVE(answer, next); }
    WORK("segment/futex") { GIVE(turn, 1); UNPARK(); WAIT_FOR(turn, 0, PARK(0)); }
    WORK("segment/futex-answer") { WAIT_FOR(turn, 1, PARK(1)); GIVE(turn, 0); UNPARK(); }
    WORK("segment/contended") { lock_robust(); shared->count++; ZERO(pthread_mutex_unlock(&shared->mutex)); }
    WORK("segment/killed") { lock_robust(); ZERO(pthread_mutex_unlock(&shared->mutex)); }
    WORK("segment/killed-answer") lock_robust();
    WORK("queue/in-place") { SEND(1); RECEIVE(0); }
    WORK("queue/copied") send_and_receive_copies();
    WORK("queue/ping-pong") { SEND(1); RECEIVE(2); }
    WORK("queue/ping-pong-answer") { RECEIVE(1); SEND(2); }
    WORK("queue/stream") RECEIVE(0);
    WORK("queue/stream-answer") SEND(1);
    WORK("copy/read") copy(o.buffer, o.segment + o.offset, o.size);
    WORK("copy/write") copy(o.segment + o.offset, o.buffer, o.size);
    WORK("copy/fill") set(o.segment + o.offset, 'f', o.size);
    WORK_OF_WIDTH(32)
    WORK_OF_WIDTH(64)
    WORK_OF_ALL_KINDS("/status") status(o.id);
    WORK_OF_ALL_KINDS("/create-remove") destroy(ready(create(IPC_PRIVATE)));
    WORK_OF_ALL_KINDS("/unique") destroy(ready(create_unique()));
    return is_known;
}

/* Does the work so many times. Gives 0, or -1 for unknown work and if a call failed. Prepares the mutex for -1 times. */
long bench_work(const char *name, long times, int id, int key, size_t size, size_t offset, char *segment, char *buffer)
{
    if (setjmp(failed) != 0)
        return -1;
    work = name;
    kind = work[0] == 'q' ? QUEUE : strncmp(work, "semaphore", 9) == 0 ? SET : SEGMENT;
    o = (struct objects){ id, key, size, offset, segment, buffer };
    shared = (struct shared *)(void *)segment;
    if (message == NULL)
        message = memset(ALLOCATE(sizeof *message + size), 0, sizeof *message + size);
    if (times < 0)
        make_robust();
    return run(times) - 1;
}
