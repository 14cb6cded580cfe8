#include "main/pin_tries.h"

#include <stdio.h>

#include "main/options.h"

static int refuse(const char *sentence)
{
    fprintf(stderr, "jpki: %s\n", sentence);
    return EXIT_REFUSED;
}

int pin_tries_check(struct card_session *session, enum kind kind, bool may_use_last, uint8_t *tries)
{
    struct fault fault = {0};
    if (card_tries(session, kind, tries, &fault) != ERR_NONE)
        return complain_fault(&fault);
    if (*tries == 0)
        return refuse(say("the PIN is locked or was never set: the town's counter sets it",
                          "暗証番号がロックされているか未設定です。窓口で手続きしてください"));
    if (*tries == 1 && !may_use_last)
        return refuse(say("one try is left; a mistake locks the PIN (--last-try to go on)",
                          "残り1回です。誤るとロックされます（続けるには --last-try）"));
    return EXIT_DONE;
}

int pin_tries_verify(struct card_session *session, enum kind kind, const struct secret *pin)
{
    struct fault fault = {0};
    uint8_t left = 0;
    enum err err = card_verify_pin(session, kind, pin, &left, &fault);
    if (err == ERR_NONE)
        return EXIT_DONE;
    if (err == ERR_LOCKED)
        return refuse(say("the PIN is wrong and now locked: the town's counter resets it",
                          "暗証番号が違います。ロックされました。窓口で初期化してください"));
    if (err != ERR_PIN)
        return complain_fault(&fault);
    fprintf(
        stderr,
        say("jpki: the PIN is wrong; tries left: %u\n", "jpki: 暗証番号が違います。残り回数: %u\n"),
        left);
    return EXIT_REFUSED;
}
