/* What the guide asks, in order, and what each answer means. */
#pragma once

#include "law/procedures.h"

#define GUIDE_MAX_CHOICES 12

/* One question: asked where is_asked says so; store keeps the answer, counted from 0. */
struct guide_question {
    bool (*is_asked)(const struct procedure_facts *facts);
    void (*store)(struct procedure_facts *facts, unsigned choice);
    const char *en, *ja;
    struct {
        const char *en, *ja;
    } choices[GUIDE_MAX_CHOICES];
};

extern const struct guide_question guide_questions[];
extern const size_t num_guide_questions;
