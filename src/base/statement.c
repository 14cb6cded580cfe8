#include "base/statement.h"

#include <assert.h>
#include <string.h>

static const char statement_label[] = "JPKI card 1";

/* The order on the wire. */
static const enum kind order[NUM_KINDS] = {KIND_SIGNATURE, KIND_AUTHENTICATION};

static bool kind_take(struct reader *reader, struct statement_of_kind *out)
{
    return reader_copy(reader, out->application, sizeof out->application) &&
           reader_copy(reader, out->spare, sizeof out->spare) &&
           reader_copy(reader, out->live, sizeof out->live) && reader_u8(reader, &out->tries);
}

enum err statement_parse(struct bytes input, struct card_statement *out, struct fault *fault)
{
    struct card_statement statement = {0};
    struct reader reader = reader_of(input);
    fault_name_input(fault, "statement");
    bool read = reader_copy(&reader, statement.card_id, sizeof statement.card_id);
    for (size_t i = 0; i < NUM_KINDS; i++)
        read = read && kind_take(&reader, &statement.kinds[order[i]]);
    if (!read || !reader_copy(&reader, statement.signature, sizeof statement.signature) ||
        !reader_is_done(&reader))
        return fault_set(fault, ERR_MALFORMED, "layout", "%zu bytes, not %d", input.len,
                         STATEMENT_LEN);
    if (!card_id_is_valid(bytes_of(statement.card_id, sizeof statement.card_id)))
        return fault_set(fault, ERR_MALFORMED, "card id", "not %d digits", CARD_ID_LEN);
    for (size_t i = 0; i < NUM_KINDS; i++)
        if (statement.kinds[i].tries > kind_most_tries((enum kind)i))
            return fault_set(fault, ERR_MALFORMED, "tries", "%u left for %s",
                             statement.kinds[i].tries, kind_name((enum kind)i));
    *out = statement;
    return ERR_NONE;
}

static void put(uint8_t **at, const void *field, size_t len)
{
    memcpy(*at, field, len);
    *at += len;
}

static void put_body(uint8_t **at, const struct card_statement *statement)
{
    put(at, statement->card_id, sizeof statement->card_id);
    for (size_t i = 0; i < NUM_KINDS; i++) {
        const struct statement_of_kind *kind = &statement->kinds[order[i]];
        put(at, kind->application, sizeof kind->application);
        put(at, kind->spare, sizeof kind->spare);
        put(at, kind->live, sizeof kind->live);
        put(at, &kind->tries, 1);
    }
}

void statement_encode_signed(const struct card_statement *statement,
                             const uint8_t nonce[static STATEMENT_NONCE_LEN],
                             uint8_t out[static STATEMENT_SIGNED_LEN])
{
    uint8_t *at = out;
    put(&at, statement_label, sizeof statement_label - 1);
    put(&at, nonce, STATEMENT_NONCE_LEN);
    put_body(&at, statement);
    assert(at == out + STATEMENT_SIGNED_LEN);
}

void statement_encode(const struct card_statement *statement, uint8_t out[static STATEMENT_LEN])
{
    uint8_t *at = out;
    put_body(&at, statement);
    put(&at, statement->signature, sizeof statement->signature);
    assert(at == out + STATEMENT_LEN);
}

static bool has_digest(const uint8_t digest[static 32])
{
    static const uint8_t zeros[32];
    return memcmp(digest, zeros, sizeof zeros) != 0;
}

bool statement_has_spare(const struct card_statement *statement, enum kind kind)
{
    return has_digest(statement->kinds[kind].spare);
}

bool statement_has_live(const struct card_statement *statement, enum kind kind)
{
    return has_digest(statement->kinds[kind].live);
}
