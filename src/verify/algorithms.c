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
    bool is_rsa;
    enum hash hash;
} signatures[] = {
    {ALGORITHM_RSA_SHA256, true, HASH_SHA256},    {ALGORITHM_RSA_SHA384, true, HASH_SHA384},
    {ALGORITHM_RSA_SHA512, true, HASH_SHA512},    {ALGORITHM_ECDSA_SHA256, false, HASH_SHA256},
    {ALGORITHM_ECDSA_SHA384, false, HASH_SHA384},
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
    enum key_type type = public_key_type(key);
    for (size_t i = 0; i < COUNT_OF(signatures); i++)
        if (signatures[i].algorithm == algorithm)
            return signatures[i].is_rsa == (type == KEY_RSA) && type != KEY_OTHER &&
                   verify_message(key, signatures[i].hash, message, signature) == ERR_NONE;
    return false;
}
