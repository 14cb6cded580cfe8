#include "login/site_session.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"
#include "crypto/random.h"

struct site_session *site_session_begin(struct site_sessions *sessions)
{
    struct site_session *session = &sessions->rows[sessions->next];
    sessions->next = (sessions->next + 1) % SITE_SESSIONS;
    uint8_t id[(SESSION_ID - 1) / 2];
    random_bytes(id, sizeof id);
    hex_print(id, sizeof id, session->id);
    session->subject[0] = '\0';
    return session;
}

/* The value of the session's cookie inside a Cookie header: "name=value; name=value". */
static struct bytes cookie_value(const char *cookie)
{
    static const char name[] = SESSION_COOKIE "=";
    for (const char *at = cookie; *at; at += strspn(at, "; ")) {
        size_t len = strcspn(at, ";");
        if (strncmp(at, name, strlen(name)) == 0)
            return bytes_of(at + strlen(name), len - strlen(name));
        at += len;
    }
    return bytes_of(NULL, 0);
}

struct site_session *site_session_find(struct site_sessions *sessions, const char *cookie)
{
    struct bytes id = cookie_value(cookie ? cookie : "");
    for (size_t i = 0; id.len && i < SITE_SESSIONS; i++)
        if (secret_equal(id, bytes_of_text(sessions->rows[i].id)))
            return &sessions->rows[i];
    return NULL;
}

struct site_session *site_session_renew(struct site_sessions *sessions,
                                        struct site_session *session, const char *subject)
{
    session->id[0] = '\0';
    struct site_session *renewed = site_session_begin(sessions);
    snprintf(renewed->subject, sizeof renewed->subject, "%s", subject);
    return renewed;
}
