#include "centre/code.h"

#include <string.h>

#include "base/secret.h"
#include "crypto/random.h"

/* Without I, O, S and Z, which are read as digits. */
static const char letters[] = "0123456789ABCDEFGHJKLMNPQRTUVWXY";
_Static_assert(sizeof letters == 32 + 1, "a random octet chooses each of them as often");

static void spell(const uint8_t *octets, size_t len, char *out)
{
    for (size_t i = 0; i < len; i++)
        out[i] = letters[octets[i] % (sizeof letters - 1)];
    out[len] = '\0';
}

void code_make(size_t len, char *out)
{
    uint8_t random[CODE_LEN_MAX];
    random_bytes(random, sizeof random);
    spell(random, len, out);
    explicit_bzero(random, sizeof random);
}

void code_derive(struct bytes secret, size_t len, char *out)
{
    uint8_t digest[SHA256_LEN];
    sha256(secret, digest);
    spell(digest, len, out);
    explicit_bzero(digest, sizeof digest);
}

bool code_is_valid(const char *text, size_t len)
{
    return strlen(text) == len && strspn(text, letters) == len;
}

void code_digest(const char *code, uint8_t out[static SHA256_LEN])
{
    sha256(bytes_of_text(code), out);
}

bool digest_equal(const uint8_t a[static SHA256_LEN], const uint8_t b[static SHA256_LEN])
{
    return secret_equal(bytes_of(a, SHA256_LEN), bytes_of(b, SHA256_LEN));
}
