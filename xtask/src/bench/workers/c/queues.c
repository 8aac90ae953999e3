/*
 * Rows of queues. What is sent comes back at once, so that the queue holds one message at most.
 */
#include "worker.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

/* What is received goes over the stack up to this length. */
#define ON_STACK 4096

struct message {
    long type;
    char text[];
};

static int id;
static size_t length;
static struct message *message;
static char *text;
static void *apart[2];

static int create(int key)
{
    return msgget(key, IPC_CREAT | IPC_EXCL | 0600);
}

static void remove_queue(int queue)
{
    check(msgctl(queue, IPC_RMID, NULL), "msgctl(IPC_RMID)");
}

/*
 * Leaves a hole as long as a message, between two pieces that stay, so that what is copied from and what is copied to
 * do not lie a few bytes more than whole pages apart: chance would have it so, and some processors then copy at a
 * tenth of their speed. The Rust worker does the same.
 */
static void keep_apart(void)
{
    /* Volatile, lest the compiler leave both calls out. */
    void *volatile hole;
    apart[0] = malloc(1024);
    hole = malloc(sizeof *message + length);
    apart[1] = malloc(1024);
    free(hole);
}

static void prepare(long first, long second)
{
    (void)second;
    length = (size_t)first;
    message = malloc(sizeof *message + length);
    text = malloc(length + 1);
    if (message == NULL || text == NULL)
        fail("malloc");
    message->type = 1;
    memset(message->text, 'm', length);
    memset(text, 't', length);
    keep_apart();
    id = create(IPC_PRIVATE);
    check(id, "msgget");
}

static void end(void)
{
    remove_queue(id);
    free(message);
    free(text);
    free(apart[0]);
    free(apart[1]);
}

/* The message stays where it is: no copy but the kernel's. */
static void in_place(long times)
{
    while (times-- > 0) {
        check(msgsnd(id, message, length, 0), "msgsnd");
        check((int)msgrcv(id, message, length, 0, 0), "msgrcv");
    }
}

/* A text that is somewhere becomes a message. */
static void send_copy(const char *from)
{
    char stack[sizeof(struct message) + ON_STACK] __attribute__((aligned(8)));
    struct message *copy = (struct message *)stack;
    if (length > ON_STACK)
        copy = malloc(sizeof *copy + length);
    if (copy == NULL)
        fail("malloc");
    copy->type = 1;
    memcpy(copy->text, from, length);
    check(msgsnd(id, copy, length, 0), "msgsnd");
    if (copy != (struct message *)stack)
        free(copy);
}

/* A message of at most so many bytes becomes a text of just its length, which the caller frees. */
static char *receive_copy(size_t room)
{
    char stack[sizeof(struct message) + ON_STACK] __attribute__((aligned(8)));
    struct message *copy = (struct message *)stack;
    if (room > ON_STACK)
        copy = malloc(sizeof *copy + room);
    if (copy == NULL)
        fail("malloc");
    int received = (int)msgrcv(id, copy, room, 0, 0);
    check(received, "msgrcv");
    char *to = malloc((size_t)received + 1);
    if (to == NULL)
        fail("malloc");
    memcpy(to, copy->text, (size_t)received);
    if (copy != (struct message *)stack)
        free(copy);
    return to;
}

static char *volatile received_text;

static void copied(long times)
{
    size_t room = length > ON_STACK ? length : ON_STACK;
    while (times-- > 0) {
        send_copy(text);
        received_text = receive_copy(room);
        free(received_text);
    }
}

static void status(long times)
{
    while (times-- > 0) {
        struct msqid_ds stat;
        check(msgctl(id, IPC_STAT, &stat), "msgctl(IPC_STAT)");
    }
}

static void create_remove(long times)
{
    while (times-- > 0) {
        int made = create(IPC_PRIVATE);
        check(made, "msgget");
        remove_queue(made);
    }
}

static void prepare_unique(long first, long second)
{
    (void)second;
    litter(first, create, "msgget");
}

static void run_unique(long times)
{
    while (times-- > 0)
        remove_queue(unique(create, "msgget"));
}

static void end_unique(void)
{
    sweep(remove_queue);
}

static void nothing(long first, long second)
{
    (void)first;
    (void)second;
}

static void no_end(void)
{
}

const struct row queue_rows[] = {
    { "queue/in-place", prepare, in_place, end },
    { "queue/copied", prepare, copied, end },
    { "queue/status", prepare, status, end },
    { "queue/create-remove", nothing, create_remove, no_end },
    { "queue/unique", prepare_unique, run_unique, end_unique },
    { NULL, NULL, NULL, NULL },
};
