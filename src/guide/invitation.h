/* An appointment as a file of iCalendar (RFC 5545), for the calendar of whoever has it. It has the
 * number, the time and the place, nobody's name and no code. page:S18 */
#pragma once

#include "base/bytes.h"

struct invitation {
    int64_t number;
    int64_t begins, ends, made; /* seconds; made: of this file */
    int64_t changes;            /* how often it was moved or cancelled */
    bool is_cancelled;
    const char *host; /* of the pages: makes the number the only one in the world */
    struct bytes summary, place, note; /* UTF-8; place and note may be empty */
};

/* invitation_encode writes the file. A file with the same number and more changes replaces the one
 * that a calendar has. */
void invitation_encode(const struct invitation *invitation, struct buffer *out);
