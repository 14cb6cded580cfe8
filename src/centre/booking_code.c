#include "centre/booking_code.h"

#include <string.h>

#include "crypto/random.h"

/* Without I, O, S and Z, which are read as digits. */
static const char letters[] = "0123456789ABCDEFGHJKLMNPQRTUVWXY";
_Static_assert(sizeof letters == 32 + 1, "a random octet chooses each of them as often");

void booking_code_make(char out[static BOOKING_CODE_TEXT])
{
    uint8_t random[BOOKING_CODE_LEN];
    random_bytes(random, sizeof random);
    for (size_t i = 0; i < BOOKING_CODE_LEN; i++)
        out[i] = letters[random[i] % (sizeof letters - 1)];
    out[BOOKING_CODE_LEN] = '\0';
}

bool booking_code_is_valid(const char *text)
{
    return strlen(text) == BOOKING_CODE_LEN && strspn(text, letters) == BOOKING_CODE_LEN;
}

void booking_code_digest(const char *code, uint8_t out[static SHA256_LEN])
{
    sha256(bytes_of_text(code), out);
}
