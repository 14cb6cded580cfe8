#include "paper/request.h"

#include <string.h>

#include "base/limits.h"

static enum err paper_take(const char *name, struct paper_request *out, struct fault *fault)
{
    for (enum form form = FORM_ISSUE; form < NUM_FORMS; form++)
        if (strcmp(name, form_name(form)) == 0)
            out->form = form;
    for (enum letter letter = LETTER_INQUIRY; letter < NUM_LETTERS; letter++)
        if (strcmp(name, letter_name(letter)) == 0)
            out->letter = letter;
    return out->form != FORM_NONE || out->letter != LETTER_NONE
               ? ERR_NONE
               : fault_set(fault, ERR_NOT_FOUND, "paper", "there is none of this name");
}

static enum err item_take(const char *name, const json_t *value, struct paper_request *out,
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
    out->content.items[item] = text;
    return ERR_NONE;
}

static enum err items_take(json_t *items, struct paper_request *out, struct fault *fault)
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

static enum err fields_take(struct paper_request *out, struct fault *fault)
{
    const json_t *paper = json_object_get(out->json, "paper");
    const json_t *sample = json_object_get(out->json, "sample");
    json_t *items = json_object_get(out->json, "items");
    if (!json_is_string(paper) || !json_is_object(items) || !json_is_boolean(sample) ||
        json_object_size(out->json) != 3)
        return fault_set(fault, ERR_MALFORMED, "request", "it is not paper, items and sample");
    out->content.is_sample = json_is_true(sample);
    enum err err = paper_take(json_string_value(paper), out, fault);
    return err == ERR_NONE ? items_take(items, out, fault) : err;
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
