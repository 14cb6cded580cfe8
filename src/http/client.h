/* A small HTTP client: one request, one answer, bounded in bytes and in time. Only http and https,
 * no redirects unless asked for, no cookies, no proxy from the environment. Knows no domain. */
#pragma once

#include "base/bytes.h"

#define HTTP_TIMEOUT      10000 /* milliseconds, when a request names none */
#define HTTP_CONTENT_TYPE 128

struct http_fetch {
    const char *url;
    const char *content_type; /* of the body; NULL when there is none */
    struct bytes body;
    bool is_post;        /* else GET; a GET carries no body */
    bool follows;        /* at most four redirects, http and https only */
    int timeout;         /* milliseconds for everything; 0 is HTTP_TIMEOUT */
    const char *accept;  /* NULL: none sent */
    const char *ca_file; /* PEM, for https; NULL is the system's */
};

struct http_answer {
    int status;                           /* 200, 404, …: an answer, not an error */
    char content_type[HTTP_CONTENT_TYPE]; /* as sent, "" when there was none */
};

/* http_fetch appends the body to *out, whose cap is the limit: ERR_LIMIT as soon as it is passed.
 * ERR_USAGE for another scheme, ERR_TIMEOUT, ERR_CLOSED when nobody answers, ERR_PEER for a broken
 * answer. Nothing is left in *out on an error. fault may be NULL. */
enum err http_fetch(const struct http_fetch *fetch, struct buffer *out, struct http_answer *answer,
                    struct fault *fault) MUST_USE;
