#include "chip/install.h"

#include <string.h>

#include "chip/keys.h"
#include "chip/leaf.h"
#include "crypto/hash.h"

/* The bytes come in order and without gaps. */
enum status_word install_stage(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    (void)answer;
    struct operation *operation = &chip->taken;
    if (operation->step != STEP_STAGE)
        return SW_CONDITIONS;
    if (((size_t)apdu->p1 << 8 | apdu->p2) != operation->staged_len)
        return SW_WRONG_OFFSET;
    if (apdu->data.len > sizeof operation->staged - operation->staged_len)
        return SW_NO_SPACE;
    memcpy(operation->staged + operation->staged_len, apdu->data.data, apdu->data.len);
    operation->staged_len += apdu->data.len;
    session_continue(chip, STEP_STAGE);
    return SW_DONE;
}

static bool staged_is_permitted(const struct operation *operation)
{
    uint8_t digest[SHA256_LEN];
    sha256(bytes_of(operation->staged, operation->staged_len), digest);
    return memcmp(digest, operation->permit.digest, sizeof digest) == 0;
}

/* The spare of this application, and the leaf is for it. */
static bool leaf_is_for_spare(const struct image_of_kind *kind, const struct permit *permit,
                              struct bytes leaf)
{
    struct buffer spki CLEANUP_BUFFER;
    struct bytes certified;
    buffer_init(&spki, IMAGE_FILE_MAX);
    return kind->spare.len &&
           memcmp(kind->application, permit->application, APPLICATION_LEN) == 0 &&
           key_spki(&kind->spare, &spki) == ERR_NONE &&
           leaf_public_key(leaf, &certified) == ERR_NONE &&
           bytes_equal(certified, buffer_bytes(&spki));
}

static enum status_word swap(struct chip *chip, enum kind which, struct bytes leaf,
                             struct bytes authority)
{
    struct image next CLEANUP_IMAGE = chip->image;
    struct image_of_kind *kind = &next.kinds[which];
    kind->key = kind->spare;
    explicit_bzero(&kind->spare, sizeof kind->spare);
    if (image_part_set(&kind->leaf, leaf) != ERR_NONE ||
        image_part_set(&kind->authority, authority) != ERR_NONE)
        return SW_NO_SPACE;
    return chip_commit(chip, &next);
}

enum status_word install_activate(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    (void)apdu;
    (void)answer;
    const struct operation *operation = &chip->taken;
    enum kind kind = operation->permit.kind;
    struct bytes leaf, authority;
    if (operation->step != STEP_STAGE)
        return SW_CONDITIONS;
    if (!session_has_pin(chip, kind))
        return SW_NOT_VERIFIED;
    if (!staged_is_permitted(operation) ||
        leaf_split(bytes_of(operation->staged, operation->staged_len), &leaf, &authority) !=
            ERR_NONE)
        return SW_WRONG_DATA;
    if (!leaf_is_for_spare(&chip->image.kinds[kind], &operation->permit, leaf))
        return SW_CONDITIONS;
    return swap(chip, kind, leaf, authority);
}
