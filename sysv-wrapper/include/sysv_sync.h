/* sysv_sync.h: areas of the Rust crate sysv-wrapper (module sync) for C: joining one, and its mutexes.
 *
 * Include it; there is nothing to link (older C libraries want -pthread). It needs System V IPC, C99, and the __atomic
 * built-ins of GCC and Clang. A Rust process creates the area; a C process joins it by key or by the id of its segment:
 *
 *     sysv_sync_area area;
 *     sysv_sync_object table;
 *     if (sysv_sync_open(&area, key) != 0 || sysv_sync_find(&area, SYSV_SYNC_MUTEX, "table", &table) != 0)
 *         perror("table");
 *     switch (sysv_mutex_lock(&area, &table)) {
 *     case EOWNERDEAD:             // locked; what it protects may be half changed
 *         repair();
 *         sysv_mutex_consistent(&area, &table);
 *     case 0:                      // locked
 *         work();
 *         sysv_mutex_unlock(&area, &table);
 *     }
 *     sysv_sync_close(&area);
 *
 * A process joins an area once: open it once, and let its threads share the sysv_sync_area. A forked child has not joined:
 * there every function fails with EPERM. If the process ends, however that happens, the kernel gives its mutexes to waiters,
 * who get EOWNERDEAD. Layout and protocol are described in src/sync/layout.rs and src/sync/mutex.rs; the layout is the same
 * for programs of 32 and of 64 bits.
 *
 * Functions return 0 or an error number; those with "-1" set errno. Nothing that is read from the segment is trusted beyond
 * memory safety.
 */
#ifndef SYSV_SYNC_H
#define SYSV_SYNC_H

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

#define SYSV_SYNC_VERSION 1u
#define SYSV_SYNC_MAGIC "sysvsync" /* in the byte order of the machine, see sysv_sync_open_id */
#define SYSV_SYNC_BYTE_ORDER 0x01020304u
#define SYSV_SYNC_MUTEX 1u
#define SYSV_SYNC_CHANNEL 2u
#define SYSV_SYNC_LATEST 3u
#define SYSV_SYNC_EVENT 4u

enum {
    SYSV_SYNC_HEADER = 64, /* bytes of the header */
    SYSV_SYNC_PEER = 32,   /* bytes of the entry of a peer */
    SYSV_SYNC_OBJECT = 96, /* bytes of the entry of an object */
    SYSV_SYNC_VALUE = 64,  /* where the value of a mutex begins */
    SYSV_SYNC_OBJECTS_MAX = 48,
    SYSV_SYNC_PEERS_MAX = 16000,
    SYSV_SYNC_GENERATION_MAX = 16383
};
#define SYSV_SYNC_PRESENT (1u << 31)      /* state of a peer: in use, or not swept */
#define SYSV_SYNC_WAITERS (1u << 31)      /* word of a mutex */
#define SYSV_SYNC_INCONSISTENT (1u << 30) /* word of a mutex */
#define SYSV_SYNC_OWNER ((1u << 30) - 1u) /* generation << 16 | slot; 0 is free */

/* An area that this process has joined. Its members are private. */
typedef struct {
    unsigned char *base;
    size_t size;
    int set;
    uint32_t peers, objects, members, nonce, slot, generation, forks;
    uint32_t registered; /* parking members with a token for the death of this process */
} sysv_sync_area;

/* An object of an area. Its members are private, but for value_size: the bytes of the value of a mutex. */
typedef struct {
    size_t offset, size;
    uint32_t kind, park, parks, value_size;
    uint64_t tag;
} sysv_sync_object;

#define SYSV_SYNC_FN static inline __attribute__((unused))

/* ------------------------------------------------------------------ private */

SYSV_SYNC_FN uint32_t *sysv_sync_forks_(void) {
    static uint32_t forks;
    return &forks;
}
SYSV_SYNC_FN void sysv_sync_forked_(void) { __atomic_fetch_add(sysv_sync_forks_(), 1, __ATOMIC_RELAXED); }
SYSV_SYNC_FN int sysv_sync_is_here_(const sysv_sync_area *a) {
    return a->base != NULL && a->forks == __atomic_load_n(sysv_sync_forks_(), __ATOMIC_RELAXED);
}
SYSV_SYNC_FN uint32_t sysv_sync_u32_(const sysv_sync_area *a, size_t at) {
    return __atomic_load_n((uint32_t *)(void *)(a->base + at), __ATOMIC_RELAXED);
}
SYSV_SYNC_FN uint64_t sysv_sync_u64_(const sysv_sync_area *a, size_t at) {
    uint64_t number;
    memcpy(&number, a->base + at, sizeof number);
    return number;
}
SYSV_SYNC_FN uint32_t *sysv_sync_word_(const sysv_sync_area *a, size_t at) {
    return (uint32_t *)(void *)(a->base + at);
}
SYSV_SYNC_FN uint32_t *sysv_sync_state_(const sysv_sync_area *a, uint32_t slot) {
    return sysv_sync_word_(a, SYSV_SYNC_HEADER + (size_t)slot * SYSV_SYNC_PEER);
}
SYSV_SYNC_FN int sysv_sync_op_(int set, uint32_t one, int delta, int flags, uint32_t two, int delta2, int flags2) {
    struct sembuf steps[2];
    steps[0].sem_num = (unsigned short)one, steps[0].sem_op = (short)delta, steps[0].sem_flg = (short)flags;
    steps[1].sem_num = (unsigned short)two, steps[1].sem_op = (short)delta2, steps[1].sem_flg = (short)flags2;
    return semop(set, steps, 2);
}
SYSV_SYNC_FN int sysv_sync_op1_(int set, uint32_t member, int delta, int flags) {
    struct sembuf step;
    step.sem_num = (unsigned short)member, step.sem_op = (short)delta, step.sem_flg = (short)flags;
    return semop(set, &step, 1);
}
SYSV_SYNC_FN uint32_t sysv_sync_me_(const sysv_sync_area *a) { return a->generation << 16 | a->slot; }

/* Whether the set is still the area's. */
SYSV_SYNC_FN int sysv_sync_observe_(const sysv_sync_area *a) {
    int nonce = semctl(a->set, (int)a->peers, GETVAL);
    if (nonce == -1) return errno == EINVAL ? EIDRM : errno;
    return (uint32_t)nonce == a->nonce ? 0 : EPERM;
}
/* Whether the set is still the area's and has this process's lease: nothing may be taken from a peer otherwise. */
SYSV_SYNC_FN int sysv_sync_look_(const sysv_sync_area *a) {
    int own, bad = sysv_sync_observe_(a);
    if (bad) return bad;
    own = semctl(a->set, (int)a->slot, GETVAL);
    if (own == -1) return errno == EINVAL ? EIDRM : errno;
    return (uint32_t)own == a->generation ? 0 : EPERM;
}
/* Whether an owner id, read before this call, is of a dead process: 1, 0, or -1 with the error in *bad. */
SYSV_SYNC_FN int sysv_sync_is_dead_(const sysv_sync_area *a, uint32_t owner, int *bad) {
    uint32_t slot = owner & 0xffff;
    int value;
    if (slot >= a->peers || owner >> 16 == 0) {
        *bad = sysv_sync_look_(a);
        return *bad ? -1 : 1;
    }
    value = semctl(a->set, (int)slot, GETVAL);
    /* The own lease after the peer's: a set that was cleared or replaced shows in it. */
    *bad = value == -1 ? (errno == EINVAL ? EIDRM : errno) : sysv_sync_look_(a);
    if (*bad) return -1;
    return (uint32_t)value != owner >> 16;
}
/* Posts a token to a parking member, unless there is one. */
SYSV_SYNC_FN int sysv_sync_post_(const sysv_sync_area *a, uint32_t park) {
    int tokens, bad = sysv_sync_observe_(a);
    if (bad) return bad;
    tokens = semctl(a->set, (int)park, GETVAL);
    if (tokens > 0) return 0;
    return tokens == 0 && sysv_sync_op1_(a->set, park, 1, IPC_NOWAIT) == 0 ? 0 : errno;
}
/* Leaves one of several tokens. */
SYSV_SYNC_FN void sysv_sync_drain_(const sysv_sync_area *a, uint32_t park) {
    int turns, tokens;
    for (turns = 0; turns < 100 && (tokens = semctl(a->set, (int)park, GETVAL)) >= 2; turns++)
        if (sysv_sync_op_(a->set, park, -tokens, IPC_NOWAIT, park, 1, IPC_NOWAIT) == -1 && errno != EAGAIN) return;
}
/* Reads the entry of an object; 0 if it is in order. */
SYSV_SYNC_FN int sysv_sync_object_(const sysv_sync_area *a, uint32_t index, sysv_sync_object *o) {
    size_t at = SYSV_SYNC_HEADER + (size_t)a->peers * SYSV_SYNC_PEER + (size_t)index * SYSV_SYNC_OBJECT;
    uint64_t offset = sysv_sync_u64_(a, at + 8), size = sysv_sync_u64_(a, at + 16);
    o->kind = sysv_sync_u32_(a, at);
    o->park = sysv_sync_u32_(a, at + 24);
    o->parks = sysv_sync_u32_(a, at + 28);
    o->value_size = sysv_sync_u32_(a, at + 32);
    o->tag = sysv_sync_u64_(a, at + 40);
    if (offset % 64 || offset > a->size || size > a->size - offset || size < 64) return EBADMSG;
    if (o->park <= a->peers || o->park > a->members - 2 || o->parks > a->members - 2 - o->park) return EBADMSG;
    o->offset = (size_t)offset, o->size = (size_t)size;
    if (o->kind == SYSV_SYNC_MUTEX && (o->parks != 1 || o->value_size > o->size - SYSV_SYNC_VALUE)) return EBADMSG;
    return 0;
}
/* Takes back what the dead holder of a slot held, or this process itself when it has left (left = its id). Returns 0 if
 * nothing can be left: channels are swept by Rust peers. */
SYSV_SYNC_FN int sysv_sync_sweep_(const sysv_sync_area *a, uint32_t slot, uint32_t left) {
    uint32_t i;
    int whole = 0;
    for (i = 0; i < a->objects; i++) {
        sysv_sync_object o;
        uint32_t *word, found;
        int bad = 0, dead;
        if (sysv_sync_object_(a, i, &o)) return EBADMSG;
        if (o.kind == SYSV_SYNC_EVENT) continue;
        if (o.kind != SYSV_SYNC_MUTEX && o.kind != SYSV_SYNC_LATEST) {
            whole = EAGAIN;
            continue;
        }
        word = sysv_sync_word_(a, o.offset + (o.kind == SYSV_SYNC_LATEST ? 8 : 0));
        for (;;) {
            found = __atomic_load_n(word, __ATOMIC_RELAXED);
            if ((found & SYSV_SYNC_OWNER) == 0 || (found & 0xffff) != slot) break;
            dead = left ? (found & SYSV_SYNC_OWNER) == left : sysv_sync_is_dead_(a, found & SYSV_SYNC_OWNER, &bad);
            if (bad) return bad;
            if (dead != 1) break;
            if (__atomic_compare_exchange_n(word, &found, o.kind == SYSV_SYNC_MUTEX ? SYSV_SYNC_INCONSISTENT : 0, 0,
                                            __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
                if (o.kind == SYSV_SYNC_MUTEX && found & SYSV_SYNC_WAITERS) sysv_sync_post_(a, o.park);
                break;
            }
        }
    }
    return whole;
}
/* Sweeps what dead peers held: after each token. */
SYSV_SYNC_FN int sysv_sync_sweep_dead_(const sysv_sync_area *a) {
    uint32_t slot, state, owner;
    int bad = sysv_sync_look_(a);
    for (slot = 0; slot < a->peers && !bad; slot++) {
        state = __atomic_load_n(sysv_sync_state_(a, slot), __ATOMIC_ACQUIRE);
        owner = (state & 0xffff) << 16 | slot;
        if (!(state & SYSV_SYNC_PRESENT) || sysv_sync_is_dead_(a, owner, &bad) != 1) continue;
        bad = sysv_sync_sweep_(a, slot, 0);
        if (!bad)
            __atomic_compare_exchange_n(sysv_sync_state_(a, slot), &state, state & ~SYSV_SYNC_PRESENT, 0, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED);
        if (bad == EAGAIN) bad = 0;
    }
    return bad;
}
/* Takes a free lease. Only slots whose last holder is swept: channels are not swept here. */
SYSV_SYNC_FN int sysv_sync_claim_(sysv_sync_area *a) {
    uint32_t turn, slot, state, generation;
    for (turn = 0; turn < 3 * a->peers; turn++) {
        slot = __atomic_fetch_add(sysv_sync_word_(a, 56), 1, __ATOMIC_RELAXED) % a->peers;
        state = __atomic_load_n(sysv_sync_state_(a, slot), __ATOMIC_ACQUIRE);
        generation = (state & 0xffff) % SYSV_SYNC_GENERATION_MAX + 1;
        if (sysv_sync_op_(a->set, slot, 0, IPC_NOWAIT, slot, (int)generation, IPC_NOWAIT | SEM_UNDO) == -1) {
            if (errno == EAGAIN) continue;
            return errno == EINVAL ? EIDRM : errno;
        }
        a->slot = slot, a->generation = generation;
        if ((!(state & SYSV_SYNC_PRESENT) || sysv_sync_sweep_(a, slot, 0) == 0) &&
            __atomic_compare_exchange_n(sysv_sync_state_(a, slot), &state, SYSV_SYNC_PRESENT | generation, 0,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
            __atomic_store_n(sysv_sync_word_(a, SYSV_SYNC_HEADER + (size_t)slot * SYSV_SYNC_PEER + 4),
                             (uint32_t)getpid(), __ATOMIC_RELAXED);
            return 0;
        }
        sysv_sync_op_(a->set, slot, -(int)generation, IPC_NOWAIT | SEM_UNDO, slot, 0, IPC_NOWAIT);
    }
    a->generation = 0;
    return EUSERS;
}

/* ------------------------------------------------------------------ areas */

/* Leaves the area: what this process still holds is given back as if it had died. Does nothing in a forked child but detach. */
SYSV_SYNC_FN void sysv_sync_close(sysv_sync_area *a) {
    uint32_t me, generation, i, state;
    if (a->base == NULL) return;
    if (a->generation && sysv_sync_is_here_(a) && sysv_sync_look_(a) == 0 &&
        sysv_sync_op_(a->set, a->slot, -(int)a->generation, IPC_NOWAIT | SEM_UNDO, a->slot, 0, IPC_NOWAIT) == 0) {
        me = sysv_sync_me_(a), generation = a->generation, state = SYSV_SYNC_PRESENT | generation;
        if (sysv_sync_sweep_(a, a->slot, me) == 0)
            __atomic_compare_exchange_n(sysv_sync_state_(a, a->slot), &state, generation, 0, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED);
        for (i = 0; i < a->registered; i++) {
            sysv_sync_drain_(a, a->peers + 1 + i);
            sysv_sync_op1_(a->set, a->peers + 1 + i, 1, IPC_NOWAIT | SEM_UNDO);
        }
    }
    shmdt(a->base);
    a->base = NULL;
}

/* Joins the area in the segment with this id. 0, or -1 with errno: EBADMSG no area, or of another version; EUSERS all leases
 * are taken; EIDRM its set is gone; and those of shmat, semop. */
SYSV_SYNC_FN int sysv_sync_open_id(sysv_sync_area *a, int shmid) {
    static int is_registered;
    struct shmid_ds stat;
    uint64_t magic, own;
    uint32_t i;
    int bad = EBADMSG;
    void *base = shmat(shmid, NULL, 0);
    memset(a, 0, sizeof *a);
    if (base == (void *)-1) return -1;
    a->base = (unsigned char *)base;
    if (!__atomic_exchange_n(&is_registered, 1, __ATOMIC_ACQ_REL)) pthread_atfork(NULL, NULL, sysv_sync_forked_);
    a->forks = __atomic_load_n(sysv_sync_forks_(), __ATOMIC_RELAXED);
    if (shmctl(shmid, IPC_STAT, &stat) == -1) {
        bad = errno;
        goto fail;
    }
    a->size = stat.shm_segsz;
    if (a->size < SYSV_SYNC_HEADER || (stat.shm_perm.mode & 0777) == 0610) goto fail;
    magic = sysv_sync_u64_(a, 0);
    memcpy(&own, SYSV_SYNC_MAGIC, sizeof own);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    own = __builtin_bswap64(own);
#endif
    if (magic != own || sysv_sync_u32_(a, 8) != SYSV_SYNC_VERSION || sysv_sync_u32_(a, 12) != 0 ||
        sysv_sync_u32_(a, 16) != SYSV_SYNC_BYTE_ORDER)
        goto fail;
    a->set = (int)sysv_sync_u32_(a, 20);
    a->nonce = sysv_sync_u32_(a, 24);
    a->peers = sysv_sync_u32_(a, 28);
    a->objects = sysv_sync_u32_(a, 32);
    a->members = sysv_sync_u32_(a, 36);
    if (a->nonce == 0 || a->peers == 0 || a->peers > SYSV_SYNC_PEERS_MAX || a->objects > SYSV_SYNC_OBJECTS_MAX ||
        a->members < a->peers + 3 || a->members > 0xffff ||
        a->size < SYSV_SYNC_HEADER + (size_t)a->peers * SYSV_SYNC_PEER + (size_t)a->objects * SYSV_SYNC_OBJECT)
        goto fail;
    for (i = 0; i < a->objects; i++) {
        sysv_sync_object o;
        if (sysv_sync_object_(a, i, &o)) goto fail;
    }
    bad = sysv_sync_observe_(a);
    if (bad || (bad = sysv_sync_claim_(a)) != 0) goto fail;
    /* The last two members are not for parking: the set is known by their values. */
    for (i = a->peers + 1; i < a->members - 2; i++) {
        sysv_sync_drain_(a, i);
        if (sysv_sync_op_(a->set, i, 1, IPC_NOWAIT, i, -1, IPC_NOWAIT | SEM_UNDO) == -1) {
            bad = errno;
            goto fail;
        }
        a->registered++;
    }
    return 0;
fail:
    sysv_sync_close(a);
    errno = bad;
    return -1;
}

/* Joins the area with this key, which exists. 0, or -1 with errno as sysv_sync_open_id and shmget. */
SYSV_SYNC_FN int sysv_sync_open(sysv_sync_area *a, key_t key) {
    int id = shmget(key, 0, 0);
    memset(a, 0, sizeof *a);
    return id == -1 ? -1 : sysv_sync_open_id(a, id);
}

/* Finds an object by kind and name. 0, or -1 with errno: ENOENT no such name; EINVAL another kind. */
SYSV_SYNC_FN int sysv_sync_find(const sysv_sync_area *a, uint32_t kind, const char *name, sysv_sync_object *o) {
    uint32_t i;
    size_t length = strlen(name);
    for (i = 0; i < a->objects; i++) {
        const unsigned char *entry =
            a->base + SYSV_SYNC_HEADER + (size_t)a->peers * SYSV_SYNC_PEER + (size_t)i * SYSV_SYNC_OBJECT;
        if (length > 48 || memcmp(entry + 48, name, length) || (length < 48 && entry[48 + length])) continue;
        errno = EINVAL;
        return sysv_sync_object_(a, i, o) == 0 && o->kind == kind ? 0 : -1;
    }
    errno = ENOENT;
    return -1;
}

/* ------------------------------------------------------------------ mutexes */

/* 0, EOWNERDEAD, EAGAIN (busy), or an error number. */
SYSV_SYNC_FN int sysv_mutex_lock_(const sysv_sync_area *a, const sysv_sync_object *o, int waits) {
    uint32_t *word = sysv_sync_word_(a, o->offset), me = sysv_sync_me_(a), waiters = 0, found = 0, owner;
    int bad = 0, dead;
    if (!sysv_sync_is_here_(a)) return EPERM;
    if (__atomic_compare_exchange_n(word, &found, me, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) return 0;
    for (;;) {
        found = __atomic_load_n(word, __ATOMIC_RELAXED);
        owner = found & SYSV_SYNC_OWNER;
        if (owner == 0) {
            int was_left = (found & SYSV_SYNC_INCONSISTENT) != 0;
            if (__atomic_compare_exchange_n(word, &found, found | me | waiters, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
                return was_left ? EOWNERDEAD : 0;
            continue;
        }
        dead = owner == me ? 0 : sysv_sync_is_dead_(a, owner, &bad);
        if (dead == -1) return bad;
        if (dead) {
            if (__atomic_compare_exchange_n(word, &found, me | SYSV_SYNC_INCONSISTENT | SYSV_SYNC_WAITERS, 0,
                                            __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
                return EOWNERDEAD;
            continue;
        }
        if (!waits) {
            bad = sysv_sync_sweep_dead_(a);
            return bad ? bad : EBUSY;
        }
        if (!(found & SYSV_SYNC_WAITERS) && !__atomic_compare_exchange_n(word, &found, found | SYSV_SYNC_WAITERS, 0,
                                                                         __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            continue;
        /* A token stays until it is taken, so none is lost between the exchange and this. */
        while (sysv_sync_op1_(a->set, o->park, -1, 0) == -1)
            if (errno != EINTR) return errno == EINVAL ? EIDRM : errno;
        waiters = SYSV_SYNC_WAITERS; /* others may sleep still */
        bad = sysv_sync_sweep_dead_(a);
        if (bad) {
            sysv_sync_post_(a, o->park); /* the token is for the others */
            return bad;
        }
    }
}

/* Locks the mutex; waits until it is free. 0; EOWNERDEAD: locked, and a former owner died or panicked inside, see
 * sysv_mutex_consistent. Not locked: EIDRM the area was removed; EPERM this process has lost its lease, or is a forked
 * child. */
SYSV_SYNC_FN int sysv_mutex_lock(const sysv_sync_area *a, const sysv_sync_object *o) { return sysv_mutex_lock_(a, o, 1); }

/* Locks the mutex if it is free or its owner is dead. As sysv_mutex_lock, and EBUSY: a living process has it. */
SYSV_SYNC_FN int sysv_mutex_trylock(const sysv_sync_area *a, const sysv_sync_object *o) {
    return sysv_mutex_lock_(a, o, 0);
}

/* Unlocks the mutex. 0; EPERM: this process does not have it, since it lost its lease, or is a forked child. */
SYSV_SYNC_FN int sysv_mutex_unlock(const sysv_sync_area *a, const sysv_sync_object *o) {
    uint32_t *word = sysv_sync_word_(a, o->offset), me = sysv_sync_me_(a), found = me;
    if (!sysv_sync_is_here_(a)) return EPERM;
    while (!__atomic_compare_exchange_n(word, &found, found & SYSV_SYNC_INCONSISTENT, 0, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
        if ((found & SYSV_SYNC_OWNER) != me) return EPERM;
    return found & SYSV_SYNC_WAITERS ? sysv_sync_post_(a, o->park) : 0;
}

/* Says that what the mutex protects is in order again; the caller has locked it. */
SYSV_SYNC_FN void sysv_mutex_consistent(const sysv_sync_area *a, const sysv_sync_object *o) {
    uint32_t *word = sysv_sync_word_(a, o->offset), me = sysv_sync_me_(a);
    uint32_t found = __atomic_load_n(word, __ATOMIC_RELAXED);
    while (sysv_sync_is_here_(a) && (found & SYSV_SYNC_OWNER) == me &&
           !__atomic_compare_exchange_n(word, &found, found & ~SYSV_SYNC_INCONSISTENT, 0, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
    }
}

/* Returns the value of the mutex, of o->value_size bytes; read and written under the lock. */
SYSV_SYNC_FN void *sysv_mutex_value(const sysv_sync_area *a, const sysv_sync_object *o) {
    return a->base + o->offset + SYSV_SYNC_VALUE;
}

#endif
