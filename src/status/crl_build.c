/* A CRL from the map: one walk over the serials of the issuer's generation. */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "status/status_client.h"
#include "x509/crl.h"

struct walk {
    const struct status_map *map;
    uint64_t next, last;
    int64_t last_this_update;
    uint8_t serial[8];
    bool is_broken; /* a word that means nothing was met */
};

/* RFC 5280 3.3: an entry stays until it stood on one CRL made after the certificate ended. */
static bool is_listed(const struct status_entry *entry, int64_t last_this_update)
{
    if (entry->state != STATUS_HELD && entry->state != STATUS_REVOKED)
        return false;
    return date_last_second(entry->last_day) >= last_this_update;
}

static bool next_entry(void *context, struct crl_entry *out)
{
    struct walk *walk = context;
    while (walk->next <= walk->last) {
        uint64_t serial = walk->next++;
        struct status_entry entry;
        if (status_map_get(walk->map, serial, &entry) != ERR_NONE) {
            walk->is_broken = true;
            return false;
        }
        if (!is_listed(&entry, walk->last_this_update))
            continue;
        out->serial = serial_encode(serial, walk->serial);
        out->revoked_at = entry.since;
        out->reason = entry.state == STATUS_HELD ? CRL_REASON_HOLD : (enum crl_reason)entry.reason;
        return true;
    }
    return false;
}

static enum err generation_find(const struct status_map *map, const struct cert *issuer,
                                struct status_generation *out, struct fault *fault)
{
    struct status_generation all[STATUS_GENERATIONS_MAX];
    uint8_t key[SHA256_LEN];
    sha256(issuer->spki, key);
    size_t num = status_map_generations(map, all);
    for (size_t i = 0; i < num; i++)
        if (memcmp(all[i].key, key, sizeof key) == 0) {
            *out = all[i];
            return ERR_NONE;
        }
    return fault_set(fault, ERR_NOT_FOUND, "generation",
                     "the map has none of this authority's key");
}

static enum err encode(const struct status_map *map, const struct status_crl_request *request,
                       struct buffer *tbs, struct fault *fault)
{
    struct cert issuer;
    struct status_generation generation = {0};
    enum err err = cert_parse(request->issuer, &issuer, fault);
    if (err == ERR_NONE)
        err = generation_find(map, &issuer, &generation, fault);
    if (err != ERR_NONE)
        return err;
    uint64_t highest = status_map_highest(map);
    struct walk walk = {.map = map,
                        .next = generation.first,
                        .last = generation.last < highest ? generation.last : highest,
                        .last_this_update = request->last_this_update};
    struct crl_facts facts = {.this_update = request->this_update,
                              .next_update = request->next_update,
                              .number = request->number};
    err = crl_encode_tbs(&issuer, &facts, (struct crl_source){next_entry, &walk}, tbs);
    if (walk.is_broken)
        err = ERR_MALFORMED;
    return err == ERR_NONE ? ERR_NONE
                           : fault_set(fault, err, "CRL", "the list could not be written");
}

enum err status_crl_build(const struct status_map *map, const struct status_crl_request *request,
                          int *out, struct fault *fault)
{
    if (request->this_update <= request->last_this_update ||
        request->next_update <= request->this_update)
        return fault_set(fault, ERR_USAGE, "thisUpdate", "times of a CRL rise");
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, LIMIT_CRL);
    enum err err = encode(map, request, &tbs, fault);
    if (err == ERR_NONE && memfd_sealed("crl", buffer_bytes(&tbs), out) != ERR_NONE)
        return fault_set(fault, ERR_IO, "memfd", "%s", strerror(errno));
    return err;
}
