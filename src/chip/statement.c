#include "chip/statement.h"

#include <string.h>

#include "base/statement.h"
#include "chip/keys.h"
#include "crypto/sign.h"

static enum err describe_kind(const struct image_of_kind *kind, struct statement_of_kind *out)
{
    memcpy(out->application, kind->application, APPLICATION_LEN);
    out->tries = kind->tries;
    if (kind->leaf.len)
        sha256(image_part_bytes(&kind->leaf), out->live);
    if (kind->spare.len == 0)
        return ERR_NONE;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, IMAGE_FILE_MAX);
    enum err err = key_spki(&kind->spare, &spki);
    if (err == ERR_NONE)
        sha256(buffer_bytes(&spki), out->spare);
    return err;
}

static enum err sign_statement(const struct image *image, struct bytes nonce,
                               struct card_statement *statement)
{
    uint8_t covered[STATEMENT_SIGNED_LEN];
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    statement_encode_signed(statement, nonce.data, covered);
    enum err err = private_key_parse(image_part_bytes(&image->card_key), &key);
    if (err == ERR_NONE)
        err = sign_raw_p256(key, bytes_of(covered, sizeof covered), statement->signature);
    return err;
}

enum status_word statement_answer(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    struct card_statement statement = {0};
    uint8_t wire[STATEMENT_LEN];
    if (apdu->data.len != STATEMENT_NONCE_LEN)
        return SW_WRONG_LENGTH;
    memcpy(statement.card_id, chip->image.card_id, CARD_ID_LEN);
    for (size_t i = 0; i < NUM_KINDS; i++)
        if (describe_kind(&chip->image.kinds[i], &statement.kinds[i]) != ERR_NONE)
            return SW_FAILED;
    if (sign_statement(&chip->image, apdu->data, &statement) != ERR_NONE)
        return SW_FAILED;
    statement_encode(&statement, wire);
    buffer_put(answer, wire, sizeof wire);
    return SW_DONE;
}
