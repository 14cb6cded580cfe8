#include "http/response.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"

/* Reason phrases, and what a refusal of the server's own says. A status that is not here has no
 * phrase (RFC 9112 4). */
static const struct status_row {
    int status;
    const char *phrase, *text;
} statuses[] = {
    {200, "OK", ""},
    {303, "See Other", ""},
    {400, "Bad Request", "The request is malformed."},
    {403, "Forbidden", "This is not allowed."},
    {404, "Not Found", "There is nothing here."},
    {405, "Method Not Allowed", "This method is not answered here."},
    {411, "Length Required", "A body needs a Content-Length."},
    {413, "Content Too Large", "The request is too long."},
    {431, "Request Header Fields Too Large", "The head of the request is too long."},
    {500, "Internal Server Error", "The request could not be answered."},
    {505, "HTTP Version Not Supported", "HTTP/1.1 is spoken here."},
};

static const struct status_row *row_of(int status)
{
    static const struct status_row none = {0, "", ""};
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        if (statuses[i].status == status)
            return &statuses[i];
    return &none;
}

void http_response_reset(struct http_response *response)
{
    fd_close(&response->file);
    response->file = -1;
    buffer_cut(&response->body, 0);
    response->body.failed = ERR_NONE;
    response->status = 200;
    response->content_type = "text/plain; charset=utf-8";
    response->num_headers = 0;
}

void http_response_init(struct http_response *response)
{
    response->file = -1;
    buffer_init(&response->body, LIMIT_FRAME);
    http_response_reset(response);
}

void http_response_done(struct http_response *response)
{
    buffer_done(&response->body);
    fd_close(&response->file);
    response->file = -1;
}

void http_response_text(struct http_response *response, int status, const char *text)
{
    http_response_reset(response);
    response->status = status;
    buffer_put_text(&response->body, text);
    buffer_put_text(&response->body, "\n");
    if (status >= 400)
        http_response_header(response, "Cache-Control", "no-store");
}

void http_response_refuse(struct http_response *response, int status)
{
    http_response_text(response, status, row_of(status)->text);
}

void http_response_header(struct http_response *response, const char *name, const char *format, ...)
{
    if (response->num_headers == COUNT_OF(response->headers)) {
        http_response_refuse(response, 500);
        return;
    }
    struct http_header *header = &response->headers[response->num_headers];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(header->value, sizeof header->value, format, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof header->value || http_has_controls(header->value)) {
        http_response_refuse(response, 500);
        return;
    }
    header->name = name;
    response->num_headers++;
}

static void put_header(struct buffer *out, const char *name, const char *value)
{
    buffer_put_text(out, name);
    buffer_put(out, ": ", 2);
    buffer_put_text(out, value);
    buffer_put(out, "\r\n", 2);
}

static void put_number(struct buffer *out, uint64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    buffer_put(out, digits + at, sizeof digits - at);
}

static bool has_header(const struct http_response *response, const char *name)
{
    for (size_t i = 0; i < response->num_headers; i++)
        if (strcasecmp(response->headers[i].name, name) == 0)
            return true;
    return false;
}

static void put_head(const struct http_response *response, const struct http_answer_facts *facts,
                     uint64_t len, struct buffer *out)
{
    buffer_put_text(out, "HTTP/1.1 ");
    put_number(out, (uint64_t)response->status);
    buffer_put(out, " ", 1);
    buffer_put_text(out, row_of(response->status)->phrase);
    buffer_put(out, "\r\n", 2);
    put_header(out, "Date", facts->date);
    put_header(out, "Content-Type", response->content_type);
    put_header(out, "X-Content-Type-Options", "nosniff");
    for (size_t i = 0; i < response->num_headers; i++)
        put_header(out, response->headers[i].name, response->headers[i].value);
    for (size_t i = 0; i < facts->num_headers; i++)
        if (!has_header(response, facts->headers[i].name))
            put_header(out, facts->headers[i].name, facts->headers[i].value);
    if (!facts->keeps_alive)
        put_header(out, "Connection", "close");
    buffer_put_text(out, "Content-Length: ");
    put_number(out, len);
    buffer_put(out, "\r\n\r\n", 4);
}

void http_response_encode(struct http_response *response, const struct http_answer_facts *facts,
                          struct buffer *out, uint64_t *file_size)
{
    struct stat info;
    bool is_file = response->file >= 0;
    if (buffer_check(&response->body) != ERR_NONE ||
        (is_file && (fstat(response->file, &info) != 0 || !S_ISREG(info.st_mode)))) {
        http_response_refuse(response, 500);
        is_file = false;
    }
    *file_size = is_file ? (uint64_t)info.st_size : 0;
    put_head(response, facts, is_file ? *file_size : response->body.len, out);
    if (facts->is_head)
        *file_size = 0;
    else if (!is_file)
        buffer_put_bytes(out, buffer_bytes(&response->body));
}
