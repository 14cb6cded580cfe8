/* POST /ocsp and GET /ocsp/BASE64 (RFC 6960 A.1), /crl/NAME.crl, /crl/NAME.CODE.crl,
 * /push-set/NAME, /ca/NAME.cer. Every answer names its epoch in the header JPKI-Epoch. */
#include "status/pages.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "status/published.h"

#define LIST_MAX_AGE 60 /* seconds: a new list may be out by then */

static void answer_ocsp(struct pages *pages, struct bytes request, bool is_get,
                        struct http_response *response)
{
    struct responder_answer answer;
    enum err err =
        responder_answer(pages->responder, request, clock_now(), &response->body, &answer);
    if (err != ERR_NONE) {
        answer.outcome = RESPONDER_INTERNAL_ERROR;
        http_response_text(response, 500, "The request could not be answered.");
    }
    metrics_count(&pages->metrics, answer.outcome);
    if (err != ERR_NONE)
        return;
    response->content_type = "application/ocsp-response";
    http_response_header(response, "JPKI-Epoch", "%" PRIu64, answer.epoch);
    if (is_get && answer.may_be_stored && answer.max_age > 0)
        http_response_header(response, "Cache-Control",
                             "max-age=%" PRId64 ", public, no-transform, must-revalidate",
                             answer.max_age);
    else
        http_response_header(response, "Cache-Control", "no-store");
}

static void post_ocsp(void *context, const struct http_request *request,
                      struct http_response *response)
{
    if (strcasecmp(request->content_type, "application/ocsp-request") != 0) {
        http_response_text(response, 400, "The body is not application/ocsp-request.");
        return;
    }
    answer_ocsp(context, request->body, false, response);
}

static void get_ocsp(void *context, const struct http_request *request,
                     struct http_response *response)
{
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, LIMIT_OCSP_REQUEST);
    if (base64_decode(bytes_of_text(request->rest), &der) != ERR_NONE) {
        http_response_text(response, 400, "The address is not a request in base64.");
        return;
    }
    answer_ocsp(context, buffer_bytes(&der), true, response);
}

/* The epoch from which the lists of this scope were made; 0 when it cannot be read. */
static uint64_t epoch_read(const char *folder, const struct status_list *list)
{
    char path[PATH_MAX], name[STATUS_NAME];
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, 32);
    if (published_path(folder, published_epoch_name(list, name), "epoch", path) != ERR_NONE ||
        file_read(path, &text, NULL) != ERR_NONE || !buffer_text(&text))
        return 0;
    return strtoull(buffer_text(&text), NULL, 10);
}

static void answer_file(const struct pages *pages, const struct status_list *list,
                        const char *suffix, const char *content_type,
                        struct http_response *response)
{
    char path[PATH_MAX], name[STATUS_NAME];
    uint64_t epoch = epoch_read(pages->published, list); /* before the list itself */
    if (published_path(pages->published, status_list_name(list, name), suffix, path) == ERR_NONE)
        response->file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (response->file < 0) {
        http_response_text(response, 404, "It was not published.");
        return;
    }
    response->content_type = content_type;
    http_response_header(response, "JPKI-Epoch", "%" PRIu64, epoch);
    http_response_header(response, "Cache-Control", "max-age=%d", LIST_MAX_AGE);
}

static void get_crl(void *context, const struct http_request *request,
                    struct http_response *response)
{
    struct status_list list;
    if (published_parse_list(request->rest, &list) == ERR_NONE)
        answer_file(context, &list, "crl", "application/pkix-crl", response);
    else
        http_response_text(response, 404, "It was not published.");
}

static void get_ca(void *context, const struct http_request *request,
                   struct http_response *response)
{
    struct status_list list;
    if (published_parse(request->rest, ".cer", &list) == ERR_NONE)
        answer_file(context, &list, "cer", "application/pkix-cert", response);
    else
        http_response_text(response, 404, "It was not published.");
}

static void get_push_set(void *context, const struct http_request *request,
                         struct http_response *response)
{
    const struct pages *pages = context;
    struct status_list list;
    uint64_t epoch;
    if (published_parse(request->rest, "", &list) == ERR_NONE)
        response->file = push_sets_open(pages->push_sets, list.kind, list.generation, &epoch);
    if (response->file < 0) {
        http_response_text(response, 404, "It was not published.");
        return;
    }
    response->content_type = "application/octet-stream";
    http_response_header(response, "JPKI-Epoch", "%" PRIu64, epoch);
    http_response_header(response, "Cache-Control", "max-age=%d", LIST_MAX_AGE);
}

/* What every list of the kind knows: the epoch of the one that knows least. */
static uint64_t epoch_of_kind(const struct pages *pages, enum kind kind)
{
    uint64_t least = UINT64_MAX;
    size_t authority;
    for (unsigned g = 1; responder_find(pages->responder, kind, g, &authority); g++) {
        const struct status_list full = {.kind = kind, .generation = g};
        uint64_t epoch = epoch_read(pages->published, &full);
        least = epoch < least ? epoch : least;
    }
    return least;
}

static void get_metrics(void *context, const struct http_request *request,
                        struct http_response *response)
{
    (void)request;
    struct pages *pages = context;
    struct metrics_facts facts = {.renewal = responder_renewal(pages->responder, clock_now()),
                                  .has_feed = responder_is_follower(pages->responder),
                                  .feed_age = responder_feed_age(pages->responder)};
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        facts.epochs[kind] = status_map_epoch(pages->maps[kind]);
        facts.highest[kind] = status_map_highest(pages->maps[kind]);
        facts.published[kind] = epoch_of_kind(pages, (enum kind)kind);
    }
    response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    http_response_header(response, "Cache-Control", "no-store");
    metrics_put(&pages->metrics, &facts, &response->body);
    if (pages->counters)
        metrics_put_counters(pages->counters, &response->body);
}

/* Can this process answer OCSP for both kinds, now? */
static void get_health(void *context, const struct http_request *request,
                       struct http_response *response)
{
    (void)request;
    const struct pages *pages = context;
    bool is_well = responder_renewal(pages->responder, clock_now()) > 0 &&
                   responder_is_fresh(pages->responder);
    response->status = is_well ? 200 : 503;
    response->content_type = "application/json";
    http_response_header(response, "Cache-Control", "no-store");
    buffer_put_format(&response->body, "{\"status\":\"%s\"}\n", is_well ? "ok" : "try-later");
}

static const struct http_route routes[] = {
    {HTTP_GET, "/metrics", false, 0, get_metrics},
    {HTTP_GET, "/health", false, 0, get_health},
    {HTTP_POST, "/ocsp", false, LIMIT_OCSP_REQUEST, post_ocsp},
    {HTTP_GET, "/ocsp/", true, 0, get_ocsp},
    {HTTP_GET, "/crl/", true, 0, get_crl},
    {HTTP_GET, "/push-set/", true, 0, get_push_set},
    {HTTP_GET, "/ca/", true, 0, get_ca},
};

enum err pages_start(struct pages *pages, int listening, unsigned num_threads,
                     struct http_server **out)
{
    struct http_options options = {.num_threads = num_threads,
                                   .max_connections = LIMIT_STATUS_CONNECTIONS};
    return http_server_start(listening, routes, COUNT_OF(routes), pages, &options, out);
}
