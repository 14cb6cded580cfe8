/* Codes that somebody is told once, and types in again: of an appointment, of a login. Only their
 * SHA-256 is kept. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto/hash.h"

#define BOOKING_CODE_LEN  10 /* of 32 letters: 50 bits */
#define BOOKING_CODE_TEXT (BOOKING_CODE_LEN + 1)
#define LOGIN_CODE_LEN    20 /* 100 bits */
#define LOGIN_CODE_TEXT   (LOGIN_CODE_LEN + 1)
#define CODE_LEN_MAX      20
_Static_assert(CODE_LEN_MAX <= SHA256_LEN, "a digest has an octet for each letter");

/* code_make writes len letters, at most CODE_LEN_MAX, and a zero. */
void code_make(size_t len, char *out);
/* code_derive writes the one of a secret instead, the same each time. */
void code_derive(struct bytes secret, size_t len, char *out);
bool code_is_valid(const char *text, size_t len);
void code_digest(const char *code, uint8_t out[static SHA256_LEN]);
/* digest_equal compares two digests of secrets, in constant time. */
bool digest_equal(const uint8_t a[static SHA256_LEN], const uint8_t b[static SHA256_LEN]);
