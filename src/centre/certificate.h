/* Residents' certificates as the centre keeps them: one row each, with the state that the last
 * change gave it. Nothing here decides; that is law's, and the acts'. */
#pragma once

#include "base/card_id.h"
#include "centre/change.h"
#include "law/events.h"

struct certificate {
    enum kind kind;
    int64_t serial, application, resident;
    char card[CARD_ID_LEN + 1];
    uint8_t key_digest[32], leaf_digest[32]; /* the latter zeros until it is signed */
    bool is_signed, is_installed;
    int64_t issued;
    struct date last_day;
    enum status_state state;
    enum status_reason reason;
    int64_t since;   /* of the hold or revocation */
    int64_t held_by; /* the mass act that alone holds it; 0: none, or a person holds it as well */
};

/* As many as there are: what ends or holds certificates is never refused for their number. Only
 * issue is (LIMIT_CERTIFICATES_OF_RESIDENT), so that the number stays small. */
struct certificate_list {
    size_t num, room;
    struct certificate *rows;
};
void certificate_list_done(struct certificate_list *list);
#define CLEANUP_CERTIFICATE_LIST CLEANUP(certificate_list_done)

/* certificate_list reads what one of the statements CERTIFICATE… finds for a value into an empty
 * list. */
enum err certificate_list(struct centre *centre, enum statement statement, struct value value,
                          struct certificate_list *out, struct fault *fault) MUST_USE;
/* certificate_find: ERR_NOT_FOUND for a serial that is no resident's. */
enum err certificate_find(struct centre *centre, enum kind kind, int64_t serial,
                          struct certificate *out, struct fault *fault) MUST_USE;

/* certificate_state_word: "never", "reserved", "good", "held" or "revoked". */
const char *certificate_state_word(enum status_state state);
/* certificate_state_on says in law's words what it is on a day. */
enum certificate_state certificate_state_on(const struct certificate *certificate, struct date on);
bool certificate_is_live(const struct certificate *certificate, struct date on); /* good or held */

/* certificate_add stores one that waits for its signature, inside the caller's transaction. */
enum err certificate_add(struct centre *centre, const struct certificate *certificate,
                         const char *common_name, struct fault *fault) MUST_USE;
/* certificate_signed makes it good, or, with no DER, closes what the signer refused. */
enum err certificate_signed(struct centre *centre, enum kind kind, int64_t serial, struct bytes der,
                            struct fault *fault) MUST_USE;
enum err certificate_installed(struct centre *centre, const struct certificate *certificate,
                               int64_t now, struct fault *fault) MUST_USE;
/* certificate_hold_by says who holds what is held: a mass act alone, or (0) a person. */
enum err certificate_hold_by(struct centre *centre, const struct certificate *certificate,
                             int64_t mass, struct fault *fault) MUST_USE;
/* certificate_change gives it another state, with its change row; application 0: nobody's. */
enum err certificate_change(struct centre *centre, const struct certificate *certificate,
                            enum status_state state, enum status_reason reason, int64_t since,
                            int64_t application, struct fault *fault) MUST_USE;
