/* What a screen shows, as data for its template. */
#include "terminal/view.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"

/* --- words --- */

static json_t *phrase(const struct view_language *language, const char *name)
{
    struct bytes text = words_find(language->words, "terminal", name);
    return json_stringn((const char *)text.data, text.len);
}

/* A phrase of what is on the screen now, such as consent-title; NULL: it has none. */
static json_t *screen_phrase(const struct view_language *language, enum screen shown,
                             const char *what)
{
    char name[48];
    snprintf(name, sizeof name, "%s-%s", screen_word(shown), what);
    struct bytes text = words_find(language->words, "terminal", name);
    return text.len ? json_stringn((const char *)text.data, text.len) : NULL;
}

static bool is_ja(const struct view_language *language)
{
    return language->words->base == LANGUAGE_JA;
}

static json_t *own_sentence(const struct view_language *language, json_t *object)
{
    return json_incref(json_object_get(object, is_ja(language) ? "ja" : "en"));
}

static json_t *kind_phrase(const struct view_language *language, const char *kind)
{
    char name[48];
    snprintf(name, sizeof name, "kind-%s", kind);
    return phrase(language, name);
}

/* --- what is shown --- */

/* What is to come at this terminal, and what has been done. */
static json_t *steps_json(const struct view_language *language, json_t *application)
{
    size_t i;
    json_t *step, *list = json_array();
    json_array_foreach (json_object_get(application, "steps"), i, step) {
        const char *name = json_string_value(json_object_get(step, "step"));
        const char *kind = json_string_value(json_object_get(step, "kind"));
        if (!name || !counter_needs_card(name))
            continue;
        json_t *row = json_pack("{s:o, s:O}", "text", own_sentence(language, step), "is_done",
                                json_object_get(step, "done"));
        if (kind)
            json_object_set_new(row, "kind", kind_phrase(language, kind));
        json_array_append_new(list, row);
    }
    return list;
}

static void put_application(const struct view_language *language, json_t *data, json_t *application)
{
    enum procedure procedure;
    const char *name = json_string_value(json_object_get(application, "procedure"));
    if (name && procedure_parse(name, &procedure) == ERR_NONE) {
        struct bytes text = words_procedure(language->words, procedure);
        json_object_set_new(data, "procedure", json_stringn((const char *)text.data, text.len));
    }
    json_object_set(data, "name", json_object_get(application, "name"));
    json_object_set_new(data, "steps", steps_json(language, application));
    json_object_set_new(data, "has_steps", json_true());
}

/* One button for each character that this PIN may have. */
static json_t *keys_json(enum kind kind)
{
    static const char digits[] = "1234567890", letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890";
    const char *keys = kind == KIND_SIGNATURE ? letters : digits;
    json_t *list = json_array();
    for (; *keys; keys++)
        json_array_append_new(list, json_pack("{s:s%}", "key", keys, (size_t)1));
    return list;
}

static void put_pin(const struct view_language *language, json_t *data, const struct view *view)
{
    char form[48], dots[3 * LIMIT_PIN_TYPED + 1] = "";
    bool is_new = view->screen != SCREEN_PIN && view->screen != SCREEN_WRONG_PIN;
    bool is_four = view->kind == KIND_AUTHENTICATION;
    for (size_t i = 0; i < view->num_typed; i++)
        strcat(dots, "●");
    snprintf(form, sizeof form, "form-%s",
             is_four                      ? "four"
             : is_new && view->needs_both ? "both"
                                          : "six");
    json_object_set_new(data, "pin",
                        json_pack("{s:o, s:o, s:o, s:s, s:b, s:i}", "label",
                                  kind_phrase(language, kind_name(view->kind)), "form",
                                  phrase(language, form), "keys", keys_json(view->kind), "dots",
                                  dots, "is_four", is_four, "turn", view->turn));
    if (view->tries)
        json_object_set_new(data, "tries", json_integer(view->tries));
    if (view->problem.code) {
        struct bytes text = words_reason(language->words, &view->problem);
        json_object_set_new(data, "problem", json_stringn((const char *)text.data, text.len));
    }
}

static void put_refusal(const struct view_language *language, json_t *data, json_t *refusal)
{
    json_t *sentence = own_sentence(language, refusal);
    json_object_set_new(data, "problem", sentence ? sentence : phrase(language, "failed"));
}

static json_t *languages_json(const struct view_language *language)
{
    json_t *list = json_array();
    for (size_t i = 0; i < language->num; i++) {
        const struct words *words = &language->all[i];
        json_array_append_new(list,
                              json_pack("{s:s%, s:s%, s:i, s:b}", "name", words->name.data,
                                        words->name.len, "tag", words->tag.data, words->tag.len,
                                        "number", (int)i, "is_chosen", words == language->words));
    }
    return list;
}

json_t *view_json(const struct view_language *language, const struct view *view)
{
    enum screen shown = view->screen;
    json_t *text = screen_phrase(language, shown, "text");
    json_t *data = json_pack(
        "{s:o, s:s%, s:o, s:o, s:o*, s:i}", "title", screen_phrase(language, shown, "title"), "tag",
        language->words->tag.data, language->words->tag.len, "site", phrase(language, "site"),
        "skip", phrase(language, "skip"), "text", text, "turn", view->turn);
    if (view->application && shown != SCREEN_IDLE && shown != SCREEN_CODE && shown != SCREEN_AWAY)
        put_application(language, data, view->application);
    if (view->is_sample)
        json_object_set_new(data, "sample", phrase(language, "sample"));
    if (shown == SCREEN_CODE)
        json_object_set_new(data, "code", json_string(view->code));
    if (shown == SCREEN_CONSENT)
        json_object_set_new(data, "go", phrase(language, "agree"));
    if (shown == SCREEN_REFUSED) {
        put_refusal(language, data, view->refusal);
        json_object_set_new(data, "go", phrase(language, "again"));
    } else if (screen_asks_for_pin(shown)) {
        put_pin(language, data, view);
        json_object_set_new(data, "enter", phrase(language, "enter"));
        json_object_set_new(data, "erase", phrase(language, "erase"));
        json_object_set_new(data, "tries-label", phrase(language, "tries"));
        json_object_set_new(data, "keys-label", phrase(language, "keys"));
    }
    if (shown != SCREEN_WORKING) {
        json_object_set_new(data, "languages", languages_json(language));
        json_object_set_new(data, "has_languages", json_true());
    }
    json_object_set_new(data, "language-label", phrase(language, "language"));
    json_object_set_new(data, "steps-label", phrase(language, "steps"));
    json_object_set_new(data, "done-mark", phrase(language, "done-mark"));
    return data;
}
