/* The 5th birthday after issue, and what bounds it. Birthdays of people born on 29 February are
 * decided here and nowhere else. */
#include "law/validity.h"

#define RULE      "validity"
#define STATEMENT "S08"

static const struct reason birthday = {
    RULE, STATEMENT, "birthday", "valid to the 5th birthday after the day of issue, inclusive",
    "発行の日から5回目の誕生日まで有効です"};
static const struct reason sixth_birthday = {
    RULE, STATEMENT, "renewal-birthday",
    "renewed in the window: valid to the 6th birthday after the day of issue, inclusive (policy)",
    "更新のため、発行の日から6回目の誕生日まで有効です"};
static const struct reason card_bound = {
    RULE, "S08 S14", "card-ends",
    "the card's last day bounds it: a renewal on this card would not move it",
    "カードの有効期限までです。このカードのまま更新しても有効期限は延びません"};
static const struct reason authentication_bound = {
    RULE, STATEMENT, "authentication-ends",
    "never beyond the authentication certificate of the same card: renewing the signature "
    "certificate alone would not move it",
    "利用者証明用電子証明書の有効期限までです。署名用だけを更新しても有効期限は延びません"};
/* Ours: RFC 5280 6.1.3 has every certificate of a path in date. */
static const struct reason authority_bound = {RULE, STATEMENT, "authority-ends",
                                              "never beyond the authority that signs it",
                                              "署名する認証局の有効期限までです"};
static const struct reason authority_ended = {
    RULE, STATEMENT, "authority-ended",
    "the authority has ended: a new generation of it must be made first",
    "認証局の有効期限が過ぎています。先に次の世代の認証局が必要です"};
static const struct reason birth_date_incomplete = {
    RULE, STATEMENT, "birth-date-incomplete",
    "the month or the day of birth is not known, so the 5th birthday is not",
    "生年月日の月または日が不詳のため、5回目の誕生日が決まりません"};
static const struct reason born_after_issue = {RULE, STATEMENT, "born-after-issue",
                                               "the birth date lies behind the day of issue",
                                               "生年月日が発行の日より後です"};
static const struct reason card_ended = {RULE, "S08 S14", "card-ended",
                                         "the card's last day lies before the day of issue",
                                         "カードの有効期限が発行の日より前です"};
static const struct reason authentication_ended = {
    RULE, STATEMENT, "authentication-ended",
    "the authentication certificate of the card has ended: renew or issue that one first",
    "利用者証明用電子証明書の有効期限が過ぎています。先に利用者証明用の発行が必要です"};
static const struct reason within = {RULE, STATEMENT, "in-date", "in date", "有効期間内です"};
static const struct reason before_issue = {RULE, STATEMENT, "not-yet-valid",
                                           "before the day of issue", "発行の日より前です"};
static const struct reason after_end = {RULE, STATEMENT, "expired", "the last valid day has passed",
                                        "有効期限が過ぎています"};

struct date birthday_in(const struct law_policy *policy, struct date born, int year)
{
    bool is_leap_day = born.month == 2 && born.day == 29;
    /* page:S08, ours: in common years a 29 February counts as the 28th; by policy in every year. */
    bool falls_on_28th = is_leap_day && (policy->leap_birthday == LEAP_BIRTHDAY_EVERY_YEAR ||
                                         !date_is_leap_year(year));
    return (struct date){(int16_t)year, born.month, falls_on_28th ? 28 : born.day};
}

/* The first and the last day that an incomplete birth date may mean; its year is known. */
static struct date earliest_birth(struct date born)
{
    uint8_t month = born.month ? born.month : 1;
    return (struct date){born.year, month, born.day ? born.day : 1};
}

static struct date latest_birth(struct date born)
{
    uint8_t month = born.month ? born.month : 12;
    return (struct date){born.year, month,
                         born.day ? born.day : date_days_in_month(born.year, month)};
}

static bool has_birthday_passed(const struct law_policy *policy, struct date born, int age,
                                struct date on)
{
    return date_compare(birthday_in(policy, born, born.year + age), on) <= 0;
}

enum reached age_is_reached(const struct law_policy *policy, struct date born, int age,
                            struct date on)
{
    if (born.year == 0)
        return REACHED_UNKNOWN;
    if (has_birthday_passed(policy, latest_birth(born), age, on))
        return REACHED_YES;
    return has_birthday_passed(policy, earliest_birth(born), age, on) ? REACHED_UNKNOWN
                                                                      : REACHED_NO;
}

/* page:S08 the Nth birthday strictly after a day */
static struct date nth_birthday_after(const struct law_policy *policy, struct date born,
                                      struct date day, int n)
{
    struct date this_year = birthday_in(policy, born, day.year);
    int first = date_compare(this_year, day) > 0 ? day.year : day.year + 1;
    return birthday_in(policy, born, first + n - 1);
}

/* page:S08 page:S14 the earlier of the two days wins, and says why */
static struct ruling bound_by(struct ruling ruling, struct date until, const struct reason *reason)
{
    if (until.year == 0 || date_compare(until, ruling.date) > 0)
        return ruling;
    return ruling_with_date(ruling_allow(reason), until);
}

/* page:S08 page:S14 rule:validity */
struct ruling validity_decide(const struct law_policy *policy, const struct validity_facts *facts)
{
    bool is_bound_by_authentication =
        facts->kind == KIND_SIGNATURE && policy->signature_within_authentication;
    struct date authentication_until =
        is_bound_by_authentication ? facts->authentication_until : (struct date){0};
    if (!date_is_complete(facts->born))
        return ruling_unknown(&birth_date_incomplete);
    if (date_compare(facts->born, facts->issued) > 0)
        return ruling_refuse(&born_after_issue);
    if (facts->card_until.year && date_compare(facts->card_until, facts->issued) < 0)
        return ruling_with_date(ruling_refuse(&card_ended), facts->card_until);
    if (authentication_until.year && date_compare(authentication_until, facts->issued) < 0)
        return ruling_with_date(ruling_refuse(&authentication_ended), authentication_until);
    if (facts->authority_until.year && date_compare(facts->authority_until, facts->issued) < 0)
        return ruling_with_date(ruling_refuse(&authority_ended), facts->authority_until);

    int birthdays = facts->is_renewal ? policy->renewal_birthdays : LAW_VALIDITY_BIRTHDAYS;
    const struct reason *why = birthdays == LAW_VALIDITY_BIRTHDAYS ? &birthday : &sixth_birthday;
    struct date end = nth_birthday_after(policy, facts->born, facts->issued, birthdays);
    struct ruling ruling = ruling_with_date(ruling_allow(why), end);
    ruling = bound_by(ruling, authentication_until, &authentication_bound);
    ruling = bound_by(ruling, facts->card_until, &card_bound);
    return bound_by(ruling, facts->authority_until, &authority_bound);
}

/* page:S08 rule:validity */
struct ruling validity_covers(struct date issued, struct date until, struct date on)
{
    if (date_compare(on, issued) < 0)
        return ruling_with_date(ruling_refuse(&before_issue), issued);
    if (date_compare(on, until) > 0)
        return ruling_with_date(ruling_refuse(&after_end), until);
    return ruling_with_date(ruling_allow(&within), until);
}
