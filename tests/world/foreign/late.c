/* LD_PRELOAD for 32-bit programs: IPC_STAT of a set with a last operation of 2038, when the low word of a time is beyond
 * 2^31 and its high word is 0, and a change of 2106, when the high word is 1. */
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
        *(unsigned *)&status->sem_ctime = 0x10u;
        status->__sem_ctime_high = 1;
    }
    return result;
}
