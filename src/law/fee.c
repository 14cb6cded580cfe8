/* The fee table: for which reason a certificate costs what. The card's own fee is not ours. */
#include "law/fee.h"

#include <stddef.h>
#include <string.h>

#define RULE "fee"

enum payer { FREE, CHARGED, BY_POLICY };

/* `policy` is where a BY_POLICY row keeps its yen. */
static const struct {
    const char *name;
    enum payer payer;
    size_t policy;
    struct reason why;
} fees[NUM_FEE_REASONS] = {
    [FEE_NEW] = {"new", FREE, 0, {RULE, "S19", "new", "issue is free", "発行は無料です"}},
    [FEE_RENEWAL] = {"renewal",
                     FREE,
                     0,
                     {RULE, "S19", "renewal", "renewal is free", "更新は無料です"}},
    [FEE_CHANGED] = {"changed",
                     FREE,
                     0,
                     {RULE, "S12 S19", "changed", "re-issue after a change of the record is free",
                      "記載事項の変更に伴う発行は無料です"}},
    [FEE_FOUND] = {"found",
                   FREE,
                   0,
                   {RULE, "S19 S45", "found", "issue after the card was found is free",
                    "一時保留解除に伴う発行は無料です"}},
    [FEE_STAY_EXTENDED] = {"stay-extended",
                           FREE,
                           0,
                           {RULE, "S19", "stay-extended", "issue after a stay was extended is free",
                            "在留期間の更新に伴う発行は無料です"}},
    [FEE_PIN_RESET] = {"pin-reset",
                       FREE,
                       0,
                       {RULE, "S52", "pin-reset", "a reset of PINs is free",
                        "暗証番号の再設定は無料です"}},
    [FEE_CARD_LOST] = {"card-lost",
                       CHARGED,
                       0,
                       {RULE, "S19 S40", "card-lost", "the card was re-issued after loss",
                        "カードの紛失による再発行に伴う発行です"}},
    [FEE_CARD_DAMAGED] = {"card-damaged",
                          CHARGED,
                          0,
                          {RULE, "S19", "card-damaged", "the card was re-issued after damage",
                           "カードの損傷による再発行に伴う発行です"}},
    [FEE_CARD_LAPSED] = {"card-lapsed",
                         CHARGED,
                         0,
                         {RULE, "S19", "card-lapsed",
                          "the card was re-issued because the holder let it lapse",
                          "カードの失効による再発行に伴う発行です"}},
    [FEE_CARD_STOLEN] = {"card-stolen",
                         BY_POLICY,
                         offsetof(struct law_policy, fee_card_stolen),
                         {RULE, "S19", "card-stolen", "the card was stolen; police number (policy)",
                          "カードの盗難による再発行に伴う発行です（警察の受理番号が必要）"}},
    [FEE_CARD_FAULTY] = {"card-faulty",
                         BY_POLICY,
                         offsetof(struct law_policy, fee_card_faulty),
                         {RULE, "S19", "card-faulty", "the card was faulty (policy)",
                          "カードの不良による再発行に伴う発行です"}},
    [FEE_CARD_FULL] = {"card-full",
                       BY_POLICY,
                       offsetof(struct law_policy, fee_card_full),
                       {RULE, "S19", "card-full", "the card's remarks field is full (policy)",
                        "カードの追記欄の満欄による再発行に伴う発行です"}},
    [FEE_DISASTER] = {"disaster",
                      BY_POLICY,
                      offsetof(struct law_policy, fee_disaster),
                      {RULE, "S19", "disaster", "the card was lost in a disaster (policy)",
                       "災害によるカードの再発行に伴う発行です"}},
    [FEE_NO_ISSUE] = {"no-issue",
                      FREE,
                      0,
                      {RULE, "S40", "no-issue", "nothing is issued, nothing is charged",
                       "発行を伴わないため無料です"}},
};

static const struct reason was_charged_already = {
    RULE, "S19", "charged-already", "this card's fee was taken already: once for each card",
    "このカードの手数料は徴収済みです（カード1枚につき1回）"};

const char *fee_reason_name(enum fee_reason reason)
{
    return fees[reason].name;
}

enum err fee_reason_parse(const char *name, enum fee_reason *out)
{
    for (size_t i = 0; i < NUM_FEE_REASONS; i++)
        if (strcmp(name, fees[i].name) == 0) {
            *out = (enum fee_reason)i;
            return ERR_NONE;
        }
    return ERR_MALFORMED;
}

static int yen_of(const struct law_policy *policy, enum fee_reason reason)
{
    if (fees[reason].payer == CHARGED)
        return LAW_FEE_YEN; /* page:S19 */
    if (fees[reason].payer == FREE)
        return 0;
    int yen;
    memcpy(&yen, (const char *)policy + fees[reason].policy, sizeof yen);
    return yen;
}

/* page:S12 page:S19 page:S40 page:S45 page:S52 rule:fee */
struct fee fee_decide(const struct law_policy *policy, enum fee_reason reason, bool was_charged)
{
    int yen = yen_of(policy, reason);
    if (yen == 0)
        return (struct fee){0, ruling_refuse(&fees[reason].why)};
    if (was_charged)
        return (struct fee){0, ruling_refuse(&was_charged_already)};
    return (struct fee){yen, ruling_allow(&fees[reason].why)};
}
