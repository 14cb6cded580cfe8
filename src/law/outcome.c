/* The words of states, effects and reason codes, and the one place that applies an effect to a
 * state. Which event has which effect is in events.c. */
#include "law/outcome.h"

static const char *const effects[] = {
    [EFFECT_UNCHANGED] = "unchanged",   [EFFECT_HELD] = "held",
    [EFFECT_RELEASED] = "released",     [EFFECT_REVOKED] = "revoked",
    [EFFECT_SUPERSEDED] = "superseded", [EFFECT_ENDS] = "ends",
    [EFFECT_STOPPED] = "stopped",       [EFFECT_VOID] = "void",
};

/* RFC 5280 5.3.1 */
static const char *const revocation_reasons[] = {
    [REASON_UNSPECIFIED] = "unspecified",
    [REASON_KEY_COMPROMISE] = "keyCompromise",
    [REASON_CA_COMPROMISE] = "cACompromise",
    [REASON_AFFILIATION_CHANGED] = "affiliationChanged",
    [REASON_SUPERSEDED] = "superseded",
    [REASON_CESSATION_OF_OPERATION] = "cessationOfOperation",
    [REASON_CERTIFICATE_HOLD] = "certificateHold",
};

static const char *const certificate_states[] = {
    [CERTIFICATE_NONE] = "none",       [CERTIFICATE_GOOD] = "good",
    [CERTIFICATE_HELD] = "held",       [CERTIFICATE_REVOKED] = "revoked",
    [CERTIFICATE_EXPIRED] = "expired",
};

static const char *const card_states[] = {
    [CARD_GOOD] = "good",
    [CARD_STOPPED] = "stopped",
    [CARD_VOID] = "void",
    [CARD_EXPIRED] = "expired",
};

/* find gives the index of a word in a table, or num. */
static size_t find(const char *const *words, size_t num, struct bytes word)
{
    for (size_t i = 0; i < num; i++)
        if (bytes_equal_text(word, words[i]))
            return i;
    return num;
}

const char *effect_name(enum effect effect)
{
    return effects[effect];
}

enum err effect_parse(struct bytes word, enum effect *out)
{
    size_t i = find(effects, COUNT_OF(effects), word);
    if (i == COUNT_OF(effects))
        return ERR_MALFORMED;
    *out = (enum effect)i;
    return ERR_NONE;
}

const char *revocation_reason_name(enum revocation_reason reason)
{
    return revocation_reasons[reason];
}

enum err revocation_reason_parse(struct bytes word, enum revocation_reason *out)
{
    size_t i = find(revocation_reasons, COUNT_OF(revocation_reasons), word);
    if (i == COUNT_OF(revocation_reasons))
        return ERR_MALFORMED;
    *out = (enum revocation_reason)i;
    return ERR_NONE;
}

const char *certificate_state_name(enum certificate_state state)
{
    return certificate_states[state];
}

enum err certificate_state_parse(const char *name, enum certificate_state *out)
{
    size_t i = find(certificate_states, COUNT_OF(certificate_states), bytes_of_text(name));
    if (i == COUNT_OF(certificate_states))
        return ERR_MALFORMED;
    *out = (enum certificate_state)i;
    return ERR_NONE;
}

const char *card_state_name(enum card_state state)
{
    return card_states[state];
}

enum err card_state_parse(const char *name, enum card_state *out)
{
    size_t i = find(card_states, COUNT_OF(card_states), bytes_of_text(name));
    if (i == COUNT_OF(card_states))
        return ERR_MALFORMED;
    *out = (enum card_state)i;
    return ERR_NONE;
}

/* A state and an effect that leads out of it; what is not in the table leaves the state as it is.
 * There is no row out of revoked, expired or none: nothing revives a certificate. */
static const struct {
    enum certificate_state before;
    enum effect effect;
    enum certificate_state after;
} certificate_steps[] = {
    {CERTIFICATE_GOOD, EFFECT_HELD, CERTIFICATE_HELD},
    {CERTIFICATE_GOOD, EFFECT_REVOKED, CERTIFICATE_REVOKED},
    {CERTIFICATE_GOOD, EFFECT_SUPERSEDED, CERTIFICATE_REVOKED},
    {CERTIFICATE_GOOD, EFFECT_ENDS, CERTIFICATE_EXPIRED},
    {CERTIFICATE_HELD, EFFECT_RELEASED, CERTIFICATE_GOOD},
    {CERTIFICATE_HELD, EFFECT_REVOKED, CERTIFICATE_REVOKED},
    {CERTIFICATE_HELD, EFFECT_SUPERSEDED, CERTIFICATE_REVOKED},
    {CERTIFICATE_HELD, EFFECT_ENDS, CERTIFICATE_EXPIRED},
};

static const struct {
    enum card_state before;
    enum effect effect;
    enum card_state after;
} card_steps[] = {
    {CARD_GOOD, EFFECT_STOPPED, CARD_STOPPED}, {CARD_GOOD, EFFECT_VOID, CARD_VOID},
    {CARD_GOOD, EFFECT_ENDS, CARD_EXPIRED},    {CARD_STOPPED, EFFECT_RELEASED, CARD_GOOD},
    {CARD_STOPPED, EFFECT_VOID, CARD_VOID},    {CARD_STOPPED, EFFECT_ENDS, CARD_EXPIRED},
};

enum certificate_state certificate_state_after(enum certificate_state before, enum effect effect)
{
    for (size_t i = 0; i < COUNT_OF(certificate_steps); i++)
        if (certificate_steps[i].before == before && certificate_steps[i].effect == effect)
            return certificate_steps[i].after;
    return before;
}

enum card_state card_state_after(enum card_state before, enum effect effect)
{
    for (size_t i = 0; i < COUNT_OF(card_steps); i++)
        if (card_steps[i].before == before && card_steps[i].effect == effect)
            return card_steps[i].after;
    return before;
}
