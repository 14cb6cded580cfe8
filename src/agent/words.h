/* What the agent's pages say, in English and Japanese. Data alone. */
#pragma once

#include <jansson.h>

#include "client/card_pin.h"

struct sentence {
    const char *en, *ja;
};
const char *sentence_in(struct sentence sentence, enum language language);

/* Why a request is not served. */
enum refused {
    REFUSED_HOST, /* a stranger's name: the stranger's script may read the answer */
    REFUSED_NO_ORIGIN,
    REFUSED_NULL_ORIGIN,
    REFUSED_ORIGIN, /* one that may not log in */
    REFUSED_NAVIGATION,
    REFUSED_FORM,
    REFUSED_RETURN, /* address of another origin */
    REFUSED_OTHERS, /* page than the agent's own */
    REFUSED_USED,   /* token */
    REFUSED_LATE,
    NUM_REFUSED
};

struct refusal {
    const char *name; /* for the log */
    int status;
    struct sentence sentence;
};
extern const struct refusal refusals[NUM_REFUSED];

/* What a card's answer is called in the log, and what the resident is told of it. */
struct pin_words {
    const char *name;
    struct sentence sentence;
};
const struct pin_words *pin_words_of(enum pin_answer answer);

/* words_of makes the object in which templates find the rest; the caller's. NULL: out of memory. */
json_t *words_of(enum language language);
