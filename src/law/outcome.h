/* States of a certificate and of a card, what may befall them, and the reason codes of a CRL: the
 * words in which law, centre and counter speak about outcomes. */
#pragma once

#include "base/bytes.h"

enum certificate_state {
    CERTIFICATE_NONE,
    CERTIFICATE_GOOD,
    CERTIFICATE_HELD,
    CERTIFICATE_REVOKED,
    CERTIFICATE_EXPIRED,
};

enum card_state { CARD_GOOD, CARD_STOPPED, CARD_VOID, CARD_EXPIRED };

/* What happens. The first six may befall a certificate, a card is unchanged, stopped, released,
 * void or ends. "Ends": its validity passes, there is no entry in a CRL. */
enum effect {
    EFFECT_UNCHANGED,
    EFFECT_HELD,
    EFFECT_RELEASED,
    EFFECT_REVOKED,
    EFFECT_SUPERSEDED, /* revoked, because a successor is live in the card */
    EFFECT_ENDS,
    EFFECT_STOPPED,
    EFFECT_VOID,
};

/* RFC 5280 5.3.1, the values as they stand in a CRL entry. */
enum revocation_reason {
    REASON_UNSPECIFIED = 0,
    REASON_KEY_COMPROMISE = 1,
    REASON_CA_COMPROMISE = 2,
    REASON_AFFILIATION_CHANGED = 3,
    REASON_SUPERSEDED = 4,
    REASON_CESSATION_OF_OPERATION = 5,
    REASON_CERTIFICATE_HOLD = 6,
};

const char *effect_name(enum effect effect);
enum err effect_parse(struct bytes word, enum effect *out) MUST_USE;
const char *revocation_reason_name(enum revocation_reason reason); /* "keyCompromise" */
enum err revocation_reason_parse(struct bytes word, enum revocation_reason *out) MUST_USE;
const char *certificate_state_name(enum certificate_state state);
enum err certificate_state_parse(const char *name, enum certificate_state *out) MUST_USE;
const char *card_state_name(enum card_state state);
enum err card_state_parse(const char *name, enum card_state *out) MUST_USE;

/* certificate_state_after and card_state_after apply an effect to the state before. */
enum certificate_state certificate_state_after(enum certificate_state before, enum effect effect);
enum card_state card_state_after(enum card_state before, enum effect effect);
