/* The resident's software that a browser can use: pages on this computer alone, to which a site's
 * login page sends the resident and which bring the card's signature back (docs/PROTOCOL.agent).
 * The card is looked at when a page needs it; between two pages nothing holds it. */
#pragma once

#include "agent/phrase.h"
#include "http/server.h"

struct agent_settings {
    const char *pages;  /* the folder of templates and styles */
    const char *reader; /* its name; NULL: the first with a card */
    enum language language;
    uint16_t port;
    /* What happened, for a log: never a PIN, nothing of a certificate. It must not wait. */
    void (*tell)(const char *origin, const char *what);
};

struct agent;

/* agent_open reads templates and styles; a fault names the file. It copies what it is given but for
 * the texts, which must outlive it. */
enum err agent_open(const struct agent_settings *settings, const struct phrase *phrase,
                    struct agent **out, struct fault *fault) MUST_USE;
void agent_close(struct agent *agent); /* takes NULL */

/* For http_server_start, with one thread and a struct agent. */
extern const struct http_route agent_routes[];
extern const size_t num_agent_routes;
/* What every answer says; a page that leads to a site says its own Content-Security-Policy. */
extern const struct http_field agent_headers[];
extern const size_t num_agent_headers;
/* agent_admits: only connections of the user whose agent this is. */
bool agent_admits(void *context, int fd);
