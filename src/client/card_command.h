/* One command to a card and what its status word means to us; private to card*.c. */
#pragma once

#include "client/card.h"

#define NO_LE (-1)

struct card_command {
    const char *name; /* for the fault */
    uint8_t cla, ins, p1, p2;
    struct bytes data;
    int le; /* NO_LE; 0 means 256 */
};

/* card_ask sends it, short form. *answer (may be NULL) is replaced by the data. The status word
 * becomes an error: ERR_PIN with 63Cx; *word, if given, is set whenever the card answered. */
enum err card_ask(struct card_session *session, const struct card_command *command,
                  struct buffer *answer, unsigned *word, struct fault *fault) MUST_USE;

/* card_ask_with_pin fills command->data, for this once, with the PIN as the card knows it: that of
 * the signature in upper case. ERR_USAGE: no PIN, or one longer than any. */
enum err card_ask_with_pin(struct card_session *session, struct card_command *command,
                           enum kind kind, const struct secret *pin, unsigned *word,
                           struct fault *fault) MUST_USE;

enum err card_select_file(struct card_session *session, uint8_t file, struct fault *fault) MUST_USE;
enum err card_select_jpki(struct card_session *session, struct fault *fault) MUST_USE;

/* pin_file_of is the EF of a kind's PIN. */
uint8_t pin_file_of(enum kind kind);
