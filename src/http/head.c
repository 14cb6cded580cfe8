#include "http/head.h"

#include <string.h>
#include <strings.h>

#include "base/encoding.h"

#define HTTP_BODY_MAX_DIGITS 15

size_t http_head_len(struct bytes input)
{
    const uint8_t *end = memmem(input.data, input.len, "\r\n\r\n", 4);
    return end ? (size_t)(end - input.data) + 4 : 0;
}

bool http_has_controls(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if (*at < 0x20 || *at == 0x7f)
            return true;
    return false;
}

const char *http_head_field(const struct http_head *head, const char *name)
{
    for (size_t i = 0; i < head->num_fields; i++)
        if (strcasecmp(head->fields[i].name, name) == 0)
            return head->fields[i].value;
    return NULL;
}

/* RFC 9110 5.6.2: what may stand in a method or the name of a field. */
static bool is_token(const char *text)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    if (!*text)
        return false;
    for (; *text; text++) {
        char lower = (char)(*text | 0x20);
        bool is_letter = lower >= 'a' && lower <= 'z', is_digit = *text >= '0' && *text <= '9';
        if (!is_letter && !is_digit && !strchr(others, *text))
            return false;
    }
    return true;
}

/* In place. A wrong escape, and an escaped zero, are refused. */
static bool unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int high = hex_value((uint8_t)from[1]);
        int low = high < 0 ? -1 : hex_value((uint8_t)from[2]);
        if (low < 0 || (high | low) == 0)
            return false;
        *to++ = (char)(high << 4 | low);
        from += 2;
    }
    *to = '\0';
    return true;
}

/* A target may name the server before the path (RFC 9112 3.2.2); which one is not asked here. */
static char *skip_server(char *target)
{
    static const char scheme[] = "http://";
    if (strncasecmp(target, scheme, sizeof scheme - 1) != 0)
        return target;
    return strchr(target + sizeof scheme - 1, '/');
}

static int parse_target(char *target, struct http_head *out)
{
    target = skip_server(target);
    if (!target || target[0] != '/')
        return 400;
    char *query = strchr(target, '?');
    out->query = query ? query + 1 : "";
    if (query)
        *query = '\0';
    if (!unescape(target) || http_has_controls(target) || http_has_controls(out->query))
        return 400;
    out->path = target;
    return 0;
}

/* METHOD SP target SP HTTP/1.x; one space, no other. */
static int parse_request_line(char *line, struct http_head *out)
{
    char *target = strchr(line, ' ');
    char *version = target ? strchr(target + 1, ' ') : NULL;
    if (!version)
        return 400;
    *target++ = '\0';
    *version++ = '\0';
    if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
        return strncmp(version, "HTTP/", 5) == 0 ? 505 : 400;
    out->method = line;
    out->keeps_alive = version[7] == '1';
    return is_token(line) ? parse_target(target, out) : 400;
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t len = strlen(text);
    while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        text[--len] = '\0';
    return text;
}

/* A tab may stand inside a value (RFC 9110 5.5), nothing else that controls. */
static bool is_value(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if ((*at < 0x20 && *at != '\t') || *at == 0x7f)
            return false;
    return true;
}

/* No line is folded, no space stands before the colon: both have led servers astray. */
static int parse_field(char *line, struct http_head *out)
{
    char *colon = strchr(line, ':');
    if (out->num_fields == HTTP_FIELDS_MAX)
        return 431;
    if (!colon)
        return 400;
    *colon = '\0';
    struct http_field field = {line, trim(colon + 1)};
    if (!is_token(field.name) || !is_value(field.value))
        return 400;
    out->fields[out->num_fields++] = field;
    return 0;
}

/* The value of a field that may stand once; *count tells how often it stood. */
static const char *field_once(const struct http_head *head, const char *name, size_t *count)
{
    const char *value = NULL;
    *count = 0;
    for (size_t i = 0; i < head->num_fields; i++)
        if (strcasecmp(head->fields[i].name, name) == 0) {
            value = head->fields[i].value;
            ++*count;
        }
    return value;
}

static int parse_length(const char *text, size_t *out)
{
    size_t len = strspn(text, "0123456789");
    if (len == 0 || text[len])
        return 400;
    if (len > HTTP_BODY_MAX_DIGITS)
        return 413;
    for (*out = 0; *text; text++)
        *out = *out * 10 + (size_t)(*text - '0');
    return 0;
}

/* What decides where the request ends stands once and means one thing (RFC 9112 6.3, 11.2). A body
 * without a length is not taken: 411 (RFC 9110 15.5.12). */
static int check_framing(struct http_head *head)
{
    size_t num_lengths, num_codings, num_hosts;
    const char *length = field_once(head, "Content-Length", &num_lengths);
    field_once(head, "Transfer-Encoding", &num_codings);
    field_once(head, "Host", &num_hosts);
    bool is_1_1 = head->keeps_alive;
    if (num_lengths > 1 || num_hosts > 1 || (is_1_1 && num_hosts == 0) ||
        (num_codings && num_lengths))
        return 400;
    if (num_codings)
        return 411;
    return length ? parse_length(length, &head->body_len) : 0;
}

static void read_connection(struct http_head *head)
{
    const char *connection = http_head_field(head, "Connection");
    const char *expect = http_head_field(head, "Expect");
    bool is_1_1 = head->keeps_alive;
    if (connection && strcasestr(connection, "close"))
        head->keeps_alive = false;
    else if (connection && strcasestr(connection, "keep-alive"))
        head->keeps_alive = true;
    head->expects_continue = is_1_1 && expect && strcasecmp(expect, "100-continue") == 0;
}

/* Cuts the line at its CR LF and gives the start of the next; NULL when a CR or LF stands alone. */
static char *cut_line(char *line)
{
    char *end = strpbrk(line, "\r\n");
    if (!end || end[0] != '\r' || end[1] != '\n')
        return NULL;
    *end = '\0';
    return end + 2;
}

int http_head_parse(char *text, size_t len, struct http_head *out)
{
    if (len < 4 || memchr(text, '\0', len))
        return 400;
    text[len - 2] = '\0'; /* the empty line ends the text */
    struct http_head head = {.body_len = 0};
    char *next = cut_line(text);
    int status = next ? parse_request_line(text, &head) : 400;
    while (status == 0 && *next) {
        char *line = next;
        next = cut_line(line);
        status = next ? parse_field(line, &head) : 400;
    }
    if (status == 0)
        status = check_framing(&head);
    if (status != 0)
        return status;
    read_connection(&head);
    *out = head;
    return 0;
}
