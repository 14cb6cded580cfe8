/* Issue: from a request and a card's statement to a certificate. The counter says for which
 * application; whether its steps before are done is the counter's to know. */
#pragma once

#include "centre/act.h"
#include "law/eligibility.h"
#include "registry/resident.h"

struct issue_facts {
    int64_t application;
    uint8_t identity[16]; /* of the application, as permit and statement carry it */
    char card[CARD_ID_LEN + 1];
    enum kind kind;
    enum procedure procedure;
    enum applicant applicant;
    bool is_exception; /* S15's: two officers agreed on it */
};

/* issue_may asks law whether this kind may be issued now, and until when: eligibility, the window
 * of a renewal, no second good one beside it. Asked at the application and again at issue. Refuses
 * the call, or gives the last valid day. */
bool issue_may(struct act_call *call, const struct resident *resident,
               const struct issue_facts *facts, struct date *last_day) MUST_USE;

/* issue_run checks request and statement and stores what is to be signed; the same key of the same
 * application again gives the same certificate. call->serial is its serial. */
bool issue_run(struct act_call *call, const struct resident *resident,
               const struct issue_facts *facts) MUST_USE;
/* issue_finish answers serial, certificate and authority, once it is signed. */
bool issue_finish(struct act_call *call);

/* issue_install_digest gives SHA-256(leaf ‖ authority), which an install permit carries. */
enum err issue_install_digest(struct centre *centre, enum kind kind, int64_t serial,
                              uint8_t out[static 32], struct fault *fault) MUST_USE;
