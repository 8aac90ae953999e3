/* Preloaded: a system that ignores or refuses SEM_UNDO, as the variable UNDO says, or on which nobody may ask a
 * semaphore for its last process, if the variable GETPID is set. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int is_refused(struct sembuf *operations, size_t count)
{
    const char *how = getenv("UNDO");
    for (size_t i = 0; how && i < count; i++) {
        if (!(operations[i].sem_flg & SEM_UNDO))
            continue;
        if (!strcmp(how, "refused")) {
            errno = EINVAL;
            return 1;
        }
        if (!strcmp(how, "ignored"))
            operations[i].sem_flg &= ~SEM_UNDO;
    }
    return 0;
}

int semtimedop(int id, struct sembuf *operations, size_t count, const struct timespec *timeout)
{
    if (is_refused(operations, count))
        return -1;
    return syscall(SYS_semtimedop, id, operations, count, timeout);
}

int semop(int id, struct sembuf *operations, size_t count)
{
    return semtimedop(id, operations, count, NULL);
}

int semctl(int id, int number, int command, ...)
{
    va_list arguments;
    void *argument;

    if (command == GETPID && getenv("GETPID"))
        abort();
    va_start(arguments, command);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    return syscall(SYS_semctl, id, number, command, argument);
}

/* Shows that the library was loaded, which a static program and one of another processor do not do. */
__attribute__((constructor)) static void probe(void)
{
    if (getenv("PROBE") != NULL)
        _exit(77);
}
