#include "base/key_statement.h"

#include <assert.h>
#include <string.h>

static const char key_statement_label[] = "JPKI card key 1";

enum err key_statement_parse(struct bytes input, struct key_statement *out, struct fault *fault)
{
    struct key_statement statement;
    struct reader reader = reader_of(input);
    fault_name_input(fault, "key statement");
    if (!reader_copy(&reader, statement.card_id, sizeof statement.card_id) ||
        !reader_copy(&reader, statement.key_id, sizeof statement.key_id) ||
        !reader_copy(&reader, statement.signature, sizeof statement.signature) ||
        !reader_is_done(&reader))
        return fault_set(fault, ERR_MALFORMED, "layout", "%zu bytes, not %d", input.len,
                         KEY_STATEMENT_LEN);
    if (!card_id_is_valid(bytes_of(statement.card_id, sizeof statement.card_id)))
        return fault_set(fault, ERR_MALFORMED, "card id", "not %d digits", CARD_ID_LEN);
    *out = statement;
    return ERR_NONE;
}

static void put(uint8_t **at, const void *field, size_t len)
{
    memcpy(*at, field, len);
    *at += len;
}

static void put_body(uint8_t **at, const struct key_statement *statement)
{
    put(at, statement->card_id, sizeof statement->card_id);
    put(at, statement->key_id, sizeof statement->key_id);
}

void key_statement_encode_signed(const struct key_statement *statement,
                                 const uint8_t nonce[static STATEMENT_NONCE_LEN],
                                 uint8_t out[static KEY_STATEMENT_SIGNED_LEN])
{
    uint8_t *at = out;
    put(&at, key_statement_label, sizeof key_statement_label - 1);
    put(&at, nonce, STATEMENT_NONCE_LEN);
    put_body(&at, statement);
    assert(at == out + KEY_STATEMENT_SIGNED_LEN);
}

void key_statement_encode(const struct key_statement *statement,
                          uint8_t out[static KEY_STATEMENT_LEN])
{
    uint8_t *at = out;
    put_body(&at, statement);
    put(&at, statement->signature, sizeof statement->signature);
    assert(at == out + KEY_STATEMENT_LEN);
}
