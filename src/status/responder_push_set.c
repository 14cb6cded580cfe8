#include "status/responder_push_set.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/sign.h"
#include "status/responder_parts.h"
#include "x509/push_set.h"

#define SET_LIFE ((int64_t)24 * 3600)

uint64_t responder_epoch(const struct responder *responder, size_t authority)
{
    return status_map_epoch(responder->authorities[authority].map);
}

struct scan {
    const struct status_map *map;
    int64_t this_update;
};

/* What has ended needs no entry any more (RFC 5280 3.3). */
static enum err word_place(const struct scan *scan, uint64_t word, enum push_set_layer *layer,
                           bool *is_member)
{
    struct status_entry entry;
    enum err err = status_word_decode(word, &entry);
    bool is_listed = entry.state == STATUS_HELD || entry.state == STATUS_REVOKED;
    if (err != ERR_NONE)
        return err;
    *layer = is_listed ? PUSH_SET_LISTED : PUSH_SET_UNKNOWN;
    *is_member = entry.state != STATUS_GOOD &&
                 (!is_listed || date_last_second(entry.last_day) >= scan->this_update);
    return ERR_NONE;
}

static enum err scan_fill(void *context, uint64_t first, unsigned num,
                          uint64_t *bits[static PUSH_SET_LAYERS])
{
    const struct scan *scan = context;
    for (unsigned i = 0; i < num; i++) {
        uint64_t word = status_map_word(scan->map, first + i);
        enum push_set_layer layer;
        bool is_member;
        if (status_word_is_good(word))
            continue;
        enum err err = word_place(scan, word, &layer, &is_member);
        if (err != ERR_NONE)
            return err;
        if (is_member)
            bits[layer][i / 64] |= UINT64_C(1) << i % 64;
    }
    return ERR_NONE;
}

/* The serials that the authority's key signed so far. */
static void range_find(const struct authority *authority, struct push_set_facts *facts)
{
    struct status_generation all[STATUS_GENERATIONS_MAX];
    size_t num = status_map_generations(authority->map, all);
    uint64_t highest = status_map_highest(authority->map);
    facts->first = 1;
    facts->last = 0;
    for (size_t i = 0; i < num; i++)
        if (memcmp(all[i].key, authority->key, SHA256_LEN) == 0 && all[i].first <= highest) {
            facts->first = all[i].first;
            facts->last = all[i].last < highest ? all[i].last : highest;
        }
}

static enum err set_sign(const struct responder *responder, struct buffer *out)
{
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNATURE_MAX);
    enum err err = sign_message(responder->key, HASH_SHA256, buffer_bytes(out), &signature);
    if (err != ERR_NONE)
        return err;
    push_set_put_signature(out, buffer_bytes(&signature));
    return buffer_check(out);
}

enum err responder_push_set(struct responder *responder, size_t number, int64_t now,
                            struct buffer *out, uint64_t *epoch)
{
    const struct authority *authority = &responder->authorities[number];
    struct answer_basis basis = {.authority = number, .made = now};
    struct buffer certificate CLEANUP_BUFFER;
    buffer_init(&certificate, LIMIT_CERTIFICATE);
    enum err err = delegation_copy(responder, &basis, &certificate);
    if (err != ERR_NONE)
        return err;
    struct push_set_facts facts = {
        .this_update = now,
        .next_update = basis.end < now + SET_LIFE ? basis.end : now + SET_LIFE,
        .epoch = status_map_epoch(authority->map), /* before the words */
    };
    memcpy(facts.authority, authority->key, SHA256_LEN);
    range_find(authority, &facts);
    struct scan scan = {authority->map, now};
    err = push_set_encode(&facts, (struct push_set_source){scan_fill, &scan},
                          buffer_bytes(&certificate), out);
    if (err == ERR_NONE)
        err = set_sign(responder, out);
    if (err == ERR_NONE)
        *epoch = facts.epoch;
    return err;
}
