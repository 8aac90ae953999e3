/*
 * The worker in C, which the others are measured against: the calls as the C library has them, every return value
 * checked. Its arguments are the work and two numbers. It says "ready", or "unknown"; then it reads lines that say how
 * often to do the work, and answers each with the nanoseconds that it took. The end of its input ends it. It removes
 * its objects before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <time.h>
#include <unistd.h>

union semun {
    int val;
    struct semid_ds *buf;
};

struct message {
    long type;
    char text[];
};

static const char *work;
static enum { SET, SEGMENT, QUEUE } kind;
static int id = -1, key, members = 1, *others;
static long other_count;
static size_t size;
static volatile size_t offset;
static pid_t peer;
static char *segment, *buffer, *text;
static struct message *message;

static void end(void);

static inline long check(long returned, const char *call)
{
    if (returned != -1)
        return returned;
    fprintf(stderr, "the worker in C: %s: %s\n", call, strerror(errno));
    end();
    exit(1);
}

static void *allocate(size_t bytes)
{
    void *new = malloc(bytes);
    check(new == NULL ? -1 : 0, "malloc");
    return new;
}

static int is(const char *what)
{
    return strcmp(strchr(work, '/'), what) == 0;
}

static int create(int wanted)
{
    const int flags = IPC_CREAT | IPC_EXCL | 0600;
    return kind == SET       ? semget(wanted, members, flags)
           : kind == SEGMENT ? shmget(wanted, size + 4096, flags)
                             : msgget(wanted, flags);
}

/* Creates with a key that no object has: draws until there is one. */
static int create_unique(void)
{
    for (;;) {
        key = 1 + (int)(random() % 0x7fffffff);
        int object = create(key);
        if (object != -1)
            return object;
        check(errno == EEXIST ? 0 : -1, "create");
    }
}

static void destroy(int object)
{
    check(kind == SET       ? semctl(object, 0, IPC_RMID)
          : kind == SEGMENT ? shmctl(object, IPC_RMID, NULL)
                            : msgctl(object, IPC_RMID, NULL), "IPC_RMID");
}

static void operate(unsigned short number, short op, short flags)
{
    struct sembuf step = { .sem_num = number, .sem_op = op, .sem_flg = flags };
    check(semop(id, &step, 1), "semop");
}

static void set_value(int set)
{
    union semun argument = { .val = 1 };
    check(semctl(set, 0, SETVAL, argument), "semctl(SETVAL)");
}

/* Makes a set ready for others: sets its value and operates on it once, as Stevens' protocol has it. */
static int ready(int object)
{
    struct sembuf nothing[] = { { 0, -1, IPC_NOWAIT }, { 0, 1, IPC_NOWAIT } };
    check(object, "create");
    if (kind == SET) {
        set_value(object);
        check(semop(object, nothing, 2), "semop");
    }
    return object;
}

/* Gives when a set was operated on. */
static time_t status(int object)
{
    union {
        struct semid_ds set;
        struct shmid_ds segment;
        struct msqid_ds queue;
    } stat;
    union semun argument = { .buf = &stat.set };
    check(kind == SET       ? semctl(object, 0, IPC_STAT, argument)
          : kind == SEGMENT ? shmctl(object, IPC_STAT, &stat.segment)
                            : msgctl(object, IPC_STAT, &stat.queue), "IPC_STAT");
    return kind == SET ? stat.set.sem_otime : 0;
}

static void *attach(void)
{
    void *address = shmat(id, NULL, 0);
    check(address == (void *)-1 ? -1 : 0, "shmat");
    return address;
}

/* As RemoveOnDrop does, which removes only in the ipc namespace of the object. */
static void look_home(void)
{
    char link[64];
    check(readlink("/proc/thread-self/ns/ipc", link, sizeof link), "readlink");
}

static void wait_for_turn(uint32_t turn)
{
    while (__atomic_load_n((uint32_t *)(void *)segment, __ATOMIC_ACQUIRE) != turn)
        sched_yield();
}

static void give_turn(uint32_t turn)
{
    __atomic_store_n((uint32_t *)(void *)segment, turn, __ATOMIC_RELEASE);
}

/* The message stays where it is: no copy but the kernel's. */
static void send(long type)
{
    message->type = type;
    check(msgsnd(id, message, size, 0), "msgsnd");
}

static void receive(long type)
{
    check(msgrcv(id, message, size, type, 0), "msgrcv");
}

/* Up to this length, messages that are copied are copied over the stack. */
#define ON_STACK 4096

/* A text that is somewhere becomes a message. */
static void send_copy(const char *from)
{
    char stack[sizeof(struct message) + ON_STACK] __attribute__((aligned(8)));
    struct message *copy = size > ON_STACK ? allocate(sizeof *copy + size) : (struct message *)stack;
    copy->type = 1;
    memcpy(copy->text, from, size);
    check(msgsnd(id, copy, size, 0), "msgsnd");
    if (copy != (struct message *)stack)
        free(copy);
}

/* A message of at most so many bytes becomes a text of just its length, which the caller frees. */
static char *receive_copy(size_t room)
{
    char stack[sizeof(struct message) + ON_STACK] __attribute__((aligned(8)));
    struct message *copy = room > ON_STACK ? allocate(sizeof *copy + room) : (struct message *)stack;
    size_t received = (size_t)check(msgrcv(id, copy, room, 0, 0), "msgrcv");
    char *to = allocate(received + 1);
    memcpy(to, copy->text, received);
    if (copy != (struct message *)stack)
        free(copy);
    return to;
}

static long long now(void)
{
    struct timespec time;
    check(clock_gettime(CLOCK_MONOTONIC, &time), "clock_gettime");
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Copies go through pointers that the compiler cannot see through, as where sizes are known at run time only. */
static void *(*volatile copy)(void *, const void *, size_t) = memcpy;
static void *(*volatile set)(void *, int, size_t) = memset;

#define WORK(name) if (strcmp(work, name) == 0 && (start = now()) != 0) while (times-- > 0)
#define WORK_OF_ALL_KINDS(name) if (is(name) && (start = now()) != 0) while (times-- > 0)

/*
 * Offsets, and values that are read, go over the stack, as with Rust's black_box: an atomic addition waits for such
 * stores.
 */
static inline void *place(void)
{
    volatile size_t place = offset;
    return segment + place;
}

#define WORK_OF_WIDTH(bits) WORK_OF_TYPE(#bits, uint##bits##_t)
#define WORK_OF_TYPE(bits, type)                                                                                       \
    WORK("copy/read-u" bits) { type value; copy(&value, place(), sizeof value); KEEP(type, value); }                   \
    WORK("copy/write-u" bits) { volatile type given = 7; type value = given; copy(place(), &value, sizeof value); }    \
    WORK("copy/load-u" bits) KEEP(type, __atomic_load_n((type *)place(), __ATOMIC_RELAXED));                           \
    WORK("copy/store-u" bits) __atomic_store_n((type *)place(), 7, __ATOMIC_RELAXED);                                  \
    WORK("copy/add-u" bits) __atomic_fetch_add((type *)place(), 1, __ATOMIC_RELAXED);
#define KEEP(type, value) do { volatile type kept = (value); (void)kept; } while (0)

/* Does the work so many times. Gives when it began, and 0 for unknown work. */
static long long run(long times)
{
    static char *volatile received;
    struct sembuf acquire = { .sem_num = 0, .sem_op = -1, .sem_flg = 0 };
    struct timespec second = { .tv_sec = 1, .tv_nsec = 0 };
    long long start = 0;

    WORK("semaphore/acquire-release") { operate(0, -1, 0); operate(0, 1, 0); }
    WORK("semaphore/undo") { operate(0, -1, SEM_UNDO); operate(0, 1, SEM_UNDO); }
    WORK("semaphore/lock") { operate(0, -1, SEM_UNDO); operate(0, 1, SEM_UNDO); }
    WORK("semaphore/timeout") { check(semtimedop(id, &acquire, 1, &second), "semtimedop"); operate(0, 1, 0); }
    WORK("semaphore/value") check(semctl(id, 0, GETVAL), "semctl(GETVAL)");
    WORK("semaphore/set-value") set_value(id);
    WORK("semaphore/status") status(id);
    WORK("semaphore/create-or-open") {
        /* Stevens' protocol where the set exists: wait until its creator has operated on it. */
        int found = create(key);
        check(found == -1 && errno == EEXIST ? 0 : -1, "semget");
        found = (int)check(semget(key, 1, 0), "semget");
        while (status(found) == 0)
            usleep(1000);
    }
    WORK("semaphore/ping-pong") { operate(0, 1, 0); operate(1, -1, 0); }
    WORK("semaphore/answer") { operate(0, -1, 0); operate(1, 1, 0); }
    WORK("segment/status") status(id);
    WORK("segment/get") check(shmget(key, 0, 0), "shmget");
    WORK("segment/open") status((int)check(shmget(key, 0, 0), "shmget")); /* Its mode tells whether it is ready. */
    WORK("segment/shmat-shmdt") check(shmdt(attach()), "shmdt");
    WORK("segment/attach-detach") { void *address = attach(); status(id); check(shmdt(address), "shmdt"); }
    WORK("segment/ping-pong") { give_turn(1); wait_for_turn(0); }
    WORK("segment/answer") { wait_for_turn(1); give_turn(0); }
    WORK("queue/status") status(id);
    WORK("queue/in-place") { send(1); receive(0); }
    WORK("queue/copied") {
        send_copy(text);
        received = receive_copy(size > ON_STACK ? size : ON_STACK);
        free(received);
    }
    WORK("queue/ping-pong") { send(1); receive(2); }
    WORK("queue/answer") { receive(1); send(2); }
    WORK("copy/read") copy(buffer, segment + offset, size);
    WORK("copy/write") copy(segment + offset, buffer, size);
    WORK("copy/fill") set(segment + offset, 'f', size);
    WORK_OF_WIDTH(32)
    WORK_OF_WIDTH(64)
    WORK_OF_ALL_KINDS("/create-remove") destroy(ready(create(IPC_PRIVATE)));
    WORK_OF_ALL_KINDS("/create-drop") { int object = ready(create(IPC_PRIVATE)); look_home(); look_home(); destroy(object); }
    WORK_OF_ALL_KINDS("/unique") destroy(ready(create_unique()));
    return start;
}

/* The other process of a ping-pong. It ends by a signal, if only by its alarm. */
static void answer(void)
{
    work = kind == SET ? "semaphore/answer" : kind == SEGMENT ? "segment/answer" : "queue/answer";
    alarm(60);
    run(LONG_MAX);
}

static void prepare(long first, long second)
{
    kind = work[0] == 'q' ? QUEUE : strncmp(work, "semaphore", 9) == 0 ? SET : SEGMENT;
    size = is("/unique") ? 0 : is("/answer") ? 64 : (size_t)first;
    offset = (size_t)second;
    members = is("/ping-pong") ? 2 : 1;
    id = is("/answer") ? (int)first : create_unique();
    if (kind == SET && !is("/ping-pong") && !is("/answer"))
        ready(id);
    if (work[0] == 'c' || (kind == SEGMENT && (is("/ping-pong") || is("/answer")))) {
        void *memory;
        segment = attach();
        memset(segment, '\0', size + 4096);
        /* At another place within its page than the segment, where some processors copy slowly. */
        check(posix_memalign(&memory, 4096, 512 + size) == 0 ? 0 : -1, "posix_memalign");
        buffer = memset((char *)memory + 512, 'b', size);
    }
    if (kind == QUEUE) {
        message = allocate(sizeof *message + size);
        text = allocate(size + 1);
        memset(message->text, 'm', size);
        memset(text, 't', size);
        /*
         * A hole as long as a message, between two pieces that stay, so that source and destination do not lie a few
         * bytes more than whole pages apart by chance: some processors then copy at a tenth of their speed. Volatile,
         * lest the compiler leave these calls out. The Rust worker does the same.
         */
        void *volatile before = allocate(1024), *volatile hole = allocate(sizeof *message + size);
        void *volatile behind = allocate(1024);
        free(hole);
        (void)before, (void)behind;
    }
    if (is("/unique")) {
        others = allocate((size_t)(first + 1) * sizeof *others);
        for (; other_count < first; other_count++)
            others[other_count] = create_unique();
    }
    if (is("/answer") || (is("/ping-pong") && (peer = (pid_t)check(fork(), "fork")) == 0))
        answer();
}

static void end(void)
{
    int object = id;
    id = -1;
    if (peer > 0)
        kill(peer, SIGKILL);
    if (object == -1 || is("/answer"))
        return;
    while (other_count > 0)
        destroy(others[--other_count]);
    destroy(object);
}

int main(int argc, char **argv)
{
    static char output[64]; /* Not from the heap, where the work places what it measures. */
    char line[64];

    if (argc != 4 || strchr(argv[1], '/') == NULL)
        return 2;
    work = argv[1];
    setvbuf(stdout, output, _IOFBF, sizeof output);
    srandom((unsigned)now() ^ (unsigned)getpid());
    if (run(0) == 0) {
        puts("unknown");
        return 0;
    }
    prepare(atol(argv[2]), atol(argv[3]));
    puts("ready");
    while (fflush(stdout) == 0 && fgets(line, sizeof line, stdin) != NULL) {
        long times = atol(line);
        long long start = run(times);
        printf("%lld\n", now() - start);
    }
    end();
    return 0;
}
