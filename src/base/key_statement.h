/* Which permit key a card obeys, signed by the card key over a nonce of the centre. Layout only;
 * whoever signs or checks it calls crypto. docs/PROTOCOL.card-administration, section 4.1. */
#pragma once

#include "base/statement.h"

#define KEY_STATEMENT_SIGNED_LEN 67  /* label, nonce, body */
#define KEY_STATEMENT_LEN        100 /* body and signature, as the card answers */

struct key_statement {
    uint8_t card_id[CARD_ID_LEN];
    uint8_t key_id[PERMIT_KEY_ID_LEN];
    uint8_t signature[64]; /* ECDSA P-256, r‖s */
};

/* key_statement_parse takes exactly KEY_STATEMENT_LEN bytes. ERR_MALFORMED: length, card id. Checks
 * no signature: the caller does, over key_statement_encode_signed. */
enum err key_statement_parse(struct bytes input, struct key_statement *out,
                             struct fault *fault) MUST_USE;

/* key_statement_encode_signed writes what the card key signs: "JPKI card key 1" ‖ nonce ‖ body. */
void key_statement_encode_signed(const struct key_statement *statement,
                                 const uint8_t nonce[static STATEMENT_NONCE_LEN],
                                 uint8_t out[static KEY_STATEMENT_SIGNED_LEN]);
void key_statement_encode(const struct key_statement *statement,
                          uint8_t out[static KEY_STATEMENT_LEN]);
