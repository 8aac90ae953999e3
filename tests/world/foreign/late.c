/* LD_PRELOAD for 32-bit programs: IPC_STAT of a set as of 2038-01-19 on, when the low words of its times are beyond 2^31
 * and the high words are 0. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <unistd.h>

int semctl(int id, int number, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long);
    va_end(arguments);
    int result = syscall(SYS_semctl, id, number, command, argument);
    if (result == 0 && command == IPC_STAT) {
        struct semid_ds *status = (void *)argument;
        *(unsigned *)&status->sem_otime = 0x80000010u;
        *(unsigned *)&status->sem_ctime = 0x80000010u;
    }
    return result;
}
