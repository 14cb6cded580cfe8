#include "status/answers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/random.h"

#define REQUEST_MAX 128 /* one certificate, by SHA-256: 109 bytes */
#define ANSWER_MAX  384 /* for one certificate, up to the responder certificate: about 330 */
#define NUM_ROWS    ((size_t)65536)
#define WAYS        ((size_t)4) /* rows in which one request may stand */
#define NUM_LOCKS   ((size_t)64)

struct row {
    struct answer_basis basis;
    uint16_t request_len, answer_len; /* 0: free */
    uint8_t request[REQUEST_MAX];
    uint8_t answer[ANSWER_MAX];
};
_Static_assert(NUM_ROWS *(sizeof(struct row) + sizeof(uint32_t)) <= LIMIT_STATUS_ANSWERS,
               "within the named budget");

struct answers {
    uint64_t key; /* so that nobody outside can choose where a request stands */
    pthread_mutex_t locks[NUM_LOCKS];
    struct row *rows;
    uint32_t tags[NUM_ROWS]; /* of the request in each row: what is not there costs one look */
};

enum err answers_new(struct answers **out)
{
    struct answers *made = calloc(1, sizeof *made);
    if (!made)
        return ERR_MEMORY;
    made->rows = calloc(NUM_ROWS, sizeof *made->rows);
    if (!made->rows) {
        free(made);
        return ERR_MEMORY;
    }
    random_bytes((uint8_t *)&made->key, sizeof made->key);
    for (size_t i = 0; i < NUM_LOCKS; i++)
        pthread_mutex_init(&made->locks[i], NULL);
    *out = made;
    return ERR_NONE;
}

void answers_free(struct answers *answers)
{
    if (!answers)
        return;
    for (size_t i = 0; i < NUM_LOCKS; i++)
        pthread_mutex_destroy(&answers->locks[i]);
    free(answers->rows);
    free(answers);
}

static uint64_t mix(uint64_t value)
{
    value *= UINT64_C(0x9E3779B97F4A7C15);
    return value ^ value >> 29;
}

/* The first of the rows where the request may stand, and what tells it from most others there. */
static size_t place_of(const struct answers *answers, struct bytes request, uint32_t *tag)
{
    uint64_t hash = answers->key + request.len;
    for (size_t at = 0; at < request.len; at += sizeof(uint64_t)) {
        uint64_t part = 0;
        size_t left = request.len - at;
        memcpy(&part, request.data + at, left < sizeof part ? left : sizeof part);
        hash = mix(hash ^ part);
    }
    hash = mix(hash);
    *tag = (uint32_t)hash;
    return (size_t)(hash >> 40) % (NUM_ROWS / WAYS) * WAYS;
}

static pthread_mutex_t *lock_of(struct answers *answers, size_t place)
{
    return &answers->locks[place / WAYS % NUM_LOCKS];
}

static bool row_is_of(const struct answers *answers, size_t place, struct bytes request,
                      uint32_t tag)
{
    const struct row *row = &answers->rows[place];
    return answers->tags[place] == tag && row->answer_len &&
           bytes_equal(bytes_of(row->request, row->request_len), request);
}

bool answers_find(struct answers *answers, struct bytes request, struct buffer *out,
                  struct answer_basis *basis)
{
    if (request.len == 0 || request.len > REQUEST_MAX)
        return false;
    bool is_found = false;
    uint32_t tag;
    size_t place = place_of(answers, request, &tag);
    pthread_mutex_lock(lock_of(answers, place));
    for (size_t i = 0; i < WAYS && !is_found; i++) {
        is_found = row_is_of(answers, place + i, request, tag);
        if (is_found) {
            const struct row *row = &answers->rows[place + i];
            buffer_put(out, row->answer, row->answer_len);
            *basis = row->basis;
        }
    }
    pthread_mutex_unlock(lock_of(answers, place));
    return is_found;
}

/* Its own row, else the one whose answer is oldest; a free one is older than all. */
static size_t place_to_fill(const struct answers *answers, size_t place, struct bytes request,
                            uint32_t tag)
{
    size_t oldest = place;
    for (size_t i = place; i < place + WAYS; i++) {
        if (row_is_of(answers, i, request, tag))
            return i;
        if (answers->rows[i].basis.made < answers->rows[oldest].basis.made)
            oldest = i;
    }
    return oldest;
}

void answers_keep(struct answers *answers, struct bytes request, struct bytes answer,
                  const struct answer_basis *basis)
{
    if (request.len == 0 || request.len > REQUEST_MAX || answer.len > ANSWER_MAX)
        return;
    uint32_t tag;
    size_t first = place_of(answers, request, &tag);
    pthread_mutex_lock(lock_of(answers, first));
    size_t place = place_to_fill(answers, first, request, tag);
    struct row *row = &answers->rows[place];
    answers->tags[place] = tag;
    row->basis = *basis;
    row->request_len = (uint16_t)request.len;
    row->answer_len = (uint16_t)answer.len;
    memcpy(row->request, request.data, request.len);
    memcpy(row->answer, answer.data, answer.len);
    pthread_mutex_unlock(lock_of(answers, first));
}
