/* The code of an appointment: who has it may change that one. Shown once, when it is made; only its
 * SHA-256 is kept. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto/hash.h"

#define BOOKING_CODE_LEN  10 /* of 32 letters: 50 bits */
#define BOOKING_CODE_TEXT (BOOKING_CODE_LEN + 1)

void booking_code_make(char out[static BOOKING_CODE_TEXT]);
bool booking_code_is_valid(const char *text);
void booking_code_digest(const char *code, uint8_t out[static SHA256_LEN]);
