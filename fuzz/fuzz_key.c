/* Files of keys that people give: PEM or DER, private or public. What is taken is written the same
 * way again, and a key that may be certified is one that can be parsed. */
#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/key.h"
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_private(struct bytes der)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL, *again CLEANUP_PRIVATE_KEY = NULL;
    struct public_key *public CLEANUP_PUBLIC_KEY = NULL;
    struct buffer spki CLEANUP_BUFFER;
    struct secret encoded CLEANUP_SECRET;
    secret_init(&encoded);
    buffer_init(&spki, LIMIT_KEY_FILE);
    if (private_key_parse(der, &key) != ERR_NONE) {
        require(key == NULL);
        return;
    }
    require(private_key_encode(key, &encoded) == ERR_NONE &&
            private_key_parse(secret_bytes(&encoded), &again) == ERR_NONE);
    require(private_key_type(key) == private_key_type(again));
    if (private_key_type(key) != KEY_OTHER)
        require(private_key_spki(key, &spki) == ERR_NONE &&
                public_key_parse(buffer_bytes(&spki), &public) == ERR_NONE);
}

static void take_public(struct bytes der)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    uint8_t key_id[20];
    struct fault fault = {0};
    enum err parsed = public_key_parse(der, &key);
    enum err good = public_key_check_quality(der, &fault);
    if (good == ERR_NONE)
        require(parsed == ERR_NONE && key_identifier(der, key_id) == ERR_NONE &&
                (public_key_type(key) == KEY_P256 ||
                 (public_key_type(key) == KEY_RSA && public_key_bits(key) == 2048)));
    else
        require(fault.rule[0]);
}

static void take_pem(struct bytes text, const char *label, void (*take)(struct bytes der))
{
    for (size_t num = 0; num < 16; num++) {
        struct buffer der CLEANUP_BUFFER;
        struct bytes rest;
        buffer_init(&der, LIMIT_KEY_FILE);
        if (pem_decode(text, label, &der, &rest) != ERR_NONE)
            return;
        require(rest.len < text.len && rest.data + rest.len == text.data + text.len);
        take(buffer_bytes(&der));
        text = rest;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    take_private(input);
    take_public(input);
    take_pem(input, "PRIVATE KEY", take_private);
    take_pem(input, "PUBLIC KEY", take_public);
    return 0;
}
