/* The role of the pages: so far a root page and /health. It decides nothing and holds nothing. */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "http/server.h"
#include "main/data_folder.h"
#include "main/options.h"
#include "main/role.h"

#define NUM_THREADS 1

struct web {
    bool is_sample;
};

static void get_root(void *context, const struct http_request *request,
                     struct http_response *response)
{
    (void)request;
    const struct web *web = context;
    response->content_type = "text/html; charset=utf-8";
    http_response_header(response, "Content-Security-Policy", "default-src 'none'");
    buffer_put_format(&response->body,
                      "<!DOCTYPE html>\n<html lang=\"ja\">\n<meta charset=\"utf-8\">\n"
                      "<title>%s公的個人認証サービス</title>\n<h1>公的個人認証サービス</h1>\n%s",
                      web->is_sample ? "見本／SAMPLE " : "",
                      web->is_sample ? "<p><strong>見本／SAMPLE</strong></p>\n" : "");
}

static void get_health(void *context, const struct http_request *request,
                       struct http_response *response)
{
    (void)request;
    const struct web *web = context;
    response->content_type = "application/json";
    http_response_header(response, "Cache-Control", "no-store");
    buffer_put_format(&response->body, "{\"status\":\"ok\",\"sample\":%s,\"label\":\"%s\"}\n",
                      web->is_sample ? "true" : "false", web->is_sample ? "見本／SAMPLE" : "");
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", false, 0, get_root},
    {HTTP_GET, "/health", false, 0, get_health},
};

/* Until commit is gone; what it should say is a later issue's. */
static void wait_for_end(int commit)
{
    struct pollfd watched = {.fd = commit, .events = 0};
    while (poll(&watched, 1, -1) <= 0 || !(watched.revents & (POLLHUP | POLLERR)))
        continue;
}

int role_web(const struct role_call *call)
{
    struct web web = {.is_sample = data_is_sample(call->data)};
    static const struct sandbox_plan plan = {.calls = SANDBOX_CALLS_SERVE};
    static const struct http_options options = {.num_threads = NUM_THREADS};
    struct http_server *server = NULL;
    struct fault fault = {0};
    if (!role_confine(call, &plan))
        return EXIT_UNDECIDED;
    enum err err =
        http_server_start(ROLE_FD_FIRST, routes, COUNT_OF(routes), &web, &options, &server);
    if (err != ERR_NONE) {
        fault_set(&fault, err, "server", "could not be started");
        return role_fail(&fault);
    }
    role_ready(call);
    wait_for_end(ROLE_FD_SECOND);
    http_server_stop(server);
    return EXIT_DONE;
}
