#include "chip/staging.h"

#include <string.h>

#include "chip/install.h"
#include "chip/permit_key.h"
#include "crypto/hash.h"

/* One row for each purpose that stages anything. */
static const struct {
    size_t most; /* bytes */
    activate_function *activate;
} rows[] = {
    [PERMIT_INSTALL] = {2 * IMAGE_FILE_MAX, install_activate},
    [PERMIT_NEW_PERMIT_KEY] = {PERMIT_POINT_LEN, permit_key_activate},
};

/* The bytes come in order and without gaps. */
enum status_word staging_add(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    (void)answer;
    struct operation *operation = &chip->taken;
    if (operation->step != STEP_STAGE)
        return SW_CONDITIONS;
    if (((size_t)apdu->p1 << 8 | apdu->p2) != operation->staged_len)
        return SW_WRONG_OFFSET;
    if (apdu->data.len > rows[operation->permit.purpose].most - operation->staged_len)
        return SW_NO_SPACE;
    memcpy(operation->staged + operation->staged_len, apdu->data.data, apdu->data.len);
    operation->staged_len += apdu->data.len;
    session_continue(chip, STEP_STAGE);
    return SW_DONE;
}

enum status_word staging_activate(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    (void)apdu;
    (void)answer;
    const struct operation *operation = &chip->taken;
    if (operation->step != STEP_STAGE)
        return SW_CONDITIONS;
    return rows[operation->permit.purpose].activate(
        chip, &operation->permit, bytes_of(operation->staged, operation->staged_len));
}

bool staging_is_permitted(const struct permit *permit, struct bytes staged)
{
    uint8_t digest[SHA256_LEN];
    sha256(staged, digest);
    return memcmp(digest, permit->digest, sizeof digest) == 0;
}
