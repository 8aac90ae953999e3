/* LD_PRELOAD: semop(2) and semtimedop(2) of other systems.
 *   WORLD_SEMTIMEDOP=none    semtimedop fails with ENOSYS
 *   WORLD_UNDO=ERRNO         SEM_UNDO is refused with this error; 0 accepts it without effect, as sandboxes do */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Returns whether the operations are refused. */
static int refuse_undo(struct sembuf *operations, size_t count)
{
    const char *error = getenv("WORLD_UNDO");
    for (size_t i = 0; error && i < count; i++) {
        if (!(operations[i].sem_flg & SEM_UNDO))
            continue;
        if (atoi(error)) {
            errno = atoi(error);
            return 1;
        }
        operations[i].sem_flg &= ~SEM_UNDO;
    }
    return 0;
}

int semop(int id, struct sembuf *operations, size_t count)
{
    return refuse_undo(operations, count) ? -1 : syscall(SYS_semop, id, operations, count);
}

int semtimedop(int id, struct sembuf *operations, size_t count, const struct timespec *timeout)
{
    if (getenv("WORLD_SEMTIMEDOP")) {
        errno = ENOSYS;
        return -1;
    }
    return refuse_undo(operations, count) ? -1 : syscall(SYS_semtimedop, id, operations, count, timeout);
}
