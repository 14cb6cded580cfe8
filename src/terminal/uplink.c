#include "terminal/uplink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/own_file.h"
#include "base/file.h"
#include "base/limits.h"
#include "http/client.h"

#define UPLINK_KEPT 1024  /* an id and its address */
#define TIMEOUT     20000 /* milliseconds; web gives up before */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* What goes over a network needs TLS. */
static bool url_is_good(const char *url)
{
    static const char *const here[] = {"http://127.0.0.1:", "http://127.0.0.1/",
                                       "http://localhost:", "http://localhost/"};
    char whole[512];
    snprintf(whole, sizeof whole, "%s/", url);
    for (size_t i = 0; i < COUNT_OF(here); i++)
        if (begins(whole, here[i]))
            return !strchr(url, '@');
    return begins(url, "https://") && !strpbrk(url, "@ \r\n");
}

enum err uplink_open(struct uplink *uplink, const char *url, struct fault *fault)
{
    int len = (int)strlen(url);
    *uplink = (struct uplink){0};
    while (len && url[len - 1] == '/')
        len--;
    if (!url_is_good(url) || snprintf(uplink->url, sizeof uplink->url, "%.*s/terminal", len, url) >=
                                 (int)sizeof uplink->url)
        return fault_set(fault, ERR_USAGE, "address",
                         "https, or http on this computer: the page that the staff log in to");
    return ERR_NONE;
}

static bool is_id(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789abcdef", text.data[i]) || !text.data[i])
            return false;
    return text.len == UPLINK_ID - 1;
}

void uplink_keep(struct uplink *uplink, const char *file)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, UPLINK_KEPT);
    snprintf(uplink->file, sizeof uplink->file, "%s", file);
    if (file_read(file, &text, NULL) != ERR_NONE || text.len < UPLINK_ID)
        return;
    struct bytes id = bytes_of(text.data, UPLINK_ID - 1);
    struct bytes url = bytes_of(text.data + UPLINK_ID, text.len - UPLINK_ID);
    if (is_id(id) && bytes_equal_text(url, uplink->url))
        memcpy(uplink->id, id.data, id.len);
}

/* One that cannot be kept is paired anew after a start. */
static void keep_id(const struct uplink *uplink)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, UPLINK_KEPT);
    buffer_put_format(&text, "%s %s", uplink->id, uplink->url);
    if (uplink->file[0] && own_file_folders(uplink->file, NULL) == ERR_NONE)
        (void)!file_replace(uplink->file, buffer_bytes(&text), 0600, NULL);
}

static enum err fetch(struct uplink *uplink, struct bytes body, struct buffer *out,
                      struct fault *fault)
{
    const struct http_fetch fetch = {.url = uplink->url,
                                     .content_type = "application/json",
                                     .body = body,
                                     .is_post = true,
                                     .timeout = TIMEOUT,
                                     .accept = "application/json",
                                     .bearer = uplink->id[0] ? uplink->id : NULL};
    struct http_answer answer;
    return http_fetch(&fetch, out, &answer, fault);
}

void uplink_ask(struct uplink *uplink, const char *act, json_t *fields, struct counter_answer *out)
{
    struct buffer body CLEANUP_BUFFER;
    struct fault fault = {0};
    json_t *request = json_pack("{s:s, s:o}", "act", act, "fields", fields);
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
    buffer_init(&body, LIMIT_FRAME);
    json_decref(request);
    *out = (struct counter_answer){.outcome = COUNTER_FAILED};
    enum err err = text ? fetch(uplink, bytes_of_text(text), &body, &fault) : ERR_MEMORY;
    if (err == ERR_NONE)
        err = counter_answer_read(buffer_bytes(&body), out);
    free(text);
    /* an error that is answered means that the centre, behind the pages, could not do it now */
    uplink->is_away = err != ERR_NONE || out->outcome == COUNTER_FAILED;
    if (uplink->is_away)
        (void)fault_set(&out->fault, err != ERR_NONE ? err : ERR_STATE, act,
                        "the centre does not answer");
    if (out->outcome == COUNTER_REFUSED && strcmp(counter_text(out, "code"), "no-terminal") == 0)
        explicit_bzero(uplink->id, sizeof uplink->id);
}

bool uplink_begin(struct uplink *uplink)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    uplink_ask(uplink, "terminal-begin", json_object(), &answer);
    if (answer.outcome != COUNTER_DONE)
        return false;
    snprintf(uplink->id, sizeof uplink->id, "%s", counter_text(&answer, "terminal"));
    snprintf(uplink->code, sizeof uplink->code, "%s", counter_text(&answer, "code"));
    keep_id(uplink);
    return is_id(bytes_of_text(uplink->id));
}
