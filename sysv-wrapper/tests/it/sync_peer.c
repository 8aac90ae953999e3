/* A program that takes part in a mutex with a value of 8 bytes, through sysv_sync.h:
 *   sync_peer SHMID NAME TIMES [abort|hold|fork] */
#include "../../include/sysv_sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

static int lock(const sysv_sync_area *area, const sysv_sync_object *mutex, long *died) {
    int locked = sysv_mutex_lock(area, mutex);
    if (locked == EOWNERDEAD) {
        ++*died;
        sysv_mutex_consistent(area, mutex);
        return 0;
    }
    return locked;
}

int main(int count, char **words) {
    sysv_sync_area area;
    sysv_sync_object mutex;
    long times, died = 0, i;
    volatile uint64_t *value;
    int bad;
    if (count < 4) return 2;
    if (sysv_sync_open_id(&area, atoi(words[1])) == -1) {
        perror("open");
        return 1;
    }
    if (sysv_sync_find(&area, SYSV_SYNC_MUTEX, words[2], &mutex) == -1 || mutex.value_size != 8) {
        perror("find");
        return 1;
    }
    value = (volatile uint64_t *)sysv_mutex_value(&area, &mutex);
    times = atol(words[3]);
    for (i = 0; i < times; i++) {
        if ((bad = i % 2 ? lock(&area, &mutex, &died) : sysv_mutex_trylock(&area, &mutex)) == EBUSY) {
            bad = lock(&area, &mutex, &died);
        } else if (bad == EOWNERDEAD) {
            died++, bad = 0;
            sysv_mutex_consistent(&area, &mutex);
        }
        if (bad) {
            fprintf(stderr, "lock: %s\n", strerror(bad));
            return 1;
        }
        ++*value;
        if ((bad = sysv_mutex_unlock(&area, &mutex)) != 0) {
            fprintf(stderr, "unlock: %s\n", strerror(bad));
            return 1;
        }
    }
    if (count > 4 && strcmp(words[4], "fork") == 0) {
        pid_t child = fork();
        int status = -1;
        if (child == 0) {
            bad = sysv_mutex_lock(&area, &mutex) == EPERM && sysv_mutex_unlock(&area, &mutex) == EPERM;
            sysv_sync_close(&area);
            _exit(bad ? 0 : 1);
        }
        waitpid(child, &status, 0);
        if (status != 0) return 1;
    } else if (count > 4) {
        if (lock(&area, &mutex, &died)) return 1;
        ++*value;
        if (strcmp(words[4], "abort") == 0) abort();
        /* Left with the lock. */
        puts("held");
        fflush(stdout);
        getchar();
    }
    sysv_sync_close(&area);
    printf("%ld died\n", died);
    return 0;
}
