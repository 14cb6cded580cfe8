/* The OCSP responder without HTTP: its own key, one delegated certificate for each authority and
 * each of its generations, and the answer to one request (RFC 6960). */
#pragma once

#include "base/bytes.h"
#include "base/kind.h"
#include "status/status_client.h"

#define RESPONDER_AUTHORITIES_MAX (NUM_KINDS * STATUS_GENERATIONS_MAX)

struct responder;

/* responder_new makes a P-256 key in memory. maps and authorities (DER) are borrowed, one for each
 * kind: its first generation. */
enum err responder_new(const struct status_map *const maps[static NUM_KINDS],
                       const struct bytes authorities[static NUM_KINDS], struct responder **out,
                       struct fault *fault) MUST_USE;
/* responder_add adds the next generation of a kind: its certificate, DER, borrowed. ERR_LIMIT. */
enum err responder_add(struct responder *responder, enum kind kind, struct bytes authority,
                       struct fault *fault) MUST_USE;
/* Authorities are numbered from 0; the first generation of a kind has the kind's number.
 * responder_find is false when there is no such generation (they count from 1). */
size_t responder_num_authorities(const struct responder *responder);
/* The name of its published files (status_published_name). */
const char *responder_published_name(const struct responder *responder, size_t authority,
                                     char name[static STATUS_NAME]);
bool responder_find(const struct responder *responder, enum kind kind, unsigned generation,
                    size_t *authority);
void responder_free(struct responder *responder); /* takes NULL */
void responder_cleanup(struct responder **responder);

/* responder_follow makes it a follower's, before anybody asks: it signs with this key, PKCS#8, in
 * place of its own, and answers tryLater when the maps were fed more than STATUS_FEED_MAX ago. */
enum err responder_follow(struct responder *responder, struct bytes pkcs8,
                          struct fault *fault) MUST_USE;
bool responder_is_follower(const struct responder *responder);
bool responder_is_fresh(const struct responder *responder); /* always, when it is no follower's */
/* What is read from the maps between responder_begin and responder_holds was all there at one time:
 * both are true when it is no follower's; else when the maps are fresh, then and now, and were not
 * emptied in between to be filled again. */
struct responder_moment {
    uint8_t ids[NUM_KINDS][STATUS_MAP_ID_LEN];
};
bool responder_begin(const struct responder *responder, struct responder_moment *out);
bool responder_holds(const struct responder *responder, const struct responder_moment *moment);
/* responder_feed_age: milliseconds; INT64_MAX when they were never fed. */
int64_t responder_feed_age(const struct responder *responder);

struct bytes responder_spki(const struct responder *responder); /* borrowed */

/* responder_install takes a certificate over: it must be for this key, by an authority of this kind
 * (its authorityKeyIdentifier says which), for OCSP signing, and in date. ERR_DENIED otherwise; the
 * one before stays. */
enum err responder_install(struct responder *responder, enum kind kind, struct bytes certificate,
                           int64_t now, struct fault *fault) MUST_USE;
/* responder_renewal is the moment when the first certificate reaches half of its life; 0 when one
 * is missing. Those of an authority that has ended by now do not count: there are no more. */
int64_t responder_renewal(struct responder *responder, int64_t now);

enum responder_outcome {
    RESPONDER_INTERNAL_ERROR,
    RESPONDER_TRY_LATER,
    RESPONDER_UNAUTHORIZED,
    RESPONDER_MALFORMED,
    RESPONDER_SEVERAL, /* about more than one certificate */
    RESPONDER_UNKNOWN,
    RESPONDER_REVOKED,
    RESPONDER_GOOD,
    NUM_RESPONDER_OUTCOMES
};

struct responder_answer {
    enum responder_outcome outcome;
    bool may_be_stored; /* an answer without a nonce */
    int64_t max_age;    /* seconds that are left of it; 0 when it may not be stored */
    uint64_t epoch;     /* of the map, read before the words */
};

/* responder_answer appends the DER OCSPResponse; a request that cannot be answered gets an OCSP
 * error inside. Any thread may call it. */
enum err responder_answer(struct responder *responder, struct bytes request, int64_t now,
                          struct buffer *out, struct responder_answer *answer) MUST_USE;
