#include "agent/door.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "http/form.h"

/* A header that stands there twice says nothing. */
static const char *header_once(const struct http_request *request, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < request->head->num_fields; i++) {
        if (strcasecmp(request->head->fields[i].name, name) != 0)
            continue;
        if (value)
            return NULL;
        value = request->head->fields[i].value;
    }
    return value;
}

static bool header_is(const struct http_request *request, const char *name, const char *wanted)
{
    const char *value = header_once(request, name);
    return value && strcmp(value, wanted) == 0;
}

const struct refusal *door_check_host(const struct http_request *request, uint16_t port)
{
    static const char *const names[] = {"127.0.0.1", "localhost"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char host[32];
        snprintf(host, sizeof host, "%s:%u", names[i], port);
        if (header_is(request, "Host", host))
            return NULL;
    }
    return &refusals[REFUSED_HOST];
}

/* What a browser sends when a form opens a page in a window, and nothing else sends: no script, no
 * frame, no picture. */
static const struct refusal *check_navigation(const struct http_request *request)
{
    if (!header_is(request, "Sec-Fetch-Mode", "navigate") ||
        !header_is(request, "Sec-Fetch-Dest", "document"))
        return &refusals[REFUSED_NAVIGATION];
    return strcasecmp(request->content_type, HTTP_FORM) == 0 ? NULL : &refusals[REFUSED_FORM];
}

const struct refusal *door_check_site(const struct http_request *request, uint16_t port,
                                      const char **origin)
{
    const struct refusal *refusal = door_check_host(request, port);
    if (refusal)
        return refusal;
    *origin = header_once(request, "Origin");
    if (!*origin)
        return &refusals[REFUSED_NO_ORIGIN];
    if (strcmp(*origin, "null") == 0)
        return &refusals[REFUSED_NULL_ORIGIN];
    return check_navigation(request);
}

/* The same name as in Host: 127.0.0.1 and localhost may be two programs. */
const struct refusal *door_check_own(const struct http_request *request, uint16_t port)
{
    char own[48];
    const struct refusal *refusal = door_check_host(request, port);
    if (refusal)
        return refusal;
    snprintf(own, sizeof own, "http://%s", header_once(request, "Host"));
    return header_is(request, "Origin", own) ? check_navigation(request)
                                             : &refusals[REFUSED_OTHERS];
}
