#include "signer/counted.h"

#include "base/counters.h"
#include "signer/wire.h"

static void count_refusal(enum err err, const struct fault *fault)
{
    if (err == ERR_DENIED)
        counter_add(COUNTER(RULES), counter_named(COUNTER(RULES), "rule", fault->rule), 1);
}

void counted_batch(int64_t micro)
{
    counter_observe(COUNTER(SIGNER_SECONDS), COUNTED_ASK_CERTIFICATES, micro);
}

void counted_item(const struct signer_item *item)
{
    static const unsigned signatures[] = {[SIGNER_AUTHORITY] = COUNTED_AUTHORITY,
                                          [SIGNER_LEAF] = COUNTED_LEAF,
                                          [SIGNER_RESPONDER] = COUNTED_RESPONDER};
    if (item->err == ERR_NONE)
        counter_add(COUNTER(SIGNATURES), signatures[item->what] + (unsigned)item->kind, 1);
    count_refusal(item->err, &item->fault);
}

/* What is told to whoever watches; of the questions that are signed. */
static const struct {
    enum signer_question question;
    enum counted_question counted;
    unsigned signature;
} counted[] = {
    {SIGNER_ASK_CRL, COUNTED_ASK_LIST, COUNTED_LIST},
    {SIGNER_ASK_PERMIT, COUNTED_ASK_PERMIT, COUNTED_PERMIT},
    {SIGNER_ASK_CHECKPOINT, COUNTED_ASK_CHECKPOINT, COUNTED_CHECKPOINT},
};

void counted_answer(struct bytes question, int64_t micro, enum err err, const struct fault *fault)
{
    for (size_t i = 0; i < COUNT_OF(counted); i++) {
        if (question.len == 0 || question.data[0] != (uint8_t)counted[i].question)
            continue;
        counter_observe(COUNTER(SIGNER_SECONDS), counted[i].counted, micro);
        bool is_of_kind = counted[i].question == SIGNER_ASK_CRL && question.len > 1;
        if (err == ERR_NONE)
            counter_add(COUNTER(SIGNATURES),
                        counted[i].signature + (is_of_kind ? question.data[1] : 0), 1);
        count_refusal(err, fault);
    }
}
