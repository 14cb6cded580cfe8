/* Who gets which notice on which day, and why not. */
#include "law/notice.h"

#include "law/window.h"

#define RULE "notice"

static const struct reason reasons_sent[NUM_NOTICES] = {
    [NOTICE_OPENS] = {RULE, "S11", "opens", "renewal is possible in a month",
                      "1か月後に更新できる期間が始まります"},
    [NOTICE_ENDS] = {RULE, "S08 S11", "ends", "the certificate ends in a month",
                     "1か月後に有効期間が終わります"},
    [NOTICE_CARD_ENDS] = {RULE, "S08 S14", "card-ends",
                          "the card ends no later than the certificate: the card is to be renewed",
                          "カードの有効期間が先に(又は同じ日に)終わるため、カードの更新が必要です"},
};
static const struct reason not_resident = {RULE, "S14", "not-resident",
                                           "the holder is not a resident of this town any more",
                                           "本人は、現在この町の住民ではありません"};
static const struct reason renewed = {RULE, "S11", "renewed", "it was renewed already",
                                      "既に更新されています"};
static const struct reason not_good = {RULE, "S11", "not-good",
                                       "the certificate was revoked or has ended",
                                       "電子証明書が失効しているか、有効期間が過ぎています"};
static const struct reason held = {RULE, "S38", "held", "it is held: reported as lost",
                                   "一時保留中(紛失等の届出)です"};
static const struct reason card_lost = {RULE, "S14 S37", "card-not-good",
                                        "the card is stopped, void or over",
                                        "カードが一時停止中であるか、有効ではありません"};
static const struct reason too_early = {RULE, "S11", "too-early",
                                        "the notice is due on the day named",
                                        "通知の時期(記載の日)になっていません"};
static const struct reason sent = {RULE, "S11", "sent",
                                   "this notice of this certificate was sent before",
                                   "この電子証明書について、同じ通知を既に送っています"};

const char *notice_name(enum notice notice)
{
    static const char *const names[NUM_NOTICES] = {[NOTICE_NONE] = "none",
                                                   [NOTICE_OPENS] = "opens",
                                                   [NOTICE_ENDS] = "ends",
                                                   [NOTICE_CARD_ENDS] = "card-ends"};
    return names[notice];
}

/* The day on which a notice of a certificate with that last day is due. */
static struct date due_day(const struct law_policy *policy, enum notice notice, struct date until)
{
    struct date told = notice == NOTICE_ENDS ? until : window_opens(policy, until);
    return date_add_months(told, -NOTICE_MONTHS);
}

static bool is_card_first(const struct notice_facts *facts)
{
    return facts->card_until.year && date_compare(facts->card_until, facts->until) <= 0;
}

/* Why the holder has no use for any notice; NULL: they have. page:S14 page:S37 page:S38 */
static const struct reason *useless(const struct notice_facts *facts, struct date on)
{
    if (!facts->is_resident)
        return &not_resident;
    if (facts->has_successor)
        return &renewed;
    if (facts->state == CERTIFICATE_HELD)
        return &held;
    if (facts->state != CERTIFICATE_GOOD || date_compare(on, facts->until) > 0)
        return &not_good;
    bool is_over = facts->card_until.year && date_compare(on, facts->card_until) > 0;
    return facts->card != CARD_GOOD || is_over ? &card_lost : NULL;
}

/* page:S08 page:S11 page:S14 page:S37 page:S38 rule:notice */
struct ruling notice_decide(const struct law_policy *policy, const struct notice_facts *facts,
                            struct date on, enum notice *which)
{
    const struct reason *why_not = useless(facts, on);
    bool is_card = is_card_first(facts);
    struct date until = is_card ? facts->card_until : facts->until;
    struct date first = due_day(policy, NOTICE_OPENS, until);
    if (why_not)
        return ruling_refuse(why_not);
    if (date_compare(on, first) < 0)
        return ruling_with_date(ruling_refuse(&too_early), first);
    bool is_end = date_compare(on, due_day(policy, NOTICE_ENDS, until)) >= 0;
    enum notice notice = is_card ? NOTICE_CARD_ENDS : is_end ? NOTICE_ENDS : NOTICE_OPENS;
    if (facts->is_sent[notice])
        return ruling_refuse(&sent);
    *which = notice;
    return ruling_with_date(ruling_allow(&reasons_sent[notice]),
                            notice == NOTICE_OPENS ? window_opens(policy, until) : until);
}

/* Beginning behind all that can be due: months of 28 to 31 days, and the day after. */
struct date notice_last_due(const struct law_policy *policy, enum notice notice, struct date on)
{
    int months = NOTICE_MONTHS + (notice == NOTICE_ENDS ? 0 : LAW_WINDOW_MONTHS);
    struct date until = date_add_days(date_add_months(on, months), 8);
    while (date_compare(due_day(policy, notice, until), on) > 0)
        until = date_add_days(until, -1);
    return until;
}
