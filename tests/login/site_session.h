/* Sessions of the relying site: an id in a cookie, and who is logged in under it, if anyone. The
 * table is a ring: the oldest session makes room. One thread. */
#pragma once

#include "base/bytes.h"

#define SITE_SESSIONS   1024
#define SESSION_ID      33 /* 32 hexadecimal digits and a zero */
#define SESSION_SUBJECT 65
#define SESSION_COOKIE  "session"

struct site_session {
    char id[SESSION_ID];           /* "": no session stands here */
    char subject[SESSION_SUBJECT]; /* the pseudonym that is logged in; "": nobody */
};

struct site_sessions {
    size_t next;
    struct site_session rows[SITE_SESSIONS];
};

/* site_session_begin makes a session with a fresh id, in which nobody is logged in. */
struct site_session *site_session_begin(struct site_sessions *sessions);

/* site_session_find looks the session up that a Cookie header names; NULL when there is none. The
 * header may be NULL. */
struct site_session *site_session_find(struct site_sessions *sessions, const char *cookie);

/* site_session_renew ends the session and begins another, in which subject is logged in. */
struct site_session *site_session_renew(struct site_sessions *sessions,
                                        struct site_session *session, const char *subject);
