/* Outcomes: what law/events says of an event, carried out on a resident's certificates and card. */
#pragma once

#include "centre/act.h"
#include "centre/certificate.h"
#include "law/events.h"
#include "registry/resident.h"

struct outcome_request {
    enum event event;
    unsigned kinds; /* KINDS_…, as law/events wants them */
    struct date effective;
    struct date recorded; /* the day the record changed; year 0: today */
    int64_t application;  /* 0: none */
    bool keeps_card;      /* only the certificates: the card was never stopped (S46, first form), or
                           * is a new one */
};

/* outcome_state says to which state an effect leads; false: it changes nothing. */
bool outcome_state(enum effect effect, enum status_state *out);

/* outcome_apply asks law for each certificate that lives, and for the card, and writes what it
 * answers: changes, states, the card's state in the register and in *resident. What was done stands
 * in the answer under "outcome". */
bool outcome_apply(struct act_call *call, struct resident *resident,
                   const struct outcome_request *request) MUST_USE;

/* outcome_supersede ends the predecessors of a certificate that is now live in its card. */
bool outcome_supersede(struct act_call *call, const struct certificate *successor) MUST_USE;
