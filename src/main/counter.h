/* What the subcommands of `jpki counter` and `jpki admin` share: the connection to the acts socket,
 * fields from options, answers as text or JSON. */
#pragma once

#include "counter/counter_client.h"
#include "main/options.h"

/* Options that every one of them has, then those that become fields of an act. */
enum counter_option {
    COUNTER_NONE,
    COUNTER_SOCKET,
    COUNTER_AS,
    COUNTER_JSON,
    COUNTER_READER,
    COUNTER_PIN_FD,
    COUNTER_YES,
    COUNTER_AGAINST,
    COUNTER_FIELDS, /* from here on: the rows of the table of fields */
    COUNTER_PROCEDURE = COUNTER_FIELDS,
    COUNTER_RESIDENT,
    COUNTER_APPLICANT,
    COUNTER_KINDS,
    COUNTER_KIND,
    COUNTER_PIN,
    COUNTER_REASON,
    COUNTER_STEP,
    COUNTER_NOTE,
    COUNTER_MISSING,
    COUNTER_STOPPED,
    COUNTER_CARD,
    COUNTER_NAME,
    COUNTER_EVENT,
    COUNTER_EFFECTIVE,
    COUNTER_RECORDED,
    COUNTER_REFERENCE,
    COUNTER_OFFICE,
    COUNTER_DATE,
    COUNTER_BIRTH_DATE,
    COUNTER_TELEPHONE,
    NUM_COUNTER_OPTIONS
};

#define COUNTER_COMMON                                                                             \
    {"socket", required_argument, NULL, COUNTER_SOCKET},                                           \
        {"as", required_argument, NULL, COUNTER_AS},                                               \
    {                                                                                              \
        "json", no_argument, NULL, COUNTER_JSON                                                    \
    }
#define COUNTER_AT_READER                                                                          \
    {"reader", required_argument, NULL, COUNTER_READER},                                           \
    {                                                                                              \
        "pin-fd", required_argument, NULL, COUNTER_PIN_FD                                          \
    }

struct counter_line {
    const char *values[NUM_COUNTER_OPTIONS];
    int num_words; /* arguments that are no options */
    char **words;
    struct counter_client client;
};
void counter_line_done(struct counter_line *line);
#define CLEANUP_COUNTER_LINE CLEANUP(counter_line_done)

/* counter_line_read reads options, wants num_words further arguments (-1: any), and connects.
 * Returns EXIT_DONE, or an exit status after a complaint. */
int counter_line_read(int argc, char **argv, const struct option *options, int num_words,
                      struct counter_line *out);
/* counter_option_field is the field that an option becomes; NULL if it becomes none. */
const char *counter_option_field(int option);
/* counter_line_fields makes the fields that the options say. The caller's. */
json_t *counter_line_fields(const struct counter_line *line);
/* counter_word_number reads a word as a number; false after a complaint. */
bool counter_word_number(const char *word, int64_t *out);

/* counter_complain prints why an answer is not "done" and returns the exit status. */
int counter_complain(const struct counter_answer *answer);
/* counter_print_application prints an application for people, or the answer's JSON. */
int counter_print_application(const struct counter_line *line, const struct counter_answer *answer);
/* counter_print_parked prints what waits for the second person, each field in words, or the JSON.
 */
int counter_print_parked(const struct counter_line *line, const struct counter_answer *answer);
/* counter_print prints the answer: JSON with --json, else each value on a line. */
int counter_print(const struct counter_line *line, const struct counter_answer *answer);

/* counter_go does steps of an application from its answer on, until nothing is next or `stop` says
 * so for the name of the step; takes over *answer. */
int counter_go(struct counter_line *line, struct counter_answer *answer,
               bool (*stop)(const char *step));

/* A command that is one act. What further arguments become of its fields: */
typedef int counter_words(const struct counter_line *line, json_t *fields);
struct counter_plain {
    const char *act;
    int num_words;
    counter_words *words;
    int (*print)(const struct counter_line *line, const struct counter_answer *answer);
    const char *list; /* name of the list of an answer that comes in pages */
    const char *step; /* what the field `step` is, where the command's name says it */
};

/* Where a command that goes on with an application ends. */
struct counter_going {
    bool (*stop)(const char *step);
};
extern const struct counter_going counter_to_end, counter_card, counter_pin, counter_certificates;

/* The subcommands. */
int run_counter_plain(const struct command *command, int argc, char **argv);
int run_counter_open(const struct command *command, int argc, char **argv);
int run_counter_go(const struct command *command, int argc, char **argv);
int run_counter_reenter(const struct command *command, int argc, char **argv);
int run_counter_journal(const struct command *command, int argc, char **argv);
extern const struct option counter_journal_options[];
extern const struct option counter_open_options[], counter_way_options[], counter_reenter_options[];
extern const struct option counter_go_options[], counter_card_options[], counter_issue_options[];
int counter_word_begins(const struct counter_line *line, json_t *fields);
int counter_words_move(const struct counter_line *line, json_t *fields);
extern const struct option counter_free_options[], counter_book_options[], counter_booked_options[],
    counter_caller_options[], counter_move_options[];
int counter_word_name(const struct counter_line *line, json_t *fields);
int admin_follower_name_key(const struct counter_line *line, json_t *fields);
int run_admin_status(const struct command *command, int argc, char **argv);
extern const struct option admin_status_options[];
int run_admin_journal(const struct command *command, int argc, char **argv);
extern const struct option admin_journal_options[];
int run_admin_import(const struct command *command, int argc, char **argv);
extern const struct option admin_import_options[];
int run_admin_mass(const struct command *command, int argc, char **argv);
int run_admin_mass_release(const struct command *command, int argc, char **argv);
extern const struct option admin_mass_options[], admin_mass_release_options[];
