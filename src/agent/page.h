/* One answer of the agent: a template with what it shows, in the agent's language. */
#pragma once

#include "agent/agent.h"
#include "agent/page_files.h"
#include "agent/question.h"
#include "agent/strangers.h"
#include "agent/words.h"

/* Private to this room. */
struct agent {
    struct agent_settings settings;
    const struct phrase *phrase;
    json_t *words;
    struct page_files files;
    struct questions questions;
    struct strangers strangers;
};

/* The policy of a page whose form leads to `target`; what style and form need, and nothing else. */
#define PAGE_POLICY(target)                                                                        \
    "default-src 'none'; style-src 'self'; form-action " target                                    \
    "; base-uri 'none'; frame-ancestors 'none'"

/* page_answer takes over data, an object with a title; NULL is out of memory, or a text that is not
 * UTF-8. A template finds the data, words, and the phrase. */
void page_answer(const struct agent *agent, const char *template, json_t *data,
                 struct http_response *response);
/* page_word is one of words, as JSON; the caller's. */
json_t *page_word(const struct agent *agent, const char *name);
/* page_refuse answers with the refusal's status and says what it is about; under a stranger's name
 * as text, with nothing of the resident's. */
void page_refuse(const struct agent *agent, const struct refusal *refusal,
                 struct http_response *response);

extern const char *const page_templates[];
extern const size_t num_page_templates;
