#include "centre/message.h"

#include "base/limits.h"

/* The marks that begin or part a value; those inside of a string are none. */
static size_t count_parts(struct bytes text)
{
    size_t num = 0;
    bool is_string = false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (is_string && c == '\\')
            i++;
        else if (c == '"')
            is_string = !is_string;
        else if (!is_string && (c == ',' || c == '{' || c == '['))
            num++;
    }
    return num;
}

enum err message_load(struct bytes text, json_t **out, struct fault *fault)
{
    json_error_t error;
    if (count_parts(text) > LIMIT_ACT_VALUES)
        return fault_set(fault, ERR_LIMIT, "json", "more than %d values", LIMIT_ACT_VALUES);
    json_t *value = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
    if (!value)
        return fault_set(fault, ERR_MALFORMED, "json", "%s", error.text);
    *out = value;
    return ERR_NONE;
}
