/* The writing half of push_set.h. */
#include "base/limits.h"
#include "x509/push_set_parts.h"

struct layer_writer {
    struct buffer ends, data;
    uint64_t num_members;
};

struct layers {
    struct layer_writer of[PUSH_SET_LAYERS];
};

static void layers_done(struct layers *layers)
{
    for (int layer = 0; layer < PUSH_SET_LAYERS; layer++) {
        buffer_done(&layers->of[layer].ends);
        buffer_done(&layers->of[layer].data);
    }
}

static enum err block_put(const struct push_set_facts *facts, struct push_set_source source,
                          uint64_t block, struct layers *layers)
{
    struct rice_block blocks[PUSH_SET_LAYERS] = {0};
    uint64_t *bits[PUSH_SET_LAYERS] = {blocks[0].words, blocks[1].words};
    unsigned num = push_set_block_len(facts, block);
    enum err err = source.fill(source.context, facts->first + block * PUSH_SET_BLOCK, num, bits);
    if (err != ERR_NONE)
        return err;
    for (int layer = 0; layer < PUSH_SET_LAYERS; layer++) {
        struct layer_writer *writer = &layers->of[layer];
        blocks[layer].num = num;
        writer->num_members += rice_encode(&blocks[layer], &writer->data);
        buffer_put_u32(&writer->ends, (uint32_t)writer->data.len);
    }
    return ERR_NONE;
}

static void facts_put(const struct push_set_facts *facts, const struct layers *layers,
                      struct buffer *out)
{
    buffer_put(out, PUSH_SET_MAGIC, PUSH_SET_MAGIC_LEN);
    buffer_put(out, facts->authority, sizeof facts->authority);
    buffer_put_u64(out, (uint64_t)facts->this_update);
    buffer_put_u64(out, (uint64_t)facts->next_update);
    buffer_put_u64(out, facts->epoch);
    buffer_put_u64(out, facts->first);
    buffer_put_u64(out, facts->last);
    for (int layer = 0; layer < PUSH_SET_LAYERS; layer++)
        buffer_put_u64(out, layers->of[layer].num_members);
}

static enum err layers_put(const struct layers *layers, struct buffer *out)
{
    for (int layer = 0; layer < PUSH_SET_LAYERS; layer++) {
        const struct layer_writer *writer = &layers->of[layer];
        if (buffer_check(&writer->ends) != ERR_NONE)
            return buffer_check(&writer->ends);
        if (buffer_check(&writer->data) != ERR_NONE)
            return buffer_check(&writer->data);
        buffer_put_bytes(out, buffer_bytes(&writer->ends));
        buffer_put_bytes(out, buffer_bytes(&writer->data));
    }
    return ERR_NONE;
}

enum err push_set_encode(const struct push_set_facts *facts, struct push_set_source source,
                         struct bytes certificate, struct buffer *out)
{
    struct layers layers CLEANUP(layers_done) = {0};
    enum err err = ERR_NONE;
    if (push_set_facts_fault(facts) || certificate.len > LIMIT_CERTIFICATE)
        return ERR_USAGE;
    for (int layer = 0; layer < PUSH_SET_LAYERS; layer++) {
        buffer_init(&layers.of[layer].ends, LIMIT_PUSH_SET);
        buffer_init(&layers.of[layer].data, LIMIT_PUSH_SET);
    }
    for (uint64_t block = 0; block < push_set_blocks(facts) && err == ERR_NONE; block++)
        err = block_put(facts, source, block, &layers);
    if (err != ERR_NONE)
        return err;
    facts_put(facts, &layers, out);
    err = layers_put(&layers, out);
    buffer_put_sized(out, certificate);
    return err == ERR_NONE ? buffer_check(out) : err;
}

void push_set_put_signature(struct buffer *out, struct bytes signature)
{
    buffer_put_sized(out, signature);
}
