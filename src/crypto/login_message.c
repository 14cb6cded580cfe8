#include "crypto/login_message.h"

#include <string.h>

#include "crypto/hash.h"

#define LABEL     "JPKI login 1"
#define LABEL_LEN (sizeof LABEL - 1)

void login_message(const char *origin, struct bytes nonce, uint8_t out[static LOGIN_SIGNED_LEN])
{
    memcpy(out, LABEL, LABEL_LEN);
    sha256(bytes_of_text(origin), out + LABEL_LEN);
    sha256(nonce, out + LABEL_LEN + SHA256_LEN);
}
