/* Personalisation: a card as it leaves the factory. No PIN, no certificate; a card key of its own.
 */
#pragma once

#include "chip/image.h"

/* personalise makes an image. permit_spki is the centre's permit key, P-256, DER; it is not read
 * for an old resident card, which has neither permit key nor card key. */
enum err personalise(const uint8_t card_id[static CARD_ID_LEN], struct bytes permit_spki,
                     bool is_old, struct image *out, struct fault *fault) MUST_USE;

/* personalise_public_key appends the card key's SubjectPublicKeyInfo, DER: for registration. */
enum err personalise_public_key(const struct image *image, struct buffer *out) MUST_USE;
