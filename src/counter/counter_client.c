/* The client's side of the acts socket. */
#include "counter/counter_client.h"

#include <string.h>

#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"

#define CLIENT_TIMEOUT 60000 /* milliseconds */

enum err counter_client_open(const char *path, const char *as, struct counter_client *out,
                             struct fault *fault)
{
    *out = (struct counter_client){.fd = -1, .as = as};
    return socket_connect(path, &out->fd, fault);
}

void counter_client_close(struct counter_client *client)
{
    fd_close(&client->fd);
    client->fd = -1;
}

void counter_answer_done(struct counter_answer *answer)
{
    json_decref(answer->detail);
    *answer = (struct counter_answer){0};
}

static enum err send_request(struct counter_client *client, const char *act, json_t *fields)
{
    json_t *request = json_pack("{s:s, s:o}", "act", act, "fields", fields);
    if (request && client->as)
        json_object_set_new(request, "as", json_string(client->as));
    if (request && client->session)
        json_object_set_new(request, "session", json_string(client->session));
    if (request && client->terminal)
        json_object_set_new(request, "terminal", json_string(client->terminal));
    if (request && client->token)
        json_object_set_new(request, "token", json_string(client->token));
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
    json_decref(request);
    enum err err = text ? frame_send(client->fd, bytes_of_text(text)) : ERR_MEMORY;
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
    return err;
}

static const struct {
    const char *name;
    enum counter_outcome outcome;
} answers[] = {
    {"answer", COUNTER_DONE},
    {"refused", COUNTER_REFUSED},
    {"error", COUNTER_FAILED},
};

enum err counter_answer_read(struct bytes body, struct counter_answer *out)
{
    json_t *message = json_loadb((const char *)body.data, body.len, JSON_REJECT_DUPLICATES, NULL);
    for (size_t i = 0; message && i < COUNT_OF(answers); i++) {
        json_t *detail = json_object_get(message, answers[i].name);
        if (!json_is_object(detail))
            continue;
        out->outcome = answers[i].outcome;
        out->detail = json_incref(detail);
        json_decref(message);
        return ERR_NONE;
    }
    json_decref(message);
    return ERR_PEER;
}

void counter_client_ask(struct counter_client *client, const char *act, json_t *fields,
                        struct counter_answer *out)
{
    struct buffer body CLEANUP_BUFFER;
    buffer_init(&body, LIMIT_FRAME);
    *out = (struct counter_answer){.outcome = COUNTER_FAILED};
    enum err err = send_request(client, act, fields);
    if (err == ERR_NONE)
        err = frame_receive(client->fd, &body, client->timeout ? client->timeout : CLIENT_TIMEOUT);
    if (err == ERR_NONE)
        err = counter_answer_read(buffer_bytes(&body), out);
    if (err != ERR_NONE)
        (void)fault_set(&out->fault, err, act, "the centre does not answer");
    else if (out->outcome == COUNTER_FAILED)
        (void)fault_set(&out->fault, ERR_STATE, act, "%s", counter_text(out, "text"));
}

static json_t *last_number(json_t *rows)
{
    return json_object_get(json_array_get(rows, json_array_size(rows) - 1), "number");
}

void counter_client_ask_pages(struct counter_client *client, const char *act, json_t *fields,
                              const char *list, struct counter_answer *out)
{
    json_t *all = json_array();
    for (bool has_more = true; has_more;) {
        counter_client_ask(client, act, json_copy(fields), out);
        json_t *rows = json_object_get(out->detail, list);
        has_more = out->outcome == COUNTER_DONE && json_array_size(rows) &&
                   json_is_true(json_object_get(out->detail, "more"));
        json_object_set(fields, "after", last_number(rows));
        json_array_extend(all, rows);
        if (has_more)
            counter_answer_done(out);
        else if (out->outcome == COUNTER_DONE)
            json_object_set(out->detail, list, all);
    }
    json_decref(all);
    json_decref(fields);
}

static bool is_one_of(const char *step, const char *const *steps, size_t num)
{
    for (size_t i = 0; i < num; i++)
        if (strcmp(steps[i], step) == 0)
            return true;
    return false;
}

bool counter_needs_card(const char *step)
{
    static const char *const steps[] = {"card-present", "pin",     "pin-set",  "pin-reset",
                                        "issue",        "install", "supersede"};
    return is_one_of(step, steps, COUNT_OF(steps));
}

bool counter_is_effect(const char *step)
{
    static const char *const effects[] = {"hold",      "release",      "revoke",
                                          "card-stop", "card-restart", "card-void"};
    return is_one_of(step, effects, COUNT_OF(effects));
}

const char *counter_step_act(int64_t number, json_t *next, json_t **fields)
{
    json_t *step = json_object_get(next, "step"), *kind = json_object_get(next, "kind");
    bool is_effect = counter_is_effect(json_string_value(step));
    *fields = json_pack("{s:I}", "number", (json_int_t)number);
    if (!is_effect)
        json_object_set(*fields, "step", step);
    if (!is_effect && json_is_string(kind))
        json_object_set(*fields, "kind", kind);
    return is_effect ? "execute" : "step";
}

void counter_client_step(struct counter_client *client, int64_t number, json_t *next,
                         struct counter_answer *out)
{
    json_t *fields;
    const char *act = counter_step_act(number, next, &fields);
    counter_client_ask(client, act, fields, out);
}

const char *counter_text(const struct counter_answer *answer, const char *name)
{
    const char *text = json_string_value(json_object_get(answer->detail, name));
    return text ? text : "";
}

int64_t counter_number(const struct counter_answer *answer, const char *name)
{
    return json_integer_value(json_object_get(answer->detail, name));
}

const char *counter_sentence(const struct counter_answer *answer, enum language language)
{
    if (answer->outcome == COUNTER_REFUSED)
        return counter_text(answer, language == LANGUAGE_JA ? "ja" : "en");
    return answer->fault.text;
}
