/* From an address to a step of the walk. */
#include "web/guide.h"

#include <string.h>

#include "base/limits.h"
#include "http/form.h"

#define WORD_MAX 32

/* The word that the address has for each question; empty where there is none. */
struct asked {
    char words[GUIDE_MAX_QUESTIONS][WORD_MAX];
};

void guide_put_query(const struct guide *guide, const struct guide_question *changed,
                     const char *word, struct buffer *out)
{
    for (size_t i = 0; i < guide->num_answers; i++) {
        const struct guide_answer *answer = &guide->answers[i];
        const char *own = answer->question->choices[answer->choice].word;
        const char *kept = answer->question == changed ? word : own;
        if (kept)
            http_form_put(out, answer->question->name, bytes_of_text(kept));
    }
}

static void read_query(const struct page *page, struct asked *out)
{
    for (size_t i = 0; i < num_guide_questions; i++)
        if (!http_request_query(page->request, guide_questions[i].name, out->words[i], WORD_MAX))
            out->words[i][0] = '\0';
}

/* What was answered behind a question, and is asked again perhaps once that one is. */
static void put_later(const struct asked *asked, const struct guide_question *question,
                      struct buffer *query)
{
    for (size_t i = (size_t)(question - guide_questions) + 1; i < num_guide_questions; i++) {
        unsigned choice;
        if (guide_choice(&guide_questions[i], asked->words[i], &choice) == ERR_NONE)
            http_form_put(query, guide_questions[i].name, bytes_of_text(asked->words[i]));
    }
}

static json_t *choice_url(const struct page *page, const struct guide *guide,
                          const struct asked *asked, const struct guide_question *open,
                          const char *word)
{
    struct buffer query CLEANUP_BUFFER;
    page_query(page, &query);
    guide_put_query(guide, NULL, NULL, &query);
    http_form_put(&query, open->name, bytes_of_text(word));
    put_later(asked, open, &query);
    return page_url(page, page->path, buffer_bytes(&query));
}

/* The same answers but this one: it is asked again. */
static json_t *change_url(const struct page *page, const struct guide *guide,
                          const struct asked *asked, const struct guide_question *question,
                          const struct guide_question *open)
{
    struct buffer query CLEANUP_BUFFER;
    page_query(page, &query);
    guide_put_query(guide, question, NULL, &query);
    if (open)
        put_later(asked, open, &query);
    return page_url(page, page->path, buffer_bytes(&query));
}

/* Answers come in any order and count where their question is asked; others are passed over. */
static bool take_answers(const struct page *page, const struct asked *asked, struct guide *guide)
{
    const struct guide_question *question;
    while ((question = guide_question(&page->site->policy, guide))) {
        const char *word = asked->words[question - guide_questions];
        unsigned choice;
        if (!word[0])
            return true;
        if (guide_choice(question, word, &choice) != ERR_NONE)
            return false;
        guide_answer(guide, question, choice);
    }
    return true;
}

/* What was answered, each with the way back to its question. */
static json_t *answers_json(const struct page *page, const struct guide *guide,
                            const struct asked *asked, const struct guide_question *open)
{
    const struct words *words = &page->language->words;
    json_t *list = json_array();
    for (size_t i = 0; i < guide->num_answers; i++) {
        const struct guide_answer *answer = &guide->answers[i];
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:s, s:o, s:o}", "name", answer->question->name, "question",
                            json_of_bytes(words_question(words, answer->question)), "word",
                            answer->question->choices[answer->choice].word, "answer",
                            json_of_bytes(words_choice(words, answer->question, answer->choice)),
                            "change_url", change_url(page, guide, asked, answer->question, open)));
    }
    return list;
}

static json_t *question_json(const struct page *page, const struct guide *guide,
                             const struct asked *asked, const struct guide_question *question)
{
    const struct words *words = &page->language->words;
    json_t *choices = json_array();
    for (unsigned i = 0; i < guide_num_choices(question); i++) {
        const char *word = question->choices[i].word;
        json_array_append_new(choices,
                              json_pack("{s:s, s:o, s:o}", "word", word, "text",
                                        json_of_bytes(words_choice(words, question, i)), "url",
                                        choice_url(page, guide, asked, question, word)));
    }
    return json_pack("{s:s, s:o, s:o}", "name", question->name, "text",
                     json_of_bytes(words_question(words, question)), "choices", choices);
}

json_t *guide_walk(struct page *page, struct guide *guide)
{
    struct asked asked;
    *guide = (struct guide){0};
    read_query(page, &asked);
    if (!take_answers(page, &asked, guide))
        return NULL;
    const struct guide_question *question = guide_question(&page->site->policy, guide);
    buffer_put_bytes(&page->query, buffer_bytes(&page->kept));
    guide_put_query(guide, NULL, NULL, &page->query);
    if (question)
        put_later(&asked, question, &page->query);
    json_t *data = json_pack("{s:o, s:o, s:o}", "title", page_phrase(page, "guide-title"),
                             "answers", answers_json(page, guide, &asked, question), "start_url",
                             page_url(page, page->path, buffer_bytes(&page->kept)));
    if (question)
        json_object_set_new(data, "question", question_json(page, guide, &asked, question));
    else
        json_object_set_new(data, "result", guide_result(page, guide));
    return data;
}

void guide_get(struct page *page)
{
    struct guide guide;
    json_t *data = guide_walk(page, &guide);
    if (data)
        page_answer(page, "guide", data);
    else
        page_refuse(page, 400, "guide-no-such-answer");
}
