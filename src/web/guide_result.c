/* What a walk of the guide ends with: what to bring, where to go, what it costs; or why not, and
 * what to do instead. */
#include <string.h>

#include "base/limits.h"
#include "http/form.h"
#include "law/calendar.h"
#include "web/guide.h"
#include "web/places.h"
#include "web/qr.h"

/* --- why --- */

/* The reason's sentence, and the statements of the page that it stands on. */
static json_t *reason_json(const struct words *words, const struct reason *reason)
{
    json_t *statements = json_array();
    struct bytes statement;
    for (const char *at = reason->statements; statements_next(&at, &statement);)
        json_array_append_new(statements, json_of_bytes(statement));
    return json_pack("{s:s, s:o, s:o}", "code", reason->code, "text",
                     json_of_bytes(words_reason(words, reason)), "statements", statements);
}

static json_t *reasons_json(const struct words *words, const struct procedure_plan *plan)
{
    json_t *list = json_array();
    json_array_append_new(list, reason_json(words, &plan->ruling.reason));
    if (plan->reset.code)
        json_array_append_new(list, reason_json(words, &plan->reset));
    return list;
}

/* --- instead --- */

static json_t *turn_json(const struct page *page, const struct guide *guide,
                         const struct guide_question *question, const char *word, unsigned choice)
{
    const struct words *words = &page->language->words;
    struct buffer query CLEANUP_BUFFER;
    page_query(page, &query);
    guide_put_query(guide, question, word, &query);
    return json_pack("{s:s, s:s, s:o, s:o, s:o}", "name", question->name, "word", word, "question",
                     json_of_bytes(words_question(words, question)), "text",
                     json_of_bytes(words_choice(words, question, choice)), "url",
                     page_url(page, page->path, buffer_bytes(&query)));
}

static json_t *turns_json(const struct page *page, const struct guide *guide, const char *reason)
{
    size_t num;
    const struct guide_turn *turns = guide_turns(reason, &num);
    json_t *list = json_array();
    for (size_t i = 0; i < num; i++) {
        const struct guide_answer *answer = guide_find_answer(guide, turns[i].question);
        unsigned choice;
        if (answer && guide_choice(answer->question, turns[i].word, &choice) == ERR_NONE &&
            choice != answer->choice)
            json_array_append_new(list,
                                  turn_json(page, guide, answer->question, turns[i].word, choice));
    }
    return list;
}

/* --- what to bring --- */

static json_t *paper_json(const struct words *words, const struct procedure_plan *plan,
                          enum paper paper)
{
    json_t *json = json_pack("{s:s, s:o}", "name", paper_name(paper), "text",
                             json_of_bytes(words_paper(words, paper)));
    if (paper == PAPER_FORM && plan->form != FORM_NONE) {
        json_object_set_new(json, "form", json_of_bytes(words_form(words, plan->form)));
        json_object_set_new(json, "form_url", json_sprintf("/form/%s.pdf", form_name(plan->form)));
    }
    return json;
}

static json_t *visits_json(const struct page *page, const struct procedure_plan *plan)
{
    json_t *visits = json_array();
    for (size_t visit = 0; visit < PROCEDURE_MAX_VISITS; visit++) {
        json_t *papers = json_array();
        for (size_t i = 0; i < PROCEDURE_MAX_PAPERS; i++) {
            enum paper paper = plan->papers[visit][i];
            if (paper == PAPER_NONE)
                break;
            json_array_append_new(papers, paper_json(&page->language->words, plan, paper));
        }
        if (json_array_size(papers) > 0)
            json_array_append_new(visits,
                                  json_pack("{s:i, s:b, s:o, s:o}", "number", (int)visit + 1,
                                            "is_numbered", plan->num_visits > 1, "title",
                                            page_count(page, "guide-visit", (int)visit + 1),
                                            "papers", papers));
        else
            json_decref(papers);
    }
    return visits;
}

/* page:S24 page:S25 the lists that a paper of the plan refers to */
static json_t *documents_json(const struct words *words, enum document_list wanted)
{
    json_t *list = json_array();
    for (enum document document = 0; document < NUM_DOCUMENTS; document++)
        if (document_list(document) == wanted)
            json_array_append_new(list,
                                  json_pack("{s:s, s:o}", "name", document_name(document), "text",
                                            json_of_bytes(words_document(words, document))));
    return list;
}

static void put_documents(const struct words *words, const struct procedure_plan *plan,
                          json_t *json)
{
    bool is_a = false, is_b = false, takes_b;
    for (size_t visit = 0; visit < PROCEDURE_MAX_VISITS; visit++)
        for (size_t i = 0; i < PROCEDURE_MAX_PAPERS; i++)
            if (paper_is_document(plan->papers[visit][i], &takes_b)) {
                is_a = true;
                is_b = is_b || takes_b;
            }
    if (is_a)
        json_object_set_new(json, "list_a", documents_json(words, LIST_A));
    if (is_b)
        json_object_set_new(json, "list_b", documents_json(words, LIST_B));
}

/* --- where --- */

static void put_where(const struct page *page, enum procedure procedure,
                      const struct procedure_plan *plan, json_t *json)
{
    static const char *const names[] = {
        [PLACE_OFFICE] = "offices", [PLACE_HOTLINE] = "hotlines", [PLACE_LINK] = "links"};
    for (enum place place = PLACE_OFFICE; place <= PLACE_LINK; place++)
        if (guide_shows(plan, procedure, place))
            json_object_set_new(json, names[place], places_json(page, place, procedure));
    bool is_at_home = plan->num_visits == 0 && procedure != PROCEDURE_HOLD;
    json_object_set_new(json, "is_at_home", json_boolean(is_at_home));
}

static void put_appointment(const struct page *page, enum procedure procedure,
                            const struct procedure_plan *plan, json_t *json)
{
    struct buffer query CLEANUP_BUFFER;
    buffer_init(&query, LIMIT_HTTP_BODY);
    if (page->is_private || !guide_shows(plan, procedure, PLACE_OFFICE) ||
        !calendar_slots(&page->site->appointments, procedure))
        return;
    http_form_put(&query, "procedure", bytes_of_text(procedure_name(procedure)));
    json_object_set_new(json, "appointment_url",
                        page_url(page, "/appointment", buffer_bytes(&query)));
}

/* --- to take along --- */

/* The page's own address, for the paper that it is printed on. */
static void put_share(const struct page *page, json_t *json)
{
    if (!page->site->url[0] || page->is_private)
        return;
    json_t *path = page_url(page, page->path, buffer_bytes(&page->query));
    json_t *url = json_sprintf("%s%s", page->site->url, json_string_value(path));
    json_t *drawing = url ? qr_draw(json_string_value(url)) : NULL;
    json_object_set_new(json, "share_url", url);
    if (drawing)
        json_object_set_new(json, "qr", drawing);
    json_decref(path);
}

static void put_plan(const struct page *page, const struct guide *guide,
                     const struct procedure_plan *plan, json_t *json)
{
    const struct words *words = &page->language->words;
    json_object_set_new(json, "visits", visits_json(page, plan));
    put_documents(words, plan, json);
    json_object_set_new(json, "num_visits", json_integer(plan->num_visits));
    json_object_set_new(json, "visits_text", page_count(page, "guide-times", plan->num_visits));
    json_object_set_new(json, "is_visit", json_boolean(plan->num_visits > 0));
    json_object_set_new(json, "has_letter", json_boolean(plan->has_letter));
    json_object_set_new(json, "may_fetch_form", json_boolean(plan->may_fetch_form));
    json_object_set_new(json, "yen", json_integer(plan->fee.yen));
    json_object_set_new(json, "fee_text",
                        plan->fee.yen ? page_count(page, "guide-yen", plan->fee.yen)
                                      : page_phrase(page, "guide-free"));
    if (plan->typist != TYPED_BY_NOBODY)
        json_object_set_new(json, "typist",
                            json_pack("{s:s, s:o}", "name", pin_typist_name(plan->typist), "text",
                                      json_of_bytes(words_typist(words, plan->typist))));
    put_where(page, guide->facts.procedure, plan, json);
    put_appointment(page, guide->facts.procedure, plan, json);
    put_share(page, json);
}

json_t *guide_result(const struct page *page, const struct guide *guide)
{
    const struct words *words = &page->language->words;
    enum procedure procedure = guide->facts.procedure;
    struct procedure_plan plan = procedure_decide(&page->site->policy, &guide->facts);
    bool is_allowed = plan.ruling.decision == DECISION_ALLOWED;
    json_t *json = json_pack("{s:s, s:o, s:b, s:o}", "procedure", procedure_name(procedure),
                             "title", json_of_bytes(words_procedure(words, procedure)),
                             "is_allowed", is_allowed, "reasons", reasons_json(words, &plan));
    if (is_allowed)
        put_plan(page, guide, &plan, json);
    json_object_set_new(json, "turns", turns_json(page, guide, plan.ruling.reason.code));
    return json;
}
