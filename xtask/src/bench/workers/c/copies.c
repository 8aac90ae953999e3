/*
 * Rows of copies into, out of and over a segment, and of atomic accesses to it. Copies go through pointers that the
 * compiler cannot see through, as a program whose sizes are known at run time only has them.
 */
#include "worker.h"

#include <stdint.h>
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

/*
 * Values and atomics of 4 and 8 bytes. Offsets and values that are read go over the stack, as with Rust's black_box: an
 * atomic addition waits for such stores.
 */
#define OF_WIDTH(bits)                                                                                                 \
    static uint##bits##_t *at_##bits(void)                                                                             \
    {                                                                                                                  \
        volatile size_t place = offset;                                                                                \
        return (uint##bits##_t *)(void *)(segment + place);                                                            \
    }                                                                                                                  \
    static void read_##bits(long times)                                                                                \
    {                                                                                                                  \
        volatile uint##bits##_t kept;                                                                                  \
        while (times-- > 0) {                                                                                          \
            uint##bits##_t value;                                                                                      \
            copy(&value, at_##bits(), sizeof value);                                                                   \
            kept = value;                                                                                              \
        }                                                                                                              \
        (void)kept;                                                                                                    \
    }                                                                                                                  \
    static void write_##bits(long times)                                                                               \
    {                                                                                                                  \
        volatile uint##bits##_t given = 7;                                                                             \
        while (times-- > 0) {                                                                                          \
            uint##bits##_t value = given;                                                                              \
            copy(at_##bits(), &value, sizeof value);                                                                   \
        }                                                                                                              \
    }                                                                                                                  \
    static void load_##bits(long times)                                                                                \
    {                                                                                                                  \
        volatile uint##bits##_t kept;                                                                                  \
        while (times-- > 0)                                                                                            \
            kept = __atomic_load_n(at_##bits(), __ATOMIC_RELAXED);                                                     \
        (void)kept;                                                                                                    \
    }                                                                                                                  \
    static void store_##bits(long times)                                                                               \
    {                                                                                                                  \
        while (times-- > 0)                                                                                            \
            __atomic_store_n(at_##bits(), 7, __ATOMIC_RELAXED);                                                        \
    }                                                                                                                  \
    static void add_##bits(long times)                                                                                 \
    {                                                                                                                  \
        while (times-- > 0)                                                                                            \
            __atomic_fetch_add(at_##bits(), 1, __ATOMIC_RELAXED);                                                      \
    }

OF_WIDTH(32)
OF_WIDTH(64)

const struct row copy_rows[] = {
    { "copy/read", prepare, read_at, end },
    { "copy/write", prepare, write_at, end },
    { "copy/fill", prepare, fill, end },
    { "copy/read-u32", prepare, read_32, end },
    { "copy/read-u64", prepare, read_64, end },
    { "copy/write-u32", prepare, write_32, end },
    { "copy/write-u64", prepare, write_64, end },
    { "copy/load-u32", prepare, load_32, end },
    { "copy/load-u64", prepare, load_64, end },
    { "copy/store-u32", prepare, store_32, end },
    { "copy/store-u64", prepare, store_64, end },
    { "copy/add-u32", prepare, add_32, end },
    { "copy/add-u64", prepare, add_64, end },
    { NULL, NULL, NULL, NULL },
};
