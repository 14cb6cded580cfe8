#include "chip/permit_key.h"

#include <string.h>

#include "crypto/permit_key.h"

/* The id is the point's, so that key and id change in one commit. What is no key is not kept: no
 * permit could ever be given for this card again. */
enum status_word permit_key_activate(struct chip *chip, const struct permit *permit,
                                     struct bytes staged)
{
    struct image next CLEANUP_IMAGE = chip->image;
    if (!staging_is_permitted(permit, staged) || permit_key_check(staged) != ERR_NONE)
        return SW_WRONG_DATA;
    memcpy(next.permit_point, staged.data, PERMIT_POINT_LEN);
    return chip_commit(chip, &next);
}
