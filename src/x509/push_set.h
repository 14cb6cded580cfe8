/* The push set: which certificates of one authority are revoked or held, near the entropy bound
 * (PROTOCOL.push-set). Bytes in and out; whether its signature and its times count is the caller's,
 * and what a serial's state is comes from the caller a block at a time. */
#pragma once

#include "base/bytes.h"

#define PUSH_SET_KEY_LEN     32 /* SHA-256 of the authority's SubjectPublicKeyInfo */
#define PUSH_SET_SERIALS_MAX (UINT64_C(1) << 28)
#define PUSH_SET_BLOCK       65536u
#define PUSH_SET_WORDS       (PUSH_SET_BLOCK / 64)

struct push_set_facts {
    uint8_t authority[PUSH_SET_KEY_LEN];
    int64_t this_update, next_update;
    uint64_t epoch;
    uint64_t first, last; /* the serials told about; last is first - 1 when there are none */
};

enum push_set_layer { PUSH_SET_LISTED, PUSH_SET_UNKNOWN, PUSH_SET_LAYERS };

/* Zero is unknown. */
enum push_set_answer { PUSH_SET_SAYS_UNKNOWN, PUSH_SET_SAYS_GOOD, PUSH_SET_SAYS_LISTED };

/* Parsed; borrows from the input. */
struct push_set {
    struct push_set_facts facts;
    uint64_t num_members[PUSH_SET_LAYERS];
    struct {
        struct bytes ends, data;
    } layers[PUSH_SET_LAYERS];
    struct bytes certificate, signature;
    struct bytes to_be_signed;
};

/* push_set_parse reads all of it, each code too. */
enum err push_set_parse(struct bytes input, struct push_set *out, struct fault *fault) MUST_USE;
/* push_set_find decodes one block at most of each layer of a parsed set. */
enum push_set_answer push_set_find(const struct push_set *set, uint64_t serial);

/* Where the members come from: bits of both layers for the serials from `first` on, the lowest bit
 * of the first word first. All words are zero before; bits from num on must stay so. */
struct push_set_source {
    enum err (*fill)(void *context, uint64_t first, unsigned num,
                     uint64_t *bits[static PUSH_SET_LAYERS]);
    void *context;
};
/* push_set_encode appends what is to be signed: everything before the signature. */
enum err push_set_encode(const struct push_set_facts *facts, struct push_set_source source,
                         struct bytes certificate, struct buffer *out) MUST_USE;
/* push_set_put_signature appends the signature, made elsewhere over all bytes before. */
void push_set_put_signature(struct buffer *out, struct bytes signature);
