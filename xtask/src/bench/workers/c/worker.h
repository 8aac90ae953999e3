/*
 * What the files of the C worker share: rows, and how they end when a call fails.
 */
#ifndef WORKER_H
#define WORKER_H

#include <stddef.h>

/* Work that can be asked for. Each run makes it so many times; what it works on is made and removed outside. */
struct row {
    const char *name;
    void (*prepare)(long first, long second);
    void (*run)(long times);
    void (*end)(void);
};

/* Each ends with a row without a name. */
extern const struct row semaphore_rows[];
extern const struct row segment_rows[];
extern const struct row queue_rows[];
extern const struct row copy_rows[];

/* Ends the worker, because a call has failed. What the row has made is removed. */
_Noreturn void fail(const char *call);

static inline void check(int returned, const char *call)
{
    if (returned == -1)
        fail(call);
}

/* Makes an object with a key that nobody has: draws until there is one. */
int unique(int (*create)(int key), const char *call);

/* So many objects that just are there, each with a key of its own. */
void litter(long count, int (*create)(int key), const char *call);
void sweep(void (*remove)(int id));

#endif
