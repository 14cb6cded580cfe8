/* Who may apply: resident of this town with a card in date, old enough for the kind, and through
 * the person whom the page names. What they must bring is in procedures.c. */
#include "law/eligibility.h"

#include <string.h>

#include "law/validity.h"

#define RULE "eligibility"

static const char *const applicants[NUM_APPLICANTS] = {
    [APPLICANT_HOLDER] = "holder",
    [APPLICANT_LEGAL_REPRESENTATIVE] = "legal-representative",
    [APPLICANT_PROXY] = "proxy",
    [APPLICANT_OTHER] = "other", /* a relative, the police, a finder */
};

const char *applicant_name(enum applicant applicant)
{
    return applicants[applicant];
}

enum err applicant_parse(const char *name, enum applicant *out)
{
    for (size_t i = 0; i < NUM_APPLICANTS; i++)
        if (strcmp(name, applicants[i]) == 0) {
            *out = (enum applicant)i;
            return ERR_NONE;
        }
    return ERR_MALFORMED;
}

static const struct reason holder = {RULE, "S13 S14 S15 S20", "holder", "may apply",
                                     "申請できます"};
static const struct reason represented = {RULE, "S13 S14 S16", "represented",
                                          "the legal representative may apply",
                                          "法定代理人が申請できます"};
static const struct reason by_proxy = {
    RULE, "S13 S14 S20 S26", "by-proxy",
    "a proxy may apply where the holder cannot come, but not on one day",
    "やむをえない理由がある場合は代理人が申請できます（即日発行はできません）"};
static const struct reason exception = {
    RULE, "S14 S15", "exception",
    "an exception to \"in principle\": its basis is recorded and a second officer agreed",
    "「原則」の例外です。根拠を記録し、別の職員が確認しています"};

static const struct reason may_except = {"exception", "S15", "exception",
                                         "a second officer decides about the exception",
                                         "例外の可否は別の職員が確認します"};
static const struct reason no_exceptions = {"exception", "S15", "no-exceptions",
                                            "this town makes no exceptions (policy)",
                                            "この市町村では例外を認めていません"};
static const struct reason no_basis = {"exception", "S15", "no-basis",
                                       "the basis of an exception must be written down",
                                       "例外の根拠を記録してください"};
static const struct reason no_exception_needed = {
    "exception", "S15", "no-exception-needed",
    "an exception is a signature certificate for one under 15 or an adult ward",
    "例外は、15歳未満の方又は成年被後見人の方への署名用電子証明書の発行に限ります"};

static const struct reason not_resident = {
    RULE, "S14", "not-resident",
    "not in this town's resident register: apply in the town where the holder is registered",
    "町内に住民登録がありません。住民登録のある市区町村で申請してください"};
static const struct reason no_card = {RULE, "S13 S14", "no-card",
                                      "a My Number card is needed: apply for the card first",
                                      "マイナンバーカードが必要です。先にカードを申請してください"};
static const struct reason old_card = {
    RULE, "S13", "old-card", "issue to old resident cards has ended: a My Number card is needed",
    "住民基本台帳カードへの発行は終了しました。マイナンバーカードが必要です"};
static const struct reason card_ended = {
    RULE, "S14", "card-ended", "the card's last day has passed: a new card is needed first",
    "カードの有効期限が過ぎています。先にカードの再交付が必要です"};
static const struct reason under_age = {
    RULE, "S15", "under-15", "no signature certificate is issued in principle to those under 15",
    "原則として15歳未満の方へ署名用電子証明書は発行しません"};
static const struct reason ward = {
    RULE, "S15", "adult-ward", "no signature certificate is issued in principle to an adult ward",
    "原則として成年被後見人の方へ署名用電子証明書は発行しません"};
static const struct reason needs_representative = {
    RULE, "S16", "needs-legal-representative",
    "for those under 15 and adult wards the legal representative applies",
    "15歳未満の方と成年被後見人の方は、法定代理人が申請してください"};
static const struct reason not_represented = {
    RULE, "S16 S20", "not-represented",
    "from 15 on, unless an adult ward, the holder applies alone or sends a proxy",
    "15歳以上の方（成年被後見人を除く）は、本人または代理人が申請してください"};
static const struct reason no_applicant = {RULE, "S20", "no-applicant",
                                           "only the holder, a legal representative or a proxy "
                                           "may apply",
                                           "申請できるのは本人、法定代理人、代理人です"};
static const struct reason age_open = {
    RULE, "S15 S16", "birth-date-incomplete",
    "the birth date is incomplete and leaves open whether the holder is 15",
    "生年月日が不詳のため、15歳に達しているか判断できません"};

static const struct reason not_born = {RULE, "S15 S16", "born-after",
                                       "the birth date lies behind the day that is asked about",
                                       "生年月日が申請の日より後です"};

enum reached holder_is_represented(const struct law_policy *policy,
                                   const struct eligibility_facts *facts)
{
    if (facts->is_adult_ward)
        return REACHED_YES;
    /* page:S15 15 from the birthday on; the reverse of "is 15" */
    switch (age_is_reached(policy, facts->born, LAW_SIGNATURE_AGE, facts->on)) {
    case REACHED_YES:
        return REACHED_NO;
    case REACHED_NO:
        return REACHED_YES;
    case REACHED_UNKNOWN:
        break;
    }
    return REACHED_UNKNOWN;
}

/* page:S15 rule:exception */
struct ruling exception_decide(const struct law_policy *policy, bool has_basis, bool is_represented,
                               unsigned kinds)
{
    if (!policy->signature_exceptions)
        return ruling_refuse(&no_exceptions);
    if (!is_represented || !(kinds & KINDS_SIGNATURE))
        return ruling_refuse(&no_exception_needed);
    return has_basis ? ruling_allow(&may_except) : ruling_refuse(&no_basis);
}

/* page:S15 page:S16 page:S20 page:S26 rule:eligibility */
static struct ruling decide_applicant(const struct law_policy *policy,
                                      const struct eligibility_facts *facts, bool is_represented)
{
    bool is_exception = facts->is_exception && policy->signature_exceptions;
    bool is_representative = facts->applicant == APPLICANT_LEGAL_REPRESENTATIVE;
    bool is_in_principle_refused = facts->kind == KIND_SIGNATURE && is_represented;
    if (is_in_principle_refused && !is_exception)
        return ruling_refuse(facts->is_adult_ward ? &ward : &under_age);
    if (is_represented && !is_representative)
        return ruling_refuse(&needs_representative);
    if (is_representative && !is_represented)
        return ruling_refuse(&not_represented);
    if (is_in_principle_refused)
        return ruling_allow(&exception);
    return ruling_allow(is_representative                     ? &represented
                        : facts->applicant == APPLICANT_PROXY ? &by_proxy
                                                              : &holder);
}

/* page:S13 page:S14 page:S15 page:S16 page:S20 rule:eligibility */
struct ruling eligibility_decide(const struct law_policy *policy,
                                 const struct eligibility_facts *facts)
{
    if (age_is_reached(policy, facts->born, 0, facts->on) == REACHED_NO)
        return ruling_refuse(&not_born);
    if (facts->applicant == APPLICANT_OTHER)
        return ruling_refuse(&no_applicant);
    if (facts->is_not_resident)
        return ruling_refuse(&not_resident);
    if (facts->is_old_card)
        return ruling_refuse(&old_card);
    if (facts->has_no_card)
        return ruling_refuse(&no_card);
    if (facts->card_until.year && date_compare(facts->card_until, facts->on) < 0)
        return ruling_with_date(ruling_refuse(&card_ended), facts->card_until);

    enum reached is_represented = holder_is_represented(policy, facts);
    struct ruling if_not = decide_applicant(policy, facts, false);
    struct ruling if_so = decide_applicant(policy, facts, true);
    if (is_represented == REACHED_UNKNOWN)
        return if_not.decision == if_so.decision ? if_not : ruling_unknown(&age_open);
    return is_represented == REACHED_YES ? if_so : if_not;
}
