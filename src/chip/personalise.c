#include "chip/personalise.h"

#include <string.h>

#include "chip/keys.h"
#include "crypto/key.h"

#define P256_SPKI_LEN 91 /* the uncompressed point is its end */

static enum err permit_point(struct bytes spki, uint8_t out[static PERMIT_POINT_LEN],
                             struct fault *fault)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    fault_name_input(fault, "permit key");
    enum err err = public_key_parse(spki, &key);
    if (err != ERR_NONE)
        return fault_set(fault, err, "public key", "unreadable");
    if (public_key_type(key) != KEY_P256 || spki.len != P256_SPKI_LEN)
        return fault_set(fault, ERR_MALFORMED, "public key",
                         "not P-256 with an uncompressed point");
    memcpy(out, spki.data + P256_SPKI_LEN - PERMIT_POINT_LEN, PERMIT_POINT_LEN);
    return ERR_NONE;
}

static enum err make_card_key(struct image_part *out)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct secret pkcs8 CLEANUP_SECRET = {0};
    enum err err = private_key_generate(KEY_P256, 0, &key);
    if (err == ERR_NONE)
        err = private_key_encode(key, &pkcs8);
    return err != ERR_NONE ? err : image_part_set(out, secret_bytes(&pkcs8));
}

enum err personalise(const uint8_t card_id[static CARD_ID_LEN], struct bytes permit_spki,
                     bool is_old, struct image *out, struct fault *fault)
{
    struct image image CLEANUP_IMAGE = {.is_old = is_old};
    memcpy(image.card_id, card_id, CARD_ID_LEN);
    if (!is_old) {
        enum err err = permit_point(permit_spki, image.permit_point, fault);
        if (err != ERR_NONE)
            return err;
        err = make_card_key(&image.card_key);
        if (err != ERR_NONE)
            return fault_set(fault, err, "card key", "cannot be made");
    }
    *out = image;
    return ERR_NONE;
}

enum err personalise_public_key(const struct image *image, struct buffer *out)
{
    return image->is_old ? ERR_UNSUPPORTED : key_spki(&image->card_key, out);
}
