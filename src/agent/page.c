#include "agent/page.h"

#include <string.h>

#include "base/file.h"

/* Those of pages/agent, by their names. */
static const char *const templates[] = {"head", "foot", "home", "ask", "done", "message"};

/* The style is that of the town's pages, with what only these need. The design tokens are a package
 * that may not be there: then style.css has colours of its own. */
static const struct {
    const char *address, *path;
    bool is_package;
} styles[NUM_STYLES] = {
    {"/tokens.css", "node_modules/@digital-go-jp/design-tokens/dist/tokens.css", true},
    {"/style.css", "style.css", false},
    {"/agent.css", "agent/agent.css", false},
};

static enum err template_read(struct agent *agent, const char *name, struct fault *fault)
{
    char file[64], path[PATH_MAX];
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_PAGE_TEMPLATE);
    snprintf(file, sizeof file, "agent/%s.html", name);
    enum err err = path_join(agent->settings.pages, file, path, fault);
    if (err == ERR_NONE)
        err = file_read(path, &text, fault);
    return err == ERR_NONE ? templates_add(agent->templates, name, buffer_bytes(&text), fault)
                           : err;
}

static enum err style_read(struct agent *agent, size_t which, struct fault *fault)
{
    char path[PATH_MAX];
    buffer_init(&agent->styles[which], LIMIT_ASSET);
    enum err err = path_join(agent->settings.pages, styles[which].path, path, fault);
    if (err == ERR_NONE)
        err = file_read(path, &agent->styles[which], fault);
    return err == ERR_NOT_FOUND && styles[which].is_package ? ERR_NONE : err;
}

enum err page_files_read(struct agent *agent, struct fault *fault)
{
    enum err err = templates_new(&agent->templates);
    for (size_t i = 0; err == ERR_NONE && i < COUNT_OF(templates); i++)
        err = template_read(agent, templates[i], fault);
    if (err == ERR_NONE)
        err = templates_check(agent->templates, fault);
    for (size_t i = 0; err == ERR_NONE && i < NUM_STYLES; i++)
        err = style_read(agent, i, fault);
    return err;
}

struct bytes style_content(const struct agent *agent, const char *path)
{
    for (size_t i = 0; i < NUM_STYLES; i++)
        if (strcmp(path, styles[i].address) == 0)
            return buffer_bytes(&agent->styles[i]);
    return bytes_of("", 0);
}

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
        err = templates_render(agent->templates, template, data, &response->body);
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
