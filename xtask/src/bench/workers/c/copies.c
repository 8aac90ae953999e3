/*
 * Rows of copies into, out of and over a segment. Calls go through pointers that the compiler cannot see through,
 * as a program whose sizes are known at run time only has them.
 */
#include "worker.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

/* Where the buffer lies within its page: not where the segment does, which some processors take ill. */
#define APART 512

static void *(*volatile copy)(void *, const void *, size_t) = memcpy;
static void *(*volatile set)(void *, int, size_t) = memset;

static char *segment;
static void *memory;
static char *buffer;
static size_t size;
static volatile size_t offset;

static void prepare(long first, long second)
{
    size = (size_t)first;
    offset = (size_t)second;
    int id = shmget(IPC_PRIVATE, size + 64, IPC_CREAT | 0600);
    check(id, "shmget");
    segment = shmat(id, NULL, 0);
    int attached = segment == (char *)-1 ? -1 : 0;
    check(shmctl(id, IPC_RMID, NULL), "shmctl(IPC_RMID)");
    check(attached, "shmat");
    check(posix_memalign(&memory, 4096, APART + size) == 0 ? 0 : -1, "posix_memalign");
    buffer = (char *)memory + APART;
    memset(buffer, 'b', size);
    memset(segment, 's', size + 64);
}

static void end(void)
{
    check(shmdt(segment), "shmdt");
    free(memory);
}

static void read_at(long times)
{
    while (times-- > 0)
        copy(buffer, segment + offset, size);
}

static void write_at(long times)
{
    while (times-- > 0)
        copy(segment + offset, buffer, size);
}

static void fill(long times)
{
    while (times-- > 0)
        set(segment + offset, 'f', size);
}

const struct row copy_rows[] = {
    { "copy/read", prepare, read_at, end },
    { "copy/write", prepare, write_at, end },
    { "copy/fill", prepare, fill, end },
    { NULL, NULL, NULL, NULL },
};
