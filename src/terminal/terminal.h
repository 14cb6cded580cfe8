/* The terminal: what a program of the counter does between the centre and the card in its reader.
 * It decides nothing; both sides check each other through it. The PIN goes from whoever types it to
 * the card, and nowhere else. */
#pragma once

#include "client/card.h"
#include "counter/counter_client.h"

/* Asks the person before the reader for a PIN. is_new: it is to be set. Returns false when there is
 * none to be had. */
typedef bool terminal_ask_pin(void *context, enum kind kind, bool is_new, struct secret *out);

/* Asks the centre one act; as counter_client_ask, it takes over the reference of the fields. */
typedef void terminal_ask(void *centre, const char *act, json_t *fields,
                          struct counter_answer *out);
terminal_ask terminal_ask_socket; /* by a struct counter_client */

struct terminal {
    terminal_ask *ask;
    void *centre; /* for ask */
    struct card_channel *channel;
    terminal_ask_pin *ask_pin;
    void *context;                  /* for ask_pin */
    uint8_t card[CARD_ID_LEN];      /* the one in the reader */
    char expected[CARD_ID_LEN + 1]; /* the application's; "": not known yet */
    struct secret pins[NUM_KINDS];  /* typed in this run; wiped by terminal_done */
};
void terminal_done(struct terminal *terminal);
#define CLEANUP_TERMINAL CLEANUP(terminal_done)

/* Each leaves the centre's last answer in *out: done with the application as it stands now,
 * refused, or failed with the fault (the card's or the centre's). */

/* terminal_reenter brings a certificate that the centre lost, and this card has, back to it. The
 * signature one needs its PIN. */
void terminal_reenter(struct terminal *terminal, enum kind kind, struct counter_answer *out);

/* terminal_journal reads what the journal has about the resident whose card it is. */
void terminal_journal(struct terminal *terminal, struct counter_answer *out);

/* terminal_step does the step that an application's answer names as next, if it is one that needs
 * the card; false if it is not. */
bool terminal_step(struct terminal *terminal, const struct counter_answer *application,
                   struct counter_answer *out);
void terminal_issue(struct terminal *terminal, int64_t number, enum kind kind,
                    struct counter_answer *out);

/* terminal_register asks for the registration of the card in the reader under a public key. */
void terminal_register(struct terminal *terminal, const uint8_t point[static PERMIT_POINT_LEN],
                       struct counter_answer *out);
