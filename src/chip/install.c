#include "chip/install.h"

#include <string.h>

#include "chip/keys.h"
#include "chip/leaf.h"

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

enum status_word install_activate(struct chip *chip, const struct permit *permit,
                                  struct bytes staged)
{
    struct bytes leaf, authority;
    if (!session_has_pin(chip, permit->kind))
        return SW_NOT_VERIFIED;
    if (!staging_is_permitted(permit, staged) || leaf_split(staged, &leaf, &authority) != ERR_NONE)
        return SW_WRONG_DATA;
    if (!leaf_is_for_spare(&chip->image.kinds[permit->kind], permit, leaf))
        return SW_CONDITIONS;
    return swap(chip, permit->kind, leaf, authority);
}
