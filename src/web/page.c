/* Language, headers, the two forms of an answer, and forms that come back. */
#include "web/page.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/login_token.h"
#include "base/text.h"
#include "http/form.h"

#define POLICY                                                                                     \
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action "          \
    "'self'%s; "                                                                                   \
    "base-uri 'none'; frame-ancestors 'none'"

json_t *json_of_bytes(struct bytes text)
{
    return json_stringn((const char *)text.data, text.len);
}

/* --- the language --- */

static const struct language_file *language_by_id(const struct site *site, const char *id)
{
    for (size_t i = 0; i < site->num_languages; i++)
        if (strcmp(site->languages[i]->id, id) == 0)
            return site->languages[i];
    return NULL;
}

/* The first whose tag has this primary subtag. */
static const struct language_file *language_by_tag(const struct site *site, const char *subtag,
                                                   size_t len)
{
    for (size_t i = 0; i < site->num_languages; i++) {
        struct bytes tag = site->languages[i]->words.tag;
        bool begins = tag.len >= len && strncasecmp((const char *)tag.data, subtag, len) == 0;
        if (begins && (tag.len == len || tag.data[len] == '-'))
            return site->languages[i];
    }
    return NULL;
}

/* RFC 9110 12.5.4, in the order in which a browser lists them. */
static const struct language_file *language_accepted(const struct site *site, const char *accepted)
{
    const struct language_file *found = NULL;
    while (accepted && *accepted && !found) {
        accepted += strspn(accepted, " ,");
        size_t len = strcspn(accepted, "-;, ");
        if (len)
            found = language_by_tag(site, accepted, len);
        accepted += strcspn(accepted, ",");
    }
    return found;
}

struct page page_begin(const struct site *site, const char *path,
                       const struct http_request *request, struct http_response *response)
{
    char id[LANGUAGE_ID];
    struct page page = {.site = site, .path = path, .request = request, .response = response};
    buffer_init(&page.query, LIMIT_HTTP_BODY);
    buffer_init(&page.kept, LIMIT_HTTP_BODY);
    if (http_request_query(request, "lang", id, sizeof id))
        page.language = language_by_id(site, id);
    if (!page.language)
        page.language = language_accepted(site, http_request_header(request, "Accept-Language"));
    if (!page.language)
        page.language = site->languages[0];
    return page;
}

void page_done(struct page *page)
{
    buffer_done(&page->query);
    buffer_done(&page->kept);
}

json_t *page_phrase(const struct page *page, const char *key)
{
    json_t *phrase = json_object_get(page->language->phrases, key);
    return phrase ? json_incref(phrase) : json_string(key);
}

json_t *page_count(const struct page *page, const char *key, int number)
{
    struct buffer text CLEANUP_BUFFER;
    json_t *phrase = page_phrase(page, key);
    const char *whole = json_string_value(phrase), *place = strstr(whole, "{}");
    buffer_init(&text, LIMIT_CONFIG_FILE);
    if (place)
        buffer_put_format(&text, "%.*s%d%s", (int)(place - whole), whole, number, place + 2);
    else
        buffer_put_text(&text, whole);
    json_decref(phrase);
    return json_of_bytes(buffer_bytes(&text));
}

static json_t *url_in(const struct language_file *language, const char *path, struct bytes query)
{
    struct buffer url CLEANUP_BUFFER;
    buffer_init(&url, LIMIT_HTTP_BODY);
    buffer_put_bytes(&url, query);
    http_form_put(&url, "lang", bytes_of_text(language->id));
    buffer_insert(&url, 0, "?", 1);
    buffer_insert(&url, 0, path, strlen(path));
    return json_of_bytes(buffer_bytes(&url));
}

json_t *page_url(const struct page *page, const char *path, struct bytes query)
{
    return url_in(page->language, path, query);
}

json_t *page_link(const struct page *page, const char *path)
{
    return page_url(page, path, bytes_of("", 0));
}

void page_query(const struct page *page, struct buffer *query)
{
    buffer_init(query, LIMIT_HTTP_BODY);
    buffer_put_bytes(query, buffer_bytes(&page->kept));
}

/* --- the answer --- */

static json_t *languages_json(const struct page *page)
{
    json_t *list = json_array();
    for (size_t i = 0; i < page->site->num_languages; i++) {
        const struct language_file *language = page->site->languages[i];
        json_t *url = url_in(language, page->path, buffer_bytes(&page->query));
        json_array_append_new(list, json_pack("{s:o, s:o, s:b, s:o}", "name",
                                              json_of_bytes(language->words.name), "tag",
                                              json_of_bytes(language->words.tag), "is_current",
                                              language == page->language, "url", url));
    }
    return list;
}

#define LISTS_MAX 16 /* of one object */

/* A section of a list is written for each of its rows; has_NAME asks whether there are any. */
static void mark_lists(json_t *value)
{
    const char *keys[LISTS_MAX], *key;
    size_t num = 0, i;
    json_t *member;
    json_array_foreach (value, i, member)
        mark_lists(member);
    json_object_foreach (value, key, member) {
        mark_lists(member);
        if (json_is_array(member) && num < LISTS_MAX)
            keys[num++] = key;
    }
    for (i = 0; i < num; i++) {
        char name[64];
        snprintf(name, sizeof name, "has_%s", keys[i]);
        json_object_set_new(value, name,
                            json_boolean(json_array_size(json_object_get(value, keys[i]))));
    }
}

/* What every page has around what it shows. */
static void frame_put(const struct page *page, json_t *data)
{
    const struct site *site = page->site;
    char assets[64];
    snprintf(assets, sizeof assets, "/assets/%s", site->assets.version);
    json_object_set(data, "page", page->language->phrases);
    json_object_set_new(data, "tag", json_of_bytes(page->language->words.tag));
    json_object_set_new(data, "is_sample", json_boolean(site->is_sample));
    json_object_set_new(data, "languages", languages_json(page));
    json_object_set_new(data, "assets_url", json_string(assets));
    json_object_set_new(data, "home_url", page_link(page, "/"));
}

static bool wants_json(const struct page *page)
{
    const char *accept = http_request_header(page->request, "Accept");
    return accept && strstr(accept, "application/json") && !strstr(accept, "text/html");
}

static enum err put_json(const json_t *data, struct buffer *out)
{
    char *text = json_dumps(data, JSON_INDENT(1));
    if (!text)
        return ERR_MEMORY;
    buffer_put_text(out, text);
    buffer_put_text(out, "\n");
    free(text);
    return buffer_check(out);
}

static void put_headers(const struct page *page)
{
    static const char *const headers[][2] = {
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Vary", "Accept, Accept-Language"},
    };
    /* a form's own origin is told to no other, but to the agent, which shows who asks */
    http_response_header(page->response, "Referrer-Policy", "%s",
                         page->leads_to_agent ? "origin"
                         : page->is_private   ? "same-origin"
                                              : "no-referrer");
    http_response_header(page->response, "Content-Security-Policy", POLICY,
                         page->leads_to_agent ? " " LOGIN_AGENT : "");
    http_response_header(page->response, "Cache-Control", "%s",
                         page->is_private ? "no-store" : "no-cache");
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        http_response_header(page->response, headers[i][0], "%s", headers[i][1]);
}

void page_answer(struct page *page, const char *template, json_t *data)
{
    bool is_json = wants_json(page);
    enum err err = data ? ERR_NONE : ERR_MEMORY;
    put_headers(page);
    page->response->content_type = is_json ? "application/json" : "text/html; charset=utf-8";
    if (err == ERR_NONE && is_json)
        err = put_json(data, &page->response->body);
    else if (err == ERR_NONE) {
        mark_lists(data);
        frame_put(page, data);
        err = templates_render(page->site->templates, template, data, &page->response->body);
    }
    json_decref(data);
    if (err != ERR_NONE)
        http_response_text(page->response, 500, err_sentence(err, LANGUAGE_EN));
}

void page_refuse(struct page *page, int status, const char *phrase)
{
    page->response->status = status;
    page_answer(page, "refusal",
                json_pack("{s:o, s:o}", "title", page_phrase(page, "refusal-title"), "sentence",
                          page_phrase(page, phrase)));
}

/* --- what commit answers --- */

static json_t *visible_json(const char *text)
{
    struct buffer visible CLEANUP_BUFFER;
    buffer_init(&visible, LIMIT_CONFIG_FILE);
    text_put_visible(&visible, bytes_of_text(text));
    return json_of_bytes(buffer_bytes(&visible));
}

json_t *page_sentence(const struct page *page, const struct counter_answer *answer)
{
    const struct words *words = &page->language->words;
    struct bytes own = words_find(words, "reason", counter_text(answer, "code"));
    return own.len ? json_of_bytes(own) : visible_json(counter_sentence(answer, words->base));
}

bool page_is_malformed(const struct counter_answer *answer)
{
    return answer->outcome == COUNTER_FAILED &&
           strcmp(counter_text(answer, "code"), err_name(ERR_MALFORMED)) == 0;
}

bool page_is_secure(const struct page *page)
{
    return strncmp(page->site->url, "https:", strlen("https:")) == 0;
}

/* Whoever asks: with https a server in front says so, whose own address everybody has. */
static struct http_peer peer_of(const struct page *page)
{
    struct http_peer peer = page->request->peer;
    const char *forwarded = http_request_header(page->request, "X-Forwarded-For");
    if (forwarded && page_is_secure(page))
        (void)!http_peer_parse(forwarded, &peer);
    return peer;
}

void page_count_pace(const struct page *page, enum pace_kind kind)
{
    pace_take(page->site->pace, peer_of(page), kind, clock_monotonic());
}

bool page_is_too_fast(struct page *page, enum pace_kind kind, struct counter_answer *out)
{
    int64_t wait = pace_wait(page->site->pace, peer_of(page), kind, clock_monotonic());
    if (wait == 0)
        return false;
    http_response_header(page->response, "Retry-After", "%lld", (long long)(wait + 999) / 1000);
    *out = (struct counter_answer){
        .outcome = COUNTER_REFUSED,
        .detail = json_pack("{s:s, s:s, s:s}", "code", "too-fast", "en",
                            "Too much was asked from this connection. Try again in a few minutes, "
                            "or call the counter.",
                            "ja",
                            "この接続からの操作が続いています。数分たってからもう一度お試しいただく"
                            "か、窓口にお電話ください。")};
    return true;
}

/* --- forms --- */

/* A browser says where a request comes from in one header or the other; no page can change either.
 * What says neither is no browser, or one that cannot be trusted with a form. What says both must
 * be right in both: so an address of the pages that was set wrongly shows at the first form. */
static bool is_own_form(const struct page *page)
{
    char own[LOGIN_ORIGIN_MAX];
    const char *site = http_request_header(page->request, "Sec-Fetch-Site");
    const char *origin = http_request_header(page->request, "Origin");
    if (origin &&
        (login_origin_of_url(page->site->url, own, NULL) != ERR_NONE || strcmp(origin, own) != 0))
        return false;
    return site ? strcmp(site, "same-origin") == 0 : origin != NULL;
}

bool page_may_post(struct page *page)
{
    if (!is_own_form(page))
        page_refuse(page, 403, "foreign-form");
    else if (strcasecmp(page->request->content_type, HTTP_FORM) != 0)
        page_refuse(page, 415, "not-understood");
    else
        return true;
    return false;
}

bool page_form_has(const struct page *page, const char *name)
{
    struct buffer value CLEANUP_BUFFER;
    buffer_init(&value, page->request->body.len);
    enum err err = http_form_find(page->request->body, name, &value);
    return err != ERR_NOT_FOUND && (err != ERR_NONE || value.len > 0);
}

bool page_form_text(const struct page *page, const char *name, char *out, size_t size)
{
    struct buffer value CLEANUP_BUFFER;
    buffer_init(&value, size - 1);
    if (http_form_find(page->request->body, name, &value) != ERR_NONE || value.len == 0 ||
        !text_is_utf8(buffer_bytes(&value)) || memchr(value.data, '\0', value.len))
        return false;
    memcpy(out, value.data, value.len);
    out[value.len] = '\0';
    return true;
}
