#include "main/pin_tries.h"

#include "main/options.h"

static int say_no_certificate(enum kind kind)
{
    return refuse(say("there is no %s in this card", "このカードには%sがありません"),
                  kind_label(kind, language_of_locale()));
}

static int say_wrong(uint8_t tries)
{
    return refuse(say("the PIN is wrong; tries left: %u", "暗証番号が違います。残り回数: %u"),
                  tries);
}

int pin_tries_say(const struct pin_result *result, const struct pin_use *use)
{
    switch (result->answer) {
    case PIN_CANNOT_TELL:
        return complain_fault(&result->fault);
    case PIN_NO_CERTIFICATE:
        return say_no_certificate(use->kind);
    case PIN_IS_LOCKED:
        return refuse("%s",
                      say("the PIN is locked or was never set: the town's counter sets it",
                          "暗証番号がロックされているか未設定です。窓口で手続きしてください"));
    case PIN_LAST_TRY:
        return refuse("%s", say("one try is left; a mistake locks the PIN (--last-try to go on)",
                                "残り1回です。誤るとロックされます（続けるには --last-try）"));
    case PIN_IS_WRONG:
        return say_wrong(result->tries);
    case PIN_IS_LOCKED_NOW:
        return refuse("%s", say("the PIN is wrong and now locked: the town's counter resets it",
                                "暗証番号が違います。ロックされました。窓口で初期化してください"));
    case PIN_MAY_BE_ASKED:
    case PIN_IS_VERIFIED:
        return EXIT_DONE;
    }
    return EXIT_UNDECIDED;
}

int pin_tries_look(struct card_channel *channel, const struct pin_use *use, uint8_t *tries)
{
    struct pin_result result;
    card_pin_look(channel, use, &result);
    *tries = result.tries;
    return pin_tries_say(&result, use);
}

int pin_tries_verify(struct card_session *session, const struct pin_use *use,
                     const struct secret *pin)
{
    struct pin_result result;
    card_pin_verify(session, use, pin, &result);
    return pin_tries_say(&result, use);
}
