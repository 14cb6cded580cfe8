/* Sessions of staff who come through the town's pages, and the codes by which somebody logs in
 * without a card. A browser has the session's id, here is its SHA-256 alone. In memory: after a
 * start everybody logs in again. Times are monotonic milliseconds. */
#pragma once

#include "base/limits.h"
#include "centre/code.h"
#include "centre/staff.h"

#define SESSION_ID      32                    /* bytes */
#define SESSION_IDLE    (30 * 60 * 1000)      /* without an act */
#define SESSION_LIFE    (10 * 60 * 60 * 1000) /* a working day, whatever is done */
#define LOGIN_CODE_LIFE (10 * 60 * 1000)

struct session {
    uint8_t digest[SHA256_LEN];
    char staff[STAFF_NAME]; /* "": a free row */
    int64_t begun, seen;
};

struct login_code {
    uint8_t digest[SHA256_LEN];
    char staff[STAFF_NAME];
    int64_t made;
};

struct sessions {
    struct session rows[LIMIT_SESSIONS];
    struct login_code codes[LIMIT_LOGIN_CODES];
};

/* session_begin makes one and gives its id. When the person has as many as one may, that one of
 * theirs ends that was silent longest; when all rows are taken, that of all. */
void session_begin(struct sessions *sessions, const char *staff, int64_t now,
                   uint8_t id[static SESSION_ID]);
/* session_find gives the name of the staff row whose session it is; NULL: there is none, or it has
 * ended. Borrowed. It counts as an act. */
const char *session_find(struct sessions *sessions, const uint8_t id[static SESSION_ID],
                         int64_t now);
void session_digest(const uint8_t id[static SESSION_ID], uint8_t out[static SHA256_LEN]);
void session_end(struct sessions *sessions, const uint8_t id[static SESSION_ID]);
/* session_lives: is that session of that person's still one? It counts as no act. */
bool session_lives(const struct sessions *sessions, const uint8_t digest[static SHA256_LEN],
                   const char *staff, int64_t now);

/* login_code_make: the person's code before it is worth nothing any more. */
void login_code_make(struct sessions *sessions, const char *staff, int64_t now,
                     char code[static LOGIN_CODE_TEXT]);
/* login_code_take uses a code up and copies whose it was; false: there is none, or it is too old.
 */
bool login_code_take(struct sessions *sessions, const char *code, int64_t now,
                     char staff[static STAFF_NAME]) MUST_USE;

struct act_call;
/* session_give begins a session of that person's and answers it; refused when there is no such
 * person any more. */
bool session_give(struct act_call *call, const char *staff);
/* session_owner says about whose cards or sessions an act is: one's own, or by an administrator
 * those of the person in "name"; anybody else is refused. */
bool session_owner(struct act_call *call, const char **out);
/* session_refuse_pages refuses what comes through the pages. */
bool session_refuse_pages(struct act_call *call);
/* session_end_all ends every session of that person's. */
void session_end_all(struct sessions *sessions, const char *staff);

/* Acts. */
bool session_act_code(struct act_call *call);
bool session_act_begin(struct act_call *call);
bool session_act_show(struct act_call *call);
bool session_act_end(struct act_call *call);
