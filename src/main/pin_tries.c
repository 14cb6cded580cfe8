#include "main/pin_tries.h"

#include "main/options.h"

static int check_tries(uint8_t tries, const struct pin_use *use)
{
    if (tries == 0)
        return refuse("%s",
                      say("the PIN is locked or was never set: the town's counter sets it",
                          "暗証番号がロックされているか未設定です。窓口で手続きしてください"));
    if (tries == 1 && !use->may_use_last)
        return refuse("%s", say("one try is left; a mistake locks the PIN (--last-try to go on)",
                                "残り1回です。誤るとロックされます（続けるには --last-try）"));
    return EXIT_DONE;
}

int pin_tries_look(struct card_channel *channel, const struct pin_use *use, uint8_t *tries)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct card_description card;
    struct fault fault = {0};
    if (card_session_begin(channel, &session, &fault) != ERR_NONE ||
        card_describe(&session, &card, &fault) != ERR_NONE)
        return complain_fault(&fault);
    if (use->needs_certificate && !card.has_certificate[use->kind])
        return refuse(say("there is no %s in this card", "このカードには%sがありません"),
                      kind_label(use->kind, language_of_locale()));
    *tries = card.tries[use->kind];
    return check_tries(*tries, use);
}

int pin_tries_verify(struct card_session *session, const struct pin_use *use,
                     const struct secret *pin)
{
    struct fault fault = {0};
    uint8_t tries = 0;
    if (card_tries(session, use->kind, &tries, &fault) != ERR_NONE)
        return complain_fault(&fault);
    int status = check_tries(tries, use);
    if (status != EXIT_DONE)
        return status;
    enum err err = card_verify_pin(session, use->kind, pin, &tries, &fault);
    if (err == ERR_NONE)
        return EXIT_DONE;
    if (err == ERR_LOCKED)
        return refuse("%s", say("the PIN is wrong and now locked: the town's counter resets it",
                                "暗証番号が違います。ロックされました。窓口で初期化してください"));
    if (err != ERR_PIN)
        return complain_fault(&fault);
    return refuse(say("the PIN is wrong; tries left: %u", "暗証番号が違います。残り回数: %u"),
                  tries);
}
