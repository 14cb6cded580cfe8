/* Fields of a form, application/x-www-form-urlencoded (WHATWG URL 5), in a body. Values are bytes:
 * what they mean is the caller's business. */
#pragma once

#include "base/bytes.h"

#define HTTP_FORM "application/x-www-form-urlencoded"

/* http_form_put appends "name=value", behind an "&" when something stands there already. name is
 * plain letters. */
void http_form_put(struct buffer *form, const char *name, struct bytes value);

/* http_form_find appends the value of the one field of that name to *out. ERR_NOT_FOUND when there
 * is none; ERR_MALFORMED when there are two, or an escape is broken; ERR_LIMIT by out's cap. On an
 * error nothing is left in *out. */
enum err http_form_find(struct bytes form, const char *name, struct buffer *out) MUST_USE;
