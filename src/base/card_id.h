/* The identity of a card: 28 digits written at personalisation and never again (serial 15,
 * municipality 5, last day 8 as they were then). Residence and last day as they are now come from
 * the registry, never from here. */
#pragma once

#include "base/bytes.h"

#define CARD_ID_LEN 28

/* card_id_is_valid: exactly CARD_ID_LEN ASCII digits. */
bool card_id_is_valid(struct bytes id) MUST_USE;

/* card_id_parse copies the digits of a text, without a terminating zero. ERR_MALFORMED. */
enum err card_id_parse(const char *text, uint8_t out[static CARD_ID_LEN],
                       struct fault *fault) MUST_USE;
