/* The head of one request: request line and fields, read strictly (RFC 9112) and in place: texts
 * are C strings inside the bytes that came. Nothing here knows of connections or routes. */
#pragma once

#include "base/bytes.h"

#define HTTP_HEAD_MAX   (16 * 1024) /* bytes, with the empty line */
#define HTTP_FIELDS_MAX 64

struct http_field {
    const char *name, *value;
};

struct http_head {
    const char *method;
    const char *path;  /* decoded; begins with '/', no control characters */
    const char *query; /* as it came; "" when there was none */
    size_t body_len;   /* Content-Length; 0 when there was none */
    bool keeps_alive;
    bool expects_continue;
    size_t num_fields;
    struct http_field fields[HTTP_FIELDS_MAX];
};

/* http_head_len finds where a head ends, its empty line included; 0 when it has not come whole. */
size_t http_head_len(struct bytes input);

/* http_head_parse reads a head of exactly len bytes, and writes zeros into it. Answers 0, or the
 * HTTP status of the refusal; *out is filled on 0 only. */
int http_head_parse(char *head, size_t len, struct http_head *out);

/* http_head_field finds a field by its name in any case; NULL when there is none. */
const char *http_head_field(const struct http_head *head, const char *name);

/* http_has_controls tells of a byte below space, or of DEL. */
bool http_has_controls(const char *text);
