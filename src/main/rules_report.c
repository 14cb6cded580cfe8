/* Printing decisions, outcomes and plans, for people and as JSON. Decides nothing. */
#include "main/rules_report.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "main/options.h"

static const char *sentence(const struct reason *reason)
{
    return reason_sentence(reason, language_of_locale());
}

/* Statements of the page; "policy" where the page is silent. */
static const char *statements(const struct reason *reason)
{
    return reason->statements[0] ? reason->statements : "policy";
}

static json_t *statement_list(const struct reason *reason)
{
    json_t *list = json_array();
    struct bytes statement;
    for (const char *at = reason->statements; statements_next(&at, &statement);)
        json_array_append_new(list, json_stringn((const char *)statement.data, statement.len));
    return list;
}

static json_t *reason_json(const struct reason *reason)
{
    return json_pack("{s:s, s:s, s:s, s:o}", "rule", reason->rule, "code", reason->code, "sentence",
                     sentence(reason), "statements", statement_list(reason));
}

static void print_json(json_t *json)
{
    json_dumpf(json, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(json);
}

static int status_of(enum decision decision)
{
    return decision == DECISION_ALLOWED   ? EXIT_DONE
           : decision == DECISION_UNKNOWN ? EXIT_UNDECIDED
                                          : EXIT_REFUSED;
}

static int status_with_complaint(const struct ruling *ruling)
{
    if (ruling->decision != DECISION_ALLOWED)
        fprintf(stderr, "jpki: %s (%s)\n", sentence(&ruling->reason), statements(&ruling->reason));
    return status_of(ruling->decision);
}

int report_ruling(const struct ruling *ruling, const char *first, bool is_json)
{
    const char *word = first ? first : decision_word(ruling->decision);
    char date[DATE_TEXT] = "";
    if (ruling->date.year)
        date_print(ruling->date, date);
    if (is_json) {
        json_t *json =
            json_pack("{s:s, s:o}", "decision", word, "reason", reason_json(&ruling->reason));
        if (date[0])
            json_object_set_new(json, "date", json_string(date));
        print_json(json);
    } else {
        printf("%s\n%s", word, sentence(&ruling->reason));
        if (date[0] && strcmp(date, word) != 0)
            printf(": %s", date);
        printf("\n%s\n", statements(&ruling->reason));
    }
    return status_with_complaint(ruling);
}

/* When an outcome counts from: a day, the hold's time as it was given, or those words. */
static const char *counting_from(const struct event_outcome *outcome, const char *held_since,
                                 char text[static DATE_TEXT])
{
    if (outcome->as_of_hold)
        return held_since ? held_since : say("the time of the hold", "一時保留の時");
    return outcome->effective.year ? date_print(outcome->effective, text) : NULL;
}

static bool has_reason_code(const struct event_outcome *outcome)
{
    return outcome->effect == EFFECT_HELD || outcome->effect == EFFECT_REVOKED ||
           outcome->effect == EFFECT_SUPERSEDED;
}

static void print_outcome(const char *what, const struct event_outcome *outcome,
                          const char *held_since)
{
    char text[DATE_TEXT];
    const char *from = counting_from(outcome, held_since, text);
    printf("%s: %s", what, effect_name(outcome->effect));
    if (from)
        printf(" %s", from);
    if (has_reason_code(outcome))
        printf(" %s", revocation_reason_name(outcome->reason));
    printf(" %s (%s)\n", statements(&outcome->why), sentence(&outcome->why));
}

static json_t *outcome_json(const struct event_outcome *outcome, const char *held_since)
{
    char text[DATE_TEXT];
    const char *from = counting_from(outcome, held_since, text);
    json_t *json = json_pack("{s:s, s:o}", "outcome", effect_name(outcome->effect), "reason",
                             reason_json(&outcome->why));
    if (from)
        json_object_set_new(json, "effective", json_string(from));
    if (has_reason_code(outcome))
        json_object_set_new(json, "reason-code",
                            json_string(revocation_reason_name(outcome->reason)));
    return json;
}

int report_event(const struct event_answer *answer, const char *held_since, bool is_json)
{
    const struct {
        const char *what;
        const struct event_outcome *outcome;
    } lines[] = {
        {"signature", &answer->certificate[KIND_SIGNATURE]},
        {"authentication", &answer->certificate[KIND_AUTHENTICATION]},
        {"card", &answer->card},
    };
    json_t *json = json_object();
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        if (is_json)
            json_object_set_new(json, lines[i].what, outcome_json(lines[i].outcome, held_since));
        else
            print_outcome(lines[i].what, lines[i].outcome, held_since);
    }
    if (is_json)
        print_json(json);
    else
        json_decref(json);
    return EXIT_DONE;
}

static void print_visit(const enum paper papers[PROCEDURE_MAX_PAPERS], char separator)
{
    for (size_t i = 0; i < PROCEDURE_MAX_PAPERS && papers[i] != PAPER_NONE; i++)
        printf("%s%s", i ? (char[]){separator, 0} : "", paper_name(papers[i]));
}

/* The first line: names of papers, the visits divided by " / ". */
static void print_paper_names(const struct procedure_plan *plan)
{
    if (plan->papers[0][0] == PAPER_NONE)
        printf("%s", paper_name(PAPER_NONE));
    for (size_t visit = 0; visit < PROCEDURE_MAX_VISITS; visit++) {
        if (plan->papers[visit][0] == PAPER_NONE)
            continue;
        printf("%s", visit ? " / " : "");
        print_visit(plan->papers[visit], ' ');
    }
    putchar('\n');
}

void report_papers(const struct procedure_plan *plan)
{
    enum language language = language_of_locale();
    for (size_t visit = 0; visit < PROCEDURE_MAX_VISITS; visit++)
        for (size_t i = 0; i < PROCEDURE_MAX_PAPERS; i++) {
            enum paper paper = plan->papers[visit][i];
            if (paper == PAPER_NONE)
                break;
            printf("%zu. %s", visit + 1, paper_label(paper, language));
            if (paper == PAPER_FORM)
                printf(" [%s]", form_title(plan->form, language));
            putchar('\n');
        }
}

static json_t *papers_json(const struct procedure_plan *plan)
{
    json_t *visits = json_array();
    for (size_t visit = 0; visit < PROCEDURE_MAX_VISITS; visit++) {
        json_t *papers = json_array();
        for (size_t i = 0; i < PROCEDURE_MAX_PAPERS && plan->papers[visit][i] != PAPER_NONE; i++)
            json_array_append_new(papers, json_string(paper_name(plan->papers[visit][i])));
        if (visit < plan->num_visits || json_array_size(papers) > 0)
            json_array_append_new(visits, papers);
        else
            json_decref(papers);
    }
    return visits;
}

static json_t *steps_json(const struct procedure_plan *plan)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < plan->num_steps; i++) {
        const struct step *step = &plan->steps[i];
        json_t *json = json_pack("{s:s, s:i}", "step", step_word(step->name), "visit", step->visit);
        if (step->has_kind)
            json_object_set_new(json, "kind", json_string(kind_name(step->kind)));
        json_array_append_new(steps, json);
    }
    return steps;
}

static json_t *plan_json(const struct procedure_plan *plan)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:i, s:b, s:b, s:i, s:s, s:s}", "decision",
                     decision_word(plan->ruling.decision), "reason",
                     reason_json(&plan->ruling.reason), "papers", papers_json(plan), "steps",
                     steps_json(plan), "visits", plan->num_visits, "letter", plan->has_letter,
                     "may-fetch-form", plan->may_fetch_form, "fee", plan->fee.yen, "pin-typed-by",
                     pin_typist_name(plan->typist), "form", form_name(plan->form));
}

void report_reasons(const struct procedure_plan *plan)
{
    bool has_reset = plan->reset.code != NULL;
    printf("%s\n", sentence(&plan->ruling.reason));
    if (has_reset)
        printf("%s\n", sentence(&plan->reset));
    printf("%s%s%s\n", statements(&plan->ruling.reason), has_reset ? " " : "",
           has_reset ? statements(&plan->reset) : "");
}

int report_plan(const struct procedure_plan *plan, bool is_json)
{
    bool is_refused = plan->ruling.decision != DECISION_ALLOWED;
    if (is_json)
        print_json(is_refused
                       ? json_pack("{s:s, s:o}", "decision", decision_word(plan->ruling.decision),
                                   "reason", reason_json(&plan->ruling.reason))
                       : plan_json(plan));
    if (is_json)
        return status_with_complaint(&plan->ruling);
    if (is_refused)
        return report_ruling(&plan->ruling, NULL, false);
    print_paper_names(plan);
    report_papers(plan);
    report_reasons(plan);
    return EXIT_DONE;
}
