#include "agent/page.h"

/* Those of pages/agent, by their names. */
const char *const page_templates[] = {"head", "foot", "home", "ask", "done", "message"};
const size_t num_page_templates = COUNT_OF(page_templates);

json_t *page_word(const struct agent *agent, const char *name)
{
    return json_incref(json_object_get(agent->words, name));
}

void page_answer(const struct agent *agent, const char *template, json_t *data,
                 struct http_response *response)
{
    enum err err = data ? ERR_NONE : ERR_MEMORY;
    response->content_type = "text/html; charset=utf-8";
    json_object_set(data, "words", agent->words);
    json_object_set_new(data, "phrase", json_string(agent->phrase->text));
    if (err == ERR_NONE)
        err = templates_render(agent->files.templates, template, data, &response->body);
    json_decref(data);
    if (err != ERR_NONE)
        http_response_text(response, 500, err_sentence(err, agent->settings.language));
}

void page_refuse(const struct agent *agent, const struct refusal *refusal,
                 struct http_response *response)
{
    const char *sentence = sentence_in(refusal->sentence, agent->settings.language);
    response->status = refusal->status;
    agent->settings.tell("refused", refusal->name);
    if (refusal == &refusals[REFUSED_HOST]) {
        http_response_text(response, refusal->status, sentence);
        return;
    }
    page_answer(agent, "message",
                json_pack("{s:o, s:s, s:b}", "title", page_word(agent, "refused-title"), "sentence",
                          sentence, "is_refusal", 1),
                response);
}
