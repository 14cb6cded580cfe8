/* Terms of the journal's personal data: rules, and which of them an entry may fall under. */
#include "law/retention.h"

#include <string.h>

enum rule {
    RULE_ISSUE,
    RULE_REVOCATION,
    RULE_PROCEDURE,
    RULE_REGISTER,
    RULE_CARD,
    RULE_READ,
    RULE_APPOINTMENT
};

/* clang-format off */
static const struct retention rules[] = {
    /* 施行令, of the Act's article 8: until 10 years after the day following the certificate's end. */
    [RULE_ISSUE] = {"issue-record", true, 10, "10 years after the certificate's end", "電子証明書の有効期間満了の翌日から10年"},
    /* 施行令, of the Act's articles 11 to 13: until the certificate's own end. */
    [RULE_REVOCATION] = {"revocation-record", true, 0, "until the certificate's end", "電子証明書の有効期間満了まで"},
    /* Ours. */
    [RULE_PROCEDURE] = {"procedure-record", false, 5, "5 years", "5年"},
    [RULE_REGISTER] = {"register-record", false, 1, "1 year", "1年"},
    [RULE_CARD] = {"card-record", false, 10, "10 years, a card's longest life", "10年 (カードの最長有効期間)"},
    [RULE_READ] = {"read-record", false, 3, "3 years", "3年"},
    [RULE_APPOINTMENT] = {"appointment-record", false, 1, "1 year", "1年"},
};
_Static_assert(COUNT_OF(rules) <= RETENTION_RULES_MAX, "whoever sorts entries by rule has room");

#define BIT(rule) (1u << (rule))
#define OF_APPLICATION (BIT(RULE_ISSUE) | BIT(RULE_REVOCATION) | BIT(RULE_PROCEDURE))
#define OF_ISSUE       (BIT(RULE_ISSUE) | BIT(RULE_PROCEDURE))
#define OF_END         (BIT(RULE_REVOCATION) | BIT(RULE_PROCEDURE))
#define KEPT 0

/* Every act that has entries, with the rules that they may fall under; the first whose facts are
 * there counts. Kept: no personal data, or what verification needs. */
static const struct { const char *act; unsigned rules; } acts[] = {
    {"application-open", OF_APPLICATION},
    {"application-close", OF_APPLICATION},
    {"exception-open", OF_APPLICATION},
    {"step", OF_APPLICATION},
    {"reset-join", OF_APPLICATION},
    {"card-present", OF_APPLICATION},
    {"permit", OF_APPLICATION},
    {"pin", OF_APPLICATION},
    {"issue", OF_APPLICATION},
    {"receipt", OF_APPLICATION},
    {"execute", OF_APPLICATION},
    {"nonce", OF_APPLICATION},
    {"certificate-reenter", OF_ISSUE},
    {"never-installed", OF_ISSUE},
    {"hold-mistaken", OF_END},
    {"event", OF_END},
    {"event-withdraw", OF_END},
    {"event-list", BIT(RULE_READ)},
    {"import", BIT(RULE_REGISTER)},
    {"card-register", BIT(RULE_CARD)},
    {"application-show", BIT(RULE_READ)},
    {"journal-about", BIT(RULE_READ)},
    {"resident-find", BIT(RULE_READ)},
    {"caller-check", BIT(RULE_READ)},
    {"appointment-book", BIT(RULE_APPOINTMENT)},
    {"appointment-show", BIT(RULE_APPOINTMENT)},
    {"appointment-move", BIT(RULE_APPOINTMENT)},
    {"appointment-cancel", BIT(RULE_APPOINTMENT)},
    {"appointment-list", BIT(RULE_APPOINTMENT)},
    {"appointment-find", BIT(RULE_APPOINTMENT)},
    {"appointment-erase", KEPT},
    {"application-list", BIT(RULE_READ)},
    {"application-paper", BIT(RULE_READ)},
    {"notice-list", BIT(RULE_READ)},
    {"notice-paper", BIT(RULE_READ)},
    {"notice-returned", BIT(RULE_READ)},
    {"notice-make", KEPT},
    {"approve", KEPT},
    {"authority", KEPT},
    {"ceremony", KEPT},
    {"checkpoint", KEPT},
    {"clock", KEPT},
    {"crl", KEPT},
    {"follower-add", KEPT},
    {"follower-remove", KEPT},
    {"import-part", KEPT},
    {"journal-erase", KEPT},
    {"journal-find", KEPT},
    {"journal-read", KEPT},
    {"journal-show", KEPT},
    {"mass-hold", KEPT},
    {"mass-list", KEPT},
    {"mass-release", KEPT},
    {"mass-revoke", KEPT},
    {"parked-list", KEPT},
    {"permit-key", KEPT},
    {"responder", KEPT},
    {"restore", KEPT},
    {"session-begin", KEPT},
    {"session-end", KEPT},
    {"login-code", KEPT},
    {"card-login", KEPT},
    {"staff-card-add", KEPT},
    {"staff-card-end", KEPT},
    {"several", KEPT},
    {"terminal-pair", KEPT},
    {"terminal-part", KEPT},
    {"terminal-call", OF_APPLICATION},
    {"terminal-leave", KEPT},
    {"sender-add", KEPT},
    {"sender-end", KEPT},
    {"sign", KEPT},
};
/* clang-format on */

static unsigned rules_of(const char *act)
{
    for (size_t i = 0; i < COUNT_OF(acts); i++)
        if (strcmp(acts[i].act, act) == 0)
            return acts[i].rules;
    return KEPT;
}

bool retention_is_listed(const char *act)
{
    for (size_t i = 0; i < COUNT_OF(acts); i++)
        if (strcmp(acts[i].act, act) == 0)
            return true;
    return false;
}

/* An application that holds, releases or ends, and issues nothing. */
static bool ends_certificates(const struct retention_facts *facts)
{
    static const enum procedure procedures[] = {PROCEDURE_HOLD, PROCEDURE_LOSS_REPORT,
                                                PROCEDURE_RELEASE, PROCEDURE_REVOKE,
                                                PROCEDURE_CARD_ABOLISH};
    for (size_t i = 0; facts->has_procedure && i < COUNT_OF(procedures); i++)
        if (facts->procedure == procedures[i])
            return true;
    return false;
}

/* Of an act without an application all that the resident had counts. */
static bool has_facts(enum rule rule, unsigned may, const struct retention_facts *facts)
{
    if (rule == RULE_ISSUE)
        return facts->issued.year || (may == OF_ISSUE && facts->known.year);
    if (rule == RULE_REVOCATION)
        return facts->known.year && (may == OF_END || ends_certificates(facts));
    return true;
}

const struct retention *retention_of(const struct retention_facts *facts)
{
    unsigned may = rules_of(facts->act);
    for (enum rule rule = 0; rule < COUNT_OF(rules); rule++)
        if ((may & BIT(rule)) && has_facts(rule, may, facts))
            return &rules[rule];
    return NULL;
}

static struct date later(struct date a, struct date b)
{
    return date_compare(a, b) < 0 ? b : a;
}

/* A term that has begun before the entry was made begins with the entry. */
static struct date term_end(const struct retention *rule, struct date begins)
{
    return date_add_months(date_add_days(begins, 1), 12 * rule->years);
}

struct date retention_due(const struct retention *rule, const struct retention_facts *facts)
{
    struct date last = facts->issued.year ? facts->issued : facts->known;
    return term_end(rule, rule->from_last_day ? later(facts->made, last) : facts->made);
}

const struct retention *retention_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (strcmp(rules[i].name, name) == 0)
            return &rules[i];
    return NULL;
}

struct date retention_earliest(const struct retention *rule, struct date made)
{
    return term_end(rule, made);
}

bool retention_covers(const struct retention *rule, const char *act)
{
    return rules_of(act) & BIT(rule - rules);
}
