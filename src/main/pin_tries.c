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

/* Where nothing has to be filled in. */
static const struct {
    const char *en, *ja;
} sentences[] = {
    [PIN_IS_LOCKED] = {"the PIN is locked or was never set: the town's counter sets it",
                       "暗証番号がロックされているか未設定です。窓口で手続きしてください"},
    [PIN_LAST_TRY] = {"one try is left; a mistake locks the PIN (--last-try to go on)",
                      "残り1回です。誤るとロックされます（続けるには --last-try）"},
    [PIN_IS_LOCKED_NOW] = {"the PIN is wrong and now locked: the town's counter resets it",
                           "暗証番号が違います。ロックされました。窓口で初期化してください"},
};

int pin_tries_say(const struct pin_result *result, const struct pin_use *use)
{
    enum pin_answer answer = result->answer;
    if (answer == PIN_MAY_BE_ASKED || answer == PIN_IS_VERIFIED)
        return EXIT_DONE;
    if (answer == PIN_CANNOT_TELL)
        return complain_fault(&result->fault);
    if (answer == PIN_NO_CERTIFICATE)
        return say_no_certificate(use->kind);
    if (answer == PIN_IS_WRONG)
        return say_wrong(result->tries);
    return refuse("%s", say(sentences[answer].en, sentences[answer].ja));
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
