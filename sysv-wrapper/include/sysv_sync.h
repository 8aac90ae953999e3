/* sysv_sync.h: areas of the Rust crate sysv-wrapper (module sync) for C: joining one, its mutexes, and its channels.
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
 * who get EOWNERDEAD. Layout and protocols are described in src/sync/layout.rs, mutex.rs and channel.rs; the layout is the
 * same for programs of 32 and of 64 bits.
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
    SYSV_SYNC_GENERATION_MAX = 16383,
    SYSV_SYNC_DEPARTURES_MAX = 16384
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
    uint32_t registered; /* parking members to which the kernel adds 1 when this process dies */
} sysv_sync_area;

/* An object of an area. Its members are private, but for value_size, the bytes of the value of a mutex, and capacity and
 * max_size, the messages of a channel and their greatest length. */
typedef struct {
    size_t offset, size, stride;
    uint32_t index, kind, flags, park, parks, value_size, capacity, max_size;
    uint64_t tag;
} sysv_sync_object;

/* A word of 64 bits in the segment, at a multiple of 8 on every processor. */
typedef uint64_t sysv_sync_word64 __attribute__((aligned(8)));

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
SYSV_SYNC_FN struct sembuf sysv_sync_step_(uint32_t member, int delta, int flags) {
    struct sembuf step;
    step.sem_num = (unsigned short)member, step.sem_op = (short)delta, step.sem_flg = (short)flags;
    return step;
}
SYSV_SYNC_FN int sysv_sync_op_(int set, uint32_t one, int delta, int flags, uint32_t two, int delta2, int flags2) {
    struct sembuf steps[2];
    steps[0] = sysv_sync_step_(one, delta, flags);
    steps[1] = sysv_sync_step_(two, delta2, flags2);
    return semop(set, steps, 2);
}
/* Steps that change nothing, and that fail with EAGAIN unless a member has this value. */
SYSV_SYNC_FN void sysv_sync_equals_(struct sembuf *steps, uint32_t member, uint32_t value) {
    steps[0] = sysv_sync_step_(member, -(int)value, IPC_NOWAIT);
    steps[1] = sysv_sync_step_(member, 0, IPC_NOWAIT);
    steps[2] = sysv_sync_step_(member, (int)value, IPC_NOWAIT);
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
    struct sembuf steps[5];
    sysv_sync_equals_(steps, a->peers, a->nonce);
    steps[3] = sysv_sync_step_(park, 0, IPC_NOWAIT);
    steps[4] = sysv_sync_step_(park, 1, IPC_NOWAIT);
    if (semop(a->set, steps, 5) == 0) return 0;
    /* There is a token, or the set is another one. */
    return errno == EAGAIN ? sysv_sync_observe_(a) : errno == EINVAL ? EIDRM : errno;
}
/* Returns the count of departures, or -1 with errno. */
SYSV_SYNC_FN int sysv_sync_departures_(const sysv_sync_area *a) { return semctl(a->set, (int)a->peers + 1, GETVAL); }
/* Restarts a large count of departures. */
SYSV_SYNC_FN void sysv_sync_restart_(const sysv_sync_area *a) {
    struct sembuf steps[3];
    int count = sysv_sync_departures_(a);
    if (count < SYSV_SYNC_DEPARTURES_MAX) return;
    __atomic_fetch_add(sysv_sync_word_(a, 60), 1, __ATOMIC_SEQ_CST);
    steps[0] = sysv_sync_step_(a->peers + 1, -count, IPC_NOWAIT);
    steps[1] = sysv_sync_step_(a->peers + 1, 0, IPC_NOWAIT);
    steps[2] = sysv_sync_step_(a->peers + 1, (int)(a->nonce % 8192) + 1, IPC_NOWAIT);
    semop(a->set, steps, 3);
}
/* Counts a departure, which wakes all sleepers. */
SYSV_SYNC_FN void sysv_sync_depart_(const sysv_sync_area *a, int flags) {
    struct sembuf steps[4];
    sysv_sync_equals_(steps, a->peers, a->nonce);
    steps[3] = sysv_sync_step_(a->peers + 1, 1, flags);
    sysv_sync_restart_(a); /* at the maximum of a semaphore, the kernel does not count deaths */
    if (semop(a->set, steps, 4) == -1 && errno == ERANGE) {
        sysv_sync_restart_(a);
        semop(a->set, steps, 4);
    }
}
/* Sleeps until there is a token, and takes it: 0; or until the departures are others than known: EAGAIN; or an error. */
SYSV_SYNC_FN int sysv_sync_sleep_(const sysv_sync_area *a, uint32_t park, uint32_t known) {
    struct sembuf steps[4];
    sysv_sync_equals_(steps, a->peers + 1, known);
    steps[3] = sysv_sync_step_(park, -1, 0);
    while (semop(a->set, steps, 4) == -1)
        if (errno != EINTR) return errno == EINVAL ? EIDRM : errno == EFBIG ? EPERM : errno;
    return 0;
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
    o->index = index;
    o->kind = sysv_sync_u32_(a, at);
    o->flags = sysv_sync_u32_(a, at + 4);
    o->park = sysv_sync_u32_(a, at + 24);
    o->parks = sysv_sync_u32_(a, at + 28);
    o->value_size = sysv_sync_u32_(a, at + 32);
    o->capacity = o->value_size;
    o->max_size = sysv_sync_u32_(a, at + 36);
    o->stride = 0;
    o->tag = sysv_sync_u64_(a, at + 40);
    if (offset % 64 || offset > a->size || size > a->size - offset || size < 64) return EBADMSG;
    if (o->park <= a->peers + 1 || o->park > a->members - 3 || o->parks > a->members - 3 - o->park) return EBADMSG;
    o->offset = (size_t)offset, o->size = (size_t)size;
    if (o->kind == SYSV_SYNC_CHANNEL) {
        o->stride = (16 + (size_t)o->max_size + 63) / 64 * 64;
        if (o->parks != 2 || o->capacity == 0 || (o->capacity & (o->capacity - 1)) || o->max_size > 1u << 30 ||
            o->size < 512 || (o->size - 512) / o->stride < o->capacity)
            return EBADMSG;
    }
    if (o->kind == SYSV_SYNC_MUTEX && (o->parks != 1 || o->value_size > o->size - SYSV_SYNC_VALUE)) return EBADMSG;
    return 0;
}
/* Wakes a waiter of the place with this flag and this parking member. */
SYSV_SYNC_FN void sysv_sync_notify_(const sysv_sync_area *a, size_t flag, uint32_t park) {
    uint32_t *word = sysv_sync_word_(a, flag);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (__atomic_load_n(word, __ATOMIC_RELAXED) == 0 || __atomic_exchange_n(word, 0, __ATOMIC_SEQ_CST) == 0) return;
    if (sysv_sync_post_(a, park)) __atomic_store_n(word, 1, __ATOMIC_SEQ_CST); /* another peer may be able to */
}
/* The state of a slot of a channel: turn << 33 | phase << 30 | owner. */
enum {
    SYSV_SYNC_EMPTY_,
    SYSV_SYNC_WRITING_,
    SYSV_SYNC_FULL_,
    SYSV_SYNC_READING_,
    SYSV_SYNC_BACK_,
    SYSV_SYNC_ABORTED_
};
enum { /* words of a channel */
    SYSV_SYNC_TAIL_ = 0,
    SYSV_SYNC_HEAD_ = 64,
    SYSV_SYNC_NOT_EMPTY_ = 128,
    SYSV_SYNC_NOT_FULL_ = 192,
    SYSV_SYNC_RETURNED_ = 256,
    SYSV_SYNC_ROLE_ = 320, /* of the one sender; of the one receiver 64 later */
    SYSV_SYNC_HAD_ = 448,  /* a sender; a receiver 4 later */
    SYSV_SYNC_SLOTS_ = 512
};
#define SYSV_SYNC_TURNS_ 0x7fffffffull
SYSV_SYNC_FN uint64_t sysv_sync_slot_state_(uint64_t turn, uint64_t phase, uint32_t owner) {
    return (turn & SYSV_SYNC_TURNS_) << 33 | phase << 30 | owner;
}
SYSV_SYNC_FN uint64_t sysv_sync_turn_(uint64_t state) { return state >> 33; }
SYSV_SYNC_FN uint32_t sysv_sync_phase_(uint64_t state) { return (uint32_t)(state >> 30) & 7; }
SYSV_SYNC_FN uint64_t sysv_sync_next_(uint64_t state) {
    return sysv_sync_slot_state_(sysv_sync_turn_(state) + 1, SYSV_SYNC_EMPTY_, 0);
}
SYSV_SYNC_FN sysv_sync_word64 *sysv_sync_word64_(const sysv_sync_area *a, size_t at) {
    return (sysv_sync_word64 *)(void *)(a->base + at);
}
SYSV_SYNC_FN size_t sysv_sync_slot_(const sysv_sync_object *o, uint64_t position) {
    return o->offset + SYSV_SYNC_SLOTS_ + (size_t)(position & (o->capacity - 1)) * o->stride;
}
/* In place of the id of a process that left: all words that name the slot, which this process has claimed and not used. */
#define SYSV_SYNC_ALL_ UINT32_MAX
/* Whether a word of 32 bits names this slot, dead: 1, 0, or -1 with the error in *bad. left: this process's id, if it left. */
SYSV_SYNC_FN int sysv_sync_names_dead_(const sysv_sync_area *a, uint32_t owner, uint32_t slot, uint32_t left, int *bad) {
    owner &= SYSV_SYNC_OWNER;
    if (owner == 0 || (owner & 0xffff) != slot) return 0;
    if (left == SYSV_SYNC_ALL_) return (*bad = sysv_sync_look_(a)) ? -1 : 1;
    return left ? owner == left : sysv_sync_is_dead_(a, owner, bad);
}
/* Takes back what a dead process was writing and reading in a channel. */
SYSV_SYNC_FN int sysv_sync_sweep_channel_(const sysv_sync_area *a, const sysv_sync_object *o, uint32_t slot,
                                          uint32_t left) {
    uint64_t i, found, to;
    uint32_t role, word;
    int bad = 0, is_returned = 0;
    for (i = 0; i < o->capacity; i++) {
        sysv_sync_word64 *state = sysv_sync_word64_(a, sysv_sync_slot_(o, i));
        found = __atomic_load_n(state, __ATOMIC_ACQUIRE);
        while (sysv_sync_names_dead_(a, (uint32_t)found, slot, left, &bad) == 1) {
            uint32_t phase = sysv_sync_phase_(found);
            if (phase != SYSV_SYNC_WRITING_ && phase != SYSV_SYNC_READING_) break;
            to = sysv_sync_slot_state_(sysv_sync_turn_(found),
                                       phase == SYSV_SYNC_WRITING_ ? SYSV_SYNC_ABORTED_ : SYSV_SYNC_BACK_, 0);
            if (__atomic_compare_exchange_n(state, &found, to, 0, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE)) found = to;
        }
        if (bad) return bad;
        if (sysv_sync_phase_(found) == SYSV_SYNC_BACK_) is_returned = 1;
    }
    if (is_returned) __atomic_store_n(sysv_sync_word_(a, o->offset + SYSV_SYNC_RETURNED_), 1, __ATOMIC_SEQ_CST);
    for (role = 0; role < 2; role++) {
        uint32_t *at = sysv_sync_word_(a, o->offset + SYSV_SYNC_ROLE_ + role * 64);
        word = __atomic_load_n(at, __ATOMIC_RELAXED);
        if (sysv_sync_names_dead_(a, word, slot, left, &bad) == 1)
            __atomic_compare_exchange_n(at, &word, 0, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
        if (bad) return bad;
    }
    sysv_sync_notify_(a, o->offset + SYSV_SYNC_NOT_EMPTY_, o->park);
    sysv_sync_notify_(a, o->offset + SYSV_SYNC_NOT_FULL_, o->park + 1);
    return 0;
}
/* Takes back what the dead holder of a slot held, or this process itself when it has left (left = its id). Returns 0 if
 * nothing can be left, EAGAIN if objects of an unknown kind are left to other peers. */
SYSV_SYNC_FN int sysv_sync_sweep_(const sysv_sync_area *a, uint32_t slot, uint32_t left) {
    uint32_t i;
    int whole = 0;
    for (i = 0; i < a->objects; i++) {
        sysv_sync_object o;
        uint32_t *word, found;
        int bad = 0, dead;
        if (sysv_sync_object_(a, i, &o)) return EBADMSG;
        if (o.kind == SYSV_SYNC_EVENT) continue;
        if (o.kind == SYSV_SYNC_CHANNEL) {
            if ((bad = sysv_sync_sweep_channel_(a, &o, slot, left)) != 0) return bad;
            continue;
        }
        if (o.kind != SYSV_SYNC_MUTEX && o.kind != SYSV_SYNC_LATEST) {
            whole = EAGAIN;
            continue;
        }
        word = sysv_sync_word_(a, o.offset + (o.kind == SYSV_SYNC_LATEST ? 8 : 0));
        for (;;) {
            found = __atomic_load_n(word, __ATOMIC_RELAXED);
            dead = sysv_sync_names_dead_(a, found, slot, left, &bad);
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
/* Sweeps what dead peers held: after each departure. */
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
SYSV_SYNC_FN sysv_sync_word64 *sysv_sync_side_(const sysv_sync_area *a, uint32_t slot, int side) {
    return sysv_sync_word64_(a, SYSV_SYNC_HEADER + (size_t)slot * SYSV_SYNC_PEER + 8 + (size_t)side * 8);
}
/* Takes a free lease, whose last holder is swept before this process is recorded. The operation that takes it registers the
 * departure at its end: a sleeper that has seen the lease wakes when the lease ends. */
SYSV_SYNC_FN int sysv_sync_claim_(sysv_sync_area *a) {
    uint32_t turn, slot, state, generation;
    struct sembuf steps[4];
    sysv_sync_restart_(a);
    steps[2] = sysv_sync_step_(a->peers + 1, 1, IPC_NOWAIT);
    steps[3] = sysv_sync_step_(a->peers + 1, -1, IPC_NOWAIT | SEM_UNDO);
    for (turn = 0; turn < 3 * a->peers; turn++) {
        slot = __atomic_fetch_add(sysv_sync_word_(a, 56), 1, __ATOMIC_RELAXED) % a->peers;
        state = __atomic_load_n(sysv_sync_state_(a, slot), __ATOMIC_ACQUIRE);
        generation = (state & 0xffff) % SYSV_SYNC_GENERATION_MAX + 1;
        steps[0] = sysv_sync_step_(slot, 0, IPC_NOWAIT);
        steps[1] = sysv_sync_step_(slot, (int)generation, IPC_NOWAIT | SEM_UNDO);
        if (semop(a->set, steps, 4) == -1) {
            if (errno == EAGAIN) continue;
            return errno == EINVAL ? EIDRM : errno;
        }
        a->slot = slot, a->generation = generation;
        if (!(state & SYSV_SYNC_PRESENT) || sysv_sync_sweep_(a, slot, SYSV_SYNC_ALL_) == 0) {
            __atomic_store_n(sysv_sync_side_(a, slot, 0), 0, __ATOMIC_SEQ_CST);
            __atomic_store_n(sysv_sync_side_(a, slot, 1), 0, __ATOMIC_SEQ_CST);
            if (__atomic_compare_exchange_n(sysv_sync_state_(a, slot), &state, SYSV_SYNC_PRESENT | generation, 0,
                                            __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
                __atomic_store_n(sysv_sync_word_(a, SYSV_SYNC_HEADER + (size_t)slot * SYSV_SYNC_PEER + 4),
                                 (uint32_t)getpid(), __ATOMIC_RELAXED);
                return 0;
            }
        }
        if (sysv_sync_op_(a->set, slot, -(int)generation, IPC_NOWAIT | SEM_UNDO, slot, 0, IPC_NOWAIT) == 0)
            sysv_sync_depart_(a, IPC_NOWAIT | SEM_UNDO);
    }
    a->generation = 0;
    return EUSERS;
}

/* ------------------------------------------------------------------ areas */

/* Leaves the area: what this process still holds is given back as if it had died. Does nothing in a forked child but detach. */
SYSV_SYNC_FN void sysv_sync_close(sysv_sync_area *a) {
    uint32_t me, generation, i, state;
    struct sembuf token;
    if (a->base == NULL) return;
    if (a->generation && sysv_sync_is_here_(a) && sysv_sync_look_(a) == 0 &&
        sysv_sync_op_(a->set, a->slot, -(int)a->generation, IPC_NOWAIT | SEM_UNDO, a->slot, 0, IPC_NOWAIT) == 0) {
        me = sysv_sync_me_(a), generation = a->generation, state = SYSV_SYNC_PRESENT | generation;
        if (sysv_sync_sweep_(a, a->slot, me) == 0)
            __atomic_compare_exchange_n(sysv_sync_state_(a, a->slot), &state, generation, 0, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED);
        sysv_sync_depart_(a, IPC_NOWAIT | SEM_UNDO);
        for (i = 0; i < a->registered; i++) {
            sysv_sync_drain_(a, a->peers + 2 + i);
            token = sysv_sync_step_(a->peers + 2 + i, 1, IPC_NOWAIT | SEM_UNDO);
            semop(a->set, &token, 1);
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
        a->members < a->peers + 5 || a->members > 0xffff ||
        a->size < SYSV_SYNC_HEADER + (size_t)a->peers * SYSV_SYNC_PEER + (size_t)a->objects * SYSV_SYNC_OBJECT)
        goto fail;
    for (i = 0; i < a->objects; i++) {
        sysv_sync_object o;
        if (sysv_sync_object_(a, i, &o)) goto fail;
    }
    bad = sysv_sync_observe_(a);
    if (bad || (bad = sysv_sync_claim_(a)) != 0) goto fail;
    /* The last three members are not for parking: the set is known by their values. */
    for (i = a->peers + 2; i < a->members - 3; i++) {
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
    int bad = 0, dead, known;
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
        known = sysv_sync_departures_(a); /* before the owner's lease */
        dead = owner == me ? 0 : sysv_sync_is_dead_(a, owner, &bad);
        if (known == -1 || dead == -1) {
            if (waiters) sysv_sync_post_(a, o->park); /* the token is for the others */
            return bad ? bad : EIDRM;
        }
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
        bad = sysv_sync_sleep_(a, o->park, (uint32_t)known);
        if (bad == EAGAIN) bad = sysv_sync_sweep_dead_(a);
        if (bad) return bad;
        waiters = SYSV_SYNC_WAITERS; /* others may sleep still */
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

/* ------------------------------------------------------------------ channels */

enum { SYSV_SYNC_SENDER = 0, SYSV_SYNC_RECEIVER = 1 };

/* How many living processes are on a side; -1 with the error in *bad. */
SYSV_SYNC_FN int sysv_sync_count_(const sysv_sync_area *a, const sysv_sync_object *o, int side, int *bad) {
    uint32_t slot;
    int count = 0;
    if ((*bad = sysv_sync_look_(a)) != 0) return -1;
    for (slot = 0; slot < a->peers; slot++) {
        uint64_t word = __atomic_load_n(sysv_sync_side_(a, slot, side), __ATOMIC_SEQ_CST);
        if (!(word >> o->index & 1)) continue;
        switch (sysv_sync_is_dead_(a, ((uint32_t)(word >> 48) << 16 | slot) & SYSV_SYNC_OWNER, bad)) {
        case 0: count++; break;
        case -1: return -1;
        }
    }
    return count;
}
SYSV_SYNC_FN void sysv_sync_bit_(const sysv_sync_area *a, const sysv_sync_object *o, int side, int is_set) {
    sysv_sync_word64 *at = sysv_sync_side_(a, a->slot, side);
    uint64_t mine = (uint64_t)a->generation << 48, bit = 1ull << o->index, found = __atomic_load_n(at, __ATOMIC_SEQ_CST), to;
    do {
        to = found >> 48 == a->generation ? found & 0xffffffffffffull : 0;
        to = mine | (is_set ? to | bit : to & ~bit);
    } while (!__atomic_compare_exchange_n(at, &found, to, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
}
SYSV_SYNC_FN int sysv_sync_has_message_(const sysv_sync_area *a, const sysv_sync_object *o) {
    return __atomic_load_n(sysv_sync_word_(a, o->offset + SYSV_SYNC_RETURNED_), __ATOMIC_RELAXED) ||
           __atomic_load_n(sysv_sync_word64_(a, o->offset + SYSV_SYNC_HEAD_), __ATOMIC_RELAXED) !=
               __atomic_load_n(sysv_sync_word64_(a, o->offset + SYSV_SYNC_TAIL_), __ATOMIC_RELAXED);
}
SYSV_SYNC_FN void sysv_sync_advance_(sysv_sync_word64 *hint, uint64_t position) {
    __atomic_compare_exchange_n(hint, &position, position + 1, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}
SYSV_SYNC_FN uint64_t sysv_sync_turn_of_(const sysv_sync_object *o, uint64_t position) {
    return position / o->capacity & SYSV_SYNC_TURNS_;
}
/* Moves the head past a slot that was found like this, before the slot is freed. */
SYSV_SYNC_FN void sysv_sync_pass_(const sysv_sync_area *a, const sysv_sync_object *o, uint64_t position, uint64_t found) {
    sysv_sync_word64 *hint = sysv_sync_word64_(a, o->offset + SYSV_SYNC_HEAD_);
    uint64_t head = __atomic_load_n(hint, __ATOMIC_RELAXED);
    if (((head ^ position) & (o->capacity - 1)) == 0 && sysv_sync_turn_of_(o, head) == sysv_sync_turn_(found))
        sysv_sync_advance_(hint, head);
}
/* Frees an aborted slot. */
SYSV_SYNC_FN void sysv_sync_skip_(const sysv_sync_area *a, const sysv_sync_object *o, uint64_t position, uint64_t found) {
    uint64_t expected = found;
    sysv_sync_pass_(a, o, position, found);
    if (__atomic_compare_exchange_n(sysv_sync_word64_(a, sysv_sync_slot_(o, position)), &expected, sysv_sync_next_(found), 0,
                                    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
        sysv_sync_notify_(a, o->offset + SYSV_SYNC_NOT_FULL_, o->park + 1);
}
/* Sends, or takes, once: 0; EAGAIN full or empty; or an error number. */
SYSV_SYNC_FN int sysv_sync_try_send_(const sysv_sync_area *a, const sysv_sync_object *o, const void *data, size_t length) {
    sysv_sync_word64 *tail = sysv_sync_word64_(a, o->offset + SYSV_SYNC_TAIL_);
    uint32_t tries;
    for (tries = 0; tries < 1u << 18; tries++) {
        uint64_t position = __atomic_load_n(tail, __ATOMIC_RELAXED), now = sysv_sync_turn_of_(o, position), mine;
        size_t slot = sysv_sync_slot_(o, position);
        sysv_sync_word64 *word = sysv_sync_word64_(a, slot);
        uint64_t found = __atomic_load_n(word, __ATOMIC_ACQUIRE), turn = sysv_sync_turn_(found);
        if (found == sysv_sync_slot_state_(now, SYSV_SYNC_EMPTY_, 0)) {
            mine = sysv_sync_slot_state_(now, SYSV_SYNC_WRITING_, sysv_sync_me_(a));
            if (!__atomic_compare_exchange_n(word, &found, mine, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) continue;
            sysv_sync_advance_(tail, position);
            memcpy(a->base + slot + 16, data, length);
            __atomic_store_n(sysv_sync_word_(a, slot + 8), (uint32_t)length, __ATOMIC_RELAXED);
            __atomic_store_n(sysv_sync_word_(a, slot + 12), 0, __ATOMIC_RELAXED);
            if (!__atomic_compare_exchange_n(word, &mine, sysv_sync_slot_state_(now, SYSV_SYNC_FULL_, 0), 0,
                                             __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
                return EPERM; /* another process took this one for dead */
            sysv_sync_notify_(a, o->offset + SYSV_SYNC_NOT_EMPTY_, o->park);
            return 0;
        }
        if (turn == now || turn == ((now + 1) & SYSV_SYNC_TURNS_)) {
            sysv_sync_advance_(tail, position);
        } else if (__atomic_load_n(tail, __ATOMIC_RELAXED) == position) {
            if (turn != ((now - 1) & SYSV_SYNC_TURNS_)) return EBADMSG;
            switch (sysv_sync_phase_(found)) {
            case SYSV_SYNC_BACK_:
                __atomic_store_n(sysv_sync_word_(a, o->offset + SYSV_SYNC_RETURNED_), 1, __ATOMIC_SEQ_CST);
                sysv_sync_notify_(a, o->offset + SYSV_SYNC_NOT_EMPTY_, o->park);
                return EAGAIN;
            case SYSV_SYNC_WRITING_:
            case SYSV_SYNC_FULL_:
            case SYSV_SYNC_READING_: return EAGAIN;
            case SYSV_SYNC_ABORTED_:
                if (o->flags & 2) return EAGAIN; /* the one receiver frees it */
                sysv_sync_skip_(a, o, position, found);
                break;
            default: return EBADMSG;
            }
        }
    }
    return EBADMSG;
}
/* Takes the message of a slot that is FULL or BACK. 0; EAGAIN: another process changed the slot; or an error number. */
SYSV_SYNC_FN int sysv_sync_take_at_(const sysv_sync_area *a, const sysv_sync_object *o, uint64_t position, uint64_t found,
                                    int is_head, void *into, size_t room, size_t *length) {
    size_t slot = sysv_sync_slot_(o, position);
    sysv_sync_word64 *word = sysv_sync_word64_(a, slot);
    uint64_t expected = found, mine = sysv_sync_slot_state_(sysv_sync_turn_(found), SYSV_SYNC_READING_, sysv_sync_me_(a));
    uint32_t bytes = sysv_sync_u32_(a, slot + 8), deliveries = sysv_sync_u32_(a, slot + 12);
    int bad = bytes > o->max_size ? EBADMSG : deliveries >= 16 ? EIO : 0;
    if (!bad && bytes > room) {
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        *length = bytes;
        return __atomic_load_n(word, __ATOMIC_RELAXED) == found ? EMSGSIZE : EAGAIN;
    }
    if (!__atomic_compare_exchange_n(word, &expected, mine, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) return EAGAIN;
    if (is_head && !bad)
        sysv_sync_advance_(sysv_sync_word64_(a, o->offset + SYSV_SYNC_HEAD_), position);
    else
        sysv_sync_pass_(a, o, position, found);
    if (!bad) {
        __atomic_store_n(sysv_sync_word_(a, slot + 12), deliveries + 1, __ATOMIC_RELAXED);
        memcpy(into, a->base + slot + 16, bytes);
        *length = bytes;
    }
    expected = mine;
    if (!__atomic_compare_exchange_n(word, &expected, sysv_sync_next_(mine), 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
        return EPERM; /* another process took this one for dead */
    sysv_sync_notify_(a, o->offset + SYSV_SYNC_NOT_FULL_, o->park + 1);
    return bad;
}
SYSV_SYNC_FN int sysv_sync_scan_(const sysv_sync_area *a, const sysv_sync_object *o, void *into, size_t room, size_t *length) {
    uint64_t i;
    for (i = 0; i < o->capacity; i++) {
        uint64_t found = __atomic_load_n(sysv_sync_word64_(a, sysv_sync_slot_(o, i)), __ATOMIC_ACQUIRE);
        int taken = EAGAIN;
        if (sysv_sync_phase_(found) == SYSV_SYNC_BACK_) taken = sysv_sync_take_at_(a, o, i, found, 0, into, room, length);
        if (taken != EAGAIN) return taken;
    }
    return EAGAIN;
}
SYSV_SYNC_FN int sysv_sync_try_receive_(const sysv_sync_area *a, const sysv_sync_object *o, void *into, size_t room,
                                        size_t *length) {
    sysv_sync_word64 *head = sysv_sync_word64_(a, o->offset + SYSV_SYNC_HEAD_);
    uint32_t *returned = sysv_sync_word_(a, o->offset + SYSV_SYNC_RETURNED_), tries;
    int taken;
    if (__atomic_load_n(returned, __ATOMIC_ACQUIRE)) {
        if ((taken = sysv_sync_scan_(a, o, into, room, length)) != EAGAIN) return taken;
        /* Only after a scan that found nothing; and one that went back in between is not left. */
        __atomic_store_n(returned, 0, __ATOMIC_SEQ_CST);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        if ((taken = sysv_sync_scan_(a, o, into, room, length)) != EAGAIN) {
            __atomic_store_n(returned, 1, __ATOMIC_SEQ_CST);
            return taken;
        }
    }
    for (tries = 0; tries < 1u << 18; tries++) {
        uint64_t position = __atomic_load_n(head, __ATOMIC_RELAXED), now = sysv_sync_turn_of_(o, position);
        uint64_t found = __atomic_load_n(sysv_sync_word64_(a, sysv_sync_slot_(o, position)), __ATOMIC_ACQUIRE);
        uint64_t turn = sysv_sync_turn_(found);
        uint32_t phase = sysv_sync_phase_(found);
        int is_now = turn == now, is_before = turn == ((now - 1) & SYSV_SYNC_TURNS_);
        int is_same = __atomic_load_n(head, __ATOMIC_RELAXED) == position;
        if ((phase == SYSV_SYNC_FULL_ && is_now) || (phase == SYSV_SYNC_BACK_ && (is_now || is_before))) {
            taken = sysv_sync_take_at_(a, o, position, found, phase == SYSV_SYNC_FULL_, into, room, length);
            if (taken != EAGAIN) return taken;
        } else if (phase == SYSV_SYNC_ABORTED_ && (is_now || is_before)) {
            sysv_sync_skip_(a, o, position, found);
        } else if ((phase == SYSV_SYNC_EMPTY_ || phase == SYSV_SYNC_WRITING_) && is_now) {
            if (is_same) return EAGAIN;
        } else if (phase == SYSV_SYNC_READING_ && is_before && is_same) {
            return EAGAIN;
        } else if ((phase == SYSV_SYNC_READING_ && is_now) || turn == ((now + 1) & SYSV_SYNC_TURNS_)) {
            sysv_sync_advance_(head, position);
        } else if (is_same) {
            return EBADMSG;
        }
    }
    return EBADMSG;
}
/* One attempt on a side. After a look at the peers (is_asked), EPIPE if the other side is gone. */
SYSV_SYNC_FN int sysv_sync_attempt_(const sysv_sync_area *a, const sysv_sync_object *o, int side, void *data, size_t size,
                                    size_t *length, int is_asked) {
    int bad = 0, done = side == SYSV_SYNC_SENDER ? sysv_sync_try_send_(a, o, data, size)
                                                 : sysv_sync_try_receive_(a, o, data, size, length);
    uint32_t *had = sysv_sync_word_(a, o->offset + SYSV_SYNC_HAD_ + (size_t)(1 - side) * 4);
    if (done != EAGAIN || !is_asked || !__atomic_load_n(had, __ATOMIC_SEQ_CST)) return done;
    switch (sysv_sync_count_(a, o, 1 - side, &bad)) {
    case 0: return EPIPE;
    case -1: return bad;
    default: return EAGAIN;
    }
}
SYSV_SYNC_FN int sysv_sync_transfer_(const sysv_sync_area *a, const sysv_sync_object *o, int side, void *data, size_t size,
                                     size_t *length, int waits) {
    size_t flag = o->offset + (side == SYSV_SYNC_SENDER ? SYSV_SYNC_NOT_FULL_ : SYSV_SYNC_NOT_EMPTY_);
    uint32_t park = o->park + (side == SYSV_SYNC_SENDER ? 1 : 0), *word = sysv_sync_word_(a, flag);
    int done, bad, known;
    if (!sysv_sync_is_here_(a)) return EPERM;
    if ((done = sysv_sync_attempt_(a, o, side, data, size, length, 0)) != EAGAIN) return done;
    if (!waits) {
        if ((bad = sysv_sync_sweep_dead_(a)) != 0) return bad;
        return sysv_sync_attempt_(a, o, side, data, size, length, 1);
    }
    for (;;) {
        __atomic_store_n(word, 1, __ATOMIC_SEQ_CST);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        if ((done = sysv_sync_attempt_(a, o, side, data, size, length, 0)) != EAGAIN) return done;
        if ((known = sysv_sync_departures_(a)) == -1) return errno == EINVAL ? EIDRM : errno;
        if ((bad = sysv_sync_sweep_dead_(a)) != 0) return bad;
        if ((done = sysv_sync_attempt_(a, o, side, data, size, length, 1)) != EAGAIN) return done;
        if ((bad = sysv_sync_sleep_(a, park, (uint32_t)known)) == EAGAIN) continue;
        if (bad) return bad;
        __atomic_store_n(word, 1, __ATOMIC_SEQ_CST); /* others may sleep still */
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        if ((done = sysv_sync_attempt_(a, o, side, data, size, length, 0)) == EAGAIN) continue;
        /* The baton: whatever this one found, others may find something too. */
        sysv_sync_notify_(a, flag, park);
        return done;
    }
}

/* Takes part in a channel for many senders (SYSV_SYNC_SENDER) or many receivers (SYSV_SYNC_RECEIVER), before the first
 * message. 0; EOPNOTSUPP the channel is for one on this side. */
SYSV_SYNC_FN int sysv_channel_enter(const sysv_sync_area *a, const sysv_sync_object *o, int side) {
    uint32_t *had = sysv_sync_word_(a, o->offset + SYSV_SYNC_HAD_ + (size_t)(1 - side) * 4);
    uint32_t *own = sysv_sync_word_(a, o->offset + SYSV_SYNC_HAD_ + (size_t)side * 4);
    uint32_t seen = __atomic_load_n(had, __ATOMIC_SEQ_CST), come, next;
    int bad, mine, others;
    if (!sysv_sync_is_here_(a)) return EPERM;
    if (o->flags & (side == SYSV_SYNC_SENDER ? 1u : 2u)) return EOPNOTSUPP;
    if ((bad = sysv_sync_sweep_dead_(a)) != 0) return bad;
    mine = sysv_sync_count_(a, o, side, &bad);
    others = bad ? 0 : sysv_sync_count_(a, o, 1 - side, &bad);
    if (bad) return bad;
    /* The first on either side since all were gone waits for the other side to come, unless one has come since. */
    if (mine == 0 && others == 0 && (side == SYSV_SYNC_SENDER || !sysv_sync_has_message_(a, o)))
        __atomic_compare_exchange_n(had, &seen, 0, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
    sysv_sync_bit_(a, o, side, 1);
    come = __atomic_load_n(own, __ATOMIC_SEQ_CST);
    do
        next = come + 1 == 0 ? 1 : come + 1;
    while (!__atomic_compare_exchange_n(own, &come, next, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    return 0;
}

/* Leaves a side; the other side is told if it was the last one. So does sysv_sync_close. */
SYSV_SYNC_FN void sysv_channel_leave(const sysv_sync_area *a, const sysv_sync_object *o, int side) {
    if (!sysv_sync_is_here_(a)) return;
    sysv_sync_bit_(a, o, side, 0);
    sysv_sync_depart_(a, IPC_NOWAIT);
    sysv_sync_post_(a, o->park + (side == SYSV_SYNC_SENDER ? 0 : 1));
}

/* Sends a message; waits while the channel is full. 0; EMSGSIZE longer than max_size; EPIPE the last receiver is gone; EIDRM;
 * EPERM this process has lost its lease, or is a forked child; EBADMSG the memory is damaged. */
SYSV_SYNC_FN int sysv_channel_send(const sysv_sync_area *a, const sysv_sync_object *o, const void *data, size_t length) {
    if (length > o->max_size) return EMSGSIZE;
    return sysv_sync_transfer_(a, o, SYSV_SYNC_SENDER, (void *)(uintptr_t)data, length, NULL, 1);
}

/* Sends a message if the channel is not full. As sysv_channel_send, and EAGAIN. */
SYSV_SYNC_FN int sysv_channel_trysend(const sysv_sync_area *a, const sysv_sync_object *o, const void *data, size_t length) {
    if (length > o->max_size) return EMSGSIZE;
    return sysv_sync_transfer_(a, o, SYSV_SYNC_SENDER, (void *)(uintptr_t)data, length, NULL, 0);
}

/* Receives a message into a buffer of `room` bytes, and its length into *length; waits while the channel is empty. 0;
 * EMSGSIZE the message is longer, as *length says, and stays; EPIPE the last sender is gone; EIO a message was dropped that
 * 16 receivers did not finish; and those of sysv_channel_send. */
SYSV_SYNC_FN int sysv_channel_receive(const sysv_sync_area *a, const sysv_sync_object *o, void *into, size_t room,
                                      size_t *length) {
    return sysv_sync_transfer_(a, o, SYSV_SYNC_RECEIVER, into, room, length, 1);
}

/* Receives a message if there is one. As sysv_channel_receive, and EAGAIN. */
SYSV_SYNC_FN int sysv_channel_tryreceive(const sysv_sync_area *a, const sysv_sync_object *o, void *into, size_t room,
                                         size_t *length) {
    return sysv_sync_transfer_(a, o, SYSV_SYNC_RECEIVER, into, room, length, 0);
}

#endif
