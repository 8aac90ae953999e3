/*
 * Rows of semaphores.
 */
#define _GNU_SOURCE
#include "worker.h"

#include <sys/ipc.h>
#include <sys/sem.h>
#include <time.h>

#ifndef __APPLE__
union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
};
#endif

static int id;

static void set_value(int semaphore, int value)
{
    union semun argument = { .val = value };
    check(semctl(semaphore, 0, SETVAL, argument), "semctl(SETVAL)");
}

static void remove_set(int semaphore)
{
    check(semctl(semaphore, 0, IPC_RMID), "semctl(IPC_RMID)");
}

static void prepare(long first, long second)
{
    (void)first;
    (void)second;
    id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
    check(id, "semget");
    set_value(id, 1);
}

static void end(void)
{
    remove_set(id);
}

static void operate(short op, short flags)
{
    struct sembuf step = { .sem_num = 0, .sem_op = op, .sem_flg = flags };
    check(semop(id, &step, 1), "semop");
}

static void acquire_release(long times)
{
    while (times-- > 0) {
        operate(-1, 0);
        operate(1, 0);
    }
}

static void acquire_release_undo(long times)
{
    while (times-- > 0) {
        operate(-1, SEM_UNDO);
        operate(1, SEM_UNDO);
    }
}

static void acquire_release_timeout(long times)
{
    while (times-- > 0) {
        struct sembuf step = { .sem_num = 0, .sem_op = -1, .sem_flg = 0 };
        struct timespec second = { .tv_sec = 1, .tv_nsec = 0 };
        check(semtimedop(id, &step, 1, &second), "semtimedop");
        operate(1, 0);
    }
}

static void value(long times)
{
    while (times-- > 0)
        check(semctl(id, 0, GETVAL), "semctl(GETVAL)");
}

static void set_values(long times)
{
    while (times-- > 0)
        set_value(id, 1);
}

static void status(long times)
{
    while (times-- > 0) {
        struct semid_ds stat;
        union semun argument = { .buf = &stat };
        check(semctl(id, 0, IPC_STAT, argument), "semctl(IPC_STAT)");
    }
}

static int create(int key)
{
    return semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);
}

/* A set that is ready for others: its value set, and operated on once, as Stevens' protocol has it. */
static void make_ready(int made)
{
    struct sembuf nothing[] = { { 0, -1, IPC_NOWAIT }, { 0, 1, IPC_NOWAIT } };
    set_value(made, 1);
    check(semop(made, nothing, 2), "semop");
}

static void create_remove(long times)
{
    while (times-- > 0) {
        int made = create(IPC_PRIVATE);
        check(made, "semget");
        make_ready(made);
        remove_set(made);
    }
}

static void prepare_unique(long first, long second)
{
    (void)second;
    litter(first, create, "semget");
}

static void run_unique(long times)
{
    while (times-- > 0) {
        int made = unique(create, "semget");
        make_ready(made);
        remove_set(made);
    }
}

static void end_unique(void)
{
    sweep(remove_set);
}

static void nothing(long first, long second)
{
    (void)first;
    (void)second;
}

static void no_end(void)
{
}

const struct row semaphore_rows[] = {
    { "semaphore/acquire-release", prepare, acquire_release, end },
    { "semaphore/undo", prepare, acquire_release_undo, end },
    { "semaphore/timeout", prepare, acquire_release_timeout, end },
    { "semaphore/lock", prepare, acquire_release_undo, end },
    { "semaphore/value", prepare, value, end },
    { "semaphore/set-value", prepare, set_values, end },
    { "semaphore/status", prepare, status, end },
    { "semaphore/create-remove", nothing, create_remove, no_end },
    { "semaphore/unique", prepare_unique, run_unique, end_unique },
    { NULL, NULL, NULL, NULL },
};
