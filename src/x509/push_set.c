/* The reading half of push_set.h. */
#include "x509/push_set.h"

#include "base/limits.h"
#include "x509/push_set_parts.h"

static const char rule[] = "PROTOCOL.push-set 1";

uint64_t push_set_blocks(const struct push_set_facts *facts)
{
    return (facts->last - facts->first + PUSH_SET_BLOCK) / PUSH_SET_BLOCK;
}

unsigned push_set_block_len(const struct push_set_facts *facts, uint64_t block)
{
    uint64_t left = facts->last - facts->first + 1 - block * PUSH_SET_BLOCK;
    return left < PUSH_SET_BLOCK ? (unsigned)left : PUSH_SET_BLOCK;
}

const char *push_set_facts_fault(const struct push_set_facts *facts)
{
    if (facts->this_update < 0 || facts->next_update <= facts->this_update)
        return "nextUpdate is not after thisUpdate";
    if (facts->first == 0 || facts->last < facts->first - 1)
        return "no such range of serials";
    if (facts->last - facts->first + 1 > PUSH_SET_SERIALS_MAX)
        return "more serials than a set may have";
    return NULL;
}

static bool facts_take(struct reader *reader, struct push_set *out)
{
    struct push_set_facts *facts = &out->facts;
    uint64_t this_update, next_update;
    struct bytes magic;
    if (!reader_take(reader, PUSH_SET_MAGIC_LEN, &magic) ||
        !bytes_equal_text(magic, PUSH_SET_MAGIC) ||
        !reader_copy(reader, facts->authority, sizeof facts->authority) ||
        !reader_u64(reader, &this_update) || !reader_u64(reader, &next_update) ||
        !reader_u64(reader, &facts->epoch) || !reader_u64(reader, &facts->first) ||
        !reader_u64(reader, &facts->last))
        return false;
    if (this_update > INT64_MAX || next_update > INT64_MAX)
        return false;
    facts->this_update = (int64_t)this_update;
    facts->next_update = (int64_t)next_update;
    return reader_u64(reader, &out->num_members[PUSH_SET_LISTED]) &&
           reader_u64(reader, &out->num_members[PUSH_SET_UNKNOWN]);
}

static uint32_t end_of(const struct push_set *set, enum push_set_layer layer, uint64_t block)
{
    const uint8_t *at = set->layers[layer].ends.data + 4 * block;
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool layer_take(struct reader *reader, struct push_set *out, enum push_set_layer layer)
{
    uint64_t num = push_set_blocks(&out->facts);
    uint32_t before = 0;
    if (!reader_take(reader, 4 * num, &out->layers[layer].ends))
        return false;
    for (uint64_t block = 0; block < num; block++) {
        uint32_t end = end_of(out, layer, block);
        if (end < before)
            return false;
        before = end;
    }
    return reader_take(reader, before, &out->layers[layer].data);
}

static struct bytes block_of(const struct push_set *set, enum push_set_layer layer, uint64_t block)
{
    uint32_t from = block ? end_of(set, layer, block - 1) : 0;
    return bytes_of(set->layers[layer].data.data + from, end_of(set, layer, block) - from);
}

/* Counts the members of both layers in a block; false when it breaks a rule, or one is in both. */
static bool block_check(const struct push_set *set, uint64_t block,
                        uint64_t num_members[static PUSH_SET_LAYERS])
{
    struct rice_block layers[PUSH_SET_LAYERS];
    unsigned num = push_set_block_len(&set->facts, block);
    for (int layer = 0; layer < PUSH_SET_LAYERS; layer++) {
        struct bytes coded = block_of(set, (enum push_set_layer)layer, block);
        if (rice_decode(coded, num, &layers[layer]) != ERR_NONE)
            return false;
        num_members[layer] += rice_members(&layers[layer]);
    }
    for (unsigned i = 0; i < RICE_WORDS; i++)
        if (layers[PUSH_SET_LISTED].words[i] & layers[PUSH_SET_UNKNOWN].words[i])
            return false;
    return true;
}

static enum err blocks_check(const struct push_set *set, struct fault *fault)
{
    uint64_t num_members[PUSH_SET_LAYERS] = {0};
    for (uint64_t block = 0; block < push_set_blocks(&set->facts); block++)
        if (!block_check(set, block, num_members))
            return fault_set(fault, ERR_MALFORMED, "PROTOCOL.push-set 2", "block %llu",
                             (unsigned long long)block);
    for (int layer = 0; layer < PUSH_SET_LAYERS; layer++)
        if (num_members[layer] != set->num_members[layer])
            return fault_set(fault, ERR_MALFORMED, rule, "not as many members as it says");
    return ERR_NONE;
}

enum err push_set_parse(struct bytes input, struct push_set *out, struct fault *fault)
{
    struct push_set set = {0};
    struct reader reader = reader_of(input);
    if (!facts_take(&reader, &set))
        return fault_set(fault, ERR_MALFORMED, rule, "not the head of a push set");
    const char *text = push_set_facts_fault(&set.facts);
    if (text)
        return fault_set(fault, ERR_MALFORMED, rule, "%s", text);
    for (int layer = 0; layer < PUSH_SET_LAYERS; layer++)
        if (!layer_take(&reader, &set, (enum push_set_layer)layer))
            return fault_set(fault, ERR_MALFORMED, rule, "the ends of the blocks do not fit");
    if (!reader_sized(&reader, &set.certificate) || set.certificate.len > LIMIT_CERTIFICATE)
        return fault_set(fault, ERR_MALFORMED, rule, "the certificate is missing or too long");
    set.to_be_signed = bytes_of(input.data, input.len - reader.left);
    if (!reader_sized(&reader, &set.signature) || !reader_is_done(&reader))
        return fault_set(fault, ERR_MALFORMED, rule, "the signature is missing or not the last");
    enum err err = blocks_check(&set, fault);
    if (err == ERR_NONE)
        *out = set;
    return err;
}

enum push_set_answer push_set_find(const struct push_set *set, uint64_t serial)
{
    if (serial < set->facts.first || serial > set->facts.last)
        return PUSH_SET_SAYS_UNKNOWN;
    uint64_t from = serial - set->facts.first, block = from / PUSH_SET_BLOCK;
    unsigned num = push_set_block_len(&set->facts, block), at = from % PUSH_SET_BLOCK;
    if (rice_has(block_of(set, PUSH_SET_UNKNOWN, block), num, at))
        return PUSH_SET_SAYS_UNKNOWN;
    return rice_has(block_of(set, PUSH_SET_LISTED, block), num, at) ? PUSH_SET_SAYS_LISTED
                                                                    : PUSH_SET_SAYS_GOOD;
}
