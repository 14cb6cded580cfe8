/* Procedure × applicant: what to bring to which visit, which steps follow in which order, the fee,
 * who types the PIN. One table: the counter runs it, the guide prints it, `jpki rules papers` shows
 * it. */
#pragma once

#include "law/eligibility.h"
#include "law/fee.h"
#include "law/papers.h"
#include "law/steps.h"

enum procedure {
    PROCEDURE_NEW, /* also after the certificate has expired: page:S10 */
    PROCEDURE_RENEWAL,
    PROCEDURE_CHANGE_REISSUE,
    PROCEDURE_STAY_EXTENDED,
    PROCEDURE_PIN_RESET,
    PROCEDURE_PIN_CHANGE,
    PROCEDURE_HOLD,
    PROCEDURE_LOSS_REPORT,
    PROCEDURE_RELEASE,
    PROCEDURE_REVOKE,
    PROCEDURE_CARD_ABOLISH,
    PROCEDURE_CARD_REISSUED,
};
#define NUM_PROCEDURES 12

enum pin_typist { TYPED_BY_NOBODY, TYPED_BY_HOLDER, TYPED_BY_REPRESENTATIVE, TYPED_BY_STAFF };

enum pin_state { PIN_KNOWN, PIN_FORGOTTEN, PIN_NEVER_SET };

#define PROCEDURE_MAX_VISITS 2 /* a proxy may come once more, to fetch the form */
#define PROCEDURE_MAX_PAPERS 8
#define PROCEDURE_MAX_STEPS  32

struct procedure_facts {
    enum procedure procedure;
    enum applicant applicant;
    unsigned kinds; /* KINDS_…: what is asked for; not given: what the applicant may have */
    enum pin_state pin;
    bool is_card_missing;   /* the card is not at hand */
    bool is_represented;    /* the holder is under 15 or a ward */
    bool is_exception;      /* S15's: a representative may have a signature certificate issued */
    bool is_standing_known; /* the register shows the legal representation */
    bool has_notice_reply;  /* the conditions of S29 are met */
    bool is_card_stopped;   /* for release: the card was stopped, not only the certificate held */
    bool is_at_home;        /* for a change of PIN: with the client software */
    bool has_no_document_a; /* the representative or proxy has no document of list A */
    enum fee_reason fee;    /* why the card was re-issued, for the procedure card-reissued */
    bool is_fee_taken;      /* of this re-issued card, at an earlier visit: page:S19 */
};

struct procedure_plan {
    struct ruling ruling; /* refused: the reason says what to do instead; the rest is empty */
    struct reason reset;  /* why a reset joins; all NULL unless one does: page:S23 */
    unsigned kinds;
    uint8_t num_visits;  /* at the counter; 0: at home or by telephone */
    bool may_fetch_form; /* one more visit, if the form is fetched there */
    bool has_letter;     /* a letter between the visits: not on one day */
    enum form form;
    enum paper papers[PROCEDURE_MAX_VISITS][PROCEDURE_MAX_PAPERS]; /* ended by PAPER_NONE */
    uint8_t num_steps;
    struct step steps[PROCEDURE_MAX_STEPS];
    struct fee fee;
    enum pin_typist typist;
};

const char *procedure_name(enum procedure procedure);
const char *procedure_label(enum procedure procedure, enum language language);
enum err procedure_parse(const char *name, enum procedure *out) MUST_USE;
const char *pin_typist_name(enum pin_typist typist);
const char *pin_typist_label(enum pin_typist typist, enum language language);

/* procedure_decide lays out the way through one procedure, or refuses with what to do instead.
 * Whether this holder may have this kind at all is eligibility_decide's question. Pure. */
struct procedure_plan procedure_decide(const struct law_policy *policy,
                                       const struct procedure_facts *facts);
