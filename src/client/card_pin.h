/* A PIN at a card: is there what it is for, how many tries are left, is it right? With one left a
 * typing error would lock it, and only a counter can reset it. page:S49
 * Nothing is said to anybody here: the caller has the words. */
#pragma once

#include "client/card.h"

/* What somebody wants to do with a PIN. */
struct pin_use {
    enum kind kind;
    bool may_use_last;      /* the resident asked for it */
    bool needs_certificate; /* without one of that kind it is refused */
};

enum pin_answer {
    PIN_CANNOT_TELL,    /* the card could not be asked: the fault says why */
    PIN_NO_CERTIFICATE, /* of that kind */
    PIN_IS_LOCKED,      /* or was never set */
    PIN_LAST_TRY,       /* one is left, and it may not be used */
    PIN_IS_WRONG,
    PIN_IS_LOCKED_NOW, /* wrong, and it was the last try */
    PIN_MAY_BE_ASKED,  /* of card_pin_look */
    PIN_IS_VERIFIED,   /* of card_pin_verify */
};

struct pin_result {
    enum pin_answer answer;
    uint8_t tries;      /* left; of PIN_CANNOT_TELL 0 */
    struct fault fault; /* of PIN_CANNOT_TELL */
};

/* card_pin_look looks at the card in a session of its own: a card is not held while a person types.
 * It spends no try. */
void card_pin_look(struct card_channel *channel, const struct pin_use *use, struct pin_result *out);

/* card_pin_verify looks at the tries again, as the card may be another one by now, and presents the
 * PIN. */
void card_pin_verify(struct card_session *session, const struct pin_use *use,
                     const struct secret *pin, struct pin_result *out);
