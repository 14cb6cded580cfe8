/* libcurl with everything switched off that a caller did not ask for. One handle for each fetch:
 * nothing is remembered between two. */
#include "http/client.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define MAX_REDIRECTS 4L

static void curl_start(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void curl_cleanup(CURL **curl)
{
    curl_easy_cleanup(*curl);
}

static void headers_cleanup(struct curl_slist **headers)
{
    curl_slist_free_all(*headers);
}

/* What libcurl's codes mean to us; every other one is a broken answer. */
static const struct {
    CURLcode code;
    enum err err;
} meanings[] = {
    {CURLE_UNSUPPORTED_PROTOCOL, ERR_USAGE},  {CURLE_URL_MALFORMAT, ERR_USAGE},
    {CURLE_OUT_OF_MEMORY, ERR_MEMORY},        {CURLE_OPERATION_TIMEDOUT, ERR_TIMEOUT},
    {CURLE_COULDNT_RESOLVE_HOST, ERR_CLOSED}, {CURLE_COULDNT_CONNECT, ERR_CLOSED},
    {CURLE_FILESIZE_EXCEEDED, ERR_LIMIT},
};

/* libcurl calls an answer that is not of HTTP an unsupported protocol, too: but it was answered. */
static enum err err_of_curl(CURL *curl, CURLcode code)
{
    long num_connects = 0;
    if (code == CURLE_OK)
        return ERR_NONE;
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &num_connects);
    if (code == CURLE_UNSUPPORTED_PROTOCOL && num_connects > 0)
        return ERR_PEER;
    for (size_t i = 0; i < COUNT_OF(meanings); i++)
        if (meanings[i].code == code)
            return meanings[i].err;
    return ERR_PEER;
}

static size_t receive_part(char *data, size_t size, size_t count, void *context)
{
    struct buffer *out = context;
    buffer_put(out, data, size * count);
    return buffer_check(out) == ERR_NONE ? size * count : 0;
}

static bool header_append(struct curl_slist **headers, const char *name, const char *value)
{
    char line[HTTP_COOKIE + 32];
    int len = snprintf(line, sizeof line, "%s:%s%s", name, value[0] ? " " : "", value);
    if (len < 0 || (size_t)len >= sizeof line || strpbrk(value, "\r\n"))
        return false;
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (longer)
        *headers = longer;
    return longer != NULL;
}

static bool bearer_append(struct curl_slist **headers, const char *bearer)
{
    char value[HTTP_COOKIE] = "";
    if (bearer && snprintf(value, sizeof value, "Bearer %s", bearer) >= (int)sizeof value)
        return false;
    bool is_appended = header_append(headers, "Authorization", value);
    explicit_bzero(value, sizeof value);
    return is_appended;
}

static enum err headers_collect(const struct http_fetch *fetch, struct curl_slist **headers)
{
    /* An empty value keeps libcurl from sending its own. */
    if (!header_append(headers, "Expect", "") ||
        !header_append(headers, "Content-Type", fetch->content_type ? fetch->content_type : "") ||
        !header_append(headers, "Accept", fetch->accept ? fetch->accept : "") ||
        !header_append(headers, "Cookie", fetch->cookie ? fetch->cookie : "") ||
        !bearer_append(headers, fetch->bearer))
        return ERR_USAGE;
    return ERR_NONE;
}

static void options_set(CURL *curl, const struct http_fetch *fetch, struct buffer *out)
{
    long timeout = fetch->timeout > 0 ? fetch->timeout : HTTP_TIMEOUT;
    curl_easy_setopt(curl, CURLOPT_URL, fetch->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, fetch->follows ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, MAX_REDIRECTS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "openjpki");
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)(out->cap - out->len));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive_part);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    if (fetch->ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, fetch->ca_file);
    if (fetch->is_post) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)fetch->body.len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
                         fetch->body.len ? (const void *)fetch->body.data : "");
    }
}

/* Appends "name=value" of one Set-Cookie; what follows the first semicolon is for browsers. libcurl
 * gives the line's end as the value of one that has none. */
static bool cookie_append(const char *set, char cookie[static HTTP_COOKIE])
{
    size_t used = strlen(cookie), len = strcspn(set, ";\r\n");
    while (len && (set[len - 1] == ' ' || set[len - 1] == '\t'))
        len--;
    if (len == 0)
        return true;
    if (used + len + 2 >= HTTP_COOKIE)
        return false;
    snprintf(cookie + used, HTTP_COOKIE - used, "%s%.*s", used ? "; " : "", (int)len, set);
    return true;
}

static bool cookies_read(CURL *curl, char cookie[static HTTP_COOKIE])
{
    struct curl_header *header;
    for (size_t i = 0;
         curl_easy_header(curl, "Set-Cookie", i, CURLH_HEADER, -1, &header) == CURLHE_OK; i++)
        if (!cookie_append(header->value, cookie))
            return false;
    return true;
}

static bool text_copy(const char *from, char *to, size_t size)
{
    int len = snprintf(to, size, "%s", from ? from : "");
    return len >= 0 && (size_t)len < size;
}

static enum err answer_read(CURL *curl, struct http_answer *out, struct fault *fault)
{
    struct http_answer answer = {0};
    long status = 0;
    const char *content_type = NULL, *location = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &content_type);
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
    answer.status = (int)status;
    snprintf(answer.content_type, sizeof answer.content_type, "%s",
             content_type ? content_type : "");
    if (!text_copy(location, answer.location, sizeof answer.location))
        return fault_set(fault, ERR_PEER, "http Location", "longer than %d bytes", HTTP_LOCATION);
    if (!cookies_read(curl, answer.cookie))
        return fault_set(fault, ERR_PEER, "http Set-Cookie", "more than %d bytes", HTTP_COOKIE);
    *out = answer;
    return ERR_NONE;
}

static enum err perform(CURL *curl, const struct http_fetch *fetch, struct buffer *out,
                        struct fault *fault)
{
    char reason[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers CLEANUP(headers_cleanup) = NULL;
    if (headers_collect(fetch, &headers) != ERR_NONE)
        return fault_set(fault, ERR_USAGE, "http header", "too long, or holds a line break");
    options_set(curl, fetch, out);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    if (code == CURLE_OK)
        return ERR_NONE;
    if (buffer_check(out) != ERR_NONE)
        return fault_set(fault, buffer_check(out), "http body", "longer than %zu bytes", out->cap);
    return fault_set(fault, err_of_curl(curl, code), "http", "%s",
                     reason[0] ? reason : curl_easy_strerror(code));
}

enum err http_fetch(const struct http_fetch *fetch, struct buffer *out, struct http_answer *answer,
                    struct fault *fault)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, curl_start);
    fault_name_input(fault, fetch->url);
    CURL *curl CLEANUP(curl_cleanup) = curl_easy_init();
    if (!curl)
        return fault_set(fault, ERR_MEMORY, "http", "out of memory");
    size_t before = out->len;
    enum err err = perform(curl, fetch, out, fault);
    if (err == ERR_NONE)
        err = answer_read(curl, answer, fault);
    if (err != ERR_NONE)
        buffer_cut(out, before);
    return err;
}
