/* The statement: what a card says is in it, signed by the card key over a nonce of the centre.
 * Layout only; whoever signs or checks it calls crypto. docs/PROTOCOL.card-administration,
 * section 4. */
#pragma once

#include "base/permit.h"

#define STATEMENT_NONCE_LEN  16
#define STATEMENT_BODY_LEN   190
#define STATEMENT_SIGNED_LEN 217 /* label, nonce, body */
#define STATEMENT_LEN        254 /* body and signature, as the card answers */

/* P2 of INTERNAL AUTHENTICATE: what the card is to state. The second is base/key_statement.h's. */
enum { STATEMENT_OF_CONTENTS, STATEMENT_OF_PERMIT_KEY };

struct statement_of_kind {
    uint8_t application[APPLICATION_LEN]; /* the last that made or installed a key; or zeros */
    uint8_t spare[32];                    /* SHA-256 of the spare key's SPKI; zeros: no spare */
    uint8_t live[32];                     /* SHA-256 of the leaf in use; zeros: none */
    uint8_t tries;                        /* left; 0: locked, or no PIN was ever set */
};

struct card_statement {
    uint8_t card_id[CARD_ID_LEN];
    struct statement_of_kind kinds[NUM_KINDS]; /* by enum kind */
    uint8_t signature[64];                     /* ECDSA P-256, r‖s */
};

/* statement_parse takes exactly STATEMENT_LEN bytes. ERR_MALFORMED: length, card id, more tries
 * than a PIN has. Checks no signature: the caller does, over statement_encode_signed. */
enum err statement_parse(struct bytes input, struct card_statement *out,
                         struct fault *fault) MUST_USE;

/* statement_encode_signed writes what the card key signs: "JPKI card 1" ‖ nonce ‖ body. */
void statement_encode_signed(const struct card_statement *statement,
                             const uint8_t nonce[static STATEMENT_NONCE_LEN],
                             uint8_t out[static STATEMENT_SIGNED_LEN]);
void statement_encode(const struct card_statement *statement, uint8_t out[static STATEMENT_LEN]);

/* statement_has_spare, statement_has_live: whether the digest there is not all zeros. */
bool statement_has_spare(const struct card_statement *statement, enum kind kind);
bool statement_has_live(const struct card_statement *statement, enum kind kind);
