/* What is held or revoked at one moment, from one scan of the map: the full list is built from it,
 * and the lists of all municipalities. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/hash.h"
#include "status/crl_parts.h"

#define LAST UINT32_MAX /* behind the last one */

/* In the order of serials; those of one municipality are a chain. */
struct listed {
    uint64_t word;
    uint32_t serial, next;
};

struct status_crl_listing {
    struct cert issuer;
    struct buffer all; /* of struct listed */
    int64_t newest;    /* since when the last of them is held or revoked */
    uint32_t first[STATUS_MUNICIPALITIES], last[STATUS_MUNICIPALITIES];
};

void status_crl_listing_free(struct status_crl_listing *listing)
{
    if (!listing)
        return;
    buffer_done(&listing->all);
    free(listing);
}

void status_crl_listing_cleanup(struct status_crl_listing **listing)
{
    status_crl_listing_free(*listing);
}

static struct listed *listed_at(const struct status_crl_listing *listing, uint32_t at)
{
    return (struct listed *)(void *)listing->all.data + at;
}

uint32_t status_crl_num_listed(const struct status_crl_listing *listing)
{
    return (uint32_t)(listing->all.len / sizeof(struct listed));
}

static enum err listing_put(struct status_crl_listing *listing, uint64_t serial, uint64_t word,
                            uint16_t municipality)
{
    const struct listed listed = {.word = word, .serial = (uint32_t)serial, .next = LAST};
    uint32_t at = status_crl_num_listed(listing), before = listing->last[municipality];
    if (at == LIMIT_CRL_ENTRIES)
        return ERR_LIMIT;
    buffer_put(&listing->all, &listed, sizeof listed);
    if (buffer_check(&listing->all) != ERR_NONE)
        return buffer_check(&listing->all);
    if (before == LAST)
        listing->first[municipality] = at;
    else
        listed_at(listing, before)->next = at;
    listing->last[municipality] = at;
    return ERR_NONE;
}

static enum err listing_scan(const struct status_map *map,
                             const struct status_generation *generation, int64_t last_this_update,
                             struct status_crl_listing *listing)
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
        err = listing_put(listing, serial, word, entry.municipality);
        if (entry.since > listing->newest)
            listing->newest = entry.since;
    }
    return err;
}

int64_t status_crl_listing_newest(const struct status_crl_listing *listing)
{
    return listing->newest;
}

bool status_crl_lists(const struct status_entry *entry, int64_t last_this_update)
{
    if (entry->state != STATUS_HELD && entry->state != STATUS_REVOKED)
        return false;
    return date_last_second(entry->last_day) >= last_this_update;
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

static struct status_crl_listing *listing_begin(void)
{
    struct status_crl_listing *listing = calloc(1, sizeof *listing);
    if (!listing)
        return NULL;
    buffer_init(&listing->all, LIMIT_CRL_ENTRIES * sizeof(struct listed));
    memset(listing->first, 0xff, sizeof listing->first);
    memset(listing->last, 0xff, sizeof listing->last);
    return listing;
}

enum err status_crl_listing_new(const struct status_map *map, struct bytes issuer,
                                int64_t last_this_update, struct status_crl_listing **out,
                                struct fault *fault)
{
    struct status_generation generation = {0};
    struct status_crl_listing *listing CLEANUP(status_crl_listing_cleanup) = listing_begin();
    if (!listing)
        return fault_set(fault, ERR_MEMORY, "listing", "out of memory");
    enum err err = cert_parse(issuer, &listing->issuer, fault);
    if (err == ERR_NONE)
        err = status_crl_generation(map, &listing->issuer, &generation, fault);
    if (err != ERR_NONE)
        return err;
    err = listing_scan(map, &generation, last_this_update, listing);
    if (err != ERR_NONE)
        return fault_set(fault, err, "listing", "the map could not be read for lists");
    *out = steal(&listing);
    return ERR_NONE;
}

/* --- for crl_build.c --- */

const struct cert *status_crl_issuer(const struct status_crl_listing *listing)
{
    return &listing->issuer;
}

struct status_crl_walk status_crl_walk_of(const struct status_crl_listing *listing,
                                          uint16_t municipality)
{
    bool is_empty = listing->all.len == 0;
    uint32_t all = is_empty ? LAST : 0;
    return (struct status_crl_walk){listing, municipality,
                                    municipality ? listing->first[municipality] : all};
}

bool status_crl_walk_next(struct status_crl_walk *walk, uint64_t *serial, uint64_t *word)
{
    if (walk->next == LAST)
        return false;
    const struct listed *listed = listed_at(walk->listing, walk->next);
    *serial = listed->serial;
    *word = listed->word;
    uint32_t behind = walk->next + 1 < status_crl_num_listed(walk->listing) ? walk->next + 1 : LAST;
    walk->next = walk->municipality ? listed->next : behind;
    return true;
}
