/* What an issue costs. */
#pragma once

#include "law/policy.h"

enum fee_reason {
    FEE_NEW,
    FEE_RENEWAL,
    FEE_CHANGED,
    FEE_FOUND,
    FEE_STAY_EXTENDED,
    FEE_PIN_RESET,
    FEE_CARD_LOST,
    FEE_CARD_DAMAGED,
    FEE_CARD_LAPSED,
    FEE_CARD_STOLEN,
    FEE_CARD_FAULTY,
    FEE_CARD_FULL,
    FEE_DISASTER,
    FEE_NO_ISSUE, /* nothing is issued */
};
#define NUM_FEE_REASONS 14

const char *fee_reason_name(enum fee_reason reason);
enum err fee_reason_parse(const char *name, enum fee_reason *out) MUST_USE;

struct fee {
    int yen;
    struct ruling ruling; /* allowed: this much is to be charged; refused: nothing may be charged */
};

/* fee_decide: 200 yen once for each re-issued card, however many certificates it gets;
 * `was_charged` says that this card's fee was taken already. */
struct fee fee_decide(const struct law_policy *policy, enum fee_reason reason, bool was_charged);
