/* Two authorities with keys, their maps with one serial of each state, and a published folder. Ends
 * the test when something fails. */
#pragma once

#include "sample.h"
#include "status/status_client.h"

/* What the maps say, for both kinds. */
enum {
    SERIAL_GOOD = 2,
    SERIAL_HELD = 3,
    SERIAL_COMPROMISED = 4,
    SERIAL_SUPERSEDED = 5,
    SERIAL_RESERVED = 6,
    SERIAL_NEVER = 7,
    SERIAL_ENDED = 8,   /* revoked, and its last day was in 2026-11 */
    SERIAL_LAST = 1000, /* of the generation; good beyond it, in the map */
};
#define FIXTURE_SINCE (SAMPLE_NOW - 3600)

extern struct sample authorities[NUM_KINDS];
extern struct status_map *maps[NUM_KINDS];
extern char status_folder[64];

int status_begin(void **state);
int status_end(void **state);
void status_path(const char *name, char path[static 128]);

/* fixture_delegate makes a responder certificate for a key. */
void fixture_delegate(enum kind kind, struct bytes spki, int64_t not_before, int64_t not_after,
                      struct buffer *out);
/* fixture_build builds what is to be signed; fixture_list does, and gives the sealed memfd. */
int fixture_list(enum kind kind, const struct status_crl_request *request);
void fixture_build(enum kind kind, const struct status_crl_request *request, struct buffer *tbs);
/* fixture_publish_list builds, signs and publishes a list; fixture_publish the full one. */
void fixture_publish_list(enum kind kind, const struct status_list *list,
                          const struct status_crl_request *request);
void fixture_publish(enum kind kind, uint64_t number, int64_t this_update,
                     int64_t last_this_update);
/* fixture_pem writes the authority's certificate as PEM, for openssl. */
void fixture_pem(enum kind kind, const char *name);
/* openssl runs a command line of the shell; returns what it printed, and its status in *status. */
const char *openssl(int *status, const char *format, ...) PRINTF_LIKE(2, 3);
