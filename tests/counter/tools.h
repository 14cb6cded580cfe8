/* What a terminal of one's own needs to ask for a certificate step by step, right or wrong. */
#pragma once

#include "town.h"

#include "base/limits.h"
#include "crypto/key.h"

json_t *hex_of(const void *data, size_t len);
/* nonce_for has the centre make a nonce; state_of has the card say its state under it. */
void nonce_for(int64_t application, uint8_t nonce[static 16]);
void state_of(struct town_card *from, const uint8_t nonce[static 16],
              uint8_t statement[static STATEMENT_LEN]);
/* A request for a key made in software, with a right signature of its own (SHA-256). */
void software_request(enum key_type type, struct buffer *out);
/* The fields of the act issue, of the kind authentication. */
json_t *issue_fields(int64_t application, const uint8_t *nonce, const uint8_t *statement,
                     struct bytes request);
/* software_key_refused asks for one, with a genuine statement of the card. */
void software_key_refused(struct town_card *card, int64_t application, enum key_type type,
                          const char *code);
