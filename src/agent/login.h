/* A site's login: shown, answered with a PIN, brought back. docs/PROTOCOL.agent */
#pragma once

#include "agent/page.h"

/* Handlers of a struct agent. */
void login_asked(void *context, const struct http_request *request, struct http_response *response);
void login_pin(void *context, const struct http_request *request, struct http_response *response);
void login_again(void *context, const struct http_request *request, struct http_response *response);
void login_cancel(void *context, const struct http_request *request,
                  struct http_response *response);
