/* The table of outcomes, one row an event, and its evaluation for the states that are found. Who
 * may report which event, and what is written down about it, is the centre's and the counter's. */
#include "law/events.h"

#include <string.h>

#include "law/policy.h"

#define RULE "event"

enum about_kinds { NO_KIND, MAY_NAME_KIND, MUST_NAME_KIND };

/* From which day a row counts: the day on which the record changes or the act is done; the day that
 * the event itself names; the earlier of the two. */
enum counts_from { FROM_ON, FROM_EFFECTIVE, FROM_EARLIER };

enum flags {
    PAGE = 0,
    POLICY = 1,     /* the page is silent: a town may decide otherwise */
    BASIC_FOUR = 2, /* one of the basic four changes: no policy saves the signature certificate */
    ENDS_HOLD = 4,  /* a release: what is not held is not touched by it */
    NEEDS_TWO = 8,  /* decided by two persons in an act of its own, never told by the register */
};

struct event_row {
    enum flags flags;
    enum about_kinds kinds;
    enum counts_from from;
    struct event_effects effects;
    struct reason why;
};

/* clang-format off */
#define KEEP              {EFFECT_UNCHANGED, REASON_UNSPECIFIED}
#define ENDS              {EFFECT_ENDS, REASON_UNSPECIFIED}
#define HOLD              {EFFECT_HELD, REASON_CERTIFICATE_HOLD}
#define RELEASE           {EFFECT_RELEASED, REASON_UNSPECIFIED}
#define SUPERSEDE         {EFFECT_SUPERSEDED, REASON_SUPERSEDED}
#define REVOKE(reason)    {EFFECT_REVOKED, REASON_##reason}
#define EFFECTS(s, a, c)  {{[KIND_SIGNATURE] = s, [KIND_AUTHENTICATION] = a}, EFFECT_##c}
#define WHY(statements, code, en, ja) {RULE, statements, code, en, ja}

/* Rows that name a kind say what happens to a certificate of that kind; the other is unchanged. The
 * percentages say how sure we are of rows on which the page says little. */
static const struct event_row rows[NUM_EVENTS] = {
    /* the registry */
    [EVENT_MOVED_WITHIN] = {BASIC_FOUR, NO_KIND, FROM_ON,
        EFFECTS(REVOKE(AFFILIATION_CHANGED), KEEP, UNCHANGED),
        WHY("S09 S12", "moved-within", "the address changed; only the signature certificate ends",
            "住所の変更により、署名用のみ失効します")},
    [EVENT_MOVE_OUT_FILED] = {POLICY, NO_KIND, FROM_EFFECTIVE, /* 75 %: until the date itself */
        EFFECTS(KEEP, KEEP, UNCHANGED),
        WHY("", "move-out-filed", "nothing changes before the day of the move",
            "転出日までは変わりません")},
    [EVENT_MOVE_OUT_WITHDRAWN] = {POLICY, NO_KIND, FROM_ON, EFFECTS(KEEP, KEEP, UNCHANGED),
        WHY("", "move-out-withdrawn", "a withdrawn filing changes nothing",
            "転出届の取消しでは変わりません")},
    [EVENT_MOVED_OUT] = {BASIC_FOUR, NO_KIND, FROM_EARLIER, /* 97 %, the date 70 % */
        EFFECTS(REVOKE(AFFILIATION_CHANGED), KEEP, UNCHANGED),
        WHY("S09", "moved-out",
            "the address changed; the card must be continued in the new town in time",
            "転出により署名用のみ失効します。転入先でカードの継続利用手続きが必要です")},
    [EVENT_MOVED_IN_CONTINUED] = {BASIC_FOUR, NO_KIND, FROM_ON,
        EFFECTS(REVOKE(AFFILIATION_CHANGED), KEEP, UNCHANGED),
        WHY("S09 S12 S14", "moved-in-continued",
            "the card is continued; a new signature certificate may be issued here, free",
            "カードは継続利用できます。署名用は新住所で発行できます（無料）")},
    [EVENT_CONTINUATION_MISSED] = {POLICY, NO_KIND, FROM_ON, /* 95 %, the reason code 50 % */
        EFFECTS(REVOKE(AFFILIATION_CHANGED), REVOKE(CESSATION_OF_OPERATION), VOID),
        WHY("S14", "continuation-missed", "the card was not continued in time and is void",
            "継続利用手続きの期限を過ぎ、カードは失効しました")},
    [EVENT_RENAMED] = {BASIC_FOUR, NO_KIND, FROM_ON, /* former and common names: 88 % */
        EFFECTS(REVOKE(AFFILIATION_CHANGED), KEEP, UNCHANGED),
        WHY("S09", "renamed", "the name changed; only the signature certificate ends",
            "氏名の変更により、署名用のみ失効します")},
    [EVENT_SEX_CORRECTED] = {BASIC_FOUR, NO_KIND, FROM_ON,
        EFFECTS(REVOKE(AFFILIATION_CHANGED), KEEP, UNCHANGED),
        WHY("S09", "sex-corrected", "the sex was corrected; only the signature certificate ends",
            "性別の修正により、署名用のみ失効します")},
    [EVENT_BIRTH_DATE_CORRECTED] = {BASIC_FOUR, NO_KIND, FROM_ON, /* the end stays: 80 % */
        EFFECTS(REVOKE(AFFILIATION_CHANGED), KEEP, UNCHANGED),
        WHY("S09", "birth-date-corrected",
            "the birth date was corrected; the other certificate's end stays as computed",
            "生年月日の修正により、署名用のみ失効します。利用者証明用の有効期限は変わりません")},
    [EVENT_OTHER_ITEM_CHANGED] = {POLICY, NO_KIND, FROM_ON, /* 70 % */
        EFFECTS(KEEP, KEEP, UNCHANGED),
        WHY("S09", "other-item-changed", "not one of the basic four",
            "基本4情報ではないため変わりません")},
    [EVENT_ADDRESS_RENAMED] = {BASIC_FOUR, NO_KIND, FROM_ON, /* 75 %: the page literally */
        EFFECTS(REVOKE(AFFILIATION_CHANGED), KEEP, UNCHANGED),
        WHY("S09", "address-renamed", "the address in the record changed, though nobody moved",
            "住居表示の変更等により、署名用のみ失効します")},
    [EVENT_DIED] = {POLICY, NO_KIND, FROM_ON, /* day of registration, not of death */
        EFFECTS(REVOKE(CESSATION_OF_OPERATION), REVOKE(CESSATION_OF_OPERATION), VOID),
        WHY("", "died", "the resident record was deleted", "住民票が消除されました")},
    [EVENT_LEFT_ABROAD] = {POLICY, NO_KIND, FROM_EFFECTIVE,
        EFFECTS(REVOKE(CESSATION_OF_OPERATION), REVOKE(CESSATION_OF_OPERATION), VOID),
        WHY("", "left-abroad", "left Japan without continuing the card",
            "国外転出（継続利用なし）により失効します")},
    [EVENT_LEFT_ABROAD_CONTINUED] = {POLICY | BASIC_FOUR, NO_KIND, FROM_EFFECTIVE,
        EFFECTS(REVOKE(AFFILIATION_CHANGED), KEEP, UNCHANGED),
        WHY("S09", "left-abroad-continued", "left Japan; the card is continued",
            "国外転出（継続利用あり）により、署名用のみ失効します")},
    [EVENT_RETURNED_FROM_ABROAD] = {BASIC_FOUR, NO_KIND, FROM_ON, /* 80 %, as a move */
        EFFECTS(REVOKE(AFFILIATION_CHANGED), KEEP, UNCHANGED),
        WHY("S09", "returned-from-abroad", "back in Japan: the address changes",
            "国外からの転入により、署名用のみ失効します")},
    [EVENT_DEREGISTERED] = {POLICY, NO_KIND, FROM_ON,
        EFFECTS(REVOKE(CESSATION_OF_OPERATION), REVOKE(CESSATION_OF_OPERATION), VOID),
        WHY("", "deregistered", "the resident record was deleted ex officio",
            "職権消除等により失効します")},
    [EVENT_RECORD_ERROR] = {POLICY, MAY_NAME_KIND, FROM_ON, /* the reason code 50 % */
        EFFECTS(REVOKE(AFFILIATION_CHANGED), REVOKE(AFFILIATION_CHANGED), UNCHANGED),
        WHY("", "record-error", "an error in the record: revoked ex officio, the holder is told",
            "記録の誤りにより職権で失効し、本人へ通知します")},
    /* the holder's standing */
    [EVENT_BECAME_WARD] = {POLICY, NO_KIND, FROM_ON, /* 65 %: the page speaks of issuing only */
        EFFECTS(KEEP, KEEP, UNCHANGED),
        WHY("S15", "became-ward", "no further issue; the guardian may ask for revocation",
            "新たな発行はできません。後見人は失効を申請できます")},
    [EVENT_WARD_LIFTED] = {POLICY, NO_KIND, FROM_ON, EFFECTS(KEEP, KEEP, UNCHANGED),
        WHY("S15", "ward-lifted", "issue is possible again", "再び発行を受けられます")},
    /* the card and the stay */
    [EVENT_CARD_EXPIRED] = {PAGE, NO_KIND, FROM_EFFECTIVE, EFFECTS(ENDS, ENDS, VOID),
        WHY("S14", "card-expired", "the card's last day has passed",
            "カードの有効期限が過ぎました")},
    [EVENT_STAY_EXTENDED] = {POLICY, NO_KIND, FROM_ON, EFFECTS(KEEP, KEEP, UNCHANGED),
        WHY("", "stay-extended", "the old end stays; new ones to the new end may be issued, free",
            "有効期限は変わりません。新しい在留期間に合わせて発行できます（無料）")},
    [EVENT_STAY_SPECIAL_PERIOD] = {POLICY, NO_KIND, FROM_ON, EFFECTS(KEEP, KEEP, UNCHANGED),
        WHY("", "stay-special-period",
            "two months more, once; new ones to the interim end may be issued, free",
            "特例期間（2か月、1回限り）です。特例期間に合わせて発行できます（無料）")},
    [EVENT_STAY_ENDED] = {POLICY, NO_KIND, FROM_EFFECTIVE, EFFECTS(ENDS, ENDS, VOID),
        WHY("S14", "stay-ended", "the stay ended and with it the card",
            "在留期間の満了によりカードは失効しました")},
    [EVENT_LOST_PHONED] = {PAGE, NO_KIND, FROM_ON, EFFECTS(HOLD, HOLD, STOPPED),
        WHY("S38", "lost-phoned",
            "held; once found, authentication can be released, the signature cannot",
            "一時保留します。署名用は一時保留を解除できません")},
    [EVENT_LOST_REPORTED] = {PAGE, NO_KIND, FROM_ON, /* 70 %: only the box 紛失 */
        EFFECTS(HOLD, HOLD, STOPPED),
        WHY("S37 S42 S43", "lost-reported", "held; what is found later can still be released",
            "一時保留します。見つかった場合は一時保留解除の手続きができます")},
    [EVENT_CARD_STOLEN] = {PAGE, NO_KIND, FROM_ON, EFFECTS(HOLD, HOLD, STOPPED),
        WHY("S37 S42", "card-stolen", "theft is answered as loss", "盗難は紛失と同じ扱いです")},
    [EVENT_CARD_ABOLISHED] = {PAGE, NO_KIND, FROM_ON, /* the reason code 55 % */
        EFFECTS(REVOKE(KEY_COMPROMISE), REVOKE(KEY_COMPROMISE), VOID),
        WHY("S42", "card-abolished", "abolished for good: there is no release",
            "廃止のため、一時保留の解除はできません")},
    [EVENT_FOUND] = {ENDS_HOLD, NO_KIND, FROM_ON, /* as of the hold's time: 65 % */
        EFFECTS(REVOKE(KEY_COMPROMISE), RELEASE, RELEASED),
        WHY("S43 S44 S45 S46", "found",
            "authentication is released, the signature certificate is revoked; a new one is free",
            "利用者証明用は解除され、署名用は失効します。署名用は新たに発行できます（無料）")},
    [EVENT_HOLD_MISTAKEN] = {ENDS_HOLD | NEEDS_TWO, NO_KIND, FROM_ON, /* 75 %: S45 knows no exception */
        EFFECTS(REVOKE(KEY_COMPROMISE), RELEASE, RELEASED),
        WHY("S45", "hold-mistaken",
            "held by mistake; the page knows no exception, a new signature certificate is free",
            "誤った一時保留です。署名用は失効し、新たに発行できます（無料）")},
    [EVENT_CARD_RETURNED] = {PAGE, NO_KIND, FROM_ON,
        EFFECTS(REVOKE(CESSATION_OF_OPERATION), REVOKE(CESSATION_OF_OPERATION), VOID),
        WHY("S42", "card-returned", "the card was given up", "カードの返納により失効します")},
    [EVENT_CARD_DAMAGED] = {POLICY, NO_KIND, FROM_ON,
        EFFECTS(REVOKE(CESSATION_OF_OPERATION), REVOKE(CESSATION_OF_OPERATION), VOID),
        WHY("", "card-damaged", "damage was reported", "カードの損傷の届出により失効します")},
    [EVENT_CARD_REISSUED] = {POLICY, NO_KIND, FROM_ON, EFFECTS(SUPERSEDE, SUPERSEDE, VOID),
        WHY("", "card-reissued", "the new certificates are in the new card",
            "新しいカードへの発行により失効します")},
    [EVENT_NEVER_DELIVERED] = {POLICY, NO_KIND, FROM_ON,
        EFFECTS(REVOKE(UNSPECIFIED), REVOKE(UNSPECIFIED), VOID),
        WHY("", "never-delivered", "discarded before delivery", "交付前に破棄されました")},
    /* what the holder asks, keys, the authority */
    [EVENT_HOLDER_ASKS] = {PAGE, MUST_NAME_KIND, FROM_ON,
        EFFECTS(REVOKE(CESSATION_OF_OPERATION), REVOKE(CESSATION_OF_OPERATION), UNCHANGED),
        WHY("S41", "holder-asks", "the holder asked for it", "本人の申請により失効します")},
    [EVENT_KEY_COMPROMISED] = {PAGE, MAY_NAME_KIND, FROM_ON, /* both unless named: 82 % */
        EFFECTS(REVOKE(KEY_COMPROMISE), REVOKE(KEY_COMPROMISE), UNCHANGED),
        WHY("S41", "key-compromised", "leak or misuse of the key",
            "秘密鍵の漏えい等の届出により失効します")},
    [EVENT_PIN_CHANGED] = {PAGE, NO_KIND, FROM_ON, EFFECTS(KEEP, KEEP, UNCHANGED),
        WHY("S47", "pin-changed", "a PIN is not part of a certificate",
            "暗証番号の変更では変わりません")},
    [EVENT_PIN_RESET] = {PAGE, NO_KIND, FROM_ON, EFFECTS(KEEP, KEEP, UNCHANGED),
        WHY("S23 S49", "pin-reset", "a PIN is not part of a certificate",
            "暗証番号の再設定では変わりません")},
    [EVENT_AUTHORITY_COMPROMISED] = {POLICY, MUST_NAME_KIND, FROM_ON,
        EFFECTS(REVOKE(CA_COMPROMISE), REVOKE(CA_COMPROMISE), UNCHANGED),
        WHY("", "authority-compromised",
            "the authority's key is compromised: announced; re-issue by the new one is free",
            "認証局の秘密鍵の危殆化により失効します。新たに発行できます（無料）")},
    [EVENT_RENEWED] = {PAGE, MUST_NAME_KIND, FROM_ON, EFFECTS(SUPERSEDE, SUPERSEDE, UNCHANGED),
        WHY("S11", "renewed", "its successor is in the card", "更新により失効します")},
    /* a flaw of many chips: the page is silent on the hold; of its end S45 knows no exception */
    [EVENT_CHIP_SUSPECTED] = {NEEDS_TWO, MAY_NAME_KIND, FROM_ON, EFFECTS(HOLD, HOLD, UNCHANGED),
        WHY("", "chip-suspected", "the chips of many cards may be flawed: held until it is known",
            "多数のカードのチップに欠陥の疑いがあるため、一時保留します")},
    [EVENT_CHIP_CLEARED] = {ENDS_HOLD | NEEDS_TWO, MAY_NAME_KIND, FROM_ON,
        EFFECTS(REVOKE(KEY_COMPROMISE), RELEASE, UNCHANGED),
        WHY("S45", "chip-cleared",
            "the chips are sound; authentication is released, a new signature certificate is free",
            "チップに欠陥はありませんでした。署名用は失効し、新たに発行できます（無料）")},
    [EVENT_CHIP_FLAWED] = {NEEDS_TWO, MAY_NAME_KIND, FROM_ON,
        EFFECTS(REVOKE(KEY_COMPROMISE), REVOKE(KEY_COMPROMISE), UNCHANGED),
        WHY("", "chip-flawed", "the chips of many cards are flawed",
            "多数のカードのチップに欠陥があるため失効します")},
};
/* clang-format on */

static const char *const event_names[] = {
#define X(event, name) [event] = name,
    EVENT_LIST(X)
#undef X
};

const char *event_name(enum event event)
{
    return event_names[event];
}

enum err event_parse(const char *name, enum event *out)
{
    for (size_t i = 0; i < NUM_EVENTS; i++)
        if (strcmp(name, event_names[i]) == 0) {
            *out = (enum event)i;
            return ERR_NONE;
        }
    return ERR_MALFORMED;
}

bool event_is_policy(enum event event)
{
    return rows[event].flags & POLICY;
}

bool event_changes_basic_four(enum event event)
{
    return rows[event].flags & BASIC_FOUR;
}

bool event_ends_hold(enum event event)
{
    return rows[event].flags & ENDS_HOLD;
}

bool event_needs_two(enum event event)
{
    return rows[event].flags & NEEDS_TWO;
}

struct event_effects event_default(enum event event)
{
    return rows[event].effects;
}

static const struct {
    const char *code, *en, *ja;
} because_of_state[] = {
    [CERTIFICATE_NONE] = {"no-certificate", "there is no such certificate",
                          "電子証明書がありません"},
    [CERTIFICATE_REVOKED] = {"already-revoked", "revoked already; nothing revives it",
                             "すでに失効しており、元に戻すことはできません"},
    [CERTIFICATE_EXPIRED] = {"already-expired", "its last valid day has passed already",
                             "すでに有効期限が過ぎています"},
};

static bool is_over(enum certificate_state state)
{
    return state == CERTIFICATE_NONE || state == CERTIFICATE_REVOKED ||
           state == CERTIFICATE_EXPIRED;
}

static struct date counting_day(const struct event_row *row, const struct event_facts *facts)
{
    struct date effective = facts->effective.year ? facts->effective : facts->on;
    bool is_earlier = date_compare(effective, facts->on) < 0;
    bool is_effective = row->from == FROM_EFFECTIVE || (row->from == FROM_EARLIER && is_earlier);
    return is_effective ? effective : facts->on;
}

/* page:S45, ours: what was held and is now revoked is revoked since the hold, for every row. */
static void count_from_hold(const struct event_facts *facts, struct event_outcome *outcome)
{
    outcome->as_of_hold = true;
    outcome->has_held_since = facts->has_held_since;
    outcome->held_since = facts->held_since;
    outcome->effective = facts->has_held_since ? date_of_time(facts->held_since) : (struct date){0};
}

static struct event_outcome decide_certificate(const struct event_row *row, struct event_cell cell,
                                               const struct event_facts *facts, enum kind kind)
{
    enum certificate_state state = facts->certificate[kind];
    struct event_outcome outcome = {.effect = EFFECT_UNCHANGED, .why = row->why};
    if (is_over(state)) {
        outcome.why.code = because_of_state[state].code;
        outcome.why.en = because_of_state[state].en;
        outcome.why.ja = because_of_state[state].ja;
        return outcome;
    }
    if (certificate_state_after(state, cell.effect) == state)
        return outcome;
    outcome.effect = cell.effect;
    outcome.reason = cell.reason;
    outcome.effective = counting_day(row, facts);
    if (state == CERTIFICATE_HELD &&
        (cell.effect == EFFECT_REVOKED || cell.effect == EFFECT_SUPERSEDED))
        count_from_hold(facts, &outcome);
    return outcome;
}

static struct event_outcome decide_card(const struct event_row *row, enum effect effect,
                                        const struct event_facts *facts)
{
    struct event_outcome outcome = {.effect = EFFECT_UNCHANGED, .why = row->why};
    if (card_state_after(facts->card, effect) == facts->card)
        return outcome;
    outcome.effect = effect;
    outcome.effective = counting_day(row, facts);
    return outcome;
}

static const struct reason kind_is_missing = {RULE, "S03", "kind-missing",
                                              "the event is about one kind: name it",
                                              "証明書の種類を指定してください"};
static const struct reason kind_is_too_much = {RULE, "S03", "kind-not-asked",
                                               "the event is not about one kind: name none",
                                               "この事由では証明書の種類を指定できません"};

/* page:S03 page:S09 page:S11 page:S12 page:S14 page:S15 page:S23 rule:event
 * page:S37 page:S38 page:S41 page:S42 page:S43 page:S44 page:S45 page:S46 rule:event
 * page:S47 page:S49 rule:event */
struct event_answer event_decide(const struct law_policy *policy, const struct event_facts *facts)
{
    const struct event_row *row = &rows[facts->event];
    struct event_answer answer = {0};
    if (row->kinds == MUST_NAME_KIND && facts->kinds == KINDS_NOT_GIVEN) {
        answer.ruling = ruling_refuse(&kind_is_missing);
        return answer;
    }
    if (row->kinds == NO_KIND && facts->kinds != KINDS_NOT_GIVEN) {
        answer.ruling = ruling_refuse(&kind_is_too_much);
        return answer;
    }
    const struct event_effects *wanted =
        event_is_policy(facts->event) ? &policy->events[facts->event] : &row->effects;
    unsigned kinds = facts->kinds == KINDS_NOT_GIVEN ? KINDS_BOTH : facts->kinds;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        struct event_cell keep = KEEP;
        struct event_cell cell = kinds & (1u << kind) ? wanted->certificate[kind] : keep;
        answer.certificate[kind] = decide_certificate(row, cell, facts, kind);
    }
    answer.card = decide_card(row, wanted->card, facts);
    answer.ruling = ruling_allow(&row->why);
    return answer;
}
