/* jpki rules: asks the law from the shell. Every decision is law's; here are options only. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "law/eligibility.h"
#include "law/events.h"
#include "law/fee.h"
#include "law/procedures.h"
#include "law/validity.h"
#include "law/window.h"
#include "main/options.h"
#include "main/policy_file.h"
#include "main/rules_report.h"

/* Every option of every question; a question lists those that it takes. */
enum rules_option {
    OPTION_NONE,
    OPTION_JSON,
    OPTION_POLICY,
    OPTION_KIND,
    OPTION_ISSUED,
    OPTION_BORN,
    OPTION_CARD_UNTIL,
    OPTION_AUTHENTICATION_UNTIL,
    OPTION_RENEWAL,
    OPTION_UNTIL,
    OPTION_ON,
    OPTION_ADULT_WARD,
    OPTION_APPLICANT,
    OPTION_NOT_RESIDENT,
    OPTION_REASON,
    OPTION_EVENT,
    OPTION_SIGNATURE_STATE,
    OPTION_AUTHENTICATION_STATE,
    OPTION_CARD_STATE,
    OPTION_EFFECTIVE,
    OPTION_HELD_SINCE,
    OPTION_PROCEDURE,
    OPTION_PIN_KNOWN,
    OPTION_CARD_AT_HAND,
    OPTION_REPLY_FORM,
    OPTION_AT_HOME,
    NUM_OPTIONS,
};

#define COMMON                                                                                     \
    OPTION_FLAG("json", OPTION_JSON), OPTION_VALUE("policy", OPTION_POLICY),                       \
    {                                                                                              \
        0                                                                                          \
    }

/* What a question starts with: the options' values, and the policy. */
struct question {
    const char *values[NUM_OPTIONS];
    struct law_policy policy;
    bool is_json;
};

/* question_read reads the options, then the policy; `needed` are the options that must be given,
 * ended by OPTION_NONE. Returns EXIT_DONE or what to exit with. */
static int question_read(struct question *question, int argc, char **argv,
                         const struct option *options, const enum rules_option *needed)
{
    memset(question, 0, sizeof *question);
    if (!options_read_all(argc, argv, options, question->values, NUM_OPTIONS))
        return EXIT_USAGE;
    for (; *needed != OPTION_NONE; needed++) {
        if (question->values[*needed])
            continue;
        for (; options->val != (int)*needed; options++)
            continue;
        return complain_usage(say("--%s is missing", "--%s が必要です"), options->name);
    }
    question->is_json = question->values[OPTION_JSON] != NULL;
    return policy_file_read(question->values[OPTION_POLICY], &question->policy);
}

/* These read one option if it was given; false after a complaint. */
static bool read_date(const struct question *question, enum rules_option option, const char *name,
                      struct date *out)
{
    const char *text = question->values[option];
    return !text || option_date(name, text, out);
}

/* A day that is computed can lie where no date can be written. */
static bool is_writable(const char *name, const char *text, struct date answer)
{
    bool is_so = answer.year >= 1 && answer.year <= 9999;
    if (!is_so)
        complain_usage(say("--%s %s: the answer lies outside of the years 1 to 9999",
                           "--%s %s: 答えが西暦1年から9999年の範囲を外れます"),
                       name, text);
    return is_so;
}

static bool is_known(const char *name, const char *text, enum err err)
{
    if (err)
        complain_usage(say("--%s %s: no such word (jpki(1) lists them)",
                           "--%s %s: そのような値はありません (一覧は jpki(1))"),
                       name, text);
    return !err;
}

static bool read_kind(const struct question *question, enum kind *out)
{
    const char *text = question->values[OPTION_KIND];
    return is_known("kind", text, kind_parse(text, out));
}

static bool read_kinds(const struct question *question, unsigned *out)
{
    const char *text = question->values[OPTION_KIND];
    enum kind kind;
    if (!text)
        return true;
    if (strcmp(text, "both") == 0) {
        *out = KINDS_BOTH;
        return true;
    }
    if (!is_known("kind", text, kind_parse(text, &kind)))
        return false;
    *out = 1u << kind;
    return true;
}

static bool read_applicant(const struct question *question, enum applicant *out)
{
    const char *text = question->values[OPTION_APPLICANT];
    return !text || is_known("applicant", text, applicant_parse(text, out));
}

static bool read_yes_no(const struct question *question, enum rules_option option, const char *name,
                        bool *out)
{
    const char *text = question->values[option];
    if (!text)
        return true;
    bool is_yes = strcmp(text, "yes") == 0;
    if (!is_yes && strcmp(text, "no") != 0)
        return is_known(name, text, ERR_MALFORMED);
    *out = is_yes;
    return true;
}

static const struct option validity_options[] = {
    OPTION_VALUE("kind", OPTION_KIND),
    OPTION_VALUE("issued", OPTION_ISSUED),
    OPTION_VALUE("born", OPTION_BORN),
    OPTION_VALUE("card-until", OPTION_CARD_UNTIL),
    OPTION_VALUE("authentication-until", OPTION_AUTHENTICATION_UNTIL),
    OPTION_FLAG("renewal", OPTION_RENEWAL),
    COMMON,
};

static int run_validity(const struct command *command, int argc, char **argv)
{
    static const enum rules_option needed[] = {OPTION_KIND, OPTION_ISSUED, OPTION_BORN, 0};
    struct question question;
    struct validity_facts facts = {0};
    int status = question_read(&question, argc, argv, command->options, needed);
    if (status)
        return status;
    if (!read_kind(&question, &facts.kind) ||
        !read_date(&question, OPTION_ISSUED, "issued", &facts.issued) ||
        !option_birth("born", question.values[OPTION_BORN], &facts.born) ||
        !read_date(&question, OPTION_CARD_UNTIL, "card-until", &facts.card_until) ||
        !read_date(&question, OPTION_AUTHENTICATION_UNTIL, "authentication-until",
                   &facts.authentication_until))
        return EXIT_USAGE;
    facts.is_renewal = question.values[OPTION_RENEWAL] != NULL;
    struct ruling ruling = validity_decide(&question.policy, &facts);
    char date[DATE_TEXT];
    bool is_decided = ruling.decision == DECISION_ALLOWED;
    if (is_decided && !is_writable("issued", question.values[OPTION_ISSUED], ruling.date))
        return EXIT_USAGE;
    return report_ruling(&ruling, is_decided ? date_print(ruling.date, date) : NULL,
                         question.is_json);
}

static const struct option window_options[] = {
    OPTION_VALUE("until", OPTION_UNTIL),
    OPTION_VALUE("card-until", OPTION_CARD_UNTIL),
    COMMON,
};

static int run_window(const struct command *command, int argc, char **argv)
{
    static const enum rules_option needed[] = {OPTION_UNTIL, 0};
    struct question question;
    struct date until = {0}, card_until = {0};
    int status = question_read(&question, argc, argv, command->options, needed);
    if (status)
        return status;
    if (!read_date(&question, OPTION_UNTIL, "until", &until) ||
        !read_date(&question, OPTION_CARD_UNTIL, "card-until", &card_until))
        return EXIT_USAGE;
    struct date opens = window_opens(&question.policy, until);
    if (!is_writable("until", question.values[OPTION_UNTIL], opens))
        return EXIT_USAGE;
    struct ruling ruling = window_decide(&question.policy, until, card_until, opens);
    char date[DATE_TEXT];
    return report_ruling(&ruling, date_print(opens, date), question.is_json);
}

static const struct option eligible_options[] = {
    OPTION_VALUE("kind", OPTION_KIND),
    OPTION_VALUE("born", OPTION_BORN),
    OPTION_VALUE("on", OPTION_ON),
    OPTION_FLAG("adult-ward", OPTION_ADULT_WARD),
    OPTION_VALUE("applicant", OPTION_APPLICANT),
    OPTION_FLAG("not-resident", OPTION_NOT_RESIDENT),
    OPTION_VALUE("card-until", OPTION_CARD_UNTIL),
    COMMON,
};

static int run_eligible(const struct command *command, int argc, char **argv)
{
    static const enum rules_option needed[] = {OPTION_KIND, OPTION_BORN, OPTION_ON, 0};
    struct question question;
    struct eligibility_facts facts = {0};
    int status = question_read(&question, argc, argv, command->options, needed);
    if (status)
        return status;
    if (!read_kind(&question, &facts.kind) || !read_applicant(&question, &facts.applicant) ||
        !option_birth("born", question.values[OPTION_BORN], &facts.born) ||
        !read_date(&question, OPTION_ON, "on", &facts.on) ||
        !read_date(&question, OPTION_CARD_UNTIL, "card-until", &facts.card_until))
        return EXIT_USAGE;
    facts.is_adult_ward = question.values[OPTION_ADULT_WARD] != NULL;
    facts.is_not_resident = question.values[OPTION_NOT_RESIDENT] != NULL;
    struct ruling ruling = eligibility_decide(&question.policy, &facts);
    return report_ruling(&ruling, NULL, question.is_json);
}

static const struct option fee_options[] = {OPTION_VALUE("reason", OPTION_REASON), COMMON};

static int run_fee(const struct command *command, int argc, char **argv)
{
    static const enum rules_option needed[] = {OPTION_REASON, 0};
    struct question question;
    enum fee_reason reason;
    int status = question_read(&question, argc, argv, command->options, needed);
    if (status)
        return status;
    const char *text = question.values[OPTION_REASON];
    if (!is_known("reason", text, fee_reason_parse(text, &reason)))
        return EXIT_USAGE;
    struct fee fee = fee_decide(&question.policy, reason, false);
    char yen[16];
    snprintf(yen, sizeof yen, "%d", fee.yen);
    /* That nothing may be charged is no refusal of what was asked here. */
    fee.ruling.decision = DECISION_ALLOWED;
    return report_ruling(&fee.ruling, yen, question.is_json);
}

static const struct option event_options[] = {
    OPTION_VALUE("event", OPTION_EVENT),
    OPTION_VALUE("kind", OPTION_KIND),
    OPTION_VALUE("signature-state", OPTION_SIGNATURE_STATE),
    OPTION_VALUE("authentication-state", OPTION_AUTHENTICATION_STATE),
    OPTION_VALUE("card-state", OPTION_CARD_STATE),
    OPTION_VALUE("on", OPTION_ON),
    OPTION_VALUE("effective", OPTION_EFFECTIVE),
    OPTION_VALUE("held-since", OPTION_HELD_SINCE),
    COMMON,
};

static bool read_states(const struct question *question, struct event_facts *facts)
{
    const char *signature = question->values[OPTION_SIGNATURE_STATE];
    const char *authentication = question->values[OPTION_AUTHENTICATION_STATE];
    const char *card = question->values[OPTION_CARD_STATE];
    enum certificate_state *states = facts->certificate;
    return (!signature || is_known("signature-state", signature,
                                   certificate_state_parse(signature, &states[KIND_SIGNATURE]))) &&
           (!authentication ||
            is_known("authentication-state", authentication,
                     certificate_state_parse(authentication, &states[KIND_AUTHENTICATION]))) &&
           (!card || is_known("card-state", card, card_state_parse(card, &facts->card)));
}

static bool read_held_since(const struct question *question, struct event_facts *facts)
{
    const char *text = question->values[OPTION_HELD_SINCE];
    facts->has_held_since = text != NULL;
    return !text || option_time("held-since", text, &facts->held_since);
}

static int run_event(const struct command *command, int argc, char **argv)
{
    static const enum rules_option needed[] = {OPTION_EVENT, 0};
    struct question question;
    struct event_facts facts = {
        .certificate = {CERTIFICATE_GOOD, CERTIFICATE_GOOD},
        .card = CARD_GOOD,
        .on = clock_today(),
    };
    int status = question_read(&question, argc, argv, command->options, needed);
    if (status)
        return status;
    const char *name = question.values[OPTION_EVENT];
    if (!is_known("event", name, event_parse(name, &facts.event)) ||
        !read_kinds(&question, &facts.kinds) || !read_states(&question, &facts) ||
        !read_date(&question, OPTION_ON, "on", &facts.on) ||
        !read_date(&question, OPTION_EFFECTIVE, "effective", &facts.effective) ||
        !read_held_since(&question, &facts))
        return EXIT_USAGE;
    struct event_answer answer = event_decide(&question.policy, &facts);
    if (answer.ruling.decision != DECISION_ALLOWED)
        return complain_usage("--kind: %s",
                              reason_sentence(&answer.ruling.reason, language_of_locale()));
    return report_event(&answer, question.values[OPTION_HELD_SINCE], question.is_json);
}

static const struct option papers_options[] = {
    OPTION_VALUE("procedure", OPTION_PROCEDURE),
    OPTION_VALUE("applicant", OPTION_APPLICANT),
    OPTION_VALUE("kind", OPTION_KIND),
    OPTION_VALUE("pin-known", OPTION_PIN_KNOWN),
    OPTION_VALUE("card-at-hand", OPTION_CARD_AT_HAND),
    OPTION_VALUE("reply-form", OPTION_REPLY_FORM),
    OPTION_FLAG("at-home", OPTION_AT_HOME),
    COMMON,
};

static int run_papers(const struct command *command, int argc, char **argv)
{
    static const enum rules_option needed[] = {OPTION_PROCEDURE, OPTION_APPLICANT, 0};
    struct question question;
    struct procedure_facts facts = {.fee = FEE_CARD_LOST};
    bool is_pin_known = true, is_card_at_hand = true;
    int status = question_read(&question, argc, argv, command->options, needed);
    if (status)
        return status;
    const char *name = question.values[OPTION_PROCEDURE];
    if (!is_known("procedure", name, procedure_parse(name, &facts.procedure)) ||
        !read_applicant(&question, &facts.applicant) || !read_kinds(&question, &facts.kinds) ||
        !read_yes_no(&question, OPTION_PIN_KNOWN, "pin-known", &is_pin_known) ||
        !read_yes_no(&question, OPTION_CARD_AT_HAND, "card-at-hand", &is_card_at_hand) ||
        !read_yes_no(&question, OPTION_REPLY_FORM, "reply-form", &facts.has_notice_reply))
        return EXIT_USAGE;
    facts.pin = is_pin_known ? PIN_KNOWN : PIN_FORGOTTEN;
    facts.is_card_missing = !is_card_at_hand;
    facts.is_at_home = question.values[OPTION_AT_HOME] != NULL;
    /* A legal representative acts for nobody else. page:S16 */
    facts.is_represented = facts.applicant == APPLICANT_LEGAL_REPRESENTATIVE;
    struct procedure_plan plan = procedure_decide(&question.policy, &facts);
    return report_plan(&plan, question.is_json);
}

const struct command rules_commands[] = {
    {"rules validity", run_validity, validity_options, "the last valid day of a certificate",
     "電子証明書の有効期限", NULL},
    {"rules window", run_window, window_options, "the first day of renewal", "更新できる最初の日",
     NULL},
    {"rules eligible", run_eligible, eligible_options, "who may apply", "申請できる人", NULL},
    {"rules fee", run_fee, fee_options, "what it costs", "手数料", NULL},
    {"rules event", run_event, event_options, "what an event does to certificates and card",
     "事由ごとの電子証明書とカードの扱い", NULL},
    {"rules papers", run_papers, papers_options, "what to bring", "持参するもの", NULL},
    {0},
};
