/* The walk, and the turns that a refusal offers. */
#include "guide/guide.h"

#include <string.h>

static const struct guide_question *next_question(struct guide *guide)
{
    for (; guide->next < num_guide_questions; guide->next++)
        if (guide_questions[guide->next].is_asked(&guide->facts))
            return &guide_questions[guide->next];
    return NULL;
}

/* Walks all that is left; ends at the first way that is open, or closed for another reason. */
static bool is_refused(const struct law_policy *policy, struct guide guide, const char **reason)
{
    const struct guide_question *question = next_question(&guide);
    if (!question) {
        struct procedure_plan plan = procedure_decide(policy, &guide.facts);
        const char *code = plan.ruling.reason.code;
        bool is_same = !*reason || strcmp(*reason, code) == 0;
        *reason = code;
        return plan.ruling.decision != DECISION_ALLOWED && is_same;
    }
    for (unsigned choice = 0; choice < guide_num_choices(question); choice++) {
        struct guide next = guide;
        guide_answer(&next, question, choice);
        if (!is_refused(policy, next, reason))
            return false;
    }
    return true;
}

const struct guide_question *guide_question(const struct law_policy *policy, struct guide *guide)
{
    const char *reason = NULL;
    const struct guide_question *question = next_question(guide);
    return question && is_refused(policy, *guide, &reason) ? NULL : question;
}

void guide_answer(struct guide *guide, const struct guide_question *question, unsigned choice)
{
    question->store(&guide->facts, choice);
    guide->answers[guide->num_answers++] =
        (struct guide_answer){.question = question, .choice = choice};
    guide->next++;
}

const struct guide_answer *guide_find_answer(const struct guide *guide, const char *question)
{
    for (size_t i = 0; i < guide->num_answers; i++)
        if (strcmp(guide->answers[i].question->name, question) == 0)
            return &guide->answers[i];
    return NULL;
}

enum err guide_choice(const struct guide_question *question, const char *word, unsigned *out)
{
    for (unsigned i = 0; i < guide_num_choices(question); i++)
        if (strcmp(question->choices[i].word, word) == 0) {
            *out = i;
            return ERR_NONE;
        }
    return ERR_NOT_FOUND;
}

/* Rows of one reason stand together; the last two are not refusals, but what comes next or before.
 */
static const struct guide_turn turns[] = {
    {"only-a-hold", "what", "hold"},
    {"hold-by-holder-only", "who", "holder"},
    {"needs-legal-representative", "who", "legal-representative"},
    {"not-represented", "who", "holder"},
    {"not-represented", "who", "proxy"},
    {"no-signature-certificate", "kind", "authentication"},
    {"no-signature-certificate", "what", "new"},
    {"signature-only", "kind", "signature"},
    {"card-needed", "what", "hold"},
    {"card-needed", "what", "loss-report"},
    {"reset-instead", "what", "pin-reset"},
    {"no-change-by-proxy", "who", "holder"},
    {"no-abolish-by-proxy", "who", "holder"},
    {"no-abolish-by-proxy", "what", "loss-report"},
    {"proxy-needs-list-a", "document-a", "yes"},
    {"proxy-needs-list-a", "who", "holder"},
    {"representative-needs-list-a", "document-a", "yes"},
    {"hold", "what", "loss-report"},
    {"loss-report", "what", "hold"},
};

bool guide_shows(const struct procedure_plan *plan, enum procedure procedure, enum place place)
{
    bool is_lost = procedure == PROCEDURE_HOLD || procedure == PROCEDURE_LOSS_REPORT;
    return place == PLACE_LINK || (place == PLACE_HOTLINE && is_lost) ||
           (place == PLACE_OFFICE && plan->num_visits > 0);
}

const struct guide_turn *guide_turns(const char *reason, size_t *num)
{
    const struct guide_turn *first = NULL;
    *num = 0;
    for (size_t i = 0; i < COUNT_OF(turns); i++)
        if (strcmp(turns[i].reason, reason) == 0) {
            first = first ? first : &turns[i];
            (*num)++;
        }
    return first;
}
