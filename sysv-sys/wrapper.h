/* What bindgen reads: every header of System V IPC, and what these leave to the program. */

/* FreeBSD declares what sysctl tells of all objects only to who asks for it. */
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

/* NetBSD tells of all objects under these numbers. */
#ifdef __NetBSD__
#include <sys/sysctl.h>
#endif

/* Linux puts the base-two logarithm of a huge page's size into shmget's flags, from this bit on. */
#if defined(__linux__) && __has_include(<asm-generic/hugetlb_encode.h>)
#include <asm-generic/hugetlb_encode.h>
#endif

/* The macro is a cast in every header, and bindgen evaluates no casts. */
static const key_t sysv_sys_IPC_PRIVATE = IPC_PRIVATE;

/* POSIX has the program define it; where the headers do already, the probe has said so. */
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
