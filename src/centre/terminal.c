/* Rows by the digest of what the terminal has, as sessions are kept. */
#include "centre/terminal.h"

#include <string.h>

#include "crypto/random.h"

bool terminal_is_known(const struct paired_terminal *terminal, int64_t now)
{
    if (!terminal->seen || now - terminal->seen >= TERMINAL_SILENCE)
        return false;
    return terminal->name[0] || now - terminal->begun < TERMINAL_CODE_LIFE;
}

static struct paired_terminal *terminal_place(struct terminals *terminals, int64_t now)
{
    struct paired_terminal *place = NULL;
    for (size_t i = 0; i < LIMIT_TERMINALS; i++) {
        struct paired_terminal *row = &terminals->rows[i];
        if (!terminal_is_known(row, now))
            return row;
        if (!row->name[0] && (!place || row->seen < place->seen))
            place = row;
    }
    return place;
}

struct paired_terminal *terminal_begin(struct terminals *terminals, int64_t now,
                                       uint8_t id[static TERMINAL_ID],
                                       char code[static BOOKING_CODE_TEXT])
{
    struct paired_terminal *row = terminal_place(terminals, now);
    if (!row)
        return NULL;
    *row = (struct paired_terminal){.begun = now, .seen = now};
    random_bytes(id, TERMINAL_ID);
    sha256(bytes_of(id, TERMINAL_ID), row->digest);
    code_make(BOOKING_CODE_LEN, code);
    code_digest(code, row->code);
    return row;
}

struct paired_terminal *terminal_find(struct terminals *terminals,
                                      const uint8_t id[static TERMINAL_ID], int64_t now)
{
    uint8_t digest[SHA256_LEN];
    sha256(bytes_of(id, TERMINAL_ID), digest);
    for (size_t i = 0; i < LIMIT_TERMINALS; i++) {
        struct paired_terminal *row = &terminals->rows[i];
        if (!terminal_is_known(row, now) || !digest_equal(row->digest, digest))
            continue;
        row->seen = now;
        return row;
    }
    return NULL;
}

struct paired_terminal *terminal_find_code(struct terminals *terminals, const char *code,
                                           int64_t now)
{
    uint8_t digest[SHA256_LEN];
    code_digest(code, digest);
    for (size_t i = 0; i < LIMIT_TERMINALS; i++) {
        struct paired_terminal *row = &terminals->rows[i];
        if (terminal_is_known(row, now) && !row->name[0] && digest_equal(row->code, digest))
            return row;
    }
    return NULL;
}

struct paired_terminal *terminal_find_name(struct terminals *terminals, const char *name,
                                           int64_t now)
{
    for (size_t i = 0; i < LIMIT_TERMINALS; i++) {
        struct paired_terminal *row = &terminals->rows[i];
        if (name[0] && terminal_is_known(row, now) && strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

bool terminal_is_called(const struct paired_terminal *terminal, const struct sessions *sessions,
                        int64_t now)
{
    return terminal->application &&
           session_lives(sessions, terminal->session, terminal->staff, now);
}

void terminal_leave(struct paired_terminal *terminal)
{
    terminal->application = 0;
    terminal->staff[0] = '\0';
    terminal->screen = (struct terminal_screen){0};
}
