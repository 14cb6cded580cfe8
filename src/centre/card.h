/* Registered cards, and what they state. A card is believed only through a statement that its
 * registered key signed over a nonce of this centre. page:S02 */
#pragma once

#include "base/statement.h"
#include "centre/act.h"

struct card {
    char id[CARD_ID_LEN + 1];
    uint8_t point[PERMIT_POINT_LEN];
    unsigned permit_key; /* the generation that it obeys, as it said last */
};

/* card_find: ERR_NOT_FOUND for a card that was never registered. */
enum err card_find(struct centre *centre, const char *id, struct card *out,
                   struct fault *fault) MUST_USE;

/* card_check_token refuses the label of an old resident card. page:S13 */
bool card_check_token(struct act_call *call) MUST_USE;

/* card_hear takes call's nonce and statement: refused unless the statement is by the registered
 * card that it names, answers this nonce, and the nonce was given for this application. */
bool card_hear(struct act_call *call, int64_t application, struct card_statement *out,
               struct card *card) MUST_USE;

/* card_hear_key takes what a card that was heard states of its permit key, if the call has it, into
 * the books. Refused: not by this card over this nonce, or a key that was never ours. */
bool card_hear_key(struct act_call *call, struct card *card) MUST_USE;
/* card_needs_key: there is a newer permit key than the card's, and it is to get it at the counter.
 */
bool card_needs_key(const struct centre *centre, const struct card *card);

/* card_reconcile brings the books in line with what a card states: a certificate that is live there
 * was installed, and ends its predecessor; one never installed whose spare key is gone is closed.
 */
bool card_reconcile(struct act_call *call, const struct card_statement *statement) MUST_USE;

/* The function of the act `card-register`. */
bool card_register(struct act_call *call);
