#include "paper/request.h"

#include <string.h>

#include "base/limits.h"

static enum letter letter_of(const char *name)
{
    for (enum letter letter = LETTER_INQUIRY; letter < NUM_LETTERS; letter++)
        if (strcmp(name, letter_name(letter)) == 0)
            return letter;
    return LETTER_NONE;
}

static enum form form_of(const char *name)
{
    for (enum form form = FORM_ISSUE; form < NUM_FORMS; form++)
        if (strcmp(name, form_name(form)) == 0)
            return form;
    return FORM_NONE;
}

/* --- items --- */

static enum err item_take(const char *name, const json_t *value, struct content *out,
                          struct fault *fault)
{
    enum content_item item = content_item_of(bytes_of_text(name));
    if (item == ITEM_NONE)
        return fault_set(fault, ERR_MALFORMED, "items", "an unknown name");
    if (!json_is_string(value))
        return fault_set(fault, ERR_MALFORMED, content_item_name(item), "it is no text");
    struct bytes text = bytes_of(json_string_value(value), json_string_length(value));
    if (text.len > LIMIT_FORM_ITEM)
        return fault_set(fault, ERR_LIMIT, content_item_name(item), "%zu bytes", text.len);
    out->items[item] = text;
    return ERR_NONE;
}

static enum err items_take(json_t *items, struct content *out, struct fault *fault)
{
    const char *name;
    json_t *value;
    json_object_foreach (items, name, value) {
        enum err err = item_take(name, value, out, fault);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

/* --- letters --- */

static enum err letter_take(const json_t *row, struct filled_letter *out, struct fault *fault)
{
    const char *paper = json_string_value(json_object_get(row, "paper"));
    json_t *items = json_object_get(row, "items");
    if (!paper || !json_is_object(items) || json_object_size(row) != 2)
        return fault_set(fault, ERR_MALFORMED, "letters", "one is not paper and items");
    out->letter = letter_of(paper);
    if (out->letter == LETTER_NONE)
        return fault_set(fault, ERR_NOT_FOUND, "letters", "there is no letter of this name");
    return items_take(items, &out->content, fault);
}

static enum err letters_take(const json_t *list, struct paper_request *out, struct fault *fault)
{
    size_t num = json_array_size(list);
    enum err err = ERR_NONE;
    if (num > LIMIT_PAPER_LETTERS)
        return fault_set(fault, ERR_LIMIT, "letters", "%zu of them", num);
    if (num == 0)
        return fault_set(fault, ERR_MALFORMED, "letters", "there are none");
    for (size_t i = 0; err == ERR_NONE && i < num; i++)
        err = letter_take(json_array_get(list, i), &out->letters[i], fault);
    for (size_t i = 0; i < num; i++)
        out->letters[i].content.is_sample = out->content.is_sample;
    out->num_letters = num;
    return err;
}

static enum err weeks_take(const json_t *list, struct paper_request *out, struct fault *fault)
{
    return forecast_take(list, &out->forecast, fault);
}

/* --- which paper --- */

/* Papers that are more than their items: what else they have. */
static const struct more {
    const char *paper, *field;
    enum err (*take)(const json_t *list, struct paper_request *out, struct fault *fault);
} mores[] = {
    {FORECAST_PAPER, "weeks", weeks_take},
    {"letters", "letters", letters_take},
};

static const struct more *more_of(const char *paper)
{
    for (size_t i = 0; i < COUNT_OF(mores); i++)
        if (strcmp(paper, mores[i].paper) == 0)
            return &mores[i];
    return NULL;
}

static enum err paper_take(const char *name, const struct more *more, struct paper_request *out,
                           struct fault *fault)
{
    if (more)
        return more->take(json_object_get(out->json, more->field), out, fault);
    out->form = form_of(name);
    out->letter = letter_of(name);
    return out->form != FORM_NONE || out->letter != LETTER_NONE
               ? ERR_NONE
               : fault_set(fault, ERR_NOT_FOUND, "paper", "there is none of this name");
}

static enum err fields_take(struct paper_request *out, struct fault *fault)
{
    const char *paper = json_string_value(json_object_get(out->json, "paper"));
    const json_t *sample = json_object_get(out->json, "sample");
    json_t *items = json_object_get(out->json, "items");
    const struct more *more = paper ? more_of(paper) : NULL;
    if (!paper || !json_is_object(items) || !json_is_boolean(sample) ||
        json_object_size(out->json) != (more ? 4 : 3))
        return fault_set(fault, ERR_MALFORMED, "request", "it is not paper, items and sample");
    out->content.is_sample = json_is_true(sample);
    enum err err = paper_take(paper, more, out, fault);
    return err == ERR_NONE ? items_take(items, &out->content, fault) : err;
}

enum err paper_request_parse(struct bytes text, struct paper_request *out, struct fault *fault)
{
    json_error_t error;
    if (text.len > LIMIT_PAPER_REQUEST)
        return fault_set(fault, ERR_LIMIT, "request", "%zu bytes", text.len);
    struct paper_request taken = {
        .json = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error)};
    if (!taken.json)
        return fault_set(fault, ERR_MALFORMED, "json", "not well-formed at %d", error.position);
    enum err err = fields_take(&taken, fault);
    if (err == ERR_NONE)
        *out = taken;
    else
        paper_request_done(&taken);
    return err;
}

void paper_request_done(struct paper_request *request)
{
    json_decref(request->json);
    *request = (struct paper_request){0};
}
