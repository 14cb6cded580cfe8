/* jpki counter run, card, pin, issue: going on with an application, whatever step it stands at.
 * What a person must do is asked for; what the card or the centre does is done. */
#include <stdio.h>
#include <string.h>

#include "main/counter.h"
#include "terminal/terminal.h"
#include "main/pin_option.h"
#include "reader/pcsc.h"

const struct option counter_go_options[] = {
    COUNTER_COMMON,
    COUNTER_AT_READER,
    {"yes", no_argument, NULL, COUNTER_YES},
    {0},
};
/* Where no officer says that a step is done; and where no PIN is asked for either. */
const struct option counter_issue_options[] = {COUNTER_COMMON, COUNTER_AT_READER, {0}};
const struct option counter_card_options[] = {
    COUNTER_COMMON, {"reader", required_argument, NULL, COUNTER_READER}, {0}};

/* -- PINs, by whoever stands before the reader -- */

struct desk {
    struct counter_line *line;
    struct law_policy policy; /* the town's, as far as the terminal needs it */
    struct card_channel channel;
    bool has_card;
    struct terminal terminal;
};

static bool read_pin(void *context, enum kind kind, bool is_new, struct secret *out)
{
    const struct desk *desk = context;
    const char *fd = desk->line->values[COUNTER_PIN_FD];
    int status =
        is_new ? pin_option_read_new(fd, &desk->policy, kind, out) : pin_option_read(fd, kind, out);
    return status == EXIT_DONE;
}

/* page:S05 what the town decided about PINs; the strict rule where the centre does not say. */
static struct law_policy policy_of(const struct counter_answer *application)
{
    struct law_policy policy = law_policy_default();
    json_t *rule = json_object_get(application->detail, "pin_letter_and_digit");
    if (json_is_boolean(rule))
        policy.pin_letter_and_digit = json_is_true(rule);
    return policy;
}

/* -- steps -- */

static void desk_done(struct desk *desk)
{
    terminal_done(&desk->terminal);
    card_channel_close(&desk->channel);
}

static int insert_card(struct desk *desk)
{
    struct fault fault = {0};
    if (desk->has_card)
        return EXIT_DONE;
    if (pcsc_open(desk->line->values[COUNTER_READER], &desk->channel, &fault) != ERR_NONE)
        return complain_fault(&fault);
    desk->has_card = true;
    desk->terminal = (struct terminal){.ask = terminal_ask_socket,
                                       .centre = &desk->line->client,
                                       .channel = &desk->channel,
                                       .ask_pin = read_pin,
                                       .context = desk};
    return EXIT_DONE;
}

static bool confirm(const struct counter_line *line, json_t *next)
{
    char text[16];
    if (line->values[COUNTER_YES])
        return true;
    fprintf(stderr, "%s %s ", json_string_value(json_object_get(next, say("en", "ja"))),
            say("- done? [y/N]", "- 済みましたか [y/N]"));
    return fgets(text, sizeof text, stdin) && (text[0] == 'y' || text[0] == 'Y');
}

/* One step; EXIT_DONE with the application's new answer, or an exit status. */
static int go_one(struct desk *desk, struct counter_answer *answer, json_t *next, const char *step)
{
    struct counter_answer after = {0};
    int64_t number = counter_number(answer, "number");
    int status = counter_needs_card(step) ? insert_card(desk) : EXIT_DONE;
    if (status != EXIT_DONE)
        return status;
    if (counter_needs_card(step))
        terminal_step(&desk->terminal, answer, &after);
    else if (counter_is_effect(step) || confirm(desk->line, next))
        counter_client_step(&desk->line->client, number, next, &after);
    else
        return EXIT_REFUSED;
    if (after.outcome == COUNTER_DONE && !json_object_get(after.detail, "steps")) {
        counter_answer_done(&after);
        counter_client_ask(&desk->line->client, "application-show",
                           json_pack("{s:I}", "number", (json_int_t)number), &after);
    }
    if (after.outcome != COUNTER_DONE) {
        status = counter_complain(&after);
        counter_answer_done(&after);
        return status;
    }
    counter_answer_done(answer);
    *answer = after;
    return EXIT_DONE;
}

int counter_go(struct counter_line *line, struct counter_answer *answer,
               bool (*stop)(const char *step))
{
    struct desk desk CLEANUP(desk_done) = {.line = line, .policy = policy_of(answer)};
    for (;;) {
        json_t *next = json_incref(json_object_get(answer->detail, "next"));
        const char *step = json_string_value(json_object_get(next, "step"));
        int status = EXIT_DONE;
        bool is_over = !step || (stop && stop(step));
        if (!is_over)
            status = go_one(&desk, answer, next, step);
        json_decref(next);
        if (status != EXIT_DONE)
            return status;
        if (is_over)
            return counter_print_application(line, answer);
    }
}

/* -- the commands: which steps each goes through -- */

static bool after_card(const char *step)
{
    return strcmp(step, "card-present") != 0;
}

static bool after_pin(const char *step)
{
    return strncmp(step, "pin", 3) != 0;
}

static bool after_certificates(const char *step)
{
    return !counter_needs_card(step) || strcmp(step, "card-present") == 0;
}

const struct counter_going counter_to_end = {NULL}, counter_card = {after_card},
                           counter_pin = {after_pin}, counter_certificates = {after_certificates};

int run_counter_go(const struct command *command, int argc, char **argv)
{
    struct counter_line line CLEANUP_COUNTER_LINE;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    const struct counter_going *going = command->what;
    int64_t number;
    int status = counter_line_read(argc, argv, command->options, 1, &line);
    if (status != EXIT_DONE)
        return status;
    if (!counter_word_number(line.words[0], &number))
        return EXIT_USAGE;
    counter_client_ask(&line.client, "application-show",
                       json_pack("{s:I}", "number", (json_int_t)number), &answer);
    if (answer.outcome != COUNTER_DONE)
        return counter_complain(&answer);
    return counter_go(&line, &answer, going->stop);
}

/* -- a certificate that the centre lost -- */

const struct option counter_reenter_options[] = {
    COUNTER_COMMON,
    COUNTER_AT_READER,
    {"kind", required_argument, NULL, COUNTER_KIND},
    {0},
};

int run_counter_reenter(const struct command *command, int argc, char **argv)
{
    struct counter_line line CLEANUP_COUNTER_LINE;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    enum kind kind;
    int status = counter_line_read(argc, argv, command->options, 0, &line);
    if (status != EXIT_DONE)
        return status;
    const char *text = line.values[COUNTER_KIND];
    if (!text || kind_parse(text, &kind) != ERR_NONE)
        return complain_usage("counter reenter: --kind is signature or authentication");
    struct desk desk CLEANUP(desk_done) = {.line = &line};
    status = insert_card(&desk);
    if (status != EXIT_DONE)
        return status;
    terminal_reenter(&desk.terminal, kind, &answer);
    return counter_print(&line, &answer);
}

/* -- what the journal has about a resident -- */

const struct option counter_journal_options[] = {
    COUNTER_COMMON,
    {"reader", required_argument, NULL, COUNTER_READER},
    {"resident", required_argument, NULL, COUNTER_RESIDENT},
    {"note", required_argument, NULL, COUNTER_NOTE},
    {0},
};

static int print_journal(const struct counter_line *line, const struct counter_answer *answer)
{
    size_t i;
    json_t *entry;
    if (answer->outcome != COUNTER_DONE || line->values[COUNTER_JSON])
        return counter_print(line, answer);
    json_array_foreach (json_object_get(answer->detail, "entries"), i, entry) {
        const char *outcome = json_string_value(json_object_get(entry, "outcome"));
        bool is_done = strcmp(outcome, "done") == 0;
        printf(say("%s  %s%s%s, by %s (entry %lld)\n", "%s  %s%s%s  担当 %s (記録 %lld 番)\n"),
               json_string_value(json_object_get(entry, "time")),
               json_string_value(json_object_get(entry, say("en", "ja"))), is_done ? "" : ": ",
               is_done ? "" : outcome, json_string_value(json_object_get(entry, "role")),
               (long long)json_integer_value(json_object_get(entry, "number")));
    }
    if (json_is_true(json_object_get(answer->detail, "more")))
        puts(say("older entries: at the counter, with --resident",
                 "これより前の記録は、--resident を指定して確認できます"));
    return EXIT_DONE;
}

/* The card says whose entries are meant; or staff do, with the purpose. */
int run_counter_journal(const struct command *command, int argc, char **argv)
{
    struct counter_line line CLEANUP_COUNTER_LINE;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    int status = counter_line_read(argc, argv, command->options, 0, &line);
    if (status != EXIT_DONE)
        return status;
    if (line.values[COUNTER_RESIDENT]) {
        counter_client_ask_pages(&line.client, "journal-about", counter_line_fields(&line),
                                 "entries", &answer);
        return print_journal(&line, &answer);
    }
    if (line.values[COUNTER_NOTE])
        return complain_usage("counter journal: --note belongs to --resident");
    struct desk desk CLEANUP(desk_done) = {.line = &line};
    status = insert_card(&desk);
    if (status != EXIT_DONE)
        return status;
    terminal_journal(&desk.terminal, &answer);
    return print_journal(&line, &answer);
}
