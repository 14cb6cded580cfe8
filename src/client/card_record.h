/* The record of a card as personalisation hands it to the centre: its id and its public key. A text
 * file: a line "card-id: DIGITS", then the key as PEM "PUBLIC KEY". */
#pragma once

#include "base/card_id.h"

#define CARD_KEY_LEN 91 /* SubjectPublicKeyInfo of a P-256 key, uncompressed */

struct card_record {
    uint8_t id[CARD_ID_LEN];
    uint8_t spki[CARD_KEY_LEN];
};

/* card_record_parse: ERR_MALFORMED unless both are there, in this order, and nothing else. */
enum err card_record_parse(struct bytes text, struct card_record *out,
                           struct fault *fault) MUST_USE;
void card_record_encode(const struct card_record *record, struct buffer *out);
