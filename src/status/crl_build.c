/* A CRL from the map: one walk over the serials of the issuer's generation, or of a municipality's
 * in a listing. */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "status/crl_parts.h"
#include "x509/crl.h"

struct walk {
    const struct status_map *map;
    uint64_t next, last;     /* serials; of a listing, places in it */
    const uint32_t *serials; /* a listing's; NULL: all */
    int64_t last_this_update;
    uint8_t serial[8];
    bool is_broken; /* a word that means nothing was met */
};

bool status_crl_lists(const struct status_entry *entry, int64_t last_this_update)
{
    if (entry->state != STATUS_HELD && entry->state != STATUS_REVOKED)
        return false;
    return date_last_second(entry->last_day) >= last_this_update;
}

static bool next_entry(void *context, struct crl_entry *out)
{
    struct walk *walk = context;
    while (walk->next <= walk->last) {
        uint64_t at = walk->next++, serial = walk->serials ? walk->serials[at] : at;
        struct status_entry entry;
        uint64_t word = status_map_word(walk->map, serial);
        if (status_word_is_good(word))
            continue;
        if (status_word_decode(word, &entry) != ERR_NONE) {
            walk->is_broken = true;
            return false;
        }
        if (!status_crl_lists(&entry, walk->last_this_update))
            continue;
        out->serial = serial_encode(serial, walk->serial);
        out->revoked_at = entry.since;
        out->reason = entry.state == STATUS_HELD ? CRL_REASON_HOLD : (enum crl_reason)entry.reason;
        return true;
    }
    return false;
}

enum err status_crl_generation(const struct status_map *map, const struct cert *issuer,
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

static enum err encode(struct walk *walk, const struct status_crl_request *request,
                       const struct cert *issuer, struct buffer *tbs, struct fault *fault)
{
    struct crl_facts facts = {.this_update = request->this_update,
                              .next_update = request->next_update,
                              .number = request->number,
                              .issuing_point = request->issuing_point};
    enum err err = crl_encode_tbs(issuer, &facts, (struct crl_source){next_entry, walk}, tbs);
    if (walk->is_broken)
        err = ERR_MALFORMED;
    return err == ERR_NONE ? ERR_NONE
                           : fault_set(fault, err, "CRL", "the list could not be written");
}

static void walk_all(struct walk *walk, const struct status_generation *generation)
{
    uint64_t highest = status_map_highest(walk->map);
    walk->next = generation->first;
    walk->last = generation->last < highest ? generation->last : highest;
}

static void walk_listing(struct walk *walk, const struct status_crl_listing *listing,
                         uint16_t municipality)
{
    size_t num = status_crl_listing_find(listing, municipality, &walk->serials);
    walk->next = num ? 0 : 1; /* next above last: nothing */
    walk->last = num ? num - 1 : 0;
}

static enum err build(const struct status_map *map, const struct status_crl_listing *listing,
                      const struct status_crl_request *request, int *out, struct fault *fault)
{
    struct cert issuer;
    struct status_generation generation = {0};
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, LIMIT_CRL);
    if (request->this_update <= request->last_this_update ||
        request->next_update <= request->this_update)
        return fault_set(fault, ERR_USAGE, "thisUpdate", "times of a CRL rise");
    enum err err = cert_parse(request->issuer, &issuer, fault);
    if (err == ERR_NONE)
        err = status_crl_generation(map, &issuer, &generation, fault);
    if (err != ERR_NONE)
        return err;
    struct walk walk = {.map = map, .last_this_update = request->last_this_update};
    if (listing)
        walk_listing(&walk, listing, request->municipality);
    else
        walk_all(&walk, &generation);
    err = encode(&walk, request, &issuer, &tbs, fault);
    if (err == ERR_NONE && memfd_sealed("crl", buffer_bytes(&tbs), out) != ERR_NONE)
        return fault_set(fault, ERR_IO, "memfd", "%s", strerror(errno));
    return err;
}

enum err status_crl_build(const struct status_map *map, const struct status_crl_request *request,
                          int *out, struct fault *fault)
{
    if (request->municipality || request->issuing_point.len)
        return fault_set(fault, ERR_USAGE, "scope", "a municipality's list needs a listing");
    return build(map, NULL, request, out, fault);
}

enum err status_crl_build_municipal(const struct status_map *map,
                                    const struct status_crl_listing *listing,
                                    const struct status_crl_request *request, int *out,
                                    struct fault *fault)
{
    if (request->municipality == 0 || request->municipality >= STATUS_MUNICIPALITIES ||
        request->issuing_point.len == 0)
        return fault_set(fault, ERR_USAGE, "scope", "no municipality, or no distribution point");
    return build(map, listing, request, out, fault);
}
