#include "web/booked.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "crypto/hash.h"

struct booking {
    uint8_t digest[SHA256_LEN]; /* of the form */
    int64_t until;              /* monotonic, milliseconds; 0: there is none */
    json_t *answer;
};

struct booked {
    pthread_mutex_t lock;
    size_t next; /* the oldest one, which the next takes the place of */
    struct booking kept[LIMIT_BOOKED];
};

enum err booked_new(struct booked **out)
{
    struct booked *booked = calloc(1, sizeof *booked);
    if (!booked)
        return ERR_MEMORY;
    pthread_mutex_init(&booked->lock, NULL);
    *out = booked;
    return ERR_NONE;
}

void booked_free(struct booked *booked)
{
    if (!booked)
        return;
    for (size_t i = 0; i < LIMIT_BOOKED; i++)
        json_decref(booked->kept[i].answer);
    pthread_mutex_destroy(&booked->lock);
    free(booked);
}

static const struct booking *find(const struct booked *booked, const uint8_t *digest)
{
    int64_t now = clock_monotonic();
    for (size_t i = 0; i < LIMIT_BOOKED; i++)
        if (booked->kept[i].until > now && memcmp(booked->kept[i].digest, digest, SHA256_LEN) == 0)
            return &booked->kept[i];
    return NULL;
}

static void keep(struct booked *booked, const uint8_t *digest, const json_t *answer)
{
    struct booking *booking = &booked->kept[booked->next];
    booked->next = (booked->next + 1) % LIMIT_BOOKED;
    json_decref(booking->answer);
    booking->answer = json_deep_copy(answer);
    booking->until = clock_monotonic() + LIMIT_BOOKED_TIME;
    memcpy(booking->digest, digest, SHA256_LEN);
}

/* The second of two that come at once waits for the first. */
void booked_ask(struct booked *booked, struct line *line, struct bytes form, const char *act,
                json_t *fields, struct counter_answer *out)
{
    uint8_t digest[SHA256_LEN];
    sha256(form, digest);
    pthread_mutex_lock(&booked->lock);
    const struct booking *before = find(booked, digest);
    if (before) {
        json_decref(fields);
        *out = (struct counter_answer){.outcome = COUNTER_DONE,
                                       .detail = json_deep_copy(before->answer)};
    } else {
        line_ask(line, NULL, act, fields, out);
        if (out->outcome == COUNTER_DONE)
            keep(booked, digest, out->detail);
    }
    pthread_mutex_unlock(&booked->lock);
}
