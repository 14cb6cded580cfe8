/* The tables of algorithms that a relying party accepts. */
#include "verify/algorithms.h"

#include "crypto/verify.h"

static const struct {
    enum algorithm algorithm;
    enum hash hash;
} hashes[] = {
    {ALGORITHM_SHA1, HASH_SHA1},
    {ALGORITHM_SHA256, HASH_SHA256},
    {ALGORITHM_SHA384, HASH_SHA384},
    {ALGORITHM_SHA512, HASH_SHA512},
};

static const struct {
    enum algorithm algorithm;
    enum key_type key;
    enum hash hash;
} signatures[] = {
    {ALGORITHM_RSA_SHA256, KEY_RSA, HASH_SHA256},
    {ALGORITHM_RSA_SHA384, KEY_RSA, HASH_SHA384},
    {ALGORITHM_RSA_SHA512, KEY_RSA, HASH_SHA512},
    {ALGORITHM_ECDSA_SHA256, KEY_P256, HASH_SHA256},
};

bool hash_of_algorithm(enum algorithm algorithm, enum hash *out)
{
    for (size_t i = 0; i < COUNT_OF(hashes); i++)
        if (hashes[i].algorithm == algorithm) {
            *out = hashes[i].hash;
            return true;
        }
    return false;
}

bool is_signed_by(const struct public_key *key, struct bytes message, enum algorithm algorithm,
                  struct bytes signature)
{
    for (size_t i = 0; i < COUNT_OF(signatures); i++)
        if (signatures[i].algorithm == algorithm)
            return signatures[i].key == public_key_type(key) &&
                   verify_message(key, signatures[i].hash, message, signature) == ERR_NONE;
    return false;
}
