/* What the chip knows only while it has power, and the chip itself; private to this room. The
 * persistent half is image.h. */
#pragma once

#include "chip/apdu.h"
#include "chip/chip.h"

/* An application on the card, called so since an application is also what is filed at a counter. */
enum applet { APPLET_ISSUER, APPLET_JPKI, APPLET_COMMON };

/* What the open permit still allows, as the one next step. */
enum step { STEP_NONE, STEP_GENERATE, STEP_SIGN, STEP_STAGE, STEP_PIN };

struct operation {
    enum step step;
    struct permit permit;
    size_t staged_len;
    uint8_t staged[2 * IMAGE_FILE_MAX];
};

struct session {
    enum applet applet;
    const struct file *file; /* the current EF, or NULL */
    bool verified[NUM_KINDS];
    bool has_challenge; /* outstanding */
    uint8_t challenge[CHALLENGE_LEN];
    struct operation open;
};

struct chip {
    struct image image;
    struct chip_store store;
    bool has_power;
    struct session session;
    /* Each command takes the open operation away and finds it here; only its own next step puts it
     * back (session_continue). So any other command, and any failure, closes it. */
    struct operation taken;
};

void session_start(struct chip *chip, enum applet applet); /* forgets everything else */
void session_take_operation(struct chip *chip);
void session_end_operation(struct chip *chip); /* wipes what was taken and not continued */
void session_continue(struct chip *chip, enum step step);

/* session_allows: the operation that was open allows this step for this kind. */
bool session_allows(const struct chip *chip, enum step step, enum kind kind);
/* session_has_pin: no PIN was ever set for that kind, or it is verified in this session. */
bool session_has_pin(const struct chip *chip, enum kind kind);

/* chip_commit makes *next the card's image, durably first. SW_NOT_STORED: the old one stays. */
enum status_word chip_commit(struct chip *chip, const struct image *next) MUST_USE;

/* A command: appends its answer to *answer, which is sent only with SW_DONE. */
typedef enum status_word command_function(struct chip *chip, const struct apdu *apdu,
                                          struct buffer *answer);
