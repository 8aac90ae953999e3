/*
 * The worker in C, which the others are measured against: the calls as the C library has them, every return value
 * looked at. It reads requests, a line each, and answers each with a line:
 *
 *     prepare ROW FIRST SECOND    ready, or unknown
 *     run TIMES                   how many nanoseconds that took
 *     end                         ended
 *
 * The end of its input ends it, and what it has made is removed before.
 */
#include "worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct row *current;
static int *litter_ids;
static long litter_count;

static void end(void)
{
    const struct row *row = current;
    current = NULL;
    if (row != NULL)
        row->end();
}

void fail(const char *call)
{
    fprintf(stderr, "the worker in C: %s: %s\n", call, strerror(errno));
    end();
    exit(1);
}

int unique(int (*create)(int key), const char *call)
{
    for (;;) {
        int id = create(1 + (int)(random() % 0x7fffffff));
        if (id != -1)
            return id;
        if (errno != EEXIST)
            fail(call);
    }
}

void litter(long count, int (*create)(int key), const char *call)
{
    litter_count = 0;
    litter_ids = calloc((size_t)count + 1, sizeof *litter_ids);
    if (litter_ids == NULL)
        fail("calloc");
    for (; litter_count < count; litter_count++)
        litter_ids[litter_count] = unique(create, call);
}

void sweep(void (*remove)(int id))
{
    while (litter_count > 0)
        remove(litter_ids[--litter_count]);
    free(litter_ids);
    litter_ids = NULL;
}

static const struct row *find(const char *name)
{
    const struct row *tables[] = { semaphore_rows, segment_rows, queue_rows, copy_rows };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct row *row = tables[i]; row->name != NULL; row++)
            if (strcmp(row->name, name) == 0)
                return row;
    return NULL;
}

static long long now(void)
{
    struct timespec time;
    check(clock_gettime(CLOCK_MONOTONIC, &time), "clock_gettime");
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(void)
{
    /* Not from the heap, where rows place what they measure. */
    static char output[256];
    char line[256], name[64];
    long first, second, times;

    setvbuf(stdout, output, _IOFBF, sizeof output);
    srandom((unsigned)now() ^ (unsigned)getpid());
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "prepare %63s %ld %ld", name, &first, &second) == 3) {
            end();
            const struct row *row = find(name);
            if (row == NULL) {
                puts("unknown");
            } else {
                row->prepare(first, second);
                current = row;
                puts("ready");
            }
        } else if (sscanf(line, "run %ld", &times) == 1 && current != NULL) {
            long long start = now();
            current->run(times);
            printf("%lld\n", now() - start);
        } else {
            end();
            puts("ended");
        }
        fflush(stdout);
    }
    end();
    return 0;
}
