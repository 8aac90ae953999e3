/* A program that receives from the channel "jobs" and sends what it got to the channel "done", through sysv_sync.h, until the
 * last sender of "jobs" is gone:
 *   sync_relay SHMID */
#include "../../include/sysv_sync.h"

#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words) {
    sysv_sync_area area;
    sysv_sync_object jobs, done;
    unsigned char message[48];
    size_t length;
    long relayed = 0;
    int bad;
    if (count < 2) return 2;
    if (sysv_sync_open_id(&area, atoi(words[1])) == -1 || sysv_sync_find(&area, SYSV_SYNC_CHANNEL, "jobs", &jobs) == -1 ||
        sysv_sync_find(&area, SYSV_SYNC_CHANNEL, "done", &done) == -1) {
        perror("open");
        return 1;
    }
    if ((bad = sysv_channel_enter(&area, &jobs, SYSV_SYNC_RECEIVER)) != 0 ||
        (bad = sysv_channel_enter(&area, &done, SYSV_SYNC_SENDER)) != 0) {
        fprintf(stderr, "enter: %s\n", strerror(bad));
        return 1;
    }
    puts("ready");
    fflush(stdout);
    if (sysv_channel_send(&area, &done, message, 49) != EMSGSIZE) return 3;
    while ((bad = sysv_channel_receive(&area, &jobs, message, sizeof message, &length)) == 0) {
        if ((bad = sysv_channel_send(&area, &done, message, length)) != 0) break;
        relayed++;
    }
    if (bad != EPIPE) {
        fprintf(stderr, "relay: %s\n", strerror(bad));
        return 1;
    }
    sysv_channel_leave(&area, &done, SYSV_SYNC_SENDER);
    sysv_sync_close(&area);
    printf("%ld relayed\n", relayed);
    return 0;
}
