/* Lines of iCalendar: escaped, folded, each ended by CR LF. */
#include "guide/invitation.h"

#include <stdio.h>

#include "base/date.h"
#include "base/text.h"

#define LINE_OCTETS 75 /* RFC 5545 3.1, without the line's end */

static void put_line(struct buffer *out, struct bytes line)
{
    struct reader reader = reader_of(line);
    size_t width = 0;
    uint32_t c;
    for (const uint8_t *at = reader.at; text_next(&reader, &c); at = reader.at) {
        size_t len = (size_t)(reader.at - at);
        if (width + len > LINE_OCTETS) {
            buffer_put_text(out, "\r\n ");
            width = 1;
        }
        buffer_put(out, at, len);
        width += len;
    }
    buffer_put_text(out, "\r\n");
}

/* RFC 5545 3.3.11; a line that ends stays within its value. */
static void put_escaped(struct buffer *out, struct bytes text)
{
    struct reader reader = reader_of(text);
    uint32_t c;
    while (text_next(&reader, &c)) {
        if (c == '\\' || c == ';' || c == ',')
            buffer_put_text(out, "\\");
        if (c == '\n')
            buffer_put_text(out, "\\n");
        else if (!text_is_hidden(c))
            text_put(out, c);
    }
}

static void put_text(struct buffer *out, const char *name, struct bytes text)
{
    struct buffer line CLEANUP_BUFFER;
    buffer_init(&line, out->cap);
    if (text.len == 0)
        return;
    buffer_put_format(&line, "%s:", name);
    put_escaped(&line, text);
    if (buffer_check(&line) != ERR_NONE)
        out->failed = buffer_check(&line);
    else
        put_line(out, buffer_bytes(&line));
}

/* In UTC: no rules of a time zone to be carried along. */
static void put_time(struct buffer *out, const char *name, int64_t time)
{
    struct clock_time t = time_split(time, 0);
    buffer_put_format(out, "%s:%04u%02u%02uT%02u%02u%02uZ\r\n", name, (unsigned)t.date.year,
                      t.date.month, t.date.day, t.hour, t.minute, t.second);
}

/* page:S18 */
void invitation_encode(const struct invitation *invitation, struct buffer *out)
{
    bool is_cancelled = invitation->is_cancelled;
    buffer_put_format(out,
                      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//OpenJPKI//appointments//EN\r\n"
                      "METHOD:%s\r\nBEGIN:VEVENT\r\nSEQUENCE:%lld\r\nSTATUS:%s\r\n",
                      is_cancelled ? "CANCEL" : "PUBLISH", (long long)invitation->changes,
                      is_cancelled ? "CANCELLED" : "CONFIRMED");
    char uid[300];
    snprintf(uid, sizeof uid, "%lld@%.200s", (long long)invitation->number, invitation->host);
    put_text(out, "UID", bytes_of_text(uid));
    put_time(out, "DTSTAMP", invitation->made);
    put_time(out, "DTSTART", invitation->begins);
    put_time(out, "DTEND", invitation->ends);
    put_text(out, "SUMMARY", invitation->summary);
    put_text(out, "LOCATION", invitation->place);
    put_text(out, "DESCRIPTION", invitation->note);
    buffer_put_text(out, "END:VEVENT\r\nEND:VCALENDAR\r\n");
}
