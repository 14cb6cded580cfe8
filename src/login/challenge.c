#include "login/challenge.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/random.h"

struct challenge {
    int64_t issued;
    size_t session_len;
    uint8_t session[CHALLENGE_SESSION_MAX];
    uint8_t nonce[LOGIN_NONCE];
    bool is_given, is_used;
};

/* A ring: the next row to write is the oldest. A used row stays until it is overwritten, so that a
 * replay is told from a nonce that never was. */
struct challenges {
    size_t max, next;
    struct challenge rows[];
};

enum err challenges_new(size_t max, struct challenges **out)
{
    struct challenges *challenges = calloc(1, sizeof *challenges + max * sizeof(struct challenge));
    if (!challenges)
        return ERR_MEMORY;
    challenges->max = max;
    *out = challenges;
    return ERR_NONE;
}

void challenges_free(struct challenges *challenges)
{
    free(challenges);
}

enum err challenge_issue(struct challenges *challenges, struct bytes session, int64_t now,
                         uint8_t nonce[static LOGIN_NONCE])
{
    if (session.len == 0 || session.len > CHALLENGE_SESSION_MAX)
        return ERR_LIMIT;
    struct challenge *row = &challenges->rows[challenges->next];
    challenges->next = (challenges->next + 1) % challenges->max;
    *row = (struct challenge){.issued = now, .session_len = session.len, .is_given = true};
    memcpy(row->session, session.data, session.len);
    random_bytes(row->nonce, sizeof row->nonce);
    memcpy(nonce, row->nonce, sizeof row->nonce);
    return ERR_NONE;
}

static struct challenge *challenge_find(struct challenges *challenges, struct bytes nonce)
{
    for (size_t i = 0; i < challenges->max; i++) {
        struct challenge *row = &challenges->rows[i];
        if (row->is_given && secret_equal(nonce, bytes_of(row->nonce, sizeof row->nonce)))
            return row;
    }
    return NULL;
}

enum challenge_verdict challenge_consume(struct challenges *challenges, struct bytes nonce,
                                         struct bytes session, int64_t now)
{
    struct challenge *row = challenge_find(challenges, nonce);
    if (!row)
        return CHALLENGE_UNKNOWN;
    if (row->is_used)
        return CHALLENGE_USED;
    row->is_used = true;
    if (now < row->issued || now - row->issued > CHALLENGE_SECONDS)
        return CHALLENGE_LATE;
    if (!secret_equal(session, bytes_of(row->session, row->session_len)))
        return CHALLENGE_OTHER_SESSION;
    return CHALLENGE_GOOD;
}

const char *challenge_verdict_name(enum challenge_verdict verdict)
{
    static const char *const names[] = {
        [CHALLENGE_UNKNOWN] = "unknown", [CHALLENGE_USED] = "used",
        [CHALLENGE_LATE] = "late",       [CHALLENGE_OTHER_SESSION] = "other-session",
        [CHALLENGE_GOOD] = "good",
    };
    return names[verdict];
}
