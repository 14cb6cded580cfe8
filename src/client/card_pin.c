#include "client/card_pin.h"

static enum pin_answer answer_of(uint8_t tries, const struct pin_use *use)
{
    if (tries == 0)
        return PIN_IS_LOCKED;
    return tries == 1 && !use->may_use_last ? PIN_LAST_TRY : PIN_MAY_BE_ASKED;
}

void card_pin_look(struct card_channel *channel, const struct pin_use *use, struct pin_result *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct card_description card;
    *out = (struct pin_result){.answer = PIN_CANNOT_TELL};
    if (card_session_begin(channel, &session, &out->fault) != ERR_NONE ||
        card_describe(&session, &card, &out->fault) != ERR_NONE)
        return;
    out->tries = card.tries[use->kind];
    bool is_there = !use->needs_certificate || card.has_certificate[use->kind];
    out->answer = is_there ? answer_of(out->tries, use) : PIN_NO_CERTIFICATE;
}

void card_pin_verify(struct card_session *session, const struct pin_use *use,
                     const struct secret *pin, struct pin_result *out)
{
    *out = (struct pin_result){.answer = PIN_CANNOT_TELL};
    if (card_tries(session, use->kind, &out->tries, &out->fault) != ERR_NONE)
        return;
    out->answer = answer_of(out->tries, use);
    if (out->answer != PIN_MAY_BE_ASKED)
        return;
    enum err err = card_verify_pin(session, use->kind, pin, &out->tries, &out->fault);
    out->answer = err == ERR_NONE     ? PIN_IS_VERIFIED
                  : err == ERR_LOCKED ? PIN_IS_LOCKED_NOW
                  : err == ERR_PIN    ? PIN_IS_WRONG
                                      : PIN_CANNOT_TELL;
}
