/* deny RULE... -- COMMAND...: runs COMMAND in a sandbox (seccomp, x86_64).
 *   CALL=ERRNO              the call fails
 *   CALL@ARGUMENT:N=ERRNO   the call fails if its argument of this number, from 0 on, is N
 * 0 as ERRNO kills the process instead. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { USAGE = 99, MOST = 256, RULE = 5 };

static const struct {
    const char *name;
    unsigned number;
} calls[] = {
    {"link", SYS_link},     {"linkat", SYS_linkat}, {"msgctl", SYS_msgctl}, {"msgget", SYS_msgget},
    {"semctl", SYS_semctl}, {"semget", SYS_semget}, {"shmctl", SYS_shmctl}, {"shmget", SYS_shmget},
};

/* The number of a call; -1 for one without a name here. */
static long find(const char *name)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (!strcmp(calls[i].name, name))
            return calls[i].number;
    return -1;
}

#define LOAD(member) (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define UNLESS(value, skipped) (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped)
#define RETURN(action) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, action)

int main(int count, char **arguments)
{
    struct sock_filter filter[MOST];
    unsigned short length = 0;
    int i = 1;
    for (; i < count && strcmp(arguments[i], "--"); i++) {
        char name[16];
        unsigned argument = 0, value = 0, error = 0;
        int has_argument = sscanf(arguments[i], "%15[a-z]@%u:%u=%u", name, &argument, &value, &error) == 4;
        if ((!has_argument && sscanf(arguments[i], "%15[a-z]=%u", name, &error) != 2) || find(name) < 0 ||
            length + RULE >= MOST) {
            fprintf(stderr, "deny: bad rule %s\n", arguments[i]);
            return USAGE;
        }
        filter[length++] = LOAD(nr);
        filter[length++] = UNLESS(find(name), has_argument ? 3 : 1);
        if (has_argument) {
            filter[length++] = LOAD(args[argument]);
            filter[length++] = UNLESS(value, 1);
        }
        filter[length++] = RETURN(error ? SECCOMP_RET_ERRNO | error : SECCOMP_RET_KILL_PROCESS);
    }
    filter[length++] = RETURN(SECCOMP_RET_ALLOW);
    struct sock_fprog program = {length, filter};
    if (i + 1 >= count) {
        fputs("deny: no command\n", stderr);
        return USAGE;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        perror("deny");
        return USAGE;
    }
    execvp(arguments[i + 1], arguments + i + 1);
    perror(arguments[i + 1]);
    return USAGE;
}
