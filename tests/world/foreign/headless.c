/* headless ID: attaches a segment, and ends its first thread. Another thread keeps the process alive. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/shm.h>
#include <unistd.h>

static void *stay(void *unused)
{
    for (;;)
        pause();
    return unused;
}

int main(int count, char **arguments)
{
    pthread_t thread;
    if (count != 2 || shmat(atoi(arguments[1]), NULL, 0) == (void *)-1 || pthread_create(&thread, NULL, stay, NULL))
        return 1;
    pthread_exit(NULL);
}
