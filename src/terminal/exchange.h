/* Between the centre and the card: nonces in, statements out; challenges out, permits in. For the
 * terminal's steps, which are in terminal.c. All answer false with the reason in *out. */
#pragma once

#include "terminal/terminal.h"

/* exchange_fail puts the fault, or what the error alone says, into *out. */
bool exchange_fail(struct counter_answer *out, enum err err, const struct fault *fault,
                   const char *what);
bool exchange_ask(struct terminal *terminal, const char *act, json_t *fields,
                  struct counter_answer *out);

/* exchange_fields gives a new object with what most acts need; number 0, kind NULL: without. */
json_t *exchange_fields(int64_t number, const enum kind *kind);
json_t *exchange_hex(struct bytes value);

bool exchange_begin(struct terminal *terminal, struct card_session *session,
                    struct counter_answer *out);
/* exchange_begin_with_id also reads which card lies in the reader. */
bool exchange_begin_with_id(struct terminal *terminal, struct card_session *session,
                            struct counter_answer *out);

/* exchange_stated asks for an act with what the card states over a nonce that the centre gives for
 * it. It takes the reference of the fields in every case. */
bool exchange_stated(struct terminal *terminal, struct card_session *session, const char *act,
                     int64_t number, json_t *fields, struct counter_answer *out);
/* exchange_introduced also says what kind of card it is, and which permit key it obeys. */
bool exchange_introduced(struct terminal *terminal, struct card_session *session, const char *act,
                         int64_t number, json_t *fields, struct counter_answer *out);

/* exchange_permit brings the card's challenge to the centre and the centre's permit to the card. A
 * card that knows no such key is introduced, and the centre asked again. */
bool exchange_permit(struct terminal *terminal, struct card_session *session, int64_t number,
                     enum kind kind, enum permit_purpose purpose, struct counter_answer *out);
