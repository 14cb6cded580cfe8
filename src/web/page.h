/* One answer: the data that a page shows, as JSON or, in a template, as HTML. */
#pragma once

#include "counter/counter_client.h"
#include "web/site.h"

struct page {
    const struct site *site;
    const struct http_request *request;
    struct http_response *response;
    const struct language_file *language;
    const char *path;    /* of this page, as its handler says it: never what was asked for */
    struct buffer query; /* what leads to it in another language; begins empty */
    struct buffer kept;  /* what each address of a walk begins with; begins empty */
    bool is_private; /* for one person, or has a form: kept nowhere, and no address to hand on */
    bool leads_to_agent; /* has a form for the resident's agent (PROTOCOL.agent 2) */
};

/* page_begin picks the language: the one that the address asks for, else the first of the browser's
 * that there is. */
struct page page_begin(const struct site *site, const char *path,
                       const struct http_request *request, struct http_response *response);
void page_done(struct page *page);
#define CLEANUP_PAGE CLEANUP(page_done)

/* These make JSON; the caller's. A phrase is what the language's file has under "page."; an address
 * is that of another page, in the same language. */
json_t *json_of_bytes(struct bytes text);
json_t *page_phrase(const struct page *page, const char *key);
json_t *page_count(const struct page *page, const char *key, int number); /* in place of {} */
json_t *page_url(const struct page *page, const char *path, struct bytes query);
json_t *page_link(const struct page *page, const char *path); /* without a query */
/* page_query begins the query of an address of this page's walk. */
void page_query(const struct page *page, struct buffer *query);

/* page_answer takes over data, an object with a title; NULL is out of memory, or a text that is not
 * UTF-8. template: see pages/, without ".html". A template finds the data, has_NAME for each list
 * in it, and the frame: page (phrases), tag, is_sample, languages, assets_url, home_url. */
void page_answer(struct page *page, const char *template, json_t *data);
/* page_refuse answers a status with a page that says what to do. */
void page_refuse(struct page *page, int status, const char *phrase);

/* page_sentence says why an act was refused, in the page's language; JSON, the caller's. */
json_t *page_sentence(const struct page *page, const struct counter_answer *answer);
/* page_is_malformed: the act failed because of what was typed. */
bool page_is_malformed(const struct counter_answer *answer);

/* page_is_secure: people reach it by https, through a server in front of this one. */
bool page_is_secure(const struct page *page);

/* page_is_too_fast: has this address to wait before it may ask that again? Then *out is the
 * refusal, and the response says how long; its status is the caller's. */
bool page_is_too_fast(struct page *page, enum pace_kind kind, struct counter_answer *out) MUST_USE;
/* page_count_pace counts one that was asked. */
void page_count_pace(const struct page *page, enum pace_kind kind);

/* page_may_post: does a form of these very pages send this? False: the page is answered. */
bool page_may_post(struct page *page) MUST_USE;
/* page_form_text reads a field of the posted form; false: there is none, or it is empty or longer.
 */
bool page_form_text(const struct page *page, const char *name, char *out, size_t size) MUST_USE;
/* page_form_has: whether anything at all stands there, also what page_form_text does not read. */
bool page_form_has(const struct page *page, const char *name);
