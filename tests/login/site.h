/* A small relying site: three pages behind which card login is checked (docs/PROTOCOL.login). What
 * a real site would have is reduced to sessions and a greeting; the checks are the real ones. */
#pragma once

#include "http/server.h"
#include "login/handle.h"
#include "login/login.h"
#include "login/site_session.h"

struct site {
    struct login_site login;
    struct handles *handles;
    struct site_sessions sessions;
    char origin[LOGIN_ORIGIN_MAX];
    uint8_t pseudonym_key[LOGIN_KEY];
    const char *ocsp;  /* address of the responder; NULL: not asked */
    const char *crl;   /* file, read anew each time; NULL: none */
    const char *agent; /* address:port of the resident's agent; NULL: no page for browsers */
};

/* site_init makes tables and a fresh pseudonym key. The caller pins the authorities and sets where
 * status comes from. */
enum err site_init(struct site *site, uint16_t port) MUST_USE;
void site_done(struct site *site);

/* One thread may run them; their context is struct site. */
#define SITE_NUM_ROUTES 4
extern const struct http_route site_routes[SITE_NUM_ROUTES];
