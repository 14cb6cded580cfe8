/* What the guide asks, in order, and what each answer means. */
#pragma once

#include "law/procedures.h"

#define GUIDE_MAX_QUESTIONS 12
#define GUIDE_MAX_CHOICES   12

/* One question: asked where is_asked says so; store keeps the answer, counted from 0. The words are
 * the same in every language: in an address, in a file of a language. */
struct guide_question {
    const char *name;
    bool (*is_asked)(const struct procedure_facts *facts);
    void (*store)(struct procedure_facts *facts, unsigned choice);
    const char *en, *ja;
    struct {
        const char *word, *en, *ja;
    } choices[GUIDE_MAX_CHOICES]; /* ended by one without a word, unless there are that many */
};

extern const struct guide_question guide_questions[];
extern const size_t num_guide_questions;

unsigned guide_num_choices(const struct guide_question *question);
