#include "chip/statement.h"

#include <string.h>

#include "base/key_statement.h"
#include "chip/keys.h"
#include "crypto/permit_key.h"
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

static enum err sign(const struct image *image, struct bytes covered, uint8_t signature[static 64])
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    enum err err = private_key_parse(image_part_bytes(&image->card_key), &key);
    return err == ERR_NONE ? sign_raw_p256(key, covered, signature) : err;
}

static enum err tell_contents(const struct image *image, struct bytes nonce, struct buffer *answer)
{
    struct card_statement statement = {0};
    uint8_t covered[STATEMENT_SIGNED_LEN], wire[STATEMENT_LEN];
    enum err err = ERR_NONE;
    memcpy(statement.card_id, image->card_id, CARD_ID_LEN);
    for (size_t i = 0; err == ERR_NONE && i < NUM_KINDS; i++)
        err = describe_kind(&image->kinds[i], &statement.kinds[i]);
    statement_encode_signed(&statement, nonce.data, covered);
    if (err == ERR_NONE)
        err = sign(image, bytes_of(covered, sizeof covered), statement.signature);
    statement_encode(&statement, wire);
    buffer_put(answer, wire, sizeof wire);
    return err;
}

static enum err tell_permit_key(const struct image *image, struct bytes nonce,
                                struct buffer *answer)
{
    struct key_statement statement = {0};
    uint8_t covered[KEY_STATEMENT_SIGNED_LEN], wire[KEY_STATEMENT_LEN];
    memcpy(statement.card_id, image->card_id, CARD_ID_LEN);
    permit_key_id(image->permit_point, statement.key_id);
    key_statement_encode_signed(&statement, nonce.data, covered);
    enum err err = sign(image, bytes_of(covered, sizeof covered), statement.signature);
    key_statement_encode(&statement, wire);
    buffer_put(answer, wire, sizeof wire);
    return err;
}

/* By P2. */
static enum err (*const subjects[])(const struct image *image, struct bytes nonce,
                                    struct buffer *answer) = {
    [STATEMENT_OF_CONTENTS] = tell_contents,
    [STATEMENT_OF_PERMIT_KEY] = tell_permit_key,
};

enum status_word statement_answer(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    if (apdu->p2 >= COUNT_OF(subjects))
        return SW_WRONG_PARAMETERS;
    if (apdu->data.len != STATEMENT_NONCE_LEN)
        return SW_WRONG_LENGTH;
    return subjects[apdu->p2](&chip->image, apdu->data, answer) == ERR_NONE ? SW_DONE : SW_FAILED;
}
