/* A small HTTP client: one request, one answer, bounded in bytes and in time. Only http and https,
 * no redirects unless asked for, no proxy from the environment. Cookies are the caller's: it sees
 * what was set and says what to send. Knows no domain. */
#pragma once

#include "base/bytes.h"

#define HTTP_TIMEOUT      10000 /* milliseconds, when a request names none */
#define HTTP_CONTENT_TYPE 128
#define HTTP_COOKIE       1024
#define HTTP_LOCATION     2048

struct http_fetch {
    const char *url;
    const char *content_type; /* of the body; NULL when there is none */
    struct bytes body;
    bool is_post;        /* else GET; a GET carries no body */
    bool follows;        /* at most four redirects, http and https only */
    int timeout;         /* milliseconds for everything; 0 is HTTP_TIMEOUT */
    const char *accept;  /* NULL: none sent */
    const char *ca_file; /* PEM, for https; NULL is the system's */
    const char *cookie;  /* "name=value; other=value"; NULL: none sent */
    const char *bearer;  /* of Authorization (RFC 6750), secret; NULL: none sent */
};

struct http_answer {
    int status;                           /* 200, 404, …: an answer, not an error */
    char content_type[HTTP_CONTENT_TYPE]; /* as sent, "" when there was none */
    char location[HTTP_LOCATION];         /* of a redirect, made absolute; "" when there was none */
    /* What every Set-Cookie of the answer named, without its attributes, as http_fetch.cookie wants
     * it. "" when there was none. */
    char cookie[HTTP_COOKIE];
};

/* http_fetch appends the body to *out, whose cap is the limit: ERR_LIMIT as soon as it is passed.
 * ERR_USAGE for another scheme, ERR_TIMEOUT, ERR_CLOSED when nobody answers, ERR_PEER for a broken
 * answer, one with too long a Location or too many cookies too. Nothing is left in *out on an
 * error. fault may be NULL. */
enum err http_fetch(const struct http_fetch *fetch, struct buffer *out, struct http_answer *answer,
                    struct fault *fault) MUST_USE;
