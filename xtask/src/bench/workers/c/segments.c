/*
 * Rows of segments, but for the copies.
 */
#include "worker.h"

#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

static int id;
static int key;

static int create(int wanted)
{
    return shmget(wanted, 4096, IPC_CREAT | IPC_EXCL | 0600);
}

static int create_keyed(int wanted)
{
    key = wanted;
    return create(wanted);
}

static void remove_segment(int segment)
{
    check(shmctl(segment, IPC_RMID, NULL), "shmctl(IPC_RMID)");
}

static void prepare(long first, long second)
{
    (void)first;
    (void)second;
    id = unique(create_keyed, "shmget");
}

static void end(void)
{
    remove_segment(id);
}

static void look(int segment)
{
    struct shmid_ds stat;
    check(shmctl(segment, IPC_STAT, &stat), "shmctl(IPC_STAT)");
}

static void status(long times)
{
    while (times-- > 0)
        look(id);
}

static void get(long times)
{
    while (times-- > 0)
        check(shmget(key, 0, 0), "shmget");
}

/* Looked at whether it is ready, which its mode tells. */
static void open_ready(long times)
{
    while (times-- > 0) {
        int found = shmget(key, 0, 0);
        check(found, "shmget");
        look(found);
    }
}

static void *attach(void)
{
    void *address = shmat(id, NULL, 0);
    check(address == (void *)-1 ? -1 : 0, "shmat");
    return address;
}

static void attach_detach(long times)
{
    while (times-- > 0)
        check(shmdt(attach()), "shmdt");
}

/* With a look at how large it is. */
static void attach_sized(long times)
{
    while (times-- > 0) {
        void *address = attach();
        look(id);
        check(shmdt(address), "shmdt");
    }
}

static void create_remove(long times)
{
    while (times-- > 0) {
        int made = create(IPC_PRIVATE);
        check(made, "shmget");
        remove_segment(made);
    }
}

static void prepare_unique(long first, long second)
{
    (void)second;
    litter(first, create, "shmget");
}

static void run_unique(long times)
{
    while (times-- > 0)
        remove_segment(unique(create, "shmget"));
}

static void end_unique(void)
{
    sweep(remove_segment);
}

static void nothing(long first, long second)
{
    (void)first;
    (void)second;
}

static void no_end(void)
{
}

const struct row segment_rows[] = {
    { "segment/status", prepare, status, end },
    { "segment/get", prepare, get, end },
    { "segment/shmat-shmdt", prepare, attach_detach, end },
    { "segment/open", prepare, open_ready, end },
    { "segment/attach-detach", prepare, attach_sized, end },
    { "segment/create-remove", nothing, create_remove, no_end },
    { "segment/unique", prepare_unique, run_unique, end_unique },
    { NULL, NULL, NULL, NULL },
};
