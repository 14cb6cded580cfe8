/* A whole town in a folder of its own: a real signer and a real centre in processes of their own,
 * on the sample town, and cards in memory before a real terminal. Ends the test when something
 * fails. */
#pragma once

#include "check.h"

#include "centre/certificate.h"
#include "main/chip_card.h"
#include "terminal/terminal.h"

#define TOWN_CLOCK  "2026-12-01T01:00:00Z"
#define TOWN_ORIGIN "https://town.example" /* of its pages */

/* For a group's set-up and tear-down. */
int town_begin(void **state);
int town_end(void **state);
/* town_restart kills both processes (SIGKILL) and starts them again. */
void town_restart(void);
/* town_permit_key makes the permit key of a generation, as `jpkid permit-key-new` does, and starts
 * both again. Cards are made with the first one all the same. */
void town_permit_key(unsigned generation);
int town_centre(void);       /* its process id */
int town_signer(void);       /* its process id */
void town_kill_centre(void); /* only that; ask nothing until town_restart */

extern char town_folder[64];
extern const char *town_algorithm; /* of the authorities, before town_begin; NULL: as delivered */

/* town_ask asks one act as a person of the staff. town_done wants it done, town_refused wants it
 * refused with a code. What they give is valid until the next call. */
void town_ask(const char *as, const char *act, json_t *fields, struct counter_answer *out);
const struct counter_answer *town_done(const char *as, const char *act, json_t *fields);
void town_refused(const char *as, const char *act, json_t *fields, const char *code);
/* town_visit asks one as `web` does: with a session in hexadecimal, or NULL as one of the public.
 */
void town_visit(const char *session, const char *act, json_t *fields, struct counter_answer *out);
/* town_send asks with a token. */
void town_send(const char *token, const char *act, json_t *fields, struct counter_answer *out);
/* town_visit_as names a row there, which nobody may. */
void town_visit_as(const char *as, const char *act, json_t *fields, struct counter_answer *out);
/* town_raw sends bytes as they are and gives the answer's text. */
const char *town_raw(const char *message);

/* A resident's card: personalised with the centre's permit key, registered by two persons. */
struct town_card {
    struct chip *chip;
    struct image saved;
    struct emulated_card emulated;
    struct card_channel channel;
    struct counter_client client;
    struct terminal terminal;
    char pins[NUM_KINDS][17];
    uint8_t point[PERMIT_POINT_LEN];
};
void town_card_make(struct town_card *card, const char *id, bool is_old);
void town_card_register(struct town_card *card);
void town_card_connect(struct town_card *card, const char *as);
void town_card_done(struct town_card *card);

/* town_run goes on with an application until nothing is next, or until a step; the card may be
 * NULL. Steps by word are said, effects executed. Returns the last answer. */
const struct counter_answer *town_run(int64_t number, struct town_card *card, const char *until);
/* town_open opens one; kinds and pin may be NULL. */
int64_t town_open(int64_t resident, const char *procedure, const char *applicant, const char *kinds,
                  const char *pin);

/* What the database says; read by a connection of the test's own. */
int town_count(enum kind kind, int64_t resident, enum status_state state);
int town_changes(enum kind kind, int64_t serial); /* how often its state has changed */
struct certificate town_certificate(enum kind kind, int64_t resident, enum status_state state);
struct status_entry town_map(enum kind kind, int64_t serial);
void town_clock(const char *time);

/* town_shell runs a command line; its exit status. */
int town_shell(const char *format, ...) PRINTF_LIKE(1, 2);
/* town_verify runs `jpki admin journal verify` with these options; what it says is in the town's
 * folder, in `out`. */
int town_verify(const char *more);
