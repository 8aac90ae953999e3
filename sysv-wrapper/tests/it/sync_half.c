/* A program that joins an area, receives one message if there is one, locks and unlocks the mutex, and leaves, through
 * sysv_sync.h; and that kills itself in front of its semop number COUNT:
 *   sync_half SHMID COUNT */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/sem.h>

static long before;

static int counted_semop(int set, struct sembuf *steps, size_t count) {
    if (before-- == 0) raise(SIGKILL);
    return semop(set, steps, count);
}

#define semop counted_semop
#include "../../include/sysv_sync.h"

int main(int count, char **words) {
    sysv_sync_area area;
    sysv_sync_object jobs, table;
    unsigned char message[8];
    size_t length;
    int bad;
    if (count < 3) return 2;
    before = atol(words[2]);
    if (sysv_sync_open_id(&area, atoi(words[1])) == -1 || sysv_sync_find(&area, SYSV_SYNC_CHANNEL, "jobs", &jobs) == -1 ||
        sysv_sync_find(&area, SYSV_SYNC_MUTEX, "table", &table) == -1) {
        perror("open");
        return 1;
    }
    bad = sysv_mutex_trylock(&area, &table);
    if (bad == 0 || bad == EOWNERDEAD) bad = sysv_mutex_unlock(&area, &table);
    if (bad != 0 && bad != EBUSY) return 3;
    if (sysv_channel_enter(&area, &jobs, SYSV_SYNC_RECEIVER) != 0) return 4;
    bad = sysv_channel_tryreceive(&area, &jobs, message, 0, &length);
    if (bad != EAGAIN && bad != EMSGSIZE) return 5;
    sysv_channel_leave(&area, &jobs, SYSV_SYNC_RECEIVER);
    sysv_sync_close(&area);
    return 0;
}
