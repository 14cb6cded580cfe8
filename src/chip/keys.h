/* Keys: GENERATE KEY PAIR into the spare slot, and signatures by the key in use or, once, by the
 * spare. No command answers with a private key. */
#pragma once

#include "chip/session.h"

command_function key_generate, key_sign;

/* key_spki appends the SubjectPublicKeyInfo, DER, of a stored key. */
enum err key_spki(const struct image_part *key, struct buffer *out) MUST_USE;
