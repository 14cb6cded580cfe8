/* The card's persistent state, and the file that keeps it: everything that survives loss of power.
 * It is written as a whole, so that a reader sees the old card or the new one, never a mixture.
 * What lasts only until the power goes is in session.h. */
#pragma once

#include "base/permit.h"
#include "base/secret.h"

#define IMAGE_FILE_MAX 4096 /* one certificate or one key, bytes */
#define IMAGE_PIN_MAX  16

struct image_part {
    size_t len; /* 0: not there */
    uint8_t data[IMAGE_FILE_MAX];
};

struct image_of_kind {
    uint8_t pin[IMAGE_PIN_MAX];
    uint8_t pin_len;                      /* 0: never set; then tries is 0 */
    uint8_t tries;                        /* left */
    uint8_t application[APPLICATION_LEN]; /* the last that made or installed a key; or zeros */
    struct image_part spare;              /* PKCS#8: made, not certified yet */
    struct image_part key;                /* PKCS#8: in use, with leaf and authority */
    struct image_part leaf;               /* DER */
    struct image_part authority;          /* DER */
};

struct image {
    bool is_old; /* a resident card (住基カード): no administration. page:S13 */
    uint8_t card_id[CARD_ID_LEN];
    uint8_t permit_point[PERMIT_POINT_LEN];
    struct image_part card_key; /* PKCS#8, P-256 */
    struct image_of_kind kinds[NUM_KINDS];
};

void image_done(struct image *image); /* wipes */
#define CLEANUP_IMAGE CLEANUP(image_done)

struct bytes image_part_bytes(const struct image_part *part);
enum err image_part_set(struct image_part *part, struct bytes content) MUST_USE; /* ERR_LIMIT */

/* The file ends in a SHA-256 of all before it, so that a damaged card is refused and not used. */
enum err image_parse(struct bytes input, struct image *out, struct fault *fault) MUST_USE;
void image_encode(const struct image *image, struct buffer *out);

enum err image_read(const char *path, struct image *out, struct fault *fault) MUST_USE;
/* image_write replaces the file in one step, mode 0600; image_create refuses if there is one. */
enum err image_write(const char *path, const struct image *image, struct fault *fault) MUST_USE;
enum err image_create(const char *path, const struct image *image, struct fault *fault) MUST_USE;
