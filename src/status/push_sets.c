#include "status/push_sets.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "status/responder_push_set.h"

/* Seconds from one set to the next when something has changed: more where making one takes long. */
#define AFTER_CHANGE_LEAST 5
#define AFTER_CHANGE_MOST  60
#define AFTER_CHANGE_SHARE 50   /* times what the making took */
#define AT_LEAST           3600 /* seconds when nothing has */

struct push_set_kept {
    int file; /* sealed; -1: none */
    uint64_t epoch;
    int64_t made; /* or tried last; 0: never */
    int64_t rest; /* seconds until the next, when something has changed */
};

struct push_sets {
    struct responder *responder;
    pthread_mutex_t lock;                                 /* of what is kept */
    struct push_set_kept kept[RESPONDER_AUTHORITIES_MAX]; /* beside the responder's authorities */
};

enum err push_sets_new(struct responder *responder, struct push_sets **out)
{
    struct push_sets *sets = calloc(1, sizeof *sets);
    if (!sets)
        return ERR_MEMORY;
    sets->responder = responder;
    pthread_mutex_init(&sets->lock, NULL);
    for (size_t i = 0; i < RESPONDER_AUTHORITIES_MAX; i++)
        sets->kept[i].file = -1;
    *out = sets;
    return ERR_NONE;
}

void push_sets_free(struct push_sets *sets)
{
    if (!sets)
        return;
    for (size_t i = 0; i < RESPONDER_AUTHORITIES_MAX; i++)
        fd_close(&sets->kept[i].file);
    pthread_mutex_destroy(&sets->lock);
    free(sets);
}

/* A clock that was moved back makes it due, too. */
static bool is_due(const struct push_sets *sets, size_t authority, int64_t now)
{
    const struct push_set_kept *kept = &sets->kept[authority];
    int64_t age = now - kept->made;
    bool has_changed = responder_epoch(sets->responder, authority) != kept->epoch;
    return kept->made == 0 || age < 0 || age >= AT_LEAST || (has_changed && age >= kept->rest);
}

static int64_t rest_after(int64_t milliseconds)
{
    int64_t rest = milliseconds * AFTER_CHANGE_SHARE / 1000;
    if (rest < AFTER_CHANGE_LEAST)
        return AFTER_CHANGE_LEAST;
    return rest < AFTER_CHANGE_MOST ? rest : AFTER_CHANGE_MOST;
}

static enum err set_make(struct push_sets *sets, size_t authority, int64_t now, struct fault *fault)
{
    struct buffer set CLEANUP_BUFFER;
    struct push_set_kept made = {.file = -1, .made = now};
    struct responder_moment moment;
    int64_t start = clock_monotonic();
    buffer_init(&set, LIMIT_PUSH_SET);
    if (!responder_begin(sets->responder, &moment))
        return ERR_NONE; /* a later turn makes it */
    enum err err = responder_push_set(sets->responder, authority, now, &set, &made.epoch);
    if (err == ERR_NOT_FOUND || !responder_holds(sets->responder, &moment))
        return ERR_NONE;
    if (err == ERR_NONE)
        err = memfd_sealed("push-set", buffer_bytes(&set), &made.file);
    if (err != ERR_NONE) {
        sets->kept[authority].made = now; /* again when the next is due */
        sets->kept[authority].rest = AFTER_CHANGE_MOST;
        char name[STATUS_NAME];
        return fault_set(fault, err, "push set", "%s: %s",
                         responder_published_name(sets->responder, authority, name),
                         err_sentence(err, LANGUAGE_EN));
    }
    made.rest = rest_after(clock_monotonic() - start);
    pthread_mutex_lock(&sets->lock);
    struct push_set_kept old = sets->kept[authority];
    sets->kept[authority] = made;
    pthread_mutex_unlock(&sets->lock);
    fd_close(&old.file);
    return ERR_NONE;
}

enum err push_sets_turn(struct push_sets *sets, int64_t now, struct fault *fault)
{
    enum err err = ERR_NONE;
    size_t num = responder_num_authorities(sets->responder);
    for (size_t i = 0; i < num && err == ERR_NONE; i++)
        if (is_due(sets, i, now))
            err = set_make(sets, i, now, fault);
    return err;
}

int push_sets_open(struct push_sets *sets, enum kind kind, unsigned generation, uint64_t *epoch)
{
    size_t authority;
    if (!responder_find(sets->responder, kind, generation, &authority))
        return -1;
    pthread_mutex_lock(&sets->lock);
    const struct push_set_kept *kept = &sets->kept[authority];
    int file = kept->file < 0 ? -1 : fcntl(kept->file, F_DUPFD_CLOEXEC, 0);
    *epoch = kept->epoch;
    pthread_mutex_unlock(&sets->lock);
    return file;
}
