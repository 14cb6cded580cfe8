/* The responder of a follower: a key that outlives the process, and answers only while the feed is
 * fresh. */
#include <string.h>

#include "base/clock.h"
#include "status/responder_parts.h"

enum err responder_follow(struct responder *responder, struct bytes pkcs8, struct fault *fault)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    enum err err = private_key_parse(pkcs8, &key);
    if (err != ERR_NONE || private_key_type(key) != KEY_P256)
        return fault_set(fault, ERR_MALFORMED, "key", "not a private key of P-256");
    private_key_free(responder->key);
    responder->key = steal(&key);
    responder->is_follower = true;
    err = responder_name_key(responder);
    return err == ERR_NONE ? ERR_NONE : fault_set(fault, err, "key", "it has no public half");
}

/* A time that is still to come was another start of the machine's. */
int64_t responder_feed_age(const struct responder *responder)
{
    int64_t oldest = 0;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        int64_t fed = status_map_fed(responder->authorities[kind].map);
        int64_t age = clock_boot() - fed;
        if (fed == 0 || age < 0)
            return INT64_MAX;
        oldest = age > oldest ? age : oldest;
    }
    return oldest;
}

bool responder_is_follower(const struct responder *responder)
{
    return responder->is_follower;
}

bool responder_is_fresh(const struct responder *responder)
{
    return !responder->is_follower || responder_feed_age(responder) <= STATUS_FEED_MAX;
}

static void ids_read(const struct responder *responder, struct responder_moment *out)
{
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        status_map_id(responder->authorities[kind].map, out->ids[kind]);
}

bool responder_begin(const struct responder *responder, struct responder_moment *out)
{
    if (responder->is_follower)
        ids_read(responder, out);
    return responder_is_fresh(responder);
}

bool responder_holds(const struct responder *responder, const struct responder_moment *moment)
{
    struct responder_moment now;
    if (!responder->is_follower)
        return true;
    ids_read(responder, &now);
    return responder_is_fresh(responder) && memcmp(&now, moment, sizeof now) == 0;
}
