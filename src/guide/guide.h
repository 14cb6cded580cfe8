/* The guide: one walk from question to question to a plan, or to what to do instead. `jpki guide`
 * and the page walk the same. It knows no rule of its own. */
#pragma once

#include "base/bytes.h"
#include "guide/offices.h"
#include "guide/questions.h"

struct guide {
    struct procedure_facts facts;
    size_t next; /* question that is looked at next */
    size_t num_answers;
    struct guide_answer {
        const struct guide_question *question;
        unsigned choice;
    } answers[GUIDE_MAX_QUESTIONS];
};

/* guide_question gives the one to be asked now. NULL at the end: when all were asked, or when every
 * answer to those that are left is refused for the same reason. Starts from a guide of zeros. */
const struct guide_question *guide_question(const struct law_policy *policy, struct guide *guide);
/* guide_answer answers the question that guide_question gave. */
void guide_answer(struct guide *guide, const struct guide_question *question, unsigned choice);
/* guide_find_answer gives what was answered to the question of that name; NULL: it was not asked.
 */
const struct guide_answer *guide_find_answer(const struct guide *guide, const char *question);
/* guide_choice finds a choice by its word; ERR_NOT_FOUND. */
enum err guide_choice(const struct guide_question *question, const char *word,
                      unsigned *out) MUST_USE;

/* Where the guide leads on from a reason, a refusal's above all: to the same answers with one of
 * them changed, where that question was asked and answered otherwise. */
struct guide_turn {
    const char *reason; /* its code */
    const char *question, *word;
};

/* guide_shows: does a plan's page show such places? Offices for a visit, hotlines for a call.
 * page:S17 page:S39 page:S51 rule:places */
bool guide_shows(const struct procedure_plan *plan, enum procedure procedure, enum place place);

/* guide_turns gives the turns that the code has, NULL and 0 where there is none. */
const struct guide_turn *guide_turns(const char *reason, size_t *num);
