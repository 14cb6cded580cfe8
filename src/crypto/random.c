/* Random bytes from libcrypto's private generator. */
#include "crypto/random.h"

#include <limits.h>

#include "crypto/evp.h"

void random_bytes(void *out, size_t len)
{
    if (len > INT_MAX || RAND_priv_bytes(out, (int)len) != 1)
        crypto_end("the random generator");
}
