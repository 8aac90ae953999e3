/* Input of bindgen: the headers of System V IPC, and what they leave to the program. */

/* FreeBSD declares the structures of sysctl for programs that define these macros. */
#ifdef __FreeBSD__
#define _WANT_SYSVSHM_INTERNALS
#define _WANT_SYSVSEM_INTERNALS
#define _WANT_SYSVMSG_INTERNALS
#endif

#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/sem.h>
#include <sys/msg.h>
#include <time.h>

/* The numbers under which NetBSD's sysctl lists all objects. */
#ifdef __NetBSD__
#include <sys/sysctl.h>
#endif

/* The bits of shmget's flags in which Linux takes the base-two logarithm of a huge page's size. */
#if defined(__linux__) && __has_include(<asm-generic/hugetlb_encode.h>)
#include <asm-generic/hugetlb_encode.h>
#endif

/* The macro is a cast in every header, which bindgen does not evaluate. */
static const key_t sysv_sys_IPC_PRIVATE = IPC_PRIVATE;

/* POSIX leaves the definition to the program. The build defines the macro unless the headers define the union. */
#ifdef SYSV_SYS_DEFINE_SEMUN
union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
#ifdef __linux__
    struct seminfo *__buf;
#endif
};
#endif
