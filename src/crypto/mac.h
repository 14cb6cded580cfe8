/* HMAC-SHA256: salted commitments of the journal, keyed pseudonyms. */
#pragma once

#include "crypto/hash.h"

enum err mac_sha256(struct bytes key, struct bytes input, uint8_t out[static SHA256_LEN]) MUST_USE;
