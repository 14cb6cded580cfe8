/* The tables of verdicts: names and sentences. */
#include "verify/verdict.h"

static const struct reason_row {
    enum verdict_answer answer;
    const char *name, *en, *ja;
} reasons[] = {
#define X(code, answer, name, en, ja) [code] = {answer, name, en, ja},
    VERDICT_REASON_LIST(X)
#undef X
};

const char *verdict_name(enum verdict_answer answer)
{
    static const char *const names[] = {
        [VERDICT_CANNOT_TELL] = "cannot-tell",
        [VERDICT_VALID] = "valid",
        [VERDICT_INVALID] = "invalid",
    };
    return names[answer];
}

const char *verdict_reason_name(enum verdict_reason reason)
{
    return reasons[reason].name;
}

const char *verdict_reason_sentence(enum verdict_reason reason, enum language language)
{
    return language == LANGUAGE_JA ? reasons[reason].ja : reasons[reason].en;
}

const char *verdict_source_name(enum status_source source)
{
    static const char *const names[] = {
        [SOURCE_NONE] = "none",
        [SOURCE_OCSP] = "ocsp",
        [SOURCE_CRL] = "crl",
        [SOURCE_PUSH_SET] = "push-set",
    };
    return names[source];
}

void verdict_set(struct verdict *verdict, enum verdict_reason reason)
{
    verdict->reason = reason;
    verdict->answer = reasons[reason].answer;
}
