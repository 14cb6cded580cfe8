/* Terminals of the counter: programs at a card reader with a screen of their own for the resident.
 * A person of the staff pairs one by the code that it shows, names it, and calls it to one
 * application at a time; it may then bring that application's card and the centre together, and
 * nothing else. In memory: after a start each is paired again. Times are monotonic milliseconds. */
#pragma once

#include "base/kind.h"
#include "centre/session.h"

#define TERMINAL_ID        32                    /* bytes */
#define TERMINAL_NAME      64                    /* octets, with a zero */
#define TERMINAL_SCREEN    16                    /* of the word, with a zero */
#define TERMINAL_CODE_LIFE (10 * 60 * 1000)      /* to be paired */
#define TERMINAL_SILENCE   (24 * 60 * 60 * 1000) /* after it a terminal is forgotten */

/* What its screen shows, as it says. */
struct terminal_screen {
    char word[TERMINAL_SCREEN]; /* "": it said nothing yet */
    bool has_kind, has_tries;
    enum kind kind;
    int64_t tries; /* of the PIN that is asked for */
    int64_t since; /* when this came */
};

struct paired_terminal {
    uint8_t digest[SHA256_LEN]; /* of its id */
    uint8_t code[SHA256_LEN];   /* of its code, as long as it has no name */
    char name[TERMINAL_NAME];
    int64_t begun, seen;    /* seen 0: a free row */
    int64_t application;    /* 0: it is called to none */
    char staff[STAFF_NAME]; /* who called it, and the digest of their session */
    uint8_t session[SHA256_LEN];
    struct terminal_screen screen;
};

struct terminals {
    struct paired_terminal rows[LIMIT_TERMINALS];
};

/* terminal_begin makes one that waits to be paired. When all rows are taken, the one without a name
 * that was silent longest makes room; NULL: all have names. */
struct paired_terminal *terminal_begin(struct terminals *terminals, int64_t now,
                                       uint8_t id[static TERMINAL_ID],
                                       char code[static BOOKING_CODE_TEXT]);
/* These find; NULL: there is none, or it was silent or unpaired for too long. Borrowed, until the
 * next terminal_begin. terminal_find counts as a sign of life. */
struct paired_terminal *terminal_find(struct terminals *terminals,
                                      const uint8_t id[static TERMINAL_ID], int64_t now);
struct paired_terminal *terminal_find_code(struct terminals *terminals, const char *code,
                                           int64_t now);
struct paired_terminal *terminal_find_name(struct terminals *terminals, const char *name,
                                           int64_t now);
bool terminal_is_known(const struct paired_terminal *terminal, int64_t now);
/* terminal_is_called: to an application, in a session that has not ended. */
bool terminal_is_called(const struct paired_terminal *terminal, const struct sessions *sessions,
                        int64_t now);
void terminal_leave(struct paired_terminal *terminal); /* it is called to none from now on */
