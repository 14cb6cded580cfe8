/* The resident's and the terminal's view of a card, over a channel. Everything happens inside a
 * session: one transaction that no other program can enter, begun and ended by SELECT, so that
 * nobody else finds a verified PIN. The form of a PIN is checked before it comes here. */
#pragma once

#include "base/card_id.h"
#include "base/key_statement.h"
#include "base/secret.h"
#include "reader/channel.h"

struct card_session {
    struct card_channel *channel; /* borrowed; NULL: not begun */
};

/* card_session_begin starts the transaction and selects the JPKI application. ERR_NOT_FOUND: the
 * card has none. All functions below: ERR_READER when there is no answer, ERR_CARD for an answer
 * that no such card gives; the fault (may be NULL) names the command and the status word. */
enum err card_session_begin(struct card_channel *channel, struct card_session *out,
                            struct fault *fault) MUST_USE;
void card_session_end(struct card_session *session);
#define CLEANUP_CARD_SESSION CLEANUP(card_session_end)

/* ---- without a PIN ---- */

enum card_type { CARD_UNKNOWN, CARD_MY_NUMBER, CARD_OLD_RESIDENT, CARD_PHONE };

struct card_description {
    enum card_type type;
    char label[33]; /* printable, without trailing spaces */
    bool has_certificate[NUM_KINDS];
    uint8_t tries[NUM_KINDS]; /* left; 0: locked, or never set */
};

/* card_describe never spends a try. An old resident card is described, too. page:S13 */
enum err card_describe(struct card_session *session, struct card_description *out,
                       struct fault *fault) MUST_USE;
const char *card_type_name(enum card_type type); /* "my-number", … */

/* card_read_id leaves the JPKI application for the common one and comes back: the session's
 * verified PINs are forgotten. ERR_NOT_FOUND: the card has no such application. */
enum err card_read_id(struct card_session *session, uint8_t out[static CARD_ID_LEN],
                      struct fault *fault) MUST_USE;

enum card_certificate { CARD_LEAF, CARD_AUTHORITY };
/* card_read_certificate appends DER (cap LIMIT_CERTIFICATE is enough). ERR_NOT_FOUND: there is
 * none; ERR_DENIED: the signature leaf, and its PIN is not verified. */
enum err card_read_certificate(struct card_session *session, enum kind kind,
                               enum card_certificate which, struct buffer *out,
                               struct fault *fault) MUST_USE;

/* card_statement asks the card for its statement over a nonce of the centre, as it is. */
enum err card_statement(struct card_session *session, struct bytes nonce,
                        uint8_t out[static STATEMENT_LEN], struct fault *fault) MUST_USE;
/* card_key_statement asks it which permit key it obeys, in the same way. */
enum err card_key_statement(struct card_session *session, struct bytes nonce,
                            uint8_t out[static KEY_STATEMENT_LEN], struct fault *fault) MUST_USE;

/* ---- PINs; of the signature PIN the card gets the upper case ---- */

/* card_tries says how many wrong PINs are left, and spends none. */
enum err card_tries(struct card_session *session, enum kind kind, uint8_t *out,
                    struct fault *fault) MUST_USE;
/* card_verify_pin: ERR_PIN, the PIN is wrong, a try is spent; ERR_LOCKED, also for the wrong PIN
 * that locked it. *tries_left, if given, is set in these cases only. */
enum err card_verify_pin(struct card_session *session, enum kind kind, const struct secret *pin,
                         uint8_t *tries_left, struct fault *fault) MUST_USE;
/* card_change_pin needs the old one verified in this session: ERR_DENIED. */
enum err card_change_pin(struct card_session *session, enum kind kind, const struct secret *pin,
                         struct fault *fault) MUST_USE;

/* ---- signatures ---- */

/* card_sign has a DigestInfo signed (PKCS#1 v1.5) by the key in use and appends 256 bytes.
 * ERR_DENIED: its PIN is not verified; ERR_STATE: no such key. */
enum err card_sign(struct card_session *session, enum kind kind, struct bytes digest_info,
                   struct buffer *out, struct fault *fault) MUST_USE;

/* ---- administration (docs/PROTOCOL.card-administration) ----
 * A step must follow its permit at once; a command in between closes the operation: ERR_STATE. */

/* card_challenge selects the kind's PIN file first, as set-pin and reset-pin need it. */
enum err card_challenge(struct card_session *session, enum kind kind,
                        uint8_t out[static CHALLENGE_LEN], struct fault *fault) MUST_USE;
/* card_present_permit: ERR_DENIED when the card does not take it; ERR_NOT_FOUND when it is signed
 * by another permit key than the card's. */
enum err card_present_permit(struct card_session *session, struct bytes permit,
                             struct fault *fault) MUST_USE;
/* card_make_key appends the spare key's SubjectPublicKeyInfo, DER. */
enum err card_make_key(struct card_session *session, enum kind kind, struct buffer *spki,
                       struct fault *fault) MUST_USE;
/* card_sign_request: once, right after card_make_key; a SHA-256 DigestInfo. */
enum err card_sign_request(struct card_session *session, enum kind kind, struct bytes digest_info,
                           struct buffer *out, struct fault *fault) MUST_USE;
/* card_make_request does both: appends a PKCS#10 over a new spare key, signed in the card. */
enum err card_make_request(struct card_session *session, enum kind kind, struct buffer *out,
                           struct fault *fault) MUST_USE;
enum err card_install(struct card_session *session, struct bytes leaf, struct bytes authority,
                      struct fault *fault) MUST_USE;
/* card_new_permit_key: 65 bytes; from then on the card obeys that key alone. */
enum err card_new_permit_key(struct card_session *session, struct bytes point,
                             struct fault *fault) MUST_USE;
/* card_set_pin serves set-pin and reset-pin. */
enum err card_set_pin(struct card_session *session, enum kind kind, const struct secret *pin,
                      struct fault *fault) MUST_USE;
