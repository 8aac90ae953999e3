/*
 * Stevens' protocol in C: the creator of a set sets the value to one less than the final one, and then adds one by an
 * operation, which sets the time that openers wait for. Reads one command per line, and prints one line for each.
 *
 *   make KEY VALUE        creates the set, and stops there: "made"
 *   set                   sets the value: "set"
 *   operate               operates on it: "ready"
 *   open KEY              waits until the set exists and is ready: its value
 *   race KEY VALUE        creates or opens it: "created VALUE" or "existing VALUE"
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/sem.h>

#if defined(__linux__)
union semun { int val; struct semid_ds *buf; unsigned short *array; };
#endif

static void die(const char *what)
{
    printf("error %s: %s\n", what, strerror(errno));
    exit(1);
}

static int make(long key)
{
    return semget((key_t) key, 1, IPC_CREAT | IPC_EXCL | 0600);
}

static void set_value(int id, int value)
{
    union semun argument;
    argument.val = value - 1;
    if (semctl(id, 0, SETVAL, argument) == -1)
        die("SETVAL");
}

static void operate(int id)
{
    struct sembuf step = { 0, 1, 0 };
    if (semop(id, &step, 1) == -1)
        die("semop");
}

/* Returns the value of a set once it is ready. */
static int opened(long key)
{
    struct semid_ds stat;
    union semun argument;
    int id, value;
    while ((id = semget((key_t) key, 1, 0600)) == -1)
        if (errno != ENOENT)
            die("semget");
        else
            sched_yield();
    argument.buf = &stat;
    do {
        sched_yield();
        if (semctl(id, 0, IPC_STAT, argument) == -1)
            die("IPC_STAT");
    } while (stat.sem_otime == 0);
    if ((value = semctl(id, 0, GETVAL)) == -1)
        die("GETVAL");
    return value;
}

int main(void)
{
    char word[16], line[128];
    long key = 0;
    int id = -1, value = 0;
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "%15s %ld %d", word, &key, &value) < 1)
            die("command");
        if (strcmp(word, "make") == 0) {
            if ((id = make(key)) == -1)
                die("semget");
            printf("made\n");
        } else if (strcmp(word, "set") == 0) {
            set_value(id, value);
            printf("set\n");
        } else if (strcmp(word, "operate") == 0) {
            operate(id);
            printf("ready\n");
        } else if (strcmp(word, "open") == 0) {
            printf("%d\n", opened(key));
        } else if (strcmp(word, "race") == 0) {
            if ((id = make(key)) != -1) {
                set_value(id, value);
                operate(id);
                printf("created %d\n", value);
            } else if (errno == EEXIST) {
                printf("existing %d\n", opened(key));
            } else {
                die("semget");
            }
        }
        fflush(stdout);
    }
    return 0;
}
