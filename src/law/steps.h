/* The steps of which every procedure is made. What a step does is the counter's business; which
 * follow each other is in procedures.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/kind.h"

/* Steps, in the order in which they are done. A step names a kind where it is about one: the
 * authentication certificate always comes before the signature certificate. */
enum step_name {
    STEP_NONE,         /* ends a list */
    STEP_IDENTITY,     /* the card is read, or a document is looked at */
    STEP_PAPERS,       /* every paper of this visit is seen */
    STEP_STANDING,     /* legal representation is proved, or stands in the register */
    STEP_PROXY_REASON, /* why the holder cannot come is recorded */
    STEP_TOLD,         /* what will not come back is said before the signature */
    STEP_CONTROL_QUESTIONS,
    STEP_LETTER,       /* the inquiry goes to the registered address; this visit ends */
    STEP_REPLY,        /* number, deadline, hand, mandate */
    STEP_ENVELOPE,     /* the seal is whole; opened at the terminal */
    STEP_CARD_PRESENT, /* a genuine card, this one, by its statement */
    STEP_PIN,          /* kind: typed and verified */
    STEP_PIN_SET,      /* kind: the first PIN, typed twice */
    STEP_PIN_RESET,    /* kind: a new PIN, typed twice */
    STEP_PIN_CHANGE,   /* kind: old, then new */
    STEP_ISSUE,        /* kind: permit, key in the card, request, certificate, stored */
    STEP_INSTALL,      /* kind: into the card; the card's statement shows it live */
    STEP_SUPERSEDE,    /* kind: the predecessor, if there is one, is revoked */
    STEP_HOLD,
    STEP_RELEASE, /* authentication is released, the signature revoked: event `found` */
    STEP_REVOKE,  /* kind */
    STEP_CARD_STOP,
    STEP_CARD_RESTART, /* only with the second form of S46 */
    STEP_CARD_VOID,
    STEP_OFFER_SIGNATURE, /* a new signature certificate is offered at once, free */
    STEP_NOTICE,          /* a letter tells the holder */
    STEP_FEE,
    STEP_RECEIPT,
};

struct step {
    enum step_name name;
    uint8_t visit; /* 1… */
    bool has_kind;
    enum kind kind;
};

const char *step_word(enum step_name name); /* "card-present" */
const char *step_label(enum step_name name, enum language language);
bool step_is_for_a_kind(enum step_name name); /* done once for each kind asked for */
