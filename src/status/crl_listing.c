/* What is held or revoked, by municipality: one scan of the map for the lists of all of them. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "status/crl_parts.h"

struct listed {
    uint32_t serial;
    uint16_t municipality;
};

struct status_crl_listing {
    size_t starts[STATUS_MUNICIPALITIES + 1]; /* where each one's serials begin; the end of all */
    uint32_t *serials;                        /* by municipality, rising in each */
};

void status_crl_listing_free(struct status_crl_listing *listing)
{
    if (!listing)
        return;
    free(listing->serials);
    free(listing);
}

void status_crl_listing_cleanup(struct status_crl_listing **listing)
{
    status_crl_listing_free(*listing);
}

static enum err listed_put(struct buffer *out, const struct listed *listed)
{
    if (out->len / sizeof *listed == LIMIT_CRL_ENTRIES)
        return ERR_LIMIT;
    buffer_put(out, listed, sizeof *listed);
    return buffer_check(out);
}

static enum err scan(const struct status_map *map, const struct status_generation *generation,
                     int64_t last_this_update, struct buffer *out)
{
    uint64_t highest = status_map_highest(map);
    uint64_t last = generation->last < highest ? generation->last : highest;
    enum err err = ERR_NONE;
    for (uint64_t serial = generation->first; serial <= last && err == ERR_NONE; serial++) {
        struct status_entry entry;
        uint64_t word = status_map_word(map, serial);
        if (status_word_is_good(word))
            continue;
        err = status_word_decode(word, &entry);
        if (err != ERR_NONE || !status_crl_lists(&entry, last_this_update))
            continue;
        const struct listed listed = {(uint32_t)serial, entry.municipality};
        err = listed_put(out, &listed);
    }
    return err;
}

/* Counted, then put where they belong: the order of the scan stays within each. */
static enum err sort(const struct listed *all, size_t num, struct status_crl_listing *out)
{
    size_t next[STATUS_MUNICIPALITIES];
    out->serials = calloc(num + 1, sizeof *out->serials);
    if (!out->serials)
        return ERR_MEMORY;
    for (size_t i = 0; i < num; i++)
        out->starts[all[i].municipality + 1]++;
    for (size_t i = 0; i < STATUS_MUNICIPALITIES; i++) {
        out->starts[i + 1] += out->starts[i];
        next[i] = out->starts[i];
    }
    for (size_t i = 0; i < num; i++)
        out->serials[next[all[i].municipality]++] = all[i].serial;
    return ERR_NONE;
}

enum err status_crl_listing_new(const struct status_map *map, struct bytes issuer,
                                int64_t last_this_update, struct status_crl_listing **out,
                                struct fault *fault)
{
    struct cert cert;
    struct status_generation generation = {0};
    struct buffer all CLEANUP_BUFFER;
    buffer_init(&all, LIMIT_CRL_ENTRIES * sizeof(struct listed));
    enum err err = cert_parse(issuer, &cert, fault);
    if (err == ERR_NONE)
        err = status_crl_generation(map, &cert, &generation, fault);
    if (err != ERR_NONE)
        return err;
    struct status_crl_listing *listing CLEANUP(status_crl_listing_cleanup) =
        calloc(1, sizeof *listing);
    err = listing ? scan(map, &generation, last_this_update, &all) : ERR_MEMORY;
    if (err == ERR_NONE)
        err = sort((const void *)all.data, all.len / sizeof(struct listed), listing);
    if (err != ERR_NONE)
        return fault_set(fault, err, "listing", "the map could not be read for lists");
    *out = steal(&listing);
    return ERR_NONE;
}

size_t status_crl_listing_find(const struct status_crl_listing *listing, uint16_t municipality,
                               const uint32_t **serials)
{
    if (municipality >= STATUS_MUNICIPALITIES)
        return 0;
    *serials = listing->serials + listing->starts[municipality];
    return listing->starts[municipality + 1] - listing->starts[municipality];
}
