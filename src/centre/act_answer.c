/* What a call answers, and the message that says it. */
#include "centre/act.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/text.h"

void act_answer(struct act_call *call, const char *name, json_t *value)
{
    if (json_object_set_new(call->answer, name, value) != 0)
        act_fail(call, ERR_MEMORY);
}

/* Hexadecimal goes into the message as it is: the JSON library would look at each letter again. */
void act_answer_bytes(struct act_call *call, const char *name, struct bytes value)
{
    buffer_put_format(&call->answer_bytes, ",\"%s\":\"", name);
    hex_encode(value, &call->answer_bytes);
    buffer_put_text(&call->answer_bytes, "\"");
}

void act_note(struct act_call *call, const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    json_t *text = json_vsprintf(format, arguments);
    va_end(arguments);
    if (json_object_set_new(call->notes, name, text) != 0)
        act_fail(call, ERR_MEMORY);
}

static json_t *refusal_json(const struct ruling *ruling)
{
    json_t *refused =
        json_pack("{s:s, s:s, s:s, s:s}", "code", ruling->reason.code, "en", ruling->reason.en,
                  "ja", ruling->reason.ja, "statements", ruling->reason.statements);
    char date[DATE_TEXT];
    if (ruling->date.year)
        json_object_set_new(refused, "date", json_string(date_print(ruling->date, date)));
    return refused;
}

static json_t *error_json(const struct fault *fault)
{
    char text[512];
    struct buffer visible CLEANUP_BUFFER;
    buffer_init(&visible, sizeof text);
    fault_print(fault, text, sizeof text);
    text_put_visible(&visible, bytes_of_text(text)); /* it quotes what came, perhaps cut */
    return json_pack("{s:s, s:s}", "code", err_name(fault->code), "text",
                     fault->text[0] ? buffer_text(&visible)
                                    : err_sentence(fault->code, LANGUAGE_EN));
}

/* Appends a value and takes it over. */
static void put_json(struct buffer *out, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII);
    if (text)
        buffer_put_text(out, text);
    else
        out->failed = ERR_MEMORY;
    free(text);
    json_decref(value);
}

static void put_answer(struct buffer *out, const struct act_call *call)
{
    struct bytes more = buffer_bytes(&call->answer_bytes);
    size_t start = out->len;
    put_json(out, json_incref(call->answer));
    if (!more.len)
        return;
    bool is_first = out->len == start + strlen("{}");
    out->len -= strlen("}");
    buffer_put(out, more.data + is_first, more.len - is_first);
    buffer_put_text(out, "}");
}

static void put_refusal(struct buffer *out, const struct act_call *call)
{
    json_t *refused = refusal_json(&call->refusal);
    if (json_object_size(call->answer))
        json_object_set(refused, "answer", call->answer);
    put_json(out, refused);
}

void act_call_print(struct act_call *call)
{
    struct buffer *out = &call->message;
    if (call->outcome == ACT_DONE) {
        buffer_put_text(out, "{\"done\":true,\"answer\":");
        put_answer(out, call);
    } else if (call->outcome == ACT_REFUSED) {
        buffer_put_text(out, "{\"refused\":");
        put_refusal(out, call);
    } else {
        buffer_put_text(out, "{\"error\":");
        put_json(out, error_json(&call->fault));
    }
    buffer_put_text(out, "}");
}
