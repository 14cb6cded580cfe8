/* Opening and closing, the table of addresses, and what every answer has. */
#include "agent/agent.h"

#include <stdio.h>
#include <stdlib.h>

#include "agent/door.h"
#include "agent/login.h"
#include "agent/socket_owner.h"
#include "base/clock.h"

#define ASK_BODY (16 * 1024) /* a nonce and an address, escaped */
#define PIN_BODY 1024        /* a token and a PIN */

/* Own pages need their own Origin, and a site may want to see where a login comes from: so the
 * policy for referrers is origin, and no address of ours says anything. */
const struct http_field agent_headers[] = {
    {"Content-Security-Policy", PAGE_POLICY("'self'")},
    {"Cache-Control", "no-store"},
    {"Referrer-Policy", "origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};
const size_t num_agent_headers = COUNT_OF(agent_headers);

static void get_home(void *context, const struct http_request *request,
                     struct http_response *response)
{
    const struct agent *agent = context;
    const struct refusal *refusal = door_check_host(request, agent->settings.port);
    if (refusal)
        page_refuse(agent, refusal, response);
    else
        page_answer(agent, "home", json_pack("{s:o}", "title", page_word(agent, "home-title")),
                    response);
}

static void get_style(void *context, const struct http_request *request,
                      struct http_response *response)
{
    const struct agent *agent = context;
    const struct refusal *refusal = door_check_host(request, agent->settings.port);
    if (refusal) {
        page_refuse(agent, refusal, response);
        return;
    }
    response->content_type = "text/css; charset=utf-8";
    buffer_put_bytes(&response->body, page_files_style(&agent->files, request->path));
}

const struct http_route agent_routes[] = {
    {HTTP_GET, "/", false, 0, get_home},
    {HTTP_GET, "/tokens.css", false, 0, get_style},
    {HTTP_GET, "/style.css", false, 0, get_style},
    {HTTP_GET, "/agent.css", false, 0, get_style},
    {HTTP_POST, "/login", false, ASK_BODY, login_asked},
    {HTTP_POST, "/login/pin", false, PIN_BODY, login_pin},
    {HTTP_POST, "/login/again", false, PIN_BODY, login_again},
    {HTTP_POST, "/login/cancel", false, PIN_BODY, login_cancel},
};
const size_t num_agent_routes = COUNT_OF(agent_routes);

enum err agent_open(const struct agent_settings *settings, const struct phrase *phrase,
                    struct agent **out, struct fault *fault)
{
    struct agent *agent = calloc(1, sizeof *agent);
    if (!agent)
        return fault_set(fault, ERR_MEMORY, "memory", "there is none");
    agent->settings = *settings;
    agent->phrase = phrase;
    agent->words = words_of(settings->language);
    enum err err = page_files_read(&agent->files, settings->pages, "agent", page_templates,
                                   num_page_templates, fault);
    if (err == ERR_NONE)
        *out = agent;
    else
        agent_close(agent);
    return err;
}

void agent_close(struct agent *agent)
{
    if (!agent)
        return;
    page_files_done(&agent->files);
    json_decref(agent->words);
    free(agent);
}

bool agent_admits(void *context, int fd)
{
    struct agent *agent = context;
    char what[48];
    unsigned num;
    bool is_own = socket_is_own(fd);
    if (!is_own && strangers_count(&agent->strangers, clock_boot(), &num)) {
        snprintf(what, sizeof what, "connections of another user: %u", num);
        agent->settings.tell("refused", what);
    }
    return is_own;
}
