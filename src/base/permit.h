/* The permit: what the centre signs so that one card does one administrative thing once. Layout
 * only; whoever signs or checks it calls crypto. docs/PROTOCOL.card-administration, section 3. */
#pragma once

#include "base/card_id.h"
#include "base/kind.h"

#define APPLICATION_LEN   16 /* the number of an application at the counter, binary */
#define CHALLENGE_LEN     16
#define PERMIT_KEY_ID_LEN 8
#define PERMIT_DIGEST_LEN 32
#define PERMIT_POINT_LEN  65  /* the permit public key: P-256, uncompressed */
#define PERMIT_SIGNED_LEN 115 /* what the signature covers: all that stands before it */
#define PERMIT_LEN        179

enum permit_purpose {
    PERMIT_MAKE_KEY = 1,   /* a new key in the spare slot, and one signature by it */
    PERMIT_INSTALL,        /* digest = SHA-256(leaf DER ‖ authority DER) */
    PERMIT_SET_PIN,        /* the first PIN */
    PERMIT_RESET_PIN,      /* another PIN, the old one unknown or locked */
    PERMIT_NEW_PERMIT_KEY, /* digest = SHA-256(the new point); has no kind */
};

struct permit {
    uint8_t key_id[PERMIT_KEY_ID_LEN]; /* SHA-256(the permit key's point), first 8 bytes */
    enum permit_purpose purpose;
    enum kind kind; /* not used by PERMIT_NEW_PERMIT_KEY */
    uint8_t application[APPLICATION_LEN];
    uint8_t card_id[CARD_ID_LEN];
    uint8_t challenge[CHALLENGE_LEN];
    uint8_t digest[PERMIT_DIGEST_LEN]; /* zeros unless the purpose says what it is */
    uint8_t signature[64];             /* ECDSA P-256 over SHA-256 of the signed part, r‖s */
};

/* permit_parse takes exactly PERMIT_LEN bytes. ERR_MALFORMED: length, label, purpose, kind, card
 * id, or a digest where there is none. Checks no signature. */
enum err permit_parse(struct bytes input, struct permit *out, struct fault *fault) MUST_USE;

/* permit_encode_signed writes the bytes that are to be signed, permit_encode all of it. */
void permit_encode_signed(const struct permit *permit, uint8_t out[static PERMIT_SIGNED_LEN]);
void permit_encode(const struct permit *permit, uint8_t out[static PERMIT_LEN]);

const char *permit_purpose_name(enum permit_purpose purpose); /* "make-key", … */
bool permit_purpose_has_digest(enum permit_purpose purpose);

/* The byte that means a kind on the wire: the number of its key file in the card, 1A for signature
 * and 17 for authentication. */
uint8_t kind_key_file(enum kind kind);
enum err kind_of_key_file(uint8_t file, enum kind *out) MUST_USE;
