#include "signer/record.h"

#include <string.h>

#define DETAIL_LEN 62

static void detail_encode(const struct signed_record *record, struct buffer *out)
{
    switch (record->type) {
    case SIGNED_AUTHORITY:
        buffer_put_u64(out, record->number);
        buffer_put(out, record->scope, SIGNED_DIGEST_LEN);
        return;
    case SIGNED_LEAF:
    case SIGNED_RESPONDER:
        buffer_put_u64(out, record->number);
        return;
    case SIGNED_CRL:
        buffer_put_u64(out, record->number);
        buffer_put_u64(out, (uint64_t)record->when);
        buffer_put(out, record->scope, SIGNED_DIGEST_LEN);
        return;
    case SIGNED_PERMIT:
        buffer_put(out, record->card_id, CARD_ID_LEN);
        buffer_put(out, record->challenge, CHALLENGE_LEN);
        return;
    case SIGNED_RESTORED:
        buffer_put_u64(out, record->number);
        buffer_put_u64(out, record->crl_number);
        buffer_put_u64(out, (uint64_t)record->when);
        return;
    case SIGNED_CHECKPOINT:
    case SIGNED_JOURNAL_AGAIN:
        buffer_put_u64(out, record->number);
        buffer_put_u64(out, (uint64_t)record->when);
        buffer_put(out, record->head, SIGNED_DIGEST_LEN);
        return;
    }
}

static bool detail_parse(struct reader *reader, struct signed_record *out)
{
    uint64_t when = 0;
    bool read = false;
    switch (out->type) {
    case SIGNED_AUTHORITY:
        read =
            reader_u64(reader, &out->number) && reader_copy(reader, out->scope, SIGNED_DIGEST_LEN);
        break;
    case SIGNED_LEAF:
    case SIGNED_RESPONDER:
        read = reader_u64(reader, &out->number);
        break;
    case SIGNED_CRL:
        read = reader_u64(reader, &out->number) && reader_u64(reader, &when) &&
               reader_copy(reader, out->scope, SIGNED_DIGEST_LEN);
        break;
    case SIGNED_PERMIT:
        read = reader_copy(reader, out->card_id, CARD_ID_LEN) &&
               reader_copy(reader, out->challenge, CHALLENGE_LEN);
        break;
    case SIGNED_RESTORED:
        read = reader_u64(reader, &out->number) && reader_u64(reader, &out->crl_number) &&
               reader_u64(reader, &when);
        break;
    case SIGNED_CHECKPOINT:
    case SIGNED_JOURNAL_AGAIN:
        read = reader_u64(reader, &out->number) && reader_u64(reader, &when) &&
               reader_copy(reader, out->head, SIGNED_DIGEST_LEN);
        break;
    }
    out->when = (int64_t)when;
    return read;
}

enum err signed_body_encode(const struct signed_record *record, uint8_t out[static SIGNED_BODY_LEN])
{
    static const uint8_t zeros[DETAIL_LEN];
    struct buffer body CLEANUP_BUFFER;
    buffer_init(&body, SIGNED_BODY_LEN);
    buffer_put_u64(&body, record->sequence);
    buffer_put_u64(&body, (uint64_t)record->time);
    buffer_put_u8(&body, (uint8_t)record->type);
    buffer_put_u8(&body, (uint8_t)record->kind);
    buffer_put(&body, record->digest, SIGNED_DIGEST_LEN);
    detail_encode(record, &body);
    if (buffer_check(&body) == ERR_NONE)
        buffer_put(&body, zeros, SIGNED_BODY_LEN - body.len);
    enum err err = buffer_check(&body);
    if (err == ERR_NONE)
        memcpy(out, body.data, SIGNED_BODY_LEN);
    return err;
}

bool signed_body_parse(struct bytes input, struct signed_record *out)
{
    *out = (struct signed_record){0};
    struct reader reader = reader_of(input);
    uint64_t time = 0;
    uint8_t type = 0, kind = 0;
    if (!reader_u64(&reader, &out->sequence) || !reader_u64(&reader, &time) ||
        !reader_u8(&reader, &type) || !reader_u8(&reader, &kind) ||
        !reader_copy(&reader, out->digest, SIGNED_DIGEST_LEN))
        return false;
    if (type < SIGNED_AUTHORITY || type > SIGNED_JOURNAL_AGAIN || kind >= NUM_KINDS)
        return false;
    out->time = (int64_t)time;
    out->type = (enum signed_type)type;
    out->kind = (enum kind)kind;
    if (!detail_parse(&reader, out))
        return false;
    for (size_t i = 0; i < reader.left; i++)
        if (reader.at[i] != 0)
            return false;
    return true;
}

void signed_chain_step(uint8_t chain[static SHA256_LEN], const uint8_t body[static SIGNED_BODY_LEN])
{
    uint8_t input[SHA256_LEN + SIGNED_BODY_LEN];
    memcpy(input, chain, SHA256_LEN);
    memcpy(input + SHA256_LEN, body, SIGNED_BODY_LEN);
    sha256(bytes_of(input, sizeof input), chain);
}
